//! A look inside of a text without believing it.
//!
//! VC Data Model 2.0, RFC 7515, RFC 9901, A2A 1.0. INVARIANT: nothing is checked here, and the answer says so:
//! `"verified": false`, always.

use chancery_did::object;
use chancery_proof::{Limits, base64url, json as front_door};
use chancery_trust::bundle::{BUNDLE_TYP, MOST_BYTES};
use chancery_verifier::Rejection;
use serde_json::{Map, Value};

use crate::answer;

/// The most papers of a presentation that are looked into.
const MOST_PAPERS: usize = 32;

/// What the types of a document are called here; the first that fits.
const WHATS: &[(&str, &str)] = &[
    ("VerifiablePresentation", "presentation"),
    ("AgentPassportCredential", "passport"),
    ("AgentCapabilityCredential", "capability"),
    ("AgentDelegationCredential", "delegation"),
    ("AgentAttestationCredential", "attestation"),
    ("ApprovalCredential", "approval"),
    ("BitstringStatusListCredential", "statusList"),
    ("VerifiableCredential", "credential"),
];

/// Looks into a presentation, a paper, a JWS, an SD-JWT, a trust bundle, an agent card or a DID document.
///
/// The answer is an Inspection with `what` it seems to be, in which `form`, and its `content`; or an Error for a text
/// that is none of these.
#[must_use]
pub fn inspect(text: &str) -> String {
    answer::or_error(inside(text).map(|found| {
        let mut members = found.shown();
        members.insert("verified".to_owned(), false.into());
        answer::named("Inspection", Value::Object(members))
    }))
}

/// What was found.
struct Found {
    form: &'static str,
    what: &'static str,
    /// The document: the JSON object, or the payload.
    document: Map<String, Value>,
    /// Everything, where there is more than the document.
    content: Option<Value>,
}

fn inside(text: &str) -> Result<Found, Rejection> {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if text.starts_with('{') {
        let document = members(text.as_bytes())?;
        return Ok(Found {
            form: "json",
            what: what(&document, ""),
            document,
            content: None,
        });
    }
    let (signed, rest) = match text.split_once('~') {
        Some((signed, rest)) => (signed, Some(rest)),
        None => (text, None),
    };
    let (header, payload) = token(signed)?;
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default();
    let mut found = Found {
        form: "jws",
        what: what(&payload, typ),
        document: payload.clone(),
        content: None,
    };
    let mut content = Map::from_iter([
        ("header".to_owned(), Value::Object(header)),
        ("payload".to_owned(), Value::Object(payload)),
    ]);
    if let Some(rest) = rest {
        found.form = "sd-jwt";
        let (disclosures, binding) = rest.rsplit_once('~').unwrap_or(("", rest));
        let disclosures = disclosures.split('~').filter(|part| !part.is_empty());
        let disclosures: Result<Vec<Value>, Rejection> = disclosures.map(disclosure).collect();
        content.insert("disclosures".to_owned(), disclosures?.into());
        if !binding.is_empty() {
            let (header, payload) = token(binding)?;
            content.insert(
                "keyBinding".to_owned(),
                object([("header", header.into()), ("payload", payload.into())]),
            );
        }
    }
    found.content = Some(Value::Object(content));
    Ok(found)
}

impl Found {
    /// What it is, in which form, and what it says of itself.
    fn shown(self) -> Map<String, Value> {
        let mut shown = summary(&self.document);
        shown.insert("form".to_owned(), self.form.into());
        shown.insert("what".to_owned(), self.what.into());
        if self.what == "presentation" {
            let papers = self
                .document
                .get("verifiableCredential")
                .and_then(Value::as_array);
            let papers = papers.into_iter().flatten().take(MOST_PAPERS);
            shown.insert("papers".to_owned(), papers.map(paper).collect());
        }
        shown.insert(
            "content".to_owned(),
            self.content.unwrap_or(Value::Object(self.document)),
        );
        shown
    }
}

/// One paper of a presentation: embedded, or enveloped.
fn paper(value: &Value) -> Value {
    let enveloped = value
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| id.starts_with("data:"));
    let found = match enveloped.and_then(|id| id.split_once(',')) {
        Some((_, token)) => inside(token).ok(),
        None => value.as_object().map(|document| Found {
            form: "json",
            what: what(document, ""),
            document: document.clone(),
            content: None,
        }),
    };
    let Some(found) = found else {
        return object([("form", "unknown".into()), ("what", "unknown".into())]);
    };
    let mut shown = summary(&found.document);
    shown.insert("form".to_owned(), found.form.into());
    shown.insert("what".to_owned(), found.what.into());
    shown.insert(
        "claims".to_owned(),
        found
            .document
            .get("credentialSubject")
            .cloned()
            .unwrap_or_default(),
    );
    Value::Object(shown)
}

/// Issuer, subject, holder and times, where the document has them.
fn summary(document: &Map<String, Value>) -> Map<String, Value> {
    let id = |value: &Value| {
        let bare = value.is_string().then(|| value.clone());
        bare.or_else(|| value.get("id").cloned())
    };
    let mut shown = Map::new();
    for (name, value) in [
        ("issuer", document.get("issuer").and_then(id)),
        ("subject", document.get("credentialSubject").and_then(id)),
        ("holder", document.get("holder").and_then(id)),
        ("validFrom", document.get("validFrom").cloned()),
        ("validUntil", document.get("validUntil").cloned()),
    ] {
        if let Some(value) = value {
            shown.insert(name.to_owned(), value);
        }
    }
    shown
}

/// What a document seems to be, by its types and by the token's own.
fn what(document: &Map<String, Value>, typ: &str) -> &'static str {
    let types = match document.get("type") {
        Some(Value::Array(types)) => types.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let named = WHATS
        .iter()
        .find(|(name, _)| types.iter().any(|found| found.as_str() == Some(*name)));
    match named {
        Some((_, what)) => what,
        None if typ == BUNDLE_TYP => "bundle",
        None if typ == "statuslist+jwt" => "statusList",
        None if document.contains_key("supportedInterfaces") || document.contains_key("skills") => "card",
        None if document.contains_key("verificationMethod") => "document",
        None => "unknown",
    }
}

fn members(bytes: &[u8]) -> Result<Map<String, Value>, Rejection> {
    let Value::Object(members) = value(bytes)? else {
        return Err(refused("this is no JSON object"));
    };
    Ok(members)
}

fn value(bytes: &[u8]) -> Result<Value, Rejection> {
    let limits = Limits {
        bytes: MOST_BYTES,
        string: MOST_BYTES,
        ..Limits::default()
    };
    front_door::parse(bytes, &limits).map_err(|error| Rejection::new(error.code(), error.to_string()))
}

/// Header and payload.
type Token = (Map<String, Value>, Map<String, Value>);

fn token(text: &str) -> Result<Token, Rejection> {
    if text.len() > MOST_BYTES {
        return Err(Rejection::new(
            "limit.size",
            format!("more than {MOST_BYTES} bytes"),
        ));
    }
    let mut parts = text.splitn(4, '.');
    let (Some(header), Some(payload), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(refused(
            "this is neither a JSON object nor a compact JWS or SD-JWT",
        ));
    };
    Ok((members(&decoded(header)?)?, members(&decoded(payload)?)?))
}

fn disclosure(text: &str) -> Result<Value, Rejection> {
    value(&decoded(text)?)
}

fn decoded(text: &str) -> Result<Vec<u8>, Rejection> {
    base64url::decode(text).map_err(|error| Rejection::new(error.code(), error.to_string()))
}

fn refused(detail: &str) -> Rejection {
    Rejection::new("parse.jose", detail)
}
