//! `ApprovalCredential`: a human says that this one action may proceed, once (`docs/profile.md`, Capability).
//!
//! INVARIANT: an approval is bound to one agent, one audience, one root paper and one action.

use chancery_proof::Digest;
use serde_json::{Map, Value, json};

use crate::members::Members;
use crate::paper::PaperError;

/// The longest life of an approval, in milliseconds: 15 minutes.
pub const MAX_APPROVAL_LIFE: i64 = 15 * 60 * 1000;

/// The claims of an approval; its subject is the agent whose action may proceed.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    /// The one service that may honour it.
    pub audience: String,
    /// The digest of the chain's root paper.
    pub root: Digest,
    /// The digest of the JCS of action, resource, arguments and facts.
    pub action_digest: Digest,
    /// The single-use name of this approval, unique for its issuer.
    pub jti: String,
}

impl Approval {
    pub(crate) fn read(claims: &mut Members<'_>) -> Result<Self, PaperError> {
        Ok(Self {
            audience: claims.text("audience")?.to_owned(),
            root: claims.digest("root")?,
            action_digest: claims.digest("actionDigest")?,
            jti: claims.text("jti")?.to_owned(),
        })
    }

    pub(crate) fn write(&self, claims: &mut Map<String, Value>) {
        claims.insert("audience".into(), json!(self.audience));
        claims.insert("root".into(), json!(self.root.as_str()));
        claims.insert("actionDigest".into(), json!(self.action_digest.as_str()));
        claims.insert("jti".into(), json!(self.jti));
    }
}
