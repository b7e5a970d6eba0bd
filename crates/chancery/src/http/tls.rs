//! Whom a client trusts, and the client library set up so that nothing else gets in.
//!
//! Follows RFC 9525 for names in certificates, as rustls has it, with aws-lc-rs. INVARIANT: https only, TLS 1.2 or
//! later, no redirect, no retry, no proxy, no cookie; no switch anywhere turns certificate checks off.

use std::sync::Arc;

use reqwest::Client;

use super::GuardLimits;
use super::names::Pinned;

/// Which certificate authorities are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Those of the operating system.
    System,
    /// Only those in these PEM blocks.
    Pem(Vec<u8>),
}

/// Why a guarded client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The PEM text holds no certificate, or a broken one.
    #[error("no usable certificate among the given roots")]
    Roots,
    /// The TLS library refuses to start.
    #[error("the https client cannot start")]
    Client(#[source] reqwest::Error),
}

impl GuardError {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        "config.invalid"
    }
}

/// Makes a client library instance that connects only where `pinned` allows.
pub(super) fn client(limits: &GuardLimits, roots: &Roots, pinned: Pinned) -> Result<Client, GuardError> {
    let builder = Client::builder()
        .dns_resolver(Arc::new(pinned))
        .https_only(true)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .http1_max_headers(limits.headers)
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .pool_max_idle_per_host(limits.per_host)
        .pool_idle_timeout(limits.total)
        .user_agent(concat!("chancery/", env!("CARGO_PKG_VERSION")));
    let builder = match roots {
        Roots::System => builder,
        Roots::Pem(text) => {
            let certificates = reqwest::Certificate::from_pem_bundle(text).map_err(|_| GuardError::Roots)?;
            if certificates.is_empty() {
                return Err(GuardError::Roots);
            }
            builder.tls_certs_only(certificates)
        }
    };
    builder.build().map_err(GuardError::Client)
}
