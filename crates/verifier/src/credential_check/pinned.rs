//! An issuer that is not a DID: the caller names the one key to trust.
//!
//! INVARIANT: no other key counts. Where the proof names a DID that holds its key in itself, that key must
//! be the pinned one.

use chancery_did::{Did, DidUrl, Plan, PublicKey, Relationship, Timestamp};
use chancery_proof::{Keys, Limits, Secured, jose};
use chancery_vc::Credential;
use chancery_vc::credential::TYP_CREDENTIAL;
use serde_json::Value;

use super::{Held, Signers, proving::prove_under};
use crate::decision::Step;
use crate::rejection::Rejection;
use crate::verify::{Book, KeyRing, method, refused};

/// The one key.
struct Pinned<'a>(&'a PublicKey);

impl Keys for Pinned<'_> {
    fn key(
        &self,
        method_id: &DidUrl,
        relationship: Relationship,
    ) -> Result<PublicKey, (&'static str, String)> {
        let did = method_id.did();
        if let Some(Ok(Plan::Local(document))) = method(did).map(|method| method.plan(did)) {
            let key = document
                .key_for(method_id, relationship)
                .map_err(|error| (error.code(), error.to_string()))?;
            if key != *self.0 {
                return Err((
                    "key.issuer_mismatch",
                    format!("`{method_id}` is another key than the one given"),
                ));
            }
        }
        Ok(self.0.clone())
    }
}

/// Proves a credential that was read, under the pinned key.
pub(super) fn held(
    text: Option<&str>,
    read: &Secured<Credential>,
    key: &PublicKey,
    limits: &Limits,
    book: &mut Book,
) -> Result<Held, Rejection> {
    if let Some(text) = text {
        return token(text, key, limits, book);
    }
    book.begin(Step::Key);
    let missing = || Rejection::new("signature.missing", "there is no proof");
    let signer = read
        .proofs()
        .first()
        .map(|proof| proof.verification_method.did())
        .ok_or_else(missing)?;
    let proven = prove_under(
        read,
        Signers::Of(signer),
        Relationship::AssertionMethod,
        &Pinned(key),
        book,
    )?;
    let (authority, ring) = authority(key);
    Ok(Held {
        proofs: proven.proofs().to_vec(),
        credential: proven.into_value(),
        authority,
        ring,
    })
}

/// Verifies a JWS, whatever its `kid` says, under the pinned key.
pub(super) fn token(
    text: &str,
    key: &PublicKey,
    limits: &Limits,
    book: &mut Book,
) -> Result<Held, Rejection> {
    book.begin(Step::Signature);
    book.count(1);
    let payload = jose::verify_with_key(text.trim(), &[TYP_CREDENTIAL], key, limits)
        .map_err(|error| Rejection::new(error.code(), error.to_string()))?;
    let mut credential = Credential::parse(&payload).map_err(|error| refused(&error))?;
    if payload
        .get("iss")
        .is_some_and(|iss| iss.as_str() != Some(&credential.issuer))
    {
        return Err(Rejection::new("key.issuer_mismatch", "`iss` is not the issuer").pointing("/iss"));
    }
    let (begins, ends) = (claim(&payload, "nbf")?, claim(&payload, "exp")?);
    claim(&payload, "iat")?;
    credential.valid_from = credential.valid_from.max(begins);
    credential.valid_until = match (credential.valid_until, ends) {
        (Some(said), Some(claimed)) => Some(said.min(claimed)),
        (said, claimed) => said.or(claimed),
    };
    let (authority, ring) = authority(key);
    Ok(Held {
        credential,
        proofs: Vec::new(),
        authority,
        ring,
    })
}

/// Status lists of such an issuer count when the pinned key, as did:key, signs them.
fn authority(key: &PublicKey) -> (Did, KeyRing) {
    let did = Did::of_key(key);
    let mut ring = KeyRing::default();
    if let Some(Ok(Plan::Local(document))) = method(&did).map(|method| method.plan(&did)) {
        ring.insert(*document);
    }
    (did, ring)
}

/// A NumericDate in whole seconds; malformed is never absent.
fn claim(payload: &Value, name: &'static str) -> Result<Option<Timestamp>, Rejection> {
    const LAST_SECOND: i64 = 253_402_300_799;
    let Some(value) = payload.get(name) else {
        return Ok(None);
    };
    let malformed =
        || Rejection::new("time.malformed", format!("`{name}` is not a time")).pointing(format!("/{name}"));
    let seconds = value
        .as_i64()
        .filter(|seconds| (0..=LAST_SECOND).contains(seconds))
        .ok_or_else(malformed)?;
    Ok(Some(Timestamp::from_seconds(seconds)))
}
