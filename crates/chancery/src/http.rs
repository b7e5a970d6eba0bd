//! The guarded HTTP client: the one place from which strangers' URLs are fetched.
//!
//! Follows the project's secure defaults against server-side request forgery (OWASP SSRF, CWE-918): https
//! only, to public names on port 443, every address vetted and the connection pinned to the vetted ones, no
//! redirects, no proxies, no cookies, and a bound on time, bytes and parallel work (see [`GuardLimits`]).
//! INVARIANT: no packet leaves for an address that was not vetted. The loopback allow-list opens exactly the
//! listed hosts and ports on this machine, and only for clients that were made with it.

mod address;
mod body;
mod failure;
mod limits;
#[cfg(test)]
pub(crate) mod loopback;
mod message;
mod names;
mod slots;
mod target;
mod tls;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use reqwest::Client;
use serde_json::Value;

pub use self::failure::FetchError;
pub use self::limits::GuardLimits;
pub use self::message::{Fetched, Outgoing};
use self::message::{only_ok, read, request};
pub use self::names::{Names, SystemNames};
use self::names::{Pinned, Reach};
use self::slots::{Failures, Slots};
use self::target::Target;
use self::tls::client;
pub use self::tls::{GuardError, Roots};

/// How often a client was used, so that a test can say that nothing was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calls {
    /// Requests that somebody asked for.
    pub asked: u64,
    /// Of these, those handed to the network; a refused URL or a remembered failure is not.
    pub sent: u64,
    /// Names that were looked up.
    pub lookups: u64,
}

/// The guarded client; cloning shares its connections, slots and counters.
#[derive(Clone)]
pub struct Guarded {
    inner: Arc<Inner>,
}

struct Inner {
    /// No clients: offline.
    clients: Option<Clients>,
    limits: GuardLimits,
    loopback: Vec<(String, u16)>,
    slots: Slots,
    failures: Failures,
    asked: AtomicU64,
    sent: AtomicU64,
    lookups: Arc<AtomicU64>,
}

/// Two instances with two connection pools, so that no connection made under the wider rule serves the other.
struct Clients {
    public: Client,
    loopback: Client,
}

impl Guarded {
    /// Makes a client with its limits, its trusted roots and its loopback allow-list of exact `(host, port)`,
    /// which is empty everywhere but in development and demonstration.
    pub fn new(limits: GuardLimits, roots: Roots, loopback: Vec<(String, u16)>) -> Result<Self, GuardError> {
        Self::with_names(limits, roots, loopback, Arc::new(SystemNames))
    }

    /// Makes a client that looks names up with `names` instead of asking the system.
    pub fn with_names(
        limits: GuardLimits,
        roots: Roots,
        loopback: Vec<(String, u16)>,
        names: Arc<dyn Names>,
    ) -> Result<Self, GuardError> {
        let lookups = Arc::new(AtomicU64::new(0));
        let pinned = |reach| Pinned {
            names: Arc::clone(&names),
            reach,
            most: limits.addresses,
            lookups: Arc::clone(&lookups),
        };
        let clients = Clients {
            public: client(&limits, &roots, pinned(Reach::Public))?,
            loopback: client(&limits, &roots, pinned(Reach::Loopback))?,
        };
        Ok(Self::assemble(Some(clients), limits, loopback, lookups))
    }

    /// Makes a client that fetches nothing and answers `fetch.offline`.
    pub fn offline() -> Self {
        Self::assemble(None, GuardLimits::default(), Vec::new(), Arc::default())
    }

    fn assemble(
        clients: Option<Clients>,
        limits: GuardLimits,
        loopback: Vec<(String, u16)>,
        lookups: Arc<AtomicU64>,
    ) -> Self {
        let slots = Slots::new(limits.per_host, limits.in_flight);
        let failures = Failures::new(limits.negative, limits.negative_entries);
        let (asked, sent) = Default::default();
        Self {
            inner: Arc::new(Inner {
                clients,
                limits,
                loopback,
                slots,
                failures,
                asked,
                sent,
                lookups,
            }),
        }
    }

    /// How often this client was used so far.
    pub fn calls(&self) -> Calls {
        Calls {
            asked: self.inner.asked.load(Ordering::Relaxed),
            sent: self.inner.sent.load(Ordering::Relaxed),
            lookups: self.inner.lookups.load(Ordering::Relaxed),
        }
    }

    /// Fetches `url`: status 200 and one of the media types `accept`, or a [`FetchError`], which is
    /// remembered for a while.
    pub async fn get(&self, url: &str, accept: &[&str]) -> Result<Fetched, FetchError> {
        self.get_within(url, accept, self.inner.limits.body_bytes).await
    }

    /// Fetches a log, which may be as long as [`GuardLimits::log_bytes`], as [`get`](Self::get) does the rest.
    pub async fn get_log(&self, url: &str, accept: &[&str]) -> Result<Fetched, FetchError> {
        self.get_within(url, accept, self.inner.limits.log_bytes).await
    }

    async fn get_within(&self, url: &str, accept: &[&str], most: usize) -> Result<Fetched, FetchError> {
        if let Some(error) = self.inner.failures.of(url) {
            self.inner.asked.fetch_add(1, Ordering::Relaxed);
            return Err(error);
        }
        let header = accept.join(", ");
        let outgoing = Outgoing {
            method: "GET",
            url,
            bearer: None,
            content_type: None,
            accept: &header,
            if_none_match: None,
            body: None,
        };
        let (reached, fetched) = self.run(outgoing, accept, most).await;
        let fetched = fetched.and_then(only_ok);
        match &fetched {
            // What happened before the host was asked says nothing about the host.
            Err(error) if reached => self.inner.failures.remember(url, error),
            _ => self.inner.failures.forget(url),
        }
        fetched
    }

    /// Asks `url` a question in JSON: status 200 and one of the media types `accept`, or a [`FetchError`].
    pub async fn post_json(
        &self,
        url: &str,
        accept: &[&str],
        question: &Value,
    ) -> Result<Fetched, FetchError> {
        let header = accept.join(", ");
        let outgoing = Outgoing {
            method: "POST",
            url,
            bearer: None,
            content_type: Some("application/json"),
            accept: &header,
            if_none_match: None,
            body: Some(question.to_string().into_bytes()),
        };
        let most = self.inner.limits.body_bytes;
        self.run(outgoing, accept, most).await.1.and_then(only_ok)
    }

    /// Fetches a trust bundle, which may be as long as [`GuardLimits::bundle_bytes`], unless the one at hand, whose
    /// entity tag is given, is the newest still; gives the answer whatever its status, redirects excepted.
    pub async fn get_bundle(
        &self,
        url: &str,
        accept: &[&str],
        if_none_match: Option<&str>,
    ) -> Result<Fetched, FetchError> {
        let header = accept.join(", ");
        let outgoing = Outgoing {
            method: "GET",
            url,
            bearer: None,
            content_type: None,
            accept: &header,
            if_none_match,
            body: None,
        };
        self.run(outgoing, accept, self.inner.limits.bundle_bytes).await.1
    }

    /// Sends any request and gives the answer whatever its status and media type, redirects excepted.
    pub async fn send(&self, outgoing: Outgoing<'_>) -> Result<Fetched, FetchError> {
        self.run(outgoing, &[], self.inner.limits.body_bytes).await.1
    }

    /// Sends a request, and says also whether it came as far as the network.
    async fn run(
        &self,
        outgoing: Outgoing<'_>,
        types: &[&str],
        most: usize,
    ) -> (bool, Result<Fetched, FetchError>) {
        let inner = &self.inner;
        inner.asked.fetch_add(1, Ordering::Relaxed);
        let Some(clients) = &inner.clients else {
            return (false, Err(FetchError::Offline));
        };
        let target = match Target::parse(outgoing.url, &inner.limits, &inner.loopback) {
            Ok(target) => target,
            Err(error) => return (false, Err(error)),
        };
        let client = if target.loopback {
            &clients.loopback
        } else {
            &clients.public
        };
        let reached = AtomicBool::new(false);
        let conditional = outgoing.if_none_match.is_some();
        let work = async {
            let _slot = inner.slots.take(&target.host).await?;
            let request = request(client, &target, outgoing)?;
            reached.store(true, Ordering::Relaxed);
            inner.sent.fetch_add(1, Ordering::Relaxed);
            let response = request
                .send()
                .await
                .map_err(|error| FetchError::from_client(&error))?;
            read(response, types, most, conditional).await
        };
        let fetched = tokio::time::timeout(inner.limits.total, work)
            .await
            .unwrap_or(Err(FetchError::Timeout));
        if let Err(error) = &fetched {
            tracing::debug!(host = %target.host, code = error.code(), "fetch failed");
        }
        (reached.into_inner(), fetched)
    }
}

impl fmt::Debug for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guarded")
            .field("offline", &self.inner.clients.is_none())
            .field("limits", &self.inner.limits)
            .field("loopback", &self.inner.loopback)
            .field("calls", &self.calls())
            .finish()
    }
}

#[cfg(test)]
mod tests;
