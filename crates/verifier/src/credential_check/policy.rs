//! What a verifier of single credentials asks for; two published presets.
//!
//! W3C VC Data Model 2.0, sections 3.4 and 7.1: which issuer counts, which models, securing mechanisms and
//! statuses are wanted is the verifier's business. INVARIANT: no policy turns off proofs, document rules or the
//! validity period.

use std::sync::Arc;

use chancery_did::PublicKey;
use chancery_proof::{NoSuites, Suites};

/// The difference between clocks that is allowed, in milliseconds.
const SKEW: i64 = 60_000;
/// The oldest status list that is relied on, in milliseconds.
const MOST_AGE: i64 = 300_000;

/// Who has to have signed a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerRule {
    /// The issuer: every proof names a verification method of the issuer's own DID.
    Controls,
    /// Anybody: every proof holds under a verification method for assertions, whoever controls it.
    Any,
}

/// Which versions of the VC Data Model are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Models {
    /// Version 1.1.
    pub v1_1: bool,
    /// Version 2.0.
    pub v2_0: bool,
}

/// Says what one credential has to be to pass.
#[derive(Debug, Clone)]
pub struct CredentialPolicy {
    /// The cryptosuites that the host hands in, beside those of the core.
    pub suites: Arc<dyn Suites>,
    /// Who has to have signed.
    pub issuer: IssuerRule,
    /// Whether status entries are judged; without it a revoked credential passes.
    pub status: bool,
    /// The versions of the data model that are accepted.
    pub models: Models,
    /// Whether a JWT with the credential in its `vc` claim (VC Data Model 1.1, section 6.3.1) is accepted.
    pub legacy_jwt: bool,
    /// The one key to trust for an issuer that is not a DID.
    pub pinned: Option<PublicKey>,
    /// The oldest status list that is relied on, in milliseconds.
    pub max_status_age: i64,
    /// The difference between clocks that is allowed, in milliseconds.
    pub skew: i64,
}

impl CredentialPolicy {
    /// The strict preset: signed by the issuer itself, status judged, both versions of the data model.
    #[must_use]
    pub fn strict() -> Self {
        Self {
            suites: Arc::new(NoSuites),
            issuer: IssuerRule::Controls,
            status: true,
            models: Models {
                v1_1: true,
                v2_0: true,
            },
            legacy_jwt: false,
            pinned: None,
            max_status_age: MOST_AGE,
            skew: SKEW,
        }
    }

    /// The proof-only preset: proofs, document rules and validity; neither who signed nor status is asked.
    ///
    /// For looking at a credential, never for relying on it: whoever has a key passes.
    #[must_use]
    pub fn proof_only() -> Self {
        Self {
            issuer: IssuerRule::Any,
            status: false,
            ..Self::strict()
        }
    }

    /// Accepts JWTs with the credential in their `vc` claim, or the presentation in `vp`, too: they say neither by
    /// `typ` nor by `cty` what they are.
    #[must_use]
    pub fn with_legacy_jwt(self) -> Self {
        Self {
            legacy_jwt: true,
            ..self
        }
    }

    /// Accepts these cryptosuites too.
    #[must_use]
    pub fn with_suites(self, suites: Arc<dyn Suites>) -> Self {
        Self { suites, ..self }
    }

    /// The policy of [`check_credential`](super::check_credential): version 2.0, no further suites.
    pub(super) fn core(pinned: Option<&PublicKey>) -> Self {
        Self {
            models: Models {
                v1_1: false,
                v2_0: true,
            },
            pinned: pinned.cloned(),
            ..Self::strict()
        }
    }
}
