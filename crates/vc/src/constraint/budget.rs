//! Budget: so much in all within a window (profile, section Capability).
//!
//! INVARIANT: without its counter it permits nothing.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Decimal, NotWithin, window};

/// Caps the sum of a fact over all requests of a window; the counter is kept under its `id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    id: String,
    fact: String,
    cap: Decimal,
    measure: Measure,
    window: String,
}

/// What the sum is of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Measure {
    Currency(String),
    Unit(String),
}

impl Measure {
    fn name(&self) -> (&'static str, &str) {
        match self {
            Self::Currency(name) => ("currency", name),
            Self::Unit(name) => ("unit", name),
        }
    }
}

impl Budget {
    pub(super) const MEMBERS: &[&str] = &["id", "fact", "cap", "currency", "unit", "window"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let measure = match (members.optional("currency"), members.optional("unit")) {
            (Some(_), None) => Measure::Currency(members.currency("currency")?),
            (None, Some(_)) => Measure::Unit(members.text("unit")?.to_owned()),
            _ => {
                return Err(ConstraintError::malformed(
                    "a budget has either `currency` or `unit`",
                ));
            }
        };
        Ok(Self {
            id: members.text("id")?.to_owned(),
            fact: members.text("fact")?.to_owned(),
            cap: members.decimal("cap")?,
            measure,
            window: window::read(members)?,
        })
    }

    /// The name of its counter, stable over renewal.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn to_value(&self) -> Value {
        let (measure, name) = self.measure.name();
        object([
            ("type", "Budget".into()),
            ("id", self.id.as_str().into()),
            ("fact", self.fact.as_str().into()),
            ("cap", self.cap.to_string().into()),
            (measure, name.into()),
            ("window", self.window.as_str().into()),
        ])
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        let ((measure, name), (parent_measure, parent_name)) = (self.measure.name(), parent.measure.name());
        same("id", &self.id, &parent.id)?;
        same("fact", &self.fact, &parent.fact)?;
        same("window", &self.window, &parent.window)?;
        same("measure", measure, parent_measure)?;
        same(measure, name, parent_name)?;
        if self.cap > parent.cap {
            Err(NotWithin::wider("cap", self.cap, parent.cap))
        } else {
            Ok(())
        }
    }
}
