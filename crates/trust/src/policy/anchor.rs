//! An anchor: an issuer that the verifier takes papers from, and within which bounds.
//!
//! Follows `docs/profile.md` ("Anchors", "Grant"). INVARIANT: an anchor names at least one paper type and at least one
//! namespace of subjects; one organization's anchor can never vouch for subjects of another.

use crate::members::{MemberError, Members};
use chancery_did::{Did, try_map};
use chancery_proof::base64url;
use chancery_vc::PaperType;
use chancery_vc::capability::Entry;
use chancery_vc::constraint::Constraint;
use serde_json::{Map, Value};

const KNOWN: &[&str] = &["issuer", "papers", "keys", "subjects", "recognizedBy", "grant"];
const GRANT_KNOWN: &[&str] = &["action", "resource", "constraint"];

/// The papers that an anchored issuer can be allowed; a delegation's issuer stands on the chain alone.
const ANCHORED: [PaperType; 4] = [
    PaperType::Passport,
    PaperType::Capability,
    PaperType::Attestation,
    PaperType::Approval,
];

/// An issuer that the verifier takes papers from.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The one issuer, or `None` for any issuer that the registry `recognized_by` recognizes.
    pub issuer: Option<Did>,
    /// The papers that it may issue.
    pub papers: Vec<PaperType>,
    /// Pinned RFC 7638 thumbprints (base64url) of its keys; empty means that none is pinned.
    pub keys: Vec<String>,
    /// Namespaces of the subjects that it may speak about, compared by whole segments.
    pub subjects: Vec<String>,
    /// Name of the registry that must recognize the issuer for the action and resource in question.
    pub recognized_by: Option<String>,
    /// What this verifier lets the issuer's agents do here; empty means nothing.
    pub grant: Vec<Entry>,
}

impl Anchor {
    /// Starts an anchor for one issuer that allows no paper and no subject yet.
    #[must_use]
    pub fn issuer(issuer: Did) -> Self {
        Self {
            issuer: Some(issuer),
            papers: Vec::new(),
            keys: Vec::new(),
            subjects: Vec::new(),
            recognized_by: None,
            grant: Vec::new(),
        }
    }

    /// Starts an anchor for any issuer that the registry named `registry` recognizes.
    pub fn recognized_by(registry: impl Into<String>) -> Self {
        Self {
            issuer: None,
            papers: Vec::new(),
            keys: Vec::new(),
            subjects: Vec::new(),
            recognized_by: Some(registry.into()),
            grant: Vec::new(),
        }
    }

    /// Gives the anchor as the JSON that the policy reader takes.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        if let Some(issuer) = &self.issuer {
            map.insert("issuer".to_owned(), issuer.as_str().into());
        }
        if let Some(registry) = &self.recognized_by {
            map.insert("recognizedBy".to_owned(), registry.as_str().into());
        }
        map.insert(
            "papers".to_owned(),
            self.papers
                .iter()
                .map(|paper| Value::from(paper.as_str()))
                .collect(),
        );
        map.insert(
            "keys".to_owned(),
            self.keys.iter().map(|key| Value::from(key.as_str())).collect(),
        );
        map.insert(
            "subjects".to_owned(),
            self.subjects
                .iter()
                .map(|name| Value::from(name.as_str()))
                .collect(),
        );
        map.insert(
            "grant".to_owned(),
            self.grant.iter().map(Entry::to_value).collect(),
        );
        Value::Object(map)
    }
}

pub(super) fn parse(value: &Value, path: &str) -> Result<Anchor, MemberError> {
    let members = Members::read(value, path, KNOWN)?;
    let issuer = members.opt_did("issuer")?;
    let recognized_by = members
        .value("recognizedBy")
        .map(|_| members.text("recognizedBy"))
        .transpose()?;
    if issuer.is_none() && recognized_by.is_none() {
        return Err(MemberError::invalid(
            path,
            "an anchor names an `issuer`, a registry in `recognizedBy`, or both",
        ));
    }
    let keys = keys(&members)?;
    if keys.is_empty() && issuer.as_ref().is_some_and(|issuer| issuer.method() == "web") {
        return Err(members.invalid(
            "keys",
            "a `did:web` issuer needs its keys pinned, by `chancery trust join`",
        ));
    }
    Ok(Anchor {
        papers: papers(&members)?,
        keys,
        subjects: subjects(&members)?,
        grant: grant(&members)?,
        recognized_by: recognized_by.map(str::to_owned),
        issuer,
    })
}

fn papers(members: &Members<'_>) -> Result<Vec<PaperType>, MemberError> {
    let texts = members.texts("papers")?;
    if texts.is_empty() {
        return Err(members.invalid("papers", "an anchor without papers would allow nothing"));
    }
    let paper = |(path, text): &(String, &str)| {
        let known = ANCHORED.into_iter().find(|paper| paper.as_str() == *text);
        known.ok_or_else(|| {
            let names = ANCHORED.map(|paper| paper.as_str()).join(", ");
            MemberError::invalid(path, format!("`{text}` is none of {names}"))
        })
    };
    try_map(&texts, paper)
}

fn keys(members: &Members<'_>) -> Result<Vec<String>, MemberError> {
    let key = |(path, text): &(String, &str)| {
        if is_thumbprint(text) {
            Ok((*text).to_owned())
        } else {
            Err(MemberError::invalid(
                path,
                format!("`{text}` is no SHA-256 thumbprint in base64url"),
            ))
        }
    };
    try_map(&members.texts("keys")?, key)
}

/// Says whether a text has the form of an RFC 7638 SHA-256 thumbprint: canonical base64url of 32 bytes.
pub(crate) fn is_thumbprint(text: &str) -> bool {
    base64url::decode(text).is_ok_and(|bytes| bytes.len() == 32)
}

fn subjects(members: &Members<'_>) -> Result<Vec<String>, MemberError> {
    let texts = members.texts("subjects")?;
    if texts.is_empty() {
        let why = "an anchor speaks only about the subjects that it names, as in `did:web:acme.example` or `did:key`";
        return Err(members.invalid("subjects", why));
    }
    let subject = |(path, text): &(String, &str)| {
        if is_namespace(text) {
            Ok((*text).to_owned())
        } else {
            Err(MemberError::invalid(
                path,
                format!("`{text}` is no `did:method` and no DID"),
            ))
        }
    };
    try_map(&texts, subject)
}

/// Says whether a text is a whole DID, or `did:` and a method name.
fn is_namespace(text: &str) -> bool {
    let is_method = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match text.strip_prefix("did:") {
        Some(rest) if is_method(rest) => true,
        Some(_) => Did::parse(text).is_ok_and(|did| did.as_str() == text),
        None => false,
    }
}

fn grant(members: &Members<'_>) -> Result<Vec<Entry>, MemberError> {
    let entry = |(path, value): &(String, &Value)| {
        let inner = Members::read(value, path, GRANT_KNOWN)?;
        for (at, constraint) in inner.items("constraint")? {
            Constraint::parse_strict(constraint).map_err(|error| MemberError::invalid(at, error))?;
        }
        let entry = Entry::parse_strict(value).map_err(|error| MemberError::invalid(path, error))?;
        if entry.action.is_empty() || entry.resource.is_empty() {
            return Err(MemberError::invalid(
                path,
                "an entry names at least one action and one resource",
            ));
        }
        Ok(entry)
    };
    try_map(&members.items("grant")?, entry)
}
