//! Enveloped credentials and presentations: an object whose `id` is a `data:` URL that holds the secured text
//! (VCDM 2.0 sections 4.13.1 and 4.13.2; RFC 2397).
//!
//! INVARIANT: an envelope says nothing by itself: it has the base context, its one type and its `id`, and a
//! member beside them is refused, for no proof covers it.

use std::borrow::Cow;

use chancery_proof::ReadError;
use chancery_vc_schemas::CONTEXT_V2;
use serde_json::{Value, json};

use super::items;
use crate::members::Members;
use crate::paper::PaperError;

/// What an envelope holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enveloped {
    /// A verifiable credential.
    Credential,
    /// A verifiable presentation.
    Presentation,
}

impl Enveloped {
    /// The `type` of the envelope.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "EnvelopedVerifiableCredential",
            Self::Presentation => "EnvelopedVerifiablePresentation",
        }
    }

    /// Whether an object says that it is such an envelope.
    #[must_use]
    pub fn is(self, value: &Value) -> bool {
        items(value.get("type"))
            .iter()
            .any(|name| name.as_str() == Some(self.as_str()))
    }
}

/// The content of an envelope: media type without parameters, and the text behind the comma.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The media type, in lower case.
    pub media: String,
    /// Whether the text is base64.
    pub base64: bool,
    /// The text, as it stands.
    pub text: &'a str,
}

impl<'a> Envelope<'a> {
    /// Opens the object at `pointer`, which has to be an envelope of this kind.
    ///
    /// # Errors
    /// [`PaperError`] with the place of the first rule that is broken.
    pub fn open(value: &'a Value, kind: Enveloped, pointer: &str) -> Result<Self, PaperError> {
        let mut members = Members::of(value, pointer)?;
        let context = members.required("@context")?;
        if *context != json!(CONTEXT_V2) && context.get(0) != Some(&json!(CONTEXT_V2)) {
            return Err(PaperError::Context {
                pointer: members.pointer("@context"),
            });
        }
        let name = members.required("type")?;
        if *name != json!(kind.as_str()) && *name != json!([kind.as_str()]) {
            return Err(PaperError::CredentialType {
                pointer: members.pointer("type"),
                expected: "that of an envelope",
            });
        }
        let id = members.required("id")?.as_str().and_then(split);
        let envelope = id.ok_or_else(|| PaperError::structure(&members.pointer("id"), "a `data:` URL"))?;
        members.finish()?;
        Ok(envelope)
    }

    /// The bytes that the text stands for.
    ///
    /// # Errors
    /// [`ReadError::Structure`] for what is not canonical base64.
    pub fn bytes(&self) -> Result<Cow<'a, [u8]>, ReadError> {
        if !self.base64 {
            return Ok(Cow::Borrowed(self.text.as_bytes()));
        }
        base64(self.text).map(Cow::Owned)
    }
}

/// Standard base64 with its padding (RFC 4648, section 4), in its one canonical spelling.
pub(super) fn base64(text: &str) -> Result<Vec<u8>, ReadError> {
    let wrong = || ReadError::Structure("the envelope is not canonical base64".to_owned());
    let bare = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(bare.len());
    let whole = text.len().is_multiple_of(4) && padding <= 2 && !bare.contains(['-', '_', '=']);
    if !whole {
        return Err(wrong());
    }
    let other = bare.replace('+', "-").replace('/', "_");
    chancery_proof::base64url::decode(&other).map_err(|_| wrong())
}

/// Splits a `data:` URL (RFC 2397); the scheme is read without case, as every scheme is.
fn split(url: &str) -> Option<Envelope<'_>> {
    let (scheme, rest) = url.split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, text) = rest.split_once(',')?;
    let mut parts = head.split(';');
    let media = parts.next()?.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+.-_".contains(&byte);
    let whole = media.contains('/') && media.bytes().all(plain) && !text.is_empty();
    whole.then_some(Envelope {
        media,
        base64: parts.any(|parameter| parameter == "base64"),
        text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(kind: Enveloped, value: &Value) -> Result<Envelope<'_>, &'static str> {
        Envelope::open(value, kind, "").map_err(|error| error.code())
    }

    fn envelope(id: &str) -> Value {
        json!({ "@context": [CONTEXT_V2], "type": ["EnvelopedVerifiablePresentation"], "id": id })
    }

    #[test]
    fn media_type_and_text_are_told_apart() {
        let value = envelope("data:application/vc+cose;base64,0oRA");
        let opened = open(Enveloped::Presentation, &value).unwrap();
        assert_eq!(
            (opened.media.as_str(), opened.base64),
            ("application/vc+cose", true)
        );
        assert_eq!(opened.bytes().unwrap().as_ref(), [0xd2, 0x84, 0x40]);
        let value = envelope("DATA:Application/VP+JWT,a.b.c");
        let opened = open(Enveloped::Presentation, &value).unwrap();
        assert_eq!(
            (opened.media.as_str(), opened.text),
            ("application/vp+jwt", "a.b.c")
        );
        assert_eq!(opened.bytes().unwrap().as_ref(), b"a.b.c");
    }

    #[test]
    fn base64_has_one_spelling() {
        assert_eq!(base64("+/8=").unwrap(), [0xfb, 0xff]);
        assert_eq!(base64("").unwrap(), [0_u8; 0]);
        for wrong in [
            "-_8=", "+/8", "+/9=", "+=8=", "====", "+/8==", " +/8", "A===", "\u{e4}aa",
        ] {
            assert!(base64(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_envelope_of_this_kind_is_refused() {
        let good = envelope("data:application/vp+jwt,a.b.c");
        assert!(open(Enveloped::Presentation, &good).is_ok());
        assert_eq!(open(Enveloped::Credential, &good), Err("type.credential"));
        for (name, value, code) in [
            ("@context", json!([]), "context.mismatch"),
            ("@context", json!({}), "context.mismatch"),
            (
                "@context",
                json!("https://www.w3.org/ns/credentials/examples/v2"),
                "context.mismatch",
            ),
            ("type", json!(["VerifiablePresentation"]), "type.credential"),
            (
                "type",
                json!(["EnvelopedVerifiablePresentation", "VerifiablePresentation"]),
                "type.credential",
            ),
            ("id", json!("a.b.c"), "parse.structure"),
            ("id", json!("data:a.b.c"), "parse.structure"),
            ("id", json!("data:application/vp+jwt,"), "parse.structure"),
            ("id", json!("data:vp jwt/x,a"), "parse.structure"),
            ("id", json!("dätä:"), "parse.structure"),
            ("id", json!(7), "parse.structure"),
            ("proof", json!({}), "parse.unknown_member"),
        ] {
            let mut value_ = good.clone();
            value_[name] = value.clone();
            assert_eq!(
                open(Enveloped::Presentation, &value_),
                Err(code),
                "{name} {value}"
            );
        }
        for name in ["@context", "type", "id"] {
            let mut value = good.clone();
            value.as_object_mut().unwrap().remove(name);
            assert_eq!(
                open(Enveloped::Presentation, &value),
                Err("parse.structure"),
                "{name}"
            );
        }
    }
}
