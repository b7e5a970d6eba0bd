//! Members whose values are typed objects: status, schema, evidence and the like (VCDM 2.0 sections 4 and 5;
//! VCDM 1.1 sections 4 and 5).
//!
//! INVARIANT: each such object has a `type`, and an `id` where the version asks for one.

use chancery_did::try_map;
use serde_json::{Map, Value};

use super::{Model, url};
use crate::paper::PaperError;

/// Members that hold one or several objects with a `type`, and in which versions the `id` has to be there.
const TYPED: &[(&str, &[Model])] = &[
    ("credentialStatus", &[Model::V1_1]),
    ("credentialSchema", &[Model::V1_1, Model::V2_0]),
    ("evidence", &[]),
    ("termsOfUse", &[]),
    ("refreshService", &[Model::V1_1]),
    ("confidenceMethod", &[]),
    ("renderMethod", &[]),
    ("proof", &[]),
];

/// Checks every member whose value is a typed object.
pub(super) fn check_members(object: &Map<String, Value>, model: Model) -> Result<(), PaperError> {
    for (name, identified) in TYPED {
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
                None if identified.contains(&model) => {
                    return Err(PaperError::Missing {
                        pointer: format!("{pointer}/id"),
                    });
                }
                None => {}
            }
        }
    }
    Ok(())
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
    let names = try_map(items(Some(value)), name)?;
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
