//! Untrusted and trusted are different types.
//!
//! [`Secured`] is what was read and is not trusted; [`Proven`] is what every proof held over (W3C Verifiable
//! Credential Data Integrity 1.0, section 4.5; RFC 7515, section 5.2).
//!
//! INVARIANT: [`Secured::prove`] and its twin [`Secured::prove_by_anyone`] are the only constructors of
//! [`Proven`]. They succeed only if there is at least one proof, every proof names a verification method under
//! the expected purpose (and of the expected issuer, where one is), every key comes from the caller, every
//! algorithm fits its key, and every signature holds.

use std::sync::Arc;

use chancery_did::{Algorithm, Did, DidUrl, KeyType, PublicKey, Relationship, Timestamp};

use crate::{Digest, ProofError, SuiteSeal, sd_jwt::Selective};

/// How a value was secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Securing {
    /// An embedded `proof` (W3C Data Integrity).
    DataIntegrity,
    /// A compact JWS (RFC 7515).
    Jose,
    /// An SD-JWT (RFC 9901).
    SdJwt,
    /// A `COSE_Sign1` (RFC 9052).
    Cose,
}

/// What one proof says about itself. All of it is covered by the signature, and none of it is trusted
/// before the signature held.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProofInfo {
    /// The verification method that is said to have signed (`verificationMethod`, `kid`).
    pub verification_method: DidUrl,
    /// The proof purpose; absent in JOSE, which has none.
    pub purpose: Option<Relationship>,
    /// The name of the cryptosuite, or the `alg` of the JWS.
    pub cryptosuite_or_alg: String,
    /// When the proof says it was made (`created`, `iat`).
    pub created: Option<Timestamp>,
    /// From when it is meant to hold (`nbf`).
    pub not_before: Option<Timestamp>,
    /// When it ends (`expires`, `exp`).
    pub expires: Option<Timestamp>,
    /// The challenge that it answers.
    pub challenge: Option<String>,
    /// The domains that it is meant for.
    pub domain: Vec<String>,
    /// The `id` by which another proof may name it.
    pub id: Option<String>,
    /// The `typ` of the JWS.
    pub typ: Option<String>,
    /// The `iss` claim of the JWS.
    pub iss: Option<String>,
}

impl ProofInfo {
    /// Checks the proof's own times at `at`, allowing `skew_millis` milliseconds of clock difference.
    ///
    /// # Errors
    ///
    /// [`ProofError::TimeExpired`] at or after the end, [`ProofError::TimeNotYetValid`] before `nbf` or
    /// before the time of making.
    pub fn check_time(&self, at: Timestamp, skew_millis: i64) -> Result<(), ProofError> {
        if self
            .expires
            .is_some_and(|end| at.millis_since(end) >= skew_millis)
        {
            return Err(ProofError::TimeExpired);
        }
        let early = |start: Timestamp| start.millis_since(at) > skew_millis;
        if self.created.is_some_and(early) || self.not_before.is_some_and(early) {
            return Err(ProofError::TimeNotYetValid);
        }
        Ok(())
    }
}

/// Which (suite or algorithm, key type) pairs are one: the algorithm is decided from the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Jose(Algorithm),
    EddsaJcs2022,
    EcdsaJcs2019,
}

impl Scheme {
    fn fits(self, key: KeyType) -> bool {
        match self {
            Self::Jose(algorithm) => key.algorithm() == Some(algorithm),
            Self::EddsaJcs2022 => key == KeyType::Ed25519,
            Self::EcdsaJcs2019 => matches!(key, KeyType::P256 | KeyType::P384),
        }
    }
}

/// What a signature was made over.
#[derive(Debug, Clone)]
pub(crate) enum Seal {
    /// A signature of a scheme that this crate knows.
    Own {
        scheme: Scheme,
        message: Vec<u8>,
        signature: Vec<u8>,
    },
    /// A signature that a suite of the host checks.
    Suite(Arc<dyn SuiteSeal>),
}

impl Seal {
    pub(crate) fn verify(&self, key: &PublicKey, named: &str) -> Result<(), ProofError> {
        let (scheme, message, signature) = match self {
            Self::Own {
                scheme,
                message,
                signature,
            } => (scheme, message, signature),
            Self::Suite(seal) => return seal.verify(key),
        };
        if !scheme.fits(key.key_type()) {
            return Err(ProofError::AlgorithmMismatch {
                algorithm: crate::error::short(named),
                key: key.key_type().as_str().to_owned(),
            });
        }
        key.verify(message, signature)
            .map_err(|_| ProofError::SignatureInvalid)
    }
}

/// A value that was read, with its proofs; nothing about it is trusted.
#[derive(Debug, Clone)]
pub struct Secured<T> {
    /// Shared with the [`Proven`] that comes of it, and never changed.
    value: Arc<T>,
    securing: Securing,
    digest: Digest,
    proofs: Arc<[ProofInfo]>,
    seals: Vec<Seal>,
    /// What an SD-JWT has beside its claims.
    selective: Option<Arc<Selective>>,
}

impl<T> Secured<T> {
    pub(crate) fn new(
        value: T,
        securing: Securing,
        digest: Digest,
        proofs: impl Iterator<Item = (ProofInfo, Seal)>,
    ) -> Self {
        let (proofs, seals): (Vec<_>, Vec<_>) = proofs.unzip();
        Self {
            value: Arc::new(value),
            securing,
            digest,
            proofs: proofs.into(),
            seals,
            selective: None,
        }
    }

    /// Adds that this was an SD-JWT.
    pub(crate) fn selectively(self, selective: Selective) -> Self {
        Self {
            securing: Securing::SdJwt,
            selective: Some(Arc::new(selective)),
            ..self
        }
    }

    /// Puts the proofs of another reading of the same value behind those of `first`, whose digest stays.
    pub(crate) fn behind(self, first: Self) -> Self {
        let mut seals = first.seals;
        seals.extend(self.seals);
        Self {
            proofs: first.proofs.iter().chain(self.proofs.iter()).cloned().collect(),
            seals,
            ..first
        }
    }

    pub(crate) fn selective(&self) -> Option<&Selective> {
        self.selective.as_deref()
    }

    /// What was read, before anybody checked it.
    #[must_use]
    pub fn unverified(&self) -> &T {
        &self.value
    }

    /// How the value was secured.
    #[must_use]
    pub fn securing(&self) -> Securing {
        self.securing
    }

    /// The paper digest: for Data Integrity of the JCS of the document without `proof`, for JOSE and
    /// SD-JWT of the ASCII of `header.payload`.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What each proof says about itself, in the order of the document.
    #[must_use]
    pub fn proofs(&self) -> &[ProofInfo] {
        &self.proofs
    }

    /// Reads the value as something more specific; proofs and digest stay with it.
    ///
    /// # Errors
    ///
    /// Whatever `f` refuses with.
    pub fn map<U, E>(self, f: impl FnOnce(&T) -> Result<U, E>) -> Result<Secured<U>, E> {
        let Self {
            value,
            securing,
            digest,
            proofs,
            seals,
            selective,
        } = self;
        Ok(Secured {
            value: Arc::new(f(&value)?),
            securing,
            digest,
            proofs,
            seals,
            selective,
        })
    }

    /// Checks every proof and gives the value that they held over.
    ///
    /// Times are the caller's to judge ([`ProofInfo::check_time`]), as are challenge and domain.
    ///
    /// # Errors
    ///
    /// The first proof that does not hold, by its [`ProofError`].
    pub fn prove(&self, expect: &Expectation, keys: &dyn Keys) -> Result<Proven<T>, ProofError> {
        self.prove_where(expect.purpose, |info| expect.admits(info), keys)
    }

    /// As [`Secured::prove`], whoever the verification methods belong to: who signed was not asked.
    ///
    /// # Errors
    ///
    /// The first proof that does not hold, by its [`ProofError`].
    pub fn prove_by_anyone(&self, purpose: Relationship, keys: &dyn Keys) -> Result<Proven<T>, ProofError> {
        self.prove_where(purpose, |info| for_purpose(purpose, info), keys)
    }

    fn prove_where(
        &self,
        purpose: Relationship,
        admits: impl Fn(&ProofInfo) -> Result<(), ProofError>,
        keys: &dyn Keys,
    ) -> Result<Proven<T>, ProofError> {
        if self.seals.is_empty() || self.seals.len() != self.proofs.len() {
            return Err(ProofError::SignatureMissing);
        }
        for info in self.proofs.iter() {
            admits(info)?;
        }
        for (info, seal) in self.proofs.iter().zip(&self.seals) {
            let key = keys
                .key(&info.verification_method, purpose)
                .map_err(|(code, detail)| ProofError::Key { code, detail })?;
            seal.verify(&key, &info.cryptosuite_or_alg)?;
        }
        Ok(Proven {
            value: Arc::clone(&self.value),
            digest: self.digest.clone(),
            proofs: Arc::clone(&self.proofs),
            signatures: self.seals.len(),
        })
    }
}

/// What the caller expects of every proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The verification relationship that the key must stand in, and the Data Integrity proof purpose.
    pub purpose: Relationship,
    /// Whose verification method every proof must name.
    pub issuer: Did,
}

impl Expectation {
    fn admits(&self, info: &ProofInfo) -> Result<(), ProofError> {
        let mismatch = |found: &str| ProofError::IssuerMismatch {
            expected: crate::error::short(self.issuer.as_str()),
            found: crate::error::short(found),
        };
        if *info.verification_method.did() != self.issuer {
            return Err(mismatch(info.verification_method.did().as_str()));
        }
        if let Some(iss) = info.iss.as_deref().filter(|iss| *iss != self.issuer.as_str()) {
            return Err(mismatch(iss));
        }
        for_purpose(self.purpose, info)
    }
}

fn for_purpose(expected: Relationship, info: &ProofInfo) -> Result<(), ProofError> {
    match info.purpose {
        Some(purpose) if purpose != expected => {
            Err(ProofError::Relationship(Some(purpose.as_str().to_owned())))
        }
        _ => Ok(()),
    }
}

/// Where keys come from: the caller's resolved DID documents, never the signed bytes.
pub trait Keys {
    /// The key of a verification method that stands in a relationship to its controller.
    ///
    /// # Errors
    ///
    /// A stable code (such as `key.relationship`) and a text for people.
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)>;
}

/// A value over which every proof held.
#[derive(Debug, Clone)]
pub struct Proven<T> {
    value: Arc<T>,
    digest: Digest,
    proofs: Arc<[ProofInfo]>,
    signatures: usize,
}

impl<T> Proven<T> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value, taken out; a copy if the [`Secured`] that it came of is still there.
    #[must_use]
    pub fn into_value(self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(self.value)
    }

    /// The paper digest, as [`Secured::digest`].
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What each proof said, now known to be signed.
    #[must_use]
    pub fn proofs(&self) -> &[ProofInfo] {
        &self.proofs
    }

    /// How many signatures were verified.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.signatures
    }
}
