//! Status List Aggregation (Token Status List, draft-ietf-oauth-status-list-20, section 9).
//!
//! INVARIANT: what parses is a list of absolute URIs, each once; to be named here makes no list trusted.

use chancery_proof::{Limits, json};
use serde_json::{Value, json};

use super::StatusError;
use crate::uri::is_absolute;

/// The addresses of the lists that an issuer publishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusListAggregation {
    /// Where the lists are.
    pub status_lists: Vec<String>,
}

impl StatusListAggregation {
    /// Parses an aggregation document, `application/json`; members that the draft does not name are left alone.
    ///
    /// # Errors
    /// [`StatusError::Limit`] beyond a limit of the front door, [`StatusError::Malformed`] for anything else.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, StatusError> {
        let value = json::parse(bytes, limits).map_err(crate::paper::PaperError::from)?;
        let wrong = || StatusError::Malformed("`status_lists` is not an array of distinct URIs".into());
        let items = value.get("status_lists").and_then(Value::as_array);
        let mut status_lists: Vec<String> = Vec::new();
        for item in items.ok_or_else(wrong)? {
            let uri = item.as_str().filter(|uri| is_absolute(uri)).ok_or_else(wrong)?;
            status_lists.push(uri.to_owned());
        }
        let mut sorted: Vec<&String> = status_lists.iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() != status_lists.len() {
            return Err(wrong());
        }
        Ok(Self { status_lists })
    }

    /// The document.
    pub fn to_value(&self) -> Value {
        json!({"status_lists": self.status_lists})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<StatusListAggregation, &'static str> {
        StatusListAggregation::parse(text.as_bytes(), &Limits::default()).map_err(|error| error.code())
    }

    #[test]
    fn an_aggregation_goes_round() {
        let status_lists = (1..4).map(|number| format!("https://example.com/statuslists/{number}"));
        let aggregation = StatusListAggregation {
            status_lists: status_lists.collect(),
        };
        assert_eq!(parse(&aggregation.to_value().to_string()), Ok(aggregation));
        assert_eq!(
            parse(r#"{"status_lists":[],"more":1}"#),
            Ok(StatusListAggregation::default())
        );
    }

    #[test]
    fn what_is_no_list_of_addresses_is_refused() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"status_lists":null}"#,
            r#"{"status_lists":"https://example.com/1"}"#,
            r#"{"status_lists":[1]}"#,
            r#"{"status_lists":["lists/1"]}"#,
            r#"{"status_lists":[""]}"#,
            r#"{"status_lists":["https://example.com/1","https://example.com/1"]}"#,
            r#"{"status_lists":[],"status_lists":[]}"#,
        ] {
            assert_eq!(parse(text), Err("status.unknown"), "{text}");
        }
        let many = format!(r#"{{"status_lists":[{}1]}}"#, "1,".repeat(20_000));
        assert!(parse(&many).unwrap_err().starts_with("limit."));
    }
}
