//! Approval: people must agree to the one action (profile, section Capability).
//!
//! INVARIANT: without approvals it permits only what its `unless` permits by itself.

use chancery_did::{Did, object};
use serde_json::Value;

use super::members::Members;
use super::one_of::subset;
use super::unknown::ConstraintError;
use super::{Constraint, Facts, NotWithin, Refusal};

/// Wants so many of the approvers to agree, unless an inner constraint permits the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    approvers: Vec<String>,
    quorum: u64,
    unless: Option<Box<Constraint>>,
}

impl Approval {
    pub(super) const MEMBERS: &[&str] = &["approvers", "quorum", "unless"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let approvers = members.texts("approvers")?;
        if let Some(text) = approvers.iter().find(|text| Did::parse(text).is_err()) {
            return Err(ConstraintError::malformed(format!(
                "the approver `{text}` is not a DID"
            )));
        }
        let quorum = members.whole("quorum")?;
        let reachable = usize::try_from(quorum).is_ok_and(|quorum| (1..=approvers.len()).contains(&quorum));
        if !reachable {
            return Err(ConstraintError::malformed(
                "`quorum` is not between one and the number of approvers",
            ));
        }
        let unless = members.optional("unless").map(inner).transpose()?;
        Ok(Self {
            approvers,
            quorum,
            unless,
        })
    }

    /// The DIDs of those who may approve.
    #[must_use]
    pub fn approvers(&self) -> &[String] {
        &self.approvers
    }

    /// How many of them have to.
    #[must_use]
    pub fn quorum(&self) -> u64 {
        self.quorum
    }

    /// The constraint that makes approval needless where it permits.
    #[must_use]
    pub fn unless(&self) -> Option<&Constraint> {
        self.unless.as_deref()
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = object([
            ("type", "Approval".into()),
            ("approvers", self.approvers.clone().into()),
            ("quorum", self.quorum.into()),
        ]);
        if let (Some(members), Some(unless)) = (value.as_object_mut(), &self.unless) {
            members.insert("unless".into(), unless.to_value());
        }
        value
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        match self.unless.as_deref().map(|unless| unless.permits(facts)) {
            Some(Ok(())) => Ok(()),
            // Whether approval is needed at all hangs on the missing offset, so that is asked for first.
            Some(Err(refusal)) if refusal.needs_zone.is_some() => Err(refusal),
            None | Some(Err(_)) => Err(Refusal::state_missing("Approval")),
        }
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        subset("approver", &self.approvers, &parent.approvers)?;
        if self.quorum < parent.quorum {
            return Err(NotWithin::Wider(format!(
                "quorum {} is below {}",
                self.quorum, parent.quorum
            )));
        }
        match (&self.unless, &parent.unless) {
            (None, _) => Ok(()),
            (Some(unless), Some(parent)) => unless.is_within(parent),
            (Some(_), None) => Err(NotWithin::Wider(
                "it permits without approval what the parent does not".into(),
            )),
        }
    }
}

/// Reads `unless`: a stateless constraint, so that it is decided where approvals are not at hand.
fn inner(value: &Value) -> Result<Box<Constraint>, ConstraintError> {
    // Looked at before it is read, so that approvals inside approvals do not recurse.
    let type_name = value.get("type").and_then(Value::as_str).unwrap_or_default();
    if super::Stateful::KINDS.contains(&type_name) {
        return Err(ConstraintError::malformed(format!(
            "`unless` is {type_name}, which needs state itself"
        )));
    }
    Constraint::parse_strict(value).map(Box::new)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    const ANN: &str = "did:web:ann.example";
    const BOB: &str = "did:web:bob.example";

    fn up_to(max: &str) -> Value {
        json!({"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"})
    }

    fn approval(approvers: &[&str], quorum: u64, unless: Option<Value>) -> Value {
        let mut value = json!({"type": "Approval", "approvers": approvers, "quorum": quorum});
        if let Some(unless) = unless {
            value["unless"] = unless;
        }
        value
    }

    fn refund(value: &str) -> Case {
        Case::new().fact("amount", &json!({"value": value, "currency": "EUR"}))
    }

    #[test]
    fn without_approvals_only_the_exception_is_permitted() {
        assert_eq!(refund("10").judge(&approval(&[ANN], 1, Some(up_to("10")))), "ok");
        assert_eq!(
            refund("11").judge(&approval(&[ANN], 1, Some(up_to("10")))),
            "constraint.state_missing"
        );
        assert_eq!(
            Case::new().judge(&approval(&[ANN], 1, Some(up_to("10")))),
            "constraint.state_missing"
        );
        assert_eq!(
            refund("10").judge(&approval(&[ANN], 1, None)),
            "constraint.state_missing"
        );
    }

    #[test]
    fn an_exception_by_hours_asks_for_its_zone_first() {
        let days = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
        let hours = json!({"type": "Hours", "days": days, "from": "09:00", "until": "17:00", "timeZone": "Europe/Berlin"});
        let constraint = approval(&[ANN], 1, Some(hours));
        assert_eq!(Case::new().judge(&constraint), "ok");
        assert_eq!(
            Case {
                offset: None,
                ..Case::new()
            }
            .judge(&constraint),
            "evidence.needed"
        );
        assert_eq!(
            crate::constraint::Constraint::parse(&constraint).zone(),
            Some("Europe/Berlin")
        );
    }

    #[test]
    fn an_exception_that_is_not_understood_or_needs_state_denies() {
        for (unless, code) in [
            (json!({"type": "Weather"}), "constraint.unknown"),
            (json!(null), "constraint.empty"),
            (json!([]), "constraint.empty"),
            (json!(true), "constraint.malformed"),
            (
                json!({"type": "Amount", "fact": "amount", "max": 10, "currency": "EUR"}),
                "constraint.malformed",
            ),
            (
                json!({"type": "Uses", "id": "u", "count": 1}),
                "constraint.malformed",
            ),
            (approval(&[ANN], 1, Some(up_to("10"))), "constraint.malformed"),
        ] {
            assert_eq!(
                refund("1").judge(&approval(&[ANN], 1, Some(unless.clone()))),
                code,
                "{unless}"
            );
        }
    }

    #[test]
    fn a_quorum_that_nobody_or_everybody_meets_denies() {
        for (approvers, quorum) in [
            (vec![ANN], 0),
            (vec![ANN], 2),
            (vec![ANN, ANN], 1),
            (vec!["ann"], 1),
        ] {
            let constraint = approval(&approvers, quorum, Some(up_to("10")));
            assert_eq!(
                refund("1").judge(&constraint),
                "constraint.malformed",
                "{constraint}"
            );
        }
        assert_eq!(
            refund("1").judge(&approval(&[], 1, Some(up_to("10")))),
            "constraint.empty"
        );
    }

    #[test]
    fn a_child_may_only_narrow_who_approves_what() {
        let parent = approval(&[ANN, BOB], 1, Some(up_to("10")));
        assert_eq!(order(&approval(&[BOB], 1, Some(up_to("9"))), &parent), "within");
        assert_eq!(order(&approval(&[ANN, BOB], 2, None), &parent), "within");
        assert_eq!(
            order(&approval(&[ANN, BOB], 1, Some(up_to("11"))), &parent),
            "wider"
        );
        assert_eq!(
            order(&approval(&["did:web:mallory.example"], 1, None), &parent),
            "wider"
        );
        assert_eq!(
            order(&parent, &approval(&[ANN, BOB], 2, Some(up_to("10")))),
            "wider"
        );
        assert_eq!(order(&parent, &approval(&[ANN, BOB], 1, None)), "wider");
    }
}
