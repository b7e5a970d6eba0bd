//! Why a constraint refuses a request, and why a child is not within its parent.
//!
//! INVARIANT: every refusal has a stable code of class `constraint`, or `evidence.needed` with the zone wanted.

/// The most characters of an error's text.
pub(crate) const MOST_SHOWN: usize = 400;

/// The beginning of a text with what does not print escaped: names and values come from peers, and refusals are
/// shown on terminals and written to logs.
pub(crate) fn printable(text: &str, most: usize) -> String {
    let escaped = |character: char| match character {
        '"' | '\'' | '\\' => character.to_string(),
        other => other.escape_debug().to_string(),
    };
    let mut shown: String = text.chars().take(most).map(escaped).collect();
    if text.chars().nth(most).is_some() {
        shown.push_str("..");
    }
    shown
}

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
            detail: printable(&detail.into(), MOST_SHOWN),
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
        let text = format!("{member} `{child}` and `{parent}`");
        Self::NotComparable(printable(&text, MOST_SHOWN))
    }

    pub(crate) fn wider(member: &str, child: impl std::fmt::Display, parent: impl std::fmt::Display) -> Self {
        let text = format!("{member} `{child}` is beyond `{parent}`");
        Self::Wider(printable(&text, MOST_SHOWN))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::capability::{Action, Entry, Resource};
    use crate::constraint::Constraint;
    use crate::constraint::case::Case;

    /// Turns a line around, and clears a terminal.
    const HOSTILE: &str = "\u{202e}\u{1b}[2J\n";

    fn is_tame(text: &str) -> bool {
        text.chars().count() < 8 * MOST_SHOWN && !text.chars().any(|c| c.is_control() || c == '\u{202e}')
    }

    #[test]
    fn no_error_repeats_what_does_not_print_or_without_end() {
        for name in [HOSTILE.to_owned(), "x".repeat(100_000), "\u{1b}".repeat(100_000)] {
            for constraint in [
                json!({"type": name}),
                json!({"type": "Amount", name.as_str(): 1}),
                json!({"type": "Argument", "pointer": "/a", "match": {name.as_str(): 1}}),
                json!({"type": "Argument", "pointer": "/a", "match": {"prefix": name}}),
                json!({"type": "Hours", "days": [name], "from": "1", "until": "1", "timeZone": "x"}),
            ] {
                let error = Constraint::parse_strict(&constraint).unwrap_err();
                assert!(is_tame(&error.to_string()), "{error:?}");
            }
            let entry = Entry::parse(&json!({"action": [], "resource": [], name.as_str(): 1})).unwrap_err();
            assert!(is_tame(&entry.to_string()), "{entry:?}");
            assert!(is_tame(&Action::parse(&name).unwrap_err().to_string()));
            assert!(is_tame(&Resource::parse(&name).unwrap_err().to_string()));
        }
    }

    #[test]
    fn no_refusal_repeats_what_does_not_print_or_without_end() {
        for text in [HOSTILE.to_owned(), "x".repeat(100_000)] {
            let amount = json!({"type": "Amount", "fact": "a", "max": "1", "currency": "EUR"});
            let case = Case::new().fact("a", &json!(text)).arguments(json!({"a": text}));
            let one_of = json!({"type": "OneOf", "fact": "a", "values": ["b"]});
            let equals = json!({"type": "Argument", "pointer": "/b\u{1b}", "match": {"equals": text}});
            for constraint in [amount, one_of, equals] {
                let constraint = Constraint::parse_strict(&constraint).unwrap();
                let refusal = case.with(|facts| constraint.permits(facts)).unwrap_err();
                assert!(is_tame(&refusal.detail), "{}", refusal.detail);
            }
        }
    }
}
