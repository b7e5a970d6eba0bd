//! Actions: exact `noun:verb` names, or every verb of one noun (profile, section Capability).
//!
//! INVARIANT: an action has one spelling, so two actions are the same thing exactly if they are equal; nothing
//! covers a wildcard, because what is asked for is always one concrete action.

use std::fmt;

use crate::constraint::printable;

/// The most bytes that one action may hold.
const MAX_BYTES: usize = 128;

/// Names what is done: `refund:create`, or `refund:*` for every verb of the noun.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    noun: String,
    /// `None` is the wildcard.
    verb: Option<String>,
}

impl Action {
    /// Parses `noun:verb` or `noun:*`; both words are lower-case letters, digits, `.`, `_` and `-`.
    ///
    /// # Errors
    /// [`ActionError`] for every other text, a wildcard noun included.
    pub fn parse(text: &str) -> Result<Self, ActionError> {
        let refuse = |defect| ActionError {
            text: excerpt(text),
            defect,
        };
        if text.len() > MAX_BYTES {
            return Err(refuse("it is longer than 128 bytes"));
        }
        let (noun, verb) = text
            .split_once(':')
            .ok_or_else(|| refuse("it is not of the form noun:verb"))?;
        if !is_word(noun) {
            return Err(refuse("its noun is not a lower-case word"));
        }
        if verb == "*" {
            return Ok(Self {
                noun: noun.to_owned(),
                verb: None,
            });
        }
        if !is_word(verb) {
            return Err(refuse("its verb is not a lower-case word"));
        }
        Ok(Self {
            noun: noun.to_owned(),
            verb: Some(verb.to_owned()),
        })
    }

    /// Tells whether this is one action and not a wildcard.
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        self.verb.is_some()
    }

    /// Tells whether this permits the concrete action that is asked for; a wildcard is never covered.
    #[must_use]
    pub fn covers(&self, request: &Self) -> bool {
        request.is_concrete() && request.is_within(self)
    }

    /// Tells whether every action that this covers is covered by `parent`.
    #[must_use]
    pub fn is_within(&self, parent: &Self) -> bool {
        self.noun == parent.noun && (parent.verb.is_none() || self.verb == parent.verb)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.noun, self.verb.as_deref().unwrap_or("*"))
    }
}

/// Says why a text is not an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an action: {defect}")]
pub struct ActionError {
    text: String,
    defect: &'static str,
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
        })
}

/// The beginning of a text that may be a peer's, short enough for a message and with what does not print escaped.
pub(super) fn excerpt(text: &str) -> String {
    const SHOWN: usize = 128;
    printable(text, SHOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Action {
        Action::parse(text).unwrap()
    }

    #[test]
    fn an_action_reads_and_prints_the_same() {
        for text in ["refund:create", "refund:*", "a:b", "order.line:mark-as_paid2"] {
            assert_eq!(action(text).to_string(), text);
        }
    }

    #[test]
    fn only_noun_and_verb_are_an_action() {
        for text in [
            "",
            ":",
            "refund",
            "refund:",
            ":create",
            "*",
            "*:*",
            "*:create",
            "refund:create:now",
            "refund:cre*",
            "refund:**",
            "Refund:create",
            "refund:Create",
            "refund: create",
            " refund:create",
            "refund:create\n",
            "refund:créate",
            "2refund:create",
            "refund:2",
            "refund/create",
            "refund:cre/ate",
            "refund%3Acreate",
        ] {
            assert!(Action::parse(text).is_err(), "{text:?}");
        }
        assert!(Action::parse(&format!("a:{}", "b".repeat(127))).is_err());
    }

    #[test]
    fn a_wildcard_covers_every_verb_of_its_noun_only() {
        assert!(action("refund:*").covers(&action("refund:create")));
        assert!(!action("refund:*").covers(&action("refunds:create")));
        assert!(!action("refund:*").covers(&action("customer:read")));
        assert!(!action("refund:create").covers(&action("refund:cancel")));
        assert!(!action("refund:create").covers(&action("refund:create2")));
    }

    #[test]
    fn nothing_covers_a_wildcard() {
        assert!(!action("refund:*").covers(&action("refund:*")));
        assert!(!action("refund:create").covers(&action("refund:*")));
    }

    #[test]
    fn a_child_may_not_name_an_action_beyond_the_parent() {
        assert!(action("refund:create").is_within(&action("refund:*")));
        assert!(action("refund:*").is_within(&action("refund:*")));
        assert!(!action("refund:*").is_within(&action("refund:create")));
        assert!(!action("customer:read").is_within(&action("refund:*")));
        assert!(!action("refund:cancel").is_within(&action("refund:create")));
    }
}
