//! A tool: how one of the verifier's own calls becomes an action, a resource and facts.
//!
//! Follows `docs/profile.md` ("Tools"; "The request's facts come from the relying party, never from the agent's word").
//! INVARIANT: the mapping is total or it fails: no fact is invented, defaulted or rounded.

use super::template;
use crate::members::{LARGEST_SAFE_INTEGER, MemberError, Members};
use chancery_did::SortedMap;
use chancery_vc::capability::{Action, Resource};
use chancery_vc::constraint::Fact;
use serde_json::{Map, Value, json};

const KNOWN: &[&str] = &["name", "action", "resource", "facts"];
const FACT_KNOWN: &[&str] = &["type", "value", "currency", "currencyPointer"];
/// The longest text taken as a fact, in bytes.
const LONGEST_TEXT: usize = 4_096;

/// The mapping of one call to action, resource and facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Name of the call.
    pub name: String,
    /// The one action that the call is.
    pub action: String,
    /// The resource that it touches; `{order}` as a whole segment stands for the argument `order`.
    pub resource: String,
    /// Facts by the names that constraints use for them.
    pub facts: SortedMap<String, FactSource>,
}

/// Where a fact stands in the call's arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactSource {
    /// What kind of fact it is.
    pub kind: FactKind,
    /// JSON Pointer (RFC 6901) to its value.
    pub pointer: String,
    /// The currency of an amount; `None` for every other kind.
    pub currency: Option<Currency>,
}

/// What kind of fact is drawn from an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactKind {
    /// An exact decimal amount of money, written as a JSON string.
    Amount,
    /// A text.
    Text,
    /// A size in bytes, a whole JSON number.
    Size,
}

/// Where the currency of an amount comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Currency {
    /// The tool always uses this ISO 4217 code.
    Fixed(String),
    /// JSON Pointer to the code in the arguments.
    Pointer(String),
}

/// Why a call's arguments do not give a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ToolError {
    /// An argument that a fact or the resource is drawn from is absent.
    #[error("tool `{tool}`: {what} is missing")]
    Missing {
        /// Name of the tool.
        tool: String,
        /// Which argument.
        what: String,
    },
    /// An argument has a type or a value that cannot be taken.
    #[error("tool `{tool}`: {why}")]
    Refused {
        /// Name of the tool.
        tool: String,
        /// What is wrong with which argument.
        why: String,
    },
}

impl ToolError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "constraint.fact_missing",
            Self::Refused { .. } => "parse.tool",
        }
    }
}

impl FactKind {
    /// Gives the name that the policy document uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "Amount",
            Self::Text => "Text",
            Self::Size => "Size",
        }
    }
}

impl Tool {
    /// Draws action, resource and facts from the arguments of one call.
    ///
    /// # Errors
    /// `constraint.fact_missing` for an absent argument, `parse.tool` for one that cannot be taken: an amount as a
    /// JSON number, a segment with `/`, a size below zero.
    pub fn request(
        &self,
        arguments: &Value,
    ) -> Result<(Action, Resource, SortedMap<String, Fact>), ToolError> {
        if !arguments.is_object() {
            return Err(self.refused("the arguments are no JSON object"));
        }
        let action = Action::parse(&self.action).map_err(|error| self.refused(error))?;
        let resource = template::fill(&self.resource, arguments).map_err(|error| match error {
            template::TemplateError::Missing(name) => self.missing(format!("argument `{name}`")),
            error @ (template::TemplateError::Malformed(..)
            | template::TemplateError::NotText(_)
            | template::TemplateError::NotSegment(_)) => self.refused(error),
        })?;
        let resource = Resource::parse(&resource).map_err(|error| self.refused(error))?;
        let mut facts = SortedMap::new();
        for (name, source) in &self.facts {
            facts.insert(name.clone(), self.fact(name, source, arguments)?);
        }
        Ok((action, resource, facts))
    }

    /// Gives the tool as the JSON that the policy reader takes.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let facts: Map<String, Value> = self
            .facts
            .iter()
            .map(|(name, source)| (name.clone(), source.to_value()))
            .collect();
        json!({ "name": self.name, "action": self.action, "resource": self.resource, "facts": facts })
    }

    fn fact(&self, name: &str, source: &FactSource, arguments: &Value) -> Result<Fact, ToolError> {
        let value = self.argument(&source.pointer, arguments)?;
        let refused = |why: &str| self.refused(format!("fact `{name}` at `{}` {why}", source.pointer));
        match source.kind {
            FactKind::Amount => {
                let value = value
                    .as_str()
                    .ok_or_else(|| refused("is no amount written as a string"))?;
                if !is_amount(value) {
                    return Err(refused(
                        "is no plain decimal with at most 18 digits and 6 decimals",
                    ));
                }
                let currency = match &source.currency {
                    Some(Currency::Fixed(code)) => code.as_str(),
                    Some(Currency::Pointer(pointer)) => self
                        .argument(pointer, arguments)?
                        .as_str()
                        .filter(|code| is_currency(code))
                        .ok_or_else(|| refused("has no ISO 4217 currency"))?,
                    None => return Err(refused("has no currency")),
                };
                Ok(Fact::Amount {
                    value: value.to_owned(),
                    currency: currency.to_owned(),
                })
            }
            FactKind::Text => {
                let text = value.as_str().ok_or_else(|| refused("is no string"))?;
                if text.len() > LONGEST_TEXT {
                    return Err(refused("is too long"));
                }
                Ok(Fact::Text(text.to_owned()))
            }
            FactKind::Size => {
                let size = value.as_u64().filter(|size| *size <= LARGEST_SAFE_INTEGER);
                Ok(Fact::Size(
                    size.ok_or_else(|| refused("is no whole number of bytes"))?,
                ))
            }
        }
    }

    fn argument<'a>(&self, pointer: &str, arguments: &'a Value) -> Result<&'a Value, ToolError> {
        arguments
            .pointer(pointer)
            .ok_or_else(|| self.missing(format!("argument at `{pointer}`")))
    }

    fn missing(&self, what: String) -> ToolError {
        ToolError::Missing {
            tool: self.name.clone(),
            what,
        }
    }

    fn refused(&self, why: impl ToString) -> ToolError {
        ToolError::Refused {
            tool: self.name.clone(),
            why: why.to_string(),
        }
    }
}

impl FactSource {
    fn to_value(&self) -> Value {
        let mut value = json!({ "type": self.kind.as_str(), "value": self.pointer });
        if let Some(map) = value.as_object_mut() {
            match &self.currency {
                Some(Currency::Fixed(code)) => map.insert("currency".to_owned(), code.as_str().into()),
                Some(Currency::Pointer(at)) => map.insert("currencyPointer".to_owned(), at.as_str().into()),
                None => None,
            };
        }
        value
    }
}

pub(super) fn parse(value: &Value, path: &str) -> Result<Tool, MemberError> {
    let members = Members::read(value, path, KNOWN)?;
    let action = members.text("action")?;
    if !Action::parse(action)
        .map_err(|error| members.invalid("action", error))?
        .is_concrete()
    {
        return Err(members.invalid("action", "a call is one action, not a pattern"));
    }
    let resource = members.text("resource")?;
    template::check(resource).map_err(|error| members.invalid("resource", error))?;
    let mut facts = SortedMap::new();
    if let Some(value) = members.value("facts") {
        for (name, value) in Members::read_open(value, &members.at("facts"))?.iter() {
            let path = format!("{}.{name}", members.at("facts"));
            facts.insert(name.clone(), fact_source(value, &path)?);
        }
    }
    Ok(Tool {
        name: members.text("name")?.to_owned(),
        action: action.to_owned(),
        resource: resource.to_owned(),
        facts,
    })
}

fn fact_source(value: &Value, path: &str) -> Result<FactSource, MemberError> {
    let members = Members::read(value, path, FACT_KNOWN)?;
    let kind = match members.text("type")? {
        "Amount" => FactKind::Amount,
        "Text" => FactKind::Text,
        "Size" => FactKind::Size,
        other => return Err(members.invalid("type", format!("`{other}` is none of Amount, Text, Size"))),
    };
    let currency = match (
        kind,
        members.opt_text("currency")?,
        members.value("currencyPointer"),
    ) {
        (FactKind::Amount, Some(code), None) if is_currency(code) => Some(Currency::Fixed(code.to_owned())),
        (FactKind::Amount, Some(code), None) => {
            return Err(members.invalid("currency", format!("`{code}` is no ISO 4217 code")));
        }
        (FactKind::Amount, None, Some(_)) => Some(Currency::Pointer(pointer(&members, "currencyPointer")?)),
        (FactKind::Amount, _, _) => {
            return Err(MemberError::invalid(
                path,
                "an amount has either `currency` or `currencyPointer`",
            ));
        }
        (FactKind::Text | FactKind::Size, None, None) => None,
        (FactKind::Text | FactKind::Size, _, _) => {
            return Err(MemberError::invalid(path, "only an amount has a currency"));
        }
    };
    Ok(FactSource {
        kind,
        pointer: pointer(&members, "value")?,
        currency,
    })
}

/// Reads a JSON Pointer (RFC 6901) that points inside the arguments.
fn pointer(members: &Members<'_>, name: &str) -> Result<String, MemberError> {
    let text = members.text(name)?;
    let escapes_hold = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if text.starts_with('/') && escapes_hold {
        Ok(text.to_owned())
    } else {
        Err(members.invalid(name, format!("`{text}` is no JSON Pointer, as in `/amount`")))
    }
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Says whether a text is `^(0|[1-9]\d{0,17})(\.\d{1,6})?$`, the one spelling of an amount.
fn is_amount(text: &str) -> bool {
    let digits = |part: &str, most: usize| {
        !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (whole, decimals) = match text.split_once('.') {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    digits(whole, 18)
        && (whole == "0" || !whole.starts_with('0'))
        && decimals.is_none_or(|decimals| digits(decimals, 6))
}

#[cfg(test)]
mod tests;
