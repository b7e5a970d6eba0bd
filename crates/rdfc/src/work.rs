//! How much work one document may cause (RDF Dataset Canonicalization 1.0, section 7.1).
//!
//! INVARIANT: whatever grows with what a peer sends has a bound here; passing one is `limit.canonicalization`.

/// How much work one document may cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// The most steps of expansion: values, and terms of contexts.
    pub steps: usize,
    /// The most quads.
    pub quads: usize,
    /// The most bytes of the terms of all quads.
    pub bytes: usize,
    /// The most hashes of canonicalization, about one for a kilobyte.
    pub hashes: usize,
    /// The most signatures of an `ecdsa-sd-2023` proof.
    pub signatures: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            steps: 100_000,
            quads: 10_000,
            bytes: 8 * 1024 * 1024,
            hashes: 10_000,
            signatures: 1_000,
        }
    }
}
