//! Reading the members of a JSON object by name, strictly.
//!
//! Shared by the policy, the statement and the registry description (`docs/profile.md`: a reader rejects what it does not
//! know). INVARIANT: a member that nobody asked for is an error that names its path, never silently dropped.

use chancery_did::{Did, SortedMap, Timestamp};
use serde_json::{Map, Value};

/// The largest integer that every JSON reader keeps exact, 2^53 - 1.
pub(crate) const LARGEST_SAFE_INTEGER: u64 = 9_007_199_254_740_991;

/// The most characters of a path or a reason that an error carries.
const MOST_SHOWN: usize = 400;

/// A member that is missing, unknown or not of the form that it must have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` {fault}")]
pub struct MemberError {
    /// Where: member names joined by dots, list positions in brackets, as in `anchors[0].papers[1]`.
    pub path: String,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with one member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The reader does not know this member.
    #[error("is not known here")]
    Unknown,
    /// The member must be there.
    #[error("is missing")]
    Missing,
    /// The member has another JSON type than it must have.
    #[error("is not {0}")]
    NotA(&'static str),
    /// The member has the right type and a value that cannot be taken.
    #[error("is refused: {0}")]
    Invalid(String),
}

impl MemberError {
    pub(crate) fn new(path: impl Into<String>, fault: Fault) -> Self {
        Self {
            path: printable(&path.into()),
            fault,
        }
    }

    pub(crate) fn invalid(path: impl Into<String>, why: impl ToString) -> Self {
        Self::new(path, Fault::Invalid(printable(&why.to_string())))
    }
}

/// Cuts a text to a length that an error may carry, with what does not print escaped: names and values come from
/// peers, and errors are shown on terminals.
fn printable(text: &str) -> String {
    let escaped = |char: char| match char {
        '"' | '\'' | '\\' => char.to_string(),
        other => other.escape_debug().to_string(),
    };
    let mut shown: String = text.chars().take(MOST_SHOWN).map(escaped).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        shown.push_str("..");
    }
    shown
}

/// One JSON object whose every member is known, and the path that leads to it.
#[derive(Debug)]
pub(crate) struct Members<'v> {
    map: &'v Map<String, Value>,
    path: String,
}

impl<'v> Members<'v> {
    /// Takes `value` as an object that has no members besides `known`.
    pub(crate) fn read(value: &'v Value, path: &str, known: &[&str]) -> Result<Self, MemberError> {
        let members = Self::read_open(value, path)?;
        match members.map.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(MemberError::new(members.at(name), Fault::Unknown)),
            None => Ok(members),
        }
    }

    /// Takes `value` as an object of which the caller reads some members and ignores the others.
    pub(crate) fn read_open(value: &'v Value, path: &str) -> Result<Self, MemberError> {
        match value.as_object() {
            Some(map) => Ok(Self {
                map,
                path: path.to_owned(),
            }),
            None => {
                let path = if path.is_empty() { "document" } else { path };
                Err(MemberError::new(path, Fault::NotA("an object")))
            }
        }
    }

    /// The path of one member.
    pub(crate) fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    pub(crate) fn invalid(&self, name: &str, why: impl ToString) -> MemberError {
        MemberError::invalid(self.at(name), why)
    }

    pub(crate) fn missing(&self, name: &str) -> MemberError {
        MemberError::new(self.at(name), Fault::Missing)
    }

    pub(crate) fn value(&self, name: &str) -> Option<&'v Value> {
        self.map.get(name)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.map.iter()
    }

    pub(crate) fn opt_text(&self, name: &str) -> Result<Option<&'v str>, MemberError> {
        self.value(name)
            .map(|value| self.as_text(name, value))
            .transpose()
    }

    /// A string of at least one character, none of them a control character.
    pub(crate) fn text(&self, name: &str) -> Result<&'v str, MemberError> {
        let text = self.opt_text(name)?.ok_or_else(|| self.missing(name))?;
        if text.is_empty() {
            return Err(self.invalid(name, "it is empty"));
        }
        if text.chars().any(char::is_control) {
            return Err(self.invalid(name, "it holds a control character"));
        }
        Ok(text)
    }

    pub(crate) fn did(&self, name: &str) -> Result<Did, MemberError> {
        Did::parse(self.text(name)?).map_err(|error| self.invalid(name, error))
    }

    pub(crate) fn opt_did(&self, name: &str) -> Result<Option<Did>, MemberError> {
        self.value(name).map(|_| self.did(name)).transpose()
    }

    pub(crate) fn opt_bool(&self, name: &str) -> Result<Option<bool>, MemberError> {
        self.value(name)
            .map(|value| value.as_bool().ok_or_else(|| self.not_a(name, "true or false")))
            .transpose()
    }

    /// A whole number from 0 to 2^53 - 1.
    pub(crate) fn opt_whole(&self, name: &str) -> Result<Option<u64>, MemberError> {
        self.value(name)
            .map(|value| {
                value
                    .as_u64()
                    .filter(|number| *number <= LARGEST_SAFE_INTEGER)
                    .ok_or_else(|| self.not_a(name, "a whole number from 0 to 2^53 - 1"))
            })
            .transpose()
    }

    /// A JWT NumericDate in whole seconds (RFC 7519, section 2).
    pub(crate) fn seconds(&self, name: &str) -> Result<Timestamp, MemberError> {
        let seconds = self.opt_whole(name)?.ok_or_else(|| self.missing(name))?;
        i64::try_from(seconds)
            .ok()
            .filter(|seconds| seconds.checked_mul(1000).is_some())
            .map(Timestamp::from_seconds)
            .ok_or_else(|| self.not_a(name, "a time in seconds"))
    }

    /// An RFC 3339 instant.
    pub(crate) fn opt_timestamp(&self, name: &str) -> Result<Option<Timestamp>, MemberError> {
        self.opt_text(name)?
            .map(|text| Timestamp::parse(text).map_err(|error| self.invalid(name, error)))
            .transpose()
    }

    /// The items of a list with their paths; an absent list has none.
    pub(crate) fn items(&self, name: &str) -> Result<Vec<(String, &'v Value)>, MemberError> {
        let Some(value) = self.value(name) else {
            return Ok(Vec::new());
        };
        let items = value.as_array().ok_or_else(|| self.not_a(name, "a list"))?;
        let path = self.at(name);
        let mut found = Vec::new();
        for (index, item) in items.iter().enumerate() {
            found.push((format!("{path}[{index}]"), item));
        }
        Ok(found)
    }

    /// The strings of a list with their paths, each given once; an absent list has none.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<(String, &'v str)>, MemberError> {
        let mut texts: Vec<(String, &'v str)> = Vec::new();
        let mut known = SortedMap::new();
        for (path, item) in self.items(name)? {
            let text = item
                .as_str()
                .ok_or_else(|| MemberError::new(&path, Fault::NotA("a string")))?;
            if known.insert(text, ()).is_some() {
                return Err(MemberError::invalid(path, format!("`{text}` is given twice")));
            }
            texts.push((path, text));
        }
        Ok(texts)
    }

    fn as_text(&self, name: &str, value: &'v Value) -> Result<&'v str, MemberError> {
        value.as_str().ok_or_else(|| self.not_a(name, "a string"))
    }

    fn not_a(&self, name: &str, what: &'static str) -> MemberError {
        MemberError::new(self.at(name), Fault::NotA(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault<T: std::fmt::Debug>(result: Result<T, MemberError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn unknown_member_is_refused_with_its_path() {
        let value = json!({"a": 1, "b": 2});
        assert_eq!(
            fault(Members::read(&value, "outer[3]", &["a"])),
            "`outer[3].b` is not known here"
        );
    }

    #[test]
    fn document_that_is_no_object_is_refused() {
        assert_eq!(
            fault(Members::read(&json!([]), "", &[])),
            "`document` is not an object"
        );
    }

    #[test]
    fn empty_text_and_control_characters_are_refused() {
        let value = json!({"a": "", "b": "x\u{0}y"});
        let members = Members::read_open(&value, "").unwrap();
        assert_eq!(fault(members.text("a")), "`a` is refused: it is empty");
        assert_eq!(
            fault(members.text("b")),
            "`b` is refused: it holds a control character"
        );
        assert_eq!(fault(members.text("c")), "`c` is missing");
    }

    #[test]
    fn null_is_not_absence() {
        let value = json!({"a": null});
        let members = Members::read_open(&value, "").unwrap();
        assert_eq!(fault(members.opt_text("a")), "`a` is not a string");
        assert_eq!(fault(members.items("a")), "`a` is not a list");
        assert_eq!(fault(members.opt_bool("a")), "`a` is not true or false");
    }

    #[test]
    fn number_that_is_not_whole_or_not_safe_is_refused() {
        let value = json!({"a": 1.5, "b": -1, "c": 9_007_199_254_740_992_u64, "d": "1"});
        let members = Members::read_open(&value, "").unwrap();
        for name in ["a", "b", "c", "d"] {
            assert!(members.opt_whole(name).is_err(), "{name}");
        }
    }

    #[test]
    fn repeated_text_is_refused_where_it_repeats() {
        let value = json!({"a": ["x", "y", "x"]});
        let members = Members::read_open(&value, "").unwrap();
        assert_eq!(fault(members.texts("a")), "`a[2]` is refused: `x` is given twice");
    }
}
