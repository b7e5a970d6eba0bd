//! An organization's home: one folder with its configuration, its encrypted keys and its database.
//!
//! INVARIANT: the folder is the owner's alone (0700), and so is every file in it that holds a secret.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::{KeyStore, OsRandom, Passphrase};
use chancery_did::{Did, KeyType, SecretKey};
use chancery_registry::app::Keys;
use chancery_registry::config::Config;

use crate::Global;
use crate::exit::{Exit, Failure};
use crate::input;

/// The name of the key that signs papers.
pub(crate) const ISSUE: &str = "issue";
/// The name of the key that signs status lists.
pub(crate) const STATUS: &str = "status";
/// The name of the key that signs trust answers.
pub(crate) const TRQP: &str = "trqp";
/// The name of the key that signs trust bundles.
pub(crate) const BUNDLE: &str = "bundle";
/// The keys that a registry signs with, by name.
pub(crate) const REGISTRY_KEYS: [&str; 4] = [ISSUE, STATUS, TRQP, BUNDLE];

/// A home that exists.
#[derive(Debug)]
pub(crate) struct Home {
    folder: PathBuf,
}

impl Home {
    /// The home that the command names; it must have been made by `chancery init`.
    pub(crate) fn open(global: &Global) -> Result<Self, Failure> {
        let folder = global.home.clone();
        if !folder.join("config.toml").is_file() {
            let message = format!("`{}` is no home of an organization", folder.display());
            return Err(Failure::new(Exit::Configuration, "config.no_home", message)
                .with_help("make one with `chancery init`, or name another with --home"));
        }
        Ok(Self { folder })
    }

    /// Makes the folder and fills it; one that is there already is refused.
    ///
    /// INVARIANT: the folder gets its name when it is complete; what failed midway is taken away again.
    /// `fill` gets the unfinished home and the path that it will have.
    pub(crate) fn create(
        folder: &Path,
        fill: impl FnOnce(&Self, &Path) -> Result<(), Failure>,
    ) -> Result<Self, Failure> {
        let failed = |why: &str| unmade(folder, why);
        let (above, place) = vacant(folder)?;
        let unfinished = Self {
            folder: above.join(format!(".chancery-{}", OsRandom::nonce())),
        };
        private_folder(&unfinished.folder).map_err(|error| failed(&error.to_string()))?;
        let filled = fill(&unfinished, &place).and_then(|()| {
            fs::rename(&unfinished.folder, &place).map_err(|error| failed(&error.to_string()))
        });
        if let Err(failure) = filled {
            let _swept = fs::remove_dir_all(&unfinished.folder);
            return Err(failure);
        }
        Ok(Self { folder: place })
    }

    /// A file in this home.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The key store, opened with the passphrase that the command names.
    pub(crate) fn keys(&self, global: &Global) -> Result<KeyStore, Failure> {
        KeyStore::open(self.file("keys"), passphrase(global)?).map_err(|error| refused(&error))
    }

    /// The key store for a key to be added: only under the passphrase that opens what is there.
    pub(crate) fn keys_to_add(&self, global: &Global) -> Result<KeyStore, Failure> {
        let store = self.keys(global)?;
        store.load(ISSUE).map_err(|error| refused(&error))?;
        Ok(store)
    }

    /// Whether there is a key of this name.
    pub(crate) fn holds(&self, global: &Global, name: &str) -> Result<bool, Failure> {
        let known = self.keys(global)?.list().map_err(|error| refused(&error))?;
        Ok(known.iter().any(|known| known == name))
    }

    /// The four keys that the registry signs with.
    pub(crate) fn registry_keys(&self, global: &Global) -> Result<Keys, Failure> {
        let store = self.keys(global)?;
        let load = |name: &str| store.load(name).map(Arc::new).map_err(|error| refused(&error));
        Ok(Keys {
            issue: load(ISSUE)?,
            status: load(STATUS)?,
            trqp: load(TRQP)?,
            bundle: load(BUNDLE)?,
        })
    }

    /// Whether this home was made before trust bundles were signed, so that it lacks their key; any other that is
    /// missing was there once.
    pub(crate) fn lacks_bundle_key(&self, global: &Global) -> Result<bool, Failure> {
        let store = self.keys_to_add(global)?;
        for name in [STATUS, TRQP] {
            store.load(name).map_err(|error| refused(&error))?;
        }
        Ok(!self.holds(global, BUNDLE)?)
    }

    /// Makes the key that signs trust bundles; one that was made meanwhile stays.
    pub(crate) fn add_bundle_key(&self, global: &Global) -> Result<(), Failure> {
        let made = self
            .keys_to_add(global)?
            .create(BUNDLE, KeyType::Ed25519, &mut OsRandom);
        match made {
            Err(error) if error.code() != "config.key_exists" => Err(refused(&error)),
            _ => Ok(()),
        }
    }

    /// One key by its name.
    pub(crate) fn key(&self, global: &Global, name: &str) -> Result<SecretKey, Failure> {
        self.keys(global)?.load(name).map_err(|error| refused(&error))
    }

    /// The text of the configuration file.
    pub(crate) fn configuration(&self) -> Result<String, Failure> {
        input::read_text(&self.file("config.toml"))
    }

    /// The configuration as the file alone says it.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let text = self.configuration()?;
        Config::load(Some(&text), &|_| None, &std::collections::BTreeMap::new())
            .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))
    }

    /// The organization's DID, from the configured host.
    pub(crate) fn did(&self) -> Result<Did, Failure> {
        organization(&self.config()?)
    }

    /// The registry's address, from the configured host.
    pub(crate) fn registry(&self) -> Result<String, Failure> {
        Ok(format!("https://{}", self.config()?.host))
    }
}

/// The folder above a home that is to be made, and the home's own place; one that is there is refused.
pub(crate) fn vacant(folder: &Path) -> Result<(PathBuf, PathBuf), Failure> {
    if folder.symlink_metadata().is_ok() {
        return Err(unmade(folder, "it is there already"));
    }
    let name = folder
        .file_name()
        .ok_or_else(|| unmade(folder, "it has no name"))?;
    let above = folder
        .parent()
        .filter(|above| !above.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let above = above
        .canonicalize()
        .map_err(|error| unmade(folder, &error.to_string()))?;
    let place = above.join(name);
    Ok((above, place))
}

fn unmade(folder: &Path, why: &str) -> Failure {
    Failure::usage(
        "usage.write",
        format!("`{}` cannot be made: {why}", folder.display()),
    )
    .with_help("a home is made once: choose a folder that is not there yet")
}

fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// The DID of the organization that a configuration describes.
pub(crate) fn organization(config: &Config) -> Result<Did, Failure> {
    let broken = |text: String| Failure::new(Exit::Configuration, "config.value", text);
    let (host, port) = config
        .host_and_port()
        .map_err(|error| broken(error.to_string()))?;
    chancery_did_web::did_for(host, port, &[]).map_err(|error| broken(error.to_string()))
}

/// A failure of the key store, with the exit code that it means.
pub(crate) fn refused(error: &chancery::keystore::KeyStoreError) -> Failure {
    let exit = match error.code() {
        "config.key_exists" | "config.key_name" | "key.not_found" => Exit::Usage,
        code if code.starts_with("config.") => Exit::Configuration,
        _ => Exit::Usage,
    };
    Failure::new(exit, error.code(), error.to_string())
}

/// The passphrase from the file that the command names, which nobody else may read.
fn passphrase(global: &Global) -> Result<Passphrase, Failure> {
    let Some(path) = &global.passphrase_file else {
        return Err(
            Failure::usage("usage.passphrase", "the key store needs a passphrase".to_owned()).with_help(
                "write one into a file that only you can read and name it with --passphrase-file FILE",
            ),
        );
    };
    refuse_wider(path)?;
    let text = input::read_text(path)?;
    let line = text.lines().next().unwrap_or_default();
    Passphrase::new(line).map_err(|error| refused(&error))
}

/// Refuses a file with a secret that others than its owner can read.
pub(crate) fn refuse_wider(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let shown = path.display();
        let metadata = fs::metadata(path)
            .map_err(|error| Failure::usage("usage.read", format!("`{shown}` cannot be read: {error}")))?;
        if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
            let message = format!("`{shown}` can be read by others than its owner");
            return Err(Failure::new(Exit::Configuration, "config.permissions", message)
                .with_help(format!("chmod 600 {shown}")));
        }
    }
    Ok(())
}
