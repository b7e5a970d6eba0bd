//! `BitstringStatusListEntry` (Bitstring Status List v1.0 section 2.1).
//!
//! INVARIANT: the index is one canonical decimal number, the size is between 1 and [`MAX_STATUS_SIZE`], and
//! the entry's own `id` is not the list's address.

use chancery_did::try_map;
use serde_json::{Map, Value, json};

use super::StatusError;
use super::message::{StatusMessage, messages};
use crate::credential::items;
use crate::uri::{is_absolute, is_https};

/// The most bits that one entry may take.
pub const MAX_STATUS_SIZE: u8 = 8;

/// What a set bit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusPurpose {
    /// The credential is revoked, for good.
    Revocation,
    /// The credential is suspended, until it is resumed.
    Suspension,
    /// A newer version of the credential is to be had.
    Refresh,
    /// The value is one of the entry's messages.
    Message,
}

impl StatusPurpose {
    /// Every purpose of the recommendation.
    pub const ALL: [Self; 4] = [Self::Revocation, Self::Suspension, Self::Refresh, Self::Message];

    /// The word in an entry.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
            Self::Refresh => "refresh",
            Self::Message => "message",
        }
    }

    /// Finds the purpose of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == word)
    }
}

/// Where one credential's status stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// What a set value means.
    pub purpose: StatusPurpose,
    /// The index of the entry in the list.
    pub index: u64,
    /// The address of the list.
    pub list: String,
    /// How many bits the entry takes; 1 unless its purpose is [`StatusPurpose::Message`].
    pub size: u8,
    /// What each value means, if the entry says so.
    pub messages: Vec<StatusMessage>,
    /// Where to read more about the status.
    pub references: Vec<String>,
}

impl StatusEntry {
    /// Makes an entry of one bit.
    pub fn new(purpose: StatusPurpose, list: &str, index: u64) -> Self {
        Self {
            purpose,
            index,
            list: list.to_owned(),
            size: 1,
            messages: Vec::new(),
            references: Vec::new(),
        }
    }

    /// Parses the entry of any credential; members that the recommendation does not name are left alone.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] for an unknown type or purpose, an index that is not one canonical decimal
    /// string, or a size that its messages do not match.
    pub fn parse(value: &Value) -> Result<Self, StatusError> {
        let object = value
            .as_object()
            .ok_or_else(|| malformed("the entry is not an object"))?;
        let text = |name: &str| object.get(name).and_then(Value::as_str);
        if text("type") != Some("BitstringStatusListEntry") {
            return Err(malformed("the entry's type is not `BitstringStatusListEntry`"));
        }
        let purpose = text("statusPurpose").and_then(StatusPurpose::parse);
        let purpose = purpose.ok_or_else(|| malformed("the entry's purpose is not known"))?;
        let index = text("statusListIndex").and_then(decimal);
        let index = index.ok_or_else(|| malformed("the index is not a decimal string"))?;
        let list = text("statusListCredential").filter(|url| is_absolute(url));
        let list = list.ok_or_else(|| malformed("the list's address is not a URL"))?;
        let id = object.get("id");
        if id.is_some_and(|id| id.as_str().is_none_or(|id| !is_absolute(id) || id == list)) {
            return Err(malformed("the entry's `id` is not a URL of its own"));
        }
        let size = size(object)?;
        let messages = match object.get("statusMessage") {
            None => Vec::new(),
            Some(value) => messages(value, size)?,
        };
        if size > 1 && (messages.is_empty() || purpose != StatusPurpose::Message) {
            return Err(malformed("several bits without messages, or of another purpose"));
        }
        Ok(Self {
            purpose,
            index,
            list: list.to_owned(),
            size,
            messages,
            references: references(object.get("statusReference"))?,
        })
    }

    /// What a value means in the entry's own words: its message, or `set` and `unset` where it brings none.
    pub fn message(&self, value: u8) -> &str {
        match self.messages.iter().find(|message| message.status == value) {
            Some(message) => &message.message,
            None if value == 0 => "unset",
            None => "set",
        }
    }

    /// Parses the entry of a paper: single bits, an `https` list, and no member beyond the four and `id`.
    ///
    /// # Errors
    /// As [`StatusEntry::parse`], and [`StatusError::Malformed`] for everything else that a paper may not have.
    pub fn parse_strict(value: &Value) -> Result<Self, StatusError> {
        let entry = Self::parse(value)?;
        let known = [
            "id",
            "type",
            "statusPurpose",
            "statusListIndex",
            "statusListCredential",
        ];
        let unknown = value
            .as_object()
            .and_then(|object| object.keys().find(|name| !known.contains(&name.as_str())));
        if unknown.is_some() {
            return Err(malformed("the entry of a paper has a member that is not known"));
        }
        if !is_https(&entry.list) {
            return Err(malformed("the list's address is not an https URL"));
        }
        Ok(entry)
    }

    /// The object of this entry.
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose.as_str(),
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        });
        let mut add = |name: &str, member: Value| {
            if let Some(object) = value.as_object_mut() {
                object.insert(name.to_owned(), member);
            }
        };
        if self.size > 1 {
            add("statusSize", json!(self.size));
        }
        if !self.messages.is_empty() {
            let messages = self.messages.iter().map(StatusMessage::to_value).collect();
            add("statusMessage", Value::Array(messages));
        }
        match self.references.as_slice() {
            [] => {}
            [one] => add("statusReference", json!(one)),
            several => add("statusReference", json!(several)),
        }
        value
    }
}

/// The purposes of a list: one word or several, each known, none twice.
pub(super) fn purposes(value: &Value) -> Result<Vec<StatusPurpose>, StatusError> {
    let mut purposes = Vec::new();
    for word in items(Some(value)) {
        let purpose = word.as_str().and_then(StatusPurpose::parse);
        let purpose = purpose.filter(|purpose| !purposes.contains(purpose));
        purposes.push(purpose.ok_or_else(|| malformed("the list's purposes are not known and distinct"))?);
    }
    if purposes.is_empty() {
        return Err(malformed("the list has no purpose"));
    }
    Ok(purposes)
}

/// A number in its one decimal spelling: no sign, no leading zero, nothing but digits.
fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit()));
    if canonical { text.parse().ok() } else { None }
}

fn size(object: &Map<String, Value>) -> Result<u8, StatusError> {
    let Some(value) = object.get("statusSize") else {
        return Ok(1);
    };
    let size = value.as_u64().and_then(|size| u8::try_from(size).ok());
    size.filter(|size| (1..=MAX_STATUS_SIZE).contains(size))
        .ok_or_else(|| malformed("the size is not between 1 and 8"))
}

/// One URL or several, none for an absent member.
fn references(value: Option<&Value>) -> Result<Vec<String>, StatusError> {
    let wrong = || malformed("the references are not URLs");
    if value.is_none() {
        return Ok(Vec::new());
    }
    let urls = try_map(items(value), |item| {
        let url = item.as_str().filter(|url| is_absolute(url));
        url.map(str::to_owned).ok_or_else(wrong)
    })?;
    if urls.is_empty() { Err(wrong()) } else { Ok(urls) }
}

fn malformed(detail: &str) -> StatusError {
    StatusError::Malformed(detail.to_owned())
}
