//! OneOf: a fact is one of a set (profile, section Capability; Access, Region, Purpose, Environment and
//! OnBehalfOf are uses of it).
//!
//! INVARIANT: values compare on exact bytes; the set is never empty.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Fact, Facts, NotWithin, Refusal};

/// Permits a request whose fact is one of the values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOf {
    fact: String,
    values: Vec<String>,
}

impl OneOf {
    pub(super) const MEMBERS: &[&str] = &["fact", "values"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            fact: members.text("fact")?.to_owned(),
            values: members.texts("values")?,
        })
    }

    /// The name of the fact that it asks for.
    #[must_use]
    pub fn fact(&self) -> &str {
        &self.fact
    }

    /// The permitted values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    pub(super) fn to_value(&self) -> Value {
        object([
            ("type", "OneOf".into()),
            ("fact", self.fact.as_str().into()),
            ("values", self.values.clone().into()),
        ])
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let refuse = |detail| Err(Refusal::new("constraint.one_of", detail));
        match facts.fact(&self.fact)? {
            Fact::Text(text) if self.values.contains(text) => Ok(()),
            Fact::Text(text) => refuse(format!("`{}` is `{text}`, which is not permitted", self.fact)),
            Fact::Amount { .. } | Fact::Size(_) => refuse(format!("`{}` is not a word", self.fact)),
        }
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("fact", &self.fact, &parent.fact)?;
        subset("value", &self.values, &parent.values)
    }
}

/// Requires every value of the child to be one of the parent's.
pub(super) fn subset(member: &str, child: &[String], parent: &[String]) -> Result<(), NotWithin> {
    match child.iter().find(|value| !parent.contains(value)) {
        Some(value) => Err(NotWithin::wider(member, value, parent.join("`, `"))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn region(values: &Value) -> Value {
        json!({"type": "OneOf", "fact": "region", "values": values})
    }

    #[test]
    fn only_the_exact_values_are_permitted() {
        let judge = |asked: &str| {
            Case::new()
                .fact("region", &json!(asked))
                .judge(&region(&json!(["eu", "us"])))
        };
        assert_eq!(judge("eu"), "ok");
        for asked in ["EU", "eu ", "eu-west", "e", "", "eu,us", "e\u{75}\u{301}"] {
            assert_eq!(judge(asked), "constraint.one_of", "{asked:?}");
        }
    }

    #[test]
    fn composed_and_decomposed_text_differ() {
        let case = Case::new().fact("region", &json!("Zu\u{308}rich"));
        assert_eq!(case.judge(&region(&json!(["Z\u{fc}rich"]))), "constraint.one_of");
    }

    #[test]
    fn empty_and_null_sets_permit_nothing() {
        let case = Case::new().fact("region", &json!("eu"));
        assert_eq!(case.judge(&region(&json!([]))), "constraint.empty");
        assert_eq!(case.judge(&region(&json!(null))), "constraint.empty");
        assert_eq!(case.judge(&region(&json!([""]))), "constraint.empty");
        for values in [
            json!("eu"),
            json!({"eu": true}),
            json!([1]),
            json!([null]),
            json!(["eu", "eu"]),
            json!(["*", 1]),
        ] {
            assert_eq!(case.judge(&region(&values)), "constraint.malformed", "{values}");
        }
        assert_eq!(
            case.judge(&region(&json!(["*"]))),
            "constraint.one_of",
            "no wildcard"
        );
        assert_eq!(
            Case::new().judge(&region(&json!(["eu"]))),
            "constraint.fact_missing"
        );
    }

    #[test]
    fn a_child_may_not_add_a_value() {
        assert_eq!(
            order(&region(&json!(["us"])), &region(&json!(["eu", "us"]))),
            "within"
        );
        assert_eq!(
            order(&region(&json!(["us", "eu"])), &region(&json!(["eu", "us"]))),
            "within"
        );
        assert_eq!(
            order(&region(&json!(["us", "cn"])), &region(&json!(["eu", "us"]))),
            "wider"
        );
        assert_eq!(order(&region(&json!(["EU"])), &region(&json!(["eu"]))), "wider");
        let other = json!({"type": "OneOf", "fact": "purpose", "values": ["eu"]});
        assert_eq!(order(&other, &region(&json!(["eu"]))), "not comparable");
    }
}
