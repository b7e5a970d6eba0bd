//! The JSON form of a decision, `{"apiVersion":"chancery.v1","kind":"Decision",...}`.
//!
//! INVARIANT: every member of the decision is there, in camelCase, and nothing else; `didFloors` only where
//! a DID log was judged, and the texts of stapled lists never.

use chancery_did::{Did, object};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Check, Decision, Hop, HopConstraint, HopRef, Reliance};
use crate::commit::Commit;
use crate::needs::Need;

impl Decision {
    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"Decision",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let principal = self.principal.as_ref().map(|principal| {
            let mut named = object([("authority", principal.authority.as_str().into())]);
            if let (Some(members), Some(owner)) = (named.as_object_mut(), &principal.owner) {
                members.insert("owner".to_owned(), owner.as_str().into());
            }
            named
        });
        let mut floors = Map::new();
        for (url, at) in &self.status_floors {
            floors.insert(url.clone(), at.to_string().into());
        }
        let mut value = object([
            ("apiVersion", "chancery.v1".into()),
            ("kind", "Decision".into()),
            ("allow", self.allow.into()),
            ("verdict", self.verdict.as_str().into()),
            ("code", self.code.into()),
            ("reason", self.reason.as_str().into()),
            ("agent", self.agent.as_ref().map(Did::as_str).into()),
            ("principal", principal.into()),
            ("chain", list(&self.chain, Hop::to_value)),
            ("effective", list(&self.effective, HopConstraint::to_value)),
            ("checks", list(&self.checks, Check::to_value)),
            ("expiresAt", self.expires_at.map(|at| at.to_string()).into()),
            ("statusAsOf", self.status_as_of.map(|at| at.to_string()).into()),
            ("statusFloors", floors.into()),
            ("evidence", list(&self.evidence, Reliance::to_value)),
            ("commit", list(&self.commit, Commit::to_value)),
            ("needs", list(&self.needs, Need::to_value)),
            ("historical", self.historical.into()),
            ("signatures", self.signatures.into()),
        ]);
        // Left out where no log was judged, as in every decision before logs were known.
        if let Some(members) = value.as_object_mut().filter(|_| !self.did_floors.is_empty()) {
            let mut floors = Map::new();
            for (did, head) in &self.did_floors {
                floors.insert(did.as_str().to_owned(), head.as_str().into());
            }
            members.insert("didFloors".to_owned(), floors.into());
        }
        value
    }
}

/// Makes an array of what each item is as JSON.
fn list<T>(items: &[T], to_value: fn(&T) -> Value) -> Value {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(to_value(item));
    }
    Value::Array(values)
}

impl Hop {
    fn to_value(&self) -> Value {
        object([
            ("issuer", self.issuer.as_str().into()),
            ("subject", self.subject.as_str().into()),
            ("type", self.paper_type.as_str().into()),
            ("digest", self.digest.as_str().into()),
            ("narrowed", self.narrowed.clone().into()),
            ("proven", self.proven.into()),
        ])
    }
}

impl HopConstraint {
    fn to_value(&self) -> Value {
        object([
            ("hop", self.hop.to_value()),
            ("constraint", self.constraint.clone()),
        ])
    }
}

impl Reliance {
    fn to_value(&self) -> Value {
        object([
            ("kind", self.kind.into()),
            ("id", self.id.as_str().into()),
            ("digest", self.digest.as_str().into()),
        ])
    }
}

impl Check {
    /// Gives the JSON form; absent members are left out.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = object([
            ("id", self.id.as_str().into()),
            ("status", self.status.as_str().into()),
        ]);
        if let Some(members) = value.as_object_mut() {
            let optional: [(&str, Value); 5] = [
                ("code", self.code.into()),
                ("pointer", self.pointer.as_deref().into()),
                ("hop", self.hop.map(HopRef::to_value).into()),
                (
                    "detail",
                    Some(self.detail.as_str())
                        .filter(|detail| !detail.is_empty())
                        .into(),
                ),
                ("hint", self.hint.into()),
            ];
            for (name, member) in optional {
                if !member.is_null() {
                    members.insert(name.to_owned(), member);
                }
            }
        }
        value
    }
}

impl HopRef {
    /// Gives the JSON form: a number, or `"grant"`.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            HopRef::Paper(index) => index.into(),
            HopRef::Grant => "grant".into(),
        }
    }
}

impl Serialize for Decision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
