//! Key binding: whoever presents holds the key that the issuer named (RFC 9901, sections 4.3 and 7.3).
//!
//! INVARIANT: the verifier's policy decides whether key binding is needed, never its presence. The key comes from
//! the signed `cnf` alone, and a verifier that expects no audience or no nonce accepts nothing.

use chancery_did::{PublicKey, Timestamp};
use serde_json::Value;

use super::{KB_TYP, SdJwt, SdJwtError, disclosure::digest};
use crate::{Expectation, Keys, Limits, ProofError, Proven, Secured, jose};

/// The oldest key binding that is taken, in milliseconds: 5 minutes.
const WINDOW: i64 = 300_000;

/// How far clocks may differ, in milliseconds.
const SKEW: i64 = 60_000;

/// The one occasion that a presentation is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    audience: String,
    nonce: String,
    at: Timestamp,
    window: i64,
    skew: i64,
}

impl Occasion {
    /// For this audience and this nonce, now; a key binding may be five minutes old.
    ///
    /// # Errors
    ///
    /// `binding.expectation_missing` for an empty audience or nonce.
    pub fn new(
        audience: impl Into<String>,
        nonce: impl Into<String>,
        at: Timestamp,
    ) -> Result<Self, ProofError> {
        let (audience, nonce) = (audience.into(), nonce.into());
        if audience.is_empty() || nonce.is_empty() {
            return Err(SdJwtError::Expectation.into());
        }
        Ok(Self {
            audience,
            nonce,
            at,
            window: WINDOW,
            skew: SKEW,
        })
    }

    /// Sets how old a key binding may be and how far clocks may differ, in milliseconds.
    #[must_use]
    pub fn within(self, window: i64, skew: i64) -> Self {
        Self { window, skew, ..self }
    }

    /// The audience.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The present.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// What was brought to bind a presentation, none of it checked.
#[derive(Debug, Clone)]
pub(super) struct KeyBinding {
    token: Option<String>,
    /// The digest that `sd_hash` has to be.
    hash: String,
    /// The claim `cnf`.
    confirmation: Option<Value>,
}

impl KeyBinding {
    pub(super) fn of(parsed: &SdJwt, claims: &Value) -> Self {
        Self {
            token: parsed.key_binding.clone(),
            hash: digest(&parsed.without_key_binding()),
            confirmation: claims.get("cnf").cloned(),
        }
    }

    pub(super) fn is_there(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn check(&self, occasion: &Occasion, limits: &Limits) -> Result<(), ProofError> {
        let token = self.token.as_deref().ok_or(SdJwtError::KeyBindingMissing)?;
        let key = self.key()?;
        let claims = jose::verify_with_key(token, &[KB_TYP], &key, limits)
            .map_err(|error| SdJwtError::KeyBinding(Box::new(error)))?;
        let text = |name| claims.get(name).and_then(Value::as_str);
        if text("aud") != Some(&occasion.audience) {
            return Err(SdJwtError::Audience.into());
        }
        if text("nonce") != Some(&occasion.nonce) {
            return Err(SdJwtError::Nonce.into());
        }
        if text("sd_hash") != Some(&self.hash) {
            return Err(SdJwtError::Hash.into());
        }
        times(&claims, occasion)
    }

    /// The key that the issuer named (RFC 7800, section 3.2). A name instead of a key names none that could be
    /// checked here.
    fn key(&self) -> Result<PublicKey, ProofError> {
        let confirmation = self
            .confirmation
            .as_ref()
            .ok_or(SdJwtError::Confirmation("there is no `cnf`"))?;
        let members = confirmation
            .as_object()
            .ok_or(SdJwtError::Confirmation("it is no object"))?;
        let jwk = members
            .get("jwk")
            .ok_or(SdJwtError::Confirmation("it has no `jwk`"))?;
        PublicKey::from_jwk(jwk)
            .map_err(|_| SdJwtError::Confirmation("its `jwk` is no key for signatures").into())
    }
}

/// `iat` has to be there and recent; `nbf` and `exp` are judged where they are there.
fn times(claims: &Value, occasion: &Occasion) -> Result<(), ProofError> {
    let members = claims.as_object().ok_or(SdJwtError::Hash)?;
    let time = |name| jose::time(members, name);
    let made = time("iat")?.ok_or(ProofError::TimeMalformed("iat"))?;
    let age = occasion.at.millis_since(made);
    let late = time("exp")?.is_some_and(|end| occasion.at.millis_since(end) >= occasion.skew);
    if late || age > occasion.window.saturating_add(occasion.skew) {
        return Err(ProofError::TimeExpired);
    }
    let early = time("nbf")?.is_some_and(|start| start.millis_since(occasion.at) > occasion.skew);
    if early || age < occasion.skew.saturating_neg() {
        return Err(ProofError::TimeNotYetValid);
    }
    Ok(())
}

impl<T> Secured<T> {
    /// As [`Secured::prove`], and checks that the holder of the key that `cnf` names presents this, with exactly
    /// these disclosures, on this occasion.
    ///
    /// Whether to call this or [`Secured::prove`] is the verifier's policy.
    ///
    /// # Errors
    ///
    /// As [`Secured::prove`]; `binding.key_binding_missing` where no key binding was brought, or none can be;
    /// `binding.confirmation`, `binding.key_binding`, `binding.audience`, `binding.nonce`, `binding.sd_hash`;
    /// `time.*`.
    pub fn prove_with_key_binding(
        &self,
        expect: &Expectation,
        keys: &dyn Keys,
        occasion: &Occasion,
    ) -> Result<Proven<T>, ProofError> {
        let selective = self.selective().ok_or(SdJwtError::KeyBindingMissing)?;
        let proven = self.prove(expect, keys)?;
        selective.key_binding.check(occasion, &Limits::default())?;
        Ok(proven)
    }

    /// Whether a key binding JWT was brought: for refusing one where another signature binds, never for deciding
    /// whether one is needed.
    #[must_use]
    pub fn has_key_binding(&self) -> bool {
        self.selective()
            .is_some_and(|selective| selective.key_binding.is_there())
    }
}
