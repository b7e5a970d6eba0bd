//! The document rules of a whole credential, for both versions of the data model
//! (<https://www.w3.org/TR/vc-data-model-2.0/>, section 4; <https://www.w3.org/TR/vc-data-model/>, section 4).
//!
//! The version is told by the first context, and nothing else. What only JSON-LD can show (terms that no context
//! defines) is for the door that has a JSON-LD processor.
//!
//! INVARIANT: issuing and verifying follow the same rules; what may be verified may be issued.

use serde_json::Value;

use super::{Credential, Held, Presented};
use crate::paper::PaperError;

/// A version of the VC Data Model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Model {
    /// Version 1.1.
    V1_1,
    /// Version 2.0.
    V2_0,
}

/// Where the rules are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Before a proof is made.
    Issuing,
    /// After a proof was read.
    Verifying,
}

/// Checks a credential by the document rules of its version, and says which that is.
///
/// # Errors
/// [`PaperError`] with the code and the place of the first rule that is broken.
pub fn rules(value: &Value, stage: Stage) -> Result<Model, PaperError> {
    let credential = Credential::parse_any(value)?;
    if stage == Stage::Issuing {
        issuable(&credential)?;
    }
    Ok(credential.model)
}

/// A status entry of a known type that could never be judged is not issued; one of another type is the
/// business of whoever knows it.
fn issuable(credential: &Credential) -> Result<(), PaperError> {
    let entries = super::items(credential.raw.get("credentialStatus"));
    for (entry, read) in entries.iter().zip(&credential.status) {
        let known = super::items(entry.get("type"))
            .iter()
            .any(|name| name.as_str() == Some("BitstringStatusListEntry"));
        if let (true, Err(source)) = (known, read) {
            return Err(PaperError::Status {
                pointer: "/credentialStatus".into(),
                source: source.clone(),
            });
        }
    }
    Ok(())
}

/// As [`rules`], for a presentation: its own members, and every credential in it that is not enveloped.
///
/// # Errors
/// [`PaperError`] with the code and the place of the first rule that is broken; places within a credential are
/// counted from that credential.
pub fn presentation_rules(value: &Value, stage: Stage) -> Result<Model, PaperError> {
    let presented = Presented::parse(value)?;
    for held in &presented.credentials {
        if let Held::Document(credential) = held {
            rules(credential, stage)?;
        }
    }
    Ok(presented.model)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const V1: &str = "https://www.w3.org/2018/credentials/v1";

    fn old() -> Value {
        json!({
            "@context": [V1],
            "id": "urn:example:1",
            "type": ["VerifiableCredential"],
            "issuer": "did:example:issuer",
            "issuanceDate": "2020-01-01T00:00:00Z",
            "credentialSubject": { "id": "did:example:alice" },
        })
    }

    fn both(value: &Value) -> Result<Model, &'static str> {
        let verdict = |stage| rules(value, stage).map_err(|error| error.code());
        let (issuing, verifying) = (verdict(Stage::Issuing), verdict(Stage::Verifying));
        assert_eq!(issuing, verifying, "{value}");
        verifying
    }

    #[test]
    fn each_version_is_judged_by_its_own_rules() {
        assert_eq!(both(&old()), Ok(Model::V1_1));
        let mut new = old();
        new["@context"] = json!([crate::CONTEXT_V2]);
        assert_eq!(both(&new), Err("parse.structure"));
        new.as_object_mut().unwrap().remove("issuanceDate");
        assert_eq!(both(&new), Ok(Model::V2_0));
        new["@context"] = json!([V1]);
        assert_eq!(both(&new), Err("parse.structure"));
        for contexts in [json!([crate::CONTEXT_V2, V1]), json!([V1, crate::CONTEXT_V2])] {
            new["@context"] = contexts;
            assert_eq!(both(&new), Err("context.mismatch"));
        }
    }

    #[test]
    fn what_version_1_1_does_not_allow_is_refused() {
        for (name, value, code) in [
            ("@context", json!(V1), "context.mismatch"),
            (
                "@context",
                json!(["https://w3id.org/security/v2", V1]),
                "context.mismatch",
            ),
            ("@context", json!([V1, "no url"]), "context.mismatch"),
            ("@context", json!([V1, 4]), "context.mismatch"),
            (
                "@context",
                json!([V1, { "type": "https://a.example/#t" }]),
                "context.mismatch",
            ),
            ("id", json!(null), "parse.structure"),
            ("id", json!("no url"), "parse.structure"),
            ("type", json!([]), "parse.structure"),
            ("type", json!(["Diploma"]), "type.credential"),
            ("type", json!([null]), "parse.structure"),
            ("issuer", json!(null), "parse.structure"),
            ("issuer", json!("Acme"), "parse.structure"),
            ("issuer", json!({ "name": "Acme" }), "parse.structure"),
            ("issuer", json!({ "id": "Acme" }), "parse.structure"),
            ("issuer", json!(["did:example:issuer"]), "parse.structure"),
            ("credentialSubject", json!({}), "parse.structure"),
            ("credentialSubject", json!([{}]), "parse.structure"),
            ("credentialSubject", json!(null), "parse.structure"),
            ("credentialStatus", json!({ "type": "X" }), "parse.structure"),
            ("credentialStatus", json!({ "id": "urn:x:1" }), "parse.structure"),
            (
                "credentialStatus",
                json!({ "id": "x", "type": "X" }),
                "parse.structure",
            ),
            ("credentialSchema", json!({ "type": "X" }), "parse.structure"),
            ("credentialSchema", json!({ "id": "urn:x:1" }), "parse.structure"),
            ("refreshService", json!({ "type": "X" }), "parse.structure"),
            ("refreshService", json!({ "id": "urn:x:1" }), "parse.structure"),
            ("termsOfUse", json!([{ "id": "urn:x:1" }]), "parse.structure"),
            ("evidence", json!({ "id": "urn:x:1" }), "parse.structure"),
            ("evidence", json!({ "id": 4, "type": "X" }), "parse.structure"),
            ("proof", json!({ "proofValue": "z1" }), "parse.structure"),
        ] {
            let mut credential = old();
            credential[name] = value.clone();
            assert_eq!(both(&credential), Err(code), "{name} {value}");
        }
        for name in ["@context", "type", "issuer", "credentialSubject", "issuanceDate"] {
            let mut credential = old();
            credential.as_object_mut().unwrap().remove(name);
            assert_eq!(both(&credential), Err("parse.structure"), "{name}");
        }
    }

    #[test]
    fn what_version_1_1_allows_passes() {
        for (name, value) in [
            (
                "@context",
                json!([V1, "https://w3id.org/security/data-integrity/v2", { "a": "https://a.example/#a" }]),
            ),
            ("type", json!(["VerifiableCredential", "Diploma"])),
            (
                "issuer",
                json!({ "id": "did:example:issuer", "name": ["any", { "thing": 1 }] }),
            ),
            (
                "credentialSubject",
                json!([{ "id": "did:example:a" }, { "degree": "BSc" }]),
            ),
            (
                "credentialStatus",
                json!({ "id": "https://a.example/1", "type": "X" }),
            ),
            (
                "refreshService",
                json!({ "id": "https://a.example/1", "type": "X" }),
            ),
            ("evidence", json!([{ "type": ["X"] }])),
            ("expirationDate", json!("2020-01-01T00:00:00Z")),
            ("relatedResource", json!("unknown to it")),
        ] {
            let mut credential = old();
            credential[name] = value.clone();
            assert_eq!(both(&credential), Ok(Model::V1_1), "{name} {value}");
        }
    }

    #[test]
    fn a_word_that_an_inline_context_protects_keeps_its_meaning() {
        let with = |contexts: [Value; 2]| {
            let [first, second] = contexts;
            let mut credential = old();
            credential["@context"] = json!([V1, first, second]);
            both(&credential)
        };
        let own = json!({ "@protected": true, "Diploma": "https://a.example/#Diploma" });
        assert_eq!(with([own.clone(), own.clone()]), Ok(Model::V1_1));
        assert_eq!(
            with([own.clone(), json!({ "Diploma": "https://a.example/#Other" })]),
            Err("context.mismatch")
        );
        assert_eq!(with([own, json!({ "Diploma": null })]), Err("context.mismatch"));
        let one = json!({ "Diploma": { "@id": "https://a.example/#Diploma", "@protected": true } });
        assert_eq!(
            with([one, json!({ "Diploma": "https://a.example/#Other" })]),
            Err("context.mismatch")
        );
        let free = json!({ "Diploma": "https://a.example/#Diploma" });
        assert_eq!(
            with([free, json!({ "Diploma": "https://a.example/#Other" })]),
            Ok(Model::V1_1)
        );
    }

    #[test]
    fn each_base_context_protects_its_own_words() {
        let with = |base: &str, inline: Value| {
            let mut credential = old();
            credential["@context"] = json!([base, inline]);
            if base != V1 {
                credential.as_object_mut().unwrap().remove("issuanceDate");
            }
            both(&credential)
        };
        for word in [
            "name",
            "description",
            "iss",
            "BitstringStatusListEntry",
            "digestSRI",
        ] {
            let inline = json!({ word: "https://schema.org/x" });
            assert_eq!(with(V1, inline.clone()), Ok(Model::V1_1), "{word}");
            assert_eq!(with(crate::CONTEXT_V2, inline), Err("context.mismatch"), "{word}");
        }
        for word in ["id", "type", "VerifiableCredential", "VerifiablePresentation"] {
            for base in [V1, crate::CONTEXT_V2] {
                assert_eq!(
                    with(base, json!({ word: "https://a.example/#x" })),
                    Err("context.mismatch"),
                    "{word}"
                );
            }
        }
        let same = json!({ "id": "@id", "type": "@type", "a": "https://a.example/#a" });
        assert_eq!(with(V1, same.clone()), Ok(Model::V1_1));
        assert_eq!(with(crate::CONTEXT_V2, same), Ok(Model::V2_0));
        assert_eq!(with(V1, json!({ "id": "@type" })), Err("context.mismatch"));
    }

    #[test]
    fn a_context_within_a_context_is_judged_as_one_of_the_list() {
        let with = |inline: Value| {
            let mut credential = old();
            credential["@context"] = json!([V1, inline]);
            both(&credential)
        };
        let good = json!({ "@context": { "@protected": true, "a": "https://a.example/#a" } });
        assert_eq!(with(good.clone()), Ok(Model::V1_1));
        assert_eq!(
            with(json!({ "@context": [good, "https://a.example/v1"] })),
            Ok(Model::V1_1)
        );
        for inner in [
            json!({ "@context": { "id": "https://a.example/#id" } }),
            json!({ "@context": [{ "@context": { "type": "https://a.example/#type" } }] }),
            json!({ "@context": null }),
            json!({ "@context": 4 }),
            json!({ "@context": "no url" }),
            json!({ "@context": V1 }),
            json!({ "@context": { "a": "https://a.example/#a" }, "b": "https://a.example/#b" }),
        ] {
            assert_eq!(with(inner.clone()), Err("context.mismatch"), "{inner}");
        }
    }

    #[test]
    fn a_status_entry_that_could_never_be_judged_is_not_issued() {
        let mut credential = old();
        credential["@context"] = json!([crate::CONTEXT_V2]);
        credential.as_object_mut().unwrap().remove("issuanceDate");
        let good = json!({
            "type": "BitstringStatusListEntry", "statusPurpose": "revocation",
            "statusListIndex": "5", "statusListCredential": "https://a.example/list",
        });
        for (name, value) in [
            ("statusListIndex", json!(5)),
            ("statusListIndex", json!("-5")),
            ("statusPurpose", json!(null)),
            ("statusListCredential", json!(["https://a.example/list"])),
        ] {
            let mut entry = good.clone();
            entry[name] = value.clone();
            credential["credentialStatus"] = entry;
            assert!(
                rules(&credential, Stage::Verifying).is_ok(),
                "counts as unknown later"
            );
            let refused = rules(&credential, Stage::Issuing).unwrap_err();
            assert_eq!(refused.code(), "status.unknown", "{name} {value}");
        }
        for entry in [good, json!({ "type": "SomethingElse" })] {
            credential["credentialStatus"] = entry;
            assert_eq!(both(&credential), Ok(Model::V2_0));
        }
    }
}
