//! Any credential of the VC Data Model, version 2.0 (<https://www.w3.org/TR/vc-data-model-2.0/>) or 1.1
//! (<https://www.w3.org/TR/vc-data-model/>), by its document rules.
//!
//! Papers are the five narrow kinds in [`crate::paper`]; this is the wide door for foreign credentials, which
//! are checked and reported but never authorize anything. JSON-LD is not expanded: contexts are checked as far
//! as that can be done without fetching.
//!
//! INVARIANT: what parses obeys every rule of section 4 of its version that its JSON alone can show.

mod context;
mod digests;
mod envelope;
mod language;
mod presenting;
mod related;
mod rules;
mod token;
mod typed;
mod validity;

use chancery_did::Timestamp;
use chancery_proof::{Limits, NoSuites, ReadError, Secured, Securing, Suites, json};
use serde_json::{Map, Value};

pub use envelope::{Envelope, Enveloped};
pub use presenting::{Held, Presented};
pub use rules::{Model, Stage, presentation_rules, rules};
pub use token::unpacked_presentation;
pub(crate) use typed::items;

use crate::paper::PaperError;
use crate::status::{StatusEntry, StatusError, TokenStatusEntry};
use crate::uri::is_absolute;

/// The `typ` of an enveloped credential (VC-JOSE-COSE section 3.1.1).
pub const TYP_CREDENTIAL: &str = "vc+jwt";

/// A credential of any type, as its text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// The version of the data model that it follows.
    pub model: Model,
    /// Its name, a URL.
    pub id: Option<String>,
    /// Its types; `VerifiableCredential` is among them.
    pub types: Vec<String>,
    /// The issuer's URL, a DID or not.
    pub issuer: String,
    /// The first instant at which it holds: the latest of `validFrom`, `issuanceDate` (1.1) and `nbf`.
    pub valid_from: Option<Timestamp>,
    /// The last instant at which it holds: the earliest of `validUntil`, `expirationDate` (1.1) and `exp`.
    pub valid_until: Option<Timestamp>,
    /// Its status entries; one that cannot be judged stands as its error and counts as unknown.
    pub status: Vec<Result<StatusEntry, StatusError>>,
    /// Its entry on a Token Status List, from the `status` claim of a token; one that cannot be judged stands as its
    /// error and counts as unknown.
    pub token_status: Option<Result<TokenStatusEntry, StatusError>>,
    /// The document as read.
    pub raw: Value,
}

impl Credential {
    /// Checks the document rules of a credential of version 2.0, its `proof` included where there is one.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first rule that is broken.
    pub fn parse(value: &Value) -> Result<Self, PaperError> {
        let model = value.get("@context").map(|context| context::check(context, ""));
        if let Some(Ok(Model::V1_1)) = model {
            return Err(PaperError::Context {
                pointer: "/@context".into(),
            });
        }
        Self::parse_any(value)
    }

    /// As [`Credential::parse`], for either version of the data model, each by its own rules.
    ///
    /// # Errors
    /// [`PaperError`] with the code and the place of the first rule that is broken.
    pub fn parse_any(value: &Value) -> Result<Self, PaperError> {
        let object = value
            .as_object()
            .ok_or_else(|| PaperError::structure("", "an object"))?;
        let model = context::check(required(object, "@context")?, "")?;
        let types = typed::types(required(object, "type")?, "/type")?;
        if !types.iter().any(|name| name == "VerifiableCredential") {
            let expected = "that of a credential";
            return Err(PaperError::CredentialType {
                pointer: "/type".into(),
                expected,
            });
        }
        let id = object.get("id").map(|id| url(id, "/id")).transpose()?;
        let issuer = named(required(object, "issuer")?, "/issuer", model)?;
        if model == Model::V2_0 {
            language::check(object, "")?;
        }
        check_subjects(required(object, "credentialSubject")?)?;
        let (valid_from, valid_until) = validity::check(object, model)?;
        typed::check_members(object, model)?;
        related::check(object, model)?;
        let status = items(object.get("credentialStatus"))
            .iter()
            .map(StatusEntry::parse)
            .collect();
        Ok(Self {
            model,
            id,
            types,
            issuer,
            valid_from,
            valid_until,
            status,
            token_status: None,
            raw: value.clone(),
        })
    }

    /// As [`Credential::parse`], for the claims of a token that is the credential (VC-JOSE-COSE section 3, which
    /// knows version 2.0 alone).
    ///
    /// # Errors
    /// [`PaperError`], also where a registered claim says something else than the credential.
    pub fn of_claims(claims: &Value) -> Result<Self, PaperError> {
        let mut credential = Self::parse(claims)?;
        token::reconcile(&mut credential, claims)?;
        Ok(credential)
    }

    /// As [`Credential::parse_any`], for a token with the credential in its `vc` claim (VCDM 1.1 section 6.3.1).
    ///
    /// # Errors
    /// [`PaperError`], also where a registered claim says something else than the credential.
    pub fn of_vc_claim(claims: &Value) -> Result<Self, PaperError> {
        token::unpacked(claims)
    }
}

/// Reads any credential, as Data Integrity document (JSON) or as `vc+jwt` (compact JWS).
///
/// # Errors
/// [`PaperError`]; nothing about the signature is judged yet.
pub fn read_credential(bytes: &[u8], limits: &Limits) -> Result<Secured<Credential>, PaperError> {
    read_credential_with(bytes, limits, &NoSuites)
}

/// As [`read_credential`], with the cryptosuites that the host hands in.
///
/// # Errors
/// As [`read_credential`].
pub fn read_credential_with(
    bytes: &[u8],
    limits: &Limits,
    suites: &dyn Suites,
) -> Result<Secured<Credential>, PaperError> {
    let secured = secure_as(bytes, TYP_CREDENTIAL, limits, suites)?;
    let enveloped = secured.securing() == Securing::Jose;
    secured.map(|value| {
        let mut credential = Credential::parse(value)?;
        if enveloped {
            token::reconcile(&mut credential, value)?;
        }
        Ok(credential)
    })
}

/// Passes bytes through the front door as a credential in either securing.
pub(crate) fn secure(bytes: &[u8], limits: &Limits) -> Result<Secured<Value>, PaperError> {
    secure_as(bytes, TYP_CREDENTIAL, limits, &NoSuites)
}

/// Passes bytes through the front door: a JSON object as Data Integrity, anything else as a JWS of this `typ`.
pub(crate) fn secure_as(
    bytes: &[u8],
    typ: &str,
    limits: &Limits,
    suites: &dyn Suites,
) -> Result<Secured<Value>, PaperError> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
        let document = json::parse(bytes, limits)?;
        return Ok(Secured::data_integrity_with(document, limits, suites)?);
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

/// Who issued or holds: a URL, or an object with one as its `id`.
fn named(value: &Value, pointer: &str, model: Model) -> Result<String, PaperError> {
    let Some(object) = value.as_object() else {
        return url(value, pointer);
    };
    let place = format!("{pointer}/id");
    let id = object.get("id").ok_or_else(|| PaperError::Missing {
        pointer: place.clone(),
    })?;
    if model == Model::V2_0 {
        language::check(object, pointer)?;
    }
    url(id, &place)
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

#[cfg(test)]
mod tests;
