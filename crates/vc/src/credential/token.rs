//! What the claims of a JWT say about the credential or presentation in it (VC-JOSE-COSE section 3.1.3; VCDM 1.1
//! section 6.3.1).
//!
//! INVARIANT: where a claim and the document say the same thing they agree, and times only narrow.

use serde_json::{Map, Value};

use super::{Credential, items, validity};
use crate::members::Members;
use crate::paper::PaperError;
use crate::status::TokenStatusEntry;

/// Reconciles the registered claims with the credential that they stand beside.
pub(super) fn reconcile(credential: &mut Credential, claims: &Value) -> Result<(), PaperError> {
    let object = claims
        .as_object()
        .ok_or_else(|| PaperError::structure("", "an object"))?;
    let subject = credential
        .raw
        .get("credentialSubject")
        .and_then(|subject| subject.get("id"));
    let agree = [
        ("iss", Some(credential.issuer.as_str())),
        ("jti", credential.id.as_deref()),
        ("sub", subject.and_then(Value::as_str)),
    ];
    for (claim, said) in agree {
        let claimed = object.get(claim).map(Value::as_str);
        if claimed.is_some_and(|claimed| claimed.is_none() || claimed != said) {
            return Err(PaperError::structure(
                &format!("/{claim}"),
                "what the credential itself says",
            ));
        }
    }
    let mut members = Members::of(claims, "")?;
    members.optional_seconds("iat")?;
    let (from, until) = (members.optional_seconds("nbf")?, members.optional_seconds("exp")?);
    credential.valid_from = credential.valid_from.max(from);
    credential.valid_until = validity::earlier(credential.valid_until, until);
    credential.token_status = claims.get("status").map(TokenStatusEntry::parse);
    Ok(())
}

/// Takes the credential out of the `vc` claim of a JWT of version 1.1, with what the other claims say put back.
pub(super) fn unpacked(claims: &Value) -> Result<Credential, PaperError> {
    let mut document = document(claims, "vc")?;
    let said = |name: &str| claims.get(name).and_then(Value::as_str);
    if let Some(issuer) = said("iss") {
        match document.get_mut("issuer") {
            Some(Value::Object(object)) if !object.contains_key("id") => {
                object.insert("id".into(), issuer.into());
            }
            Some(_) => {}
            None => drop(document.insert("issuer".into(), issuer.into())),
        }
    }
    if let Some(id) = said("jti").filter(|_| !document.contains_key("id")) {
        document.insert("id".into(), id.into());
    }
    if let (Some(subject), Some(Value::Object(object))) = (said("sub"), document.get_mut("credentialSubject"))
    {
        object.entry("id").or_insert_with(|| subject.into());
    }
    let mut members = Members::of(claims, "")?;
    let issued = members
        .optional_seconds("nbf")?
        .or(members.optional_seconds("iat")?);
    let of_v2 = items(document.get("@context")).first().and_then(Value::as_str) == Some(crate::CONTEXT_V2);
    if let Some(issued) = issued.filter(|_| !of_v2) {
        document
            .entry("issuanceDate")
            .or_insert_with(|| issued.to_string().into());
    }
    let mut credential = Credential::parse_any(&Value::Object(document))?;
    reconcile(&mut credential, claims)?;
    Ok(credential)
}

/// Takes the presentation out of the `vp` claim of a JWT of version 1.1, whose `iss` holds it.
///
/// # Errors
/// [`PaperError`] where the claim is no object, or names another holder than `iss`.
pub fn unpacked_presentation(claims: &Value) -> Result<Value, PaperError> {
    let mut document = document(claims, "vp")?;
    if let Some(issuer) = claims.get("iss") {
        let issuer = issuer
            .as_str()
            .ok_or_else(|| PaperError::structure("/iss", "a string"))?;
        let holder = document.entry("holder").or_insert_with(|| issuer.into());
        let said = holder
            .as_str()
            .or_else(|| holder.get("id").and_then(Value::as_str));
        if said != Some(issuer) {
            return Err(PaperError::structure("/iss", "the holder"));
        }
    }
    Ok(Value::Object(document))
}

fn document(claims: &Value, name: &'static str) -> Result<Map<String, Value>, PaperError> {
    let pointer = format!("/{name}");
    let document = claims.get(name).ok_or_else(|| PaperError::Missing {
        pointer: pointer.clone(),
    })?;
    document
        .as_object()
        .cloned()
        .ok_or_else(|| PaperError::structure(&pointer, "an object"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const V1: &str = "https://www.w3.org/2018/credentials/v1";

    fn claims() -> Value {
        json!({
            "iss": "did:example:issuer", "sub": "did:example:alice", "jti": "urn:example:1",
            "nbf": 1_577_836_800, "exp": 1_609_459_200,
            "vc": { "@context": [V1], "type": ["VerifiableCredential"], "credentialSubject": { "name": "Alice" } },
        })
    }

    fn with(pointer: &str, name: &str, value: Value) -> Result<Credential, &'static str> {
        let mut claims = claims();
        claims.pointer_mut(pointer).unwrap()[name] = value;
        unpacked(&claims).map_err(|error| error.code())
    }

    #[test]
    fn the_claims_of_an_old_token_are_put_back_into_the_credential() {
        let credential = unpacked(&claims()).unwrap();
        assert_eq!(credential.issuer, "did:example:issuer");
        assert_eq!(credential.id.as_deref(), Some("urn:example:1"));
        assert_eq!(credential.valid_from.unwrap().to_string(), "2020-01-01T00:00:00Z");
        assert_eq!(
            credential.valid_until.unwrap().to_string(),
            "2021-01-01T00:00:00Z"
        );
        assert_eq!(credential.raw["credentialSubject"]["id"], "did:example:alice");
        assert_eq!(
            with("/vc", "issuer", json!({ "name": "Acme" })).unwrap().issuer,
            "did:example:issuer"
        );
        let v2 = with("/vc", "@context", json!([crate::CONTEXT_V2])).unwrap();
        assert_eq!(v2.valid_from.unwrap().to_string(), "2020-01-01T00:00:00Z");
    }

    #[test]
    fn what_a_claim_says_otherwise_is_refused() {
        for (pointer, name, value) in [
            ("/vc", "issuer", json!("did:example:other")),
            ("/vc", "issuer", json!({ "id": "did:example:other" })),
            ("/vc", "id", json!("urn:example:2")),
            ("/vc/credentialSubject", "id", json!("did:example:bob")),
            ("", "iss", json!(7)),
            ("", "jti", json!(null)),
            ("", "sub", json!(["did:example:alice"])),
            ("", "vc", json!("eyJ")),
            ("", "vc", json!([])),
            ("/vc", "type", json!(["VerifiablePresentation"])),
            ("/vc", "@context", json!([])),
        ] {
            assert!(
                with(pointer, name, value.clone()).is_err(),
                "{pointer}/{name} {value}"
            );
        }
        for (name, value) in [("exp", json!("soon")), ("nbf", json!(-1)), ("iat", json!(1.5))] {
            assert_eq!(with("", name, value), Err("time.malformed"), "{name}");
        }
        for value in [json!(null), json!([]), json!({})] {
            assert!(unpacked(&value).is_err());
        }
    }

    #[test]
    fn times_of_an_old_token_only_narrow() {
        let longer = with("/vc", "expirationDate", json!("2020-06-01T00:00:00Z")).unwrap();
        assert_eq!(longer.valid_until.unwrap().to_string(), "2020-06-01T00:00:00Z");
        let later = with("/vc", "issuanceDate", json!("2020-02-01T00:00:00Z")).unwrap();
        assert_eq!(later.valid_from.unwrap().to_string(), "2020-02-01T00:00:00Z");
    }

    #[test]
    fn a_presentation_in_an_old_token_is_held_by_its_issuer() {
        let vp = json!({ "@context": [V1], "type": ["VerifiablePresentation"] });
        let taken = |claims: Value| unpacked_presentation(&claims);
        let own = taken(json!({ "iss": "did:example:a", "vp": vp })).unwrap();
        assert_eq!(own["holder"], "did:example:a");
        let mut named = vp.clone();
        named["holder"] = json!({ "id": "did:example:a" });
        assert!(taken(json!({ "iss": "did:example:a", "vp": named })).is_ok());
        named["holder"] = json!("did:example:b");
        for claims in [
            json!({ "iss": "did:example:a", "vp": named }),
            json!({ "iss": null, "vp": vp }),
            json!({ "iss": "did:example:a" }),
            json!({ "iss": "did:example:a", "vp": [] }),
        ] {
            assert!(taken(claims).is_err());
        }
    }
}
