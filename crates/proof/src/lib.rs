//! The front door: every byte that a peer sends enters Chancery through this crate.
//!
//! Strict JSON ([`json`]) and CBOR ([`cbor`]), RFC 8785 canonical JSON ([`jcs`]), canonical base64url and
//! multibase, compact JWS ([`jose`]), SD-JWT ([`sd_jwt`]), `COSE_Sign1` ([`cose`]) and W3C Data Integrity
//! ([`data_integrity`]), to whose own suites the host may add others ([`Suites`]). What was read is a [`Secured`]
//! value, which nobody may trust; what a signature held over is a [`Proven`] value. Every size that a peer controls
//! has a named limit in [`Limits`].
//!
//! INVARIANT: only [`Secured::prove`] and its twins make a [`Proven`], and they make one only if every proof held
//! under a key that the caller supplied. No key and no algorithm is ever taken from the signed bytes.

pub mod base64url;
pub mod cbor;
pub mod cose;
pub mod data_integrity;
mod digest;
mod error;
pub mod jcs;
pub mod jose;
pub mod json;
mod limits;
pub mod multibase;
pub mod multihash;
pub mod sd_jwt;
mod secured;
mod suites;

#[cfg(test)]
mod cast;
#[cfg(test)]
mod official;

pub use digest::Digest;
pub use error::{ProofError, ReadError};
pub use limits::Limits;
pub use secured::{Expectation, Keys, ProofInfo, Proven, Secured, Securing};
pub use suites::{NoSuites, SuiteSeal, Suites};
