//! Term definitions ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 4.2).
//!
//! INVARIANT: a protected term keeps its meaning, also against reverse properties.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::process::{direction_of, items};
use super::{Applied, Container, Context, Processor, Scoped, Term};
use crate::error::{LdError, Result};
use crate::iri::{is_absolute, is_blank, is_keyword, looks_like_keyword};

/// A local context that is being defined, and how far it is.
#[derive(Debug)]
pub(crate) struct Defined<'a> {
    pub(super) local: &'a Map<String, Value>,
    /// True for what is defined, false for what is being defined.
    pub(super) done: BTreeMap<String, bool>,
    protected: bool,
    how: &'a Applied,
}

impl<'a> Defined<'a> {
    pub(super) fn new(local: &'a Map<String, Value>, protected: bool, how: &'a Applied) -> Self {
        Self {
            local,
            done: BTreeMap::new(),
            protected,
            how,
        }
    }
}

const NO_TERM: LdError = LdError::Context("invalid term definition");
const NO_IRI: LdError = LdError::Context("invalid IRI mapping");

/// Every member that a definition may have.
const MEMBERS: [&str; 11] = [
    "@id",
    "@reverse",
    "@container",
    "@context",
    "@direction",
    "@index",
    "@language",
    "@nest",
    "@prefix",
    "@protected",
    "@type",
];

impl Processor<'_> {
    /// Defines one term of a local context.
    pub(super) fn define(&self, context: &mut Context, name: &str, defined: &mut Defined<'_>) -> Result<()> {
        match defined.done.get(name) {
            Some(true) => return Ok(()),
            Some(false) => return Err(LdError::Context("cyclic IRI mapping")),
            None => {}
        }
        if name.is_empty() {
            return Err(NO_TERM);
        }
        defined.done.insert(name.to_owned(), false);
        let local = defined.local;
        let value = local.get(name).unwrap_or(&Value::Null);
        if name == "@type" {
            let only = |members: &Map<String, Value>| {
                !members.is_empty()
                    && members.iter().all(|(key, value)| match key.as_str() {
                        "@container" => value == "@set",
                        "@protected" => true,
                        _ => false,
                    })
            };
            if !value.as_object().is_some_and(only) {
                return Err(LdError::Context("keyword redefinition"));
            }
        } else if is_keyword(name) {
            return Err(LdError::Context("keyword redefinition"));
        } else if looks_like_keyword(name) {
            return Ok(());
        }
        let previous = context.terms.remove(name);
        let (members, simple) = match value {
            Value::Null => (&Map::from_iter([("@id".to_owned(), Value::Null)]), false),
            Value::String(_) => (&Map::from_iter([("@id".to_owned(), value.clone())]), true),
            Value::Object(members) => (members, false),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => return Err(NO_TERM),
        };
        let Some(term) = self.term(context, name, members, simple, defined)? else {
            // A word that looks like a keyword leaves no definition behind.
            return Ok(());
        };
        self.spend_text(term.iri.as_deref().unwrap_or_default())?;
        let term = keep(previous, term, defined.how.overrides)?;
        context.terms.insert(name.into(), term);
        defined.done.insert(name.to_owned(), true);
        Ok(())
    }

    fn term(
        &self,
        context: &mut Context,
        name: &str,
        members: &Map<String, Value>,
        simple: bool,
        defined: &mut Defined<'_>,
    ) -> Result<Option<Term>> {
        let mut term = Term {
            protected: flag(members, "@protected", "invalid @protected value")?.unwrap_or(defined.protected),
            ..Term::default()
        };
        if let Some(kind) = members.get("@type") {
            term.kind = Some(self.kind(context, kind, defined)?);
        }
        if let Some(reverse) = members.get("@reverse") {
            return self.reversed(context, term, reverse, members, defined);
        }
        match members.get("@id") {
            Some(Value::Null) => {}
            Some(Value::String(id)) if id != name => {
                if !is_keyword(id) && looks_like_keyword(id) {
                    return Ok(None);
                }
                term.iri = Some(self.named(context, name, id, simple, &mut term.prefix, defined)?);
            }
            None | Some(Value::String(_)) => term.iri = Some(self.by_name(context, name, defined)?),
            Some(_) => return Err(NO_IRI),
        }
        if let Some(container) = members.get("@container") {
            term.container = container_of(container)?;
            if term.container.has(Container::TYPE) {
                let kind = term.kind.get_or_insert_with(|| "@id".into());
                if !matches!(&**kind, "@id" | "@vocab") {
                    return Err(LdError::Context("invalid type mapping"));
                }
            }
        }
        self.index(context, &mut term, members, defined)?;
        if let Some(scope) = members.get("@context") {
            term.context = Some(self.scope(context, scope, defined.how)?);
        }
        if !members.contains_key("@type") {
            strings(members, &mut term)?;
        }
        if let Some(nest) = members.get("@nest") {
            let nest = nest.as_str().filter(|nest| *nest == "@nest" || !is_keyword(nest));
            term.nest = Some(nest.ok_or(LdError::Context("invalid @nest value"))?.into());
        }
        if members.contains_key("@prefix") {
            if name.contains([':', '/']) {
                return Err(NO_TERM);
            }
            term.prefix = flag(members, "@prefix", "invalid @prefix value")?.unwrap_or(false);
            if term.prefix && term.iri.as_deref().is_some_and(is_keyword) {
                return Err(NO_TERM);
            }
        }
        if !members.keys().all(|key| MEMBERS.contains(&key.as_str())) {
            return Err(NO_TERM);
        }
        Ok(Some(term))
    }

    /// Step 12: the type of a term's values.
    fn kind(&self, context: &mut Context, kind: &Value, defined: &mut Defined<'_>) -> Result<Arc<str>> {
        let wrong = LdError::Context("invalid type mapping");
        let Some(kind) = kind.as_str() else {
            return Err(wrong);
        };
        let kind = self.expand_iri_within(context, kind, false, defined)?;
        kind.filter(|kind| matches!(&**kind, "@id" | "@vocab" | "@json" | "@none") || is_absolute(kind))
            .ok_or(wrong)
    }

    /// Step 13: a property in the other direction.
    fn reversed(
        &self,
        context: &mut Context,
        mut term: Term,
        reverse: &Value,
        members: &Map<String, Value>,
        defined: &mut Defined<'_>,
    ) -> Result<Option<Term>> {
        let wrong = LdError::Context("invalid reverse property");
        if members.contains_key("@id") || members.contains_key("@nest") {
            return Err(wrong);
        }
        let reverse = reverse.as_str().ok_or(NO_IRI)?;
        if looks_like_keyword(reverse) {
            return Ok(None);
        }
        let iri = self.expand_iri_within(context, reverse, false, defined)?;
        term.iri = Some(
            iri.filter(|iri| is_absolute(iri) || is_blank(iri))
                .ok_or(NO_IRI)?,
        );
        term.container = match members.get("@container") {
            None | Some(Value::Null) => Container::default(),
            Some(Value::String(word)) if word == "@set" => Container::SET,
            Some(Value::String(word)) if word == "@index" => Container::INDEX,
            Some(_) => return Err(wrong),
        };
        self.index(context, &mut term, members, defined)?;
        if !members.keys().all(|key| MEMBERS.contains(&key.as_str())) {
            return Err(NO_TERM);
        }
        term.reverse = true;
        Ok(Some(term))
    }

    /// Step 14: a term whose definition names its IRI.
    fn named(
        &self,
        context: &mut Context,
        name: &str,
        id: &str,
        simple: bool,
        prefix: &mut bool,
        defined: &mut Defined<'_>,
    ) -> Result<Arc<str>> {
        let iri = self
            .expand_iri_within(context, id, false, defined)?
            .filter(|iri| is_keyword(iri) || is_absolute(iri) || is_blank(iri))
            .ok_or(NO_IRI)?;
        if &*iri == "@context" {
            return Err(LdError::Context("invalid keyword alias"));
        }
        let inner = name.trim_end_matches(':').chars().skip(1).any(|c| c == ':');
        if inner || name.contains('/') {
            defined.done.insert(name.to_owned(), true);
            if self.expand_iri_within(context, name, false, defined)? != Some(Arc::clone(&iri)) {
                return Err(NO_IRI);
            }
        } else if simple && !name.contains(':') {
            *prefix = iri.ends_with([':', '/', '?', '#', '[', ']', '@']) || is_blank(&iri);
        }
        Ok(iri)
    }

    /// Steps 15 to 18: a term that names itself.
    fn by_name(&self, context: &mut Context, name: &str, defined: &mut Defined<'_>) -> Result<Arc<str>> {
        if name == "@type" {
            return Ok(name.into());
        }
        if let Some((prefix, suffix)) = name.split_once(':').filter(|(prefix, _)| !prefix.is_empty()) {
            if defined.local.contains_key(prefix) {
                self.define(context, prefix, defined)?;
            }
            let iri = context.term(prefix).and_then(|term| term.iri.as_deref());
            return match iri {
                Some(iri) => Ok(format!("{iri}{suffix}").into()),
                None if is_absolute(name) || is_blank(name) => Ok(name.into()),
                None => Err(NO_IRI),
            };
        }
        if name.contains('/') {
            // The term is being defined, so only the vocabulary and the prefixes are asked.
            let iri = Self::expand_iri(context, name, false, true);
            return iri.filter(|iri| is_absolute(iri)).ok_or(NO_IRI);
        }
        match &context.vocab {
            Some(vocab) => Ok(format!("{vocab}{name}").into()),
            None => Err(NO_IRI),
        }
    }

    /// Step 20: the property by which the values of a term are indexed.
    fn index(
        &self,
        context: &mut Context,
        term: &mut Term,
        members: &Map<String, Value>,
        defined: &mut Defined<'_>,
    ) -> Result<()> {
        let Some(index) = members.get("@index") else {
            return Ok(());
        };
        let index = index.as_str().filter(|_| term.container.has(Container::INDEX));
        let index = index.ok_or(NO_TERM)?;
        let iri = self.expand_iri_within(context, index, false, defined)?;
        if !iri.is_some_and(|iri| is_absolute(&iri)) {
            return Err(NO_TERM);
        }
        term.index = Some(index.into());
        Ok(())
    }

    /// Step 21: a context that holds below the term only.
    fn scope(&self, context: &Context, value: &Value, how: &Applied) -> Result<Scoped> {
        if !how.sound {
            let inner = Applied {
                overrides: true,
                propagates: true,
                checks: false,
                ..how.clone()
            };
            self.spend(context.terms.len())?;
            let wrong = |error| match error {
                LdError::Work | LdError::UnknownContext(_) => error,
                LdError::Context(_) | LdError::Document(_) | LdError::Lost(..) | LdError::Read(_) => {
                    LdError::Context("invalid scoped context")
                }
            };
            self.process(&Arc::new(context.clone()), value, &inner)
                .map_err(wrong)?;
        }
        Ok(Scoped {
            value: Arc::new(value.clone()),
            base: how.base.clone(),
            sound: how.sound,
        })
    }
}

/// Step 27: a protected term is kept.
fn keep(previous: Option<Arc<Term>>, term: Term, overrides: bool) -> Result<Arc<Term>> {
    match previous {
        Some(previous) if previous.protected && !overrides => {
            if previous.means_the_same(&term) {
                Ok(previous)
            } else {
                Err(LdError::Context("protected term redefinition"))
            }
        }
        _ => Ok(Arc::new(term)),
    }
}

/// Steps 22 and 23: language and direction of a term's strings.
fn strings(members: &Map<String, Value>, term: &mut Term) -> Result<()> {
    term.language = match members.get("@language") {
        None => None,
        Some(Value::Null) => Some(None),
        Some(Value::String(language)) => Some(Some(language.as_str().into())),
        Some(_) => return Err(LdError::Context("invalid language mapping")),
    };
    term.direction = members.get("@direction").map(direction_of).transpose()?;
    Ok(())
}

/// Step 19: how a term's values are held together.
fn container_of(value: &Value) -> Result<Container> {
    let wrong = LdError::Context("invalid container mapping");
    let mut container = Container::default();
    for word in items(value) {
        let Some(word) = word.as_str().and_then(Container::of) else {
            return Err(wrong);
        };
        container = container.or(word);
    }
    if container == Container::default() || !container.is_allowed() {
        return Err(wrong);
    }
    Ok(container)
}

fn flag(members: &Map<String, Value>, name: &str, wrong: &'static str) -> Result<Option<bool>> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => value.as_bool().map(Some).ok_or(LdError::Context(wrong)),
    }
}
