//! From an expanded document to quads ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 7).
//!
//! Base directions are kept as datatypes of the `i18n` namespace, as the implementations of the suites do. INVARIANT:
//! the careful refuse whatever would not become a quad, and every number that two documents could share a spelling of.

use std::sync::Arc;

use chancery_proof::{base64url, jcs};
use serde_json::{Map, Number, Value};
use sha2::{Digest as _, Sha256};

use super::{Quad, RDF, Term, XSD};
use crate::error::{LdError, Loss, Result};
use crate::expansion::MARK;
use crate::iri::{is_blank, is_well_formed};

/// Where base directions are spelled as datatypes (JSON-LD 1.1, section 10.4).
const I18N: &str = "https://www.w3.org/ns/i18n#";

/// Makes the quads of an expanded document, at most so many, with at most so many bytes in their terms.
pub(crate) fn to_rdf(expanded: &[Value], careful: bool, quads: usize, bytes: usize) -> Result<Vec<Quad>> {
    let mut maker = Maker {
        careful,
        quads_left: quads,
        bytes_left: bytes,
        fresh: 0,
        quads: Vec::new(),
    };
    for item in expanded {
        maker.node(item, None)?;
    }
    let mut quads = maker.quads;
    quads.sort_unstable();
    quads.dedup();
    Ok(quads)
}

struct Maker {
    careful: bool,
    quads_left: usize,
    bytes_left: usize,
    fresh: usize,
    quads: Vec<Quad>,
}

impl Maker {
    fn lose(&self, loss: Loss, name: &str) -> Result<()> {
        if self.careful {
            return Err(LdError::Lost(loss, name.to_owned()));
        }
        Ok(())
    }

    fn push(&mut self, subject: &Term, predicate: &Term, object: Term, graph: Option<&Term>) -> Result<()> {
        let terms = [Some(subject), Some(predicate), Some(&object), graph];
        let bytes = terms.into_iter().flatten().map(Term::len).sum();
        self.quads_left = self.quads_left.checked_sub(1).ok_or(LdError::Work)?;
        self.bytes_left = self.bytes_left.checked_sub(bytes).ok_or(LdError::Work)?;
        self.quads.push(Quad {
            subject: subject.clone(),
            predicate: predicate.clone(),
            object,
            graph: graph.cloned(),
        });
        Ok(())
    }

    /// An identifier that RDF can carry; none for what is lost.
    fn resource(&self, id: &str, loss: Loss) -> Result<Option<Term>> {
        if is_blank(id) {
            let label = id.strip_prefix("_:").unwrap_or(id);
            // Names with control characters are those that are given here, and marks.
            if !label.contains(|c| c < ' ') || label.starts_with(MARK) {
                return Ok(Some(Term::Blank(label.into())));
            }
            self.lose(loss, id)?;
            return Ok(None);
        }
        if is_well_formed(id) {
            return Ok(Some(Term::Iri(id.into())));
        }
        self.lose(loss, id)?;
        Ok(None)
    }

    /// Makes the quads of a node and gives its name; none if the name is lost, and all that it says with it.
    fn node(&mut self, node: &Value, graph: Option<&Term>) -> Result<Option<Term>> {
        let Some(members) = node.as_object() else {
            return Ok(None);
        };
        let subject = match members.get("@id") {
            Some(Value::String(id)) => match self.resource(id, Loss::Relative)? {
                Some(subject) => subject,
                None => return Ok(None),
            },
            Some(_) => {
                self.lose(Loss::Relative, "@id")?;
                return Ok(None);
            }
            None => {
                self.fresh = self.fresh.saturating_add(1);
                Term::Blank(format!("\u{1}{}", self.fresh).into())
            }
        };
        for (property, value) in members {
            match property.as_str() {
                "@id" | "@index" => {}
                "@type" => self.types(&subject, value, graph)?,
                "@graph" => {
                    for item in array(value) {
                        self.node(item, Some(&subject))?;
                    }
                }
                "@included" => {
                    for item in array(value) {
                        self.node(item, graph)?;
                    }
                }
                "@reverse" => self.reversed(&subject, value, graph)?,
                property => self.property(&subject, property, value, graph)?,
            }
        }
        Ok(Some(subject))
    }

    fn types(&mut self, subject: &Term, value: &Value, graph: Option<&Term>) -> Result<()> {
        let predicate = rdf("type");
        for kind in array(value).iter().filter_map(Value::as_str) {
            if let Some(kind) = self.resource(kind, Loss::Type)? {
                self.push(subject, &predicate, kind, graph)?;
            }
        }
        Ok(())
    }

    fn property(
        &mut self,
        subject: &Term,
        property: &str,
        value: &Value,
        graph: Option<&Term>,
    ) -> Result<()> {
        if is_blank(property) || !is_well_formed(property) {
            return self.lose(Loss::Term, property);
        }
        let predicate = Term::Iri(property.into());
        let path = format!("{}\u{1}{}", short(subject.text()), short(property));
        for (at, item) in array(value).iter().enumerate() {
            if let Some(object) = self.object(item, graph, &|| format!("{path}\u{1}{at}"))? {
                self.push(subject, &predicate, object, graph)?;
            }
        }
        Ok(())
    }

    fn reversed(&mut self, object: &Term, map: &Value, graph: Option<&Term>) -> Result<()> {
        for (property, value) in map.as_object().into_iter().flatten() {
            if is_blank(property) || !is_well_formed(property) {
                self.lose(Loss::Term, property)?;
                continue;
            }
            let predicate = Term::Iri(property.as_str().into());
            for item in array(value) {
                if let Some(subject) = self.node(item, graph)? {
                    self.push(&subject, &predicate, object.clone(), graph)?;
                }
            }
        }
        Ok(())
    }

    fn object(
        &mut self,
        item: &Value,
        graph: Option<&Term>,
        path: &dyn Fn() -> String,
    ) -> Result<Option<Term>> {
        match item.as_object() {
            Some(members) if members.contains_key("@value") => self.literal(members),
            Some(members) if members.contains_key("@list") => {
                let items = members.get("@list").map(array).unwrap_or_default();
                self.list(items, graph, &path())
            }
            _ => self.node(item, graph),
        }
    }

    /// Makes the cells of a list. Their names follow from where the list stands, so that a part of a document
    /// names them as the whole does.
    fn list(&mut self, items: &[Value], graph: Option<&Term>, path: &str) -> Result<Option<Term>> {
        let (first, next) = (rdf("first"), rdf("rest"));
        let mut rest = rdf("nil");
        for (at, item) in items.iter().enumerate().rev() {
            let cell = format!("\u{2}{path}\u{1}{at}");
            let object = self.object(item, graph, &|| cell.clone())?;
            let cell = Term::Blank(cell.as_str().into());
            if let Some(object) = object {
                self.push(&cell, &first, object, graph)?;
            }
            self.push(&cell, &next, rest, graph)?;
            rest = cell;
        }
        Ok(Some(rest))
    }

    /// Section 7.2.
    fn literal(&self, members: &Map<String, Value>) -> Result<Option<Term>> {
        let kind = members.get("@type").and_then(Value::as_str);
        let value = members.get("@value").unwrap_or(&Value::Null);
        if members.contains_key("@index") {
            self.lose(Loss::Value, "@index")?;
        }
        if kind == Some("@json") {
            let text = jcs::canonicalize(value).map_err(LdError::Read)?;
            let text = String::from_utf8(text).unwrap_or_default();
            return Ok(Some(literal(text, format!("{RDF}JSON"), None)));
        }
        if let Some(kind) = kind.filter(|kind| !is_well_formed(kind)) {
            self.lose(Loss::Type, kind)?;
            return Ok(None);
        }
        let text = match value {
            Value::Bool(value) => {
                let kind = kind.map_or_else(|| format!("{XSD}boolean"), str::to_owned);
                return Ok(Some(literal(value.to_string(), kind, None)));
            }
            Value::Number(number) => return self.number(number, kind),
            Value::String(text) => text.clone(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                self.lose(Loss::Value, "@value")?;
                return Ok(None);
            }
        };
        let language = members.get("@language").and_then(Value::as_str);
        if let Some(language) = language.filter(|language| !is_language(language)) {
            self.lose(Loss::Value, language)?;
            return Ok(None);
        }
        if let Some(direction) = members
            .get("@direction")
            .and_then(Value::as_str)
            .filter(|_| self.careful)
        {
            let language = language.unwrap_or_default().to_lowercase();
            return Ok(Some(literal(text, format!("{I18N}{language}_{direction}"), None)));
        }
        Ok(Some(match (language, kind) {
            (Some(language), _) => literal(text, format!("{RDF}langString"), Some(language)),
            (None, Some(kind)) => literal(text, kind.to_owned(), None),
            (None, None) => literal(text, format!("{XSD}string"), None),
        }))
    }

    /// A whole number below 10^21 is an integer, any other a double of sixteen digits (section 8.6).
    fn number(&self, number: &Number, kind: Option<&str>) -> Result<Option<Term>> {
        const LARGEST: f64 = 1e21;
        let value = number.as_f64().unwrap_or(f64::NAN);
        let double = format!("{XSD}double");
        let whole = value.fract() == 0.0 && value.abs() < LARGEST;
        let (text, usual) = if whole && kind != Some(double.as_str()) {
            let text = if value == 0.0 {
                "0".to_owned()
            } else {
                format!("{value:.0}")
            };
            (text, format!("{XSD}integer"))
        } else {
            (canonical_double(value), double)
        };
        // What reads back as another number would be one signature over two documents.
        if text.parse::<f64>().ok() != Some(value) || !is_exact(number, value) {
            self.lose(Loss::Value, &number.to_string())?;
        }
        let kind = kind.map_or(usual, str::to_owned);
        Ok(Some(literal(text, kind, None)))
    }
}

fn rdf(name: &str) -> Term {
    Term::Iri(format!("{RDF}{name}").into())
}

/// A text, or a hash in place of a long one.
fn short(text: &str) -> String {
    const SHORT: usize = 64;
    if text.len() <= SHORT {
        return text.to_owned();
    }
    base64url::encode(&Sha256::digest(text))
}

/// Says whether a number is the double that it is read as.
fn is_exact(number: &Number, value: f64) -> bool {
    match (number.as_u64(), number.as_i64()) {
        (Some(whole), _) => format!("{value:.0}") == whole.to_string(),
        (None, Some(whole)) => format!("{value:.0}") == whole.to_string(),
        (None, None) => true,
    }
}

/// The canonical form of an `xsd:double`: sixteen digits, trailing zeros cut.
fn canonical_double(value: f64) -> String {
    let text = format!("{value:.15E}");
    let Some((mantissa, exponent)) = text.split_once('E') else {
        return text;
    };
    let mantissa = mantissa.trim_end_matches('0');
    let zero = if mantissa.ends_with('.') { "0" } else { "" };
    format!("{mantissa}{zero}E{exponent}")
}

/// Says whether a language tag has the shape of one (BCP 47).
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let part =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    part(first) && first.bytes().all(|byte| byte.is_ascii_alphabetic()) && parts.all(part)
}

fn literal(value: String, datatype: String, language: Option<&str>) -> Term {
    Term::Literal {
        value: value.into(),
        datatype: datatype.into(),
        language: language.map(Arc::from),
    }
}

fn array(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}
