//! Issuing: draft, prepare, sign, seal.
//!
//! A [`Draft`] is a document that obeys every rule of the profile and has no proof yet. [`Draft::prepare`] gives
//! the bytes to sign, for a key that stands elsewhere; [`Prepared::seal`] puts the signature in. [`sign`] does
//! all three with a [`Signer`].
//!
//! INVARIANT: whatever is sealed parses again by the same reader that every verifier uses, and names a
//! verification method of its own issuer.

mod delegating;
mod draft;
mod error;
mod presenting;

use chancery_did::{DidUrl, KeyType, Signer, Timestamp};
use chancery_proof::{ProofError, Securing, data_integrity, jcs, jose, sd_jwt};
use serde_json::Value;

pub use delegating::MAX_UNREGISTERED_LIFE;
pub use draft::{DEFAULT_MAX_VALIDITY, Draft, StatusListTerms, Terms};
pub use error::IssueError;
pub use presenting::Presenting;

/// A document whose signature is still missing.
#[derive(Debug, Clone)]
pub struct Prepared(Unsigned);

#[derive(Debug, Clone)]
enum Unsigned {
    DataIntegrity(data_integrity::Unsigned),
    Jose(jose::Unsigned),
    SdJwt(sd_jwt::Unsigned),
}

impl Prepared {
    pub(crate) fn data_integrity(
        document: &Value,
        options: &data_integrity::ProofOptions,
        key: KeyType,
    ) -> Result<Self, IssueError> {
        Ok(Self(Unsigned::DataIntegrity(data_integrity::prepare(
            document, options, key,
        )?)))
    }

    pub(crate) fn jose(
        typ: &str,
        method: &DidUrl,
        key: KeyType,
        payload: &Value,
    ) -> Result<Self, IssueError> {
        Ok(Self(Unsigned::Jose(jose::prepare(
            typ,
            None,
            method,
            algorithm(key)?,
            payload,
        )?)))
    }

    fn sd_jwt(method: &DidUrl, key: KeyType, concealed: sd_jwt::Concealed) -> Result<Self, IssueError> {
        Ok(Self(Unsigned::SdJwt(sd_jwt::prepare(
            crate::paper::TYP_SELECTIVE,
            method,
            algorithm(key)?,
            concealed,
        )?)))
    }

    /// The bytes to sign with the key of the verification method.
    pub fn signing_input(&self) -> &[u8] {
        match &self.0 {
            Unsigned::DataIntegrity(unsigned) => unsigned.signing_input(),
            Unsigned::Jose(unsigned) => unsigned.signing_input(),
            Unsigned::SdJwt(unsigned) => unsigned.signing_input(),
        }
    }

    /// Puts the signature in: canonical JSON text for Data Integrity, a compact JWS for JOSE, a compact SD-JWT.
    ///
    /// # Errors
    /// [`IssueError::Proof`] when the document cannot be written.
    pub fn seal(self, signature: &[u8]) -> Result<String, IssueError> {
        match self.0 {
            Unsigned::DataIntegrity(unsigned) => text(&unsigned.seal(signature)),
            Unsigned::Jose(unsigned) => Ok(unsigned.seal(signature)),
            Unsigned::SdJwt(unsigned) => Ok(unsigned.seal(signature).to_compact()),
        }
    }
}

impl Draft {
    /// Prepares the draft for the signature of this verification method's key, made at `created`.
    ///
    /// # Errors
    /// [`IssueError::Method`] when the method is not the issuer's own, [`IssueError::Proof`] when the key's type
    /// cannot sign, [`IssueError::NothingWithholdable`] for an SD-JWT of a draft that does not say what may be
    /// withheld ([`Draft::withholdable`]).
    pub fn prepare(
        &self,
        securing: Securing,
        method: &DidUrl,
        key: KeyType,
        created: Timestamp,
    ) -> Result<Prepared, IssueError> {
        if method.did() != self.issuer() {
            return Err(IssueError::Method {
                issuer: self.issuer().to_string(),
            });
        }
        match securing {
            Securing::DataIntegrity if self.needs_claims() => Err(IssueError::NoClaims),
            Securing::DataIntegrity => {
                let mut options = data_integrity::ProofOptions::new(method.clone(), self.purpose());
                options.created = Some(created);
                Prepared::data_integrity(self.document(), &options, key)
            }
            Securing::Jose => Prepared::jose(crate::credential::TYP_CREDENTIAL, method, key, &self.claims()),
            Securing::SdJwt => match self.concealed.clone() {
                Some(concealed) => Prepared::sd_jwt(method, key, concealed),
                None => Err(IssueError::NothingWithholdable),
            },
            Securing::Cose => Err(ProofError::AlgorithmUnsupportedHere(format!("{securing:?}")).into()),
        }
    }
}

/// Prepares, signs and seals a draft; gives the credential's text.
///
/// # Errors
/// As [`Draft::prepare`], and [`IssueError::Sign`] when the signer fails.
pub fn sign(
    draft: &Draft,
    securing: Securing,
    method: &DidUrl,
    signer: &dyn Signer,
    at: Timestamp,
) -> Result<String, IssueError> {
    let prepared = draft.prepare(securing, method, signer.public_key().key_type(), at)?;
    let signature = signer.sign(prepared.signing_input())?;
    prepared.seal(&signature)
}

fn algorithm(key: KeyType) -> Result<chancery_did::Algorithm, IssueError> {
    let unknown = || ProofError::AlgorithmUnknown(Some(format!("{key:?}")));
    key.algorithm().ok_or_else(|| unknown().into())
}

/// Canonical text, so that a reader may hash what it was given.
fn text(document: &Value) -> Result<String, IssueError> {
    let bytes = jcs::canonicalize(document).map_err(ProofError::from)?;
    String::from_utf8(bytes).map_err(|_| IssueError::Text)
}

#[cfg(test)]
mod schemas;
#[cfg(test)]
mod tests;
