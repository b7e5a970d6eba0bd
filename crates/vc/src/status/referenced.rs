//! The `status` claim of a referenced token: which entry of which Token Status List tells its status
//! (Token Status List, draft-ietf-oauth-status-list-20, section 6).
//!
//! INVARIANT: a claim that is there names exactly one entry of one list by a mechanism that is known; anything
//! else is an error and counts as unknown, never as absent.

use chancery_did::object;
use chancery_proof::cbor;
use serde_json::Value;

use super::StatusError;
use super::token::cwt::unsigned;
use crate::uri::{is_absolute, is_https};

/// Where one token's status stands on a Token Status List.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenStatusEntry {
    /// `idx`: the index in the list.
    pub index: u64,
    /// `uri`: the address of the list, which the list's `sub` repeats.
    pub uri: String,
}

impl TokenStatusEntry {
    /// Makes an entry.
    pub fn new(uri: &str, index: u64) -> Self {
        Self {
            index,
            uri: uri.to_owned(),
        }
    }

    /// Parses the value of a `status` claim; members of `status_list` beyond the two are left alone.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] for another mechanism or none, an index that is no integer from 0, or an address
    /// that is no URI.
    pub fn parse(status: &Value) -> Result<Self, StatusError> {
        let mechanisms = status
            .as_object()
            .ok_or_else(|| malformed("`status` is not an object"))?;
        let list = mechanisms
            .get("status_list")
            .ok_or_else(|| malformed("`status` names no mechanism that is known"))?;
        if mechanisms.len() > 1 {
            return Err(malformed("`status` names a mechanism that is not known"));
        }
        let list = list
            .as_object()
            .ok_or_else(|| malformed("`status_list` is not an object"))?;
        let index = list.get("idx").and_then(Value::as_u64);
        let index = index.ok_or_else(|| malformed("`idx` is not an integer from 0"))?;
        let uri = list.get("uri").and_then(Value::as_str);
        Self::checked(index, uri)
    }

    /// Parses the `status` claim of a paper: an `https` list, and no member beyond the two.
    ///
    /// # Errors
    /// As [`TokenStatusEntry::parse`], and [`StatusError::Malformed`] for everything else that a paper may not have.
    pub fn parse_strict(status: &Value) -> Result<Self, StatusError> {
        let entry = Self::parse(status)?;
        if *status != entry.to_value() {
            return Err(malformed("`status_list` has a member that is not known"));
        }
        if !is_https(&entry.uri) {
            return Err(malformed("the list's address is not an https URL"));
        }
        Ok(entry)
    }

    /// The value of the `status` claim.
    pub fn to_value(&self) -> Value {
        let list = object([("idx", self.index.into()), ("uri", self.uri.as_str().into())]);
        object([("status_list", list)])
    }

    /// Parses the `status` claim of a CWT, its claim 65535 (section 6.3).
    ///
    /// # Errors
    /// As [`TokenStatusEntry::parse`].
    pub fn of_cwt(status: &cbor::Value) -> Result<Self, StatusError> {
        let mechanisms = status
            .as_map()
            .ok_or_else(|| malformed("`status` is not a map"))?;
        let list = match mechanisms.as_slice() {
            [(name, list)] if name.as_text() == Some("status_list") => list.as_map(),
            _ => return Err(malformed("`status` names another mechanism, or none")),
        };
        let list = list.ok_or_else(|| malformed("`status_list` is not a map"))?;
        let index = cbor::member(list, &cbor::Value::from("idx")).and_then(unsigned);
        let index = index.ok_or_else(|| malformed("`idx` is not an integer from 0"))?;
        let uri = cbor::member(list, &cbor::Value::from("uri"));
        Self::checked(index, uri.and_then(cbor::Value::as_text))
    }

    fn checked(index: u64, uri: Option<&str>) -> Result<Self, StatusError> {
        let uri = uri.filter(|uri| is_absolute(uri));
        let uri = uri.ok_or_else(|| malformed("`uri` is not a URI"))?;
        Ok(Self::new(uri, index))
    }
}

fn malformed(detail: &str) -> StatusError {
    StatusError::Malformed(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> cbor::Value {
        cbor::Value::from(text)
    }

    fn map(members: Vec<(&str, cbor::Value)>) -> cbor::Value {
        cbor::Value::Map(
            members
                .into_iter()
                .map(|(name, value)| (text(name), value))
                .collect(),
        )
    }

    const URI: &str = "https://acme.example/status-lists/1";

    #[test]
    fn an_entry_goes_round() {
        for index in [0, 7, u64::MAX] {
            let entry = TokenStatusEntry::new(URI, index);
            assert_eq!(TokenStatusEntry::parse(&entry.to_value()), Ok(entry.clone()));
            assert_eq!(TokenStatusEntry::parse_strict(&entry.to_value()), Ok(entry));
        }
    }

    #[test]
    fn a_claim_that_names_no_entry_is_unknown() {
        for bad in [
            json!(null),
            json!([]),
            json!("valid"),
            json!({}),
            json!({"status_assertion": {}}),
            json!({"status_list": null}),
            json!({"status_list": []}),
            json!({"status_list": {}}),
            json!({"status_list": {"idx": 0}}),
            json!({"status_list": {"uri": URI}}),
            json!({"status_list": {"idx": -1, "uri": URI}}),
            json!({"status_list": {"idx": 1.5, "uri": URI}}),
            json!({"status_list": {"idx": "1", "uri": URI}}),
            json!({"status_list": {"idx": null, "uri": URI}}),
            json!({"status_list": {"idx": 1e30, "uri": URI}}),
            json!({"status_list": {"idx": 0, "uri": "status-lists/1"}}),
            json!({"status_list": {"idx": 0, "uri": ""}}),
            json!({"status_list": {"idx": 0, "uri": 7}}),
            json!({"status_list": {"idx": 0, "uri": "https://a b"}}),
            json!({"status_list": {"idx": 0, "uri": URI}, "other": {}}),
        ] {
            assert_eq!(
                TokenStatusEntry::parse(&bad).unwrap_err().code(),
                "status.unknown",
                "{bad}"
            );
        }
    }

    #[test]
    fn a_paper_names_an_https_list_and_nothing_more() {
        for bad in [
            json!({"status_list": {"idx": 0, "uri": "http://acme.example/l"}}),
            json!({"status_list": {"idx": 0, "uri": "urn:example:l"}}),
            json!({"status_list": {"idx": 0, "uri": "https://u@acme.example/l"}}),
            json!({"status_list": {"idx": 0, "uri": "https://acme.example/l#x"}}),
            json!({"status_list": {"idx": 0, "uri": URI, "ttl": 1}}),
        ] {
            assert!(TokenStatusEntry::parse(&bad).is_ok(), "{bad}");
            assert!(TokenStatusEntry::parse_strict(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_cwt_says_the_same_in_cbor() {
        let list = |index: cbor::Value, uri: cbor::Value| map(vec![("idx", index), ("uri", uri)]);
        let good = list(cbor::Value::from(7_u64), text(URI));
        let status = map(vec![("status_list", good.clone())]);
        assert_eq!(
            TokenStatusEntry::of_cwt(&status),
            Ok(TokenStatusEntry::new(URI, 7))
        );
        let numbered = cbor::Value::Map(vec![(cbor::Value::from(1_u64), good.clone())]);
        for bad in [
            cbor::Value::Null,
            text("valid"),
            map(vec![]),
            numbered,
            map(vec![("status_list", cbor::Value::Null)]),
            map(vec![("identifier_list", good.clone())]),
            map(vec![("status_list", good.clone()), ("identifier_list", good)]),
            map(vec![("status_list", list(cbor::Value::from(-1), text(URI)))]),
            map(vec![("status_list", list(cbor::Value::from(1.0), text(URI)))]),
            map(vec![("status_list", list(text("1"), text(URI)))]),
            map(vec![("status_list", list(cbor::Value::Null, text(URI)))]),
            map(vec![(
                "status_list",
                list(cbor::Value::from(0_u64), text("list")),
            )]),
            map(vec![(
                "status_list",
                list(cbor::Value::from(0_u64), cbor::Value::Bytes(URI.into())),
            )]),
        ] {
            assert_eq!(
                TokenStatusEntry::of_cwt(&bad).unwrap_err().code(),
                "status.unknown",
                "{bad:?}"
            );
        }
    }
}
