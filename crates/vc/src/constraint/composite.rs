//! Composite: what an attestation has to measure (profile, section Capability).
//!
//! INVARIANT: without an attestation it permits nothing.

use chancery_did::object;
use chancery_proof::Digest;
use serde_json::{Map, Value};

use super::NotWithin;
use super::members::Members;
use super::unknown::ConstraintError;

/// The parts of an agent that are measured, as passports name them.
const PARTS: [&str; 4] = ["model", "configuration", "toolManifest", "runtime"];

/// Wants the measured digests of the running instance to be these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composite {
    digests: Vec<(&'static str, Digest)>,
}

impl Composite {
    pub(super) const MEMBERS: &[&str] = &["digests"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let object = members.required("digests")?.as_object();
        let object = object.ok_or_else(|| ConstraintError::malformed("`digests` is not an object"))?;
        let parts = Members::of(object, &PARTS)?;
        let mut digests = Vec::new();
        for part in PARTS.into_iter().filter(|part| object.contains_key(*part)) {
            let digest = Digest::parse(parts.text(part)?).map_err(|_| {
                ConstraintError::malformed(format!("`{part}` is not a SHA-256 digestMultibase"))
            })?;
            digests.push((part, digest));
        }
        if digests.is_empty() {
            return Err(ConstraintError::empty("`digests` names no part"));
        }
        Ok(Self { digests })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut digests = Map::new();
        for (part, digest) in &self.digests {
            digests.insert((*part).to_owned(), digest.as_str().into());
        }
        object([("type", "Composite".into()), ("digests", Value::Object(digests))])
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        match parent
            .digests
            .iter()
            .find(|wanted| !self.digests.contains(wanted))
        {
            Some((part, _)) => Err(NotWithin::Wider(format!(
                "it does not want the parent's digest of `{part}`"
            ))),
            None => Ok(()),
        }
    }
}
