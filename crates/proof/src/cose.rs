//! `COSE_Sign1` (RFC 9052, sections 4.2 and 4.4), with explicit types (RFC 9596).
//!
//! INVARIANT: the algorithm belongs to the key, one pair each; the key comes from the caller and never from a
//! header; algorithm and type are in the protected header, and the unprotected one has nothing but a `kid`,
//! which is only a hint; one message has one spelling.

mod claims;
mod header;
mod making;
#[cfg(test)]
mod tests;

pub use making::{Unsigned, prepare, sign};

use chancery_did::{DidUrl, PublicKey};
use serde_json::Value as Json;

use crate::{
    Digest, Limits, ProofError, ProofInfo, ReadError, Secured, Securing,
    cbor::{self, Value},
    json,
    secured::{Scheme, Seal},
};
use claims::Claims;
use header::Header;

/// The CBOR tag of a `COSE_Sign1`.
const TAG: u64 = 18;

/// A `COSE_Sign1` that was read; nothing about it is trusted.
#[derive(Debug, Clone)]
pub struct Sign1 {
    header: Header,
    payload: Vec<u8>,
    /// The `Sig_structure`, which is what is signed.
    signing_input: Vec<u8>,
    signature: Vec<u8>,
}

impl Sign1 {
    /// Reads a tagged `COSE_Sign1` with its payload; `typ` lists the exact values that are accepted.
    ///
    /// # Errors
    ///
    /// [`ProofError`] with the code of the first rule that fails: `parse.cbor`, `parse.cose` and `limit.*` for
    /// what does not parse, `type.typ` also for a content type that is not the type's own, `key.header` for a
    /// header that offers a key, `alg.unknown`, `crit.unknown` for any `crit`.
    pub fn parse(bytes: &[u8], typ: &[&str], limits: &Limits) -> Result<Self, ProofError> {
        let refused = |reason| ProofError::from(ReadError::Cose(reason));
        let Value::Tag(TAG, message) = cbor::parse(bytes, limits)? else {
            return Err(refused("it has not the tag of a COSE_Sign1"));
        };
        let Ok([protected, unprotected, payload, signature]) =
            <[Value; 4]>::try_from(message.into_array().map_err(|_| refused("it is not an array"))?)
        else {
            return Err(refused("it has not four items"));
        };
        let (Value::Bytes(protected), Value::Map(unprotected)) = (protected, unprotected) else {
            return Err(refused("a header has the wrong type"));
        };
        let header = Header::read(&protected, &unprotected, typ, limits)?;
        let Value::Bytes(payload) = payload else {
            return Err(refused("the payload is not in it"));
        };
        let Value::Bytes(signature) = signature else {
            return Err(refused("the signature is not bytes"));
        };
        if signature.is_empty() {
            return Err(ProofError::SignatureMissing);
        }
        Ok(Self {
            signing_input: sig_structure(protected, payload.clone())?,
            header,
            payload,
            signature,
        })
    }

    /// The key identifier, a hint for finding the key.
    #[must_use]
    pub fn kid(&self) -> Option<&[u8]> {
        self.header.kid.as_deref()
    }

    /// The `typ` of the protected header.
    #[must_use]
    pub fn typ(&self) -> &str {
        &self.header.typ
    }

    /// The payload, before anybody checked it.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Checks the signature under one pinned key and gives the payload; times are the caller's to judge.
    ///
    /// # Errors
    ///
    /// `alg.mismatch` or `signature.invalid`.
    pub fn verify(self, key: &PublicKey) -> Result<Vec<u8>, ProofError> {
        let Self {
            header,
            payload,
            signing_input,
            signature,
        } = self;
        seal(&header, signing_input, signature).verify(key, header.algorithm.as_str())?;
        Ok(payload)
    }

    /// What the message says about itself, and the seal; `claims` are the payload's.
    fn proof(self, claims: Claims) -> Result<(ProofInfo, Seal), ProofError> {
        let kid = self.header.kid.as_deref().ok_or(ProofError::KeyNotFound)?;
        let kid = std::str::from_utf8(kid).map_err(|_| ProofError::KeyNotFound)?;
        let claims = claims.and(&self.header.claims)?;
        let info = ProofInfo {
            verification_method: DidUrl::parse(kid)?,
            purpose: None,
            cryptosuite_or_alg: self.header.algorithm.as_str().to_owned(),
            created: claims.issued,
            not_before: claims.not_before,
            expires: claims.expires,
            challenge: None,
            domain: Vec::new(),
            id: None,
            typ: Some(self.header.typ.clone()),
            iss: claims.issuer,
        };
        Ok((info, seal(&self.header, self.signing_input, self.signature)))
    }

    fn digest(&self) -> Digest {
        Digest::of_bytes(&self.signing_input)
    }
}

fn seal(header: &Header, signing_input: Vec<u8>, signature: Vec<u8>) -> Seal {
    Seal::Own {
        scheme: Scheme::Jose(header.algorithm),
        message: signing_input,
        signature,
    }
}

impl Secured<Json> {
    /// Reads a `COSE_Sign1` whose payload is a JSON object (`application/vc+cose`).
    ///
    /// `kid` must be a DID URL. The claims `iss`, `iat`, `nbf` and `exp` are read from the payload and from the
    /// header's CWT claims (RFC 9597), which may not differ. The digest is that of the `Sig_structure`.
    ///
    /// # Errors
    ///
    /// As [`Sign1::parse`]; `key.not_found` without a `kid`, `parse.*` for the payload, `time.malformed`.
    pub fn cose(bytes: &[u8], typ: &[&str], limits: &Limits) -> Result<Self, ProofError> {
        let message = Sign1::parse(bytes, typ, limits)?;
        let payload = json::parse_object(&message.payload, limits, "the payload")?;
        let digest = message.digest();
        let sealed = message.proof(Claims::of_json(&payload)?)?;
        Ok(Self::new(
            Json::Object(payload),
            Securing::Cose,
            digest,
            std::iter::once(sealed),
        ))
    }
}

impl Secured<Value> {
    /// Reads a CWT (RFC 8392): a `COSE_Sign1` whose payload is a CBOR map of claims.
    ///
    /// # Errors
    ///
    /// As [`Secured::cose`].
    pub fn cwt(bytes: &[u8], typ: &[&str], limits: &Limits) -> Result<Self, ProofError> {
        let message = Sign1::parse(bytes, typ, limits)?;
        let payload = cbor::parse(&message.payload, limits)?;
        let Value::Map(members) = &payload else {
            return Err(ReadError::Structure("the payload is not a CBOR map".to_owned()).into());
        };
        let digest = message.digest();
        let sealed = message.proof(Claims::of_cbor(members)?)?;
        Ok(Self::new(
            payload,
            Securing::Cose,
            digest,
            std::iter::once(sealed),
        ))
    }
}

/// Verifies a `COSE_Sign1` under one pinned key and gives its payload, a JSON object.
///
/// The `kid` is not looked at: the caller has decided on the key. Times are the caller's to judge.
///
/// # Errors
///
/// As [`Sign1::parse`], and `alg.mismatch` or `signature.invalid`.
pub fn verify_with_key(
    bytes: &[u8],
    typ: &[&str],
    key: &PublicKey,
    limits: &Limits,
) -> Result<Json, ProofError> {
    let payload = Sign1::parse(bytes, typ, limits)?.verify(key)?;
    Ok(Json::Object(json::parse_object(&payload, limits, "the payload")?))
}

/// The `Sig_structure` (section 4.4), without externally supplied data.
fn sig_structure(protected: Vec<u8>, payload: Vec<u8>) -> Result<Vec<u8>, ReadError> {
    cbor::encode(&Value::Array(vec![
        "Signature1".into(),
        Value::Bytes(protected),
        Value::Bytes(Vec::new()),
        Value::Bytes(payload),
    ]))
}
