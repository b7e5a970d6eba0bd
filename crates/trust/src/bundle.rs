//! The trust bundle that a registry signs: JWS of type `chancery-bundle+jwt` (`docs/profile.md`, "Bundles").
//!
//! It holds what a verifier would otherwise gather: DID documents and logs, status lists, statements. INVARIANT: a
//! bundle is evidence and never an anchor. It is believed only under the signer that the verifier expects, a DID and
//! the thumbprint of its key, and never when it is older than one that was seen before.

mod delta;

use std::cell::RefCell;

use chancery_did::{Did, DidUrl, PublicKey, Relationship, Signer, Timestamp};
use chancery_proof::{Expectation, Keys, Limits, ProofError, Secured, jose};
use serde_json::{Map, Value, json};

use crate::members::{Fault, MemberError, Members};
use crate::policy::anchor::is_thumbprint;

/// The `typ` of a bundle.
pub const BUNDLE_TYP: &str = "chancery-bundle+jwt";
/// The media type under which a bundle is served.
pub const MEDIA_TYPE: &str = "application/chancery-bundle+jwt";
/// The largest bundle, as a compact JWS, in bytes.
pub const MOST_BYTES: usize = 12 * 1024 * 1024;
/// The longest life of a bundle, a day in milliseconds.
pub const LONGEST_LIFE: i64 = 86_400_000;

const KNOWN: &[&str] = &["iss", "issuedAt", "expiresAt", "base", "evidence", "gone"];

/// Who must have signed a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedSigner {
    did: Did,
    thumbprint: String,
}

/// What a registry gathered, good from one moment to another.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    signer: Did,
    issued_at: Timestamp,
    expires_at: Timestamp,
    base: Option<Timestamp>,
    evidence: Map<String, Value>,
    gone: Map<String, Value>,
}

/// Why a bundle is refused.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The token is malformed or its signature does not hold.
    #[error("the bundle does not verify: {0}")]
    Proof(#[from] ProofError),
    /// A claim is unknown, missing or refused.
    #[error("the bundle: {0}")]
    Claim(#[from] MemberError),
    /// The thumbprint that is expected is none.
    #[error("`{0}` is no thumbprint of a key")]
    Thumbprint(String),
    /// Another DID signed it.
    #[error("the bundle is of `{found}`, and that of `{expected}` is expected")]
    OtherSigner {
        /// Whose bundle is expected.
        expected: Did,
        /// Whose it is.
        found: Did,
    },
    /// Another key of the expected DID signed it.
    #[error("the bundle is signed by the key `{0}`, which is not the expected one")]
    OtherKey(String),
    /// It has ended.
    #[error("the bundle ended at `{0}`")]
    Expired(Timestamp),
    /// It is of a time yet to come.
    #[error("the bundle is of `{0}`, which is yet to come")]
    NotYet(Timestamp),
    /// A newer one was seen before.
    #[error("the bundle is of `{found}`, and one of `{seen}` was seen before")]
    Rollback {
        /// When this one was signed.
        found: Timestamp,
        /// When the newest was signed.
        seen: Timestamp,
    },
    /// It changes another bundle than the one at hand.
    #[error("the bundle changes one that is not at hand")]
    Base,
}

impl BundleError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Proof(error) => error.code(),
            Self::Claim(_) => "bundle.malformed",
            Self::Thumbprint(_) | Self::OtherSigner { .. } | Self::OtherKey(_) => "bundle.signer",
            Self::Expired(_) => "bundle.expired",
            Self::NotYet(_) => "bundle.not_yet_valid",
            Self::Rollback { .. } => "bundle.rollback",
            Self::Base => "bundle.base",
        }
    }
}

impl ExpectedSigner {
    /// Expects the key with this RFC 7638 thumbprint of this DID.
    ///
    /// # Errors
    /// [`BundleError::Thumbprint`] for a text that is no thumbprint.
    pub fn new(did: Did, thumbprint: &str) -> Result<Self, BundleError> {
        if !is_thumbprint(thumbprint) {
            return Err(BundleError::Thumbprint(
                thumbprint.chars().take(64).flat_map(char::escape_debug).collect(),
            ));
        }
        Ok(Self {
            did,
            thumbprint: thumbprint.to_owned(),
        })
    }

    /// The DID.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The RFC 7638 thumbprint of its key.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }
}

impl Bundle {
    /// Starts a bundle of this evidence, in the wire shape of the verifier's evidence, good from `at` for `life`
    /// milliseconds.
    #[must_use]
    pub fn new(signer: Did, evidence: Map<String, Value>, at: Timestamp, life: i64) -> Self {
        Self {
            signer,
            issued_at: at,
            expires_at: at.saturating_add_millis(life.clamp(1_000, LONGEST_LIFE)),
            base: None,
            evidence,
            gone: Map::new(),
        }
    }

    /// When it was signed, in milliseconds: what `since` asks with.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// When the bundle was signed that this one changes; none for a whole one.
    #[must_use]
    pub fn base(&self) -> Option<Timestamp> {
        self.base
    }

    /// The evidence, as the verifier reads it; of a change only what is new.
    #[must_use]
    pub fn evidence(&self) -> &Map<String, Value> {
        &self.evidence
    }

    /// Signs the bundle and gives the compact JWS.
    ///
    /// # Errors
    /// When a claim would be refused by every reader, or the signer fails.
    pub fn sign(&self, kid: &DidUrl, signer: &dyn Signer) -> Result<String, BundleError> {
        let claims = self.claims();
        Self::claims_of(&claims)?;
        Ok(jose::sign(BUNDLE_TYP, kid, &claims, signer)?)
    }

    /// Reads a compact JWS; the bundle is untrusted until it is proven.
    ///
    /// # Errors
    /// A token that is no bundle, and a claim that is unknown, missing or refused.
    pub fn read(token: &str) -> Result<Secured<Self>, BundleError> {
        let limits = Limits {
            bytes: MOST_BYTES,
            string: MOST_BYTES,
            jose_bytes: MOST_BYTES,
            ..Limits::default()
        };
        Ok(Secured::jose(token, &[BUNDLE_TYP], &limits)?.map(Self::claims_of)?)
    }

    /// Verifies a bundle: signed by the expected key of the expected DID, good at `at`, and not older than the newest
    /// that was `seen`.
    ///
    /// `keys` may come of the bundle itself: the thumbprint decides which key it is.
    ///
    /// # Errors
    /// See [`BundleError`].
    pub fn verify(
        token: &str,
        expected: &ExpectedSigner,
        keys: &dyn Keys,
        at: Timestamp,
        skew: i64,
        seen: Option<Timestamp>,
    ) -> Result<Self, BundleError> {
        let secured = Self::read(token)?;
        let found = &secured.unverified().signer;
        if *found != expected.did {
            return Err(BundleError::OtherSigner {
                expected: expected.did.clone(),
                found: found.clone(),
            });
        }
        let pinned = Pinned {
            keys,
            expected,
            met: RefCell::new(None),
        };
        let expectation = Expectation {
            purpose: Relationship::AssertionMethod,
            issuer: expected.did.clone(),
        };
        let proven = secured.prove(&expectation, &pinned);
        if let Some(thumbprint) = pinned.met.into_inner() {
            return Err(BundleError::OtherKey(thumbprint));
        }
        let bundle = proven?.into_value();
        if bundle.issued_at > at.saturating_add_millis(skew) {
            return Err(BundleError::NotYet(bundle.issued_at));
        }
        if at >= bundle.expires_at {
            return Err(BundleError::Expired(bundle.expires_at));
        }
        match seen {
            Some(seen) if seen > bundle.issued_at => Err(BundleError::Rollback {
                found: bundle.issued_at,
                seen,
            }),
            _ => Ok(bundle),
        }
    }

    fn claims(&self) -> Value {
        let mut claims = json!({
            "iss": self.signer.as_str(),
            "issuedAt": self.issued_at.to_string(),
            "expiresAt": self.expires_at.to_string(),
            "evidence": self.evidence,
        });
        if let (Some(base), Some(members)) = (self.base, claims.as_object_mut()) {
            members.insert("base".to_owned(), base.to_string().into());
            members.insert("gone".to_owned(), self.gone.clone().into());
        }
        claims
    }

    fn claims_of(claims: &Value) -> Result<Self, MemberError> {
        let members = Members::read(claims, "", KNOWN)?;
        let time = |name: &str| members.opt_timestamp(name)?.ok_or_else(|| members.missing(name));
        let (issued_at, expires_at) = (time("issuedAt")?, time("expiresAt")?);
        let life = expires_at.millis_since(issued_at);
        if life <= 0 || life > LONGEST_LIFE {
            return Err(members.invalid("expiresAt", "it is not within a day after `issuedAt`"));
        }
        let base = members.opt_timestamp("base")?;
        if base.is_some_and(|base| base >= issued_at) {
            return Err(members.invalid("base", "it is not before `issuedAt`"));
        }
        let object = |name: &str| {
            let value = members.value(name).ok_or_else(|| members.missing(name))?;
            let wrong =
                || MemberError::new(members.at(name), Fault::Invalid("it is not an object".to_owned()));
            value.as_object().cloned().ok_or_else(wrong)
        };
        let gone = match (base, members.value("gone")) {
            (Some(_), _) => delta::gone_of(object("gone")?).map_err(|why| members.invalid("gone", why))?,
            (None, None) => Map::new(),
            (None, Some(_)) => return Err(members.invalid("gone", "nothing is gone from a whole bundle")),
        };
        Ok(Self {
            signer: members.did("iss")?,
            issued_at,
            expires_at,
            base,
            evidence: object("evidence")?,
            gone,
        })
    }
}

/// Passes on only the expected key, and remembers another that was met.
struct Pinned<'k> {
    keys: &'k dyn Keys,
    expected: &'k ExpectedSigner,
    met: RefCell<Option<String>>,
}

impl Keys for Pinned<'_> {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let key = self.keys.key(method, relationship)?;
        let thumbprint = key.thumbprint();
        if thumbprint == self.expected.thumbprint {
            return Ok(key);
        }
        *self.met.borrow_mut() = Some(thumbprint);
        Err(("bundle.signer", "another key than the expected one".to_owned()))
    }
}

#[cfg(test)]
mod tests;
