//! Issuing and verifying any credential over HTTP, by [VCALM](https://w3c.github.io/vcalm/) (the former VC-API).
//!
//! An [`Office`] is who issues in which way, and what verifiers ask for; the service's own office has one issuer,
//! the authority, and one verifier, which is strict. INVARIANT: what an office issues keeps every document rule
//! and loses nothing in JSON-LD; the papers of agents and status lists are never issued here, only by the
//! registry's own routes with their checks of owner and instance.

pub(crate) mod issuing;
mod problems;
mod reserved;
pub(crate) mod status;
mod suite;
pub(crate) mod verifying;

use std::{collections::BTreeMap, sync::Arc};

use chancery_did::{Did, DidUrl, ParseError, Signer};
use chancery_rdfc::Rdfc;
use chancery_verifier::CredentialPolicy;

pub use suite::Suite;

/// The name of the one issuer and the one verifier of a service that has no others.
pub const OWN: &str = "own";

/// Somebody who issues: a key with its verification method, and the ways in which it signs.
#[derive(Clone)]
pub struct Issuer {
    /// The DID that credentials name as their issuer.
    pub did: Did,
    /// The verification method that signs.
    pub method: DidUrl,
    /// The key.
    pub signer: Arc<dyn Signer>,
    /// How it signs; the first is what is done when nothing is said.
    pub suites: Vec<Suite>,
    /// Whether its credentials are recorded with places in status lists.
    pub status: bool,
}

impl Issuer {
    /// The issuer that is the did:key of a key.
    ///
    /// # Errors
    /// A key that has no did:key.
    pub fn of_key(signer: Arc<dyn Signer>, suite: Suite) -> Result<Self, ParseError> {
        let did = Did::of_key(signer.public_key());
        let method = did.with_fragment(&signer.public_key().to_multikey())?;
        Ok(Self {
            did,
            method,
            signer,
            suites: vec![suite],
            status: false,
        })
    }

    /// The same issuer, whose credentials get places in status lists.
    #[must_use]
    pub fn with_status(self) -> Self {
        Self { status: true, ..self }
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("did", &self.did)
            .field("suites", &self.suites)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// Issuers and verifiers by name.
#[derive(Debug, Clone)]
pub struct Office {
    issuers: BTreeMap<String, Issuer>,
    verifiers: BTreeMap<String, CredentialPolicy>,
    lists_by: Option<String>,
    unsigned: bool,
    rdfc: Arc<Rdfc>,
}

impl Office {
    /// An office without issuers, whose one verifier asks for everything.
    #[must_use]
    pub fn new() -> Self {
        let rdfc = Arc::new(Rdfc::new());
        let strict = CredentialPolicy::strict().with_suites(rdfc.clone());
        Self {
            issuers: BTreeMap::new(),
            verifiers: BTreeMap::from([(OWN.to_owned(), strict)]),
            lists_by: None,
            unsigned: false,
            rdfc,
        }
    }

    /// Adds an issuer.
    #[must_use]
    pub fn with_issuer(mut self, name: &str, issuer: Issuer) -> Self {
        self.issuers.insert(name.to_owned(), issuer);
        self
    }

    /// Adds a verifier, which knows the JSON-LD suites too.
    #[must_use]
    pub fn with_verifier(mut self, name: &str, policy: CredentialPolicy) -> Self {
        self.verifiers.insert(name.to_owned(), policy);
        self
    }

    /// Lets one of the issuers sign the status lists itself, instead of the service's status DID.
    #[must_use]
    pub fn with_lists_by(self, name: &str) -> Self {
        Self {
            lists_by: Some(name.to_owned()),
            ..self
        }
    }

    /// Accepts presentations without a proof of their own wherever presentations are verified.
    #[must_use]
    pub fn with_unsigned_presentations(self) -> Self {
        Self {
            unsigned: true,
            ..self
        }
    }

    /// The issuers by name.
    pub fn issuers(&self) -> impl Iterator<Item = (&str, &Issuer)> {
        self.issuers.iter().map(|(name, issuer)| (name.as_str(), issuer))
    }

    /// Who signs the status lists, if it is one of the issuers.
    pub(crate) fn lists_by(&self) -> Option<&Issuer> {
        self.issuers.get(self.lists_by.as_ref()?)
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}
