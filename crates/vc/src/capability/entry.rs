//! One entry of a capability: actions, resources, constraints, and whether it may be handed on (profile, section
//! Capability).
//!
//! INVARIANT: an empty or null set permits nothing; a member that the profile does not name is refused.

use chancery_did::try_map;
use serde_json::{Map, Value};

use super::action::excerpt;
use super::error::{CapabilityError, list};
use super::{Action, Resource};
use crate::constraint::{Constraint, Facts, Refusal};

/// The most actions, and the most resources, of one entry.
const MAX_NAMES: usize = 64;
/// The most constraints of one entry.
const MAX_CONSTRAINTS: usize = 32;

/// One thing that an agent may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The index of the parent paper's entry that this one is within; only in delegations.
    pub from: Option<usize>,
    /// The actions, any of which may be asked for; none permits nothing.
    pub action: Vec<Action>,
    /// The resources, any of which may be acted on; none permits nothing.
    pub resource: Vec<Resource>,
    /// The conditions, every one of which has to hold.
    pub constraint: Vec<Constraint>,
    /// Whether it may be handed on; `None` is no.
    pub delegation: Option<DelegationRight>,
}

/// How often an entry may be handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DelegationRight {
    /// How many delegations may follow one another below this paper.
    pub max_depth: u8,
}

impl Entry {
    /// Reads an entry as a verifier does.
    ///
    /// # Errors
    /// [`CapabilityError`] for another shape, an unknown member, or a name that is not in normal form. A
    /// constraint that is not understood is no error here: it permits nothing.
    pub fn parse(value: &Value) -> Result<Self, CapabilityError> {
        let object = value
            .as_object()
            .ok_or_else(|| CapabilityError::structure("", "an object"))?;
        for name in object.keys() {
            if !matches!(
                name.as_str(),
                "from" | "action" | "resource" | "constraint" | "delegation"
            ) {
                return Err(unknown_member("", name));
            }
        }
        Ok(Self {
            from: object.get("from").map(from).transpose()?,
            action: names(object, "action", |text, pointer| {
                Action::parse(text).map_err(|source| CapabilityError::Action { pointer, source })
            })?,
            resource: names(object, "resource", |text, pointer| {
                Resource::parse(text).map_err(|source| CapabilityError::Resource { pointer, source })
            })?,
            constraint: object
                .get("constraint")
                .map_or_else(|| Ok(Vec::new()), constraints)?,
            delegation: object.get("delegation").map(delegation).transpose()?,
        })
    }

    /// Reads an entry as an issuer, a delegator or the author of a policy does.
    ///
    /// # Errors
    /// [`CapabilityError`] as [`Entry::parse`] and [`Entry::check_issuable`] give it.
    pub fn parse_strict(value: &Value) -> Result<Self, CapabilityError> {
        let entry = Self::parse(value)?;
        entry.check_issuable()?;
        Ok(entry)
    }

    /// Requires that every set holds something and that every constraint is understood.
    ///
    /// # Errors
    /// [`CapabilityError`] with the code `constraint.empty`, `constraint.unknown` or `constraint.malformed`.
    pub fn check_issuable(&self) -> Result<(), CapabilityError> {
        for (name, empty) in [
            ("/action", self.action.is_empty()),
            ("/resource", self.resource.is_empty()),
        ] {
            if empty {
                return Err(CapabilityError::Empty {
                    pointer: name.to_owned(),
                });
            }
        }
        for (at, constraint) in self.constraint.iter().enumerate() {
            if let Constraint::Unknown(unknown) = constraint {
                let (pointer, source) = (format!("/constraint/{at}"), unknown.error().clone());
                return Err(CapabilityError::Constraint { pointer, source });
            }
        }
        Ok(())
    }

    /// The entry as JSON; reading it gives the same entry again.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let texts = |names: Vec<String>| Value::from(names);
        let mut object = Map::new();
        if let Some(from) = self.from {
            object.insert("from".into(), from.into());
        }
        object.insert(
            "action".into(),
            texts(self.action.iter().map(Action::to_string).collect()),
        );
        object.insert(
            "resource".into(),
            texts(self.resource.iter().map(Resource::to_string).collect()),
        );
        if !self.constraint.is_empty() {
            let constraints = self.constraint.iter().map(Constraint::to_value).collect();
            object.insert("constraint".into(), Value::Array(constraints));
        }
        if let Some(right) = self.delegation {
            object.insert(
                "delegation".into(),
                chancery_did::object([("maxDepth", right.max_depth.into())]),
            );
        }
        Value::Object(object)
    }

    /// Tells whether the action and the resource of a request are among the entry's; constraints are not asked.
    ///
    /// # Errors
    /// [`Refusal`] with `constraint.empty`, `constraint.action` or `constraint.resource`.
    pub fn names(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        if self.action.is_empty() || self.resource.is_empty() {
            return Err(Refusal::new(
                "constraint.empty",
                "it names no action or no resource",
            ));
        }
        if !self.action.iter().any(|action| action.covers(facts.action)) {
            let detail = format!("the action `{}` is not granted", facts.action);
            return Err(Refusal::new("constraint.action", detail));
        }
        if !self
            .resource
            .iter()
            .any(|resource| resource.covers(facts.resource))
        {
            let detail = format!("the resource `{}` is not granted", facts.resource);
            return Err(Refusal::new("constraint.resource", detail));
        }
        Ok(())
    }
}

fn unknown_member(parent: &str, name: &str) -> CapabilityError {
    let name = excerpt(&name.replace('~', "~0").replace('/', "~1"));
    CapabilityError::UnknownMember {
        pointer: format!("{parent}/{name}"),
    }
}

fn from(value: &Value) -> Result<usize, CapabilityError> {
    // An index beyond what this machine can count names no entry either; 32 and 64 bits must agree on that.
    let index = value
        .as_u64()
        .map(|index| usize::try_from(index).unwrap_or(usize::MAX));
    index
        .filter(|index| *index < super::MAX_ENTRIES)
        .ok_or_else(|| CapabilityError::structure("/from", "the index of an entry"))
}

fn names<T>(
    object: &Map<String, Value>,
    member: &'static str,
    parse: fn(&str, String) -> Result<T, CapabilityError>,
) -> Result<Vec<T>, CapabilityError> {
    let pointer = format!("/{member}");
    let value = object
        .get(member)
        .ok_or_else(|| CapabilityError::structure(&pointer, "there"))?;
    let items = list(value, &pointer, MAX_NAMES)?.iter().enumerate();
    try_map(items, |(at, item)| {
        let pointer = format!("{pointer}/{at}");
        let text = item
            .as_str()
            .ok_or_else(|| CapabilityError::structure(&pointer, "a string"))?;
        parse(text, pointer)
    })
}

/// Reads `constraint`. Who wants no constraint leaves the member out: null and the empty list, which could be
/// read as none or as nothing allowed, become a constraint that permits nothing.
fn constraints(value: &Value) -> Result<Vec<Constraint>, CapabilityError> {
    let items = list(value, "/constraint", MAX_CONSTRAINTS)?;
    if items.is_empty() {
        return Ok(vec![Constraint::parse(value)]);
    }
    Ok(items.iter().map(Constraint::parse).collect())
}

fn delegation(value: &Value) -> Result<DelegationRight, CapabilityError> {
    let object = value
        .as_object()
        .ok_or_else(|| CapabilityError::structure("/delegation", "an object"))?;
    if let Some(name) = object.keys().find(|name| *name != "maxDepth") {
        return Err(unknown_member("/delegation", name));
    }
    let depth = object
        .get("maxDepth")
        .and_then(Value::as_u64)
        .and_then(|depth| u8::try_from(depth).ok());
    let depth = depth
        .ok_or_else(|| CapabilityError::structure("/delegation/maxDepth", "a whole number from 0 to 255"))?;
    Ok(DelegationRight { max_depth: depth })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::capability::Capability;

    fn entry() -> Value {
        json!({
            "from": 2,
            "action": ["refund:create", "order:*"],
            "resource": ["https://api.acme.example/orders/*"],
            "constraint": [{"type": "Uses", "id": "u", "count": 1}, {"type": "Weather", "sunny": [1.5, null]}],
            "delegation": {"maxDepth": 1},
        })
    }

    #[test]
    fn an_entry_reads_and_prints_the_same() {
        assert_eq!(Entry::parse(&entry()).unwrap().to_value(), entry());
        let bare = json!({"action": ["a:b"], "resource": ["https://a.example/"]});
        assert_eq!(Entry::parse_strict(&bare).unwrap().to_value(), bare);
        let capability = json!([bare, entry()]);
        assert_eq!(Capability::parse(&capability).unwrap().to_value(), capability);
    }

    #[test]
    fn another_shape_is_refused_with_its_place() {
        for (member, value, code, pointer) in [
            ("from", json!(-1), "parse.structure", "/from"),
            ("from", json!(null), "parse.structure", "/from"),
            ("from", json!("0"), "parse.structure", "/from"),
            ("from", json!(1.5), "parse.structure", "/from"),
            ("from", json!(64), "parse.structure", "/from"),
            ("action", json!("a:b"), "parse.structure", "/action"),
            ("action", json!(["*"]), "parse.action", "/action/0"),
            ("action", json!(["a:b", 1]), "parse.structure", "/action/1"),
            ("resource", json!({}), "parse.structure", "/resource"),
            (
                "resource",
                json!(["https://a.example/a/../b"]),
                "parse.resource",
                "/resource/0",
            ),
            ("constraint", json!({}), "parse.structure", "/constraint"),
            ("constraint", json!("x"), "parse.structure", "/constraint"),
            ("delegation", json!(1), "parse.structure", "/delegation"),
            ("delegation", json!(null), "parse.structure", "/delegation"),
            ("delegation", json!({}), "parse.structure", "/delegation/maxDepth"),
            (
                "delegation",
                json!({"maxDepth": -1}),
                "parse.structure",
                "/delegation/maxDepth",
            ),
            (
                "delegation",
                json!({"maxDepth": 256}),
                "parse.structure",
                "/delegation/maxDepth",
            ),
            (
                "delegation",
                json!({"maxDepth": "1"}),
                "parse.structure",
                "/delegation/maxDepth",
            ),
            (
                "delegation",
                json!({"maxDepth": 1, "to": []}),
                "parse.unknown_member",
                "/delegation/to",
            ),
            ("constraints", json!([]), "parse.unknown_member", "/constraints"),
            ("a/b~", json!(1), "parse.unknown_member", "/a~1b~0"),
            ("action", json!(vec!["a:b"; 65]), "limit.items", "/action"),
            ("constraint", json!(vec![0; 33]), "limit.items", "/constraint"),
        ] {
            let mut changed = entry();
            changed[member] = value;
            let error = Capability::parse(&json!([entry(), changed])).unwrap_err();
            assert_eq!(
                (error.code(), error.pointer()),
                (code, format!("/1{pointer}").as_str()),
                "{error}"
            );
        }
        for member in ["action", "resource"] {
            let mut less = entry();
            less.as_object_mut().unwrap().remove(member);
            assert_eq!(Entry::parse(&less).unwrap_err().code(), "parse.structure");
        }
        for value in [json!([]), json!("x"), json!(1)] {
            assert!(Entry::parse(&value).is_err(), "{value}");
        }
        assert_eq!(
            Capability::parse(&json!({})).unwrap_err().code(),
            "parse.structure"
        );
        assert_eq!(
            Capability::parse(&json!(vec![entry(); 65])).unwrap_err().code(),
            "limit.items"
        );
    }

    #[test]
    fn what_permits_nothing_is_not_issued() {
        let code = |value: Value| Capability::parse_strict(&value).unwrap_err().code();
        assert_eq!(code(json!([])), "constraint.empty");
        assert_eq!(code(json!(null)), "constraint.empty");
        assert_eq!(code(json!([entry()])), "constraint.unknown");
        for (member, value, want) in [
            ("action", json!([]), "constraint.empty"),
            ("resource", json!(null), "constraint.empty"),
            ("constraint", json!([]), "constraint.empty"),
            ("constraint", json!(null), "constraint.empty"),
            ("constraint", json!([null]), "constraint.empty"),
            ("constraint", json!([5]), "constraint.malformed"),
            (
                "constraint",
                json!([{"type": "Uses", "id": "u", "count": 1e300}]),
                "constraint.malformed",
            ),
            (
                "constraint",
                json!([{"type": "Uses", "id": "u", "count": 9_007_199_254_740_993_u64}]),
                "constraint.malformed",
            ),
        ] {
            let mut changed = entry();
            changed[member] = value;
            assert_eq!(code(json!([changed])), want, "{changed}");
        }
    }
}
