//! Amount: at most so much money in one request (profile, section Capability).
//!
//! INVARIANT: amounts are exact decimals in the identical currency; nothing is converted or rounded.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Decimal, Fact, Facts, NotWithin, Refusal};

/// Permits a request whose fact is a positive amount of the currency and at most the maximum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    fact: String,
    max: Decimal,
    currency: String,
}

impl Amount {
    pub(super) const MEMBERS: &[&str] = &["fact", "max", "currency"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            fact: members.text("fact")?.to_owned(),
            max: members.decimal("max")?,
            currency: members.currency("currency")?,
        })
    }

    /// The name of the fact that it asks for.
    #[must_use]
    pub fn fact(&self) -> &str {
        &self.fact
    }

    /// The most that it permits.
    #[must_use]
    pub fn max(&self) -> Decimal {
        self.max
    }

    /// The ISO 4217 currency.
    #[must_use]
    pub fn currency(&self) -> &str {
        &self.currency
    }

    pub(super) fn to_value(&self) -> Value {
        object([
            ("type", "Amount".into()),
            ("fact", self.fact.as_str().into()),
            ("max", self.max.to_string().into()),
            ("currency", self.currency.as_str().into()),
        ])
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let refuse = |detail| Err(Refusal::new("constraint.amount", detail));
        let Fact::Amount { value, currency } = facts.fact(&self.fact)? else {
            return refuse(format!("`{}` is not an amount of money", self.fact));
        };
        let Some(amount) = Decimal::parse(value).filter(|amount| amount.is_positive()) else {
            return refuse(format!("`{value}` is not a positive decimal amount"));
        };
        if *currency != self.currency {
            return refuse(format!(
                "the amount is in `{currency}`, permitted is `{}`",
                self.currency
            ));
        }
        if amount > self.max {
            return refuse(format!(
                "{amount} {currency} is more than the permitted {} {currency}",
                self.max
            ));
        }
        Ok(())
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("fact", &self.fact, &parent.fact)?;
        same("currency", &self.currency, &parent.currency)?;
        if self.max > parent.max {
            Err(NotWithin::wider("max", self.max, parent.max))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn amount(max: &str, currency: &str) -> Value {
        json!({"type": "Amount", "fact": "amount", "max": max, "currency": currency})
    }

    fn judge(value: &str, currency: &str) -> &'static str {
        Case::new()
            .fact("amount", &json!({"value": value, "currency": currency}))
            .judge(&amount("40.00", "EUR"))
    }

    #[test]
    fn an_amount_up_to_the_maximum_is_permitted() {
        for value in ["0.000001", "35", "35.00", "40", "40.000000"] {
            assert_eq!(judge(value, "EUR"), "ok", "{value}");
        }
    }

    #[test]
    fn an_amount_beyond_the_maximum_is_refused() {
        for value in ["40.000001", "40.01", "60", "100", "999999999999999999.999999"] {
            assert_eq!(judge(value, "EUR"), "constraint.amount", "{value}");
        }
    }

    #[test]
    fn nothing_and_less_than_nothing_are_refused() {
        for value in [
            "0",
            "0.00",
            "-1",
            "-0",
            "",
            "1e1",
            "35,00",
            "３5",
            "0x1",
            "NaN",
            " 35",
            "1.0000000",
        ] {
            let case = Case {
                facts: [(
                    "amount".to_owned(),
                    crate::constraint::Fact::Amount {
                        value: value.into(),
                        currency: "EUR".into(),
                    },
                )]
                .into(),
                ..Case::new()
            };
            assert_eq!(case.judge(&amount("40", "EUR")), "constraint.amount", "{value:?}");
        }
    }

    #[test]
    fn the_currency_must_be_identical() {
        for currency in ["USD", "KWD", "JPY", "eur", "Eur", "EURO", "EU", "€"] {
            assert_eq!(judge("35", currency), "constraint.amount", "{currency}");
        }
    }

    #[test]
    fn a_missing_fact_is_refused_as_missing() {
        assert_eq!(Case::new().judge(&amount("40", "EUR")), "constraint.fact_missing");
        let other = Case::new().fact("total", &json!({"value": "1", "currency": "EUR"}));
        assert_eq!(other.judge(&amount("40", "EUR")), "constraint.fact_missing");
    }

    #[test]
    fn a_fact_of_another_kind_is_refused() {
        for fact in [json!("35.00"), json!({"bytes": 35})] {
            assert_eq!(
                Case::new().fact("amount", &fact).judge(&amount("40", "EUR")),
                "constraint.amount"
            );
        }
    }

    #[test]
    fn an_amount_that_is_not_written_as_one_denies() {
        let case = Case::new().fact("amount", &json!({"value": "1", "currency": "EUR"}));
        for (member, value, code) in [
            ("max", json!(100), "constraint.malformed"),
            ("max", json!(100.5), "constraint.malformed"),
            ("max", json!(9_007_199_254_740_993_u64), "constraint.malformed"),
            ("max", json!(1e300), "constraint.malformed"),
            ("max", json!("-1"), "constraint.malformed"),
            ("max", json!("1e3"), "constraint.malformed"),
            ("max", json!(""), "constraint.malformed"),
            ("max", json!(null), "constraint.empty"),
            ("max", json!(["100"]), "constraint.malformed"),
            ("currency", json!("eur"), "constraint.malformed"),
            ("currency", json!("EURO"), "constraint.malformed"),
            ("currency", json!(null), "constraint.empty"),
            ("fact", json!(""), "constraint.empty"),
            ("fact", json!(7), "constraint.malformed"),
            ("min", json!("1"), "constraint.unknown"),
            ("operator", json!("lt"), "constraint.unknown"),
            ("type", json!("amount"), "constraint.unknown"),
        ] {
            let mut constraint = amount("100", "EUR");
            constraint[member] = value.clone();
            assert_eq!(case.judge(&constraint), code, "{member}: {value}");
        }
        assert_eq!(
            case.judge(&json!({"type": "Amount", "fact": "amount", "max": "100"})),
            "constraint.malformed"
        );
    }

    #[test]
    fn a_child_may_not_raise_the_maximum() {
        assert_eq!(order(&amount("40", "EUR"), &amount("100", "EUR")), "within");
        assert_eq!(order(&amount("100.0", "EUR"), &amount("100.00", "EUR")), "within");
        assert_eq!(
            order(&amount("100.000001", "EUR"), &amount("100", "EUR")),
            "wider"
        );
        assert_eq!(order(&amount("100", "EUR"), &amount("99.99", "EUR")), "wider");
    }

    #[test]
    fn a_child_may_not_change_the_unit() {
        for currency in ["KWD", "JPY", "USD"] {
            assert_eq!(
                order(&amount("1", currency), &amount("100", "EUR")),
                "not comparable",
                "{currency}"
            );
        }
        let other = json!({"type": "Amount", "fact": "total", "max": "1", "currency": "EUR"});
        assert_eq!(order(&other, &amount("100", "EUR")), "not comparable");
    }
}
