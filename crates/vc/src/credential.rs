//! Any credential of the VC Data Model v2.0 (<https://www.w3.org/TR/vc-data-model-2.0/>), by its document rules.
//!
//! Papers are the five narrow kinds in [`crate::paper`]; this is the wide door for foreign credentials, which
//! are checked and reported but never authorize anything. JSON-LD is not expanded: contexts are checked as far
//! as that can be done without fetching.
//!
//! INVARIANT: what parses obeys every rule of VCDM 2.0 section 4 that its JSON alone can show.

mod context;
mod language;
mod typed;

use chancery_did::Timestamp;
use chancery_proof::{Limits, ReadError, Secured, Securing, json};
use serde_json::{Map, Value};

pub(crate) use typed::items;

use crate::paper::PaperError;
use crate::status::{StatusEntry, StatusError};
use crate::uri::is_absolute;

/// The `typ` of an enveloped credential (VC-JOSE-COSE section 3.1.1).
pub const TYP_CREDENTIAL: &str = "vc+jwt";

/// A credential of any type, as its text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// Its name, a URL.
    pub id: Option<String>,
    /// Its types; `VerifiableCredential` is among them.
    pub types: Vec<String>,
    /// The issuer's URL, a DID or not.
    pub issuer: String,
    /// The first instant at which it holds: the later of `validFrom` and `nbf`.
    pub valid_from: Option<Timestamp>,
    /// The last instant at which it holds: the earlier of `validUntil` and `exp`.
    pub valid_until: Option<Timestamp>,
    /// Its status entries; one that cannot be judged stands as its error and counts as unknown.
    pub status: Vec<Result<StatusEntry, StatusError>>,
    /// The document as read.
    pub raw: Value,
}

impl Credential {
    /// Checks the document rules of a credential, its `proof` included where there is one.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first rule that is broken.
    pub fn parse(value: &Value) -> Result<Self, PaperError> {
        let object = value
            .as_object()
            .ok_or_else(|| PaperError::structure("", "an object"))?;
        context::check(required(object, "@context")?)?;
        let types = typed::types(required(object, "type")?, "/type")?;
        if !types.iter().any(|name| name == "VerifiableCredential") {
            let expected = "that of a credential";
            return Err(PaperError::CredentialType {
                pointer: "/type".into(),
                expected,
            });
        }
        let id = object.get("id").map(|id| url(id, "/id")).transpose()?;
        language::check(object, "")?;
        let issuer = issuer(required(object, "issuer")?)?;
        check_subjects(required(object, "credentialSubject")?)?;
        let (valid_from, valid_until) = validity(object)?;
        typed::check_members(object)?;
        let status = items(object.get("credentialStatus"))
            .iter()
            .map(StatusEntry::parse)
            .collect();
        Ok(Self {
            id,
            types,
            issuer,
            valid_from,
            valid_until,
            status,
            raw: value.clone(),
        })
    }
}

/// Reads any credential, as Data Integrity document (JSON) or as `vc+jwt` (compact JWS).
///
/// # Errors
/// [`PaperError`]; nothing about the signature is judged yet.
pub fn read_credential(bytes: &[u8], limits: &Limits) -> Result<Secured<Credential>, PaperError> {
    let secured = secure(bytes, limits)?;
    let enveloped = secured.securing() == Securing::Jose;
    secured.map(|value| {
        let mut credential = Credential::parse(value)?;
        if enveloped {
            claims(&mut credential)?;
        }
        Ok(credential)
    })
}

/// Passes bytes through the front door as a credential in either securing.
pub(crate) fn secure(bytes: &[u8], limits: &Limits) -> Result<Secured<Value>, PaperError> {
    secure_as(bytes, TYP_CREDENTIAL, limits)
}

/// Passes bytes through the front door: a JSON object as Data Integrity, anything else as a JWS of this `typ`.
pub(crate) fn secure_as(bytes: &[u8], typ: &str, limits: &Limits) -> Result<Secured<Value>, PaperError> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        let document = json::parse(bytes, limits)?;
        return Ok(Secured::data_integrity(document, limits)?);
    }
    if bytes.len() > limits.jose_bytes {
        return Err(ReadError::Size {
            limit: limits.jose_bytes,
        }
        .into());
    }
    let token = std::str::from_utf8(bytes).map_err(|_| ReadError::Jose("not ASCII"))?;
    Ok(Secured::jose(token, &[typ], limits)?)
}

/// Reconciles the registered JWT claims of an enveloped credential with the credential (VC-JOSE-COSE section
/// 3.1.3): those that say the same have to agree, and times narrow.
fn claims(credential: &mut Credential) -> Result<(), PaperError> {
    let raw = credential
        .raw
        .as_object()
        .ok_or_else(|| PaperError::structure("", "an object"))?;
    let subject = raw.get("credentialSubject").and_then(|subject| subject.get("id"));
    let agree = [
        ("iss", Some(credential.issuer.as_str())),
        ("jti", credential.id.as_deref()),
        ("sub", subject.and_then(Value::as_str)),
    ];
    for (claim, said) in agree {
        if raw.get(claim).is_some_and(|value| value.as_str() != said) {
            return Err(PaperError::structure(
                &format!("/{claim}"),
                "what the credential itself says",
            ));
        }
    }
    let mut members = crate::members::Members::of(&credential.raw, "")?;
    members.optional_seconds("iat")?;
    let (from, until) = (members.optional_seconds("nbf")?, members.optional_seconds("exp")?);
    credential.valid_from = credential.valid_from.max(from);
    credential.valid_until = match (credential.valid_until, until) {
        (Some(said), Some(claimed)) => Some(said.min(claimed)),
        (said, claimed) => said.or(claimed),
    };
    Ok(())
}

fn required<'a>(object: &'a Map<String, Value>, name: &str) -> Result<&'a Value, PaperError> {
    object.get(name).ok_or_else(|| PaperError::Missing {
        pointer: format!("/{name}"),
    })
}

pub(crate) fn url(value: &Value, pointer: &str) -> Result<String, PaperError> {
    let text = value.as_str().filter(|text| is_absolute(text));
    text.map(str::to_owned)
        .ok_or_else(|| PaperError::structure(pointer, "a URL"))
}

fn issuer(value: &Value) -> Result<String, PaperError> {
    let Some(object) = value.as_object() else {
        return url(value, "/issuer");
    };
    let id = object.get("id").ok_or_else(|| PaperError::Missing {
        pointer: "/issuer/id".into(),
    })?;
    language::check(object, "/issuer")?;
    url(id, "/issuer/id")
}

fn check_subjects(value: &Value) -> Result<(), PaperError> {
    let pointer = "/credentialSubject";
    let subjects = items(Some(value));
    if subjects.is_empty() {
        return Err(PaperError::structure(pointer, "at least one subject"));
    }
    for subject in subjects {
        let claims = subject.as_object().filter(|claims| !claims.is_empty());
        let claims = claims.ok_or_else(|| PaperError::structure(pointer, "an object with claims"))?;
        if let Some(id) = claims.get("id") {
            url(id, "/credentialSubject/id")?;
        }
    }
    Ok(())
}

fn validity(object: &Map<String, Value>) -> Result<(Option<Timestamp>, Option<Timestamp>), PaperError> {
    let time = |name: &str| {
        let Some(value) = object.get(name) else {
            return Ok(None);
        };
        let pointer = format!("/{name}");
        let text = value
            .as_str()
            .ok_or_else(|| PaperError::structure(&pointer, "a dateTimeStamp"))?;
        Timestamp::parse(text)
            .map(Some)
            .map_err(|source| PaperError::Identifier { pointer, source })
    };
    let (from, until) = (time("validFrom")?, time("validUntil")?);
    if let (Some(from), Some(until)) = (from, until)
        && from > until
    {
        return Err(PaperError::structure("/validUntil", "at or after `validFrom`"));
    }
    Ok((from, until))
}

#[cfg(test)]
mod tests;
