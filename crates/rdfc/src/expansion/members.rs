//! The members of an object ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 5.1.2, steps 13 and 14).
//!
//! INVARIANT: every member is either in the result or was refused; the careful let none go.

use std::sync::Arc;

use serde_json::{Value, json};

use super::node::graph;
use super::value::unmarked;
use super::{Expander, MARK, Members, Place, append, array_of, has, listed, ordered};
use crate::context::{Container, Context, Processor, items};
use crate::error::{LdError, Loss, Result};
use crate::iri::{is_absolute, is_keyword};

/// An object that is being expanded.
#[derive(Debug)]
pub(super) struct Building<'a> {
    pub(super) active: Arc<Context>,
    /// What was active before the contexts of the object's types.
    typed: &'a Arc<Context>,
    property: Option<&'a str>,
    input_type: Option<Arc<str>>,
    pub(super) result: Members,
    nests: Vec<String>,
}

impl<'a> Building<'a> {
    pub(super) fn new(
        active: &Arc<Context>,
        typed: &'a Arc<Context>,
        property: Option<&'a str>,
        input_type: Option<Arc<str>>,
    ) -> Self {
        Self {
            active: Arc::clone(active),
            typed,
            property,
            input_type,
            result: Members::new(),
            nests: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> (Members, Vec<String>) {
        (self.result, self.nests)
    }

    fn is_json(&self) -> bool {
        self.input_type.as_deref() == Some("@json")
    }
}

impl Expander<'_> {
    /// Steps 13 and 14 for one object, which may be a nested one.
    pub(super) fn members(&self, building: &mut Building<'_>, members: &Members) -> Result<()> {
        for (key, value) in ordered(members) {
            if key == "@context" || key == MARK {
                continue;
            }
            let active = Arc::clone(&building.active);
            match Processor::expand_iri(&active, key, false, true) {
                Some(iri) if is_keyword(&iri) => self.keyword(building, &iri, key, value)?,
                Some(iri) if iri.contains(':') => self.property(building, &iri, key, value)?,
                _ => self.lose(Loss::Term, key)?,
            }
        }
        for key in std::mem::take(&mut building.nests) {
            self.nested(building, &key, members.get(&key).unwrap_or(&Value::Null))?;
        }
        Ok(())
    }

    /// Step 14.
    fn nested(&self, building: &mut Building<'_>, key: &str, value: &Value) -> Result<()> {
        let outer = Arc::clone(&building.active);
        for nested in items(value) {
            let names_value = |key: &String| outer.means(key, "@value");
            let Some(members) = nested.as_object().filter(|inner| !inner.keys().any(names_value)) else {
                return Err(LdError::Document("invalid @nest value"));
            };
            if let Some(scoped) = outer.term(key).and_then(|term| term.context.as_ref()) {
                building.active = self.processor.scoped(&outer, scoped, true, true)?;
            }
            self.members(building, members)?;
            building.active = Arc::clone(&outer);
        }
        Ok(())
    }

    /// Step 13.4.
    fn keyword(&self, building: &mut Building<'_>, keyword: &str, key: &str, value: &Value) -> Result<()> {
        if building.property == Some("@reverse") {
            return Err(LdError::Document("invalid reverse property map"));
        }
        if building.result.contains_key(keyword) && !matches!(keyword, "@included" | "@type") {
            return Err(LdError::Document("colliding keywords"));
        }
        let active = Arc::clone(&building.active);
        let place = |property| Place {
            active: &active,
            property,
            from_map: false,
        };
        let expanded = match keyword {
            "@id" => {
                let text = value.as_str().ok_or(LdError::Document("invalid @id value"))?;
                json!(self.reference(&active, text, false, Loss::Relative)?.as_deref())
            }
            "@type" => return self.types(building, value),
            "@graph" => Value::Array(array_of(self.element(place(Some("@graph")), value)?)),
            "@included" => {
                let items = array_of(self.element(place(None), value)?);
                let node = |item: &Value| !["@value", "@list", "@set"].iter().any(|name| has(item, name));
                if items.is_empty() || !items.iter().all(|item| item.is_object() && node(item)) {
                    return Err(LdError::Document("invalid @included value"));
                }
                append(&mut building.result, "@included", items);
                return Ok(());
            }
            "@value" if building.is_json() => unmarked(value),
            "@value" => match value {
                Value::Array(_) | Value::Object(_) => {
                    return Err(LdError::Document("invalid value object value"));
                }
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
            },
            "@language" => {
                let wrong = LdError::Document("invalid language-tagged string");
                json!(value.as_str().ok_or(wrong)?)
            }
            "@direction" => match value.as_str() {
                Some("ltr" | "rtl") => value.clone(),
                _ => return Err(LdError::Document("invalid base direction")),
            },
            "@index" => {
                let index = value.as_str().ok_or(LdError::Document("invalid @index value"))?;
                self.lose(Loss::Value, key)?;
                json!(index)
            }
            "@list" => {
                if matches!(building.property, None | Some("@graph")) {
                    return self.lose(Loss::Value, key);
                }
                Value::Array(array_of(self.element(place(building.property), value)?))
            }
            "@set" => self.element(place(building.property), value)?,
            "@reverse" => return self.reversed(building, value),
            "@nest" => {
                building.nests.push(key.to_owned());
                return Ok(());
            }
            _ => return self.lose(Loss::Term, key),
        };
        if !expanded.is_null() || keyword == "@value" || keyword == "@id" {
            building.result.insert(keyword.to_owned(), expanded);
        }
        Ok(())
    }

    /// Step 13.4.4.
    fn types(&self, building: &mut Building<'_>, value: &Value) -> Result<()> {
        let wrong = LdError::Document("invalid type value");
        let mut kinds = Vec::new();
        for name in items(value) {
            let name = name.as_str().ok_or_else(|| wrong.clone())?;
            kinds.push(json!(
                self.reference(building.typed, name, true, Loss::Type)?.as_deref()
            ));
        }
        if kinds.is_empty() {
            self.lose(Loss::Value, "@type")?;
        }
        let many = value.is_array() || building.result.contains_key("@type");
        if many {
            append(&mut building.result, "@type", kinds);
        } else {
            let kind = kinds.pop().unwrap_or_default();
            building.result.insert("@type".to_owned(), kind);
        }
        Ok(())
    }

    /// Step 13.4.13.
    fn reversed(&self, building: &mut Building<'_>, value: &Value) -> Result<()> {
        if !value.is_object() {
            return Err(LdError::Document("invalid @reverse value"));
        }
        let active = Arc::clone(&building.active);
        let place = Place {
            active: &active,
            property: Some("@reverse"),
            from_map: false,
        };
        let Value::Object(expanded) = self.element(place, value)? else {
            return Ok(());
        };
        for (property, items) in expanded {
            if property == "@reverse" {
                let Value::Object(forward) = items else { continue };
                for (property, items) in forward {
                    append(&mut building.result, &property, array_of(items));
                }
            } else {
                reverse(&mut building.result, &property, array_of(items))?;
            }
        }
        Ok(())
    }

    /// Steps 13.5 to 13.14.
    fn property(&self, building: &mut Building<'_>, iri: &str, key: &str, value: &Value) -> Result<()> {
        if self.careful && !is_absolute(iri) {
            return Err(LdError::Lost(Loss::Term, key.to_owned()));
        }
        self.processor.spend_text(iri)?;
        let active = Arc::clone(&building.active);
        let term = active.term(key);
        let container = term.map(|term| term.container).unwrap_or_default();
        let json = term.is_some_and(|term| term.kind.as_deref() == Some("@json"));
        let mapped = container.has(Container::INDEX.or(Container::TYPE).or(Container::ID));
        let map = value.as_object().filter(|_| !json);
        let expanded = if json {
            json!({ "@value": unmarked(value), "@type": "@json" })
        } else if let Some(map) = map.filter(|_| container.has(Container::LANGUAGE)) {
            Value::Array(self.language_map(&active, key, map)?)
        } else if let Some(map) = map.filter(|_| mapped) {
            Value::Array(self.index_map(&active, key, map)?)
        } else {
            let place = Place {
                active: &active,
                property: Some(key),
                from_map: false,
            };
            self.element(place, value)?
        };
        if expanded.is_null() {
            return Ok(());
        }
        let is_list = expanded.is_object() && has(&expanded, "@list");
        let mut values = if container.has(Container::LIST) && !is_list {
            vec![listed(array_of(expanded))]
        } else {
            array_of(expanded)
        };
        if container.has(Container::GRAPH) && !container.has(Container::ID.or(Container::INDEX)) {
            values = values.into_iter().map(in_graph).collect();
        }
        if term.is_some_and(|term| term.reverse) {
            return reverse(&mut building.result, iri, values);
        }
        append(&mut building.result, iri, values);
        Ok(())
    }
}

/// Puts a value into a graph of its own, whose name follows from the value's mark.
fn in_graph(value: Value) -> Value {
    let marked = value
        .get("@id")
        .and_then(Value::as_str)
        .filter(|id| id.strip_prefix("_:").is_some_and(|id| id.starts_with(MARK)));
    let name = marked.map(|id| format!("{id}g"));
    let mut result = graph(vec![value]);
    if let Some(name) = name {
        result.insert("@id".to_owned(), name.into());
    }
    Value::Object(result)
}

fn reverse(result: &mut Members, property: &str, items: Vec<Value>) -> Result<()> {
    if items.iter().any(|item| has(item, "@value") || has(item, "@list")) {
        return Err(LdError::Document("invalid reverse property value"));
    }
    let map = result
        .entry("@reverse")
        .or_insert_with(|| Value::Object(Members::new()));
    if let Value::Object(map) = map {
        append(map, property, items);
    }
    Ok(())
}
