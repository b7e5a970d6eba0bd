//! The five papers of the profile: VC Data Model 2.0 credentials of one fixed shape (`docs/profile.md`, Papers).
//!
//! A paper is a credential whose every member is named by its schema in `vc-schemas`. Reading one decides
//! nothing about trust: it gives a [`Secured`] paper, whose proof has still to be checked.
//!
//! INVARIANT: what parses has exactly the two contexts, exactly the two types, the schema of this major
//! version, both ends of its validity in order, one subject, and no member that the profile does not name.

mod error;
mod selective;

use chancery_did::{Did, Timestamp, try_map};
use chancery_proof::{Digest, Limits, Secured, Securing, json};
use chancery_vc_schemas::{CONTEXT_CHANCERY, CONTEXT_V2, SCHEMA_BASE};
use serde_json::{Map, Value, json};

pub use error::PaperError;
pub use selective::withhold;
pub(crate) use selective::{TYP_SELECTIVE, read_selective};

use crate::approval::Approval;
use crate::attestation::Attestation;
use crate::capability::Capability;
use crate::credential::{items, secure};
use crate::delegation::Delegation;
use crate::members::{Members, is_list_of};
use crate::passport::Passport;
use crate::status::{StatusEntry, TokenStatusEntry};
use crate::uri::is_urn_uuid;

/// The most status entries that one paper may carry.
pub const MAX_STATUS_ENTRIES: usize = 4;

/// The kind of a paper, which is the second item of its `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaperType {
    /// Who an instance is.
    Passport,
    /// What an instance may do.
    Capability,
    /// What an instance hands on.
    Delegation,
    /// What was measured of a running instance.
    Attestation,
    /// That one action may proceed.
    Approval,
}

impl PaperType {
    /// Every kind, in the order of `docs/profile.md`.
    pub const ALL: [Self; 5] = [
        Self::Passport,
        Self::Capability,
        Self::Delegation,
        Self::Attestation,
        Self::Approval,
    ];

    /// The name in a paper's `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passport => "AgentPassportCredential",
            Self::Capability => "AgentCapabilityCredential",
            Self::Delegation => "AgentDelegationCredential",
            Self::Attestation => "AgentAttestationCredential",
            Self::Approval => "ApprovalCredential",
        }
    }

    /// Finds the kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The address of the schema that a paper of this kind names.
    pub fn schema(self) -> String {
        format!("{SCHEMA_BASE}{}.json", self.as_str())
    }

    /// The proof purpose under which a paper of this kind is signed.
    pub fn purpose(self) -> chancery_did::Relationship {
        match self {
            Self::Delegation => chancery_did::Relationship::CapabilityDelegation,
            Self::Passport | Self::Capability | Self::Attestation | Self::Approval => {
                chancery_did::Relationship::AssertionMethod
            }
        }
    }
}

impl std::fmt::Display for PaperType {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One paper, as its text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// The paper's own name, `urn:uuid:`.
    pub id: String,
    /// Which of the five it is.
    pub kind: PaperType,
    /// Who says so.
    pub issuer: Did,
    /// About whom: always an instance.
    pub subject: Did,
    /// The first instant at which it holds.
    pub valid_from: Timestamp,
    /// The last instant at which it holds.
    pub valid_until: Timestamp,
    /// Where its status stands, every entry well formed.
    pub status: Vec<StatusEntry>,
    /// Its entry on a Token Status List: the `status` claim of an enveloped paper.
    pub token_status: Option<TokenStatusEntry>,
    /// What it says.
    pub body: Body,
}

/// What a paper says about its subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Who the instance is.
    Passport(Box<Passport>),
    /// What it may do.
    Capability(Capability),
    /// What was handed on to it.
    Delegation(Delegation),
    /// What was measured of it.
    Attestation(Attestation),
    /// That its action may proceed.
    Approval(Approval),
}

impl Paper {
    /// Parses the document of a paper, without a `proof`.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first thing that is not as the profile has it.
    pub fn parse(value: &Value) -> Result<Self, PaperError> {
        Self::parse_shown(value, 0)
    }

    /// As [`Paper::parse`], of a document in which so many digests stand for what is not shown.
    fn parse_shown(value: &Value, withheld: usize) -> Result<Self, PaperError> {
        let mut members = Members::of(value, "")?;
        check_context(members.required("@context")?)?;
        let kind = paper_type(members.required("type")?)?;
        check_schema(members.required("credentialSchema")?, kind)?;
        if json::has_unsafe_number(value) {
            return Err(PaperError::UnsafeNumber);
        }
        let id = members.text("id")?;
        if !is_urn_uuid(id) {
            return Err(PaperError::structure("/id", "a `urn:uuid:` in lower case"));
        }
        let issuer = members.did("issuer")?;
        let (valid_from, valid_until) = (members.time("validFrom")?, members.time("validUntil")?);
        if valid_from >= valid_until {
            return Err(PaperError::structure("/validUntil", "after `validFrom`"));
        }
        let status = status(members.optional("credentialStatus"))?;
        let mut claims = Members::of(members.required("credentialSubject")?, "/credentialSubject")?;
        let subject = claims.did("id")?;
        let body = match kind {
            PaperType::Passport => Body::Passport(Box::new(Passport::read(&mut claims, withheld)?)),
            PaperType::Capability => Body::Capability(capability(&mut claims)?),
            PaperType::Delegation => Body::Delegation(Delegation::read(&mut claims)?),
            PaperType::Attestation => Body::Attestation(Attestation::read(&mut claims, &mut members)?),
            PaperType::Approval => Body::Approval(Approval::read(&mut claims)?),
        };
        claims.finish()?;
        members.finish()?;
        Ok(Self {
            id: id.to_owned(),
            kind,
            issuer,
            subject,
            valid_from,
            valid_until,
            status,
            token_status: None,
            body,
        })
    }

    /// Parses the claims of an enveloped paper: its document, and beside it a `status` claim where there is one.
    ///
    /// # Errors
    /// As [`Paper::parse`], and `status.unknown` for a `status` claim that cannot be judged.
    pub fn parse_claims(claims: &Value) -> Result<Self, PaperError> {
        Self::parse_shown_claims(claims, 0)
    }

    fn parse_shown_claims(claims: &Value, withheld: usize) -> Result<Self, PaperError> {
        let Some(status) = claims.get("status") else {
            return Self::parse_shown(claims, withheld);
        };
        let mut document = claims.clone();
        document
            .as_object_mut()
            .and_then(|members| members.remove("status"));
        let mut paper = Self::parse_shown(&document, withheld)?;
        let entry = TokenStatusEntry::parse_strict(status).map_err(|source| PaperError::Status {
            pointer: "/status".to_owned(),
            source,
        })?;
        paper.token_status = Some(entry);
        Ok(paper)
    }

    /// The document of this paper, without a proof; parsing it gives the same paper.
    pub fn to_value(&self) -> Value {
        let mut document = Map::new();
        let mut claims = Map::new();
        claims.insert("id".into(), json!(self.subject.as_str()));
        match &self.body {
            Body::Passport(passport) => passport.write(&mut claims),
            Body::Capability(capability) => {
                claims.insert("capability".into(), capability.to_value());
            }
            Body::Delegation(delegation) => delegation.write(&mut claims),
            Body::Attestation(attestation) => attestation.write(&mut claims, &mut document),
            Body::Approval(approval) => approval.write(&mut claims),
        }
        document.insert("@context".into(), json!([CONTEXT_V2, CONTEXT_CHANCERY]));
        document.insert("id".into(), json!(self.id));
        document.insert("type".into(), json!(["VerifiableCredential", self.kind.as_str()]));
        document.insert(
            "credentialSchema".into(),
            json!({"id": self.kind.schema(), "type": "JsonSchema"}),
        );
        document.insert("issuer".into(), json!(self.issuer.as_str()));
        document.insert("validFrom".into(), json!(self.valid_from.to_string()));
        document.insert("validUntil".into(), json!(self.valid_until.to_string()));
        document.insert("credentialSubject".into(), Value::Object(claims));
        if !self.status.is_empty() {
            let entries = self.status.iter().map(StatusEntry::to_value).collect();
            document.insert("credentialStatus".into(), Value::Array(entries));
        }
        Value::Object(document)
    }

    /// The capability that this paper gives or hands on, if it is of such a kind.
    pub fn capability(&self) -> Option<&Capability> {
        match &self.body {
            Body::Capability(capability) => Some(capability),
            Body::Delegation(delegation) => Some(&delegation.capability),
            Body::Passport(_) | Body::Attestation(_) | Body::Approval(_) => None,
        }
    }

    /// The digest of the parent, for a delegation.
    pub fn parent(&self) -> Option<&Digest> {
        match &self.body {
            Body::Delegation(delegation) => Some(&delegation.parent),
            Body::Passport(_) | Body::Capability(_) | Body::Attestation(_) | Body::Approval(_) => None,
        }
    }

    /// The passport, if it is one.
    pub fn passport(&self) -> Option<&Passport> {
        match &self.body {
            Body::Passport(passport) => Some(passport),
            Body::Capability(_) | Body::Delegation(_) | Body::Attestation(_) | Body::Approval(_) => None,
        }
    }
}

/// Reads one paper, as Data Integrity document (JSON), as `vc+jwt` (compact JWS), or a passport as `vc+sd-jwt`
/// (compact SD-JWT).
///
/// # Errors
/// [`PaperError`]; nothing about the signature is judged yet.
pub fn read_paper(bytes: &[u8], limits: &Limits) -> Result<Secured<Paper>, PaperError> {
    if let Some(text) = selective::text(bytes) {
        return read_selective(text, limits);
    }
    let secured = secure(bytes, limits)?;
    match secured.securing() {
        Securing::DataIntegrity => secured.map(Paper::parse),
        Securing::Jose | Securing::SdJwt | Securing::Cose => secured.map(Paper::parse_claims),
    }
}

pub(crate) fn capability(claims: &mut Members<'_>) -> Result<Capability, PaperError> {
    let value = claims.required("capability")?;
    Capability::parse(value).map_err(|source| {
        let source = source.under(&claims.pointer("capability"));
        PaperError::Capability {
            pointer: source.pointer().to_owned(),
            source,
        }
    })
}

/// Checks that `@context` is exactly the two of the profile, in order.
pub(crate) fn check_context(value: &Value) -> Result<(), PaperError> {
    if is_list_of(value, &[CONTEXT_V2, CONTEXT_CHANCERY]) {
        return Ok(());
    }
    Err(PaperError::Context {
        pointer: "/@context".into(),
    })
}

fn paper_type(value: &Value) -> Result<PaperType, PaperError> {
    let kind = match value.as_array().map(Vec::as_slice) {
        Some([Value::String(base), Value::String(name)]) if base == "VerifiableCredential" => {
            PaperType::parse(name)
        }
        _ => None,
    };
    kind.ok_or(PaperError::CredentialType {
        pointer: "/type".into(),
        expected: "that of a paper",
    })
}

fn check_schema(value: &Value, kind: PaperType) -> Result<(), PaperError> {
    let mut members = Members::of(value, "/credentialSchema")?;
    let id = members.text("id")?;
    let type_ = members.text("type")?;
    members.finish()?;
    if type_ != "JsonSchema" {
        return Err(PaperError::structure("/credentialSchema/type", "`JsonSchema`"));
    }
    if id == kind.schema() {
        return Ok(());
    }
    if id.starts_with(SCHEMA_BASE) {
        return Err(PaperError::structure(
            "/credentialSchema/id",
            "the schema of the paper's own type",
        ));
    }
    Err(PaperError::SchemaVersion { found: id.to_owned() })
}

fn status(value: Option<&Value>) -> Result<Vec<StatusEntry>, PaperError> {
    let pointer = "/credentialStatus";
    if value.is_none() {
        return Ok(Vec::new());
    }
    let entries = items(value);
    if entries.is_empty() || entries.len() > MAX_STATUS_ENTRIES {
        return Err(PaperError::structure(pointer, "one to four entries"));
    }
    let entry = |value| {
        StatusEntry::parse_strict(value).map_err(|source| PaperError::Status {
            pointer: pointer.to_owned(),
            source,
        })
    };
    try_map(entries, entry)
}

#[cfg(test)]
mod tests;
