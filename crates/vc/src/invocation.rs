//! Signed actions: an instance asks a service for one action, once (`docs/profile.md`, Signed actions and receipts).
//! A JWS of `typ` [`TYP_ACTION`].
//!
//! INVARIANT: what parses names one service, one action on one concrete resource, one leaf paper and one `jti`,
//! carries its arguments or their digest but never both, and lives at most five minutes.

use chancery_did::{Did, DidUrl, Signer, Timestamp};
use chancery_proof::{Digest, Limits, Secured, jcs, jose, json};
use serde_json::{Map, Value, json};

use crate::capability::{Action, Resource};
use crate::issue::IssueError;
use crate::members::Members;
use crate::paper::PaperError;
use crate::request::window;

/// The `typ` of a signed action.
pub const TYP_ACTION: &str = "chancery-action+jwt";

/// The claims of a signed action.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// The acting instance (`iss`), whose key signs.
    pub agent: Did,
    /// The service (`aud`).
    pub audience: String,
    /// The single-use name of this action.
    pub jti: String,
    /// When it was signed (`iat`).
    pub issued_at: Timestamp,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
    /// The digest of the leaf paper that is invoked.
    pub capability: Digest,
    /// The one action.
    pub action: Action,
    /// The one resource.
    pub resource: Resource,
    /// What the action is called with.
    pub arguments: Arguments,
    /// For whom the agent acts.
    pub on_behalf_of: Option<Did>,
    /// What the agent says it is after.
    pub intent: Option<String>,
    /// The trace that the action belongs to (W3C Trace Context).
    pub traceparent: Option<String>,
}

/// The arguments of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Arguments {
    /// There are none.
    None,
    /// They are in the action.
    Inline(Map<String, Value>),
    /// They travel elsewhere; this is the digest of their JCS.
    Digest(Digest),
}

impl Arguments {
    /// Says whether these are the arguments that a service was called with.
    pub fn are(&self, arguments: Option<&Value>) -> bool {
        match self {
            Self::None => arguments.is_none(),
            Self::Inline(said) => arguments.and_then(Value::as_object) == Some(said),
            Self::Digest(digest) => arguments
                .and_then(|arguments| jcs::canonicalize(arguments).ok())
                .is_some_and(|bytes| Digest::of_bytes(&bytes) == *digest),
        }
    }
}

impl Invocation {
    /// Signs the action with the instance's key.
    ///
    /// # Errors
    /// [`IssueError`] when the claims are no such action or the signer fails.
    pub fn sign(&self, method: &DidUrl, signer: &dyn Signer) -> Result<String, IssueError> {
        let claims = self.claims();
        Self::parse(&claims)?;
        Ok(jose::sign(TYP_ACTION, method, &claims, signer)?)
    }

    /// Reads an action; its signature has still to be proved under `capabilityInvocation` of the agent's DID.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn read(token: &str, limits: &Limits) -> Result<Secured<Self>, PaperError> {
        Secured::jose(token, &[TYP_ACTION], limits)?.map(Self::parse)
    }

    fn claims(&self) -> Value {
        let mut claims = json!({
            "iss": self.agent.as_str(),
            "aud": self.audience,
            "jti": self.jti,
            "iat": self.issued_at.seconds(),
            "exp": self.expires_at.seconds(),
            "capability": self.capability.as_str(),
            "action": self.action.to_string(),
            "resource": self.resource.to_string(),
        });
        let arguments = match &self.arguments {
            Arguments::None => None,
            Arguments::Inline(arguments) => Some(("arguments", Value::Object(arguments.clone()))),
            Arguments::Digest(digest) => Some(("argumentsDigest", json!(digest.as_str()))),
        };
        let optional = [
            arguments,
            self.on_behalf_of
                .as_ref()
                .map(|did| ("onBehalfOf", json!(did.as_str()))),
            self.intent.as_ref().map(|intent| ("intent", json!(intent))),
            self.traceparent
                .as_ref()
                .map(|trace| ("traceparent", json!(trace))),
        ];
        if let Some(object) = claims.as_object_mut() {
            object.extend(
                optional
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.to_owned(), value)),
            );
        }
        claims
    }

    fn parse(value: &Value) -> Result<Self, PaperError> {
        let mut members = Members::of(value, "")?;
        let (issued_at, expires_at) = window(&mut members)?;
        if json::has_unsafe_number(value) {
            return Err(PaperError::UnsafeNumber);
        }
        let invocation = Self {
            agent: members.did("iss")?,
            audience: members.text("aud")?.to_owned(),
            jti: members.text("jti")?.to_owned(),
            issued_at,
            expires_at,
            capability: members.digest("capability")?,
            action: action(&mut members)?,
            resource: resource(&mut members)?,
            arguments: arguments(&mut members)?,
            on_behalf_of: members.optional_did("onBehalfOf")?,
            intent: members.optional_text("intent")?.map(str::to_owned),
            traceparent: members.optional_text("traceparent")?.map(str::to_owned),
        };
        members.finish()?;
        Ok(invocation)
    }
}

fn action(members: &mut Members<'_>) -> Result<Action, PaperError> {
    let action = Action::parse(members.text("action")?)
        .ok()
        .filter(Action::is_concrete);
    action.ok_or_else(|| PaperError::structure("/action", "one action, `noun:verb`"))
}

fn resource(members: &mut Members<'_>) -> Result<Resource, PaperError> {
    let resource = Resource::parse(members.text("resource")?)
        .ok()
        .filter(Resource::is_concrete);
    resource.ok_or_else(|| PaperError::structure("/resource", "one resource in normal form"))
}

fn arguments(members: &mut Members<'_>) -> Result<Arguments, PaperError> {
    match (
        members.optional("arguments"),
        members.optional_digest("argumentsDigest")?,
    ) {
        (None, None) => Ok(Arguments::None),
        (Some(Value::Object(arguments)), None) => Ok(Arguments::Inline(arguments.clone())),
        (None, Some(digest)) => Ok(Arguments::Digest(digest)),
        _ => Err(PaperError::structure(
            "/arguments",
            "an object, or absent beside its digest",
        )),
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::Relationship;
    use chancery_proof::Expectation;

    use super::*;
    use crate::cast::{DidKeys, TEN, at, digest, limits, second};

    fn refund() -> Invocation {
        Invocation {
            agent: second().did,
            audience: "https://globex.example".into(),
            jti: "a-1".into(),
            issued_at: at(TEN),
            expires_at: at(TEN).saturating_add_millis(60_000),
            capability: digest("leaf"),
            action: Action::parse("refund:create").unwrap(),
            resource: Resource::parse("https://api.acme.example/orders/7").unwrap(),
            arguments: Arguments::Inline(json!({"amount": "35.00"}).as_object().unwrap().clone()),
            on_behalf_of: None,
            intent: Some("goodwill".into()),
            traceparent: None,
        }
    }

    #[test]
    fn an_action_goes_round() {
        let digest = digest("arguments");
        for arguments in [refund().arguments, Arguments::None, Arguments::Digest(digest)] {
            let action = Invocation {
                arguments,
                ..refund()
            };
            let token = action.sign(&second().method, &second().key).unwrap();
            let expect = Expectation {
                purpose: Relationship::CapabilityInvocation,
                issuer: second().did,
            };
            let read = Invocation::read(&token, &limits()).unwrap();
            assert_eq!(*read.prove(&expect, &DidKeys).unwrap().value(), action);
        }
    }

    #[test]
    fn an_action_is_for_one_action_on_one_resource() {
        let claims = refund().claims();
        for (name, value, code) in [
            ("action", json!("refund:*"), "parse.structure"),
            ("action", json!("refund"), "parse.structure"),
            (
                "resource",
                json!("https://api.acme.example/orders/*"),
                "parse.structure",
            ),
            ("resource", json!("/orders/7"), "parse.structure"),
            ("arguments", json!("35.00"), "parse.structure"),
            ("arguments", json!(null), "parse.structure"),
            (
                "arguments",
                json!({"amount": 9_007_199_254_740_993_u64}),
                "parse.number",
            ),
            ("argumentsDigest", json!(digest("x").as_str()), "parse.structure"),
            ("capability", json!("leaf"), "parse.structure"),
            ("aud", json!(["https://globex.example"]), "parse.structure"),
            ("exp", json!(0), "parse.structure"),
            ("exp", json!("soon"), "time.malformed"),
            ("karma", json!(1), "parse.unknown_member"),
        ] {
            let mut claims = claims.clone();
            claims[name] = value;
            assert_eq!(Invocation::parse(&claims).unwrap_err().code(), code, "{name}");
        }
    }

    #[test]
    fn arguments_are_compared_whole() {
        let called = json!({"amount": "35.00"});
        let digest = Digest::of_bytes(&jcs::canonicalize(&called).unwrap());
        for said in [refund().arguments, Arguments::Digest(digest)] {
            assert!(said.are(Some(&called)));
            for other in [
                json!({"amount": "35.0"}),
                json!({"amount": "35.00", "to": "x"}),
                json!({}),
                json!(null),
            ] {
                assert!(!said.are(Some(&other)), "{other}");
            }
            assert!(!said.are(None));
        }
        assert!(Arguments::None.are(None));
        assert!(!Arguments::None.are(Some(&json!({}))));
    }

    #[test]
    fn another_typ_is_no_action() {
        let token = jose::sign(
            "chancery-receipt+jwt",
            &second().method,
            &refund().claims(),
            &second().key,
        )
        .unwrap();
        assert_eq!(
            Invocation::read(&token, &limits()).unwrap_err().code(),
            "type.typ"
        );
    }
}
