//! The documents of the authorities that this one recognizes, for the trust bundle.
//!
//! Profile, "Bundles". They are asked for beside the requests, through the guarded client. INVARIANT: nobody waits
//! for another host; only authorities that an administrator recognized are asked, and each at most once in
//! [`PAUSE`]; what could not be had is left out, and what was had is forgotten with its recognition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chancery::{Resolver, resolver::ResolutionError};
use chancery_did::{Did, Document, LogFiles, Timestamp};
use chancery_proof::{Limits, json};

use crate::app::App;

/// How long a peer is not asked again, in milliseconds.
const PAUSE: i64 = 150_000;
/// The most peers whose documents are kept.
const MOST_PEERS: usize = 64;
/// The most DIDs that one peer may name as signers of its status lists.
const MOST_DELEGATES: usize = 4;

/// What a DID's method publishes for it, as fetched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Published {
    /// A document.
    Document(String),
    /// A log.
    Log(LogFiles),
}

/// What is known of the peers.
#[derive(Debug)]
pub(crate) struct Peers {
    resolver: Resolver,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    found: BTreeMap<Did, BTreeMap<Did, Published>>,
    asked: BTreeMap<Did, Timestamp>,
}

impl Peers {
    /// Knows nothing yet, and asks through this resolver.
    pub(crate) fn new(resolver: Resolver) -> Self {
        Self {
            resolver,
            known: Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of these authorities now; whoever was not asked for a while is asked, for the next time.
    pub(crate) fn of(app: &App, recognized: &BTreeSet<Did>, now: Timestamp) -> BTreeMap<Did, Published> {
        let mut known = app.peers().known();
        known.found.retain(|did, _| recognized.contains(did));
        known.asked.retain(|did, _| recognized.contains(did));
        let due = |did: &&Did| match known.asked.get(*did) {
            Some(asked) => now.millis_since(*asked).abs() >= PAUSE,
            None => true,
        };
        let due: Vec<Did> = recognized.iter().take(MOST_PEERS).filter(due).cloned().collect();
        for did in due {
            known.asked.insert(did.clone(), now);
            let app = app.clone();
            tokio::spawn(async move { app.peers().ask(&did).await });
        }
        let found = known.found.values().flatten();
        found.map(|(did, text)| (did.clone(), text.clone())).collect()
    }

    /// Asks for a peer's own document, and for those of the signers of its status lists.
    async fn ask(&self, did: &Did) {
        let mut found = BTreeMap::new();
        match self.published(did).await {
            Ok(text) => drop(found.insert(did.clone(), text)),
            Err(error) => {
                tracing::info!(code = error.code(), "a recognized authority was not resolved");
                return;
            }
        }
        for delegate in self.delegates(did).await {
            if let Ok(text) = self.published(&delegate).await {
                found.insert(delegate, text);
            }
        }
        self.known().found.insert(did.clone(), found);
    }

    async fn published(&self, did: &Did) -> Result<Published, ResolutionError> {
        if self.resolver.keeps_log(did) {
            return self.resolver.log(did).await.map(Published::Log);
        }
        let text = self.resolver.text(did).await?;
        let value = json::parse(text.as_bytes(), &Limits::default()).map_err(|_| ResolutionError::Text)?;
        Document::parse(&value).map_err(|_| ResolutionError::Text)?;
        Ok(Published::Document(text))
    }

    /// The DIDs that a peer's document names as signers of its status lists.
    async fn delegates(&self, did: &Did) -> Vec<Did> {
        let Ok(document) = self.resolver.resolve(did).await else {
            return Vec::new();
        };
        let services = document.services().iter();
        let named = services.filter(|service| service.types().iter().any(|name| name == "StatusListIssuer"));
        let dids =
            named.filter_map(|service| service.endpoint().as_str().and_then(|text| Did::parse(text).ok()));
        dids.take(MOST_DELEGATES).collect()
    }
}
