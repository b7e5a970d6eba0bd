//! Who is at the other end of a connection, as far as limits are concerned: an IPv4 address or an IPv6 /64.
//!
//! INVARIANT: a peer is where the connection comes from, never what a header says: `Forwarded`,
//! `X-Forwarded-For` and `X-Real-IP` are not read.

use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{Extensions, request::Parts};

use crate::{app::App, problem::Problem};

/// One peer. Whoever has one IPv6 address usually has the 2^64 around it, so they count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Peer {
    /// An IPv4 address, also when it came in IPv6 clothes.
    V4(u32),
    /// The network half of an IPv6 address.
    V6(u64),
}

impl Peer {
    /// The peer of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address.to_bits()),
            IpAddr::V6(address) => Self::V6(u64::try_from(address.to_bits() >> 64).unwrap_or(u64::MAX)),
        }
    }

    /// The peer that the listener noted on a request; none when the routes are called without a socket.
    pub(crate) fn noted(extensions: &Extensions) -> Option<Self> {
        let ConnectInfo(address) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(Self::of(address.ip()))
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(bits) => write!(f, "{}", std::net::Ipv4Addr::from_bits(*bits)),
            Self::V6(network) => write!(f, "{}/64", Ipv6Addr::from_bits(u128::from(*network) << 64)),
        }
    }
}

/// The peer of a request, if it came over a socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender(pub(crate) Option<Peer>);

impl FromRequestParts<App> for Sender {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        Ok(Self(Peer::noted(&parts.extensions)))
    }
}

/// How many connections each peer has open.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    most: usize,
    open: Arc<Mutex<HashMap<Peer, usize>>>,
}

impl Connections {
    /// Starts with none; each peer may have `most`.
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            open: Arc::default(),
        }
    }

    /// Counts one more connection of a peer until the answer is dropped; none when it has its most already.
    pub(crate) fn admit(&self, peer: Peer) -> Option<Admitted> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.get(&peer).copied().unwrap_or(0);
        if count >= self.most {
            return None;
        }
        open.insert(peer, count.saturating_add(1));
        Some(Admitted {
            peer,
            connections: self.clone(),
        })
    }
}

/// A connection that is counted.
#[derive(Debug)]
pub(crate) struct Admitted {
    peer: Peer,
    connections: Connections,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self
            .connections
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut entry) = open.entry(self.peer) {
            let left = entry.get().saturating_sub(1);
            if left == 0 {
                entry.remove();
            } else {
                entry.insert(left);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer::of(address.parse().unwrap())
    }

    #[test]
    fn ipv6_counts_by_its_network_and_ipv4_by_its_address() {
        assert_eq!(peer("2001:db8:1:2::1"), peer("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(peer("2001:db8:1:2::1"), peer("2001:db8:1:3::1"));
        assert_ne!(peer("192.0.2.1"), peer("192.0.2.2"));
        assert_eq!(peer("::ffff:192.0.2.1"), peer("192.0.2.1"));
        assert_ne!(peer("::1"), peer("127.0.0.1"));
        assert_eq!(peer("2001:db8:1:2::1").to_string(), "2001:db8:1:2::/64");
        assert_eq!(peer("::ffff:192.0.2.1").to_string(), "192.0.2.1");
    }

    #[test]
    fn peer_has_its_most_connections_and_no_other_peer_pays_for_it() {
        let connections = Connections::new(2);
        let (one, other) = (peer("192.0.2.1"), peer("192.0.2.2"));
        let first = connections.admit(one).unwrap();
        let _second = connections.admit(one).unwrap();
        assert!(connections.admit(one).is_none());
        assert!(connections.admit(other).is_some());
        drop(first);
        assert!(connections.admit(one).is_some());
    }

    #[test]
    fn peer_without_connections_is_forgotten() {
        let connections = Connections::new(2);
        for number in 0..1000 {
            drop(connections.admit(Peer::V4(number)));
        }
        assert!(connections.open.lock().unwrap().is_empty());
    }
}
