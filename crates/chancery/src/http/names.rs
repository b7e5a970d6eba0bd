//! Looking names up, and pinning a connection to answers that were vetted.
//!
//! INVARIANT: the client library connects only to addresses that [`Pinned`] returned, and [`Pinned`] returns
//! the answers only if every single one of them is allowed. There is no second lookup between the check and
//! the connection, so an answer that changes meanwhile changes nothing.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::FetchError;
use super::address::{is_loopback, is_public};

/// Looks up the addresses of a host name; the system does it by default.
pub trait Names: Send + Sync {
    /// Gives every address of `host`, in the order in which they should be tried.
    fn lookup<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>>;
}

/// The system's own lookup.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

impl Names for SystemNames {
    fn lookup<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            Ok(tokio::net::lookup_host((host, 0))
                .await?
                .map(|found| found.ip())
                .collect())
        })
    }
}

/// Where a client may connect to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Globally reachable addresses only.
    Public,
    /// This machine only, for exact entries of the loopback allow-list.
    Loopback,
}

/// The lookup that one client library instance is pinned to.
pub(super) struct Pinned {
    pub(super) names: Arc<dyn Names>,
    pub(super) reach: Reach,
    pub(super) most: usize,
    pub(super) lookups: Arc<AtomicU64>,
}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, reach, most) = (Arc::clone(&self.names), self.reach, self.most);
        let lookups = Arc::clone(&self.lookups);
        Box::pin(async move {
            let host = name.as_str();
            // RFC 6761: `localhost` is this machine without asking anybody.
            let found = if reach == Reach::Loopback && host == "localhost" {
                vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)]
            } else {
                lookups.fetch_add(1, Ordering::Relaxed);
                names
                    .lookup(host)
                    .await
                    .map_err(|_| FetchError::Failed(format!("no address for `{host}`")))?
            };
            let vetted = vet(host, found, reach, most)?;
            // Port 0 is replaced by the URL's own.
            let addresses: Addrs = Box::new(vetted.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Gives the addresses back if there is at least one and all of them are allowed.
fn vet(host: &str, found: Vec<IpAddr>, reach: Reach, most: usize) -> Result<Vec<IpAddr>, FetchError> {
    if found.is_empty() {
        return Err(FetchError::Failed(format!("no address for `{host}`")));
    }
    if found.len() > most {
        return Err(FetchError::Blocked(format!("`{host}` has too many addresses")));
    }
    let allowed = |address: &IpAddr| match reach {
        Reach::Public => is_public(*address),
        Reach::Loopback => is_loopback(*address),
    };
    if found.iter().all(allowed) {
        Ok(found)
    } else {
        Err(FetchError::Blocked(format!(
            "`{host}` resolves to an address that is not allowed"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn one_bad_answer_spoils_all() {
        let mixed = addresses(&["1.1.1.1", "2606:4700::1111", "169.254.169.254"]);
        assert_eq!(
            vet("a.example", mixed, Reach::Public, 16).unwrap_err().code(),
            "fetch.blocked"
        );
        let outward = addresses(&["127.0.0.1", "1.1.1.1"]);
        assert_eq!(
            vet("localhost", outward, Reach::Loopback, 16).unwrap_err().code(),
            "fetch.blocked"
        );
    }

    #[test]
    fn no_answer_and_too_many_answers_are_refused() {
        assert_eq!(
            vet("a.example", vec![], Reach::Public, 16).unwrap_err().code(),
            "fetch.failed"
        );
        let many = addresses(&["1.1.1.1"; 17]);
        assert_eq!(
            vet("a.example", many, Reach::Public, 16).unwrap_err().code(),
            "fetch.blocked"
        );
    }

    #[test]
    fn all_good_answers_are_kept_in_order() {
        let good = addresses(&["2606:4700::1111", "1.1.1.1"]);
        assert_eq!(vet("a.example", good.clone(), Reach::Public, 16).unwrap(), good);
    }
}
