//! What a presenter staples to its presentation: status lists and registries' statements, as texts
//! (`docs/profile.md`, "Bundles").
//!
//! INVARIANT: only what somebody else than the presenter signed can be stapled. DID documents and logs cannot: a
//! did:web document is nobody's signature, and an old log would bring an old key back. What is stapled is judged
//! like what was fetched, and is worth nothing for being here.

use chancery_did::{SortedMap, try_map};

use serde_json::{Map, Value, json};

use crate::members::Members;
use crate::paper::PaperError;
use crate::uri::is_https;

/// The most status lists that one presentation may carry.
pub const MAX_STAPLED_LISTS: usize = 16;

/// The most statements that one presentation may carry.
pub const MAX_STAPLED_STATEMENTS: usize = 8;

/// The most bytes that everything stapled may take together.
pub const MAX_STAPLED_BYTES: usize = 128 * 1024;

/// Evidence that came with a presentation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stapled {
    /// Bitstring status lists by their address.
    pub status_lists: SortedMap<String, String>,
    /// Token Status Lists by their address: a compact JWS, or the base64url of a CWT.
    pub token_status_lists: SortedMap<String, String>,
    /// Signed TRQP answers.
    pub trust_statements: Vec<String>,
}

impl Stapled {
    /// Reads the member `stapled`; what is absent is empty, and what is empty has to be absent.
    ///
    /// # Errors
    /// [`PaperError`] for any other member, an address that is no `https` URL, an empty text, and more than
    /// [`MAX_STAPLED_LISTS`], [`MAX_STAPLED_STATEMENTS`] or [`MAX_STAPLED_BYTES`].
    pub fn parse(value: &Value, pointer: &str) -> Result<Self, PaperError> {
        let mut members = Members::of(value, pointer)?;
        let status_lists = lists(&mut members, "statusLists")?;
        let token_status_lists = lists(&mut members, "tokenStatusLists")?;
        let trust_statements = statements(&mut members)?;
        members.finish()?;
        let stapled = Self {
            status_lists,
            token_status_lists,
            trust_statements,
        };
        if stapled.is_empty() {
            return Err(PaperError::structure(pointer, "something that is stapled"));
        }
        stapled.check()?;
        Ok(stapled)
    }

    /// Whether nothing is stapled.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.status_lists.is_empty() && self.token_status_lists.is_empty() && self.trust_statements.is_empty()
    }

    /// Refuses more than a presentation may carry.
    ///
    /// # Errors
    /// [`PaperError::TooMuchStapled`].
    pub fn check(&self) -> Result<(), PaperError> {
        let lists = self
            .status_lists
            .len()
            .saturating_add(self.token_status_lists.len());
        if lists > MAX_STAPLED_LISTS {
            return Err(PaperError::TooMuchStapled {
                limit: MAX_STAPLED_LISTS,
                what: "status lists",
            });
        }
        if self.trust_statements.len() > MAX_STAPLED_STATEMENTS {
            return Err(PaperError::TooMuchStapled {
                limit: MAX_STAPLED_STATEMENTS,
                what: "statements",
            });
        }
        let pairs = self.status_lists.iter().chain(&self.token_status_lists);
        let listed = pairs.map(|(url, text)| url.len().saturating_add(text.len()));
        let stated = self.trust_statements.iter().map(String::len);
        let bytes = listed.chain(stated).fold(0_usize, usize::saturating_add);
        if bytes > MAX_STAPLED_BYTES {
            return Err(PaperError::TooMuchStapled {
                limit: MAX_STAPLED_BYTES,
                what: "bytes",
            });
        }
        Ok(())
    }

    /// Gives the member `stapled`; what is empty is left out.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = Map::new();
        for (name, lists) in [
            ("statusLists", &self.status_lists),
            ("tokenStatusLists", &self.token_status_lists),
        ] {
            if !lists.is_empty() {
                let texts = lists.iter().map(|(url, text)| (url.clone(), json!(text)));
                value.insert(name.to_owned(), Value::Object(texts.collect()));
            }
        }
        if !self.trust_statements.is_empty() {
            value.insert("trustStatements".to_owned(), json!(self.trust_statements));
        }
        Value::Object(value)
    }
}

fn lists(members: &mut Members<'_>, name: &'static str) -> Result<SortedMap<String, String>, PaperError> {
    let Some(value) = members.optional(name) else {
        return Ok(SortedMap::new());
    };
    let pointer = members.pointer(name);
    let found = value.as_object().filter(|found| !found.is_empty());
    let found =
        found.ok_or_else(|| PaperError::structure(&pointer, "an object of lists by their address"))?;
    let mut lists = SortedMap::new();
    for (url, text) in found {
        if !is_https(url) {
            return Err(PaperError::structure(&pointer, "by `https` addresses"));
        }
        lists.insert(url.clone(), text_of(text, &pointer)?);
    }
    Ok(lists)
}

fn statements(members: &mut Members<'_>) -> Result<Vec<String>, PaperError> {
    let Some(value) = members.optional("trustStatements") else {
        return Ok(Vec::new());
    };
    let pointer = members.pointer("trustStatements");
    let found = value.as_array().filter(|found| !found.is_empty());
    let found = found.ok_or_else(|| PaperError::structure(&pointer, "an array of statements"))?;
    try_map(found, |text| text_of(text, &pointer))
}

fn text_of(value: &Value, pointer: &str) -> Result<String, PaperError> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
        .ok_or_else(|| PaperError::structure(pointer, "of texts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://acme.example/status-lists/r";

    fn code(value: &Value) -> &'static str {
        match Stapled::parse(value, "/stapled") {
            Ok(_) => "ok",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn what_is_read_is_written_the_same() {
        let value = json!({
            "statusLists": {URL: "{}"}, "tokenStatusLists": {URL: "a.b.c"}, "trustStatements": ["d.e.f"],
        });
        let stapled = Stapled::parse(&value, "/stapled").unwrap();
        assert_eq!(stapled.to_value(), value);
        assert!(!stapled.is_empty() && Stapled::default().is_empty());
    }

    #[test]
    fn nothing_but_lists_and_statements_can_be_stapled() {
        for name in [
            "documents",
            "didLogs",
            "didFloors",
            "statusFloors",
            "zoneOffsets",
            "failures",
            "anchors",
        ] {
            let value = json!({"statusLists": {URL: "{}"}, name: {}});
            assert_eq!(code(&value), "parse.unknown_member", "{name}");
        }
    }

    #[test]
    fn shape_that_is_not_exact_is_refused() {
        for value in [
            json!(null),
            json!([]),
            json!("x"),
            json!({}),
            json!({"statusLists": {}}),
            json!({"statusLists": []}),
            json!({"statusLists": {URL: 7}}),
            json!({"statusLists": {URL: {}}}),
            json!({"statusLists": {URL: ""}}),
            json!({"statusLists": {"http://acme.example/l": "x"}}),
            json!({"statusLists": {"": "x"}}),
            json!({"tokenStatusLists": null}),
            json!({"trustStatements": {}}),
            json!({"trustStatements": []}),
            json!({"trustStatements": [7]}),
            json!({"trustStatements": [""]}),
        ] {
            assert_eq!(code(&value), "parse.structure", "{value}");
        }
    }

    #[test]
    fn more_than_a_presentation_may_carry_is_refused() {
        let many = |count: usize| -> Value {
            let lists = (0..count).map(|number| (format!("{URL}{number}"), json!("x")));
            Value::Object(lists.collect())
        };
        assert_eq!(code(&json!({"statusLists": many(16)})), "ok");
        assert_eq!(code(&json!({"statusLists": many(17)})), "limit.stapled");
        let both = json!({"statusLists": many(8), "tokenStatusLists": many(9)});
        assert_eq!(code(&both), "limit.stapled");
        let statements = |count: usize| json!({"trustStatements": vec!["x"; count]});
        assert_eq!(code(&statements(8)), "ok");
        assert_eq!(code(&statements(9)), "limit.stapled");
        let long = |length: usize| json!({"statusLists": {URL: "x".repeat(length)}});
        assert_eq!(code(&long(MAX_STAPLED_BYTES - URL.len())), "ok");
        assert_eq!(code(&long(MAX_STAPLED_BYTES - URL.len() + 1)), "limit.stapled");
    }
}
