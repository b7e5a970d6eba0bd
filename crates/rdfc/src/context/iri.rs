//! IRI expansion ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 5.2).
//!
//! INVARIANT: the context that is being defined is consulted before the one that is active.

use std::sync::Arc;

use super::{Context, Defined, Processor};
use crate::error::Result;
use crate::iri::{is_absolute, is_keyword, looks_like_keyword, resolve};

impl Processor<'_> {
    /// Expands a word of a finished context; none for a word without meaning.
    pub(crate) fn expand_iri(
        context: &Context,
        value: &str,
        relative: bool,
        vocab: bool,
    ) -> Option<Arc<str>> {
        if is_keyword(value) {
            return Some(value.into());
        }
        if looks_like_keyword(value) {
            return None;
        }
        if let Some(term) = context.term(value) {
            let keyword = term.iri.as_deref().is_some_and(is_keyword);
            if vocab || keyword {
                return term.iri.clone();
            }
        }
        if let Some((prefix, suffix)) = split(value) {
            if prefix == "_" || suffix.starts_with("//") {
                return Some(value.into());
            }
            let term = context.term(prefix).filter(|term| term.prefix);
            if let Some(iri) = term.and_then(|term| term.iri.as_deref()) {
                return Some(format!("{iri}{suffix}").into());
            }
            if is_absolute(value) {
                return Some(value.into());
            }
        }
        match (&context.vocab, &context.base) {
            (Some(vocabulary), _) if vocab => Some(format!("{vocabulary}{value}").into()),
            (_, Some(base)) if relative => Some(resolve(base, value).into()),
            _ => Some(value.into()),
        }
    }

    /// Expands a word while a context is being defined, defining first what it leans on.
    pub(super) fn expand_iri_within(
        &self,
        context: &mut Context,
        value: &str,
        relative: bool,
        defined: &mut Defined<'_>,
    ) -> Result<Option<Arc<str>>> {
        if !is_keyword(value) && !looks_like_keyword(value) {
            self.define_first(context, value, defined)?;
            if let Some((prefix, suffix)) = split(value)
                && prefix != "_"
                && !suffix.starts_with("//")
            {
                self.define_first(context, prefix, defined)?;
            }
        }
        Ok(Self::expand_iri(context, value, relative, true))
    }

    fn define_first(&self, context: &mut Context, word: &str, defined: &mut Defined<'_>) -> Result<()> {
        if defined.local.contains_key(word) && defined.done.get(word) != Some(&true) {
            self.define(context, word, defined)?;
        }
        Ok(())
    }
}

/// Splits at the first colon that is not the first character.
fn split(value: &str) -> Option<(&str, &str)> {
    value.split_once(':').filter(|(prefix, _)| !prefix.is_empty())
}
