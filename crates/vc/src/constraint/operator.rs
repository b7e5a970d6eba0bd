//! How an argument is matched: `equals`, `oneOf`, `prefix`, `range`, `maxLength` (profile, section Capability).
//!
//! INVARIANT: a value of another JSON type, or one that holds a number that readers could read differently,
//! matches nothing.

use chancery_did::object;
use chancery_proof::jcs;
use chancery_proof::json::has_unsafe_number;
use serde_json::{Map, Number, Value};

use super::NotWithin;
use super::members::Members;
use super::prefix::Prefix;
use super::unknown::ConstraintError;

/// One operator of an argument constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operator {
    Equals(Value),
    OneOf(Vec<Value>),
    Prefix(Prefix),
    /// Inclusive; at least one end is there.
    Range {
        min: Option<Number>,
        max: Option<Number>,
    },
    /// In bytes of UTF-8.
    MaxLength(u64),
}

impl Operator {
    /// Reads an object with exactly one operator.
    pub(super) fn read(value: &Value) -> Result<Self, ConstraintError> {
        let object = value
            .as_object()
            .ok_or_else(|| ConstraintError::malformed("`match` is not an object"))?;
        let (name, operand) = match object.iter().collect::<Vec<_>>().as_slice() {
            [] => return Err(ConstraintError::empty("`match` holds no operator")),
            [(name, operand)] => (name.as_str(), *operand),
            [..] => {
                return Err(ConstraintError::malformed(
                    "`match` holds more than one operator; write one constraint for each",
                ));
            }
        };
        if !matches!(name, "equals" | "oneOf" | "prefix" | "range" | "maxLength") {
            return Err(ConstraintError::unknown(format!(
                "the operator `{name}` is not known"
            )));
        }
        let members = Members::of(object, &[name])?;
        match name {
            "equals" => Ok(Self::Equals(members.required(name)?.clone())),
            "oneOf" => Ok(Self::OneOf(members.values(name)?.to_vec())),
            "prefix" => Prefix::parse(members.text(name)?).map(Self::Prefix),
            "maxLength" => members.whole(name).map(Self::MaxLength),
            _ => range(operand),
        }
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Equals(value) => object([("equals", value.clone())]),
            Self::OneOf(values) => object([("oneOf", values.clone().into())]),
            Self::Prefix(prefix) => object([("prefix", prefix.as_str().into())]),
            Self::MaxLength(bytes) => object([("maxLength", (*bytes).into())]),
            Self::Range { min, max } => {
                let mut ends = Map::new();
                for (name, end) in [("min", min), ("max", max)] {
                    if let Some(end) = end {
                        ends.insert(name.to_owned(), Value::Number(end.clone()));
                    }
                }
                object([("range", Value::Object(ends))])
            }
        }
    }

    pub(super) fn matches(&self, argument: &Value) -> bool {
        if has_unsafe_number(argument) {
            return false;
        }
        match self {
            Self::Equals(value) => equal(value, argument),
            Self::OneOf(values) => values.iter().any(|value| equal(value, argument)),
            Self::Prefix(prefix) => argument.as_str().is_some_and(|text| prefix.matches(text)),
            Self::Range { min, max } => argument.as_number().is_some_and(|number| {
                min.as_ref().is_none_or(|min| at_most(min, number))
                    && max.as_ref().is_none_or(|max| at_most(number, max))
            }),
            Self::MaxLength(bytes) => argument
                .as_str()
                .and_then(|text| u64::try_from(text.len()).ok())
                .is_some_and(|length| length <= *bytes),
        }
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        let wider = || {
            NotWithin::wider(
                "match",
                jcs::text(&self.to_value()),
                jcs::text(&parent.to_value()),
            )
        };
        let within = match (self, parent) {
            (Self::Equals(value), parent) => parent.matches(value),
            (Self::OneOf(values), parent) => values.iter().all(|value| parent.matches(value)),
            (Self::Prefix(child), Self::Prefix(parent)) => parent.matches(child.as_str()),
            (Self::MaxLength(child), Self::MaxLength(parent)) => child <= parent,
            (
                Self::Range { min, max },
                Self::Range {
                    min: parent_min,
                    max: parent_max,
                },
            ) => {
                let kept =
                    |bound: &Option<Number>, end: &Option<Number>, inside: fn(&Number, &Number) -> bool| {
                        let inside = |bound: &Number| end.as_ref().is_some_and(|end| inside(bound, end));
                        bound.as_ref().is_none_or(inside)
                    };
                kept(parent_min, min, at_most) && kept(parent_max, max, |bound, end| at_most(end, bound))
            }
            (child, parent) => {
                let (child, parent) = (jcs::text(&child.to_value()), jcs::text(&parent.to_value()));
                return Err(NotWithin::differs("match", &child, &parent));
            }
        };
        if within { Ok(()) } else { Err(wider()) }
    }
}

/// Reads `range`: `min`, `max` or both, as JSON numbers.
fn range(operand: &Value) -> Result<Operator, ConstraintError> {
    let object = operand
        .as_object()
        .ok_or_else(|| ConstraintError::malformed("`range` is not an object"))?;
    let members = Members::of(object, &["min", "max"])?;
    let end = |name| match members.optional(name) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number.clone())),
        Some(Value::Null) => Err(ConstraintError::empty(format!("`{name}` is null"))),
        Some(_) => Err(ConstraintError::malformed(format!("`{name}` is not a number"))),
    };
    let (min, max) = (end("min")?, end("max")?);
    let empty = match (&min, &max) {
        (None, None) => true,
        (Some(min), Some(max)) => !at_most(min, max),
        (Some(_), None) | (None, Some(_)) => false,
    };
    if empty {
        return Err(ConstraintError::empty("`range` holds no number"));
    }
    Ok(Operator::Range { min, max })
}

/// Both are finite doubles and, being safe numbers, exact.
fn at_most(low: &Number, high: &Number) -> bool {
    low.as_f64()
        .zip(high.as_f64())
        .is_some_and(|(low, high)| low <= high)
}

/// JSON equality: numbers by value, text on exact bytes, members in any order.
fn equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => at_most(one, other) && at_most(other, one),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let same =
                |(name, value): (&String, &Value)| other.get(name).is_some_and(|other| equal(value, other));
            one.len() == other.len() && one.iter().all(same)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn constraint(operator: &Value) -> Value {
        json!({"type": "Argument", "pointer": "/x", "match": operator})
    }

    fn judge(operator: &Value, argument: Value) -> &'static str {
        Case::new()
            .arguments(json!({"x": argument}))
            .judge(&constraint(operator))
    }

    fn assert_judged(operator: &Value, permitted: &[Value], refused: &[Value]) {
        for argument in permitted {
            assert_eq!(judge(operator, argument.clone()), "ok", "{operator}: {argument}");
        }
        for argument in refused {
            assert_eq!(
                judge(operator, argument.clone()),
                "constraint.argument",
                "{operator}: {argument}"
            );
        }
    }

    #[test]
    fn equals_wants_the_same_type_and_value() {
        assert_judged(
            &json!({"equals": 1}),
            &[json!(1), json!(1.0)],
            &[json!("1"), json!(true), json!([1]), json!(null)],
        );
        assert_judged(
            &json!({"equals": "a"}),
            &[json!("a")],
            &[json!("A"), json!("a "), json!(["a"]), json!({"a": 1})],
        );
        assert_judged(
            &json!({"equals": {"a": [1, {"b": 2.0}]}}),
            &[json!({"a": [1.0, {"b": 2}]})],
            &[
                json!({"a": [1, {"b": 2}], "c": 3}),
                json!({"a": [{"b": 2}, 1]}),
                json!({"a": [1]}),
                json!({}),
            ],
        );
        assert_judged(
            &json!({"equals": false}),
            &[json!(false)],
            &[json!(0), json!("false"), json!(null)],
        );
    }

    #[test]
    fn a_member_named_type_is_known_only_where_it_names_a_type() {
        for operator in [
            json!({"range": {"max": 10, "type": "exclusive"}}),
            json!({"range": {"type": "exclusive"}}),
            json!({"type": "equals"}),
        ] {
            assert_eq!(judge(&operator, json!(1)), "constraint.unknown", "{operator}");
        }
    }

    #[test]
    fn an_operand_that_readers_read_differently_denies() {
        for operator in [
            json!({"equals": 9_007_199_254_740_993_u64}),
            json!({"oneOf": [1, 1e300]}),
            json!({"range": {"max": 9_007_199_254_740_992_u64}}),
            json!({"maxLength": 9_007_199_254_740_992_u64}),
            json!({"maxLength": 1.0}),
            json!({"equals": {"deep": [-9_007_199_254_740_992_i64]}}),
        ] {
            assert_eq!(judge(&operator, json!(1)), "constraint.malformed", "{operator}");
        }
    }

    #[test]
    fn one_of_wants_one_of_the_values() {
        assert_judged(
            &json!({"oneOf": ["a", 1]}),
            &[json!("a"), json!(1)],
            &[json!("1"), json!("b"), json!(["a", 1])],
        );
    }

    #[test]
    fn a_range_is_of_numbers_and_holds_its_ends() {
        let refused = [
            json!("5"),
            json!(0.999),
            json!(10.001),
            json!(-5),
            json!(true),
            json!(null),
            json!([5]),
        ];
        assert_judged(
            &json!({"range": {"min": 1, "max": 10}}),
            &[json!(1), json!(10), json!(5.5), json!(1.0)],
            &refused,
        );
        assert_judged(
            &json!({"range": {"max": 10}}),
            &[json!(-1e9), json!(0)],
            &[json!(11), json!("x")],
        );
        assert_judged(
            &json!({"range": {"min": 0.5}}),
            &[json!(0.5), json!(1e9)],
            &[json!(0.49), json!(-1)],
        );
    }

    #[test]
    fn a_length_counts_bytes_of_utf_8() {
        assert_judged(
            &json!({"maxLength": 4}),
            &[json!(""), json!("abcd"), json!("äö"), json!("😀")],
            &[
                json!("abcde"),
                json!("äöü"),
                json!("😀a"),
                json!(1),
                json!(["a"]),
                json!(null),
            ],
        );
    }

    #[test]
    fn an_argument_with_an_unsafe_number_matches_nothing() {
        for argument in [
            json!(9_007_199_254_740_992_u64),
            json!(-9_007_199_254_740_993_i64),
            json!(u64::MAX),
            json!(1e300),
        ] {
            assert_eq!(
                judge(&json!({"range": {"min": -1}}), argument.clone()),
                "constraint.argument"
            );
            assert_eq!(
                judge(&json!({"range": {"max": 1}}), argument.clone()),
                "constraint.argument"
            );
            assert_eq!(
                judge(&json!({"equals": argument}), argument.clone()),
                "constraint.malformed",
                "{argument}"
            );
            assert_eq!(
                judge(&json!({"oneOf": [1, [argument]]}), json!(1)),
                "constraint.malformed"
            );
        }
    }

    #[test]
    fn an_operator_that_is_not_known_denies() {
        for operator in [
            json!({"regex": ".*"}),
            json!({"not": {"equals": 1}}),
            json!({"Equals": 1}),
            json!({"type": 1}),
            json!({"gte": 0}),
            json!({"prefix ": "/a"}),
            json!({"range": {"min": 0, "exclusiveMax": 9}}),
        ] {
            assert_eq!(judge(&operator, json!(1)), "constraint.unknown", "{operator}");
        }
    }

    #[test]
    fn an_operator_that_is_not_written_as_one_denies() {
        for operator in [
            json!("equals"),
            json!([]),
            json!(1),
            json!({"equals": 1, "range": {"min": 0}}),
            json!({"oneOf": 1}),
            json!({"oneOf": {"a": 1}}),
            json!({"prefix": 1}),
            json!({"range": 5}),
            json!({"range": {"min": "0"}}),
            json!({"range": [0, 1]}),
            json!({"maxLength": -1}),
            json!({"maxLength": 1.5}),
            json!({"maxLength": "1"}),
        ] {
            assert_eq!(judge(&operator, json!(1)), "constraint.malformed", "{operator}");
        }
    }

    #[test]
    fn an_empty_or_null_operator_denies() {
        for operator in [
            json!({}),
            json!(null),
            json!({"equals": null}),
            json!({"oneOf": []}),
            json!({"oneOf": null}),
            json!({"prefix": ""}),
            json!({"prefix": null}),
            json!({"range": {}}),
            json!({"range": {"min": null}}),
            json!({"range": {"min": 2, "max": 1}}),
            json!({"maxLength": null}),
        ] {
            assert_eq!(judge(&operator, json!(1)), "constraint.empty", "{operator}");
        }
    }

    #[test]
    fn operators_compare_where_every_value_can_be_tried() {
        let judge = |child: &Value, parent: &Value| order(&constraint(child), &constraint(parent));
        let parent = json!({"oneOf": ["/a/b", "/a/c", 5]});
        assert_eq!(judge(&json!({"equals": 5.0}), &parent), "within");
        assert_eq!(judge(&json!({"oneOf": ["/a/b", 5]}), &parent), "within");
        assert_eq!(judge(&json!({"oneOf": ["/a/b", 6]}), &parent), "wider");
        assert_eq!(
            judge(&json!({"oneOf": ["/a/b", "/a"]}), &json!({"prefix": "/a"})),
            "within"
        );
        assert_eq!(
            judge(&json!({"equals": "/ab"}), &json!({"prefix": "/a"})),
            "wider"
        );
        assert_eq!(
            judge(&json!({"equals": "/a/../b"}), &json!({"prefix": "/a"})),
            "wider"
        );
        assert_eq!(
            judge(&json!({"prefix": "/a/b"}), &json!({"prefix": "/a"})),
            "within"
        );
        assert_eq!(
            judge(&json!({"prefix": "/ab"}), &json!({"prefix": "/a"})),
            "wider"
        );
        assert_eq!(
            judge(&json!({"prefix": "/a"}), &json!({"prefix": "/a/b"})),
            "wider"
        );
        assert_eq!(
            judge(
                &json!({"range": {"min": 2, "max": 3}}),
                &json!({"range": {"min": 2}})
            ),
            "within"
        );
        assert_eq!(
            judge(
                &json!({"range": {"min": 2}}),
                &json!({"range": {"min": 2, "max": 3}})
            ),
            "wider"
        );
        assert_eq!(
            judge(
                &json!({"range": {"max": 3}}),
                &json!({"range": {"min": 2, "max": 3}})
            ),
            "wider"
        );
        assert_eq!(
            judge(&json!({"equals": 2.5}), &json!({"range": {"min": 2, "max": 3}})),
            "within"
        );
        assert_eq!(
            judge(&json!({"equals": "2.5"}), &json!({"range": {"min": 2, "max": 3}})),
            "wider"
        );
        assert_eq!(
            judge(&json!({"maxLength": 3}), &json!({"maxLength": 4})),
            "within"
        );
        assert_eq!(judge(&json!({"maxLength": 5}), &json!({"maxLength": 4})), "wider");
        assert_eq!(
            judge(&json!({"prefix": "/a"}), &json!({"maxLength": 4})),
            "not comparable"
        );
        assert_eq!(
            judge(&json!({"maxLength": 1}), &json!({"equals": "a"})),
            "not comparable"
        );
        assert_eq!(
            judge(&json!({"range": {"min": 1, "max": 1}}), &json!({"equals": 1})),
            "not comparable"
        );
    }
}
