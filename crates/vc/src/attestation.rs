//! `AgentAttestationCredential`: what an attester measured of a running instance (`docs/profile.md`, Papers).
//!
//! The evidence stands in the data model's own `evidence` member (VCDM 2.0 section 5.6), each item with its
//! type and the digest of what was looked at.
//!
//! INVARIANT: an attestation states at least one digest and at least one piece of evidence.

use chancery_did::try_map;
use chancery_proof::Digest;
use serde_json::{Map, Value, json};

use crate::members::Members;
use crate::paper::PaperError;
use crate::passport::Composite;
use crate::uri::is_absolute;

/// The most pieces of evidence that one attestation may name.
pub const MAX_EVIDENCE: usize = 16;

/// The claims of an attestation.
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// What was measured.
    pub composite: Composite,
    /// What was looked at.
    pub evidence: Vec<Evidence>,
}

/// One piece of evidence behind an attestation.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Its kind, for example `TpmQuote`.
    pub kind: String,
    /// Where it may be found.
    pub id: Option<String>,
    /// The digest of it.
    pub digest: Digest,
}

impl Attestation {
    pub(crate) fn read(claims: &mut Members<'_>, document: &mut Members<'_>) -> Result<Self, PaperError> {
        let composite = Composite::parse(claims.required("composite")?, &claims.pointer("composite"))?;
        let items = document
            .required("evidence")?
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if items.is_empty() || items.len() > MAX_EVIDENCE {
            return Err(PaperError::structure("/evidence", "an array of 1 to 16 objects"));
        }
        let evidence = try_map(items.iter().enumerate(), |(at, item)| {
            Evidence::parse(item, &format!("/evidence/{at}"))
        })?;
        Ok(Self { composite, evidence })
    }

    pub(crate) fn write(&self, claims: &mut Map<String, Value>, document: &mut Map<String, Value>) {
        claims.insert("composite".into(), self.composite.to_value());
        document.insert(
            "evidence".into(),
            self.evidence.iter().map(Evidence::to_value).collect(),
        );
    }
}

impl Evidence {
    fn parse(value: &Value, pointer: &str) -> Result<Self, PaperError> {
        let mut members = Members::of(value, pointer)?;
        let kind = members.text("type")?.to_owned();
        let id = members.optional_text("id")?.map(str::to_owned);
        if id.as_deref().is_some_and(|id| !is_absolute(id)) {
            return Err(PaperError::structure(&members.pointer("id"), "a URL"));
        }
        let digest = members.digest("digestMultibase")?;
        members.finish()?;
        Ok(Self { kind, id, digest })
    }

    fn to_value(&self) -> Value {
        let mut value = json!({"type": self.kind, "digestMultibase": self.digest.as_str()});
        if let (Some(id), Some(object)) = (&self.id, value.as_object_mut()) {
            object.insert("id".into(), json!(id));
        }
        value
    }
}
