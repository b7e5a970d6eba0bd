//! Every size and time that a client of the service controls, in one place.
//!
//! INVARIANT: nothing that a client sends is held before it was measured against one of these.

use std::time::Duration;

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
            streams: 100,
            resets: 20,
            stop_time: Duration::from_secs(10),
            parameter: 2048,
            page: 100,
            challenges: 100_000,
        }
    }
}
