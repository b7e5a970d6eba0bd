//! Argument: what one argument of the call may be (profile, section Capability).
//!
//! `closed` forbids every argument that no constraint of the same hop names: otherwise whoever writes another hop
//! could admit an argument that this one shut out, just by naming it.
//!
//! INVARIANT: an absent argument and one of another JSON type are refused.

use chancery_did::object;
use chancery_proof::jcs;
use serde_json::Value;

use super::members::Members;
use super::operator::Operator;
use super::pointer::Pointer;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Facts, NotWithin, Refusal};

/// Permits a request whose argument at the pointer matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    pointer: Pointer,
    operator: Operator,
    closed: bool,
}

impl Argument {
    pub(super) const MEMBERS: &[&str] = &["pointer", "match", "closed"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let pointer = members.required("pointer")?.as_str().and_then(Pointer::parse);
        let pointer = pointer.ok_or_else(|| ConstraintError::malformed("`pointer` is not a JSON Pointer"))?;
        let operator = Operator::read(members.required("match")?)?;
        let closed = match members.optional("closed") {
            None => false,
            Some(Value::Bool(closed)) => *closed,
            Some(_) => return Err(ConstraintError::malformed("`closed` is not true or false")),
        };
        Ok(Self {
            pointer,
            operator,
            closed,
        })
    }

    /// The JSON Pointer (RFC 6901) of the argument.
    #[must_use]
    pub fn pointer(&self) -> &str {
        self.pointer.as_str()
    }

    /// Tells whether arguments that no constraint names are forbidden.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Tells whether the argument of `other` is this one, lies inside it, or holds it.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        self.pointer.meets(&other.pointer)
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = object([
            ("type", "Argument".into()),
            ("pointer", self.pointer.as_str().into()),
            ("match", self.operator.to_value()),
        ]);
        if let Some(members) = value.as_object_mut().filter(|_| self.closed) {
            members.insert("closed".into(), true.into());
        }
        value
    }

    /// Decides alone, as if it were the only constraint of its chain.
    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        self.permits_among(facts, &[self])
    }

    /// Decides where `named` are the constraints whose arguments `closed` lets pass.
    pub(crate) fn permits_among(&self, facts: &Facts<'_>, named: &[&Self]) -> Result<(), Refusal> {
        let arguments = facts
            .arguments
            .ok_or_else(|| Refusal::fact_missing("arguments"))?;
        let refuse = |detail| Err(Refusal::new("constraint.argument", detail));
        let Some(argument) = self.pointer.find(arguments) else {
            return refuse(format!("there is no argument `{}`", self.pointer.as_str()));
        };
        if !self.operator.matches(argument) {
            let (pointer, want) = (self.pointer.as_str(), jcs::text(&self.operator.to_value()));
            return refuse(format!("the argument `{pointer}` does not match {want}"));
        }
        if self.closed {
            let pointers: Vec<&Pointer> = named.iter().map(|constraint| &constraint.pointer).collect();
            if let Some(unnamed) = Pointer::first_unnamed(arguments, &pointers) {
                return refuse(format!("no constraint names the argument `{unnamed}`"));
            }
        }
        Ok(())
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("pointer", self.pointer.as_str(), parent.pointer.as_str())?;
        if parent.closed && !self.closed {
            return Err(NotWithin::Wider(
                "it admits arguments that the parent's `closed` forbids".into(),
            ));
        }
        self.operator.is_within(&parent.operator)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn argument(pointer: &str, operator: &Value) -> Value {
        json!({"type": "Argument", "pointer": pointer, "match": operator})
    }

    fn closed(pointer: &str, operator: &Value) -> Value {
        json!({"type": "Argument", "pointer": pointer, "match": operator, "closed": true})
    }

    fn judge(arguments: Value, constraint: &Value) -> &'static str {
        Case::new().arguments(arguments).judge(constraint)
    }

    #[test]
    fn an_absent_argument_is_refused() {
        let constraint = argument("/a/b", &json!({"maxLength": 9}));
        assert_eq!(judge(json!({"a": {"b": "x"}}), &constraint), "ok");
        for arguments in [
            json!({}),
            json!({"a": {}}),
            json!({"a": "b"}),
            json!({"a/b": "x"}),
            json!({"b": "x"}),
            json!({"A": {"b": "x"}}),
            json!([]),
            json!(null),
            json!("x"),
            json!({"a": [{"b": "x"}]}),
        ] {
            assert_eq!(
                judge(arguments.clone(), &constraint),
                "constraint.argument",
                "{arguments}"
            );
        }
        assert_eq!(
            Case::new().judge(&constraint),
            "constraint.fact_missing",
            "no arguments at all"
        );
    }

    #[test]
    fn closed_forbids_every_argument_that_is_not_named() {
        let constraint = closed("/to/account", &json!({"equals": "42"}));
        assert_eq!(judge(json!({"to": {"account": "42"}}), &constraint), "ok");
        for arguments in [
            json!({"to": {"account": "42"}, "memo": "x"}),
            json!({"to": {"account": "42"}, "memo": null}),
            json!({"to": {"account": "42", "bank": "x"}}),
            json!({"to": {"account": "42"}, "To": {}}),
            json!({"to": {"account": "42"}, "": 1}),
            json!({"to": {"account": "42"}, "to/account": "43"}),
        ] {
            assert_eq!(
                judge(arguments.clone(), &constraint),
                "constraint.argument",
                "{arguments}"
            );
        }
    }

    #[test]
    fn a_constraint_that_is_not_written_as_one_denies() {
        let with = |member: &str, value: Value| {
            let mut constraint = argument("/a", &json!({"maxLength": 9}));
            constraint[member] = value;
            judge(json!({"a": "x"}), &constraint)
        };
        for pointer in [json!("a"), json!("/~2"), json!("#/a"), json!(0), json!(["a"])] {
            assert_eq!(
                with("pointer", pointer.clone()),
                "constraint.malformed",
                "{pointer}"
            );
        }
        assert_eq!(with("pointer", json!(null)), "constraint.empty");
        for value in [json!("true"), json!(1), json!(null), json!([])] {
            assert_eq!(with("closed", value.clone()), "constraint.malformed", "{value}");
        }
        assert_eq!(with("open", json!(true)), "constraint.unknown");
        assert_eq!(
            with("equals", json!("x")),
            "constraint.unknown",
            "an operator outside match"
        );
    }

    #[test]
    fn a_child_may_not_open_what_was_closed() {
        let operator = json!({"maxLength": 9});
        assert_eq!(
            order(&closed("/a", &operator), &argument("/a", &operator)),
            "within"
        );
        assert_eq!(
            order(&argument("/a", &operator), &closed("/a", &operator)),
            "wider"
        );
        assert_eq!(
            order(&argument("/b", &operator), &argument("/a", &operator)),
            "not comparable"
        );
        assert_eq!(
            order(&argument("/a/b", &operator), &argument("/a", &operator)),
            "not comparable"
        );
    }
}
