//! The strict JSON reader (RFC 8259, RFC 7493, and the input rules of RFC 8785, section 3.1).
//!
//! INVARIANT: one text has one reading. Member names are unique after unescaping, the text is UTF-8 without
//! a byte order mark and without lone surrogates, numbers are finite doubles, and size, depth and items are
//! bounded. The work is linear in the text; the stack is bounded by [`Limits::DEPTH_CEILING`].

mod number;
mod string;

use serde_json::{Map, Value, map::Entry};

use crate::{Limits, ReadError, error::short};

/// 2^53-1, the largest integer up to which doubles tell all integers apart (RFC 7493, section 2.2).
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Reads one JSON text.
///
/// An integer that fits 64 bits stays an integer; any other number becomes the nearest double.
///
/// # Errors
///
/// [`ReadError`] with a `parse.*` or `limit.*` code.
pub fn parse(text: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    if text.len() > limits.bytes {
        return Err(ReadError::Size { limit: limits.bytes });
    }
    if text.starts_with("\u{feff}".as_bytes()) {
        return Err(ReadError::Utf8 {
            offset: 0,
            reason: "a byte order mark",
        });
    }
    let text = std::str::from_utf8(text).map_err(|error| ReadError::Utf8 {
        offset: error.valid_up_to(),
        reason: "not UTF-8",
    })?;
    let mut reader = Reader { text, at: 0, limits };
    let value = reader.value(limits.depth.min(Limits::DEPTH_CEILING))?;
    match reader.next_symbol() {
        None => Ok(value),
        Some(_) => Err(reader.unexpected("text after the value")),
    }
}

/// Reads one JSON text that must be an object.
pub(crate) fn parse_object(
    text: &[u8],
    limits: &Limits,
    what: &str,
) -> Result<Map<String, Value>, ReadError> {
    let Value::Object(members) = parse(text, limits)? else {
        return Err(ReadError::Structure(format!("{what} is not a JSON object")));
    };
    Ok(members)
}

/// Whether an integer beyond 2^53-1 stands anywhere in the value: other readers may see another number.
///
/// A double that is a whole number counts as the integer that it is. A value nested deeper than the reader
/// ever goes counts as unsafe.
#[must_use]
pub fn has_unsafe_number(value: &Value) -> bool {
    unsafe_number(value, Limits::DEPTH_CEILING)
}

fn unsafe_number(value: &Value, depth: usize) -> bool {
    match value {
        Value::Number(number) => number
            .as_f64()
            .is_none_or(|double| double.fract() == 0.0 && double.abs() > MAX_SAFE_INTEGER),
        Value::Array(items) => depth
            .checked_sub(1)
            .is_none_or(|depth| items.iter().any(|item| unsafe_number(item, depth))),
        Value::Object(members) => depth
            .checked_sub(1)
            .is_none_or(|depth| members.values().any(|member| unsafe_number(member, depth))),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

/// A place in a text.
#[derive(Debug)]
struct Reader<'a> {
    text: &'a str,
    /// INVARIANT: at most `text.len()`, and on a character boundary whenever a token begins or ends.
    at: usize,
    limits: &'a Limits,
}

impl Reader<'_> {
    /// Reads a value that may open `depth` more levels.
    fn value(&mut self, depth: usize) -> Result<Value, ReadError> {
        match self.next_symbol() {
            Some(b'{') => self.object(self.deeper(depth)?),
            Some(b'[') => self.array(self.deeper(depth)?),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(self.unexpected("no value")),
        }
    }

    fn deeper(&self, depth: usize) -> Result<usize, ReadError> {
        let limit = self.limits.depth.min(Limits::DEPTH_CEILING);
        depth.checked_sub(1).ok_or(ReadError::Depth { limit })
    }

    fn array(&mut self, depth: usize) -> Result<Value, ReadError> {
        self.advance(1);
        let mut items = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            self.room_after(items.len())?;
            items.push(self.value(depth)?);
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            self.expect(b',', "no comma between items")?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, ReadError> {
        self.advance(1);
        let mut members = Map::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.room_after(members.len())?;
            if self.next_symbol() != Some(b'"') {
                return Err(self.unexpected("no member name"));
            }
            let name = self.string()?;
            self.expect(b':', "no colon after a member name")?;
            match members.entry(name) {
                Entry::Vacant(member) => {
                    member.insert(self.value(depth)?);
                }
                Entry::Occupied(member) => return Err(ReadError::DuplicateMember(short(member.key()))),
            }
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            self.expect(b',', "no comma between members")?;
        }
    }

    fn literal(&mut self, word: &str, value: Value) -> Result<Value, ReadError> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(self.unexpected("no value"));
        }
        self.advance(word.len());
        Ok(value)
    }

    fn room_after(&self, count: usize) -> Result<(), ReadError> {
        if count < self.limits.items {
            Ok(())
        } else {
            Err(ReadError::Items {
                limit: self.limits.items,
            })
        }
    }

    /// Skips white space and looks at the next byte.
    fn next_symbol(&mut self) -> Option<u8> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.advance(1);
        }
        self.peek()
    }

    /// Takes a symbol if it is next.
    fn take(&mut self, symbol: u8) -> bool {
        let found = self.next_symbol() == Some(symbol);
        if found {
            self.advance(1);
        }
        found
    }

    fn expect(&mut self, symbol: u8, reason: &'static str) -> Result<(), ReadError> {
        if self.take(symbol) {
            Ok(())
        } else {
            Err(self.unexpected(reason))
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes).min(self.text.len());
    }

    fn unexpected(&self, reason: &'static str) -> ReadError {
        let reason = if self.at == self.text.len() {
            "the text ends early"
        } else {
            reason
        };
        ReadError::Json {
            offset: self.at,
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, &'static str> {
        parse(text.as_bytes(), &Limits::default()).map_err(|error| error.code())
    }

    #[test]
    fn values_of_every_kind_are_read() {
        let text = " {\"a\" : [ ] ,\t\"b\":{},\"c\":[null,true,false,\"\",-1.5e+3, 0],\"\":\"\\u00e9\"}\r\n";
        let value = json!({"a": [], "b": {}, "c": [null, true, false, "", -1500.0, 0], "": "é"});
        assert_eq!(read(text).unwrap(), value);
    }

    #[test]
    fn every_escape_is_unescaped_once() {
        assert_eq!(
            read(r#""\"\\\/\b\f\n\r\t\u0041\u005cn""#).unwrap(),
            "\"\\/\u{8}\u{c}\n\r\tA\\n"
        );
        assert_eq!(read(r#""\ud83d\uDE02\uffff""#).unwrap(), "\u{1f602}\u{ffff}");
    }

    #[test]
    fn what_is_not_json_is_refused() {
        let texts = [
            "",
            " ",
            "{",
            "[",
            "\"",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\" 1}",
            "{1:2}",
            "{,}",
            "nul",
            "True",
            "NULL",
            "NaN",
            "Infinity",
            "-Infinity",
            "undefined",
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1.e1",
            "1e",
            "1e+",
            "0x10",
            "1_000",
            "- 1",
            "-01",
            "1 1",
            "{}{}",
            "[]]",
            "\"a\nb\"",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "\"\\",
            "\"\\u",
            "/* */1",
            "// x\n1",
            "1;",
            "\u{b}1",
            "\u{a0}1",
            "[1]\0",
            "\"\u{0}\"",
        ];
        for text in texts {
            assert_eq!(read(text).unwrap_err(), "parse.json", "{text:?}");
        }
    }

    #[test]
    fn a_member_may_not_appear_twice_in_any_spelling_at_any_depth() {
        let texts = [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"x":[{"y":{"b":null,"c":0,"\u0062":null}}]}"#,
            r#"{"":1,"":2}"#,
            r#"{"/":1,"\/":2}"#,
            r#"{"é":1,"\u00E9":2}"#,
            r#"{"😂":1,"\ud83d\ude02":2}"#,
        ];
        for text in texts {
            assert_eq!(read(text).unwrap_err(), "parse.duplicate_member", "{text}");
        }
        // Other normal forms and other case are other names.
        assert!(read(r#"{"é":1,"e\u0301":2,"É":3}"#).is_ok());
        assert!(read(r#"{"a":{"a":{"a":1}}}"#).is_ok());
    }

    #[test]
    fn lone_and_reversed_surrogates_are_refused() {
        for escape in [
            r"\ud83d",
            r"\ude02",
            r"\ude02\ud83d",
            r"\ud83dx",
            r"\ud83d\n",
            r"\ud83d\ud83d",
            r"\ud83d\u0041",
        ] {
            assert_eq!(
                read(&format!("\"{escape}\"")).unwrap_err(),
                "parse.utf8",
                "{escape}"
            );
            assert_eq!(
                read(&format!("{{\"{escape}\":1}}")).unwrap_err(),
                "parse.utf8",
                "{escape}"
            );
        }
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        let texts: [&[u8]; 7] = [
            b"\xef\xbb\xbf{}",
            b"\"\xff\"",
            b"\"\xc0\xaf\"",
            b"\"\xed\xa0\xbd\"",
            b"\"\xf8\x88\x80\x80\x80\"",
            b"\xff\xfe{\0}\0",
            b"[\"\xe2\x82",
        ];
        for text in texts {
            assert_eq!(
                parse(text, &Limits::default()).unwrap_err().code(),
                "parse.utf8",
                "{text:?}"
            );
        }
        assert_eq!(
            parse(b"{\0}\0", &Limits::default()).unwrap_err().code(),
            "parse.json"
        );
    }

    #[test]
    fn numbers_are_finite_doubles() {
        for text in ["1e400", "-1e400", "1e99999999999999999999", &"9".repeat(400)] {
            assert_eq!(read(text).unwrap_err(), "parse.number", "{text}");
        }
        assert_eq!(read("1e-400").unwrap().as_f64(), Some(0.0));
        assert_eq!(
            read("-0").unwrap().as_f64().map(f64::is_sign_negative),
            Some(true)
        );
        assert_eq!(read("18446744073709551615").unwrap(), json!(u64::MAX));
        assert_eq!(read("-9223372036854775808").unwrap(), json!(i64::MIN));
        assert_eq!(
            read("18446744073709551616").unwrap(),
            json!(18_446_744_073_709_551_616.0)
        );
        assert_eq!(read("0.1").unwrap(), json!(0.1));
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(64)).is_ok());
        assert_eq!(read(&nested(65)).unwrap_err(), "limit.depth");
        assert_eq!(read(&nested(10_000)).unwrap_err(), "limit.depth");
        assert_eq!(read(&"[".repeat(10_000)).unwrap_err(), "limit.depth");
        assert_eq!(read(&"{\"a\":".repeat(10_000)).unwrap_err(), "limit.depth");
        assert_eq!(read(&"[{\"a\":".repeat(5_000)).unwrap_err(), "limit.depth");
        // No configuration goes above the ceiling.
        let limits = Limits {
            depth: usize::MAX,
            ..Limits::default()
        };
        assert!(parse(nested(Limits::DEPTH_CEILING).as_bytes(), &limits).is_ok());
        let over = parse(nested(Limits::DEPTH_CEILING + 1).as_bytes(), &limits);
        assert_eq!(
            over.unwrap_err(),
            ReadError::Depth {
                limit: Limits::DEPTH_CEILING
            }
        );
        let limits = Limits {
            depth: 0,
            ..Limits::default()
        };
        assert!(parse(b"1", &limits).is_ok());
        assert!(parse(b"[]", &limits).is_err());
    }

    #[test]
    fn size_items_and_strings_are_limited() {
        let million = format!("[{}0]", "0,".repeat(1_000_000));
        assert_eq!(read(&million).unwrap_err(), "limit.size");
        let limits = Limits {
            bytes: 16 << 20,
            ..Limits::default()
        };
        assert_eq!(
            parse(million.as_bytes(), &limits).unwrap_err().code(),
            "limit.items"
        );
        let members: String = (0..1_000_000).map(|at| format!("\"{at}\":0,")).collect();
        let million = format!("{{{members}\"\":0}}");
        assert_eq!(
            parse(million.as_bytes(), &limits).unwrap_err().code(),
            "limit.items"
        );

        let items = |count: usize| format!("[{}0]", "0,".repeat(count - 1));
        assert!(read(&items(10_000)).is_ok());
        assert_eq!(read(&items(10_001)).unwrap_err(), "limit.items");

        let limits = Limits {
            string: 4,
            ..Limits::default()
        };
        assert!(parse(br#"{"abcd":"\u20acx"}"#, &limits).is_ok());
        assert_eq!(parse(br#""abcde""#, &limits).unwrap_err().code(), "limit.size");
        assert_eq!(
            parse(br#""\n\n\n\n\n""#, &limits).unwrap_err().code(),
            "limit.size"
        );
        assert_eq!(
            parse(br#"{"abcde":1}"#, &limits).unwrap_err().code(),
            "limit.size"
        );
    }

    #[test]
    fn integers_beyond_the_safe_range_are_seen_at_any_depth() {
        for text in [
            "9007199254740992",
            "-9007199254740992",
            "1e16",
            "18446744073709551616",
            "[{\"a\":[1e300]}]",
        ] {
            assert!(has_unsafe_number(&read(text).unwrap()), "{text}");
        }
        for text in [
            "9007199254740991",
            "-9007199254740991",
            "1.5",
            "0.1e-300",
            "\"9007199254740992\"",
            "[]",
        ] {
            assert!(!has_unsafe_number(&read(text).unwrap()), "{text}");
        }
        let deep = (0..300).fold(json!(1), |value, _| json!([value]));
        assert!(has_unsafe_number(&deep));
    }

    #[test]
    fn an_error_repeats_no_more_than_a_name_of_a_peer() {
        let name = "n".repeat(10_000);
        let error = parse(
            format!("{{\"{name}\":1,\"{name}\":1}}").as_bytes(),
            &Limits::default(),
        )
        .unwrap_err();
        assert!(error.to_string().len() < 200);
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_value_or_a_code(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes, &Limits::default());
        }

        #[test]
        fn nearly_json_is_read_as_serde_reads_it(text in r#"[\[\]{}:,"\\ua0-9eE+.\- ntrlsf]{0,24}"#) {
            let ours = parse(text.as_bytes(), &Limits::default());
            let theirs = serde_json::from_str::<Value>(&text);
            match (ours, theirs) {
                (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
                (Err(ReadError::DuplicateMember(_)), Ok(_)) => {}
                (ours, theirs) => prop_assert!(ours.is_err() && theirs.is_err(), "{:?} {:?}", ours, theirs),
            }
        }
    }
}
