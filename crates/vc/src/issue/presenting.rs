//! Making a presentation for one audience and one nonce (`docs/profile.md`, Chain and presentation).
//!
//! INVARIANT: a presentation is made for at most five minutes and signed under `authentication` by a method of
//! its holder.

use chancery_did::{DidUrl, KeyType, Relationship, Signer, Timestamp};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::{Limits, ProofError, Securing, json};
use serde_json::{Value, json};

use super::{IssueError, Prepared};
use crate::paper::PaperError;
use crate::presentation::{
    ENVELOPE, ENVELOPE_SELECTIVE, MAX_PAPERS, MAX_PRESENTATION_LIFE, TYP_PRESENTATION,
};
use crate::stapled::Stapled;
use crate::{CONTEXT_CHANCERY, CONTEXT_V2};

/// What is to be presented, to whom and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Presenting {
    /// The texts of the papers: the chain from its root, then passports, attestations and approvals.
    pub papers: Vec<String>,
    /// The one audience.
    pub audience: String,
    /// The nonce that it gave.
    pub nonce: String,
    /// Which entry of the last paper of the chain is cited.
    pub entry: usize,
    /// When the presentation is made.
    pub at: Timestamp,
    /// How long it lives, in milliseconds, at most [`MAX_PRESENTATION_LIFE`].
    pub life_ms: i64,
    /// Evidence that goes with it.
    pub stapled: Stapled,
}

impl Presenting {
    /// Prepares the presentation for the signature of the holder's verification method.
    ///
    /// # Errors
    /// [`IssueError::PresentationLife`], [`IssueError::Proof`] for another securing than Data Integrity and JOSE, or
    /// [`IssueError::Paper`] for papers that are neither JSON nor a JWS, too many, or none,
    /// and for more stapled than a presentation may carry.
    pub fn prepare(&self, securing: Securing, method: &DidUrl, key: KeyType) -> Result<Prepared, IssueError> {
        let expires = self.at.saturating_add_millis(self.life_ms);
        if !(1..=MAX_PRESENTATION_LIFE).contains(&self.life_ms) {
            return Err(IssueError::PresentationLife { life: self.life_ms });
        }
        let mut document = self.document(method)?;
        if matches!(securing, Securing::SdJwt | Securing::Cose) {
            return Err(ProofError::AlgorithmUnsupportedHere(format!("{securing:?}")).into());
        }
        if securing == Securing::DataIntegrity {
            let mut options = ProofOptions::new(method.clone(), Relationship::Authentication);
            options.created = Some(self.at);
            options.expires = Some(expires);
            options.challenge = Some(self.nonce.clone());
            options.domain = vec![self.audience.clone()];
            return Prepared::data_integrity(&document, &options, key);
        }
        if let Some(members) = document.as_object_mut() {
            members.insert("iss".into(), json!(method.did().as_str()));
            members.insert("aud".into(), json!(self.audience));
            members.insert("nonce".into(), json!(self.nonce));
            members.insert("iat".into(), json!(self.at.seconds()));
            members.insert("exp".into(), json!(expires.seconds()));
        }
        Prepared::jose(TYP_PRESENTATION, method, key, &document)
    }

    /// Prepares, signs and seals the presentation; gives its text.
    ///
    /// # Errors
    /// As [`Presenting::prepare`], and [`IssueError::Sign`] when the signer fails.
    pub fn sign(
        &self,
        securing: Securing,
        method: &DidUrl,
        signer: &dyn Signer,
    ) -> Result<String, IssueError> {
        let prepared = self.prepare(securing, method, signer.public_key().key_type())?;
        let signature = signer.sign(prepared.signing_input())?;
        prepared.seal(&signature)
    }

    fn document(&self, method: &DidUrl) -> Result<Value, IssueError> {
        if self.papers.is_empty() {
            return Err(PaperError::structure("/verifiableCredential", "an array of papers").into());
        }
        if self.papers.len() > MAX_PAPERS {
            return Err(PaperError::TooManyPapers { limit: MAX_PAPERS }.into());
        }
        let papers = self
            .papers
            .iter()
            .map(|text| paper(text))
            .collect::<Result<Vec<_>, _>>()?;
        let mut document = json!({
            "@context": [CONTEXT_V2, CONTEXT_CHANCERY],
            "type": ["VerifiablePresentation", "AgentPresentation"],
            "holder": method.did().as_str(),
            "verifiableCredential": papers,
            "capabilityEntry": self.entry,
        });
        self.stapled.check()?;
        if let Some(members) = document.as_object_mut().filter(|_| !self.stapled.is_empty()) {
            members.insert("stapled".to_owned(), self.stapled.to_value());
        }
        Ok(document)
    }
}

/// A paper's place in a presentation: itself if it is JSON, an envelope if it is a JWS or an SD-JWT.
fn paper(text: &str) -> Result<Value, PaperError> {
    if text.trim_start().starts_with('{') {
        return Ok(json::parse(text.as_bytes(), &Limits::default())?);
    }
    let envelope = if text.contains('~') {
        ENVELOPE_SELECTIVE
    } else {
        ENVELOPE
    };
    Ok(json!({
        "@context": CONTEXT_V2,
        "id": format!("{envelope}{}", text.trim()),
        "type": "EnvelopedVerifiableCredential",
    }))
}
