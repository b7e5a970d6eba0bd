//! One organization of the story: its four keys, its registry on a port of its own, its database.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::{Guarded, KeyStore, OsRandom, Passphrase, SettableClock};
use chancery_did::{Did, KeyType, SecretKey, Signer};
use chancery_registry::app::{App, Keys};
use chancery_registry::auth::{LONGEST_LIFE, Scope};
use chancery_registry::certificate::DevAuthority;
use chancery_registry::client::Client;
use chancery_registry::config::Config;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::exit::{Exit, Failure};
use crate::home;

/// How long a status list may be kept, in seconds: in the story a revocation is felt within a second.
const STATUS_TTL: u64 = 1;

/// One organization with its registry running.
pub(super) struct Organization {
    pub(super) name: &'static str,
    pub(super) did: Did,
    pub(super) host: String,
    /// Talks to this organization's registry with its admin token.
    pub(super) office: Client,
    folder: PathBuf,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

/// A listener whose port is known before anything is built on it.
pub(super) struct Place {
    pub(super) listener: TcpListener,
    pub(super) port: u16,
}

impl Place {
    pub(super) async fn find() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::new(Exit::Network, "service.listen", error.to_string());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        Ok(Self { listener, port })
    }
}

impl Organization {
    /// Opens the registry and serves it over HTTPS.
    pub(super) async fn open(
        name: &'static str,
        place: Place,
        folder: PathBuf,
        authority: &DevAuthority,
        clock: &SettableClock,
        client: &Guarded,
    ) -> Result<Self, Failure> {
        let keys = Four::make()?;
        make_folder(&folder)?;
        keys.keep(&folder)?;
        let host = format!("localhost:{}", place.port);
        let config = Config {
            host: host.clone(),
            organization: name.to_owned(),
            database: format!("sqlite://{}", folder.join("registry.db").display()),
            status_ttl_seconds: STATUS_TTL,
            ..Config::default()
        };
        let app = App::open(
            config,
            keys.signers(),
            Arc::new(clock.clone()),
            client.clone(),
            None,
        )
        .await
        .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))?;
        let token = app
            .mint_token(&Scope::ALL, LONGEST_LIFE, "demo")
            .await
            .map_err(|error| Failure::new(Exit::Configuration, "config.token", error.to_string()))?;
        let office = Client::new(&format!("https://{host}"), client.clone(), Some(token.secret));
        let did = app.did().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let tls = authority.server_config();
        let serving = tokio::spawn(async move {
            // A dropped sender stops the service just as a sent word does.
            let stopped = async { stopped.await.unwrap_or(()) };
            app.serve(place.listener, tls, stopped).await
        });
        Ok(Self {
            name,
            did,
            host,
            office,
            folder,
            stop,
            serving,
        })
    }

    /// Stops the registry and waits until it has let go of its database.
    pub(super) async fn close(self) -> Result<(), Failure> {
        drop(self.stop);
        let failed = |text: String| Failure::new(Exit::Network, "service.failed", text);
        let served = self.serving.await.map_err(|error| failed(error.to_string()))?;
        served.map_err(|error| failed(error.to_string()))
    }

    /// Leaves a paper in the organization's folder.
    pub(super) fn file(&self, name: &str, text: &str) -> Result<(), Failure> {
        crate::input::write_new(&self.folder.join(name), text)
    }
}

struct Four {
    issue: Arc<SecretKey>,
    status: Arc<SecretKey>,
    trqp: Arc<SecretKey>,
    bundle: Arc<SecretKey>,
}

impl Four {
    fn make() -> Result<Self, Failure> {
        let make = || {
            SecretKey::generate(KeyType::Ed25519, &mut OsRandom)
                .map(Arc::new)
                .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))
        };
        Ok(Self {
            issue: make()?,
            status: make()?,
            trqp: make()?,
            bundle: make()?,
        })
    }

    fn signers(&self) -> Keys {
        Keys {
            issue: self.issue.clone() as Arc<dyn Signer>,
            status: self.status.clone() as Arc<dyn Signer>,
            trqp: self.trqp.clone() as Arc<dyn Signer>,
            bundle: self.bundle.clone() as Arc<dyn Signer>,
        }
    }

    /// Writes the keys into an encrypted store; the passphrase lies beside it, since this is a demo.
    fn keep(&self, folder: &Path) -> Result<(), Failure> {
        crate::input::write_new(&folder.join("passphrase"), super::stage::PASSPHRASE)?;
        let refused = |error: chancery::keystore::KeyStoreError| home::refused(&error);
        let passphrase = Passphrase::new(super::stage::PASSPHRASE).map_err(refused)?;
        let store = KeyStore::open(folder.join("keys"), passphrase).map_err(refused)?;
        for (name, key) in [
            (home::ISSUE, &self.issue),
            (home::STATUS, &self.status),
            (home::TRQP, &self.trqp),
            (home::BUNDLE, &self.bundle),
        ] {
            store.import(name, key).map_err(refused)?;
        }
        Ok(())
    }
}

/// Makes a folder that its owner alone can enter.
pub(super) fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| {
        Failure::usage(
            "usage.write",
            format!("`{}` cannot be made: {error}", folder.display()),
        )
    })
}
