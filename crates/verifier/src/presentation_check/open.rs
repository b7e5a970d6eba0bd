//! What a presentation came in: a document with or without a proof, an envelope, a token.
//!
//! VC Data Model 2.0, sections 4.13 and 4.13.2; VC-JOSE-COSE, section 3.1.2. INVARIANT: bytes enter through the
//! front door of `chancery-proof`, and a presentation without a proof is opened only where the policy lets it.

use chancery_proof::{Limits, ProofError, ProofInfo, ReadError, Secured, Securing, json};
use chancery_vc::PaperError;
use chancery_vc::credential::{Envelope, Enveloped, Presented, unpacked_presentation};
use chancery_vc::presentation::{MAX_PAPERS, TYP_PRESENTATION};
use serde_json::Value;

use super::PresentationPolicy;
use crate::credential_check::{self, COSE_SIGN1};
use crate::rejection::Rejection;
use crate::verify::refused;

/// The `typ` of a presentation in COSE (VC-JOSE-COSE section 3.3.2).
const TYP_COSE: &str = "application/vp+cose";

/// A presentation that was opened; nothing about it is proven.
#[derive(Debug)]
pub(super) enum Opened {
    /// With a proof of its own.
    Signed(Secured<Occasion>),
    /// Without one.
    Unsigned(Presented),
}

/// A presentation together with what its token says about the occasion.
#[derive(Debug, Clone)]
pub(super) struct Occasion {
    /// The presentation.
    pub(super) presented: Presented,
    /// What the claims of a token say; none for a Data Integrity proof, which says it itself.
    claims: Option<Claims>,
}

/// The claims of a token that tie it to an occasion.
#[derive(Debug, Clone)]
struct Claims {
    issuer: Option<String>,
    nonce: Option<String>,
    audience: Vec<String>,
}

impl Occasion {
    /// Who presents: the holder, or the issuer of a token that names no holder.
    pub(super) fn holder(&self) -> Option<&str> {
        let issuer = || self.claims.as_ref().and_then(|claims| claims.issuer.as_deref());
        self.presented.holder.as_deref().or_else(issuer)
    }

    /// The challenge that a proof answers.
    pub(super) fn challenge<'a>(&'a self, proof: &'a ProofInfo) -> Option<&'a str> {
        match &self.claims {
            Some(claims) => claims.nonce.as_deref(),
            None => proof.challenge.as_deref(),
        }
    }

    /// The domains that a proof is for.
    pub(super) fn domain<'a>(&'a self, proof: &'a ProofInfo) -> &'a [String] {
        match &self.claims {
            Some(claims) => &claims.audience,
            None => &proof.domain,
        }
    }
}

/// Opens a presentation in any form that the policy accepts.
pub(super) fn open(bytes: &[u8], policy: &PresentationPolicy, limits: &Limits) -> Result<Opened, Rejection> {
    if bytes.first() == Some(&COSE_SIGN1) {
        return cose(bytes, policy, limits);
    }
    if !bytes.trim_ascii_start().starts_with(b"{") {
        if bytes.len() > limits.jose_bytes {
            let limit = limits.jose_bytes;
            return Err(refused(&ReadError::Size { limit }.into()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| refused(&ReadError::Jose("not ASCII").into()))?;
        return token(text, policy, limits);
    }
    let value = json::parse(bytes, limits).map_err(|error| refused(&error.into()))?;
    if Enveloped::Presentation.is(&value) {
        let envelope =
            Envelope::open(&value, Enveloped::Presentation, "").map_err(|error| refused(&error))?;
        return enveloped(&envelope, policy, limits);
    }
    if value.get("proof").is_none() && policy.takes_unsigned() {
        let presented = Presented::parse(&value).map_err(|error| refused(&error))?;
        return accepted(presented, policy).map(Opened::Unsigned);
    }
    let secured = Secured::data_integrity_with(value, limits, policy.credential.suites.as_ref());
    signed(secured, whole, policy)
}

fn enveloped(
    envelope: &Envelope<'_>,
    policy: &PresentationPolicy,
    limits: &Limits,
) -> Result<Opened, Rejection> {
    match (envelope.media.as_str(), envelope.base64) {
        ("application/vp+jwt", false) => jws(envelope.text, policy, limits),
        ("application/vp+cose", true) => {
            let bytes = envelope.bytes().map_err(|error| refused(&error.into()))?;
            cose(&bytes, policy, limits)
        }
        ("application/jwt", false) if policy.credential.legacy_jwt => token(envelope.text, policy, limits),
        _ => {
            let detail = format!(
                "`{}` is no media type of an enveloped presentation",
                envelope.media
            );
            Err(Rejection::new("type.media", detail).pointing("/id"))
        }
    }
}

/// A text that is no JSON: a JWS, or an old JWT where the policy accepts those.
fn token(text: &str, policy: &PresentationPolicy, limits: &Limits) -> Result<Opened, Rejection> {
    let opened = jws(text, policy, limits);
    match &opened {
        Err(rejection) if rejection.code == "type.typ" && policy.credential.legacy_jwt => {
            match Secured::legacy_jwt(text, "vp", limits) {
                Err(error) if error.code() == "type.typ" => opened,
                old => signed(old, unpacked_presentation, policy),
            }
        }
        Ok(_) | Err(_) => opened,
    }
}

fn jws(text: &str, policy: &PresentationPolicy, limits: &Limits) -> Result<Opened, Rejection> {
    signed(Secured::jose(text, &[TYP_PRESENTATION], limits), whole, policy)
}

fn cose(bytes: &[u8], policy: &PresentationPolicy, limits: &Limits) -> Result<Opened, Rejection> {
    signed(Secured::cose(bytes, &[TYP_COSE], limits), whole, policy)
}

/// What is signed is the presentation.
fn whole(value: &Value) -> Result<Value, PaperError> {
    Ok(value.clone())
}

fn signed(
    secured: Result<Secured<Value>, ProofError>,
    document: fn(&Value) -> Result<Value, PaperError>,
    policy: &PresentationPolicy,
) -> Result<Opened, Rejection> {
    let secured = secured.map_err(|error| refused(&error.into()))?;
    let securing = secured.securing();
    let read = secured.map(|value| {
        let presented = document(value).and_then(|document| Presented::parse(&document));
        let presented = presented.map_err(|error| refused(&error))?;
        let claims = if securing == Securing::DataIntegrity {
            None
        } else {
            Some(claims(value).map_err(|error| refused(&error))?)
        };
        Ok::<_, Rejection>(Occasion {
            presented: accepted(presented, policy)?,
            claims,
        })
    });
    read.map(Opened::Signed)
}

/// The claims of a token, each well formed if it is there.
fn claims(value: &Value) -> Result<Claims, PaperError> {
    let wrong = |name: &str| PaperError::Structure {
        pointer: format!("/{name}"),
        expected: "a string",
    };
    let text = |name: &str| match value.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name)),
    };
    let audience = match value.get("aud") {
        None => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(|| wrong("aud")))
            .collect::<Result<_, _>>()?,
        Some(one) => vec![one.as_str().map(str::to_owned).ok_or_else(|| wrong("aud"))?],
    };
    Ok(Claims {
        issuer: text("iss")?,
        nonce: text("nonce")?,
        audience,
    })
}

/// The version has to be one that the policy accepts, and the credentials no more than anybody needs.
fn accepted(presented: Presented, policy: &PresentationPolicy) -> Result<Presented, Rejection> {
    if presented.credentials.len() > MAX_PAPERS {
        let detail = format!("more than {MAX_PAPERS} credentials");
        return Err(Rejection::new("limit.papers", detail).pointing("/verifiableCredential"));
    }
    credential_check::accepted(presented.model, &policy.credential)?;
    Ok(presented)
}
