//! What a request says about itself, as far as constraints ask (profile, section Capability).
//!
//! INVARIANT: facts come from the relying party's own mapping of the call, never from the agent's word; a number
//! of money is a string, never a JSON number.

use std::fmt;

use chancery_did::{SortedMap, Timestamp};
use serde_json::{Value, json};

use super::members::Members;
use super::unknown::ConstraintError;
use crate::capability::{Action, Resource};

/// One fact of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// An amount of money: the decimal as text, and the ISO 4217 currency.
    Amount {
        /// The exact decimal, `35.00`.
        value: String,
        /// The currency's three letters.
        currency: String,
    },
    /// A word, such as an environment or a level of sensitivity.
    Text(String),
    /// A size in bytes.
    Size(u64),
}

impl Fact {
    /// Parses `{"value":"35.00","currency":"EUR"}`, a string, or `{"bytes":123}`.
    ///
    /// # Errors
    /// [`ConstraintError`] for any other shape, a JSON number included.
    pub fn parse(value: &Value) -> Result<Self, ConstraintError> {
        if let Some(text) = value.as_str() {
            return Ok(Self::Text(text.to_owned()));
        }
        let object = value
            .as_object()
            .ok_or_else(|| ConstraintError::malformed("a fact is a string, an amount or a size"))?;
        if object.contains_key("bytes") {
            return Ok(Self::Size(Members::of(object, &["bytes"])?.whole("bytes")?));
        }
        let members = Members::of(object, &["value", "currency"])?;
        Ok(Self::Amount {
            value: members.text("value")?.to_owned(),
            currency: members.text("currency")?.to_owned(),
        })
    }

    /// The fact as JSON, as [`Fact::parse`] reads it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Amount { value, currency } => json!({"value": value, "currency": currency}),
            Self::Text(text) => json!(text),
            Self::Size(bytes) => json!({"bytes": bytes}),
        }
    }
}

/// Everything that a constraint may ask of one request at one moment.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The action asked for.
    pub action: &'a Action,
    /// The resource asked for.
    pub resource: &'a Resource,
    /// The call's arguments.
    pub arguments: Option<&'a Value>,
    /// The service that is asked.
    pub audience: Option<&'a str>,
    /// The facts that the relying party drew from the call.
    pub facts: &'a SortedMap<String, Fact>,
    /// The moment that is judged.
    pub at: Timestamp,
    /// Gives a zone's offset from UTC at that moment in seconds, if the evidence holds it.
    pub zone_offset: &'a dyn Fn(&str) -> Option<i32>,
}

impl Facts<'_> {
    pub(crate) fn fact(&self, name: &str) -> Result<&Fact, super::Refusal> {
        self.facts
            .get(name)
            .ok_or_else(|| super::Refusal::fact_missing(name))
    }
}

impl fmt::Debug for Facts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Facts")
            .field("action", &self.action)
            .field("resource", &self.resource)
            .field("arguments", &self.arguments)
            .field("audience", &self.audience)
            .field("facts", &self.facts)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_reads_and_prints_the_same() {
        for value in [
            json!({"value": "35.00", "currency": "EUR"}),
            json!("production"),
            json!({"bytes": 123}),
        ] {
            assert_eq!(Fact::parse(&value).unwrap().to_value(), value);
        }
    }

    #[test]
    fn a_json_number_is_no_fact() {
        for value in [
            json!(35),
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!({"value": 35, "currency": "EUR"}),
            json!({"value": "35.00"}),
            json!({"currency": "EUR"}),
            json!({"bytes": -1}),
            json!({"bytes": 1.5}),
            json!({"bytes": "1"}),
            json!({"bytes": 9_007_199_254_740_992_u64}),
            json!({"bytes": 1, "unit": "MB"}),
            json!({"value": "1", "currency": "EUR", "scale": 2}),
            json!({"value": null, "currency": "EUR"}),
        ] {
            assert!(Fact::parse(&value).is_err(), "{value}");
        }
    }
}
