//! The key store: one encrypted file per secret key, in a folder that nobody else can enter.
//!
//! Follows RFC 7516 and RFC 7518 section 4.8 for the files and the project's secure
//! defaults for where they lie: folder 0700, files 0600, refused when wider. INVARIANT: a key is written once,
//! under a name that cannot leave the folder, and never overwritten. Needs a Unix file system.

mod envelope;
mod files;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use chancery_did::{KeyError, KeyType, SecretKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::random::OsRandom;

const SUFFIX: &str = ".jwe";

/// What the keys are encrypted with; it is wiped when dropped and never printed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a passphrase, which must not be empty.
    pub fn new(text: impl Into<String>) -> Result<Self, KeyStoreError> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() {
            Err(KeyStoreError::EmptyPassphrase)
        } else {
            Ok(Self(text))
        }
    }

    fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(..)")
    }
}

/// Why the key store refuses.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    /// Others can get at a file or folder, or it is not what it should be.
    #[error("`{}` {defect}", path.display())]
    Permissions {
        /// Which one.
        path: PathBuf,
        /// What is wrong with it.
        defect: String,
    },
    /// A name that is not 1 to 64 of `a-z A-Z 0-9 - _ .`, beginning with a letter or digit.
    #[error("`{0}` cannot name a key")]
    Name(String),
    /// There is a key of this name already.
    #[error("there is a key `{name}` already")]
    Exists {
        /// The name.
        name: String,
    },
    /// There is no key of this name.
    #[error("there is no key `{name}`")]
    NotFound {
        /// The name.
        name: String,
    },
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The passphrase is another one, or the file was changed.
    #[error("the passphrase does not open the key `{name}`")]
    Passphrase {
        /// The name.
        name: String,
    },
    /// The file is not one that this store wrote under this name, or it is weaker than it should be.
    #[error("the file of key `{name}` is damaged")]
    Damaged {
        /// The name.
        name: String,
    },
    /// The key could not be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The file system failed.
    #[error("`{}` cannot be used", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl KeyStoreError {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Permissions { .. } => "config.permissions",
            Self::Name(_) => "config.key_name",
            Self::Exists { .. } => "config.key_exists",
            Self::NotFound { .. } => "key.not_found",
            Self::EmptyPassphrase | Self::Passphrase { .. } => "config.passphrase",
            Self::Damaged { .. } => "config.key_damaged",
            Self::Key(error) => error.code(),
            Self::Io { .. } => "config.io",
        }
    }
}

/// A folder of encrypted keys.
#[derive(Debug)]
pub struct KeyStore {
    folder: PathBuf,
    passphrase: Passphrase,
    iterations: usize,
}

impl KeyStore {
    /// Opens the folder, making it with mode 0700 if there is none; refuses one that others can enter.
    pub fn open(folder: impl AsRef<Path>, passphrase: Passphrase) -> Result<Self, KeyStoreError> {
        files::private_folder(folder.as_ref())?;
        Ok(Self {
            folder: folder.as_ref().to_owned(),
            passphrase,
            iterations: envelope::ITERATIONS,
        })
    }

    /// Makes a new key and writes it as `name`.
    ///
    /// Deriving the encryption key takes a good part of a second, here and in [`load`](Self::load): call both
    /// where blocking is allowed.
    pub fn create(
        &self,
        name: &str,
        key_type: KeyType,
        random: &mut dyn CryptoRng,
    ) -> Result<SecretKey, KeyStoreError> {
        let key = SecretKey::generate(key_type, random)?;
        self.import(name, &key)?;
        Ok(key)
    }

    /// Says whether a key could be made as `name`: refuses a name that no key can have, or that one has.
    pub fn vacant(&self, name: &str) -> Result<(), KeyStoreError> {
        let file_name = file_name(name)?;
        files::check_folder(&self.folder)?;
        if self.folder.join(&file_name).symlink_metadata().is_ok() {
            return Err(KeyStoreError::Exists {
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Writes an existing key as `name`.
    pub fn import(&self, name: &str, key: &SecretKey) -> Result<(), KeyStoreError> {
        self.vacant(name)?;
        let file_name = file_name(name)?;
        let text = envelope::seal(name, key, &self.passphrase, self.iterations)?;
        files::write_new(&self.folder, &file_name, &OsRandom::nonce(), text.as_bytes())
    }

    /// Reads the key `name`; refuses a file that others can read.
    pub fn load(&self, name: &str) -> Result<SecretKey, KeyStoreError> {
        let file_name = file_name(name)?;
        files::check_folder(&self.folder)?;
        let text = files::read(&self.folder.join(file_name))?;
        envelope::open(name, &text, &self.passphrase, self.iterations)
    }

    /// The names of all keys, in order.
    pub fn list(&self) -> Result<Vec<String>, KeyStoreError> {
        files::check_folder(&self.folder)?;
        let names = files::names(&self.folder)?;
        let keys = names.iter().filter_map(|name| name.strip_suffix(SUFFIX));
        Ok(keys.filter(|name| is_name(name)).map(str::to_owned).collect())
    }
}

fn file_name(name: &str) -> Result<String, KeyStoreError> {
    if is_name(name) {
        Ok(format!("{name}{SUFFIX}"))
    } else {
        Err(KeyStoreError::Name(excerpt(name)))
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// What of a refused name may be shown.
fn excerpt(name: &str) -> String {
    name.chars().take(64).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests;
