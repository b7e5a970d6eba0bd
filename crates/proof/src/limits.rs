//! Every size that a peer controls, by name.
//!
//! The defaults are the secure defaults of the project: a body of 256 KiB, JSON 64 levels deep, arrays and
//! objects of 10,000 items, eight proofs. A limit is checked before the work that it bounds.

/// The bounds that the front door keeps, in bytes, levels and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The longest JSON text that is read, in bytes.
    pub bytes: usize,
    /// The deepest nesting of arrays and objects; values above [`Limits::DEPTH_CEILING`] count as that.
    pub depth: usize,
    /// The most items of one array and the most members of one object.
    pub items: usize,
    /// The longest single string or member name, in bytes after unescaping.
    pub string: usize,
    /// The most proofs that one document may carry.
    pub proofs: usize,
    /// The longest compact JWS, in bytes.
    pub jose_bytes: usize,
    /// The most disclosures of one SD-JWT.
    pub disclosures: usize,
    /// The most digests that one SD-JWT may stand for disclosures with, decoys among them.
    pub digests: usize,
    /// The most bytes that compressed content (a status list) may inflate to.
    pub inflated: usize,
}

impl Limits {
    /// The deepest nesting that any configuration can allow: the reader's stack is bounded by it.
    pub const DEPTH_CEILING: usize = 128;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 256 * 1024,
            depth: 64,
            items: 10_000,
            string: 256 * 1024,
            proofs: 8,
            jose_bytes: 256 * 1024,
            disclosures: 256,
            digests: 4096,
            inflated: 4 * 1024 * 1024,
        }
    }
}
