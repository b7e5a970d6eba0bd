//! Decentralized identifiers, DID documents, public keys and signers.
//!
//! Follows [DID 1.0](https://www.w3.org/TR/did-1.0/) and
//! [Controlled Identifiers 1.0](https://www.w3.org/TR/cid-1.0/). Everything here is pure: no clock, no
//! network, no randomness but what the caller hands in.
//!
//! INVARIANT: a value of a type of this crate was parsed from its one canonical spelling, so two values
//! are the same thing exactly if they are equal.

mod address;
pub mod base58btc;
pub mod base64url;
mod did;
mod document;
mod key;
mod method;
mod object;
mod signer;
mod sorted_map;
mod timestamp;
mod try_map;

pub use address::{HTTPS_PORT, HttpsAddress};
pub use did::{Did, DidUrl, ParseError};
pub use document::{Document, DocumentBuilder, DocumentError, Relationship, Service, VerificationMethod};
pub use key::{Algorithm, Backend, KeyError, KeyType, PublicKey, SignatureError};
pub use method::{Judged, LogFiles, Method, Plan, ResolveError, When};
pub use object::object;
pub use signer::{SecretKey, SignError, Signer};
pub use sorted_map::SortedMap;
pub use timestamp::Timestamp;
pub use try_map::try_map;
