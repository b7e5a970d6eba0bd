//! Language, index, id and type maps ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 5.1.2, steps
//! 13.7 and 13.8).
//!
//! INVARIANT: a key that RDF would not carry is refused by the careful.

use std::sync::Arc;

use serde_json::{Value, json};

use super::node::graph;
use super::{Expander, MARK, Members, Place, append, array_of, has, ordered};
use crate::context::{Container, Context, Processor, items};
use crate::error::{LdError, Loss, Result};

impl Expander<'_> {
    pub(super) fn language_map(&self, active: &Context, key: &str, map: &Members) -> Result<Vec<Value>> {
        let own = active.term(key).and_then(|term| term.direction.clone());
        let direction = own.unwrap_or_else(|| active.direction.clone());
        let mut expanded = Vec::new();
        for (language, value) in ordered(map).into_iter().filter(|(language, _)| *language != MARK) {
            let none = active.means(language, "@none");
            for item in items(value) {
                if item.is_null() {
                    self.lose(Loss::Value, key)?;
                    continue;
                }
                if !item.is_string() {
                    return Err(LdError::Document("invalid language map value"));
                }
                let mut object = Members::from_iter([("@value".to_owned(), item.clone())]);
                if !none {
                    object.insert("@language".to_owned(), language.as_str().into());
                }
                if let Some(direction) = &direction {
                    object.insert("@direction".to_owned(), (**direction).into());
                }
                expanded.push(Value::Object(object));
            }
        }
        Ok(expanded)
    }

    pub(super) fn index_map(&self, active: &Arc<Context>, key: &str, map: &Members) -> Result<Vec<Value>> {
        let Some(term) = active.term(key) else {
            return Ok(Vec::new());
        };
        let container = term.container;
        let index_key = term.index.as_deref().unwrap_or("@index");
        let mut expanded = Vec::new();
        for (index, value) in ordered(map).into_iter().filter(|(index, _)| *index != MARK) {
            let mut inner = Arc::clone(active);
            if container.has(Container::TYPE) {
                let previous = active.previous.as_ref().unwrap_or(active);
                if let Some(scoped) = previous.term(index).and_then(|term| term.context.as_ref()) {
                    inner = self.processor.scoped(previous, scoped, false, false)?;
                }
            }
            let none = active.means(index, "@none");
            let place = Place {
                active: &inner,
                property: Some(key),
                from_map: true,
            };
            let list = Value::Array(items(value).to_vec());
            for item in array_of(self.element(place, &list)?) {
                let item = if container.has(Container::GRAPH) && !has(&item, "@graph") {
                    graph(vec![item])
                } else if let Value::Object(item) = item {
                    item
                } else {
                    continue;
                };
                expanded.push(Value::Object(self.indexed(
                    active,
                    container,
                    index_key,
                    (index, none),
                    item,
                )?));
            }
        }
        Ok(expanded)
    }

    /// Puts the key of a map into the value that stood under it.
    fn indexed(
        &self,
        active: &Context,
        container: Container,
        index_key: &str,
        (index, none): (&str, bool),
        mut item: Members,
    ) -> Result<Members> {
        if container.has(Container::INDEX) {
            if none {
                return Ok(item);
            }
            if index_key == "@index" {
                self.lose(Loss::Value, index)?;
                item.entry("@index").or_insert_with(|| json!(index));
                return Ok(item);
            }
            let value = self.value(active, index_key, &json!(index))?;
            let property = Processor::expand_iri(active, index_key, false, true);
            let property = property.ok_or(LdError::Document("invalid value object"))?;
            self.processor.spend_text(&property)?;
            let before = item.remove(&*property).map(array_of).unwrap_or_default();
            append(
                &mut item,
                &property,
                std::iter::once(value).chain(before).collect(),
            );
            if item.contains_key("@value") {
                return Err(LdError::Document("invalid value object"));
            }
        } else if container.has(Container::ID) && !none && !item.contains_key("@id") {
            let id = self.reference(active, index, false, Loss::Relative)?;
            item.insert("@id".to_owned(), json!(id.as_deref()));
        } else if container.has(Container::TYPE) && !none {
            let kind = self.reference(active, index, true, Loss::Type)?;
            let before = item.remove("@type").map(array_of).unwrap_or_default();
            let kinds = std::iter::once(json!(kind.as_deref())).chain(before);
            item.insert("@type".to_owned(), kinds.collect());
        }
        Ok(item)
    }
}
