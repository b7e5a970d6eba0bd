//! Uses: so many requests in all (profile, section Capability).
//!
//! INVARIANT: without its counter it permits nothing.

use chancery_did::object;
use serde_json::Value;

use super::NotWithin;
use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;

/// Caps the number of requests ever made; the counter is kept under its `id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uses {
    id: String,
    count: u64,
}

impl Uses {
    pub(super) const MEMBERS: &[&str] = &["id", "count"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            id: members.text("id")?.to_owned(),
            count: members.whole("count")?,
        })
    }

    /// The name of its counter, stable over renewal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn to_value(&self) -> Value {
        object([
            ("type", "Uses".into()),
            ("id", self.id.as_str().into()),
            ("count", self.count.into()),
        ])
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("id", &self.id, &parent.id)?;
        if self.count > parent.count {
            return Err(NotWithin::wider("count", self.count, parent.count));
        }
        Ok(())
    }
}
