//! IRIs as JSON-LD and RDF need them ([RFC 3986](https://www.rfc-editor.org/rfc/rfc3986), sections 3 and 5).
//!
//! INVARIANT: only an absolute address without spaces and delimiters that N-Quads forbids becomes a term of RDF.

/// Every keyword of JSON-LD 1.1.
const KEYWORDS: [&str; 23] = [
    "@base",
    "@container",
    "@context",
    "@default",
    "@direction",
    "@graph",
    "@id",
    "@import",
    "@included",
    "@index",
    "@json",
    "@language",
    "@list",
    "@nest",
    "@none",
    "@prefix",
    "@propagate",
    "@protected",
    "@reverse",
    "@set",
    "@type",
    "@value",
    "@vocab",
];

/// Says whether a word is a keyword (JSON-LD 1.1, section 1.7).
pub(crate) fn is_keyword(text: &str) -> bool {
    text.starts_with('@') && (KEYWORDS.contains(&text) || text == "@version")
}

/// Says whether a word looks like a keyword, and so is reserved: `@` and letters.
pub(crate) fn looks_like_keyword(text: &str) -> bool {
    text.strip_prefix('@')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Says whether a text begins with a scheme and has no space: what JSON-LD takes for an IRI.
pub(crate) fn is_absolute(text: &str) -> bool {
    // Long texts are common here, and mostly ASCII.
    let space = if text.is_ascii() {
        text.bytes()
            .any(|byte| byte.is_ascii_whitespace() || byte == 0x0b)
    } else {
        text.contains(char::is_whitespace)
    };
    scheme(text).is_some() && !space
}

/// Says whether a text is an IRI that RDF may carry.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let forbidden = |byte: u8| {
        matches!(
            byte,
            0..=b' ' | b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\'
        )
    };
    is_absolute(text) && !text.bytes().any(forbidden)
}

/// Says whether a text is a blank node identifier.
pub(crate) fn is_blank(text: &str) -> bool {
    text.starts_with("_:")
}

fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let mut bytes = scheme.bytes();
    let first = bytes.next()?;
    let rest = bytes.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    (first.is_ascii_alphabetic() && rest).then_some(scheme)
}

/// The parts of a reference (RFC 3986, appendix B).
struct Parts<'a> {
    scheme: Option<&'a str>,
    authority: Option<&'a str>,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let (text, fragment) = cut(text, '#');
        let (text, query) = cut(text, '?');
        let scheme = scheme(text);
        let text = match scheme.and_then(|_| text.split_once(':')) {
            Some((_, rest)) => rest,
            None => text,
        };
        let (authority, path) = match text.strip_prefix("//") {
            Some(rest) => match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
                Some((authority, path)) => (Some(authority), path),
                None => (Some(rest), ""),
            },
            None => (None, text),
        };
        Self {
            scheme,
            authority,
            path,
            query,
            fragment,
        }
    }

    fn write(&self, path: &str) -> String {
        let mut text = String::new();
        let mut put = |parts: &[&str]| parts.iter().for_each(|part| text.push_str(part));
        if let Some(scheme) = self.scheme {
            put(&[scheme, ":"]);
        }
        if let Some(authority) = self.authority {
            put(&["//", authority]);
        }
        put(&[path]);
        if let Some(query) = self.query {
            put(&["?", query]);
        }
        if let Some(fragment) = self.fragment {
            put(&["#", fragment]);
        }
        text
    }
}

fn cut(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// Resolves a reference against a base (RFC 3986, section 5.2).
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    let to = Parts::of(reference);
    let from = Parts::of(base);
    if to.scheme.is_some() {
        return to.write(&without_dots(to.path));
    }
    let mut out = Parts {
        scheme: from.scheme,
        ..to
    };
    if out.authority.is_some() {
        return out.write(&without_dots(out.path));
    }
    out.authority = from.authority;
    if out.path.is_empty() {
        out.query = out.query.or(from.query);
        return out.write(from.path);
    }
    if out.path.starts_with('/') {
        return out.write(&without_dots(out.path));
    }
    let merged = if from.authority.is_some() && from.path.is_empty() {
        format!("/{}", out.path)
    } else {
        let folder = from.path.rsplit_once('/').map(|(folder, _)| folder);
        folder.map_or_else(|| out.path.to_owned(), |folder| format!("{folder}/{}", out.path))
    };
    out.write(&without_dots(&merged))
}

fn without_dots(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let body = path.strip_prefix('/').unwrap_or(path);
    let mut open_end = false;
    for segment in body.split('/') {
        open_end = matches!(segment, "." | "..");
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    if open_end {
        kept.push("");
    }
    let joined = kept.join("/");
    if rooted { format!("/{joined}") } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_resolve_as_the_examples_of_rfc_3986() {
        let base = "http://a/b/c/d;p?q";
        for (reference, expected) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            (";x", "http://a/b/c/;x"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../g", "http://a/g"),
            ("../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
        ] {
            assert_eq!(resolve(base, reference), expected, "{reference}");
        }
    }

    #[test]
    fn what_has_no_scheme_or_a_space_is_no_iri() {
        for text in ["", "a", "/a", "1a:b", ":a", "_:b", "a b:c", "http://a b", "é:a"] {
            assert!(!is_absolute(text), "{text}");
        }
        for text in ["http://a/<b>", "urn:a\"", "urn:{a}", "urn:a\\b", "urn:a\u{1}"] {
            assert!(!is_well_formed(text), "{text:?}");
        }
        for text in ["a:", "urn:x", "did:key:z6Mk#z6Mk", "http://é.example/ü"] {
            assert!(is_absolute(text) && is_well_formed(text), "{text}");
        }
    }
}
