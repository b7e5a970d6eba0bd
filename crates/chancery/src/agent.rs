//! One running agent: its own key, its own DID, and what it signs.
//!
//! Follows the profile ("Who is who", "Chain and presentation"). INVARIANT: the secret key stays in the signer; an
//! agent signs only texts that this file makes, each of its own type, so that no signature serves for another
//! purpose.

use std::sync::Arc;

use chancery_did::{Did, DidUrl, KeyError, KeyType, ParseError, SecretKey, Signer, Timestamp};
use chancery_proof::{Limits, Securing};
use chancery_vc::capability::Capability;
use chancery_vc::issue::{self, DEFAULT_MAX_VALIDITY, Draft, IssueError, Presenting, Terms};
use chancery_vc::possession::PossessionProof;
use chancery_vc::request::{DelegationRequest, RevocationRequest};
use chancery_vc::{PaperError, Stapled, StatusEntry, read_paper};
use rand_core::CryptoRng;
use serde_json::Value;

use crate::random::OsRandom;

/// How long a proof of possession and a signed request live, in milliseconds.
pub const REQUEST_LIFE_MS: i64 = 120_000;
/// How long a presentation lives unless told otherwise, in milliseconds.
pub const PRESENTATION_LIFE_MS: i64 = 120_000;

/// Why an agent signs nothing.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The key cannot be made or cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The DID or the verification method is not one.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The verification method is not one of the agent's DID.
    #[error("`{method}` is not a verification method of `{did}`")]
    Method {
        /// The agent's DID.
        did: Did,
        /// The method.
        method: DidUrl,
    },
    /// The parent paper does not parse.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The text may not be signed.
    #[error(transparent)]
    Issue(#[from] IssueError),
}

impl AgentError {
    /// The stable code of this failure.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Parse(error) => error.code(),
            Self::Method { .. } => "key.issuer_mismatch",
            Self::Paper(error) => error.code(),
            Self::Issue(error) => error.code(),
        }
    }
}

/// A registry's challenge to prove possession of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PossessionChallenge {
    /// The registry.
    pub audience: String,
    /// Its nonce.
    pub nonce: String,
    /// The registered agent of which this is to become an instance.
    pub instance_of: String,
}

/// What an agent hands on.
#[derive(Debug, Clone, PartialEq)]
pub struct Handover {
    /// To whom.
    pub subject: Did,
    /// What: each entry names the one entry of the parent that it is within.
    pub capability: Capability,
    /// Until when.
    pub valid_until: Timestamp,
}

/// A place that the root authority reserved for a delegation's status.
#[derive(Debug, Clone, PartialEq)]
pub struct Reservation {
    /// The delegation's id.
    pub id: String,
    /// Its status entries.
    pub status: Vec<StatusEntry>,
}

impl Reservation {
    /// Reads a registry's answer `{id, credentialStatus}`; `None` when it names no place.
    #[must_use]
    pub fn parse(answer: &Value) -> Option<Self> {
        let id = answer.get("id")?.as_str()?.to_owned();
        let entries = answer.get("credentialStatus")?.as_array()?;
        let status: Result<Vec<StatusEntry>, _> = entries.iter().map(StatusEntry::parse).collect();
        Some(Self {
            id,
            status: status.ok()?,
        })
    }
}

/// What an agent presents, and to whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Occasion {
    /// The one audience.
    pub audience: String,
    /// The nonce that it gave.
    pub nonce: String,
    /// Which entry of the last paper of the chain is cited.
    pub entry: usize,
    /// How long the presentation lives, in milliseconds.
    pub life_ms: i64,
    /// Evidence that goes with it, so that the audience need not fetch it.
    pub stapled: Stapled,
}

impl Occasion {
    /// The first entry, for the usual life.
    pub fn new(audience: impl Into<String>, nonce: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
            nonce: nonce.into(),
            entry: 0,
            life_ms: PRESENTATION_LIFE_MS,
            stapled: Stapled::default(),
        }
    }
}

/// A running agent.
#[derive(Clone)]
pub struct Agent {
    did: Did,
    method: DidUrl,
    signer: Arc<dyn Signer>,
    securing: Securing,
}

impl Agent {
    /// Makes a new key and with it an agent whose DID is the `did:key` of that key.
    ///
    /// The key lives as long as the agent; to keep it, make it in a [`KeyStore`](crate::KeyStore) and use
    /// [`of`](Self::of).
    pub fn make(key_type: KeyType, random: &mut dyn CryptoRng) -> Result<Self, AgentError> {
        Self::of(SecretKey::generate(key_type, random)?)
    }

    /// The agent whose DID is the `did:key` of `key`.
    pub fn of(key: SecretKey) -> Result<Self, AgentError> {
        let did = chancery_did_key::did_for(key.public_key());
        let method = did.with_fragment(did.method_specific_id())?;
        Self::with_signer(did, method, Arc::new(key))
    }

    /// The agent that signs as `method` of `did` with a signer that may be elsewhere.
    pub fn with_signer(did: Did, method: DidUrl, signer: Arc<dyn Signer>) -> Result<Self, AgentError> {
        if *method.did() != did {
            return Err(AgentError::Method { did, method });
        }
        Ok(Self {
            did,
            method,
            signer,
            securing: Securing::DataIntegrity,
        })
    }

    /// Chooses how papers and presentations are secured; Data Integrity unless chosen.
    #[must_use]
    pub fn secured_by(self, securing: Securing) -> Self {
        Self { securing, ..self }
    }

    /// The agent's DID.
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// The verification method that the agent signs as.
    pub fn method(&self) -> &DidUrl {
        &self.method
    }

    /// Proves to a registry that this agent holds its key.
    pub fn prove_possession(
        &self,
        challenge: &PossessionChallenge,
        at: Timestamp,
    ) -> Result<String, AgentError> {
        let proof = PossessionProof {
            instance: self.did.clone(),
            audience: challenge.audience.clone(),
            nonce: challenge.nonce.clone(),
            instance_of: challenge.instance_of.clone(),
            issued_at: at,
            expires_at: at.saturating_add_millis(REQUEST_LIFE_MS),
        };
        Ok(proof.sign(&self.method, &*self.signer)?)
    }

    /// Asks the registry at the root of `parent`'s chain to reserve a status index for a delegation.
    pub fn request_delegation(
        &self,
        registry: &Did,
        parent: &str,
        handover: &Handover,
        at: Timestamp,
    ) -> Result<String, AgentError> {
        let request = DelegationRequest {
            delegator: self.did.clone(),
            audience: registry.as_str().to_owned(),
            jti: OsRandom::nonce(),
            issued_at: at,
            expires_at: at.saturating_add_millis(REQUEST_LIFE_MS),
            parent: read_paper(parent.as_bytes(), &Limits::default())?
                .digest()
                .clone(),
            subject: handover.subject.clone(),
            capability: handover.capability.clone(),
            valid_until: handover.valid_until,
        };
        Ok(request.sign(&self.method, &*self.signer)?)
    }

    /// Signs a delegation of a part of `parent`, from now on; without a `reservation` it carries no status entry
    /// and may hold for an hour at most.
    pub fn delegate(
        &self,
        parent: &str,
        handover: &Handover,
        reservation: Option<Reservation>,
        at: Timestamp,
    ) -> Result<String, AgentError> {
        let parent = read_paper(parent.as_bytes(), &Limits::default())?;
        let reservation = reservation.unwrap_or_else(|| Reservation {
            id: OsRandom::urn_uuid(),
            status: Vec::new(),
        });
        let terms = Terms {
            id: reservation.id,
            issuer: self.did.clone(),
            subject: handover.subject.clone(),
            valid_from: at,
            valid_until: handover.valid_until,
            max_validity_ms: DEFAULT_MAX_VALIDITY,
            status: reservation.status,
        };
        let draft = Draft::delegation(&terms, &parent, &handover.capability)?;
        Ok(issue::sign(
            &draft,
            self.securing,
            &self.method,
            &*self.signer,
            at,
        )?)
    }

    /// Asks a registry to revoke a delegation that this agent or a descendant made.
    pub fn request_revocation(
        &self,
        registry: &Did,
        credential: &str,
        reason: Option<&str>,
        at: Timestamp,
    ) -> Result<String, AgentError> {
        let request = RevocationRequest {
            requester: self.did.clone(),
            audience: registry.as_str().to_owned(),
            jti: OsRandom::nonce(),
            issued_at: at,
            expires_at: at.saturating_add_millis(REQUEST_LIFE_MS),
            credential: credential.to_owned(),
            reason: reason.map(str::to_owned),
        };
        Ok(request.sign(&self.method, &*self.signer)?)
    }

    /// Presents papers (the chain from its root, then the passports, then the rest) for one occasion.
    pub fn present(
        &self,
        papers: Vec<String>,
        occasion: &Occasion,
        at: Timestamp,
    ) -> Result<String, AgentError> {
        let presenting = Presenting {
            papers,
            audience: occasion.audience.clone(),
            nonce: occasion.nonce.clone(),
            entry: occasion.entry,
            at,
            life_ms: occasion.life_ms,
            stapled: occasion.stapled.clone(),
        };
        Ok(presenting.sign(self.securing, &self.method, &*self.signer)?)
    }
}

impl std::fmt::Debug for Agent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agent")
            .field("method", &self.method.as_str())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
