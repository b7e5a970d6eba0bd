//! JSON Canonicalization Scheme (RFC 8785).
//!
//! INVARIANT: equal values have equal bytes, and `canonicalize(parse(canonicalize(v))) == canonicalize(v)`.
//! Numbers are written as the doubles they are, integers beyond 2^53 included.
//!
//! Doubles are spelled by `serde_json_canonicalizer`. Everything else is written here, because members come
//! out of the reader in nearly the right order already and need no second copy.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use crate::{Limits, ReadError};

/// 2^53: up to it, an integer and its double have the same digits.
const MAX_EXACT_INTEGER: u64 = 1 << 53;

/// Writes the canonical form of a value.
///
/// # Errors
///
/// [`ReadError::Depth`] for a value nested deeper than [`Limits::DEPTH_CEILING`], [`ReadError::Number`] for
/// a number that is no finite double. Neither comes out of [`crate::json::parse`].
pub fn canonicalize(value: &Value) -> Result<Vec<u8>, ReadError> {
    let mut out = String::with_capacity(1024);
    write(&mut out, value, Limits::DEPTH_CEILING)?;
    Ok(out.into_bytes())
}

/// Gives the canonical form of a value as text, to be shown; of one that has none, nothing.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    match write(&mut out, value, Limits::DEPTH_CEILING) {
        Ok(()) => out,
        Err(_) => String::new(),
    }
}

/// Writes the canonical form of an object.
pub(crate) fn canonicalize_members(members: &Map<String, Value>) -> Result<Vec<u8>, ReadError> {
    let mut out = String::with_capacity(1024);
    write_object(&mut out, members, Limits::DEPTH_CEILING)?;
    Ok(out.into_bytes())
}

fn write(out: &mut String, value: &Value, depth: usize) -> Result<(), ReadError> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text),
        Value::Array(items) => write_array(out, items, depth)?,
        Value::Object(members) => write_object(out, members, depth)?,
    }
    Ok(())
}

fn deeper(depth: usize) -> Result<usize, ReadError> {
    depth.checked_sub(1).ok_or(ReadError::Depth {
        limit: Limits::DEPTH_CEILING,
    })
}

fn write_array(out: &mut String, items: &[Value], depth: usize) -> Result<(), ReadError> {
    let depth = deeper(depth)?;
    let mut separator = '[';
    for item in items {
        out.push(separator);
        separator = ',';
        write(out, item, depth)?;
    }
    if items.is_empty() {
        out.push('[');
    }
    out.push(']');
    Ok(())
}

fn write_object(out: &mut String, members: &Map<String, Value>, depth: usize) -> Result<(), ReadError> {
    let depth = deeper(depth)?;
    // Members come in the order of UTF-8. Where UTF-16 has another, each is put into its place.
    let mut sorted: Vec<(&String, &Value)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        let mut place = sorted.len();
        if sorted
            .last()
            .is_some_and(|(last, _)| utf16_order(last, name).is_gt())
        {
            place = sorted.partition_point(|(known, _)| utf16_order(known, name).is_lt());
        }
        sorted.insert(place, (name, value));
    }
    out.push('{');
    let mut separator = "";
    for (name, value) in sorted {
        out.push_str(separator);
        separator = ",";
        write_string(out, name);
        out.push(':');
        write(out, value, depth)?;
    }
    out.push('}');
    Ok(())
}

/// The order of the UTF-16 code units of two names (RFC 8785, section 3.2.3).
///
/// UTF-8 orders by code point. The two orders differ only where one name has a character of U+E000 to
/// U+FFFF (first byte EE or EF) and the other a supplementary one (first byte F0 or more), which UTF-16
/// spells with surrogates and so puts first.
fn utf16_order(a: &str, b: &str) -> Ordering {
    let differing = a.bytes().zip(b.bytes()).find(|(x, y)| x != y);
    match differing {
        None => a.len().cmp(&b.len()),
        Some((x @ 0xee.., y @ 0xee..)) if (x >= 0xf0) != (y >= 0xf0) => y.cmp(&x),
        Some((x, y)) => x.cmp(&y),
    }
}

/// Writes a string (RFC 8785, section 3.2.2.2).
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    let special = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    while let Some((plain, tail)) = rest
        .bytes()
        .position(special)
        .and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(plain);
        let mut symbols = tail.chars();
        if let Some(symbol) = symbols.next() {
            write_escape(out, symbol);
        }
        rest = symbols.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Writes the escape of a character below U+0020, of `"` or of `\`.
fn write_escape(out: &mut String, symbol: char) {
    let letter = match symbol {
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0c' => 'f',
        '\r' => 'r',
        '\0'..='\x1f' => 'u',
        plain => plain,
    };
    out.extend(['\\', letter]);
    if letter == 'u' {
        let code = u32::from(symbol);
        let digit = |nibble: u32| char::from_digit(nibble, 16).unwrap_or('0');
        out.extend(['0', '0', digit(code >> 4), digit(code & 0xf)]);
    }
}

/// Writes a number as the double it is (RFC 8785, section 3.2.2.3).
fn write_number(out: &mut String, number: &Number) -> Result<(), ReadError> {
    let exact = number
        .as_i64()
        .filter(|integer| integer.unsigned_abs() <= MAX_EXACT_INTEGER);
    if let Some(integer) = exact {
        out.push_str(&integer.to_string());
        return Ok(());
    }
    let unwritable = ReadError::Number { offset: 0 };
    let double = number.as_f64().ok_or(unwritable.clone())?;
    out.push_str(&serde_json_canonicalizer::to_string(&double).map_err(|_| unwritable)?);
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::json::parse;

    fn canonical(text: &str) -> String {
        let value = parse(text.as_bytes(), &Limits::default()).unwrap();
        String::from_utf8(canonicalize(&value).unwrap()).unwrap()
    }

    #[test]
    fn integers_beyond_two_to_the_53_are_written_as_doubles() {
        // 2^68 is the example of RFC 8785; the others sit where an integer's digits and a double's part.
        for (text, expected) in [
            ("295147905179352825856", "295147905179352830000"),
            ("9007199254740991", "9007199254740991"),
            ("9007199254740992", "9007199254740992"),
            ("9007199254740993", "9007199254740992"),
            ("-9007199254740993", "-9007199254740992"),
            ("9223372036854775807", "9223372036854776000"),
            ("-9223372036854775808", "-9223372036854776000"),
            ("18446744073709551615", "18446744073709552000"),
            ("1000000000000000000000", "1e+21"),
            ("100000000000000000000", "100000000000000000000"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn one_number_has_one_spelling() {
        for text in ["1", "1.0", "1e0", "10e-1", "0.1e1"] {
            assert_eq!(canonical(text), "1");
        }
        for text in ["0", "-0", "0.0", "-0.0", "0e5", "1e-400"] {
            assert_eq!(canonical(text), "0");
        }
        assert_eq!(canonical("0.000001"), "0.000001");
        assert_eq!(canonical("0.0000001"), "1e-7");
    }

    #[test]
    fn members_are_ordered_by_utf16_code_units() {
        // U+10000 and above come before U+E000 to U+FFFF, unlike in UTF-8.
        let text = r#"{"\ufb33":1,"\ud83d\ude02":2,"\u20ac":3,"\r":4,"1":5,"\u00f6":6,"\u0080":7,"":8,"a":9,"aa":10}"#;
        let expected = "{\"\":8,\"\\r\":4,\"1\":5,\"a\":9,\"aa\":10,\"\u{80}\":7,\"ö\":6,\"€\":3,\"😂\":2,\"\u{fb33}\":1}";
        assert_eq!(canonical(text), expected);
        assert_eq!(
            canonical("{\"x\u{ffff}\":1,\"x\u{10ffff}\":2}"),
            "{\"x\u{10ffff}\":2,\"x\u{ffff}\":1}"
        );
    }

    #[test]
    fn strings_are_escaped_only_where_they_must_be() {
        let text = r#""\u0000\u0007\b\t\n\u000b\f\r\u001f \"\\\/\u007f\u2028\u00e9e\u0301""#;
        let expected =
            "\"\\u0000\\u0007\\b\\t\\n\\u000b\\f\\r\\u001f \\\"\\\\/\u{7f}\u{2028}\u{e9}e\u{301}\"";
        assert_eq!(canonical(text), expected);
    }

    #[test]
    fn empty_containers_have_no_space() {
        assert_eq!(
            canonical(" { \"b\" : [ ] , \"a\" : { } } "),
            "{\"a\":{},\"b\":[]}"
        );
    }

    #[test]
    fn a_value_that_the_reader_could_not_have_made_is_refused() {
        let nested = |depth: usize| (0..depth).fold(json!(1), |value, _| json!([value]));
        assert!(canonicalize(&nested(Limits::DEPTH_CEILING)).is_ok());
        let refused = canonicalize(&nested(Limits::DEPTH_CEILING + 1)).unwrap_err();
        assert_eq!(refused.code(), "limit.depth");
    }

    /// Any value, with names and numbers of every kind.
    pub(crate) fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            prop::num::f64::NORMAL.prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 48, 6, |inner| {
            let name = prop_oneof![
                "[a-c]{0,2}",
                any::<String>(),
                "[\u{e000}-\u{ffff}\u{10000}-\u{10ffff}]{1,2}"
            ];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(name, inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn canonicalizing_twice_changes_nothing(value in values()) {
            let once = canonicalize(&value).unwrap();
            let again = canonicalize(&parse(&once, &Limits::default()).unwrap()).unwrap();
            prop_assert_eq!(once, again);
        }

        #[test]
        fn the_independent_writer_agrees(value in values()) {
            prop_assert_eq!(canonicalize(&value).unwrap(), serde_json_canonicalizer::to_vec(&value).unwrap());
        }

        #[test]
        fn the_order_is_that_of_utf16(a: String, b: String) {
            prop_assert_eq!(utf16_order(&a, &b), a.encode_utf16().cmp(b.encode_utf16()));
        }
    }
}
