//! Constraints that this version cannot read (profile: unknown means no).
//!
//! INVARIANT: an unread constraint permits nothing and is never issued.

use serde_json::Value;

use super::refusal::{MOST_SHOWN, printable};
use super::{NotWithin, Refusal};

/// Says why a JSON value is not a constraint of version 1, with its code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ConstraintError {
    code: &'static str,
    detail: String,
}

impl ConstraintError {
    /// The code: `constraint.unknown`, `constraint.malformed` or `constraint.empty`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    fn new(code: &'static str, detail: &str) -> Self {
        Self {
            code,
            detail: printable(detail, MOST_SHOWN),
        }
    }

    pub(crate) fn unknown(detail: impl Into<String>) -> Self {
        Self::new("constraint.unknown", &detail.into())
    }

    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::new("constraint.malformed", &detail.into())
    }

    pub(crate) fn empty(detail: impl Into<String>) -> Self {
        Self::new("constraint.empty", &detail.into())
    }
}

/// Holds a constraint that could not be read, as it stood in the paper; it permits nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    value: Value,
    error: ConstraintError,
}

impl Unknown {
    pub(super) fn new(value: Value, error: ConstraintError) -> Self {
        Self { value, error }
    }

    /// Why it could not be read.
    #[must_use]
    pub fn error(&self) -> &ConstraintError {
        &self.error
    }

    /// The type that it names, or `unknown`.
    #[must_use]
    pub fn type_name(&self) -> &str {
        self.value
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("unknown")
    }

    pub(super) fn to_value(&self) -> Value {
        self.value.clone()
    }

    pub(super) fn refusal(&self) -> Refusal {
        Refusal::new(self.error.code, self.error.detail.clone())
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        // Both permit nothing, but what is not understood is not called narrower either.
        if self == parent {
            return Ok(());
        }
        Err(NotWithin::differs(
            "unknown constraint",
            self.type_name(),
            parent.type_name(),
        ))
    }
}
