//! Value expansion and value objects ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), sections 5.1.2 and 5.3).
//!
//! INVARIANT: a reference that stays relative is refused by the careful.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Expander, MARK, Members};
use crate::context::{Context, Processor};
use crate::error::{LdError, Loss, Result};
use crate::iri::{is_absolute, is_blank};

impl Expander<'_> {
    /// Section 5.3.2: what a bare value means under a property.
    pub(super) fn value(&self, active: &Context, property: &str, value: &Value) -> Result<Value> {
        let term = active.term(property);
        let kind = term.and_then(|term| term.kind.as_deref());
        if let (Some(kind @ ("@id" | "@vocab")), Value::String(text)) = (kind, value) {
            let iri = self.reference(active, text, kind == "@vocab", Loss::Relative)?;
            return Ok(json!({ "@id": iri.as_deref() }));
        }
        let mut result = Members::from_iter([("@value".to_owned(), value.clone())]);
        match kind {
            Some(kind) if !matches!(kind, "@id" | "@vocab" | "@none") => {
                result.insert("@type".to_owned(), kind.into());
            }
            _ if value.is_string() => {
                let own = term.and_then(|term| term.language.clone());
                if let Some(language) = own.unwrap_or_else(|| active.language.clone()) {
                    result.insert("@language".to_owned(), (*language).into());
                }
                let own = term.and_then(|term| term.direction.clone());
                if let Some(direction) = own.unwrap_or_else(|| active.direction.clone()) {
                    result.insert("@direction".to_owned(), (*direction).into());
                }
            }
            _ => {}
        }
        Ok(Value::Object(result))
    }

    /// Expands a reference; the careful want it absolute.
    pub(super) fn reference(
        &self,
        active: &Context,
        text: &str,
        vocab: bool,
        loss: Loss,
    ) -> Result<Option<Arc<str>>> {
        let iri = Processor::expand_iri(active, text, true, vocab);
        self.processor.spend_text(iri.as_deref().unwrap_or_default())?;
        let absolute =
            |iri: &str| is_absolute(iri) || is_blank(iri) || (loss == Loss::Type && iri == "@json");
        if !iri.as_deref().is_some_and(absolute) {
            self.lose(loss, text)?;
        }
        Ok(iri)
    }

    /// Step 15: a finished value object.
    pub(super) fn value_object(&self, result: Members) -> Result<Value> {
        const ALLOWED: [&str; 5] = ["@direction", "@index", "@language", "@type", "@value"];
        let tagged = result.contains_key("@language") || result.contains_key("@direction");
        let kind = result.get("@type");
        if !result.keys().all(|key| ALLOWED.contains(&key.as_str())) || (kind.is_some() && tagged) {
            return Err(LdError::Document("invalid value object"));
        }
        if kind.and_then(Value::as_str) == Some("@json") {
            return Ok(Value::Object(result));
        }
        match result.get("@value") {
            None | Some(Value::Null) => {
                self.lose(Loss::Value, "@value")?;
                Ok(Value::Null)
            }
            Some(value) if result.contains_key("@language") && !value.is_string() => {
                Err(LdError::Document("invalid language-tagged value"))
            }
            Some(_) => match kind {
                None => Ok(Value::Object(result)),
                Some(Value::String(kind)) if is_absolute(kind) => Ok(Value::Object(result)),
                Some(_) => Err(LdError::Document("invalid typed value")),
            },
        }
    }
}

/// A JSON literal without the marks in it.
pub(crate) fn unmarked(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != MARK)
            .map(|(name, value)| (name.clone(), unmarked(value)))
            .collect(),
        Value::Array(items) => items.iter().map(unmarked).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
