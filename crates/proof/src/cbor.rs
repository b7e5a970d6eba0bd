//! The strict CBOR reader (RFC 8949).
//!
//! INVARIANT: `encode(&parse(bytes)?)? == bytes`. One value has one spelling, the preferred serialization of
//! section 4.1: lengths are definite, heads and floats as short as they can be. Map keys are unique, nothing
//! follows the value, and size, depth and items are bounded. The order of a map's keys is the writer's.

use std::collections::BTreeSet;

use crate::{Limits, ReadError};

pub use ciborium::Value;

/// Reads one CBOR value.
///
/// # Errors
///
/// [`ReadError`] with `parse.cbor`, `parse.duplicate_member` or a `limit.*` code.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::Size { limit: limits.bytes });
    }
    let depth = limits.depth.min(Limits::DEPTH_CEILING);
    let mut rest = bytes;
    let value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, depth).map_err(|error| match error {
            ciborium::de::Error::RecursionLimitExceeded => ReadError::Depth { limit: depth },
            ciborium::de::Error::Io(_) => ReadError::Cbor("it ends too early"),
            ciborium::de::Error::Syntax(_) | ciborium::de::Error::Semantic(..) => {
                ReadError::Cbor("it is not well-formed")
            }
        })?;
    if !rest.is_empty() {
        return Err(ReadError::Cbor("bytes follow the value"));
    }
    check(&value, limits)?;
    if encode(&value)? != bytes {
        return Err(ReadError::Cbor("it is not in preferred serialization"));
    }
    Ok(value)
}

/// Writes a value in preferred serialization; maps keep their order.
///
/// # Errors
///
/// `parse.cbor` for a value that has no spelling.
pub fn encode(value: &Value) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| ReadError::Cbor("it cannot be written"))?;
    Ok(bytes)
}

/// The value that stands under a key of a map.
pub fn member<'a>(map: &'a [(Value, Value)], key: &Value) -> Option<&'a Value> {
    map.iter()
        .find_map(|(name, value)| (name == key).then_some(value))
}

fn check(value: &Value, limits: &Limits) -> Result<(), ReadError> {
    let count = |length: usize| {
        if length > limits.items {
            return Err(ReadError::Items { limit: limits.items });
        }
        Ok(())
    };
    if let Value::Text(text) = value
        && text.len() > limits.string
    {
        return Err(ReadError::Size { limit: limits.string });
    }
    if let Value::Array(items) = value {
        count(items.len())?;
        items.iter().try_for_each(|item| check(item, limits))?;
    }
    if let Value::Map(members) = value {
        count(members.len())?;
        let mut names = BTreeSet::new();
        for (name, member) in members {
            if !names.insert(encode(name)?) {
                return Err(ReadError::DuplicateMember(spelled(name)));
            }
            check(name, limits)?;
            check(member, limits)?;
        }
    }
    if let Value::Tag(_, inner) = value {
        check(inner, limits)?;
    }
    Ok(())
}

/// A key for the eyes of people.
fn spelled(name: &Value) -> String {
    match (name.as_text(), name.as_integer()) {
        (Some(text), _) => crate::error::short(text),
        (_, Some(number)) => i128::from(number).to_string(),
        _ => "..".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        parse(bytes, &Limits::default()).map_or_else(|error| error.code(), |_| "ok")
    }

    #[test]
    fn what_is_preferred_is_read() {
        for bytes in [
            &[0x00][..],
            &[0x18, 0x18],
            &[0x20],
            &[0x40],
            &[0x60],
            &[0x80],
            &[0xa0],
            &[0xf4],
            &[0xf6],
            &[0xf9, 0x3c, 0x00],
            &[0xa2, 0x01, 0x02, 0x20, 0x03],
            &[0xa2, 0x20, 0x03, 0x01, 0x02],
            &[0xd2, 0x80],
        ] {
            assert_eq!(code(bytes), "ok", "{bytes:02x?}");
        }
    }

    #[test]
    fn another_spelling_of_a_value_is_refused() {
        for bytes in [
            &[0x18, 0x00][..],               // 0 in two bytes
            &[0x19, 0x00, 0xff],             // 255 in three
            &[0x1a, 0x00, 0x00, 0xff, 0xff], // 65,535 in five
            &[0x38, 0x00],                   // -1 in two
            &[0x58, 0x00],                   // no bytes, in a long head
            &[0x78, 0x01, b'a'],             // a text in a long head
            &[0x98, 0x00],                   // no items, in a long head
            &[0xb8, 0x00],                   // no members, in a long head
            &[0x5f, 0x41, 0x00, 0xff],       // bytes of indefinite length
            &[0x7f, 0x61, b'a', 0xff],       // a text of indefinite length
            &[0x9f, 0xff],                   // items of indefinite length
            &[0xbf, 0xff],                   // members of indefinite length
            &[0xfa, 0x3f, 0x80, 0x00, 0x00], // 1.0 in five bytes
            &[0xd8, 0x12, 0x80],             // tag 18 in two bytes
            &[0xc2, 0x41, 0x01],             // 1 as a bignum
            &[0xf8, 0x14],                   // false in two bytes
        ] {
            assert_eq!(code(bytes), "parse.cbor", "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        for bytes in [
            &[][..],
            &[0x00, 0x00],
            &[0x19, 0x01],
            &[0x41],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x62, 0xc3, 0x28],
            &[0x82, 0x00],
            &[0xa1, 0x00],
            &[0xff],
            &[0x1c],
            &[0xfc],
            &[0xd2],
        ] {
            assert_eq!(code(bytes), "parse.cbor", "{bytes:02x?}");
        }
    }

    #[test]
    fn a_key_stands_once_in_a_map() {
        for bytes in [
            &[0xa2, 0x01, 0x00, 0x01, 0x00][..],
            &[0xa2, 0x61, b'a', 0x00, 0x61, b'a', 0x01],
            &[0x81, 0xa2, 0x80, 0x00, 0x80, 0x01],
            &[0xa1, 0x00, 0xa2, 0x20, 0x00, 0x20, 0x00],
            &[0xa1, 0xa2, 0x20, 0x00, 0x20, 0x00, 0x00],
        ] {
            assert_eq!(code(bytes), "parse.duplicate_member", "{bytes:02x?}");
        }
    }

    #[test]
    fn size_depth_items_and_texts_are_limited() {
        assert_eq!(code(&[0x81; 100_000]), "limit.depth");
        assert_eq!(code(&[0xd2; 100_000]), "limit.depth");
        let tight = Limits {
            bytes: 8,
            items: 2,
            string: 2,
            depth: 2,
            ..Limits::default()
        };
        for (bytes, expected) in [
            (&[0x00; 9][..], "limit.size"),
            (&[0x83, 0, 0, 0], "limit.items"),
            (&[0xa3, 0, 0, 1, 0, 2, 0], "limit.items"),
            (&[0x63, b'a', b'b', b'c'], "limit.size"),
            (&[0x81, 0x81, 0x81, 0x00], "limit.depth"),
        ] {
            let error = parse(bytes, &tight).unwrap_err();
            assert_eq!(error.code(), expected, "{bytes:02x?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic_and_what_is_read_has_one_spelling(bytes in proptest::collection::vec(0_u8.., 0..64)) {
            if let Ok(value) = parse(&bytes, &Limits::default()) {
                proptest::prop_assert_eq!(encode(&value).unwrap(), bytes);
            }
        }
    }
}
