//! Any presentation of the VC Data Model, by its document rules (VCDM 2.0 section 4.13; VCDM 1.1 section 4.10).
//!
//! Agent presentations are the narrow kind in [`crate::presentation`]; this is the wide door. INVARIANT: every
//! credential that a presentation holds is listed, none is passed over.

use serde_json::Value;

use super::{Envelope, Enveloped, Model, context, items, named, required, typed, url};
use crate::paper::PaperError;

/// One credential as a presentation holds it; nothing about it is judged yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Held {
    /// A document, with its proof or without.
    Document(Value),
    /// An envelope, well formed.
    Envelope(Value),
    /// The bare text of a token, which version 1.1 allows.
    Token(String),
}

/// A presentation of any type, as its text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Presented {
    /// The version of the data model that it follows.
    pub model: Model,
    /// Its types; `VerifiablePresentation` is among them.
    pub types: Vec<String>,
    /// Who presents, a URL, if it says so.
    pub holder: Option<String>,
    /// What it holds, in order.
    pub credentials: Vec<Held>,
}

impl Presented {
    /// Checks the document rules of a presentation, its `proof` included where there is one, but not those of
    /// the credentials in it.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first rule that is broken.
    pub fn parse(value: &Value) -> Result<Self, PaperError> {
        let object = value
            .as_object()
            .ok_or_else(|| PaperError::structure("", "an object"))?;
        let model = context::check(required(object, "@context")?, "")?;
        let types = typed::types(required(object, "type")?, "/type")?;
        if !types.iter().any(|name| name == "VerifiablePresentation") {
            return Err(PaperError::PresentationType {
                pointer: "/type".into(),
            });
        }
        object.get("id").map(|id| url(id, "/id")).transpose()?;
        let holder = object
            .get("holder")
            .map(|holder| named(holder, "/holder", model))
            .transpose()?;
        typed::check_members(object, model)?;
        Ok(Self {
            model,
            types,
            holder,
            credentials: held(object.get("verifiableCredential"), model)?,
        })
    }
}

/// The credentials in a presentation: one or several objects, where the member is there at all.
fn held(value: Option<&Value>, model: Model) -> Result<Vec<Held>, PaperError> {
    let pointer = "/verifiableCredential";
    if value.is_some() && items(value).is_empty() {
        return Err(PaperError::structure(pointer, "at least one credential"));
    }
    let several = value.is_some_and(Value::is_array);
    let read = |(at, item): (usize, &Value)| {
        let place = if several {
            format!("{pointer}/{at}")
        } else {
            pointer.to_owned()
        };
        match item {
            Value::Object(_) if Enveloped::Credential.is(item) => {
                Envelope::open(item, Enveloped::Credential, &place)?;
                Ok(Held::Envelope(item.clone()))
            }
            Value::Object(_) => Ok(Held::Document(item.clone())),
            Value::String(token) if model == Model::V1_1 && !token.is_empty() => {
                Ok(Held::Token(token.clone()))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(PaperError::structure(&place, "a credential"))
            }
        }
    };
    items(value).iter().enumerate().map(read).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Stage, presentation_rules};
    use super::*;

    fn credential() -> Value {
        json!({
            "@context": [crate::CONTEXT_V2], "type": "VerifiableCredential",
            "issuer": "did:example:issuer", "credentialSubject": { "id": "did:example:alice" },
        })
    }

    fn envelope(id: &str) -> Value {
        json!({ "@context": crate::CONTEXT_V2, "type": "EnvelopedVerifiableCredential", "id": id })
    }

    fn with(name: &str, value: Value) -> Result<Model, &'static str> {
        let mut presentation = json!({ "@context": [crate::CONTEXT_V2], "type": ["VerifiablePresentation"] });
        presentation[name] = value;
        presentation_rules(&presentation, Stage::Verifying).map_err(|error| error.code())
    }

    #[test]
    fn what_a_presentation_may_hold_passes() {
        for (name, value) in [
            ("id", json!("urn:uuid:9c9a36f8-518f-4976-a934-6649502d0008")),
            ("type", json!("VerifiablePresentation")),
            ("holder", json!("did:example:alice")),
            (
                "holder",
                json!({ "id": "https://alice.example/", "name": "Alice" }),
            ),
            ("verifiableCredential", credential()),
            (
                "verifiableCredential",
                json!([credential(), envelope("data:application/vc+jwt,a.b.c")]),
            ),
            ("termsOfUse", json!({ "type": "X" })),
        ] {
            assert_eq!(with(name, value.clone()), Ok(Model::V2_0), "{name} {value}");
        }
    }

    #[test]
    fn members_of_another_shape_are_refused() {
        let mut no_type = credential();
        no_type.as_object_mut().unwrap().remove("type");
        let mut other = envelope("data:application/vc+jwt,a.b.c");
        other["credentialSubject"] = json!({ "id": "did:example:unsigned" });
        let mut foreign = envelope("data:application/vc+jwt,a.b.c");
        foreign["@context"] = json!("https://www.w3.org/ns/credentials/examples/v2");
        for (name, value, code) in [
            ("@context", json!([]), "context.mismatch"),
            (
                "@context",
                json!([{ "a": "https://a.example/" }, crate::CONTEXT_V2]),
                "context.mismatch",
            ),
            (
                "@context",
                json!([crate::CONTEXT_V2, "https ://no.url"]),
                "context.mismatch",
            ),
            ("id", json!("no url"), "parse.structure"),
            ("id", json!([]), "parse.structure"),
            (
                "type",
                json!(["CredentialManagerPresentation"]),
                "type.presentation",
            ),
            ("type", json!(["VerifiableCredential"]), "type.presentation"),
            ("type", json!([]), "parse.structure"),
            ("holder", json!(null), "parse.structure"),
            ("holder", json!("Alice"), "parse.structure"),
            ("holder", json!({ "name": "Alice" }), "parse.structure"),
            ("holder", json!({ "id": "Alice" }), "parse.structure"),
            ("verifiableCredential", json!([]), "parse.structure"),
            ("verifiableCredential", json!(null), "parse.structure"),
            ("verifiableCredential", json!("a.b.c"), "parse.structure"),
            ("verifiableCredential", json!(["a.b.c"]), "parse.structure"),
            (
                "verifiableCredential",
                json!([credential(), 7]),
                "parse.structure",
            ),
            ("verifiableCredential", json!([[credential()]]), "parse.structure"),
            ("verifiableCredential", json!([no_type]), "parse.structure"),
            (
                "verifiableCredential",
                json!([envelope("a.b.c")]),
                "parse.structure",
            ),
            (
                "verifiableCredential",
                json!([envelope("data:")]),
                "parse.structure",
            ),
            (
                "verifiableCredential",
                json!([envelope("data:,")]),
                "parse.structure",
            ),
            (
                "verifiableCredential",
                json!([envelope("https://a.example/1")]),
                "parse.structure",
            ),
            ("verifiableCredential", json!([other]), "parse.unknown_member"),
            ("verifiableCredential", json!([foreign]), "context.mismatch"),
            ("proof", json!({ "proofValue": "z1" }), "parse.structure"),
            ("termsOfUse", json!({}), "parse.structure"),
        ] {
            assert_eq!(with(name, value.clone()), Err(code), "{name} {value}");
        }
        for value in [json!(null), json!([]), json!({}), credential()] {
            assert!(presentation_rules(&value, Stage::Verifying).is_err());
        }
    }

    #[test]
    fn only_version_1_1_holds_bare_tokens() {
        let held = |contexts: Value, token: Value| {
            let presentation = json!({
                "@context": contexts, "type": ["VerifiablePresentation"], "verifiableCredential": [token],
            });
            Presented::parse(&presentation)
        };
        let old = json!(["https://www.w3.org/2018/credentials/v1"]);
        let presented = held(old.clone(), json!("a.b.c")).unwrap();
        assert_eq!(presented.credentials, [Held::Token("a.b.c".into())]);
        assert!(held(old.clone(), json!("")).is_err());
        assert!(held(old, json!(7)).is_err());
        assert!(held(json!([crate::CONTEXT_V2]), json!("a.b.c")).is_err());
    }

    /// What the suite's name says, but for two which no test of the suite uses and which only the proof decides.
    #[test]
    fn the_suites_presentations_are_judged_as_their_names_say() {
        let Some(folder) = chancery_official::folder("vcdm2") else {
            return;
        };
        let mut counts = [0, 0];
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if !name.starts_with("presentation-") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let document = chancery_proof::json::parse(&bytes, &crate::cast::limits()).unwrap();
            let result = presentation_rules(&document, Stage::Verifying);
            let ok = name.ends_with("-ok.json") || name.starts_with("presentation-self-asserted-");
            assert_eq!(result.is_ok(), ok, "{name}: {result:?}");
            counts[usize::from(ok)] += 1;
        }
        assert_eq!(counts, [7, 10]);
        chancery_official::report("vcdm2 presentations", "17 passed, 0 failed");
    }
}
