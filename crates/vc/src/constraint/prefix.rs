//! A path and everything below it, compared by whole `/` segments (profile, section Capability).
//!
//! INVARIANT: a text that some reader could resolve to a place outside the prefix does not match: below the
//! prefix no segment is empty, `.` or `..`, and nowhere is there an escape, a backslash, a query, a fragment or
//! a control character.

use super::unknown::ConstraintError;

/// Matches itself and every longer text that continues with whole segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prefix {
    text: String,
}

impl Prefix {
    pub(super) fn parse(text: &str) -> Result<Self, ConstraintError> {
        if !is_plain(text) || text.ends_with('/') || text.split('/').any(is_dots) {
            return Err(ConstraintError::malformed(format!(
                "`{text}` is not a prefix: it ends in `/`, or holds a dot segment, an escape, `\\`, `;`, `?` or `#`"
            )));
        }
        Ok(Self {
            text: text.to_owned(),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(&self.text) else {
            return false;
        };
        if rest.is_empty() {
            return true;
        }
        let Some(below) = rest.strip_prefix('/') else {
            return false;
        };
        is_plain(below)
            && below
                .split('/')
                .all(|segment| !segment.is_empty() && !is_dots(segment))
    }
}

/// No character that one reader takes as itself and another as structure.
fn is_plain(text: &str) -> bool {
    !text
        .chars()
        .any(|character| matches!(character, '%' | '\\' | ';' | '?' | '#') || character.is_control())
}

/// `.` and `..`, also where a reader drops trailing blanks.
fn is_dots(segment: &str) -> bool {
    matches!(segment.trim(), "." | "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_matches_itself_and_whole_segments_below() {
        let prefix = Prefix::parse("/data/customers").unwrap();
        for text in [
            "/data/customers",
            "/data/customers/42",
            "/data/customers/a/b.c",
            "/data/customers/...",
        ] {
            assert!(prefix.matches(text), "{text}");
        }
        let prefix = Prefix::parse("https://api.acme.example/a").unwrap();
        assert!(prefix.matches("https://api.acme.example/a/b"));
    }

    #[test]
    fn nothing_that_could_lead_elsewhere_matches() {
        let prefix = Prefix::parse("/data/cust").unwrap();
        for text in [
            "",
            "/",
            "/data",
            "/data/",
            "/data/customers",
            "/data/cust2",
            "/data/Cust/1",
            "data/cust/1",
            "/data/cust/",
            "/data/cust//",
            "/data/cust//1",
            "/data/cust/./1",
            "/data/cust/..",
            "/data/cust/../x",
            "/data/cust/a/../../../etc",
            "/data/cust/%2e%2e/x",
            "/data/cust/%2E./x",
            "/data/cust%2F1",
            "/data/cust/%252e",
            "/data/cust/a%2Fb",
            "/data/cust/..\\x",
            "/data/cust/a\\b",
            "/data/cust/..;/x",
            "/data/cust/ ../x",
            "/data/cust/.. /x",
            "/data/cust/a\0b",
            "/data/cust/a\n",
            "/data/cust/a?b",
            "/data/cust/a#b",
            "/x/../data/cust/1",
            "/data/./cust/1",
            "//data/cust/1",
            "/data/cust\\1",
        ] {
            assert!(!prefix.matches(text), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_has_one_spelling() {
        for text in [
            "/", "/a/", "a/", "/a/..", "/a/./b", "..", ".", "/a%20b", "/a\\b", "/a;b", "/a?b", "/a#b", "/a\n",
        ] {
            assert!(Prefix::parse(text).is_err(), "{text:?}");
        }
    }
}
