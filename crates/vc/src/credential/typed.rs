//! Members whose values are typed objects: status, schema, evidence and the like (VCDM 2.0 section 4).
//!
//! INVARIANT: each such object has a `type`; a schema and a related resource have an `id` as well.

use serde_json::{Map, Value};

use super::url;
use crate::paper::PaperError;

/// Members that hold one or several objects with a `type`, and whether the `id` has to be there.
const TYPED: &[(&str, bool)] = &[
    ("credentialStatus", false),
    ("credentialSchema", true),
    ("evidence", false),
    ("termsOfUse", false),
    ("refreshService", false),
    ("confidenceMethod", false),
    ("renderMethod", false),
    ("proof", false),
];

/// Checks every member of a credential whose value is a typed object.
pub(super) fn check_members(object: &Map<String, Value>) -> Result<(), PaperError> {
    for (name, needs_id) in TYPED {
        let Some(value) = object.get(*name) else { continue };
        let pointer = format!("/{name}");
        if items(Some(value)).is_empty() {
            return Err(PaperError::structure(&pointer, "at least one object"));
        }
        for item in items(Some(value)) {
            let item = item
                .as_object()
                .ok_or_else(|| PaperError::structure(&pointer, "an object"))?;
            let missing = || PaperError::Missing {
                pointer: format!("{pointer}/type"),
            };
            types(item.get("type").ok_or_else(missing)?, &format!("{pointer}/type"))?;
            match item.get("id") {
                Some(id) => drop(url(id, &format!("{pointer}/id"))?),
                None if *needs_id => {
                    return Err(PaperError::Missing {
                        pointer: format!("{pointer}/id"),
                    });
                }
                None => {}
            }
        }
    }
    check_related(object.get("relatedResource"))
}

/// The names in a `type` member: one or several, each not empty and without blanks.
pub(super) fn types(value: &Value, pointer: &str) -> Result<Vec<String>, PaperError> {
    let name = |value: &Value| {
        let name = value
            .as_str()
            .filter(|name| !name.is_empty() && !name.contains(char::is_whitespace));
        name.map(str::to_owned)
            .ok_or_else(|| PaperError::structure(pointer, "a type's name"))
    };
    let names = items(Some(value))
        .iter()
        .map(name)
        .collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Err(PaperError::structure(pointer, "at least one type"));
    }
    Ok(names)
}

/// One or several values as a slice.
pub(crate) fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(items)) => items,
        Some(one) => std::slice::from_ref(one),
    }
}

/// Related resources (section 5.3): each with a distinct URL and a digest.
fn check_related(value: Option<&Value>) -> Result<(), PaperError> {
    let pointer = "/relatedResource";
    let mut known: Vec<String> = Vec::new();
    for item in items(value) {
        let id = item
            .get("id")
            .ok_or_else(|| PaperError::structure(pointer, "an object with an `id`"))?;
        let id = url(id, pointer)?;
        let digested = ["digestSRI", "digestMultibase"].iter().any(|name| {
            item.get(*name)
                .is_some_and(|digest| digest.as_str().is_some_and(|text| !text.is_empty()))
        });
        if !digested || known.contains(&id) {
            return Err(PaperError::structure(
                pointer,
                "a distinct resource with a digest",
            ));
        }
        known.push(id);
    }
    Ok(())
}
