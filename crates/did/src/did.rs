//! DIDs and DID URLs, [DID 1.0 section 3](https://www.w3.org/TR/did-1.0/#identifier).
//!
//! INVARIANT: a `Did` or a `DidUrl` exists only by parsing, in canonical spelling: ASCII, percent-encoding
//! with upper-case hexadecimal digits and only where a character needs it. So equality of text is equality
//! of identity, and `parse(display(x)) == x`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::PublicKey;

/// The longest DID or DID URL that is read, in bytes.
const MAX_BYTES: usize = 4096;

/// Says why a text is not one of this crate's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// The text is not a DID.
    #[error("`{text}` is not a DID: {defect}")]
    Did {
        /// The beginning of the text, escaped.
        text: String,
        /// What is wrong with it.
        defect: &'static str,
    },
    /// The text is not a DID URL.
    #[error("`{text}` is not a DID URL: {defect}")]
    DidUrl {
        /// The beginning of the text, escaped.
        text: String,
        /// What is wrong with it.
        defect: &'static str,
    },
    /// The text is not a date and time with a zone.
    #[error("`{text}` is not a time: {defect}")]
    Timestamp {
        /// The beginning of the text, escaped.
        text: String,
        /// What is wrong with it.
        defect: &'static str,
    },
}

impl ParseError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Did { .. } => "parse.did",
            Self::DidUrl { .. } => "parse.did_url",
            Self::Timestamp { .. } => "parse.timestamp",
        }
    }
}

/// Shows the beginning of a text that was refused.
///
/// A did:jwk can carry a private key in its text, so nothing of its identifier is shown.
pub(crate) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 48;
    const JWK: &str = "did:jwk:";
    if text.trim_start().to_ascii_lowercase().starts_with(JWK) {
        return format!("{JWK}..");
    }
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("..");
    }
    shown
}

/// A decentralized identifier such as `did:web:acme.example`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did {
    text: String,
    method_end: usize,
}

impl Did {
    /// Parses a DID in canonical spelling; an unusual spelling of the same identifier is refused.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |defect| {
            Err(ParseError::Did {
                text: excerpt(text),
                defect,
            })
        };
        if text.len() > MAX_BYTES {
            return refuse("it is too long");
        }
        let Some(rest) = text.strip_prefix("did:") else {
            return refuse("it does not start with `did:`");
        };
        let Some((method, id)) = rest.split_once(':') else {
            return refuse("it has no method-specific identifier");
        };
        if method.is_empty()
            || !method
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        {
            return refuse("its method name is not lower-case letters and digits");
        }
        if id.is_empty() || id.ends_with(':') {
            return refuse("its method-specific identifier is empty or ends with `:`");
        }
        if let Err(defect) = check_characters(id, |b| is_id_character(b) || b == b':') {
            return refuse(defect);
        }
        let method_end = "did:".len().saturating_add(method.len());
        Ok(Self {
            text: text.to_owned(),
            method_end,
        })
    }

    /// Returns the did:key of a key ([did:key](https://w3c-ccg.github.io/did-key-spec/)).
    #[must_use]
    pub fn of_key(key: &PublicKey) -> Self {
        // INVARIANT: base58 has no character that a DID may not have, so this needs no parsing.
        Self {
            text: format!("did:key:{}", key.to_multikey()),
            method_end: "did:key".len(),
        }
    }

    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the method's name, such as `web`.
    #[must_use]
    pub fn method(&self) -> &str {
        self.text.get("did:".len()..self.method_end).unwrap_or_default()
    }

    /// Returns what stands after the method's name and its colon.
    #[must_use]
    pub fn method_specific_id(&self) -> &str {
        self.text
            .get(self.method_end.saturating_add(1)..)
            .unwrap_or_default()
    }

    /// Returns the DID URL that is this DID with a fragment, given without `#`.
    pub fn with_fragment(&self, fragment: &str) -> Result<DidUrl, ParseError> {
        DidUrl::parse(&format!("{}#{fragment}", self.text))
    }

    /// Says whether this DID is `namespace` or lies below it by whole `:` segments.
    ///
    /// `did:web:a.example` covers `did:web:a.example:x` and not `did:web:a.example.evil`; `did:key` covers
    /// every did:key. A DID that goes on with an empty segment, `.` or `..` is below nothing: some reader would
    /// resolve it to another place.
    #[must_use]
    pub fn is_within(&self, namespace: &str) -> bool {
        let names_a_method = namespace
            .strip_prefix("did:")
            .is_some_and(|rest| !rest.is_empty());
        names_a_method
            && self
                .text
                .strip_prefix(namespace)
                .is_some_and(|rest| match rest.strip_prefix(':') {
                    Some(below) => below.split(':').all(|part| !matches!(part, "" | "." | "..")),
                    None => rest.is_empty(),
                })
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Did({})", self.text)
    }
}

impl FromStr for Did {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Serialize for Did {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A DID with an optional path, query and fragment, such as `did:web:acme.example#key-1`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DidUrl {
    text: String,
    did: Did,
    fragment: Option<usize>,
}

impl DidUrl {
    /// Parses an absolute DID URL in canonical spelling; an empty fragment names nothing and is refused.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let refuse = |defect| {
            Err(ParseError::DidUrl {
                text: excerpt(text),
                defect,
            })
        };
        if text.len() > MAX_BYTES {
            return refuse("it is too long");
        }
        let (before, fragment) = split_at_char(text, '#');
        let (before, query) = split_at_char(before, '?');
        let (did, path) = match before.find('/') {
            Some(at) => before.split_at(at),
            None => (before, ""),
        };
        let did = match Did::parse(did) {
            Ok(did) => did,
            Err(ParseError::Did { defect, .. }) => return refuse(defect),
            Err(other) => return Err(other),
        };
        if let Err(defect) = check_characters(path, |b| is_path_character(b) || b == b'/') {
            return refuse(defect);
        }
        let in_tail = |b| is_path_character(b) || b == b'/' || b == b'?';
        for part in [query, fragment].into_iter().flatten() {
            if let Err(defect) = check_characters(part, in_tail) {
                return refuse(defect);
            }
        }
        if fragment == Some("") {
            return refuse("its fragment is empty");
        }
        let fragment = fragment.map(|fragment| text.len().saturating_sub(fragment.len()));
        Ok(Self {
            text: text.to_owned(),
            did,
            fragment,
        })
    }

    /// Returns the whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the DID that the URL starts with.
    #[must_use]
    pub fn did(&self) -> &Did {
        &self.did
    }

    /// Returns the fragment without its `#`.
    #[must_use]
    pub fn fragment(&self) -> Option<&str> {
        self.text.get(self.fragment?..)
    }
}

impl fmt::Display for DidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for DidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DidUrl({})", self.text)
    }
}

impl FromStr for DidUrl {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Serialize for DidUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

fn split_at_char(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn is_id_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
}

/// RFC 3986 `pchar` without percent-encoding.
fn is_path_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')'
        )
        || matches!(byte, b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@')
}

/// Checks every character, and that percent-encoding is canonical ([RFC 3986 section 6.2.2]).
///
/// [RFC 3986 section 6.2.2]: https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
fn check_characters(text: &str, allowed: impl Fn(u8) -> bool) -> Result<(), &'static str> {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (bytes.next().and_then(digit), bytes.next().and_then(digit)) else {
                return Err("a `%` is not followed by two upper-case hexadecimal digits");
            };
            let encoded = (high << 4) | low;
            if encoded.is_ascii_alphanumeric() || matches!(encoded, b'-' | b'.' | b'_' | b'~') {
                return Err("it percent-encodes a character that needs no encoding");
            }
        } else if !byte.is_ascii() {
            return Err("it has a character outside ASCII");
        } else if !allowed(byte) {
            return Err("it has a character that may not stand there");
        }
    }
    Ok(())
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'A'..=b'F' => byte.checked_sub(b'A')?.checked_add(10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn did(text: &str) -> Did {
        Did::parse(text).unwrap()
    }

    #[test]
    fn a_did_has_a_method_and_an_identifier() {
        let did = did("did:web:a.example%3A8443:x");
        assert_eq!(
            (did.method(), did.method_specific_id()),
            ("web", "a.example%3A8443:x")
        );
        assert_eq!(did.to_string(), "did:web:a.example%3A8443:x");
        assert_eq!(serde_json::to_value(&did).unwrap(), "did:web:a.example%3A8443:x");
    }

    #[test]
    fn what_is_not_a_canonical_did_is_refused() {
        for text in [
            "",
            "did",
            "did:",
            "did:web",
            "did:web:",
            "did::a",
            "did:Web:a",
            "did:we-b:a",
            "DID:web:a",
            " did:web:a",
            "did:web:a ",
            "did:web:a:",
            "did:web:a/b",
            "did:web:a?b",
            "did:web:a#b",
            "did:web:a@b",
            "did:web:a\\b",
            "did:web:a\n",
            "did:web:\u{e4}",
            "did:web:a%",
            "did:web:a%3",
            "did:web:a%3a",
            "did:web:a%41",
            "did:web:a%2E",
            "did:web:a%GG",
            "did:web:a%\u{e4}",
            "did:w\u{e4}b:a",
        ] {
            assert_eq!(Did::parse(text).unwrap_err().code(), "parse.did", "{text}");
        }
        assert!(Did::parse(&format!("did:web:{}", "a".repeat(MAX_BYTES))).is_err());
    }

    #[test]
    fn a_namespace_covers_whole_segments_only() {
        for (inner, namespace) in [
            ("did:web:a.example", "did:web:a.example"),
            ("did:web:a.example:x", "did:web:a.example"),
            ("did:web:a.example:x:y", "did:web:a.example:x"),
            ("did:key:z6Mk", "did:key"),
        ] {
            assert!(did(inner).is_within(namespace), "{inner} in {namespace}");
        }
        for (inner, namespace) in [
            ("did:web:a.example.evil", "did:web:a.example"),
            ("did:web:a.example%3A8443", "did:web:a.example"),
            ("did:web:a.example", "did:web:a.example:x"),
            ("did:web:a.example:xy", "did:web:a.example:x"),
            ("did:web:a.example", "did:web:a"),
            ("did:web:a.example", "did:we"),
            ("did:webvh:a", "did:web"),
            ("did:web:a.example", "did"),
            ("did:web:a.example", "did:"),
            ("did:web:a.example", ""),
            ("did:web:a.example:..", "did:web:a.example"),
            ("did:web:a.example:x:..:y", "did:web:a.example:x"),
            ("did:web:a.example:x:.:y", "did:web:a.example:x"),
            ("did:web:a.example::y", "did:web:a.example"),
            ("did:web:a.example:x", "did:web:a.example:"),
            ("did:web:a.example:x", "did:web:"),
            ("did:key:z6Mk", "did:ke"),
            ("did:key:z6Mk", "did:key:"),
        ] {
            assert!(!did(inner).is_within(namespace), "{inner} in {namespace}");
        }
    }

    #[test]
    fn a_did_url_has_a_did_and_perhaps_a_fragment() {
        for (text, fragment) in [
            ("did:web:a.example", None),
            ("did:web:a.example#key-1", Some("key-1")),
            ("did:web:a.example/p/q?versionId=1&x=/?#key-1", Some("key-1")),
            ("did:web:a.example?service=files", None),
            ("did:web:a.example/#/?:@", Some("/?:@")),
        ] {
            let url = DidUrl::parse(text).unwrap();
            assert_eq!(
                (url.did().as_str(), url.fragment()),
                ("did:web:a.example", fragment),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_canonical_did_url_is_refused() {
        for text in [
            "",
            "#key-1",
            "did:web:#key-1",
            "did:web:a.example#",
            "did:web:a.example#a#b",
            "did:web:a.example#a b",
            "did:web:a.example#\u{e4}",
            "did:web:a.example#a%2e",
            "did:web:a.example#a%41",
            "did:web:a.example/a\\b",
            "did:web:a.example?a[]",
            "https://a.example#key-1",
        ] {
            assert_eq!(DidUrl::parse(text).unwrap_err().code(), "parse.did_url", "{text}");
        }
        assert!(did("did:web:a.example").with_fragment("").is_err());
        assert!(did("did:web:a.example").with_fragment("a#b").is_err());
    }

    #[test]
    fn an_error_shows_no_identifier_of_a_did_jwk() {
        for text in [
            "did:jwk:eyJkIjoic2VjcmV0In0!",
            "DID:JWK:eyJkIjoic2VjcmV0In0",
            " did:jwk:eyJkIjoic2VjcmV0In0",
        ] {
            for shown in [
                Did::parse(text).unwrap_err().to_string(),
                DidUrl::parse(text).unwrap_err().to_string(),
            ] {
                assert!(!shown.contains("eyJk"), "{shown}");
            }
        }
        let shown = Did::parse(&format!("{}\u{1b}[31m", "x".repeat(20)))
            .unwrap_err()
            .to_string();
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }

    proptest! {
        #[test]
        fn a_did_that_is_written_is_read_again(
            text in "did:[a-z0-9]{1,8}:([a-zA-Z0-9._-]|%3A|%2F|%C3){0,9}(:[a-zA-Z0-9._-]{0,5}){0,3}[a-z]",
        ) {
            let did = did(&text);
            prop_assert_eq!(did.to_string(), text);
            prop_assert_eq!(Did::parse(did.as_str()).unwrap(), did);
        }

        #[test]
        fn a_did_url_that_is_written_is_read_again(
            text in "did:web:a[.]example(/[a-z0-9~!$&'()*+,;=:@-]{0,5}){0,3}([?][a-z/?=]{0,5})?(#[a-z0-9/?:@-]{1,5})?",
        ) {
            let url = DidUrl::parse(&text).unwrap();
            prop_assert_eq!(url.to_string(), text);
            prop_assert_eq!(DidUrl::parse(url.as_str()).unwrap(), url);
        }

        #[test]
        fn no_text_panics(text in "(did:)?[a-z%#?/:.A-F0-9\\PC]{0,30}") {
            if let Ok(did) = Did::parse(&text) {
                prop_assert_eq!(did.as_str(), &text);
            }
            if let Ok(url) = DidUrl::parse(&text) {
                prop_assert_eq!(url.as_str(), &text);
            }
        }
    }
}
