//! A reader of N-Quads, for what the vectors expect.

use std::sync::Arc;

use crate::rdf::{Quad, RDF, Term, XSD};

pub(super) fn read(text: &str) -> Vec<Quad> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(quad)
        .collect()
}

fn quad(line: &str) -> Quad {
    let mut rest = line;
    let mut terms = Vec::new();
    while !rest.starts_with('.') {
        let (term, after) = term(rest);
        terms.push(term);
        rest = after.trim_start();
    }
    let mut terms = terms.into_iter();
    Quad {
        subject: terms.next().unwrap(),
        predicate: terms.next().unwrap(),
        object: terms.next().unwrap(),
        graph: terms.next(),
    }
}

fn term(text: &str) -> (Term, &str) {
    if let Some(rest) = text.strip_prefix('<') {
        let (iri, rest) = rest.split_once('>').unwrap();
        return (Term::Iri(unescaped(iri)), rest);
    }
    if let Some(rest) = text.strip_prefix("_:") {
        let end = rest.find([' ', '\t']).unwrap();
        let label = rest[..end].strip_suffix('.').unwrap_or(&rest[..end]);
        return (Term::Blank(label.into()), &rest[label.len()..]);
    }
    let body = text.strip_prefix('"').unwrap();
    let mut end = 0;
    let bytes = body.as_bytes();
    while bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let value = unescaped(&body[..end]);
    let rest = &body[end + 1..];
    let literal = |datatype: Arc<str>, language: Option<Arc<str>>| Term::Literal {
        value: Arc::clone(&value),
        datatype,
        language,
    };
    if let Some(rest) = rest.strip_prefix("^^<") {
        let (datatype, rest) = rest.split_once('>').unwrap();
        return (literal(unescaped(datatype), None), rest);
    }
    if let Some(rest) = rest.strip_prefix('@') {
        let end = rest.find([' ', '\t', '.']).unwrap();
        return (
            literal(format!("{RDF}langString").into(), Some(rest[..end].into())),
            &rest[end..],
        );
    }
    (literal(format!("{XSD}string").into(), None), rest)
}

fn unescaped(text: &str) -> Arc<str> {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        let kind = chars.next().unwrap();
        let mut code = |count: usize| {
            let hex: String = chars.by_ref().take(count).collect();
            char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap()
        };
        out.push(match kind {
            't' => '\t',
            'b' => '\u{8}',
            'n' => '\n',
            'r' => '\r',
            'f' => '\u{c}',
            'u' => code(4),
            'U' => code(8),
            other => other,
        });
    }
    out.into()
}
