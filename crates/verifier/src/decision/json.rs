//! The JSON form of a decision, `{"apiVersion":"chancery.v1","kind":"Decision",...}`.
//!
//! INVARIANT: every member of the decision is there, in camelCase, and nothing else; `didFloors` only where
//! a DID log was judged.

use chancery_did::Did;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::{Check, Decision, HopRef};
use crate::commit::Commit;
use crate::needs::Need;

impl Decision {
    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"Decision",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let principal = self.principal.as_ref().map(|principal| {
            let mut named = Map::from_iter([("authority".to_owned(), json!(principal.authority.as_str()))]);
            named.extend(
                principal
                    .owner
                    .as_ref()
                    .map(|owner| ("owner".to_owned(), json!(owner))),
            );
            named
        });
        let chain: Vec<Value> = self
            .chain
            .iter()
            .map(|hop| {
                json!({
                    "issuer": hop.issuer.as_str(), "subject": hop.subject.as_str(),
                    "type": hop.paper_type.as_str(), "digest": hop.digest.as_str(),
                    "narrowed": hop.narrowed, "proven": hop.proven,
                })
            })
            .collect();
        let effective: Vec<Value> = self
            .effective
            .iter()
            .map(|part| json!({ "hop": part.hop.to_value(), "constraint": part.constraint }))
            .collect();
        let evidence: Vec<Value> = self
            .evidence
            .iter()
            .map(|part| json!({ "kind": part.kind, "id": part.id, "digest": part.digest.as_str() }))
            .collect();
        let floors: Map<String, Value> = self
            .status_floors
            .iter()
            .map(|(url, at)| (url.clone(), json!(at.to_string())))
            .collect();
        let mut value = json!({
            "apiVersion": "chancery.v1",
            "kind": "Decision",
            "allow": self.allow,
            "verdict": self.verdict.as_str(),
            "code": self.code,
            "reason": self.reason,
            "agent": self.agent.as_ref().map(Did::as_str),
            "principal": principal,
            "chain": chain,
            "effective": effective,
            "checks": self.checks.iter().map(Check::to_value).collect::<Vec<_>>(),
            "expiresAt": self.expires_at.map(|at| at.to_string()),
            "statusAsOf": self.status_as_of.map(|at| at.to_string()),
            "statusFloors": floors,
            "evidence": evidence,
            "commit": self.commit.iter().map(Commit::to_value).collect::<Vec<_>>(),
            "needs": self.needs.iter().map(Need::to_value).collect::<Vec<_>>(),
            "historical": self.historical,
            "signatures": self.signatures,
        });
        // Left out where no log was judged, as in every decision before logs were known.
        if let Some(members) = value.as_object_mut().filter(|_| !self.did_floors.is_empty()) {
            let floors = self.did_floors.iter();
            let floors = floors
                .map(|(did, head)| (did.as_str().to_owned(), json!(head)))
                .collect();
            members.insert("didFloors".to_owned(), Value::Object(floors));
        }
        value
    }
}

impl Check {
    /// Gives the JSON form; absent members are left out.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({ "id": self.id.as_str(), "status": self.status.as_str() });
        if let Some(members) = value.as_object_mut() {
            let mut put = |name: &str, member: Option<Value>| {
                member.map(|member| members.insert(name.to_owned(), member));
            };
            put("code", self.code.map(Value::from));
            put("pointer", self.pointer.clone().map(Value::from));
            put("hop", self.hop.map(HopRef::to_value));
            put(
                "detail",
                (!self.detail.is_empty()).then(|| self.detail.clone().into()),
            );
            put("hint", self.hint.map(Value::from));
        }
        value
    }
}

impl HopRef {
    /// Gives the JSON form: a number, or `"grant"`.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            HopRef::Paper(index) => json!(index),
            HopRef::Grant => json!("grant"),
        }
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
