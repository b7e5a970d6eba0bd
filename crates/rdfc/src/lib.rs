//! JSON-LD Data Integrity: `eddsa-rdfc-2022`, `ecdsa-rdfc-2019` and `ecdsa-sd-2023`, handed to the front door
//! as [`Suites`](chancery_proof::Suites).
//!
//! Follows [Data Integrity EdDSA](https://www.w3.org/TR/vc-di-eddsa/) and
//! [ECDSA](https://www.w3.org/TR/vc-di-ecdsa/) Cryptosuites 1.0, [JSON-LD 1.1](https://www.w3.org/TR/json-ld11-api/)
//! and [RDF Dataset Canonicalization 1.0](https://www.w3.org/TR/rdf-canon/).
//!
//! INVARIANT: no context is known but the bundled ones and nothing is fetched; nothing that a document says is
//! lost on the way to what is signed, or the document is refused; and the work that a document can cause is
//! bounded.

mod canonical;
mod context;
mod cryptosuite;
mod error;
mod expansion;
mod hashed;
mod iri;
mod library;
mod rdf;
mod rdfc;
mod sd;
mod work;

pub use cryptosuite::Cryptosuite;
pub use rdfc::Rdfc;
pub use work::Work;

#[cfg(test)]
mod cast;
#[cfg(test)]
mod official;
#[cfg(test)]
mod tests;
