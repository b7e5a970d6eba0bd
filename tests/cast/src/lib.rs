//! The named cast of every test, and the corpus of vectors made from it.
//!
//! Acme issues, Globex verifies, Initech is a third anchored organization whose agents stand in the middle of a
//! chain, Mallory has valid keys and nobody's trust; Ada, Bob, Cy, Dee and Eve are instances. Keys are fixed and
//! times are fixed, so the same source writes the same bytes (Ed25519, and ECDSA with RFC 6979). Papers are
//! sealed here by hand, not by the crates that judge them, so that every member of every paper, proof and header
//! can be bent before or after it is signed.
//!
//! INVARIANT: what a vector expects is written down beside it, from the profile, and is never computed by the
//! verifier.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "support code of tests: a cast that cannot be made must stop them"
)]

pub mod corpus;
pub mod host;
pub mod ledger;
pub mod paper;
pub mod party;
pub mod scene;
pub mod seal;
pub mod time;
pub mod trust;

pub use corpus::{Corpus, corpus};
pub use host::{HostCorpus, host_corpus};
pub use party::Party;
pub use scene::Scene;
pub use seal::Slip;
