//! Active contexts and their terms ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 4).
//!
//! INVARIANT: a protected term is redefined only by a context to which a protected term's own definition leads.

mod definition;
mod iri;
mod process;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use definition::Defined;
pub(crate) use process::{Applied, Processor, items};

/// The number of the context that every document begins with.
const INITIAL: u64 = 1;

/// What words mean at one place of a document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// The number under which the library remembers it; 0 if it does not.
    pub(crate) id: u64,
    pub(crate) terms: BTreeMap<Arc<str>, Arc<Term>>,
    pub(crate) base: Option<Arc<str>>,
    /// The address of the document itself.
    pub(crate) document: Option<Arc<str>>,
    pub(crate) vocab: Option<Arc<str>>,
    pub(crate) language: Option<Arc<str>>,
    pub(crate) direction: Option<Arc<str>>,
    /// What holds again in nodes below, where this context does not propagate.
    pub(crate) previous: Option<Arc<Context>>,
}

impl Context {
    /// The context that a document at this address begins with.
    pub(crate) fn initial(document: Option<&str>) -> Arc<Self> {
        let document: Option<Arc<str>> = document.map(Arc::from);
        Arc::new(Self {
            id: if document.is_none() { INITIAL } else { 0 },
            base: document.clone(),
            document,
            ..Self::default()
        })
    }

    pub(crate) fn term(&self, name: &str) -> Option<&Arc<Term>> {
        self.terms.get(name)
    }

    /// Says whether a word is this keyword or stands for it, without expanding it.
    pub(crate) fn means(&self, word: &str, keyword: &str) -> bool {
        word == keyword || self.term(word).and_then(|term| term.iri.as_deref()) == Some(keyword)
    }
}

/// What one word means.
#[derive(Debug, Clone, Default)]
pub(crate) struct Term {
    /// The IRI, keyword or blank node; none if the word is expressly without meaning.
    pub(crate) iri: Option<Arc<str>>,
    pub(crate) prefix: bool,
    pub(crate) protected: bool,
    pub(crate) reverse: bool,
    pub(crate) kind: Option<Arc<str>>,
    /// The language of its strings; `Some(None)` if they expressly have none.
    pub(crate) language: Option<Option<Arc<str>>>,
    pub(crate) direction: Option<Option<Arc<str>>>,
    pub(crate) context: Option<Scoped>,
    pub(crate) nest: Option<Arc<str>>,
    pub(crate) index: Option<Arc<str>>,
    pub(crate) container: Container,
}

impl Term {
    /// Says whether two definitions are the same but for being protected.
    fn means_the_same(&self, other: &Self) -> bool {
        let key = |term: &Self| {
            (
                term.iri.clone(),
                term.prefix,
                term.reverse,
                term.kind.clone(),
                term.language.clone(),
                term.direction.clone(),
                term.nest.clone(),
                term.index.clone(),
                term.container,
            )
        };
        let scope = |term: &Self| term.context.as_ref().map(|scoped| Arc::clone(&scoped.value));
        key(self) == key(other) && scope(self) == scope(other)
    }
}

/// A context that holds below one word only.
#[derive(Debug, Clone)]
pub(crate) struct Scoped {
    pub(crate) value: Arc<Value>,
    /// The address of the document that it stands in.
    pub(crate) base: Option<Arc<str>>,
    /// Whether it stands in a context of the library that was checked beforehand.
    pub(crate) sound: bool,
}

/// The containers of a term.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Container(u8);

impl Container {
    pub(crate) const GRAPH: Self = Self(1);
    pub(crate) const ID: Self = Self(2);
    pub(crate) const INDEX: Self = Self(4);
    pub(crate) const LANGUAGE: Self = Self(8);
    pub(crate) const LIST: Self = Self(16);
    pub(crate) const SET: Self = Self(32);
    pub(crate) const TYPE: Self = Self(64);

    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "@graph" => Self::GRAPH,
            "@id" => Self::ID,
            "@index" => Self::INDEX,
            "@language" => Self::LANGUAGE,
            "@list" => Self::LIST,
            "@set" => Self::SET,
            "@type" => Self::TYPE,
            _ => return None,
        })
    }

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Says whether the words may stand together (JSON-LD API, section 4.2.2, step 19).
    fn is_allowed(self) -> bool {
        let without_set = Self(self.0 & !Self::SET.0);
        let alone = without_set.0.count_ones() <= 1;
        let graph = without_set == Self::GRAPH.or(Self::ID) || without_set == Self::GRAPH.or(Self::INDEX);
        let list = !(self.has(Self::LIST) && self.has(Self::SET));
        (alone || graph) && list
    }
}
