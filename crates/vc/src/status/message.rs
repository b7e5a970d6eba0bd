//! `statusMessage` (Bitstring Status List v1.0 section 2.1).
//!
//! INVARIANT: there is one message for each value that the entry's bits can take, and none twice.

use serde_json::{Value, json};

use super::StatusError;

/// The longest text of one message, in bytes.
const MAX_MESSAGE: usize = 4096;

/// What one value of an entry means, in words for developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusMessage {
    /// The value.
    pub status: u8,
    /// Its meaning; not for end users.
    pub message: String,
}

impl StatusMessage {
    /// The object of this message.
    pub fn to_value(&self) -> Value {
        json!({"status": format!("0x{:x}", self.status), "message": self.message})
    }

    fn parse(value: &Value) -> Option<Self> {
        let digits = value.get("status")?.as_str()?.strip_prefix("0x")?;
        let well_formed =
            (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let status = u8::from_str_radix(digits, 16).ok().filter(|_| well_formed)?;
        let message = value.get("message")?.as_str()?;
        (message.len() <= MAX_MESSAGE).then(|| Self {
            status,
            message: message.to_owned(),
        })
    }
}

/// The messages of an entry of `size` bits: as many as there are values, in any order.
pub(super) fn messages(value: &Value, size: u8) -> Result<Vec<StatusMessage>, StatusError> {
    let wrong = || StatusError::Malformed("the messages are not one for each value".into());
    let values = 1_usize.checked_shl(u32::from(size)).unwrap_or_default();
    let items = value.as_array().filter(|items| items.len() == values);
    let mut messages: Vec<StatusMessage> = Vec::new();
    for item in items.ok_or_else(wrong)? {
        let message = StatusMessage::parse(item).ok_or_else(wrong)?;
        let fits = usize::from(message.status) < values;
        if !fits || messages.iter().any(|known| known.status == message.status) {
            return Err(wrong());
        }
        messages.push(message);
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(status: &str) -> Value {
        json!({"status": status, "message": "m"})
    }

    #[test]
    fn there_is_a_message_for_each_value_in_any_order() {
        let read = messages(&json!([one("0x1"), one("0x0")]), 1).unwrap();
        let values: Vec<u8> = read.iter().map(|message| message.status).collect();
        assert_eq!(values, [1, 0]);
        let all: Vec<Value> = (0..=255_u8).map(|status| one(&format!("0x{status:X}"))).collect();
        assert_eq!(messages(&json!(all), 8).unwrap().len(), 256);
        for message in read {
            assert_eq!(StatusMessage::parse(&message.to_value()), Some(message));
        }
    }

    #[test]
    fn messages_that_are_not_one_for_each_value_are_none() {
        let long = json!({"status": "0x1", "message": "m".repeat(4_097)});
        for (value, size) in [
            (json!([one("0x0")]), 1),
            (json!([one("0x0"), one("0x1"), one("0x2")]), 1),
            (json!([one("0x0"), one("0x0")]), 1),
            (json!([one("0x0"), one("0x2")]), 1),
            (json!([one("0x0"), one("1")]), 1),
            (json!([one("0x0"), one("0x")]), 1),
            (json!([one("0x0"), one("0x001")]), 1),
            (json!([one("0x0"), one("0x+1")]), 1),
            (json!([one("0x0"), one("0xg")]), 1),
            (json!([one("0x0"), {"status": 1, "message": "m"}]), 1),
            (json!([one("0x0"), {"status": "0x1"}]), 1),
            (json!([one("0x0"), {"message": "m"}]), 1),
            (json!([one("0x0"), "0x1"]), 1),
            (json!([one("0x0"), long]), 1),
            (json!([]), 1),
            (json!(null), 1),
            (json!({}), 1),
            (json!([one("0x0"), one("0x1")]), 2),
        ] {
            assert!(messages(&value, size).is_err(), "{value} {size}");
        }
    }
}
