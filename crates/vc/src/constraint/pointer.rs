//! JSON Pointers ([RFC 6901](https://www.rfc-editor.org/rfc/rfc6901)) into a call's arguments.
//!
//! INVARIANT: a pointer has one reading; `~` without `0` or `1`, and an array index with a leading zero or sign,
//! lead nowhere.

use serde_json::Value;

/// The most bytes that one pointer may hold.
const MAX_BYTES: usize = 512;

/// Leads to one place in a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer {
    text: String,
    tokens: Vec<String>,
}

impl Pointer {
    /// Parses the empty pointer or `/` followed by tokens.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_BYTES {
            return None;
        }
        let tokens = match text.strip_prefix('/') {
            None if text.is_empty() => Vec::new(),
            None => return None,
            Some(rest) => rest.split('/').map(unescape).collect::<Option<_>>()?,
        };
        Some(Self {
            text: text.to_owned(),
            tokens,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Tells whether one of the two leads on from where the other ends.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.tokens.starts_with(&other.tokens) || other.tokens.starts_with(&self.tokens)
    }

    /// The value that it leads to.
    pub(super) fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.tokens.iter().try_fold(value, |value, token| match value {
            Value::Object(members) => members.get(token),
            Value::Array(items) => items.get(index(token)?),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        })
    }

    /// The pointer of the first place in `value` that is neither one of `named`, nor inside one, nor on the way
    /// to one.
    pub(super) fn first_unnamed(value: &Value, named: &[&Self]) -> Option<String> {
        let rests: Vec<&[String]> = named.iter().map(|pointer| pointer.tokens.as_slice()).collect();
        unnamed(value, &rests, &mut String::new())
    }
}

/// Walks down as long as a name leads further; `rests` are the tokens that still lie ahead, `path` how it came.
fn unnamed(value: &Value, rests: &[&[String]], path: &mut String) -> Option<String> {
    if rests.iter().any(|rest| rest.is_empty()) {
        return None;
    }
    let here = path.len();
    let mut step = |token: &str, child: &Value| {
        path.truncate(here);
        path.push('/');
        path.push_str(&token.replace('~', "~0").replace('/', "~1"));
        let ahead = |rest: &&[String]| rest.split_first().is_some_and(|(first, _)| first == token);
        let onward: Vec<&[String]> = rests
            .iter()
            .filter(|rest| ahead(rest))
            .filter_map(|rest| rest.get(1..))
            .collect();
        if onward.is_empty() {
            Some(path.clone())
        } else {
            unnamed(child, &onward, path)
        }
    };
    match value {
        Value::Object(members) => members.iter().find_map(|(name, child)| step(name, child)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, child)| step(&index.to_string(), child)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Some(path.clone()),
    }
}

fn unescape(token: &str) -> Option<String> {
    let mut text = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(text)
}

fn index(token: &str) -> Option<usize> {
    token
        .parse()
        .ok()
        .filter(|index: &usize| index.to_string() == token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn unnamed_in(value: &Value, named: &[&str]) -> Option<String> {
        let pointers: Vec<Pointer> = named.iter().map(|text| Pointer::parse(text).unwrap()).collect();
        Pointer::first_unnamed(value, &pointers.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_examples_of_rfc_6901_section_5_lead_where_it_says() {
        let document = json!({"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
            "k\"l": 6, " ": 7, "m~n": 8});
        let found = |text| Pointer::parse(text).unwrap().find(&document).cloned();
        assert_eq!(found(""), Some(document.clone()));
        assert_eq!(found("/foo"), Some(json!(["bar", "baz"])));
        assert_eq!(found("/foo/0"), Some(json!("bar")));
        for (text, number) in [
            ("/", 0),
            ("/a~1b", 1),
            ("/c%d", 2),
            ("/e^f", 3),
            ("/g|h", 4),
            ("/i\\j", 5),
            ("/k\"l", 6),
            ("/ ", 7),
            ("/m~0n", 8),
        ] {
            assert_eq!(found(text), Some(json!(number)), "{text}");
        }
    }

    #[test]
    fn a_pointer_that_is_none_does_not_parse() {
        for text in [
            "foo",
            "#/foo",
            "foo/",
            "/~",
            "/~2",
            "/a~",
            "/~a",
            " /a",
            &"/a".repeat(300),
        ] {
            assert!(Pointer::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn an_index_of_another_spelling_leads_nowhere() {
        let document = json!({"a": [1, 2], "n": 5, "s": "text"});
        for text in [
            "/a/00",
            "/a/01",
            "/a/+1",
            "/a/-",
            "/a/-1",
            "/a/2",
            "/a/ 1",
            "/a/1e0",
            "/a/1/0",
            "/n/0",
            "/s/0",
            "/b",
            "/A",
            "/a/99999999999999999999999",
        ] {
            assert!(Pointer::parse(text).unwrap().find(&document).is_none(), "{text}");
        }
    }

    #[test]
    fn what_no_pointer_names_is_found() {
        let value = json!({"a": {"b": 1, "c": [1, {"d": 2}]}, "e": "x"});
        assert_eq!(unnamed_in(&value, &["/a", "/e"]), None);
        assert_eq!(unnamed_in(&value, &[""]), None);
        assert_eq!(unnamed_in(&value, &["/a/b", "/a/c/0", "/a/c/1/d", "/e"]), None);
        assert_eq!(unnamed_in(&value, &["/a/b", "/e"]).as_deref(), Some("/a/c"));
        assert_eq!(
            unnamed_in(&value, &["/a/b", "/a/c/0", "/e"]).as_deref(),
            Some("/a/c/1")
        );
        assert_eq!(unnamed_in(&value, &["/a"]).as_deref(), Some("/e"));
        assert_eq!(unnamed_in(&value, &[]).as_deref(), Some("/a"));
        assert_eq!(
            unnamed_in(&json!({"a": 1, "a/b": 2}), &["/a"]).as_deref(),
            Some("/a~1b")
        );
        assert_eq!(
            unnamed_in(&json!({"ab": 1}), &["/a"]).as_deref(),
            Some("/ab"),
            "no prefix of a name"
        );
        assert_eq!(unnamed_in(&json!(5), &["/a"]).as_deref(), Some(""));
    }
}
