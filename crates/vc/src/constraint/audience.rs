//! Audience: the services that may honour a capability (profile, section Capability).
//!
//! INVARIANT: a service is compared as its exact text.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::one_of::subset;
use super::unknown::ConstraintError;
use super::{Facts, NotWithin, Refusal};

/// Permits a request at one of the named services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audience {
    services: Vec<String>,
}

impl Audience {
    pub(super) const MEMBERS: &[&str] = &["services"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            services: members.texts("services")?,
        })
    }

    /// The services that may honour the capability.
    #[must_use]
    pub fn services(&self) -> &[String] {
        &self.services
    }

    pub(super) fn to_value(&self) -> Value {
        object([
            ("type", "Audience".into()),
            ("services", self.services.clone().into()),
        ])
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let service = facts.audience.ok_or_else(|| Refusal::fact_missing("audience"))?;
        if self.services.iter().any(|known| known == service) {
            return Ok(());
        }
        Err(Refusal::new(
            "constraint.audience",
            format!("`{service}` is not a permitted service"),
        ))
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        subset("service", &self.services, &parent.services)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn audience(services: &Value) -> Value {
        json!({"type": "Audience", "services": services})
    }

    #[test]
    fn only_the_exact_service_is_permitted() {
        let at = |service| Case {
            audience: Some(service),
            ..Case::new()
        };
        let constraint = audience(&json!(["https://globex.example"]));
        assert_eq!(at("https://globex.example").judge(&constraint), "ok");
        for service in [
            "https://globex.example/",
            "https://GLOBEX.example",
            "http://globex.example",
            "globex.example",
            "https://globex.example.evil.example",
            "https://globex",
            "https://globex.example:443",
            "",
        ] {
            assert_eq!(at(service).judge(&constraint), "constraint.audience", "{service}");
        }
    }

    #[test]
    fn a_request_without_an_audience_is_refused() {
        let case = Case {
            audience: None,
            ..Case::new()
        };
        assert_eq!(
            case.judge(&audience(&json!(["https://globex.example"]))),
            "constraint.fact_missing"
        );
    }

    #[test]
    fn an_audience_of_nobody_or_everybody_permits_nobody() {
        assert_eq!(Case::new().judge(&audience(&json!([]))), "constraint.empty");
        assert_eq!(Case::new().judge(&audience(&json!(null))), "constraint.empty");
        assert_eq!(Case::new().judge(&audience(&json!(["*"]))), "constraint.audience");
        assert_eq!(
            Case::new().judge(&audience(&json!("https://globex.example"))),
            "constraint.malformed"
        );
    }

    #[test]
    fn a_child_may_not_add_a_service() {
        assert_eq!(
            order(&audience(&json!(["a"])), &audience(&json!(["a", "b"]))),
            "within"
        );
        assert_eq!(
            order(&audience(&json!(["a", "c"])), &audience(&json!(["a", "b"]))),
            "wider"
        );
    }
}
