//! `name` and `description`: text, or text with its language and base direction (VCDM 2.0 section 11.1).
//!
//! INVARIANT: a language value object holds `@value` and at most `@language` and `@direction`.

use serde_json::{Map, Value};

use super::typed::items;
use crate::paper::PaperError;

/// Checks `name` and `description` of the object at `pointer`.
pub(super) fn check(object: &Map<String, Value>, pointer: &str) -> Result<(), PaperError> {
    for name in ["name", "description"] {
        let well_formed = items(object.get(name)).iter().all(is_language_value);
        if !well_formed
            || object
                .get(name)
                .is_some_and(|value| items(Some(value)).is_empty())
        {
            let expected = "text, or text with `@language` and `@direction`";
            return Err(PaperError::structure(&format!("{pointer}/{name}"), expected));
        }
    }
    Ok(())
}

fn is_language_value(value: &Value) -> bool {
    let Some(object) = value.as_object() else {
        return value.is_string();
    };
    object.get("@value").is_some_and(Value::is_string)
        && object.iter().all(|(name, value)| match name.as_str() {
            "@value" => true,
            "@language" => value.as_str().is_some_and(is_language_tag),
            "@direction" => matches!(value.as_str(), Some("ltr" | "rtl")),
            _ => false,
        })
}

/// A language tag by its shape (BCP 47): subtags of one to eight letters or digits, the first of letters.
fn is_language_tag(tag: &str) -> bool {
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = tag.split('-').next().unwrap_or_default();
    tag.split('-').all(subtag) && first.bytes().all(|byte| byte.is_ascii_alphabetic())
}
