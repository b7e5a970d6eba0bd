//! The front door: every byte that a peer sends enters Chancery through this crate.
//!
//! Strict JSON ([`json`]), RFC 8785 canonical JSON ([`jcs`]), canonical base64url and multibase, compact
//! JWS ([`jose`]) and W3C Data Integrity ([`data_integrity`]). What was read is a [`Secured`] value, which
//! nobody may trust; what a signature held over is a [`Proven`] value. Every size that a peer controls has
//! a named limit in [`Limits`].
//!
//! INVARIANT: only [`Secured::prove`] makes a [`Proven`], and it makes one only if every proof held under
//! a key that the caller supplied. No key and no algorithm is ever taken from the signed bytes.

pub mod base64url;
pub mod data_integrity;
mod digest;
mod error;
pub mod jcs;
pub mod jose;
pub mod json;
mod limits;
pub mod multibase;
pub mod multihash;
mod secured;

#[cfg(test)]
mod cast;
#[cfg(test)]
mod official;

pub use digest::Digest;
pub use error::{ProofError, ReadError};
pub use limits::Limits;
pub use secured::{Expectation, Keys, ProofInfo, Proven, Secured, Securing};
