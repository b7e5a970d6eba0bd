//! Context processing ([JSON-LD API](https://www.w3.org/TR/json-ld11-api/), section 4.1).
//!
//! INVARIANT: every context costs work, and what a document may cost is bounded. Scoped contexts of the library
//! were checked beforehand and are worked out only where they are used.

use std::cell::Cell;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Context, Defined, Scoped};
use crate::error::{LdError, Result};
use crate::iri::{is_absolute, resolve};
use crate::library::{Library, Step};

/// How deep contexts may name each other.
const NESTED: usize = 16;

/// Works out contexts, with what is known and how much may still be done.
#[derive(Debug)]
pub(crate) struct Processor<'a> {
    pub(crate) library: &'a Library,
    /// What may still be spent.
    pub(crate) left: Cell<usize>,
}

/// How a local context is applied.
#[derive(Debug, Clone)]
pub(crate) struct Applied {
    /// The address that references in it are relative to.
    pub(crate) base: Option<Arc<str>>,
    /// Whether protected terms may be redefined.
    pub(crate) overrides: bool,
    /// Whether it holds for nodes below.
    pub(crate) propagates: bool,
    /// Whether scoped contexts in it are checked.
    pub(crate) checks: bool,
    /// Whether it stands in the library and was checked beforehand.
    pub(crate) sound: bool,
    /// The addresses that led here.
    pub(crate) remotes: Vec<String>,
}

impl Applied {
    /// How a document's own `@context` is applied.
    pub(crate) fn own(base: Option<Arc<str>>) -> Self {
        Self {
            base,
            overrides: false,
            propagates: true,
            checks: true,
            sound: false,
            remotes: Vec::new(),
        }
    }
}

/// An inline context of an array, or the one inside of it where it stands there as a document of its own would have
/// it: `{"@context": {...}}`, which the test vectors of Data Integrity hold and other processors take. By itself it
/// stays a redefinition of a keyword, as JSON-LD has it.
fn unwrapped(members: &Map<String, Value>) -> &Map<String, Value> {
    match (members.len(), members.get("@context")) {
        (1, Some(Value::Object(inner))) => inner,
        _ => members,
    }
}

impl Processor<'_> {
    /// Spends work, or refuses.
    pub(crate) fn spend(&self, cost: usize) -> Result<()> {
        let left = self.left.get().checked_sub(cost).ok_or(LdError::Work)?;
        self.left.set(left);
        Ok(())
    }

    /// Spends what an expanded word costs: short ones a step, and long ones more, for each is written out.
    pub(crate) fn spend_text(&self, text: &str) -> Result<()> {
        self.spend((text.len() >> 6).saturating_add(1))
    }

    /// Works a context out, or recalls it at the same cost.
    fn once(&self, step: Step, work: impl FnOnce() -> Result<Arc<Context>>) -> Result<Arc<Context>> {
        if let Some((known, cost)) = self.library.recall(step) {
            self.spend(cost)?;
            return Ok(known);
        }
        let before = self.left.get();
        let context = Arc::unwrap_or_clone(work()?);
        let cost = before.saturating_sub(self.left.get());
        Ok(self.library.remember(step, context, cost))
    }

    /// Applies the context of a word to what is active.
    pub(crate) fn scoped(
        &self,
        active: &Arc<Context>,
        scoped: &Scoped,
        overrides: bool,
        propagates: bool,
    ) -> Result<Arc<Context>> {
        let how = Applied {
            overrides,
            propagates,
            sound: scoped.sound,
            ..Applied::own(scoped.base.clone())
        };
        if active.id == 0 || !scoped.sound {
            return self.process(active, &scoped.value, &how);
        }
        let step = (
            active.id,
            Arc::as_ptr(&scoped.value).addr(),
            overrides,
            propagates,
        );
        self.once(step, || self.process(active, &scoped.value, &how))
    }

    /// Applies a local context to what is active.
    pub(crate) fn process(
        &self,
        active: &Arc<Context>,
        local: &Value,
        how: &Applied,
    ) -> Result<Arc<Context>> {
        self.spend(1)?;
        let mut result = Arc::clone(active);
        let mut propagates = how.propagates;
        if let Some(propagate) = local.get("@propagate") {
            propagates = propagate
                .as_bool()
                .ok_or(LdError::Context("invalid @propagate value"))?;
        }
        if !propagates && result.previous.is_none() {
            let mut changed = self.copy(&result)?;
            changed.previous = Some(Arc::clone(active));
            result = Arc::new(changed);
        }
        for context in items(local) {
            result = match context {
                Value::Null => Self::nothing(&result, how, propagates)?,
                Value::String(url) => self.remote(&result, url, how)?,
                Value::Object(members) if local.is_array() => {
                    Arc::new(self.inline(&result, unwrapped(members), how)?)
                }
                Value::Object(members) => Arc::new(self.inline(&result, members, how)?),
                Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                    return Err(LdError::Context("invalid local context"));
                }
            };
        }
        Ok(result)
    }

    /// A copy to be changed, so without a number.
    fn copy(&self, context: &Context) -> Result<Context> {
        self.spend(context.terms.len())?;
        Ok(Context {
            id: 0,
            ..context.clone()
        })
    }

    fn nothing(result: &Arc<Context>, how: &Applied, propagates: bool) -> Result<Arc<Context>> {
        if !how.overrides && result.terms.values().any(|term| term.protected) {
            return Err(LdError::Context("invalid context nullification"));
        }
        let mut empty = Arc::unwrap_or_clone(Context::initial(result.document.as_deref()));
        if !propagates {
            empty.id = 0;
            empty.previous = Some(Arc::clone(result));
        }
        Ok(Arc::new(empty))
    }

    fn remote(&self, result: &Arc<Context>, url: &str, how: &Applied) -> Result<Arc<Context>> {
        let url = match &how.base {
            Some(base) => resolve(base, url),
            None => url.to_owned(),
        };
        if !how.checks && how.remotes.contains(&url) {
            return Ok(Arc::clone(result));
        }
        if how.remotes.len() >= NESTED {
            return Err(LdError::Context("context overflow"));
        }
        let local = self.library.context(&url)?;
        let sound = self.library.sound;
        let mut remotes = how.remotes.clone();
        remotes.push(url.clone());
        let inner = Applied {
            base: Some(url.into()),
            propagates: true,
            sound,
            remotes,
            ..how.clone()
        };
        if result.id == 0 || !sound {
            return self.process(result, &local, &inner);
        }
        let step = (result.id, Arc::as_ptr(&local).addr(), how.overrides, true);
        self.once(step, || self.process(result, &local, &inner))
    }

    /// Reads the context that `@import` names (section 4.1.2, step 5.6).
    fn imported(&self, import: &Value, how: &Applied) -> Result<Map<String, Value>> {
        let url = import.as_str().ok_or(LdError::Context("invalid @import value"))?;
        let url = match &how.base {
            Some(base) => resolve(base, url),
            None => url.to_owned(),
        };
        match &*self.library.context(&url)? {
            Value::Object(members) if members.contains_key("@import") => {
                Err(LdError::Context("invalid context entry"))
            }
            Value::Object(members) => Ok(members.clone()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(LdError::Context("invalid remote context"))
            }
        }
    }

    fn inline(&self, active: &Arc<Context>, members: &Map<String, Value>, how: &Applied) -> Result<Context> {
        let mut result = self.copy(active)?;
        if members
            .get("@version")
            .is_some_and(|version| version.as_f64() != Some(1.1))
        {
            return Err(LdError::Context("invalid @version value"));
        }
        let merged;
        let members = match members.get("@import") {
            None => members,
            Some(import) => {
                let mut whole = self.imported(import, how)?;
                whole.extend(members.iter().map(|(key, value)| (key.clone(), value.clone())));
                merged = whole;
                &merged
            }
        };
        if let Some(base) = members.get("@base").filter(|_| how.remotes.is_empty()) {
            set_base(&mut result, base)?;
        }
        if let Some(vocab) = members.get("@vocab") {
            set_vocab(&mut result, vocab)?;
        }
        if let Some(language) = members.get("@language") {
            result.language = nullable(language, "invalid default language")?;
        }
        if let Some(direction) = members.get("@direction") {
            result.direction = direction_of(direction)?;
        }
        if members.get("@propagate").is_some_and(|value| !value.is_boolean()) {
            return Err(LdError::Context("invalid @propagate value"));
        }
        let protected = match members.get("@protected") {
            None => false,
            Some(value) => value
                .as_bool()
                .ok_or(LdError::Context("invalid @protected value"))?,
        };
        self.spend(members.len())?;
        let mut defined = Defined::new(members, protected, how);
        for name in members.keys() {
            const OWN: [&str; 8] = [
                "@base",
                "@direction",
                "@import",
                "@language",
                "@propagate",
                "@protected",
                "@version",
                "@vocab",
            ];
            if !OWN.contains(&name.as_str()) {
                self.define(&mut result, name, &mut defined)?;
            }
        }
        Ok(result)
    }
}

/// What stands alone is a list of one.
pub(crate) fn items(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}

fn nullable(value: &Value, wrong: &'static str) -> Result<Option<Arc<str>>> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.as_str().into())),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            Err(LdError::Context(wrong))
        }
    }
}

/// Reads a base direction: `ltr`, `rtl` or null.
pub(super) fn direction_of(value: &Value) -> Result<Option<Arc<str>>> {
    let wrong = "invalid base direction";
    let direction = nullable(value, wrong)?;
    if direction
        .as_deref()
        .is_some_and(|text| !matches!(text, "ltr" | "rtl"))
    {
        return Err(LdError::Context(wrong));
    }
    Ok(direction)
}

fn set_base(result: &mut Context, base: &Value) -> Result<()> {
    let wrong = "invalid base IRI";
    result.base = match (nullable(base, wrong)?, &result.base) {
        (None, _) => None,
        (Some(text), _) if is_absolute(&text) => Some(text),
        (Some(text), Some(base)) => Some(resolve(base, &text).into()),
        (Some(_), None) => return Err(LdError::Context(wrong)),
    };
    Ok(())
}

fn set_vocab(result: &mut Context, vocab: &Value) -> Result<()> {
    let wrong = LdError::Context("invalid vocab mapping");
    result.vocab = match nullable(vocab, "invalid vocab mapping")? {
        None => None,
        // Relative to the vocabulary so far, or to the document (JSON-LD 1.1, section 4.1.2).
        Some(text) => Some(Processor::expand_iri(result, &text, true, true).ok_or(wrong)?),
    };
    Ok(())
}
