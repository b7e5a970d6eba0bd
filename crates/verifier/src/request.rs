//! The one action that is asked for, in the relying party's words.
//!
//! Profile, "Capability": the request's facts come from the relying party, never from the agent's
//! word. INVARIANT: a parsed request is concrete: no pattern in its action or resource.

use chancery_did::SortedMap;
use chancery_trust::{Policy, ToolError};
use chancery_vc::capability::{Action, Resource};
use chancery_vc::constraint::Fact;
use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::evidence::{EvidenceError, members, text};

/// Holds what is asked: one action on one resource, for one audience and one nonce.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The action, for example `refund:create`.
    pub action: Action,
    /// The resource, a concrete URI in normal form.
    pub resource: Resource,
    /// The call's arguments, where there are any.
    pub arguments: Option<Value>,
    /// The service that is asked, exactly as its policy names it.
    pub audience: String,
    /// The nonce that the service gave out.
    pub nonce: String,
    /// The facts that constraints are judged by.
    pub facts: SortedMap<String, Fact>,
}

/// Says why a request was refused.
#[derive(Debug, Error)]
pub enum RequestError {
    /// The document does not have a request's shape.
    #[error(transparent)]
    Shape(#[from] EvidenceError),
    /// The action is not a concrete `noun:verb`.
    #[error("`{0}` is not a concrete action")]
    Action(String),
    /// The resource is not a concrete URI in normal form.
    #[error("`{0}` is not a concrete resource")]
    Resource(String),
    /// A fact has no known shape.
    #[error("fact `{0}` is malformed")]
    Fact(String),
    /// The policy knows no such tool, or the arguments do not fit it.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// The policy has no tool of this name.
    #[error("the policy has no tool `{0}`")]
    UnknownTool(String),
}

impl RequestError {
    /// Gives the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            RequestError::Shape(error) => error.code(),
            RequestError::Action(_) => "parse.action",
            RequestError::Resource(_) => "parse.resource",
            RequestError::Fact(_) => "parse.fact",
            RequestError::Tool(error) => error.code(),
            RequestError::UnknownTool(_) => "parse.tool",
        }
    }
}

impl Request {
    /// Parses `{action, resource, arguments?, audience, nonce, facts?}`; unknown members are refused.
    ///
    /// # Errors
    /// [`RequestError`] names what is wrong.
    pub fn parse(value: &Value) -> Result<Request, RequestError> {
        const KNOWN: &[&str] = &["action", "resource", "arguments", "audience", "nonce", "facts"];
        let found = members(value, "request", KNOWN)?;
        let action = concrete_action(text(found, "action")?)?;
        let resource = concrete_resource(text(found, "resource")?)?;
        let mut facts = SortedMap::new();
        match found.get("facts") {
            None => {}
            Some(Value::Object(named)) => {
                for (name, fact) in named {
                    let fact = Fact::parse(fact).map_err(|_| RequestError::Fact(name.clone()))?;
                    facts.insert(name.clone(), fact);
                }
            }
            Some(_) => return Err(EvidenceError::Malformed("facts").into()),
        }
        Ok(Request {
            action,
            resource,
            arguments: found.get("arguments").cloned(),
            audience: text(found, "audience")?.to_owned(),
            nonce: text(found, "nonce")?.to_owned(),
            facts,
        })
    }

    /// Makes the request that a call of one of the policy's tools stands for.
    ///
    /// # Errors
    /// [`RequestError`] when the policy has no such tool or the arguments do not fit it.
    pub fn for_tool(
        policy: &Policy,
        tool: &str,
        arguments: Value,
        audience: &str,
        nonce: &str,
    ) -> Result<Request, RequestError> {
        let known = policy
            .tools
            .iter()
            .find(|known| known.name == tool)
            .ok_or_else(|| RequestError::UnknownTool(tool.to_owned()))?;
        let (action, resource, facts) = known.request(&arguments)?;
        Ok(Request {
            action,
            resource,
            arguments: Some(arguments),
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
            facts,
        })
    }

    /// Gives the JSON form.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let facts: Map<String, Value> = self
            .facts
            .iter()
            .map(|(name, fact)| (name.clone(), fact.to_value()))
            .collect();
        let mut value = json!({
            "action": self.action.to_string(),
            "resource": self.resource.to_string(),
            "audience": self.audience,
            "nonce": self.nonce,
            "facts": facts,
        });
        if let (Some(members), Some(arguments)) = (value.as_object_mut(), &self.arguments) {
            members.insert("arguments".to_owned(), arguments.clone());
        }
        value
    }
}

fn concrete_action(text: &str) -> Result<Action, RequestError> {
    let refused = || RequestError::Action(text.to_owned());
    Action::parse(text)
        .ok()
        .filter(|_| !text.contains('*'))
        .ok_or_else(refused)
}

fn concrete_resource(text: &str) -> Result<Resource, RequestError> {
    let refused = || RequestError::Resource(text.to_owned());
    Resource::parse(text)
        .ok()
        .filter(|_| !text.contains('*'))
        .ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast;

    #[test]
    fn a_request_reads_back_as_written() {
        let request = cast::Scene::delegated().request;
        assert_eq!(Request::parse(&request.to_value()).unwrap(), request);
    }

    #[test]
    fn a_request_is_concrete_and_has_no_unknown_member() {
        let good = cast::Scene::delegated().request.to_value();
        for (member, value, code) in [
            ("action", json!("refund:*"), "parse.action"),
            ("action", json!("refund"), "parse.action"),
            (
                "resource",
                json!("https://api.globex.example/orders/*"),
                "parse.resource",
            ),
            ("resource", json!("/orders/1"), "parse.resource"),
            ("audience", json!(null), "parse.structure"),
            ("nonce", json!(7), "parse.structure"),
            ("facts", json!([]), "parse.structure"),
            ("facts", json!({"amount": 35}), "parse.fact"),
            ("role", json!("admin"), "parse.unknown_member"),
        ] {
            let mut bad = good.clone();
            bad[member] = value;
            assert_eq!(Request::parse(&bad).unwrap_err().code(), code, "{bad}");
        }
    }

    #[test]
    fn a_tool_that_the_policy_does_not_have_makes_no_request() {
        let error = Request::for_tool(&cast::policy(), "refund", json!({}), "a", "n").unwrap_err();
        assert_eq!(error.code(), "parse.tool");
    }
}
