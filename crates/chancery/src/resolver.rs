//! From a DID to its document: plan by its method, fetch through the guarded client, keep for a while.
//!
//! Follows DID Resolution 0.3 as far as methods say what to fetch and judge what came back. INVARIANT: a
//! document that its method accepted is kept at most five minutes, one that it refused and a failure at most
//! thirty seconds, both by the injected clock.

mod logs;

use std::sync::Arc;

use async_trait::async_trait;
use chancery_did::{Did, Document, Method, Plan, ResolveError};
use chancery_did_jwk::DidJwk;
use chancery_did_key::DidKeyWithAgreement;
use chancery_did_web::DidWeb;
use chancery_did_webvh::DidWebvh;
use chancery_proof::{Limits, json};
use serde_json::Value;

use self::logs::Logs;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::http::{FetchError, Guarded};
use crate::resolution::{DidError, Found, Source, Version};

/// How long an accepted document is kept, in milliseconds.
pub const DOCUMENT_LIFETIME_MS: i64 = 300_000;
/// How long a refused document is kept, in milliseconds.
pub const REFUSED_LIFETIME_MS: i64 = 30_000;
/// How many documents are kept.
const MOST_DOCUMENTS: usize = 256;
/// The media types under which DID documents are published.
const MEDIA_TYPES: &[&str] = &[
    "application/did",
    "application/did+json",
    "application/did+ld+json",
    "application/json",
    "application/ld+json",
];

/// Why a DID has no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolutionError {
    /// The method refuses the DID or what came back for it.
    #[error(transparent)]
    Method(#[from] ResolveError),
    /// Nothing came back.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What came back is not strict JSON.
    #[error("what came back is not a JSON document")]
    Text,
}

impl ResolutionError {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Method(error) => error.code(),
            Self::Fetch(error) => error.code(),
            Self::Text => "resolve.invalid_document",
        }
    }
}

/// Finds DID documents.
pub struct Resolver {
    guarded: Guarded,
    clock: Arc<dyn Clock>,
    methods: Vec<Box<dyn Method>>,
    kept: Cache<Did, String>,
    logs: Logs,
}

impl Resolver {
    /// Makes a resolver for `did:key`, `did:jwk`, `did:web` and `did:webvh`.
    pub fn new(guarded: Guarded, clock: Arc<dyn Clock>) -> Self {
        Self::with_methods(
            guarded,
            clock,
            vec![
                Box::new(DidKeyWithAgreement),
                Box::new(DidJwk),
                Box::new(DidWeb),
                Box::new(DidWebvh),
            ],
        )
    }

    /// Makes a resolver for the methods given.
    pub fn with_methods(guarded: Guarded, clock: Arc<dyn Clock>, methods: Vec<Box<dyn Method>>) -> Self {
        Self {
            guarded,
            clock,
            methods,
            kept: Cache::new(MOST_DOCUMENTS),
            logs: Logs::new(),
        }
    }

    /// The document's text, exactly as fetched and not judged: this is evidence, and the verifier judges it.
    pub async fn text(&self, did: &Did) -> Result<String, ResolutionError> {
        let method = self.method(did)?;
        let url = match method.plan(did)? {
            Plan::Local(document) => return Ok(document.to_value().to_string()),
            Plan::Fetch(url) => url,
            Plan::FetchLog { .. } => {
                return Err(ResolveError::UnsupportedMethod(did.method().to_owned()).into());
            }
        };
        if let Some(text) = self.kept.find(did, self.clock.now()) {
            return Ok(text);
        }
        let fetched = self.guarded.get(&url, MEDIA_TYPES).await.map_err(|error| {
            if matches!(error, FetchError::Status(404 | 410)) {
                ResolveError::NotFound(did.clone()).into()
            } else {
                ResolutionError::Fetch(error)
            }
        })?;
        let text = String::from_utf8(fetched.bytes).map_err(|_| ResolutionError::Text)?;
        let accepted = judge(method, did, &text).is_ok();
        let lifetime = if accepted {
            DOCUMENT_LIFETIME_MS
        } else {
            REFUSED_LIFETIME_MS
        };
        if text.len() <= Limits::default().bytes {
            self.kept
                .insert(did.clone(), text.clone(), self.clock.now(), lifetime);
        }
        Ok(text)
    }

    /// The document, judged by its method.
    pub async fn resolve(&self, did: &Did) -> Result<Document, ResolutionError> {
        if self.keeps_log(did) {
            return self.resolve_log(did).await;
        }
        let text = self.text(did).await?;
        judge(self.method(did)?, did, &text)
    }

    /// Says whether the document of `did` is the outcome of a log.
    pub fn keeps_log(&self, did: &Did) -> bool {
        let plan = self.method(did).and_then(|method| method.plan(did));
        matches!(plan, Ok(Plan::FetchLog { .. }))
    }

    /// Says whether the method of `did` is known here.
    pub fn knows(&self, did: &Did) -> bool {
        self.method(did).is_ok()
    }

    /// Forgets the document of `did`, so that it is fetched the next time.
    pub fn forget(&self, did: &Did) {
        self.kept.remove(did);
        self.logs.forget(did);
    }

    fn method(&self, did: &Did) -> Result<&dyn Method, ResolveError> {
        let known = self.methods.iter().find(|method| method.name() == did.method());
        known
            .map(AsRef::as_ref)
            .ok_or_else(|| ResolveError::UnsupportedMethod(did.method().to_owned()))
    }
}

#[async_trait]
impl Source for Resolver {
    async fn find(&self, did: &Did, version: &Version) -> Result<Found, DidError> {
        let plan = self
            .method(did)
            .and_then(|method| method.plan(did))
            .map_err(ResolutionError::from)?;
        match plan {
            Plan::FetchLog { .. } => Ok(self.find_log(did, version).await?),
            Plan::Local(_) | Plan::Fetch(_) if !version.is_newest() => Err(DidError::unsupported(format!(
                "did:{} keeps no versions",
                did.method()
            ))),
            Plan::Local(document) => Ok(Found::document(document.to_value())),
            Plan::Fetch(_) => Ok(Found::document(self.resolve(did).await?.to_value())),
        }
    }
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(|method| method.name()).collect();
        f.debug_struct("Resolver")
            .field("methods", &methods)
            .field("kept", &self.kept.len())
            .finish()
    }
}

fn judge(method: &dyn Method, did: &Did, text: &str) -> Result<Document, ResolutionError> {
    let value: Value = json::parse(text.as_bytes(), &Limits::default()).map_err(|_| ResolutionError::Text)?;
    Ok(method.judge(did, &value)?)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;
    use crate::cast::{self, wednesday};
    use crate::clock::SettableClock;
    use crate::http::GuardLimits;
    use crate::http::loopback::{Answer, Authority, Loopback};

    /// A host that answers with the pages given, one after the other, and the last one for ever.
    async fn host(pages: impl FnOnce(&Did) -> Vec<Answer>) -> (Loopback, Did, Resolver, SettableClock) {
        let tls = Authority::new();
        let answers: Arc<std::sync::Mutex<Vec<Answer>>> = Arc::default();
        let (shown, next) = (Arc::clone(&answers), AtomicUsize::new(0));
        let server = Loopback::serve(tls.identity("localhost"), move |_| {
            let shown = shown.lock().unwrap();
            let turn = next
                .fetch_add(1, Ordering::Relaxed)
                .min(shown.len().saturating_sub(1));
            match &shown[turn] {
                Answer::Whole(bytes) => Answer::Whole(bytes.clone()),
                Answer::Drip(..) | Answer::Silence => Answer::Silence,
            }
        })
        .await;
        let did = Did::parse(&format!("did:web:localhost%3A{}", server.port)).unwrap();
        *answers.lock().unwrap() = pages(&did);
        let clock = SettableClock::new(wednesday());
        let limits = GuardLimits {
            negative: Duration::ZERO,
            ..GuardLimits::default()
        };
        let resolver = Resolver::new(tls.client(limits, &[server.port]), Arc::new(clock.clone()));
        (server, did, resolver, clock)
    }

    fn document(did: &Did) -> Answer {
        let host = did.method_specific_id().replace("%3A", ":");
        Answer::json(cast::Authority::acme(&host).document().to_string())
    }

    #[tokio::test]
    async fn a_local_method_asks_nobody() {
        let guarded = Guarded::offline();
        let resolver = Resolver::new(guarded.clone(), Arc::new(SettableClock::new(wednesday())));
        let agent = cast::agent(11);
        assert_eq!(resolver.resolve(agent.did()).await.unwrap().id(), agent.did());
        assert_eq!(guarded.calls().asked, 0);
    }

    #[tokio::test]
    async fn a_document_is_kept_five_minutes() {
        let (server, did, resolver, clock) = host(|did| vec![document(did)]).await;
        assert_eq!(resolver.resolve(&did).await.unwrap().id(), &did);
        clock.set(wednesday().saturating_add_millis(DOCUMENT_LIFETIME_MS - 60_000));
        resolver.resolve(&did).await.unwrap();
        assert_eq!(server.requests().len(), 1);
        assert!(server.requests()[0].starts_with("GET /.well-known/did.json "));
        clock.set(wednesday().saturating_add_millis(DOCUMENT_LIFETIME_MS + 60_000));
        resolver.resolve(&did).await.unwrap();
        assert_eq!(server.requests().len(), 2);
        resolver.forget(&did);
        resolver.resolve(&did).await.unwrap();
        assert_eq!(server.requests().len(), 3);
    }

    #[tokio::test]
    async fn a_document_of_another_did_is_refused_and_kept_half_a_minute() {
        let other = Did::parse("did:web:acme.example").unwrap();
        let (server, did, resolver, clock) = host(|did| vec![document(&other), document(did)]).await;
        assert_eq!(
            resolver.resolve(&did).await.unwrap_err().code(),
            "resolve.mismatch"
        );
        assert_eq!(
            resolver.resolve(&did).await.unwrap_err().code(),
            "resolve.mismatch"
        );
        assert!(
            resolver.text(&did).await.is_ok(),
            "evidence is handed on unjudged"
        );
        assert_eq!(server.requests().len(), 1);
        clock.set(wednesday().saturating_add_millis(REFUSED_LIFETIME_MS + 20_000));
        assert_eq!(
            resolver.resolve(&did).await.map(|found| found.id().clone()),
            Ok(did)
        );
    }

    #[tokio::test]
    async fn what_is_not_a_document_is_refused() {
        for (page, code) in [
            (Answer::json("{\"id\":1,\"id\":2}"), "resolve.invalid_document"),
            (Answer::json([0xff, 0xfe]), "resolve.invalid_document"),
            (Answer::json("{}"), "resolve.invalid_document"),
            (Answer::of("404 Not Found", "", ""), "resolve.not_found"),
            (Answer::of("410 Gone", "", ""), "resolve.not_found"),
            (Answer::of("500 Oops", "", ""), "fetch.status"),
            (
                Answer::of("200 OK", "content-type: text/html\r\n", "<html>"),
                "fetch.media_type",
            ),
            (Answer::of("302 Found", "location: /x\r\n", ""), "fetch.blocked"),
        ] {
            let (_server, did, resolver, _) = host(|_| vec![page]).await;
            assert_eq!(resolver.resolve(&did).await.unwrap_err().code(), code);
        }
    }

    #[tokio::test]
    async fn names_and_methods_that_may_not_be_asked_are_not() {
        let (server, _, resolver, _) = host(|did| vec![document(did)]).await;
        for (text, code) in [
            ("did:web:localhost", "fetch.blocked"),
            ("did:web:localhost%3A1", "fetch.blocked"),
            ("did:web:intranet", "fetch.blocked"),
            ("did:web:acme.example%3A8443", "fetch.blocked"),
            ("did:example:x", "resolve.unsupported_method"),
        ] {
            let error = resolver.resolve(&Did::parse(text).unwrap()).await.unwrap_err();
            assert_eq!(error.code(), code, "{text}");
        }
        for text in [
            "did:web:127.0.0.1",
            "did:web:2130706433",
            "did:web:0x7f.1",
            "did:web:10.0.0.5",
        ] {
            let Ok(did) = Did::parse(text) else { continue };
            let code = resolver.resolve(&did).await.unwrap_err().code();
            assert!(code == "parse.did" || code == "fetch.blocked", "{text}: {code}");
        }
        assert_eq!(server.connections(), 0);
    }
}
