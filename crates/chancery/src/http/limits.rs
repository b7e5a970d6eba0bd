//! Every limit of the guarded client, in one struct.
//!
//! Follows the secure defaults that the project ships with. INVARIANT: whatever a stranger's host can make
//! this process spend (time, memory, connections, attempts) is bounded by a field of [`GuardLimits`].

use std::time::Duration;

/// The limits of a [`Guarded`](crate::http::Guarded) client; the default is the secure one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardLimits {
    /// Ports that may be contacted at all, besides exact entries of the loopback allow-list.
    pub ports: Vec<u16>,
    /// Longest URL in bytes.
    pub url_bytes: usize,
    /// Time for looking up, connecting and the TLS handshake.
    pub connect: Duration,
    /// Time for everything: waiting for a slot, connecting, and the last byte of the body.
    pub total: Duration,
    /// Largest body in bytes, counted after decompression.
    pub body_bytes: usize,
    /// Largest log of a DID, and largest file of its witnesses, in bytes.
    pub log_bytes: usize,
    /// Largest trust bundle in bytes.
    pub bundle_bytes: usize,
    /// Most response headers.
    pub headers: usize,
    /// Most addresses that a name may have.
    pub addresses: usize,
    /// Requests in flight to one host.
    pub per_host: usize,
    /// Requests in flight altogether.
    pub in_flight: usize,
    /// How long a failed GET is remembered instead of being tried again.
    pub negative: Duration,
    /// How many failures are remembered.
    pub negative_entries: usize,
}

impl Default for GuardLimits {
    fn default() -> Self {
        Self {
            ports: vec![443],
            url_bytes: 2048,
            connect: Duration::from_secs(3),
            total: Duration::from_secs(5),
            body_bytes: 1024 * 1024,
            log_bytes: chancery_did::LogFiles::MAX_BYTES,
            bundle_bytes: chancery_trust::bundle::MOST_BYTES,
            headers: 64,
            addresses: 16,
            per_host: 4,
            in_flight: 32,
            negative: Duration::from_secs(30),
            negative_entries: 1024,
        }
    }
}
