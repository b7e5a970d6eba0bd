//! `@context`, as far as it can be judged without expanding JSON-LD (VCDM 2.0 section 4.3).
//!
//! The base context comes first; what follows is URLs or inline contexts. An inline context may not give a
//! word of the base context another meaning (those are protected), nor point a word at what is no IRI.
//!
//! INVARIANT: nothing is ever fetched, and the words of the base context keep their meaning.

use chancery_vc_schemas::CONTEXT_V2;
use serde_json::Value;

use crate::paper::PaperError;
use crate::uri::is_absolute;

/// The words that the base context protects at the top of a document.
const PROTECTED: &[&str] = &[
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

/// Checks the value of `@context`.
pub(super) fn check(value: &Value) -> Result<(), PaperError> {
    let mismatch = || PaperError::Context {
        pointer: "/@context".into(),
    };
    let (first, rest) = value
        .as_array()
        .and_then(|items| items.split_first())
        .ok_or_else(mismatch)?;
    if first.as_str() != Some(CONTEXT_V2) || !rest.iter().all(is_context) {
        return Err(mismatch());
    }
    Ok(())
}

fn is_context(value: &Value) -> bool {
    match value {
        Value::String(url) => is_absolute(url),
        Value::Object(words) => words.iter().all(|(word, meaning)| is_definition(word, meaning)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => false,
    }
}

fn is_definition(word: &str, meaning: &Value) -> bool {
    if PROTECTED.contains(&word) {
        return false;
    }
    match (word, meaning) {
        ("@vocab" | "@base", Value::String(iri)) => is_absolute(iri),
        ("@import", _) => false,
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
