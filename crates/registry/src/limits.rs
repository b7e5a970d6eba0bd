//! Every size and time that a client of the service controls, in one place.
//!
//! INVARIANT: nothing that a client sends is held before it was measured against one of these.

use std::time::Duration;

/// How often one peer may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests at once, after a pause.
    pub burst: u32,
    /// Requests per second in the long run, at least one.
    pub per_second: u32,
}

/// The service's limits. The default is what is served; tests make some of them smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerLimits {
    /// Bytes of a request's body.
    pub body: usize,
    /// Time in which the whole body must have arrived.
    pub body_time: Duration,
    /// Time in which a request must be answered.
    pub request_time: Duration,
    /// Bytes of a request's head.
    pub head: usize,
    /// Header lines of a request.
    pub headers: usize,
    /// Time in which the head must have arrived, and in which TLS must be agreed.
    pub head_time: Duration,
    /// Connections open at once.
    pub connections: usize,
    /// Age at which a connection is asked to end after the request in flight.
    pub connection_time: Duration,
    /// Streams open at once in one HTTP/2 connection.
    pub streams: u32,
    /// Resets of HTTP/2 streams that may be pending before the connection is closed.
    pub resets: usize,
    /// Time that requests in flight get when the service stops.
    pub stop_time: Duration,
    /// Bytes of one path segment, query value or cursor.
    pub parameter: usize,
    /// Items of one page.
    pub page: u32,
    /// Challenges that may be waiting for their answer at once.
    pub challenges: i64,
    /// Challenges of one peer that may be waiting at once, so that no peer can take every place.
    pub peer_challenges: i64,
    /// Connections of one peer open at once. A peer is an IPv4 address or an IPv6 /64.
    pub peer_connections: usize,
    /// Requests of one peer to the public listener.
    pub requests: Rate,
    /// Requests of one peer for a challenge, which count as requests too.
    pub challenge_requests: Rate,
    /// Peers whose rate is remembered.
    pub peers: usize,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            body: 256 * 1024,
            body_time: Duration::from_secs(15),
            request_time: Duration::from_secs(30),
            head: 16 * 1024,
            headers: 100,
            head_time: Duration::from_secs(10),
            connections: 1024,
            connection_time: Duration::from_secs(300),
            streams: 100,
            resets: 20,
            stop_time: Duration::from_secs(10),
            parameter: 2048,
            page: 100,
            challenges: 100_000,
            peer_challenges: 10_000,
            peer_connections: 256,
            requests: Rate {
                burst: 300,
                per_second: 100,
            },
            challenge_requests: Rate {
                burst: 120,
                per_second: 20,
            },
            peers: 65_536,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_peer_can_take_every_place() {
        let limits = ServerLimits::default();
        assert!(limits.peer_connections * 4 <= limits.connections);
        assert!(limits.peer_challenges * 10 <= limits.challenges);
        assert!(limits.challenge_requests.burst < limits.requests.burst);
        assert!(limits.challenge_requests.per_second < limits.requests.per_second);
    }
}
