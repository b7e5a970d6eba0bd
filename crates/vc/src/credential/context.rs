//! `@context`, as far as it can be judged without expanding JSON-LD (VCDM 2.0 section 4.3; VCDM 1.1 section 4.1).
//!
//! The base context comes first and tells the version; what follows is URLs or inline contexts. An inline
//! context may not give a word of the base context another meaning (those are protected), nor point a word at
//! what is no IRI.
//!
//! INVARIANT: nothing is ever fetched, and the words of the base context keep their meaning.

use chancery_vc_schemas::CONTEXT_V2;
use serde_json::Value;

use super::Model;
use crate::paper::PaperError;
use crate::uri::is_absolute;

/// The base context of version 1.1.
const CONTEXT_V1: &str = "https://www.w3.org/2018/credentials/v1";

/// The words that the base context of version 1.1 protects at the top of a document.
const PROTECTED_V1: &[&str] = &[
    "id",
    "type",
    "VerifiableCredential",
    "VerifiablePresentation",
    "EcdsaSecp256k1Signature2019",
    "EcdsaSecp256r1Signature2019",
    "Ed25519Signature2018",
    "RsaSignature2018",
    "proof",
];

/// The words that the base context of version 2.0 protects at the top of a document.
const PROTECTED_V2: &[&str] = &[
    "id",
    "type",
    "description",
    "digestMultibase",
    "digestSRI",
    "mediaType",
    "name",
    "VerifiableCredential",
    "EnvelopedVerifiableCredential",
    "VerifiablePresentation",
    "EnvelopedVerifiablePresentation",
    "JsonSchemaCredential",
    "JsonSchema",
    "BitstringStatusListCredential",
    "BitstringStatusList",
    "BitstringStatusListEntry",
    "DataIntegrityProof",
    "...",
    "_sd",
    "_sd_alg",
    "aud",
    "cnf",
    "exp",
    "iat",
    "iss",
    "jku",
    "kid",
    "nbf",
    "sub",
    "x5u",
];

/// Checks the value of `@context` of the object at `pointer`, and says which version it is of.
pub(super) fn check(value: &Value, pointer: &str) -> Result<Model, PaperError> {
    let mismatch = || PaperError::Context {
        pointer: format!("{pointer}/@context"),
    };
    let (first, rest) = value
        .as_array()
        .and_then(|items| items.split_first())
        .ok_or_else(mismatch)?;
    let model = match first.as_str() {
        Some(CONTEXT_V2) => Model::V2_0,
        Some(CONTEXT_V1) => Model::V1_1,
        _ => return Err(mismatch()),
    };
    let contexts = unwrapped(rest);
    // One version at a time: the other base context would give the same words other rules.
    let base = |context: &Value| matches!(context.as_str(), Some(CONTEXT_V1 | CONTEXT_V2));
    let well_formed = contexts
        .iter()
        .all(|context| is_context(context, model) && !base(context));
    if !well_formed || redefines(&contexts) {
        return Err(mismatch());
    }
    Ok(model)
}

/// The contexts one after another, those in an object that has only a `@context` taken out of it, as JSON-LD
/// processors do.
fn unwrapped(contexts: &[Value]) -> Vec<&Value> {
    let mut open: Vec<&Value> = contexts.iter().rev().collect();
    let mut found = Vec::new();
    while let Some(context) = open.pop() {
        match context.as_object().filter(|words| words.len() == 1) {
            Some(words) if words.contains_key("@context") => match words.get("@context") {
                Some(Value::Array(inner)) => open.extend(inner.iter().rev()),
                Some(inner) => open.push(inner),
                None => {}
            },
            _ => found.push(context),
        }
    }
    found
}

/// Whether an inline context gives a word another meaning that one before it protects (JSON-LD 1.1 section 4.1.11).
fn redefines(contexts: &[&Value]) -> bool {
    let mut protected: Vec<(&str, &Value)> = Vec::new();
    for words in contexts.iter().filter_map(|context| context.as_object()) {
        for (word, meaning) in words.iter().filter(|(word, _)| !word.starts_with('@')) {
            if protected
                .iter()
                .any(|(known, own)| known == word && *own != meaning)
            {
                return true;
            }
        }
        let all = words.get("@protected") == Some(&Value::Bool(true));
        let kept = words.iter().filter(|(word, meaning)| {
            let own = meaning.get("@protected").and_then(Value::as_bool);
            !word.starts_with('@') && own.unwrap_or(all)
        });
        protected.extend(kept.map(|(word, meaning)| (word.as_str(), meaning)));
    }
    false
}

fn is_context(value: &Value, model: Model) -> bool {
    match value {
        Value::String(url) => is_absolute(url),
        Value::Object(words) => words
            .iter()
            .all(|(word, meaning)| is_definition(word, meaning, model)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}

fn is_definition(word: &str, meaning: &Value, model: Model) -> bool {
    let protected = match model {
        Model::V1_1 => PROTECTED_V1,
        Model::V2_0 => PROTECTED_V2,
    };
    if protected.contains(&word) {
        // To say the same once more is no other meaning.
        return matches!(
            (word, meaning.as_str()),
            ("id", Some("@id")) | ("type", Some("@type"))
        );
    }
    match (word, meaning) {
        ("@vocab" | "@base", Value::String(iri)) => is_absolute(iri),
        ("@import" | "@context", _) => false,
        (_, Value::String(iri)) => is_name(iri),
        (_, Value::Object(definition)) => definition
            .get("@id")
            .is_none_or(|id| id.as_str().is_some_and(is_name)),
        _ => word.starts_with('@') || meaning.is_null(),
    }
}

/// An IRI, a compact IRI, a keyword, or another word: never with a character that no IRI can hold.
fn is_name(text: &str) -> bool {
    let word = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"@-._~".contains(&byte))
    };
    !text.is_empty() && (is_absolute(text) || word(text))
}
