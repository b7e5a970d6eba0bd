//! Capabilities: what an agent may do, to what, under which constraints (profile, section Capability).
//!
//! INVARIANT: authority only ever shrinks. An entry handed on covers no action or resource that its parent does
//! not cover, and the constraints of every hop hold together.

mod action;
mod conjunction;
mod entry;
mod error;
mod resource;
mod widening;

use chancery_did::try_map;
use serde_json::Value;

pub use action::{Action, ActionError};
pub use conjunction::{conjunction_permits, effective};
pub use entry::{DelegationRight, Entry};
pub use error::CapabilityError;
pub use resource::{Resource, ResourceError};
pub use widening::{Widening, link_path};

/// The most entries that one capability may hold.
const MAX_ENTRIES: usize = 64;

/// What one paper gives or hands on: a list of entries, of which a presenter cites one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capability(Vec<Entry>);

impl Capability {
    /// Reads the `capability` array as a verifier does; null and the empty array give nothing.
    ///
    /// # Errors
    /// [`CapabilityError`] for another shape. A constraint that is not understood is no error here: it permits
    /// nothing.
    pub fn parse(value: &Value) -> Result<Self, CapabilityError> {
        let entries = error::list(value, "", MAX_ENTRIES)?.iter().enumerate();
        try_map(entries, |(at, entry)| {
            Entry::parse(entry).map_err(|error| error.under(&format!("/{at}")))
        })
        .map(Self)
    }

    /// Reads the `capability` array as an issuer or delegator does.
    ///
    /// # Errors
    /// [`CapabilityError`] as [`Capability::parse`] and [`Capability::check_issuable`] give it.
    pub fn parse_strict(value: &Value) -> Result<Self, CapabilityError> {
        let capability = Self::parse(value)?;
        capability.check_issuable()?;
        Ok(capability)
    }

    /// Requires that every set holds something and that every constraint is understood.
    ///
    /// # Errors
    /// [`CapabilityError`] with the code `constraint.empty`, `constraint.unknown` or `constraint.malformed`.
    pub fn check_issuable(&self) -> Result<(), CapabilityError> {
        if self.0.is_empty() {
            return Err(CapabilityError::Empty {
                pointer: String::new(),
            });
        }
        self.0.iter().enumerate().try_for_each(|(at, entry)| {
            entry
                .check_issuable()
                .map_err(|error| error.under(&format!("/{at}")))
        })
    }

    /// The entries, in the paper's order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// The entry that a child or a presenter cites.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.0.get(index)
    }

    /// The `capability` array.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Array(self.0.iter().map(Entry::to_value).collect())
    }
}

impl From<Vec<Entry>> for Capability {
    fn from(entries: Vec<Entry>) -> Self {
        Self(entries)
    }
}
