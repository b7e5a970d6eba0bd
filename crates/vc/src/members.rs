//! Reading an object member by member, refusing what the profile does not name.
//!
//! INVARIANT: a reader that ends with [`Members::finish`] has named every member of the object; whatever it did
//! not name is refused with its JSON Pointer (RFC 6901).

use chancery_did::{Did, Timestamp};
use chancery_proof::Digest;
use serde_json::{Map, Value};

use crate::paper::PaperError;

/// The most text that one descriptive member may hold, in bytes.
const MAX_TEXT: usize = 4096;

/// One object being read.
pub(crate) struct Members<'a> {
    object: &'a Map<String, Value>,
    pointer: String,
    named: Vec<&'static str>,
}

impl<'a> Members<'a> {
    /// Starts reading the object at `pointer`.
    pub(crate) fn of(value: &'a Value, pointer: &str) -> Result<Self, PaperError> {
        match value {
            Value::Object(object) => Ok(Self {
                object,
                pointer: pointer.to_owned(),
                named: Vec::new(),
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(PaperError::structure(pointer, "an object"))
            }
        }
    }

    /// The JSON Pointer of a member.
    pub(crate) fn pointer(&self, name: &str) -> String {
        format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"))
    }

    /// The member's value, or nothing when it is absent.
    pub(crate) fn optional(&mut self, name: &'static str) -> Option<&'a Value> {
        self.named.push(name);
        self.object.get(name)
    }

    /// The member's value, which has to be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<&'a Value, PaperError> {
        self.optional(name).ok_or_else(|| PaperError::Missing {
            pointer: self.pointer(name),
        })
    }

    /// A string of at least one and at most [`MAX_TEXT`] bytes.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<&'a str, PaperError> {
        let value = self.required(name)?;
        text(value, || self.pointer(name))
    }

    /// As [`Members::text`], or nothing when it is absent.
    pub(crate) fn optional_text(&mut self, name: &'static str) -> Result<Option<&'a str>, PaperError> {
        match self.optional(name) {
            None => Ok(None),
            Some(value) => text(value, || self.pointer(name)).map(Some),
        }
    }

    /// An array of distinct texts; absent is empty, and an empty array is refused (one spelling each).
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, PaperError> {
        let Some(value) = self.optional(name) else {
            return Ok(Vec::new());
        };
        let pointer = self.pointer(name);
        let items = value.as_array().filter(|items| !items.is_empty());
        let items = items.ok_or_else(|| PaperError::structure(&pointer, "an array of texts"))?;
        let mut texts: Vec<String> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let item = text(item, || format!("{pointer}/{at}"))?;
            if texts.iter().any(|known| known == item) {
                return Err(PaperError::structure(
                    &format!("{pointer}/{at}"),
                    "distinct from the others",
                ));
            }
            texts.push(item.to_owned());
        }
        Ok(texts)
    }

    /// A DID.
    pub(crate) fn did(&mut self, name: &'static str) -> Result<Did, PaperError> {
        let text = self.text(name)?;
        Did::parse(text).map_err(|source| PaperError::Identifier {
            pointer: self.pointer(name),
            source,
        })
    }

    /// A DID, or nothing when it is absent.
    pub(crate) fn optional_did(&mut self, name: &'static str) -> Result<Option<Did>, PaperError> {
        if self.optional(name).is_none() {
            return Ok(None);
        }
        self.did(name).map(Some)
    }

    /// An XSD `dateTimeStamp`.
    pub(crate) fn time(&mut self, name: &'static str) -> Result<Timestamp, PaperError> {
        let text = self.text(name)?;
        Timestamp::parse(text).map_err(|source| PaperError::Identifier {
            pointer: self.pointer(name),
            source,
        })
    }

    /// A paper digest.
    pub(crate) fn digest(&mut self, name: &'static str) -> Result<Digest, PaperError> {
        let text = self.text(name)?;
        Digest::parse(text)
            .map_err(|_| PaperError::structure(&self.pointer(name), "a SHA-256 digestMultibase"))
    }

    /// A paper digest, or nothing when it is absent.
    pub(crate) fn optional_digest(&mut self, name: &'static str) -> Result<Option<Digest>, PaperError> {
        if self.optional(name).is_none() {
            return Ok(None);
        }
        self.digest(name).map(Some)
    }

    /// A NumericDate in whole seconds (RFC 7519 section 2); anything else is `time.malformed`.
    pub(crate) fn seconds(&mut self, name: &'static str) -> Result<Timestamp, PaperError> {
        let value = self.required(name)?;
        seconds(value).ok_or_else(|| PaperError::Time {
            pointer: self.pointer(name),
        })
    }

    /// As [`Members::seconds`], or nothing when it is absent.
    pub(crate) fn optional_seconds(&mut self, name: &'static str) -> Result<Option<Timestamp>, PaperError> {
        if self.optional(name).is_none() {
            return Ok(None);
        }
        self.seconds(name).map(Some)
    }

    /// Refuses every member that was not named.
    pub(crate) fn finish(self) -> Result<(), PaperError> {
        match self
            .object
            .keys()
            .find(|name| !self.named.contains(&name.as_str()))
        {
            None => Ok(()),
            Some(unknown) => Err(PaperError::UnknownMember {
                pointer: self.pointer(unknown),
            }),
        }
    }
}

/// Says whether a value is an array of exactly these texts.
pub(crate) fn is_list_of(value: &Value, texts: &[&str]) -> bool {
    value.as_array().is_some_and(|items| {
        items.len() == texts.len()
            && items
                .iter()
                .zip(texts)
                .all(|(item, text)| item.as_str() == Some(text))
    })
}

/// The last instant a NumericDate may name: the end of the year 9999, in seconds.
const LAST_SECOND: i64 = 253_402_300_799;

fn seconds(value: &Value) -> Option<Timestamp> {
    let seconds = value
        .as_i64()
        .filter(|seconds| (0..=LAST_SECOND).contains(seconds))?;
    Some(Timestamp::from_seconds(seconds))
}

fn text(value: &Value, pointer: impl Fn() -> String) -> Result<&str, PaperError> {
    let text = value
        .as_str()
        .ok_or_else(|| PaperError::structure(&pointer(), "a string"))?;
    if text.is_empty() || text.len() > MAX_TEXT {
        return Err(PaperError::structure(&pointer(), "a string of 1 to 4096 bytes"));
    }
    Ok(text)
}
