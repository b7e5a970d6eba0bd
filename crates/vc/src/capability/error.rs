//! Why a JSON value is not a capability.
//!
//! INVARIANT: every defect is named by its JSON Pointer, relative to the value that was read.

use serde_json::Value;

use super::{ActionError, ResourceError};
use crate::constraint::ConstraintError;

/// Says why a JSON value is not a capability, or not one to be issued.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CapabilityError {
    /// A member is missing or of another shape.
    #[error("`{pointer}` is not {expected}")]
    Structure {
        /// Where.
        pointer: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A list is longer than any capability needs.
    #[error("`{pointer}` holds more than {limit} items")]
    Items {
        /// Where.
        pointer: String,
        /// The most items.
        limit: usize,
    },
    /// A member that the profile does not name.
    #[error("`{pointer}` is not a member of a capability")]
    UnknownMember {
        /// Where.
        pointer: String,
    },
    /// A text is not an action.
    #[error("at `{pointer}`")]
    Action {
        /// Where.
        pointer: String,
        /// Why not.
        source: ActionError,
    },
    /// A text is not a resource in normal form.
    #[error("at `{pointer}`")]
    Resource {
        /// Where.
        pointer: String,
        /// Why not.
        source: ResourceError,
    },
    /// A set that would permit nothing is not issued.
    #[error("`{pointer}` is empty")]
    Empty {
        /// Where.
        pointer: String,
    },
    /// A constraint that is not understood is not issued.
    #[error("at `{pointer}`")]
    Constraint {
        /// Where.
        pointer: String,
        /// Why not.
        source: ConstraintError,
    },
}

impl CapabilityError {
    /// The code, of class `parse`, `limit` or `constraint`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Structure { .. } => "parse.structure",
            Self::Action { .. } => "parse.action",
            Self::Resource { .. } => "parse.resource",
            Self::Items { .. } => "limit.items",
            Self::UnknownMember { .. } => "parse.unknown_member",
            Self::Empty { .. } => "constraint.empty",
            Self::Constraint { source, .. } => source.code(),
        }
    }

    /// The JSON Pointer of the defect, relative to what was read.
    #[must_use]
    pub fn pointer(&self) -> &str {
        match self {
            Self::Structure { pointer, .. }
            | Self::Items { pointer, .. }
            | Self::UnknownMember { pointer }
            | Self::Action { pointer, .. }
            | Self::Resource { pointer, .. }
            | Self::Empty { pointer }
            | Self::Constraint { pointer, .. } => pointer,
        }
    }

    /// The same error, seen from the value that holds what was read at `parent`.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        match &mut self {
            Self::Structure { pointer, .. }
            | Self::Items { pointer, .. }
            | Self::UnknownMember { pointer }
            | Self::Action { pointer, .. }
            | Self::Resource { pointer, .. }
            | Self::Empty { pointer }
            | Self::Constraint { pointer, .. } => pointer.insert_str(0, parent),
        }
        self
    }

    pub(super) fn structure(pointer: impl Into<String>, expected: &'static str) -> Self {
        Self::Structure {
            pointer: pointer.into(),
            expected,
        }
    }
}

/// Reads a list of at most `limit` items; null is the empty list, which permits nothing.
pub(super) fn list<'v>(
    value: &'v Value,
    pointer: &str,
    limit: usize,
) -> Result<&'v [Value], CapabilityError> {
    match value {
        Value::Array(items) if items.len() > limit => Err(CapabilityError::Items {
            pointer: pointer.to_owned(),
            limit,
        }),
        Value::Array(items) => Ok(items),
        Value::Null => Ok(&[]),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Err(CapabilityError::structure(pointer, "a list"))
        }
    }
}
