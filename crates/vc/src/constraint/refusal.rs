//! Why a constraint refuses a request, and why a child is not within its parent.
//!
//! INVARIANT: every refusal has a stable code of class `constraint`, or `evidence.needed` with the zone wanted.

/// Says why a request is refused, with its code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The code, `constraint.amount` for example.
    pub code: &'static str,
    /// One sentence for the client.
    pub detail: String,
    /// The IANA zone whose offset from UTC is missing; only with the code `evidence.needed`.
    pub needs_zone: Option<String>,
}

impl Refusal {
    /// Makes a refusal.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            needs_zone: None,
        }
    }

    /// Makes the refusal that a zone's offset would decide.
    pub(crate) fn zone(zone: &str) -> Self {
        Self {
            code: "evidence.needed",
            detail: format!("the offset of `{zone}` is not known for this moment"),
            needs_zone: Some(zone.to_owned()),
        }
    }

    pub(crate) fn fact_missing(fact: &str) -> Self {
        Self::new(
            "constraint.fact_missing",
            format!("the request has no fact `{fact}`"),
        )
    }

    pub(crate) fn state_missing(kind: &str) -> Self {
        Self::new(
            "constraint.state_missing",
            format!("{kind} cannot be decided without its state"),
        )
    }
}

/// Says why a child constraint is not within its parent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWithin {
    /// The child may permit what the parent refuses.
    #[error("{0}")]
    Wider(String),
    /// The two are about different things, so neither can be called narrower.
    #[error("not comparable: {0}")]
    NotComparable(String),
}

impl NotWithin {
    /// Refuses a child whose `member` has to be identical to the parent's and is not.
    pub(crate) fn differs(member: &str, child: &str, parent: &str) -> Self {
        Self::NotComparable(format!("{member} `{child}` and `{parent}`"))
    }

    pub(crate) fn wider(member: &str, child: impl ToString, parent: impl ToString) -> Self {
        Self::Wider(format!(
            "{member} `{}` is beyond `{}`",
            child.to_string(),
            parent.to_string()
        ))
    }
}

/// Requires a member that both sides must have identical.
pub(crate) fn same(member: &str, child: &str, parent: &str) -> Result<(), NotWithin> {
    if child == parent {
        Ok(())
    } else {
        Err(NotWithin::differs(member, child, parent))
    }
}
