//! Quads and their one spelling ([RDF Dataset Canonicalization 1.0](https://www.w3.org/TR/rdf-canon/), section 5).
//!
//! INVARIANT: one quad has one line, and two quads never share one.

mod deserialize;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

pub(crate) use deserialize::to_rdf;

pub(crate) const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
pub(crate) const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// A term of RDF.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Term {
    Iri(Arc<str>),
    /// The identifier without `_:`.
    Blank(Arc<str>),
    Literal {
        value: Arc<str>,
        datatype: Arc<str>,
        language: Option<Arc<str>>,
    },
}

/// A statement, in the default graph or in another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Quad {
    pub(crate) subject: Term,
    pub(crate) predicate: Term,
    pub(crate) object: Term,
    pub(crate) graph: Option<Term>,
}

impl Quad {
    /// The blank nodes of the quad with their places: `s`, `o` and `g`.
    pub(crate) fn blanks(&self) -> impl Iterator<Item = (char, &Arc<str>)> {
        let terms = [
            ('s', Some(&self.subject)),
            ('o', Some(&self.object)),
            ('g', self.graph.as_ref()),
        ];
        terms.into_iter().filter_map(|(place, term)| match term? {
            Term::Blank(label) => Some((place, label)),
            Term::Iri(_) | Term::Literal { .. } => None,
        })
    }

    /// The line of canonical N-Quads, with the blank nodes named as asked.
    pub(crate) fn line(&self, name: &mut dyn FnMut(&Arc<str>) -> Arc<str>) -> String {
        let mut line = String::new();
        let terms = [
            Some(&self.subject),
            Some(&self.predicate),
            Some(&self.object),
            self.graph.as_ref(),
        ];
        for term in terms.into_iter().flatten() {
            term.write(&mut line, name);
            line.push(' ');
        }
        line.push_str(".\n");
        line
    }

    /// The line with labels taken from a map; one that is not in it stays.
    pub(crate) fn labelled(&self, labels: &BTreeMap<Arc<str>, Arc<str>>) -> String {
        self.line(&mut |label| Arc::clone(labels.get(label).unwrap_or(label)))
    }
}

impl Term {
    /// The text of an IRI, a name or a value.
    fn text(&self) -> &str {
        match self {
            Self::Iri(text) | Self::Blank(text) | Self::Literal { value: text, .. } => text,
        }
    }

    /// About how many bytes the term has in a line.
    fn len(&self) -> usize {
        let kind = match self {
            Self::Literal { datatype, .. } => datatype.len(),
            Self::Iri(_) | Self::Blank(_) => 0,
        };
        self.text().len().saturating_add(kind)
    }

    fn write(&self, line: &mut String, name: &mut dyn FnMut(&Arc<str>) -> Arc<str>) {
        match self {
            Self::Iri(iri) => line.extend(["<", iri, ">"]),
            Self::Blank(label) => line.extend(["_:", &name(label)]),
            Self::Literal {
                value,
                datatype,
                language,
            } => {
                line.push('"');
                escape(line, value);
                line.push('"');
                match language {
                    Some(language) => line.extend(["@", language]),
                    None if datatype.strip_prefix(XSD) == Some("string") => {}
                    None => line.extend(["^^<", datatype, ">"]),
                }
            }
        }
    }
}

fn escape(line: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{8}' => line.push_str("\\b"),
            '\t' => line.push_str("\\t"),
            '\n' => line.push_str("\\n"),
            '\u{c}' => line.push_str("\\f"),
            '\r' => line.push_str("\\r"),
            '"' => line.push_str("\\\""),
            '\\' => line.push_str("\\\\"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                // Writing to a string does not fail.
                let _ = write!(line, "\\u{:04X}", u32::from(c));
            }
            c => line.push(c),
        }
    }
}
