//! The strict CBOR reader (RFC 8949).
//!
//! INVARIANT: `encode(&parse(bytes)?)? == bytes`. One value has one spelling, the preferred serialization of
//! section 4.1: lengths are definite, heads and floats as short as they can be. Map keys are unique, nothing
//! follows the value, and size, depth and items are bounded. The order of a map's keys is the writer's.

use chancery_did::SortedMap;
use ciborium_ll::{Decoder, Encoder, Header, simple, tag};

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
    let value = read(&mut rest, depth, depth)?;
    if !rest.is_empty() {
        return Err(ReadError::Cbor("bytes follow the value"));
    }
    check(&value, limits)?;
    if encode(&value)? != bytes {
        return Err(ReadError::Cbor("it is not in preferred serialization"));
    }
    Ok(value)
}

/// Reads one value that may open `depth` more levels of `limit`, and leaves what follows.
fn read(rest: &mut &[u8], depth: usize, limit: usize) -> Result<Value, ReadError> {
    const MALFORMED: ReadError = ReadError::Cbor("it is not well-formed");
    let deeper = || depth.checked_sub(1).ok_or(ReadError::Depth { limit });
    let header = Decoder::from(&mut *rest).pull().map_err(|error| match error {
        ciborium_ll::Error::Io(_) => SHORT,
        ciborium_ll::Error::Syntax(_) => MALFORMED,
    })?;
    Ok(match header {
        Header::Positive(number) => Value::from(number),
        Header::Negative(number) => {
            // INVARIANT: the number is -1 - n, and so well within 128 bits.
            let number = i128::from(number) ^ !0;
            Value::Integer(number.try_into().map_err(|_| MALFORMED)?)
        }
        Header::Float(number) => Value::Float(number),
        Header::Simple(simple::FALSE) => Value::Bool(false),
        Header::Simple(simple::TRUE) => Value::Bool(true),
        Header::Simple(simple::NULL) => Value::Null,
        Header::Bytes(Some(length)) => Value::Bytes(taken(rest, length)?.to_vec()),
        Header::Text(Some(length)) => match std::str::from_utf8(taken(rest, length)?) {
            Ok(text) => Value::from(text),
            Err(_) => return Err(MALFORMED),
        },
        Header::Array(Some(length)) => {
            let depth = deeper()?;
            let mut items = Vec::new();
            for _ in 0..length {
                items.push(read(rest, depth, limit)?);
            }
            Value::Array(items)
        }
        Header::Map(Some(length)) => {
            let depth = deeper()?;
            let mut members = Vec::new();
            for _ in 0..length {
                members.push((read(rest, depth, limit)?, read(rest, depth, limit)?));
            }
            Value::Map(members)
        }
        Header::Tag(number) => {
            let value = read(rest, deeper()?, limit)?;
            if matches!(number, tag::BIGPOS | tag::BIGNEG)
                && value.as_bytes().is_some_and(|bytes| is_small(bytes))
            {
                return Err(ReadError::Cbor("it is not in preferred serialization"));
            }
            Value::Tag(number, Box::new(value))
        }
        Header::Simple(_)
        | Header::Break
        | Header::Bytes(None)
        | Header::Text(None)
        | Header::Array(None)
        | Header::Map(None) => return Err(MALFORMED),
    })
}

const SHORT: ReadError = ReadError::Cbor("it ends too early");

/// Takes a number of bytes off the front.
fn taken<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], ReadError> {
    let (found, behind) = rest.split_at_checked(length).ok_or(SHORT)?;
    *rest = behind;
    Ok(found)
}

/// Whether the number of a bignum has a shorter spelling: as an integer, or without its zeros.
fn is_small(bignum: &[u8]) -> bool {
    bignum.len() <= 8 || bignum.first() == Some(&0)
}

/// Writes a value in preferred serialization; maps keep their order.
///
/// # Errors
///
/// `parse.cbor` for a value that has no spelling.
pub fn encode(value: &Value) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    write(value, &mut bytes)?;
    Ok(bytes)
}

fn write(value: &Value, out: &mut Vec<u8>) -> Result<(), ReadError> {
    const UNWRITABLE: ReadError = ReadError::Cbor("it cannot be written");
    let header = match value {
        Value::Integer(number) => {
            let number = i128::from(*number);
            match (u64::try_from(number), u64::try_from(number ^ !0)) {
                (Ok(number), _) => Header::Positive(number),
                (_, Ok(number)) => Header::Negative(number),
                (Err(_), Err(_)) => return Err(UNWRITABLE),
            }
        }
        Value::Float(number) => Header::Float(*number),
        Value::Bool(value) => Header::Simple(if *value { simple::TRUE } else { simple::FALSE }),
        Value::Null => Header::Simple(simple::NULL),
        Value::Bytes(bytes) => Header::Bytes(Some(bytes.len())),
        Value::Text(text) => Header::Text(Some(text.len())),
        Value::Array(items) => Header::Array(Some(items.len())),
        Value::Map(members) => Header::Map(Some(members.len())),
        Value::Tag(number, _) => Header::Tag(*number),
        _ => return Err(UNWRITABLE),
    };
    Encoder::from(&mut *out).push(header).map_err(|_| UNWRITABLE)?;
    match value {
        Value::Bytes(bytes) => out.extend_from_slice(bytes),
        Value::Text(text) => out.extend_from_slice(text.as_bytes()),
        Value::Array(items) => items.iter().try_for_each(|item| write(item, out))?,
        Value::Map(members) => {
            for (name, member) in members {
                write(name, out)?;
                write(member, out)?;
            }
        }
        Value::Tag(_, inner) => write(inner, out)?,
        Value::Integer(_) | Value::Float(_) | Value::Bool(_) | Value::Null | _ => {}
    }
    Ok(())
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
        let mut names = SortedMap::new();
        for (name, member) in members {
            if names.insert(encode(name)?, ()).is_some() {
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

    #[test]
    fn a_bignum_is_one_only_where_no_integer_says_it() {
        let large = [&[0xc2, 0x49, 0x01][..], &[0x00; 8]].concat();
        assert_eq!(code(&large), "ok");
        let padded = [&[0xc3, 0x4a, 0x00, 0x01][..], &[0x00; 8]].concat();
        assert_eq!(code(&padded), "parse.cbor");
        assert_eq!(code(&[0xc2, 0x40]), "parse.cbor");
    }

    proptest::proptest! {
        #[test]
        fn the_independent_reader_and_writer_agree(bytes in proptest::collection::vec(0_u8.., 0..12)) {
            let mut rest = &bytes[..];
            let theirs: Option<Value> = ciborium::from_reader(&mut rest).ok().filter(|_| rest.is_empty());
            if let Ok(ours) = parse(&bytes, &Limits::default()) {
                let mut again = Vec::new();
                ciborium::into_writer(&ours, &mut again).unwrap();
                proptest::prop_assert_eq!(&again, &bytes);
                proptest::prop_assert!(theirs.is_some());
            } else if let Some(theirs) = theirs {
                // What they read and we do not is spelled in another way, or holds a key twice.
                let mut again = Vec::new();
                ciborium::into_writer(&theirs, &mut again).unwrap();
                proptest::prop_assert!(again != bytes || code(&bytes) == "parse.duplicate_member");
            }
        }

        #[test]
        fn no_bytes_panic_and_what_is_read_has_one_spelling(bytes in proptest::collection::vec(0_u8.., 0..64)) {
            if let Ok(value) = parse(&bytes, &Limits::default()) {
                proptest::prop_assert_eq!(encode(&value).unwrap(), bytes);
            }
        }
    }
}
