//! Whether a child entry stays within its parent (profile, sections Capability and Chain).
//!
//! At verification the link asks for inclusion of actions, resources and audience, and the conjunction decides
//! the rest. At delegating more is asked, so that a paper that could not be used, or that pretends to more than
//! it gives, is never made: a constraint on the same thing as one of the parent's has to be within it.
//!
//! INVARIANT: what cannot be compared is refused.

use super::Entry;
use crate::constraint::{Argument, Audience, Constraint, ConstraintError, MOST_SHOWN, NotWithin, printable};

/// Says how a child entry goes beyond its parent, with its code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Widening {
    /// The child names nothing.
    #[error("it names no action or no resource")]
    Empty,
    /// An action that the parent does not cover.
    #[error("the action `{0}` is not within the parent")]
    Action(String),
    /// A resource that the parent does not cover.
    #[error("the resource `{0}` is not within the parent")]
    Resource(String),
    /// A service that the parent does not name.
    #[error("the service `{0}` is not within the parent's audience")]
    Audience(String),
    /// A constraint that permits more than the parent's.
    #[error("the constraint {type_name} is wider than the parent's: {reason}")]
    Constraint {
        /// The constraint's type.
        type_name: String,
        /// How.
        reason: String,
    },
    /// A constraint about the same thing as the parent's that cannot be compared with it.
    #[error("the constraint {type_name} cannot be compared with the parent's: {reason}")]
    NotComparable {
        /// The constraint's type.
        type_name: String,
        /// Why not.
        reason: String,
    },
    /// A constraint of the child or of the parent that is not understood.
    #[error("a constraint is not understood")]
    Unknown(#[source] ConstraintError),
    /// The parent may not be handed on.
    #[error("the parent may not be delegated")]
    NotDelegable,
    /// The child may be handed on more often than the parent leaves.
    #[error("the child's maxDepth {child} is beyond the {left} that the parent leaves")]
    Depth {
        /// What the child claims.
        child: u8,
        /// What the parent leaves.
        left: u8,
    },
}

impl Widening {
    /// The code, of class `delegation`, or `constraint` for a constraint that is not understood.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "delegation.empty",
            Self::Action(_) => "delegation.widens_action",
            Self::Resource(_) => "delegation.widens_resource",
            Self::Audience(_) => "delegation.widens_audience",
            Self::Constraint { .. } => "delegation.widens_constraint",
            Self::NotComparable { .. } => "delegation.not_comparable",
            Self::Unknown(error) => error.code(),
            Self::NotDelegable => "delegation.not_delegable",
            Self::Depth { .. } => "delegation.depth",
        }
    }
}

impl Entry {
    /// Checks what verification checks between a child entry and its parent: actions, resources, audience. The
    /// caller checks the depth, or asks [`Entry::delegable`].
    ///
    /// # Errors
    /// [`Widening`], the first found.
    pub fn link(&self, parent: &Self) -> Result<(), Widening> {
        if self.action.is_empty() || self.resource.is_empty() {
            return Err(Widening::Empty);
        }
        let beyond = self
            .action
            .iter()
            .find(|child| !parent.action.iter().any(|action| child.is_within(action)));
        if let Some(action) = beyond {
            return Err(Widening::Action(action.to_string()));
        }
        let within =
            |child: &super::Resource| parent.resource.iter().any(|resource| child.is_within(resource));
        if let Some(resource) = self.resource.iter().find(|child| !within(child)) {
            return Err(Widening::Resource(resource.to_string()));
        }
        self.audience_within(parent)
    }

    /// Checks what delegating asks: the link, and every constraint on the same thing as one of the parent's
    /// within one of them. A parent's constraint that the child leaves out holds all the same.
    ///
    /// # Errors
    /// [`Widening`], the first found.
    pub fn attenuates(&self, parent: &Self) -> Result<(), Widening> {
        for constraint in self.constraint.iter().chain(&parent.constraint) {
            if let Constraint::Unknown(unknown) = constraint {
                return Err(Widening::Unknown(unknown.error().clone()));
            }
        }
        self.link(parent)?;
        self.constraint
            .iter()
            .try_for_each(|child| narrows(child, &parent.constraint))?;
        self.admits_arguments_of(parent)
    }

    /// Checks that `self` may be handed on and leaves the child's depth.
    ///
    /// # Errors
    /// [`Widening::NotDelegable`] or [`Widening::Depth`].
    pub fn delegable(&self, child: &Self) -> Result<(), Widening> {
        let left = self.delegation.and_then(|right| right.max_depth.checked_sub(1));
        let left = left.ok_or(Widening::NotDelegable)?;
        match child.delegation.map(|right| right.max_depth) {
            Some(child) if child > left => Err(Widening::Depth { child, left }),
            _ => Ok(()),
        }
    }

    /// A child whose `closed` forbids an argument that the parent wants to see could never be used.
    fn admits_arguments_of(&self, parent: &Self) -> Result<(), Widening> {
        let named: Vec<&Argument> = arguments(self).collect();
        if !named.iter().any(|argument| argument.is_closed()) {
            return Ok(());
        }
        match arguments(parent).find(|wanted| !named.iter().any(|argument| argument.meets(wanted))) {
            Some(wanted) => Err(Widening::NotComparable {
                type_name: "Argument".to_owned(),
                reason: printable(
                    &format!("its `closed` forbids the argument `{}`", wanted.pointer()),
                    MOST_SHOWN,
                ),
            }),
            None => Ok(()),
        }
    }

    /// A child that names services names only those that every constraint of the parent names.
    fn audience_within(&self, parent: &Self) -> Result<(), Widening> {
        let names = |entry: &Self, service: &String| {
            audiences(entry).all(|audience| audience.services().contains(service))
        };
        let Some(first) = audiences(self).next() else {
            return Ok(());
        };
        let mut served = first.services().iter().filter(|service| names(self, service));
        match served.find(|service| !names(parent, service)) {
            Some(service) => Err(Widening::Audience(service.clone())),
            None => Ok(()),
        }
    }
}

/// Checks the links of a cited path, the root's entry first: each entry to the one before it, and its audience to
/// every one before it, since a hop between them may have left the audience out.
///
/// # Errors
/// [`Widening`] with the place in `path` of the entry that goes too far.
pub fn link_path(path: &[&Entry]) -> Result<(), (usize, Widening)> {
    for (at, pair) in path.windows(2).enumerate() {
        let [parent, child] = pair else { continue };
        let hop = at.saturating_add(1);
        let mut above = path.iter().take(hop);
        let linked = child
            .link(parent)
            .and_then(|()| above.try_for_each(|above| child.audience_within(above)));
        linked.map_err(|widening| (hop, widening))?;
    }
    Ok(())
}

fn arguments(entry: &Entry) -> impl Iterator<Item = &Argument> {
    entry.constraint.iter().filter_map(|constraint| {
        if let Constraint::Argument(argument) = constraint {
            Some(argument)
        } else {
            None
        }
    })
}

fn audiences(entry: &Entry) -> impl Iterator<Item = &Audience> {
    entry.constraint.iter().filter_map(|constraint| {
        if let Constraint::Audience(audience) = constraint {
            Some(audience)
        } else {
            None
        }
    })
}

/// A constraint on something that the parent does not constrain only narrows.
fn narrows(child: &Constraint, parents: &[Constraint]) -> Result<(), Widening> {
    let mut refusal = None;
    for parent in parents {
        if child.type_name() != parent.type_name() || child.subject() != parent.subject() {
            continue;
        }
        match child.is_within(parent) {
            Ok(()) => return Ok(()),
            Err(error) => {
                refusal.get_or_insert(error);
            }
        }
    }
    let type_name = child.type_name().to_owned();
    match refusal {
        None => Ok(()),
        Some(NotWithin::Wider(reason)) => Err(Widening::Constraint { type_name, reason }),
        Some(NotWithin::NotComparable(reason)) => Err(Widening::NotComparable { type_name, reason }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parent() -> Value {
        json!({
            "action": ["refund:create", "order:*"],
            "resource": ["https://api.acme.example/orders/*"],
            "constraint": [
                {"type": "Amount", "fact": "amount", "max": "100", "currency": "EUR"},
                {"type": "Audience", "services": ["https://a.example", "https://b.example"]},
                {"type": "Argument", "pointer": "/order", "match": {"maxLength": 20}},
            ],
            "delegation": {"maxDepth": 2},
        })
    }

    fn entry(value: &Value) -> Entry {
        Entry::parse(value).unwrap()
    }

    /// The code with which a child of [`parent`] with one member changed is linked, and delegated.
    fn with(member: &str, value: Value) -> (&'static str, &'static str) {
        let mut child = parent();
        child[member] = value;
        let (child, parent) = (entry(&child), entry(&parent()));
        let code = |outcome: Result<(), Widening>| outcome.map_or_else(|widening| widening.code(), |()| "ok");
        (code(child.link(&parent)), code(child.attenuates(&parent)))
    }

    #[test]
    fn an_entry_attenuates_itself_and_a_child_may_leave_constraints_out() {
        assert_eq!(with("from", json!(0)), ("ok", "ok"));
        let bare = json!({"action": ["refund:create"], "resource": ["https://api.acme.example/orders/42"]});
        assert_eq!(entry(&bare).attenuates(&entry(&parent())), Ok(()));
    }

    #[test]
    fn a_child_may_not_add_an_action() {
        for action in ["refund:*", "customer:read", "refund:cancel", "orders:read"] {
            let want = ("delegation.widens_action", "delegation.widens_action");
            assert_eq!(with("action", json!(["refund:create", action])), want, "{action}");
        }
        assert_eq!(with("action", json!(["order:read", "order:*"])), ("ok", "ok"));
    }

    #[test]
    fn a_child_may_not_add_a_resource() {
        for path in ["*", "orders", "customers/*", "orders2/*", "order/42"] {
            let resources = json!([
                "https://api.acme.example/orders/42",
                format!("https://api.acme.example/{path}")
            ]);
            assert_eq!(
                with("resource", resources),
                ("delegation.widens_resource", "delegation.widens_resource"),
                "{path}"
            );
        }
        for origin in [
            "http://api.acme.example",
            "https://api.acme.example:8443",
            "https://evil.example",
        ] {
            let resources = json!([format!("{origin}/orders/42")]);
            assert_eq!(
                with("resource", resources),
                ("delegation.widens_resource", "delegation.widens_resource")
            );
        }
    }

    #[test]
    fn a_child_may_not_add_an_audience() {
        let audience = |services: &[&str]| json!([{"type": "Audience", "services": services}]);
        let widens = ("delegation.widens_audience", "delegation.widens_audience");
        assert_eq!(with("constraint", audience(&["https://a.example"])), ("ok", "ok"));
        assert_eq!(
            with(
                "constraint",
                audience(&["https://a.example", "https://c.example"])
            ),
            widens
        );
        assert_eq!(
            with("constraint", audience(&["https://a.example.evil.example"])),
            widens
        );
    }

    #[test]
    fn an_audience_is_not_lost_over_a_hop_that_leaves_it_out() {
        let mut silent = parent();
        silent["constraint"] = json!([{"type": "Uses", "id": "u", "count": 1}]);
        let mut wide = parent();
        wide["constraint"] = json!([{"type": "Audience", "services": ["https://c.example"]}]);
        let (root, silent, wide) = (entry(&parent()), entry(&silent), entry(&wide));
        assert_eq!(link_path(&[&root, &silent]), Ok(()));
        assert_eq!(wide.link(&silent), Ok(()), "one hop alone does not see it");
        let refused = link_path(&[&root, &silent, &wide]).unwrap_err();
        assert_eq!((refused.0, refused.1.code()), (2, "delegation.widens_audience"));
    }

    #[test]
    fn a_path_names_the_hop_that_widens() {
        let mut wide = parent();
        wide["action"] = json!(["refund:*"]);
        let (root, wide) = (entry(&parent()), entry(&wide));
        assert_eq!(link_path(&[]), Ok(()));
        assert_eq!(link_path(&[&wide]), Ok(()));
        assert_eq!(link_path(&[&root, &root, &wide, &root]).unwrap_err().0, 2);
    }

    #[test]
    fn a_wider_constraint_is_not_delegated_though_the_conjunction_would_hold() {
        let amount = |max: &str, currency: &str| json!([{"type": "Amount", "fact": "amount", "max": max, "currency": currency}]);
        assert_eq!(with("constraint", amount("40", "EUR")), ("ok", "ok"));
        assert_eq!(
            with("constraint", amount("101", "EUR")),
            ("ok", "delegation.widens_constraint")
        );
        assert_eq!(
            with("constraint", amount("100", "KWD")),
            ("ok", "delegation.not_comparable")
        );
        let prefix = json!([{"type": "Argument", "pointer": "/order", "match": {"prefix": "/a"}}]);
        assert_eq!(with("constraint", prefix), ("ok", "delegation.not_comparable"));
        let other = json!([{"type": "Argument", "pointer": "/memo", "match": {"prefix": "/a"}}]);
        assert_eq!(
            with("constraint", other),
            ("ok", "ok"),
            "a constraint on something else only narrows"
        );
    }

    #[test]
    fn a_constraint_that_is_not_understood_is_not_delegated() {
        for (constraint, code) in [
            (json!([{"type": "Weather"}]), "constraint.unknown"),
            (
                json!([{"type": "Argument", "pointer": "/order", "match": {"regex": "."}}]),
                "constraint.unknown",
            ),
            (
                json!([{"type": "Uses", "id": "u", "count": 1, "burst": 2}]),
                "constraint.unknown",
            ),
            (
                json!([{"type": "Uses", "id": "u", "count": 1e300}]),
                "constraint.malformed",
            ),
            (json!([]), "constraint.empty"),
            (json!(null), "constraint.empty"),
        ] {
            assert_eq!(
                with("constraint", constraint.clone()).1,
                code,
                "in the child: {constraint}"
            );
            let mut unread = parent();
            unread["constraint"] = constraint;
            let refused = entry(&parent()).attenuates(&entry(&unread)).unwrap_err();
            assert_eq!(refused.code(), code, "in the parent: {unread}");
        }
    }

    #[test]
    fn a_child_may_not_shut_out_an_argument_that_its_parent_wants() {
        let argument = |pointer: &str, closed: bool| json!({"type": "Argument", "pointer": pointer, "match": {"maxLength": 9}, "closed": closed});
        let entry = |constraints: Value| {
            Entry::parse(&json!({
                "action": ["refund:create"],
                "resource": ["https://api.acme.example/orders/*"],
                "constraint": constraints,
            }))
            .unwrap()
        };
        let parent = entry(json!([argument("/order", true), argument("/amount", false)]));
        let refused = entry(json!([argument("/order", true)])).attenuates(&parent);
        assert_eq!(refused.unwrap_err().code(), "delegation.not_comparable");
        for held in [
            json!([argument("/order", true), argument("/amount", false)]),
            json!([argument("/order", true), argument("/amount/value", false)]),
        ] {
            assert_eq!(entry(held).attenuates(&parent), Ok(()));
        }
        let open = entry(json!([argument("/order", false)]));
        let other = entry(json!([argument("/memo", true)]));
        assert!(other.attenuates(&open).is_err());
    }

    #[test]
    fn an_entry_that_names_nothing_is_not_linked() {
        assert_eq!(with("action", json!([])).0, "delegation.empty");
        assert_eq!(with("resource", json!(null)).0, "delegation.empty");
        let mut empty = parent();
        empty["action"] = json!([]);
        assert_eq!(
            entry(&parent()).link(&entry(&empty)).unwrap_err().code(),
            "delegation.widens_action"
        );
    }

    #[test]
    fn a_child_may_not_raise_the_depth() {
        let depth = |parent_depth: Option<u8>, child_depth: Option<u8>| {
            let of = |depth: Option<u8>| {
                let mut value = parent();
                value.as_object_mut().unwrap().remove("delegation");
                if let Some(depth) = depth {
                    value["delegation"] = json!({"maxDepth": depth});
                }
                entry(&value)
            };
            of(parent_depth)
                .delegable(&of(child_depth))
                .map_or_else(|widening| widening.code(), |()| "ok")
        };
        assert_eq!(depth(Some(1), None), "ok");
        assert_eq!(depth(Some(1), Some(0)), "ok");
        assert_eq!(depth(Some(2), Some(1)), "ok");
        assert_eq!(depth(Some(1), Some(1)), "delegation.depth");
        assert_eq!(depth(Some(2), Some(255)), "delegation.depth");
        assert_eq!(depth(Some(0), None), "delegation.not_delegable");
        assert_eq!(depth(None, None), "delegation.not_delegable");
    }
}
