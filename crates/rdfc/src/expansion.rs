//! Expansion ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 5.1): a document without its context.
//!
//! INVARIANT: where the algorithm drops something, a careful expander refuses the document instead (Data Integrity
//! 1.0, Securing Data Losslessly). What it drops beyond that are nulls and empty arrays, which it refuses too: a
//! signature would not cover whether they are there.

mod map;
mod members;
mod node;
mod value;

use std::sync::Arc;

use serde_json::{Map, Value};

pub(crate) use value::unmarked;

use crate::context::{Context, Processor, Term};
use crate::error::{LdError, Loss, Result};

pub(crate) type Members = Map<String, Value>;

/// The member by which an object of the document is known again in its expansion.
///
/// No JSON-LD word is spelled so. Its text becomes the blank node identifier of a node without one.
pub(crate) const MARK: &str = "\u{0}";

/// Expands documents.
#[derive(Debug)]
pub(crate) struct Expander<'a> {
    pub(crate) processor: Processor<'a>,
    /// Whether what would be lost is refused.
    pub(crate) careful: bool,
}

/// The members of an object in the order of their names, as the algorithms walk them. The map has an order of its
/// own, which another crate's feature decides.
fn ordered(members: &Members) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    members
}

/// Where an element stands.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    active: &'a Arc<Context>,
    property: Option<&'a str>,
    from_map: bool,
}

impl<'a> Place<'a> {
    fn term(&self) -> Option<&'a Arc<Term>> {
        self.active.term(self.property?)
    }

    /// Whether what stands here hangs on nothing.
    fn is_free(&self) -> bool {
        matches!(self.property, None | Some("@graph"))
    }
}

impl Expander<'_> {
    /// Expands a document that stands at an address, or at none.
    pub(crate) fn expand(&self, document: &Value, address: Option<&str>) -> Result<Vec<Value>> {
        let active = Context::initial(address);
        let place = Place {
            active: &active,
            property: None,
            from_map: false,
        };
        let mut expanded = self.element(place, document)?;
        if let Some(members) = expanded.as_object_mut().filter(|members| members.len() == 1)
            && let Some(graph) = members.remove("@graph")
        {
            return Ok(array_of(graph));
        }
        Ok(array_of(expanded))
    }

    /// Says that something would be lost: an error for the careful.
    fn lose(&self, loss: Loss, name: &str) -> Result<()> {
        if self.careful {
            return Err(LdError::Lost(loss, name.to_owned()));
        }
        Ok(())
    }

    /// Section 5.1.2. Null stands for what was dropped.
    fn element(&self, place: Place<'_>, element: &Value) -> Result<Value> {
        self.processor.spend(1)?;
        match element {
            Value::Null => {
                self.lose(Loss::Value, place.property.unwrap_or("null"))?;
                Ok(Value::Null)
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) => self.scalar(place, element),
            Value::Array(items) => self.array(place, items),
            Value::Object(members) => self.object(place, members),
        }
    }

    fn scalar(&self, place: Place<'_>, value: &Value) -> Result<Value> {
        let Some(property) = place.property.filter(|_| !place.is_free()) else {
            self.lose(Loss::Value, place.property.unwrap_or("a value without a name"))?;
            return Ok(Value::Null);
        };
        let scoped = place.term().and_then(|term| term.context.as_ref());
        match scoped {
            Some(scoped) => {
                let active = self.processor.scoped(place.active, scoped, true, true)?;
                self.value(&active, property, value)
            }
            None => self.value(place.active, property, value),
        }
    }

    fn array(&self, place: Place<'_>, items: &[Value]) -> Result<Value> {
        let list = place
            .term()
            .is_some_and(|term| term.container.has(crate::context::Container::LIST));
        if items.is_empty() && !list && !place.is_free() && place.property != Some("@list") {
            self.lose(Loss::Value, place.property.unwrap_or_default())?;
        }
        let mut result = Vec::new();
        for item in items {
            let item = self.element(place, item)?;
            if list && item.is_array() {
                result.push(listed(array_of(item)));
            } else {
                result.extend(array_of(item));
            }
        }
        Ok(Value::Array(result))
    }
}

fn listed(items: Vec<Value>) -> Value {
    Value::Object(Map::from_iter([("@list".to_owned(), Value::Array(items))]))
}

/// What was expanded, as an array.
fn array_of(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one],
    }
}

/// Adds values to a member, which is an array.
fn append(members: &mut Members, name: &str, values: Vec<Value>) {
    let member = members.entry(name).or_insert(Value::Null);
    *member = array_of(member.take()).into_iter().chain(values).collect();
}

fn has(value: &Value, name: &str) -> bool {
    value.get(name).is_some()
}
