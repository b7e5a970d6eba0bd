//! The one kind of proof that the method has, on entries and by witnesses,
//! [did:webvh 1.0, Authorized Keys](https://identity.foundation/didwebvh/v1.0/#authorized-keys).
//!
//! INVARIANT: a proof is `eddsa-jcs-2022` under `assertionMethod`, by the Ed25519 key that both halves of its
//! did:key name, and stands alone: it names no other proof.

use chancery_did::{Did, DidUrl, PublicKey, Relationship, Signer, Timestamp};
use chancery_proof::data_integrity::{self, ProofOptions};
use chancery_proof::{Expectation, Keys, Limits, ProofError, Secured};
use serde_json::{Map, Value};

const SUITE: &str = "eddsa-jcs-2022";

/// The Multikey text that a proof's verification method names, if both halves of its did:key agree.
pub(crate) fn named_key(proof: &Value) -> Option<&str> {
    let method = proof.get("verificationMethod")?.as_str()?;
    let (body, fragment) = method.strip_prefix("did:key:")?.split_once('#')?;
    (body == fragment).then_some(body)
}

/// Checks one proof over a document that has none, by the key that it names.
pub(crate) fn check(document: &Map<String, Value>, proof: &Value, multikey: &str) -> Result<(), String> {
    let text = |name| proof.get(name).and_then(Value::as_str);
    if text("type") != Some("DataIntegrityProof") || text("cryptosuite") != Some(SUITE) {
        return Err(format!("a proof is not of the cryptosuite `{SUITE}`"));
    }
    if text("proofPurpose") != Some(Relationship::AssertionMethod.as_str()) {
        return Err("the purpose of a proof is not `assertionMethod`".to_owned());
    }
    let key = PublicKey::from_multikey(multikey).map_err(|error| error.to_string())?;
    let mut secured = document.clone();
    secured.insert("proof".to_owned(), proof.clone());
    let expect = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: Did::of_key(&key),
    };
    Secured::data_integrity(Value::Object(secured), &Limits::default())
        .and_then(|secured| secured.prove(&expect, &Only(key)))
        .map(|_| ())
        .map_err(|error| error.to_string())
}

/// Makes a proof over a document that has none.
pub(crate) fn make(
    document: &Map<String, Value>,
    created: Timestamp,
    signer: &dyn Signer,
) -> Result<Value, ProofError> {
    let multikey = signer.public_key().to_multikey();
    let method = DidUrl::parse(&format!("did:key:{multikey}#{multikey}"))?;
    let mut options = ProofOptions::new(method, Relationship::AssertionMethod);
    options.created = Some(created);
    let mut secured = data_integrity::sign(Value::Object(document.clone()), &options, signer)?;
    Ok(secured.get_mut("proof").map(Value::take).unwrap_or_default())
}

/// The one key that a proof may be made with.
struct Only(PublicKey);

impl Keys for Only {
    fn key(&self, _: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        Ok(self.0.clone())
    }
}
