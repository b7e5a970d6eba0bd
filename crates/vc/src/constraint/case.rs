//! One request, as the unit tests of constraints judge it.
//!
//! INVARIANT: it is the same refund at the same time for everybody; a test changes only what it is about.

use chancery_did::{SortedMap, Timestamp};
use serde_json::Value;

use super::{Constraint, Fact, Facts};
use crate::capability::{Action, Entry, Resource, conjunction_permits};

/// A request that owns what [`Facts`] borrows.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) action: &'static str,
    pub(crate) resource: &'static str,
    pub(crate) arguments: Option<Value>,
    pub(crate) audience: Option<&'static str>,
    pub(crate) facts: SortedMap<String, Fact>,
    /// In seconds.
    pub(crate) at: i64,
    pub(crate) offset: Option<i32>,
}

impl Case {
    /// A refund on Wednesday 2026-11-18, 10:00 in Berlin, with no facts.
    pub(crate) fn new() -> Self {
        Self {
            action: "refund:create",
            resource: "https://api.acme.example/orders/42",
            arguments: None,
            audience: Some("https://globex.example"),
            facts: SortedMap::new(),
            at: 1_794_992_400,
            offset: Some(3600),
        }
    }

    pub(crate) fn fact(mut self, name: &str, value: &Value) -> Self {
        self.facts.insert(name.to_owned(), Fact::parse(value).unwrap());
        self
    }

    pub(crate) fn arguments(mut self, arguments: Value) -> Self {
        self.arguments = Some(arguments);
        self
    }

    /// The code with which a constraint, read as a verifier reads it, judges this; `ok` where it permits.
    pub(crate) fn judge(&self, constraint: &Value) -> &'static str {
        let judged = self.with(|facts| Constraint::parse(constraint).permits(facts));
        judged.map_or_else(|refusal| refusal.code, |()| "ok")
    }

    /// The hop and the code with which a path of entries judges this.
    pub(crate) fn judge_path(&self, path: &[&Value]) -> (usize, &'static str) {
        let entries: Vec<Entry> = path.iter().map(|entry| Entry::parse(entry).unwrap()).collect();
        let hops: Vec<(usize, &Entry)> = entries.iter().enumerate().collect();
        let judged = self.with(|facts| conjunction_permits(&hops, facts));
        judged.map_or_else(|(hop, refusal)| (hop, refusal.code), |()| (0, "ok"))
    }

    pub(crate) fn with<T>(&self, judge: impl FnOnce(&Facts<'_>) -> T) -> T {
        judge(&Facts {
            action: &Action::parse(self.action).unwrap(),
            resource: &Resource::parse(self.resource).unwrap(),
            arguments: self.arguments.as_ref(),
            audience: self.audience,
            facts: &self.facts,
            at: Timestamp::from_seconds(self.at),
            zone_offset: &|_| self.offset,
        })
    }
}

/// How a child is judged against its parent: `within`, `wider` or `not comparable`.
pub(crate) fn order(child: &Value, parent: &Value) -> &'static str {
    let parse = |value| Constraint::parse_strict(value).unwrap();
    match parse(child).is_within(&parse(parent)) {
        Ok(()) => "within",
        Err(super::NotWithin::Wider(_)) => "wider",
        Err(super::NotWithin::NotComparable(_)) => "not comparable",
    }
}
