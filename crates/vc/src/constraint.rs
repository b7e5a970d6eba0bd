//! Constraints, version 1 (profile, section Capability): each type is one file with `permits` and `is_within`.
//!
//! INVARIANT: unknown means no. If a child constraint is within a parent, the parent permits every request that
//! the child permits; what cannot be compared is never called within.

mod amount;
mod approval;
mod argument;
mod at_most;
mod audience;
mod budget;
#[cfg(test)]
pub(crate) mod case;
mod composite;
mod decimal;
mod fact;
mod hours;
mod members;
mod one_of;
mod operator;
mod pointer;
mod prefix;
mod rate;
mod refusal;
mod session;
mod stateful;
mod unknown;
mod uses;
mod window;

use chancery_proof::json::has_unsafe_number;
use serde_json::Value;

pub use amount::Amount;
pub use approval::Approval;
pub use argument::Argument;
pub use at_most::{AtMost, Sensitivity};
pub use audience::Audience;
pub use budget::Budget;
pub use composite::Composite;
pub use decimal::Decimal;
pub use fact::{Fact, Facts};
pub use hours::Hours;
pub use one_of::OneOf;
pub use rate::Rate;
pub(crate) use refusal::{MOST_SHOWN, printable};
pub use refusal::{NotWithin, Refusal};
pub use session::Session;
pub use stateful::Stateful;
pub use unknown::{ConstraintError, Unknown};
pub use uses::Uses;

use members::Members;

/// One condition that a request has to meet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is documented by the type that it holds")]
pub enum Constraint {
    Amount(Amount),
    AtMost(AtMost),
    OneOf(OneOf),
    Hours(Hours),
    Argument(Argument),
    Audience(Audience),
    Stateful(Stateful),
    Unknown(Unknown),
}

impl Constraint {
    /// Reads a constraint as a verifier does: what it does not understand becomes [`Constraint::Unknown`], which
    /// permits nothing.
    #[must_use]
    pub fn parse(value: &Value) -> Self {
        match Self::parse_strict(value) {
            Ok(constraint) => constraint,
            Err(error) => Self::Unknown(Unknown::new(value.clone(), error)),
        }
    }

    /// Reads a constraint as an issuer or delegator does.
    ///
    /// # Errors
    /// [`ConstraintError`] with `constraint.unknown` for an unknown type, member or operator,
    /// `constraint.empty` for a null or an empty set, and `constraint.malformed` for anything else, such as a
    /// number beyond 2^53 - 1.
    pub fn parse_strict(value: &Value) -> Result<Self, ConstraintError> {
        if has_unsafe_number(value) {
            return Err(ConstraintError::malformed("it holds a number beyond 2^53 - 1"));
        }
        let object = match value {
            Value::Object(object) => object,
            Value::Null => return Err(ConstraintError::empty("it is null")),
            Value::Array(items) if items.is_empty() => {
                return Err(ConstraintError::empty("it is an empty set"));
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(ConstraintError::malformed("it is not an object"));
            }
        };
        let type_name = object.get("type").and_then(Value::as_str);
        let type_name = type_name.ok_or_else(|| ConstraintError::malformed("it names no `type`"))?;
        let of = |known| Members::typed(object, known);
        match type_name {
            "Amount" => Amount::read(&of(Amount::MEMBERS)?).map(Self::Amount),
            "AtMost" => AtMost::read(&of(AtMost::MEMBERS)?).map(Self::AtMost),
            "OneOf" => OneOf::read(&of(OneOf::MEMBERS)?).map(Self::OneOf),
            "Hours" => Hours::read(&of(Hours::MEMBERS)?).map(Self::Hours),
            "Argument" => Argument::read(&of(Argument::MEMBERS)?).map(Self::Argument),
            "Audience" => Audience::read(&of(Audience::MEMBERS)?).map(Self::Audience),
            other => match Stateful::read(other, object) {
                Some(stateful) => stateful.map(Self::Stateful),
                None => Err(ConstraintError::unknown(format!(
                    "the constraint type `{other}` is not known"
                ))),
            },
        }
    }

    /// The constraint as JSON; reading it gives the same constraint again.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Amount(amount) => amount.to_value(),
            Self::AtMost(at_most) => at_most.to_value(),
            Self::OneOf(one_of) => one_of.to_value(),
            Self::Hours(hours) => hours.to_value(),
            Self::Argument(argument) => argument.to_value(),
            Self::Audience(audience) => audience.to_value(),
            Self::Stateful(stateful) => stateful.to_value(),
            Self::Unknown(unknown) => unknown.to_value(),
        }
    }

    /// The constraint's `type`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        match self {
            Self::Amount(_) => "Amount",
            Self::AtMost(_) => "AtMost",
            Self::OneOf(_) => "OneOf",
            Self::Hours(_) => "Hours",
            Self::Argument(_) => "Argument",
            Self::Audience(_) => "Audience",
            Self::Stateful(stateful) => stateful.kind(),
            Self::Unknown(unknown) => unknown.type_name(),
        }
    }

    /// Decides one request, this constraint alone.
    ///
    /// # Errors
    /// [`Refusal`] with a code of class `constraint`, or `evidence.needed` when a zone's offset is missing.
    pub fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        match self {
            Self::Amount(amount) => amount.permits(facts),
            Self::AtMost(at_most) => at_most.permits(facts),
            Self::OneOf(one_of) => one_of.permits(facts),
            Self::Hours(hours) => hours.permits(facts),
            Self::Argument(argument) => argument.permits(facts),
            Self::Audience(audience) => audience.permits(facts),
            Self::Stateful(stateful) => stateful.permits(facts),
            Self::Unknown(unknown) => Err(unknown.refusal()),
        }
    }

    /// Tells whether `parent` permits every request that this permits.
    ///
    /// # Errors
    /// [`NotWithin`] when it may not, or when the two are not comparable.
    pub fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        match (self, parent) {
            (Self::Amount(child), Self::Amount(parent)) => child.is_within(parent),
            (Self::AtMost(child), Self::AtMost(parent)) => child.is_within(parent),
            (Self::OneOf(child), Self::OneOf(parent)) => child.is_within(parent),
            (Self::Hours(child), Self::Hours(parent)) => child.is_within(parent),
            (Self::Argument(child), Self::Argument(parent)) => child.is_within(parent),
            (Self::Audience(child), Self::Audience(parent)) => child.is_within(parent),
            (Self::Stateful(child), Self::Stateful(parent)) => child.is_within(parent),
            (Self::Unknown(child), Self::Unknown(parent)) => child.is_within(parent),
            _ => Err(NotWithin::differs("type", self.type_name(), parent.type_name())),
        }
    }

    /// The IANA zone whose offset it needs to decide, if any.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        match self {
            Self::Hours(hours) => Some(hours.zone()),
            Self::Stateful(Stateful::Approval(approval)) => approval.unless().and_then(Self::zone),
            Self::Amount(_)
            | Self::AtMost(_)
            | Self::OneOf(_)
            | Self::Argument(_)
            | Self::Audience(_)
            | Self::Stateful(_)
            | Self::Unknown(_) => None,
        }
    }

    /// What it is about: two constraints of one type and one subject say how narrow they are to each other.
    pub(crate) fn subject(&self) -> Option<&str> {
        match self {
            Self::Amount(amount) => Some(amount.fact()),
            Self::AtMost(at_most) => Some(at_most.fact()),
            Self::OneOf(one_of) => Some(one_of.fact()),
            Self::Argument(argument) => Some(argument.pointer()),
            Self::Stateful(stateful) => stateful.id(),
            Self::Hours(_) | Self::Audience(_) | Self::Unknown(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::case::{Case, order};
    use super::*;

    #[test]
    fn an_unknown_type_denies_and_is_not_issued() {
        for value in [
            json!({"type": "Weather", "sunny": true}),
            json!({"type": "amount"}),
            json!({"type": "AMOUNT"}),
            json!({"type": "Amount "}),
            json!({"type": "Region", "values": ["eu"]}),
            json!({"type": "Aмount"}),
        ] {
            assert_eq!(Case::new().judge(&value), "constraint.unknown", "{value}");
            assert_eq!(
                Constraint::parse_strict(&value).unwrap_err().code(),
                "constraint.unknown"
            );
            assert_eq!(
                Constraint::parse(&value).to_value(),
                value,
                "it is shown as it stood"
            );
        }
    }

    #[test]
    fn what_is_no_constraint_denies() {
        for value in [
            json!("Amount"),
            json!(5),
            json!(true),
            json!([1]),
            json!({}),
            json!({"type": 5}),
            json!({"Type": "Uses"}),
        ] {
            assert_eq!(Case::new().judge(&value), "constraint.malformed", "{value}");
        }
        for value in [json!(null), json!([])] {
            assert_eq!(Case::new().judge(&value), "constraint.empty", "{value}");
        }
    }

    #[test]
    fn an_unknown_constraint_is_within_itself_only() {
        let parse = |value| Constraint::parse(&value);
        let unknown = parse(json!({"type": "Weather", "sunny": true}));
        assert_eq!(unknown.is_within(&unknown), Ok(()));
        assert!(
            unknown
                .is_within(&parse(json!({"type": "Weather", "sunny": false})))
                .is_err()
        );
        assert!(
            unknown
                .is_within(&parse(json!({"type": "Uses", "id": "u", "count": 1})))
                .is_err()
        );
        assert!(
            parse(json!({"type": "Uses", "id": "u", "count": 1}))
                .is_within(&unknown)
                .is_err()
        );
    }

    #[test]
    fn another_type_is_not_compared() {
        let uses = json!({"type": "Uses", "id": "u", "count": 1});
        let session = json!({"type": "Session", "id": "u"});
        let one_of = json!({"type": "OneOf", "fact": "level", "values": ["public"]});
        let at_most = json!({"type": "AtMost", "fact": "level", "scale": "Sensitivity", "max": "restricted"});
        assert_eq!(order(&uses, &session), "not comparable");
        assert_eq!(order(&one_of, &at_most), "not comparable");
        assert_eq!(order(&uses, &at_most), "not comparable");
    }
}
