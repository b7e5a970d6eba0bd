//! Selecting by JSON pointers ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901); Data Integrity ECDSA Cryptosuites
//! 1.0, section 3.4.13).
//!
//! INVARIANT: every pointer matches something, and the objects on the way to it show their `id` and `type`.

use std::collections::BTreeMap;

use chancery_proof::{ProofError, ReadError};
use serde_json::{Map, Value};

use super::group::pointer;
use crate::expansion::MARK;

/// Gives every object outside of contexts a mark, from which its blank node is named.
pub(super) fn mark(document: &Value) -> Result<Value, ProofError> {
    let mut count = 0;
    marked(document, &mut count)
}

fn marked(value: &Value, count: &mut usize) -> Result<Value, ProofError> {
    let reserved =
        || ReadError::Structure("a name or a blank node begins with a null character".to_owned()).into();
    match value {
        Value::Object(members) => {
            *count = count.saturating_add(1);
            let mut out = Map::from_iter([(MARK.to_owned(), format!("{MARK}{count}").into())]);
            for (name, value) in members {
                let value = match name.as_str() {
                    MARK => return Err(reserved()),
                    "@context" => value.clone(),
                    _ => marked(value, count)?,
                };
                out.insert(name.clone(), value);
            }
            Ok(Value::Object(out))
        }
        Value::Array(items) => items.iter().map(|item| marked(item, count)).collect(),
        Value::String(text)
            if text
                .strip_prefix("_:")
                .is_some_and(|label| label.starts_with(MARK)) =>
        {
            Err(reserved())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
    }
}

/// What several pointers select of a value.
#[derive(Debug, Default)]
struct Wanted {
    whole: bool,
    parts: BTreeMap<String, Wanted>,
}

/// Selects the parts of a document that the pointers name; none for no pointers.
pub(super) fn select(document: &Value, pointers: &[String]) -> Result<Option<Value>, ProofError> {
    let mut wanted = Wanted::default();
    for text in pointers {
        let mut at = &mut wanted;
        for part in parts(text)? {
            at = at.parts.entry(part).or_default();
        }
        at.whole = true;
    }
    if pointers.is_empty() {
        return Ok(None);
    }
    take(document, &wanted).map(Some)
}

fn take(value: &Value, wanted: &Wanted) -> Result<Value, ProofError> {
    if wanted.whole {
        // The parts must be there all the same.
        for (name, inner) in &wanted.parts {
            take(part(value, name)?, inner)?;
        }
        return Ok(value.clone());
    }
    match value {
        Value::Object(members) => {
            let mut out: Map<String, Value> = members
                .iter()
                .filter(|(name, value)| is_always_shown(name, value))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            for (name, inner) in &wanted.parts {
                out.insert(name.clone(), take(part(value, name)?, inner)?);
            }
            Ok(Value::Object(out))
        }
        Value::Array(items) => {
            for name in wanted.parts.keys() {
                part(value, name)?;
            }
            let shown = items.iter().enumerate().filter_map(|(at, item)| {
                let inner = wanted.parts.get(&at.to_string())?;
                Some(take(item, inner))
            });
            shown.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Err(no_match()),
    }
}

fn is_always_shown(name: &str, value: &Value) -> bool {
    match name {
        MARK | "@context" | "type" | "@type" => true,
        "id" | "@id" => value.as_str().is_some_and(|id| !id.starts_with("_:")),
        _ => false,
    }
}

/// The member or the item that one part of a pointer names.
fn part<'a>(value: &'a Value, name: &str) -> Result<&'a Value, ProofError> {
    let index = name
        .parse::<usize>()
        .ok()
        .filter(|index| index.to_string() == name);
    let item = || value.as_array()?.get(index?);
    let member = || value.as_object()?.get(name).filter(|_| name != MARK);
    let found = member().or_else(item);
    found.ok_or_else(no_match)
}

fn no_match() -> ProofError {
    pointer("a JSON pointer matches nothing in the document")
}

/// The parts of a pointer, unescaped.
fn parts(text: &str) -> Result<Vec<String>, ProofError> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let Some(rest) = text.strip_prefix('/') else {
        return Err(pointer("a JSON pointer does not begin with a slash"));
    };
    rest.split('/').map(unescaped).collect()
}

fn unescaped(part: &str) -> Result<String, ProofError> {
    let mut out = String::new();
    let mut chars = part.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return Err(pointer("a JSON pointer has a broken escape")),
            },
            c => c,
        });
    }
    Ok(out)
}
