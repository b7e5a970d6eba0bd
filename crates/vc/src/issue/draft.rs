//! Drafts of the five papers and of status lists (`docs/profile.md`, Papers and Status).
//!
//! INVARIANT: a draft exists only for a document that [`Paper::parse`] reads back as the same paper, within the
//! validity that its issuer allows, with known constraints and safe numbers only.

use chancery_did::{Did, Relationship, Timestamp};
use chancery_proof::sd_jwt::{Concealed, Concealment, SdJwtError, conceal};
use chancery_proof::{Limits, ProofError, Secured};
use rand_core::CryptoRng;
use serde_json::{Value, json};

use super::IssueError;
use super::delegating::check_link;
use crate::CONTEXT_V2;
use crate::approval::{Approval, MAX_APPROVAL_LIFE};
use crate::attestation::Attestation;
use crate::capability::{Capability, CapabilityError};
use crate::delegation::Delegation;
use crate::paper::{Body, Paper, PaperType};
use crate::passport::{Member, Passport};
use crate::status::{MAX_TTL, StatusBits, StatusEntry, StatusList, StatusPurpose, TokenStatusEntry};

/// The longest validity in milliseconds unless the authority's policy says otherwise: 24 hours.
pub const DEFAULT_MAX_VALIDITY: i64 = 24 * 60 * 60 * 1000;

/// What every paper has, whatever it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// The paper's name, `urn:uuid:` in lower case.
    pub id: String,
    /// Who issues.
    pub issuer: Did,
    /// About which instance.
    pub subject: Did,
    /// From when it holds.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
    /// The longest validity that the issuer allows, in milliseconds ([`DEFAULT_MAX_VALIDITY`]).
    pub max_validity_ms: i64,
    /// Where its status stands.
    pub status: Vec<StatusEntry>,
}

impl Terms {
    /// How long the paper would hold, in milliseconds.
    pub(super) fn life(&self) -> i64 {
        self.valid_until.millis_since(self.valid_from)
    }

    /// Refuses a life beyond a limit in milliseconds.
    pub(super) fn check_life(&self, limit: i64) -> Result<(), IssueError> {
        let life = self.life();
        if life > limit {
            Err(IssueError::TooLong { life, limit })
        } else {
            Ok(())
        }
    }

    fn check_status(&self) -> Result<(), IssueError> {
        for purpose in [StatusPurpose::Revocation, StatusPurpose::Suspension] {
            if !self.status.iter().any(|entry| entry.purpose == purpose) {
                return Err(IssueError::StatusMissing {
                    purpose: purpose.as_str(),
                });
            }
        }
        Ok(())
    }
}

/// What a status list says beside its bits.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusListTerms {
    /// The list's address, which entries name.
    pub url: String,
    /// The status DID that signs it.
    pub issuer: Did,
    /// What its bits are about.
    pub purposes: Vec<StatusPurpose>,
    /// When it is made.
    pub valid_from: Timestamp,
    /// Until when it holds.
    pub valid_until: Timestamp,
    /// For how many milliseconds it may be kept, at most [`MAX_TTL`].
    pub ttl_ms: u64,
}

/// A document that is ready to be signed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    document: Value,
    issuer: Did,
    purpose: Relationship,
    token_status: Option<TokenStatusEntry>,
    pub(super) concealed: Option<Concealed>,
}

impl Draft {
    /// Drafts an `AgentPassportCredential`.
    ///
    /// # Errors
    /// [`IssueError::OwnerMissing`], [`IssueError::Organization`], [`IssueError::StatusMissing`],
    /// [`IssueError::TooLong`], or [`IssueError::Paper`] for any malformed claim.
    pub fn passport(terms: &Terms, passport: &Passport) -> Result<Self, IssueError> {
        if passport
            .owner
            .as_deref()
            .is_none_or(|owner| owner.trim().is_empty())
        {
            return Err(IssueError::OwnerMissing);
        }
        if passport.organization != terms.issuer {
            return Err(IssueError::Organization);
        }
        terms.check_status()?;
        Self::paper(
            terms,
            PaperType::Passport,
            Body::Passport(Box::new(passport.clone())),
        )
    }

    /// Drafts an `AgentCapabilityCredential`, the root of a chain.
    ///
    /// # Errors
    /// [`IssueError::Capability`], [`IssueError::Rooted`], [`IssueError::StatusMissing`],
    /// [`IssueError::TooLong`], or [`IssueError::Paper`].
    pub fn capability(terms: &Terms, capability: &Capability) -> Result<Self, IssueError> {
        check_issuable(capability)?;
        if let Some(entry) = capability.entries().iter().position(|entry| entry.from.is_some()) {
            return Err(IssueError::Rooted { entry });
        }
        terms.check_status()?;
        Self::paper(terms, PaperType::Capability, Body::Capability(capability.clone()))
    }

    /// Drafts an `AgentDelegationCredential` under the exact parent; the parent is taken as read.
    ///
    /// # Errors
    /// [`IssueError::Link`], [`IssueError::Widens`], [`IssueError::Capability`], [`IssueError::TooLong`]
    /// (also for a delegation without a status entry of more than [`super::MAX_UNREGISTERED_LIFE`]), or
    /// [`IssueError::Paper`].
    pub fn delegation(
        terms: &Terms,
        parent: &Secured<Paper>,
        capability: &Capability,
    ) -> Result<Self, IssueError> {
        check_issuable(capability)?;
        check_link(terms, parent.unverified(), capability)?;
        let body = Delegation {
            parent: parent.digest().clone(),
            capability: capability.clone(),
        };
        Self::paper(terms, PaperType::Delegation, Body::Delegation(body))
    }

    /// Drafts an `AgentAttestationCredential`.
    ///
    /// # Errors
    /// [`IssueError::TooLong`] or [`IssueError::Paper`].
    pub fn attestation(terms: &Terms, attestation: &Attestation) -> Result<Self, IssueError> {
        Self::paper(
            terms,
            PaperType::Attestation,
            Body::Attestation(attestation.clone()),
        )
    }

    /// Drafts an `ApprovalCredential`, which holds for at most 15 minutes.
    ///
    /// # Errors
    /// [`IssueError::TooLong`] or [`IssueError::Paper`].
    pub fn approval(terms: &Terms, approval: &Approval) -> Result<Self, IssueError> {
        terms.check_life(MAX_APPROVAL_LIFE)?;
        Self::paper(terms, PaperType::Approval, Body::Approval(approval.clone()))
    }

    /// Drafts a status list credential.
    ///
    /// # Errors
    /// [`IssueError::Ttl`], or [`IssueError::Status`] when the list would not be read.
    pub fn status_list(terms: &StatusListTerms, bits: &StatusBits) -> Result<Self, IssueError> {
        if !(1..=MAX_TTL).contains(&terms.ttl_ms) {
            return Err(IssueError::Ttl(terms.ttl_ms));
        }
        let purposes: Vec<&str> = terms.purposes.iter().map(|purpose| purpose.as_str()).collect();
        let purposes = match purposes.as_slice() {
            [one] => json!(one),
            several => json!(several),
        };
        let document = json!({
            "@context": [CONTEXT_V2],
            "id": terms.url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": terms.issuer.as_str(),
            "validFrom": terms.valid_from.to_string(),
            "validUntil": terms.valid_until.to_string(),
            "credentialSubject": {
                "id": format!("{}#list", terms.url),
                "type": "BitstringStatusList",
                "statusPurpose": purposes,
                "encodedList": bits.encode()?,
                "ttl": terms.ttl_ms,
            },
        });
        StatusList::parse_plain(&document, &Limits::default())?;
        Ok(Self {
            document,
            issuer: terms.issuer.clone(),
            purpose: Relationship::AssertionMethod,
            token_status: None,
            concealed: None,
        })
    }

    fn paper(terms: &Terms, kind: PaperType, body: Body) -> Result<Self, IssueError> {
        terms.check_life(terms.max_validity_ms)?;
        let paper = Paper {
            id: terms.id.clone(),
            kind,
            issuer: terms.issuer.clone(),
            subject: terms.subject.clone(),
            valid_from: terms.valid_from,
            valid_until: terms.valid_until,
            status: terms.status.clone(),
            token_status: None,
            body,
        };
        let document = paper.to_value();
        Paper::parse(&document)?;
        Ok(Self {
            document,
            issuer: paper.issuer,
            purpose: kind.purpose(),
            token_status: None,
            concealed: None,
        })
    }

    /// Lets the holder withhold these members, as far as the passport has them; the draft is then secured as SD-JWT.
    ///
    /// The salts come from `random`. What the draft says may not change any more.
    ///
    /// # Errors
    /// [`IssueError::Proof`] with `sd_jwt.not_withholdable` for any other paper, or where a salt comes twice.
    pub fn withholdable(
        mut self,
        members: &[Member],
        random: &mut dyn CryptoRng,
    ) -> Result<Self, IssueError> {
        if self.document.pointer("/type/1").and_then(Value::as_str) != Some(PaperType::Passport.as_str()) {
            return Err(ProofError::from(SdJwtError::Undisclosable("/type".to_owned())).into());
        }
        let pointers = members.iter().map(|member| member.pointer());
        let claims = self.claims();
        let there = pointers.filter(|pointer| claims.pointer(pointer).is_some());
        self.concealed = Some(conceal(&claims, &Concealment::of(there), random)?);
        Ok(self)
    }

    /// Puts the entry of a Token Status List beside the paper, as the `status` claim of its token.
    ///
    /// # Errors
    /// [`IssueError::Status`] when a reader would refuse the entry.
    pub fn with_token_status(mut self, entry: TokenStatusEntry) -> Result<Self, IssueError> {
        TokenStatusEntry::parse_strict(&entry.to_value())?;
        self.token_status = Some(entry);
        self.concealed = None;
        Ok(self)
    }

    /// The claims of the paper as a token: the document, and its `status` claim if it has one.
    pub fn claims(&self) -> Value {
        let mut claims = self.document.clone();
        if let (Some(entry), Some(members)) = (&self.token_status, claims.as_object_mut()) {
            members.insert("status".into(), entry.to_value());
        }
        claims
    }

    /// Whether the draft can only be secured as a token: Data Integrity has no claims.
    pub(super) fn needs_claims(&self) -> bool {
        self.token_status.is_some()
    }

    /// The document without a proof.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Who has to sign.
    pub fn issuer(&self) -> &Did {
        &self.issuer
    }

    /// The verification relationship of the signing key, and the proof purpose.
    pub fn purpose(&self) -> Relationship {
        self.purpose
    }
}

/// Refuses empty sets and constraints that this version does not know; at verification they deny.
fn check_issuable(capability: &Capability) -> Result<(), IssueError> {
    let under = |error: CapabilityError| error.under("/credentialSubject/capability");
    capability
        .check_issuable()
        .map_err(|error| IssueError::Capability(under(error)))
}
