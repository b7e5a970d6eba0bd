//! `AgentDelegationCredential`: what an instance hands on, bound to the exact parent (`docs/profile.md`, Papers).
//!
//! INVARIANT: a delegation names its parent by digest, and every entry names the parent's entry that it is
//! within.

use chancery_proof::Digest;
use serde_json::{Map, Value, json};

use crate::capability::Capability;
use crate::members::Members;
use crate::paper::{PaperError, capability};

/// The claims of a delegation.
#[derive(Debug, Clone, PartialEq)]
pub struct Delegation {
    /// The digest of the exact parent paper.
    pub parent: Digest,
    /// What is handed on.
    pub capability: Capability,
}

impl Delegation {
    pub(crate) fn read(claims: &mut Members<'_>) -> Result<Self, PaperError> {
        Ok(Self {
            parent: claims.digest("parent")?,
            capability: capability(claims)?,
        })
    }

    pub(crate) fn write(&self, claims: &mut Map<String, Value>) {
        claims.insert("parent".into(), json!(self.parent.as_str()));
        claims.insert("capability".into(), self.capability.to_value());
    }
}
