//! The two serializations (RFC 9901, sections 4 and 8): JWT and disclosures joined by tildes, or JWS JSON with the
//! disclosures in its unprotected header.
//!
//! INVARIANT: the unprotected header is no source of keys or algorithms: nothing but `disclosures` and `kb_jwt` is
//! taken from it, and nothing but these and a `kid` may stand in it.

use chancery_did::try_map;
use serde_json::{Map, Value};

use super::{Disclosure, SdJwtError};
use crate::{Limits, ProofError, ReadError, json};

/// An SD-JWT taken apart; nothing about it is trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct SdJwt {
    /// The compact JWS of each signature; all have one payload, and there is at least one.
    pub(super) signed: Vec<String>,
    pub(super) disclosures: Vec<Disclosure>,
    pub(super) key_binding: Option<String>,
}

impl SdJwt {
    /// Takes an SD-JWT apart, in compact or in JSON serialization.
    ///
    /// # Errors
    ///
    /// `sd_jwt.serialization`, `sd_jwt.disclosure`, `sd_jwt.reserved_name`, `limit.*`, and `parse.*` for JSON that
    /// is not strict.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, ProofError> {
        if text.len() > limits.jose_bytes {
            return Err(ReadError::Size {
                limit: limits.jose_bytes,
            }
            .into());
        }
        if text.trim_start().starts_with('{') {
            return of_json(&json::parse_object(text.as_bytes(), limits, "an SD-JWT")?, limits);
        }
        let (signed, rest) = text.split_once('~').ok_or_else(|| refused("no tilde in it"))?;
        let (disclosures, last) = rest.rsplit_once('~').unwrap_or(("", rest));
        let disclosures = if disclosures.is_empty() && !rest.contains('~') {
            Vec::new()
        } else {
            read(disclosures.split('~'), limits)?
        };
        Self::of(
            vec![signed.to_owned()],
            disclosures,
            (!last.is_empty()).then_some(last),
        )
    }

    fn of(
        signed: Vec<String>,
        disclosures: Vec<Disclosure>,
        key_binding: Option<&str>,
    ) -> Result<Self, ProofError> {
        let three = |token: &str| token.bytes().filter(|byte| *byte == b'.').count() == 2;
        if !signed.iter().all(|token| three(token)) {
            return Err(refused("what is signed is no compact JWS"));
        }
        if key_binding.is_some_and(|token| !three(token)) {
            return Err(refused("the last part is no key binding JWT"));
        }
        Ok(Self {
            signed,
            disclosures,
            key_binding: key_binding.map(str::to_owned),
        })
    }

    /// The disclosures, in their order.
    #[must_use]
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// Whether a key binding JWT was brought. What is to be checked is the verifier's policy, never this.
    #[must_use]
    pub fn has_key_binding(&self) -> bool {
        self.key_binding.is_some()
    }

    /// The issuer's JWT, by the first signature.
    pub(super) fn first(&self) -> &str {
        self.signed.first().map_or("", String::as_str)
    }

    /// The issuer's JWT and the disclosures, each with a tilde after it: what `sd_hash` is of.
    #[must_use]
    pub(super) fn without_key_binding(&self) -> String {
        let mut text = self.first().to_owned();
        text.push('~');
        for disclosure in &self.disclosures {
            text.push_str(disclosure.as_str());
            text.push('~');
        }
        text
    }

    /// The compact serialization; it has room for one signature.
    #[must_use]
    pub fn to_compact(&self) -> String {
        let mut text = self.without_key_binding();
        text.push_str(self.key_binding.as_deref().unwrap_or_default());
        text
    }

    /// The JWS JSON serialization: flattened for one signature, general for several.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut header = Map::new();
        let disclosures = self.disclosures.iter().map(Disclosure::as_str).collect();
        header.insert("disclosures".to_owned(), disclosures);
        if let Some(token) = &self.key_binding {
            header.insert("kb_jwt".to_owned(), token.as_str().into());
        }
        let mut header = Some(header);
        let mut payload = Value::Null;
        let mut signatures: Vec<Map<String, Value>> = Vec::new();
        for token in &self.signed {
            let mut parts = token.split('.').map(Value::from);
            let mut signature = Map::new();
            signature.extend(parts.next().map(|part| ("protected".to_owned(), part)));
            payload = parts.next().unwrap_or_default();
            signature.extend(parts.next().map(|part| ("signature".to_owned(), part)));
            signature.extend(header.take().map(|header| ("header".to_owned(), header.into())));
            signatures.push(signature);
        }
        let mut whole = match <[_; 1]>::try_from(signatures) {
            Ok([one]) => one,
            Err(several) => Map::from_iter([("signatures".to_owned(), several.into())]),
        };
        whole.insert("payload".to_owned(), payload);
        Value::Object(whole)
    }
}

fn of_json(members: &Map<String, Value>, limits: &Limits) -> Result<SdJwt, ProofError> {
    let payload = text(members.get("payload"))?;
    let flattened = ["protected", "signature", "header"];
    let signatures = match members.get("signatures") {
        None => vec![members],
        Some(_) if flattened.iter().any(|name| members.contains_key(*name)) => {
            return Err(refused("both flattened and general JSON"));
        }
        Some(Value::Array(items)) => try_map(items, |item| {
            item.as_object()
                .ok_or_else(|| refused("a signature is no object"))
        })?,
        Some(_) => return Err(refused("`signatures` is no array")),
    };
    if signatures.len() > limits.proofs {
        return Err(ReadError::Proofs { limit: limits.proofs }.into());
    }
    let mut signed = Vec::with_capacity(signatures.len());
    let (mut disclosures, mut key_binding) = (Vec::new(), None);
    for (at, signature) in signatures.iter().enumerate() {
        let protected = text(signature.get("protected"))?;
        signed.push(format!(
            "{protected}.{payload}.{}",
            text(signature.get("signature"))?
        ));
        let Some(header) = signature.get("header") else {
            continue;
        };
        let header = header
            .as_object()
            .ok_or_else(|| refused("`header` is no object"))?;
        for (name, value) in header {
            match name.as_str() {
                "kid" => {}
                "disclosures" if at == 0 => {
                    let items = value
                        .as_array()
                        .ok_or_else(|| refused("`disclosures` is no array"))?;
                    let texts: Vec<&str> = try_map(items, |item| text(Some(item)))?;
                    disclosures = read(texts.into_iter(), limits)?;
                }
                "kb_jwt" if at == 0 => key_binding = Some(text(Some(value))?),
                _ => return Err(refused("an unprotected header that has no business there")),
            }
        }
    }
    if signed.is_empty() {
        return Err(ProofError::SignatureMissing);
    }
    SdJwt::of(signed, disclosures, key_binding)
}

fn read<'a>(texts: impl Iterator<Item = &'a str>, limits: &Limits) -> Result<Vec<Disclosure>, ProofError> {
    let mut disclosures = Vec::new();
    for text in texts {
        if disclosures.len() >= limits.disclosures {
            return Err(ReadError::Disclosures {
                limit: limits.disclosures,
            }
            .into());
        }
        if text.is_empty() {
            return Err(refused("an empty disclosure"));
        }
        disclosures.push(Disclosure::parse(text, limits)?);
    }
    Ok(disclosures)
}

fn text(value: Option<&Value>) -> Result<&str, ProofError> {
    value
        .and_then(Value::as_str)
        .ok_or_else(|| refused("a part is missing or no text"))
}

fn refused(reason: &'static str) -> ProofError {
    SdJwtError::Serialization(reason).into()
}
