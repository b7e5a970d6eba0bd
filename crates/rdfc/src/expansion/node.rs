//! Objects ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 5.1.2, steps 7 to 19).
//!
//! INVARIANT: contexts that hang on types are applied in the order of the types' names.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::members::Building;
use super::{Expander, MARK, Members, Place, ordered};
use crate::context::{Applied, Context, Processor, items};
use crate::error::{LdError, Loss, Result};

impl Expander<'_> {
    pub(super) fn object(&self, place: Place<'_>, members: &Members) -> Result<Value> {
        let scoped = place.term().and_then(|term| term.context.clone());
        let mut active = Arc::clone(place.active);
        if let Some(previous) = active.previous.clone().filter(|_| !place.from_map) {
            let mut names = members.keys().filter(|key| *key != MARK);
            let value = names.clone().any(|key| active.means(key, "@value"));
            let reference =
                matches!((names.next(), names.next()), (Some(key), None) if active.means(key, "@id"));
            if !value && !reference {
                active = previous;
            }
        }
        if let Some(scoped) = scoped {
            active = self.processor.scoped(&active, &scoped, true, true)?;
        }
        if let Some(local) = members.get("@context") {
            let how = Applied::own(active.document.clone());
            active = self.processor.process(&active, local, &how)?;
        }
        let typed = Arc::clone(&active);
        active = self.by_types(&typed, active, members)?;

        let mut building = Building::new(&active, &typed, place.property, self.input_type(&active, members));
        self.members(&mut building, members)?;
        let (result, nests) = building.finish();
        debug_assert!(nests.is_empty(), "nested members are taken as they come");
        self.finished(place, members, result)
    }

    /// Step 11: the contexts of the object's types.
    fn by_types(
        &self,
        typed: &Arc<Context>,
        mut active: Arc<Context>,
        members: &Members,
    ) -> Result<Arc<Context>> {
        for (key, value) in ordered(members) {
            if !typed.means(key, "@type") {
                continue;
            }
            let mut names: Vec<&str> = items(value).iter().filter_map(Value::as_str).collect();
            names.sort_unstable();
            for name in names {
                if let Some(scoped) = typed.term(name).and_then(|term| term.context.as_ref()) {
                    active = self.processor.scoped(&active, scoped, false, false)?;
                }
            }
        }
        Ok(active)
    }

    /// Step 12: the type that decides how `@value` is read.
    fn input_type(&self, active: &Context, members: &Members) -> Option<Arc<str>> {
        let (_, value) = ordered(members)
            .into_iter()
            .find(|(key, _)| active.means(key, "@type"))?;
        let last = items(value).iter().filter_map(Value::as_str).next_back()?;
        Processor::expand_iri(active, last, false, true)
    }

    /// Steps 15 to 19.
    fn finished(&self, place: Place<'_>, members: &Members, mut result: Members) -> Result<Value> {
        if result.contains_key("@value") {
            let value = self.value_object(result)?;
            if place.is_free() {
                self.lose(Loss::Value, "@value")?;
                return Ok(Value::Null);
            }
            return Ok(value);
        }
        if let Some(kind) = result.get_mut("@type").filter(|kind| !kind.is_array()) {
            *kind = Value::Array(vec![kind.take()]);
        } else if result.contains_key("@set") || result.contains_key("@list") {
            return self.collection(place, result);
        }
        let only = |name: &str| result.len() == 1 && result.contains_key(name);
        if only("@language") {
            self.lose(Loss::Value, "@language")?;
            return Ok(Value::Null);
        }
        if place.is_free() && (result.is_empty() || only("@id")) {
            self.lose(Loss::Value, "an object that says nothing")?;
            return Ok(Value::Null);
        }
        if let Some(mark) = members.get(MARK).and_then(Value::as_str)
            && !result.contains_key("@id")
        {
            result.insert("@id".to_owned(), format!("_:{mark}").into());
        }
        Ok(Value::Object(result))
    }

    /// Step 17: a set or a list.
    fn collection(&self, place: Place<'_>, mut result: Members) -> Result<Value> {
        let others = result.len().saturating_sub(1);
        if others > 1 || (others == 1 && !result.contains_key("@index")) {
            return Err(LdError::Document("invalid set or list object"));
        }
        match result.remove("@set") {
            Some(_) if result.contains_key("@index") && self.careful => {
                Err(LdError::Lost(Loss::Value, "@index".to_owned()))
            }
            Some(set) => Ok(set),
            None if place.is_free() => {
                self.lose(Loss::Value, "@list")?;
                Ok(Value::Null)
            }
            None => Ok(Value::Object(result)),
        }
    }
}

/// A node that holds these in a graph of its own.
pub(super) fn graph(items: Vec<Value>) -> Map<String, Value> {
    Map::from_iter([("@graph".to_owned(), Value::Array(items))])
}
