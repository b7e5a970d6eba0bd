//! The stage: two organizations on two loopback ports, one throw-away certificate authority that only
//! this process trusts, and the story's own clock.

use std::path::{Path, PathBuf};

use chancery::{Clock, GuardLimits, Guarded, Roots, SettableClock};
use chancery_did::Timestamp;
use chancery_registry::certificate::DevAuthority;

use super::organization::{Organization, Place, make_folder};
use crate::exit::{Exit, Failure};

/// The passphrase of the demo's key stores; it protects nothing and says so.
pub(super) const PASSPHRASE: &str = "this is a demo";

/// Wednesday, 17 June 2026, 10:00 in Berlin.
const OPENING: &str = "2026-06-17T08:00:00Z";

/// Everything that the story plays on.
pub(super) struct Stage {
    pub(super) clock: SettableClock,
    pub(super) client: Guarded,
    pub(super) acme: Organization,
    pub(super) globex: Organization,
    /// Removed when the story is over, unless it is to be kept.
    temporary: Option<PathBuf>,
}

impl Stage {
    pub(super) async fn set(keep: Option<&Path>) -> Result<Self, Failure> {
        let folder = keep.map_or_else(temporary, Path::to_path_buf);
        make_folder(&folder)?;
        let set = Self::build(&folder, keep.is_none()).await;
        if set.is_err() && keep.is_none() {
            remove(&folder);
        }
        set
    }

    async fn build(folder: &Path, temporary: bool) -> Result<Self, Failure> {
        let broken = |text: String| Failure::new(Exit::Configuration, "config.demo", text);
        let opening = Timestamp::parse(OPENING).map_err(|error| broken(error.to_string()))?;
        let clock = SettableClock::new(opening);
        let authority = DevAuthority::generate(&["localhost"])
            .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))?;
        let (one, two) = (Place::find().await?, Place::find().await?);
        let ports = vec![
            ("localhost".to_owned(), one.port),
            ("localhost".to_owned(), two.port),
        ];
        let roots = Roots::Pem(authority.ca_pem().as_bytes().to_vec());
        let client = Guarded::new(GuardLimits::default(), roots, ports)
            .map_err(|error| Failure::new(Exit::Configuration, error.code(), error.to_string()))?;
        let acme = Organization::open("Acme", one, folder.join("acme"), &authority, &clock, &client).await?;
        let globex =
            Organization::open("Globex", two, folder.join("globex"), &authority, &clock, &client).await?;
        Ok(Self {
            clock,
            client,
            acme,
            globex,
            temporary: temporary.then(|| folder.to_path_buf()),
        })
    }

    /// The story's present moment.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Stops both registries and removes what is not to be kept.
    pub(super) async fn strike(self) -> Result<(), Failure> {
        let closed = self.acme.close().await.and(self.globex.close().await);
        if let Some(folder) = &self.temporary {
            remove(folder);
        }
        closed
    }
}

fn temporary() -> PathBuf {
    std::env::temp_dir().join(format!("chancery-demo-{}", chancery::OsRandom::nonce()))
}

fn remove(folder: &Path) {
    if let Err(error) = std::fs::remove_dir_all(folder) {
        tracing::warn!(folder = %folder.display(), %error, "the demo's folder stays behind");
    }
}
