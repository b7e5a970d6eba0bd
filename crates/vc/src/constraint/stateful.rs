//! The constraints that only state can decide (profile, section Capability).
//!
//! INVARIANT: they are read as strictly as the others, and where their state is not at hand they refuse with
//! `constraint.state_missing`.

use serde_json::{Map, Value};

use super::members::Members;
use super::unknown::ConstraintError;
use super::{Approval, Budget, Composite, Facts, NotWithin, Rate, Refusal, Session, Uses};

/// A constraint that a counter, a session, an attestation or approvals decide.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is documented by the type that it holds")]
pub enum Stateful {
    Budget(Budget),
    Rate(Rate),
    Uses(Uses),
    Session(Session),
    Composite(Composite),
    Approval(Approval),
}

impl Stateful {
    pub(super) const KINDS: [&str; 6] = ["Budget", "Rate", "Uses", "Session", "Composite", "Approval"];

    /// Reads the constraint of one of [`Stateful::KINDS`], or nothing for another type.
    pub(super) fn read(
        type_name: &str,
        object: &Map<String, Value>,
    ) -> Option<Result<Self, ConstraintError>> {
        let of = |known| Members::typed(object, known);
        Some(match type_name {
            "Budget" => of(Budget::MEMBERS)
                .and_then(|members| Budget::read(&members))
                .map(Self::Budget),
            "Rate" => of(Rate::MEMBERS)
                .and_then(|members| Rate::read(&members))
                .map(Self::Rate),
            "Uses" => of(Uses::MEMBERS)
                .and_then(|members| Uses::read(&members))
                .map(Self::Uses),
            "Session" => of(Session::MEMBERS)
                .and_then(|members| Session::read(&members))
                .map(Self::Session),
            "Composite" => of(Composite::MEMBERS)
                .and_then(|members| Composite::read(&members))
                .map(Self::Composite),
            "Approval" => of(Approval::MEMBERS)
                .and_then(|members| Approval::read(&members))
                .map(Self::Approval),
            _ => return None,
        })
    }

    /// The constraint's `type`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Budget(_) => "Budget",
            Self::Rate(_) => "Rate",
            Self::Uses(_) => "Uses",
            Self::Session(_) => "Session",
            Self::Composite(_) => "Composite",
            Self::Approval(_) => "Approval",
        }
    }

    /// The name of its counter or session, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Budget(budget) => Some(budget.id()),
            Self::Rate(rate) => Some(rate.id()),
            Self::Uses(uses) => Some(uses.id()),
            Self::Session(session) => Some(session.id()),
            Self::Composite(_) | Self::Approval(_) => None,
        }
    }

    pub(super) fn to_value(&self) -> Value {
        match self {
            Self::Budget(budget) => budget.to_value(),
            Self::Rate(rate) => rate.to_value(),
            Self::Uses(uses) => uses.to_value(),
            Self::Session(session) => session.to_value(),
            Self::Composite(composite) => composite.to_value(),
            Self::Approval(approval) => approval.to_value(),
        }
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        match self {
            Self::Approval(approval) => approval.permits(facts),
            Self::Budget(_) | Self::Rate(_) | Self::Uses(_) | Self::Session(_) | Self::Composite(_) => {
                Err(Refusal::state_missing(self.kind()))
            }
        }
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        match (self, parent) {
            (Self::Budget(child), Self::Budget(parent)) => child.is_within(parent),
            (Self::Rate(child), Self::Rate(parent)) => child.is_within(parent),
            (Self::Uses(child), Self::Uses(parent)) => child.is_within(parent),
            (Self::Session(child), Self::Session(parent)) => child.is_within(parent),
            (Self::Composite(child), Self::Composite(parent)) => child.is_within(parent),
            (Self::Approval(child), Self::Approval(parent)) => child.is_within(parent),
            _ => Err(NotWithin::differs("type", self.kind(), parent.kind())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    const MODEL: &str = "zQmNmrefr1A7muBKkBVuvkffxhy8dVzU9ewLNzUHGtDkbnr";

    fn samples() -> Vec<Value> {
        vec![
            json!({"type": "Budget", "id": "b", "fact": "amount", "cap": "100", "currency": "EUR", "window": "P1D"}),
            json!({"type": "Rate", "id": "r", "count": 10, "window": "PT1H"}),
            json!({"type": "Uses", "id": "u", "count": 10}),
            json!({"type": "Session", "id": "s"}),
            json!({"type": "Composite", "digests": {"model": MODEL}}),
        ]
    }

    #[test]
    fn without_state_they_refuse() {
        for constraint in samples() {
            assert_eq!(
                Case::new().judge(&constraint),
                "constraint.state_missing",
                "{constraint}"
            );
        }
    }

    #[test]
    fn a_member_that_is_unknown_missing_or_null_denies() {
        for constraint in samples() {
            let mut more = constraint.clone();
            more["burst"] = json!(5);
            assert_eq!(Case::new().judge(&more), "constraint.unknown", "{more}");
            for member in constraint
                .as_object()
                .unwrap()
                .keys()
                .filter(|name| *name != "type")
            {
                let mut less = constraint.clone();
                less.as_object_mut().unwrap().remove(member);
                assert_eq!(Case::new().judge(&less), "constraint.malformed", "{less}");
                less[member] = json!(null);
                assert_eq!(Case::new().judge(&less), "constraint.empty", "{less}");
            }
        }
    }

    #[test]
    fn a_value_of_another_shape_denies() {
        for (at, member, value, code) in [
            (0, "cap", json!(100), "constraint.malformed"),
            (0, "unit", json!("tokens"), "constraint.malformed"),
            (0, "window", json!("day"), "constraint.malformed"),
            (0, "window", json!("P1M"), "constraint.malformed"),
            (0, "window", json!("P0D"), "constraint.malformed"),
            (0, "window", json!("P01D"), "constraint.malformed"),
            (0, "window", json!("P1DT1H"), "constraint.malformed"),
            (0, "window", json!("PT1D"), "constraint.malformed"),
            (1, "count", json!("10"), "constraint.malformed"),
            (1, "count", json!(-1), "constraint.malformed"),
            (2, "count", json!(1e300), "constraint.malformed"),
            (2, "count", json!(1.5), "constraint.malformed"),
            (3, "id", json!(""), "constraint.empty"),
            (3, "id", json!(7), "constraint.malformed"),
            (4, "digests", json!({}), "constraint.empty"),
            (4, "digests", json!([MODEL]), "constraint.malformed"),
            (4, "digests", json!({"weights": MODEL}), "constraint.unknown"),
            (4, "digests", json!({"model": "zQm"}), "constraint.malformed"),
            (
                4,
                "digests",
                json!({"type": MODEL, "model": MODEL}),
                "constraint.unknown",
            ),
        ] {
            let mut constraint = samples().swap_remove(at);
            constraint[member] = value;
            assert_eq!(Case::new().judge(&constraint), code, "{constraint}");
        }
    }

    #[test]
    fn a_child_may_lower_a_count_of_the_same_counter_only() {
        for (at, member, less, more) in [
            (0, "cap", json!("99.5"), json!("100.5")),
            (1, "count", json!(9), json!(11)),
            (2, "count", json!(0), json!(11)),
        ] {
            let (parent, mut child) = (samples().swap_remove(at), samples().swap_remove(at));
            child[member] = less;
            assert_eq!(order(&child, &parent), "within", "{child}");
            child[member] = more;
            assert_eq!(order(&child, &parent), "wider", "{child}");
            child = parent.clone();
            child["id"] = json!("mine");
            assert_eq!(order(&child, &parent), "not comparable", "{child}");
        }
        let (budget, mut weekly) = (samples().swap_remove(0), samples().swap_remove(0));
        weekly["window"] = json!("P7D");
        assert_eq!(order(&weekly, &budget), "not comparable");
        weekly = budget.clone();
        weekly["currency"] = json!("KWD");
        assert_eq!(order(&weekly, &budget), "not comparable");
    }

    #[test]
    fn a_child_may_want_more_measured_and_not_less() {
        let both = json!({"type": "Composite", "digests": {"model": MODEL, "runtime": MODEL}});
        assert_eq!(order(&both, &samples().swap_remove(4)), "within");
        assert_eq!(order(&samples().swap_remove(4), &both), "wider");
    }
}
