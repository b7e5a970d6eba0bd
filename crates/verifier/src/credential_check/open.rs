//! What a credential came in: a document, an envelope, a token; each opened to the credential itself.
//!
//! VC Data Model 2.0, sections 4.12 and 4.13.1; VC-JOSE-COSE, section 3. INVARIANT: bytes enter through the
//! front door of `chancery-proof`, and a form that the policy does not accept is refused, never guessed at.

use chancery_proof::{Limits, ProofError, ReadError, Secured, json};
use chancery_vc::credential::{Envelope, Enveloped, Model, TYP_CREDENTIAL};
use chancery_vc::sd_jwt_vc::{SdJwtVc, read_sd_jwt_vc, secure_credential};
use chancery_vc::{Credential, PaperError};
use serde_json::Value;

use super::CredentialPolicy;
use crate::rejection::Rejection;
use crate::verify::refused;

/// The `typ` of a credential in COSE (VC-JOSE-COSE section 3.3.1).
const TYP_COSE: &str = "application/vc+cose";
/// The first byte of a tagged `COSE_Sign1` (RFC 9052, section 2).
pub(crate) const COSE_SIGN1: u8 = 0xd2;

/// A credential as somebody handed it in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Input<'a> {
    /// As text, in any form.
    Text(&'a [u8]),
    /// As an object or a string within a document that was read.
    Value(&'a Value),
}

/// A credential that was read, or why it was not.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What was read.
    pub(crate) read: Result<Secured<Credential>, Rejection>,
    /// The compact JWS that it came in, if it did.
    pub(crate) token: Option<String>,
}

/// Opens a credential in any form that the policy accepts.
pub(crate) fn open(
    input: Input<'_>,
    policy: &CredentialPolicy,
    limits: &Limits,
) -> Result<Opened, Rejection> {
    match input {
        Input::Value(Value::String(text)) => Ok(token(text, policy, limits)),
        Input::Value(value) => document(value.clone(), policy, limits),
        Input::Text(bytes) if bytes.trim_ascii_start().starts_with(b"{") => {
            let value = json::parse(bytes, limits).map_err(|error| refused(&error.into()))?;
            document(value, policy, limits)
        }
        Input::Text(bytes) if bytes.first() == Some(&COSE_SIGN1) => Ok(cose(bytes, policy, limits)),
        Input::Text(bytes) => {
            if bytes.len() > limits.jose_bytes {
                let limit = limits.jose_bytes;
                return Err(refused(&ReadError::Size { limit }.into()));
            }
            let text =
                std::str::from_utf8(bytes).map_err(|_| refused(&ReadError::Jose("not ASCII").into()))?;
            Ok(token(text, policy, limits))
        }
    }
}

fn document(value: Value, policy: &CredentialPolicy, limits: &Limits) -> Result<Opened, Rejection> {
    if Enveloped::Credential.is(&value) {
        let envelope = Envelope::open(&value, Enveloped::Credential, "").map_err(|error| refused(&error))?;
        return enveloped(&envelope, policy, limits);
    }
    let read = Secured::data_integrity_with(value, limits, policy.suites.as_ref());
    Ok(Opened {
        read: credential(read, Credential::parse_any, policy),
        token: None,
    })
}

fn enveloped(
    envelope: &Envelope<'_>,
    policy: &CredentialPolicy,
    limits: &Limits,
) -> Result<Opened, Rejection> {
    let media = || {
        let detail = format!("`{}` is no media type of an enveloped credential", envelope.media);
        Rejection::new("type.media", detail).pointing("/id")
    };
    let text = envelope.text;
    match (envelope.media.as_str(), envelope.base64) {
        ("application/vc+jwt", false) => Ok(jws(text, policy, limits)),
        ("application/jwt", false) if policy.legacy_jwt => Ok(token(text, policy, limits)),
        ("application/vc+sd-jwt", false) => Ok(sd_jwt(text, policy, limits)),
        ("application/vc+cose", true) => {
            let bytes = envelope.bytes().map_err(|error| refused(&error.into()))?;
            Ok(cose(&bytes, policy, limits))
        }
        _ => Err(media()),
    }
}

/// A text that is no JSON: an SD-JWT, a JWS, or an old JWT where the policy accepts those.
fn token(text: &str, policy: &CredentialPolicy, limits: &Limits) -> Opened {
    if text.contains('~') {
        return sd_jwt(text, policy, limits);
    }
    let opened = jws(text, policy, limits);
    match &opened.read {
        Err(rejection) if rejection.code == "type.typ" && policy.legacy_jwt => {
            match Secured::legacy_jwt(text, "vc", limits) {
                Err(error) if error.code() == "type.typ" => opened,
                old => Opened {
                    read: credential(old, Credential::of_vc_claim, policy),
                    token: None,
                },
            }
        }
        Ok(_) | Err(_) => opened,
    }
}

fn jws(text: &str, policy: &CredentialPolicy, limits: &Limits) -> Opened {
    let read = Secured::jose(text, &[TYP_CREDENTIAL], limits);
    Opened {
        read: credential(read, Credential::of_claims, policy),
        token: Some(text.to_owned()),
    }
}

/// The claims that are shown; whether a holder presents them is for a presentation to say.
///
/// A credential of the data model has its `@context`; without one, or under the `typ` of its own, it is an SD-JWT VC,
/// which follows no version of the data model.
fn sd_jwt(text: &str, policy: &CredentialPolicy, limits: &Limits) -> Opened {
    let foreign = |secured: &Secured<Value>| {
        let claims = secured.unverified();
        claims.get("@context").is_none() && claims.get("vct").is_some()
    };
    let read = match secure_credential(text, limits) {
        Ok(secured) if !foreign(&secured) => secured
            .map(Credential::of_claims)
            .map_err(|error| refused(&error))
            .and_then(|read| accepted(read.unverified().model, policy).map(|()| read)),
        Err(error) if error.code() != "type.typ" => Err(refused(&error)),
        Ok(_) | Err(_) => read_sd_jwt_vc(text, limits)
            .and_then(|secured| secured.map(SdJwtVc::to_credential))
            .map_err(|error| refused(&error)),
    };
    Opened { read, token: None }
}

fn cose(bytes: &[u8], policy: &CredentialPolicy, limits: &Limits) -> Opened {
    let read = Secured::cose(bytes, &[TYP_COSE], limits);
    Opened {
        read: credential(read, Credential::of_claims, policy),
        token: None,
    }
}

/// Reads the credential, whose version the policy has to accept.
fn credential(
    read: Result<Secured<Value>, ProofError>,
    parse: fn(&Value) -> Result<Credential, PaperError>,
    policy: &CredentialPolicy,
) -> Result<Secured<Credential>, Rejection> {
    let read = read
        .map_err(PaperError::from)
        .and_then(|secured| secured.map(parse))
        .map_err(|error| refused(&error))?;
    accepted(read.unverified().model, policy)?;
    Ok(read)
}

/// Refuses a version of the data model that the policy does not accept.
pub(crate) fn accepted(model: Model, policy: &CredentialPolicy) -> Result<(), Rejection> {
    let known = match model {
        Model::V1_1 => policy.models.v1_1,
        Model::V2_0 => policy.models.v2_0,
    };
    if known {
        return Ok(());
    }
    let detail = "the policy does not accept this version of the data model";
    Err(Rejection::new("context.mismatch", detail).pointing("/@context"))
}
