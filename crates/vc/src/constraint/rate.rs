//! Rate: so many requests within a window (profile, section Capability).
//!
//! INVARIANT: without its counter it permits nothing.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{NotWithin, window};

/// Caps the number of requests of a window; the counter is kept under its `id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    id: String,
    count: u64,
    window: String,
}

impl Rate {
    pub(super) const MEMBERS: &[&str] = &["id", "count", "window"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        Ok(Self {
            id: members.text("id")?.to_owned(),
            count: members.whole("count")?,
            window: window::read(members)?,
        })
    }

    /// The name of its counter, stable over renewal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn to_value(&self) -> Value {
        object([
            ("type", "Rate".into()),
            ("id", self.id.as_str().into()),
            ("count", self.count.into()),
            ("window", self.window.as_str().into()),
        ])
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("id", &self.id, &parent.id)?;
        same("window", &self.window, &parent.window)?;
        if self.count > parent.count {
            return Err(NotWithin::wider("count", self.count, parent.count));
        }
        Ok(())
    }
}
