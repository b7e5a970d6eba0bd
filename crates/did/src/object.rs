//! Making a JSON object.
//!
//! For values that are at hand this says what `serde_json::json!` says, without a serializer for each: the
//! wire forms are many, and this keeps their code small.

use std::mem;

use serde_json::{Map, Value};

/// Makes an object of these members; of two with one name the later counts.
#[must_use]
pub fn object<const N: usize>(mut members: [(&str, Value); N]) -> Value {
    Value::Object(gather(&mut members))
}

fn gather(members: &mut [(&str, Value)]) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert((*name).to_owned(), mem::take(value));
    }
    object
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_has_exactly_the_members_given() {
        let made = object([("b", 1.into()), ("a", Value::Null), ("c", "text".into())]);
        assert_eq!(made, json!({"a": null, "b": 1, "c": "text"}));
        assert_eq!(object([]), json!({}));
    }

    #[test]
    fn of_two_members_with_one_name_the_later_counts() {
        assert_eq!(object([("a", 1.into()), ("a", 2.into())]), json!({"a": 2}));
    }
}
