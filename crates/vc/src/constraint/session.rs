//! Session: as long as a session is open (profile, section Capability).
//!
//! INVARIANT: without knowing the session it permits nothing.

use chancery_did::object;
use serde_json::Value;

use super::NotWithin;
use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;

/// Dies when the named session closes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    id: String,
}

impl Session {
    pub(super) const MEMBERS: &[&str] = &["id"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            id: members.text("id")?.to_owned(),
        })
    }

    /// The session's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn to_value(&self) -> Value {
        object([("type", "Session".into()), ("id", self.id.as_str().into())])
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("id", &self.id, &parent.id)
    }
}
