//! AtMost: at most a level of an ordered scale (profile, section Capability).
//!
//! INVARIANT: levels compare by their place on the scale, never by their spelling; sizes are whole bytes.

use chancery_did::object;
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Fact, Facts, NotWithin, Refusal};

/// Orders what a request touches by how much harm its leaking would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Anyone may read it.
    Public,
    /// Only the organization's own people and agents.
    Internal,
    /// Only those who need it for their work.
    Confidential,
    /// Only those named.
    Restricted,
}

impl Sensitivity {
    const SCALE: [Self; 4] = [Self::Public, Self::Internal, Self::Confidential, Self::Restricted];

    /// Reads a level by its exact name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::SCALE.into_iter().find(|level| level.as_str() == text)
    }

    /// The level's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }
}

/// The most that is permitted, on its scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Max {
    Sensitivity(Sensitivity),
    /// In bytes.
    Size(u64),
}

impl Max {
    fn scale(self) -> &'static str {
        match self {
            Self::Sensitivity(_) => "Sensitivity",
            Self::Size(_) => "Size",
        }
    }
}

/// Permits a request whose fact is at most a level of sensitivity, or at most so many bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtMost {
    fact: String,
    max: Max,
}

impl AtMost {
    pub(super) const MEMBERS: &[&str] = &["fact", "scale", "max"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let fact = members.text("fact")?.to_owned();
        let max = match members.text("scale")? {
            "Sensitivity" => {
                let text = members.text("max")?;
                let level = Sensitivity::parse(text);
                Max::Sensitivity(level.ok_or_else(|| {
                    ConstraintError::unknown(format!("`{text}` is not a level of sensitivity"))
                })?)
            }
            "Size" => Max::Size(members.whole("max")?),
            scale => {
                return Err(ConstraintError::unknown(format!(
                    "the scale `{scale}` is not known"
                )));
            }
        };
        Ok(Self { fact, max })
    }

    /// The name of the fact that it asks for.
    #[must_use]
    pub fn fact(&self) -> &str {
        &self.fact
    }

    pub(super) fn to_value(&self) -> Value {
        let max = match self.max {
            Max::Sensitivity(level) => level.as_str().into(),
            Max::Size(bytes) => bytes.into(),
        };
        object([
            ("type", "AtMost".into()),
            ("fact", self.fact.as_str().into()),
            ("scale", self.max.scale().into()),
            ("max", max),
        ])
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let refuse = |detail| Err(Refusal::new("constraint.at_most", detail));
        match (self.max, facts.fact(&self.fact)?) {
            (Max::Sensitivity(max), Fact::Text(text)) => match Sensitivity::parse(text) {
                Some(level) if level <= max => Ok(()),
                Some(_) => refuse(format!("`{text}` is above the permitted `{}`", max.as_str())),
                None => refuse(format!("`{text}` is not a level of sensitivity")),
            },
            (Max::Size(max), Fact::Size(bytes)) if *bytes <= max => Ok(()),
            (Max::Size(max), Fact::Size(bytes)) => {
                refuse(format!("{bytes} bytes are more than the permitted {max}"))
            }
            _ => refuse(format!(
                "`{}` is not on the scale {}",
                self.fact,
                self.max.scale()
            )),
        }
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("fact", &self.fact, &parent.fact)?;
        match (self.max, parent.max) {
            (Max::Sensitivity(child), Max::Sensitivity(parent)) if child > parent => {
                Err(NotWithin::wider("max", child.as_str(), parent.as_str()))
            }
            (Max::Size(child), Max::Size(parent)) if child > parent => {
                Err(NotWithin::wider("max", child, parent))
            }
            (Max::Sensitivity(_), Max::Sensitivity(_)) | (Max::Size(_), Max::Size(_)) => Ok(()),
            (child, parent) => Err(NotWithin::differs("scale", child.scale(), parent.scale())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::constraint::case::{Case, order};

    fn level(max: &str) -> Value {
        json!({"type": "AtMost", "fact": "data", "scale": "Sensitivity", "max": max})
    }

    fn size(max: u64) -> Value {
        json!({"type": "AtMost", "fact": "data", "scale": "Size", "max": max})
    }

    #[test]
    fn levels_are_ordered_by_harm() {
        let scale = ["public", "internal", "confidential", "restricted"];
        for (at, max) in scale.iter().enumerate() {
            for (place, asked) in scale.iter().enumerate() {
                let want = if place <= at { "ok" } else { "constraint.at_most" };
                assert_eq!(
                    Case::new().fact("data", &json!(asked)).judge(&level(max)),
                    want,
                    "{asked} of {max}"
                );
                let want = if place <= at { "within" } else { "wider" };
                assert_eq!(order(&level(asked), &level(max)), want, "{asked} of {max}");
            }
        }
    }

    #[test]
    fn an_unknown_level_is_refused() {
        for asked in ["Public", "secret", "", "public ", "none", "0"] {
            assert_eq!(
                Case::new()
                    .fact("data", &json!(asked))
                    .judge(&level("restricted")),
                "constraint.at_most"
            );
        }
        for max in ["Public", "secret", "top"] {
            assert_eq!(
                Case::new().fact("data", &json!("public")).judge(&level(max)),
                "constraint.unknown"
            );
        }
    }

    #[test]
    fn sizes_are_bytes_and_nothing_else() {
        let asked = |bytes: u64| {
            Case::new()
                .fact("data", &json!({"bytes": bytes}))
                .judge(&size(1_000_000))
        };
        assert_eq!(asked(1_000_000), "ok");
        assert_eq!(asked(1_048_576), "constraint.at_most", "1 MiB is more than 1 MB");
        for max in [
            json!("1 MB"),
            json!("1000"),
            json!(-1),
            json!(1.5),
            json!(9_007_199_254_740_992_u64),
        ] {
            let mut constraint = size(1);
            constraint["max"] = max.clone();
            let code = Case::new().fact("data", &json!({"bytes": 0})).judge(&constraint);
            assert_eq!(code, "constraint.malformed", "{max}");
        }
    }

    #[test]
    fn scales_are_not_mixed() {
        assert_eq!(
            Case::new()
                .fact("data", &json!({"bytes": 0}))
                .judge(&level("restricted")),
            "constraint.at_most"
        );
        assert_eq!(
            Case::new().fact("data", &json!("public")).judge(&size(9)),
            "constraint.at_most"
        );
        assert_eq!(order(&size(0), &level("restricted")), "not comparable");
        let mib = json!({"type": "AtMost", "fact": "data", "scale": "MiB", "max": 1});
        assert_eq!(
            Case::new().fact("data", &json!({"bytes": 0})).judge(&mib),
            "constraint.unknown"
        );
        assert_eq!(Case::new().judge(&size(1)), "constraint.fact_missing");
    }

    #[test]
    fn a_child_may_not_raise_the_size() {
        assert_eq!(order(&size(999), &size(1000)), "within");
        assert_eq!(order(&size(1001), &size(1000)), "wider");
        let mut other = size(1);
        other["fact"] = json!("upload");
        assert_eq!(order(&other, &size(1000)), "not comparable");
    }
}
