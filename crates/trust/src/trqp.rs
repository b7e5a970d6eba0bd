//! The Trust Registry Query Protocol v2.0: questions, answers and signed answers.
//!
//! Follows the TRQP v2.0 specification (`specification/v2/core`: API, identifiers, HTTPS binding) of the Trust over
//! IP Foundation. INVARIANT: an answer is data about its question and nothing more; only a [`Statement`] that
//! verifies under a pinned registry key can be relied on.

mod answer;
mod question;
mod statement;

pub use answer::{Answer, AnswerError};
pub use question::{Question, QuestionError};
pub use statement::{STATEMENT_TYP, Statement, StatementError};

/// The two questions of TRQP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Query {
    /// Does the authority authorize the entity to take the action on the resource?
    Authorization,
    /// Does the authority recognize the entity, another authority, for the action on the resource?
    Recognition,
}

impl Query {
    /// Gives the last segment of the path that takes the question.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Recognition => "recognition",
        }
    }

    /// Gives the name of the boolean in the answer.
    #[must_use]
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Authorization => "authorized",
            Self::Recognition => "recognized",
        }
    }

    /// Finds a question by its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Authorization, Self::Recognition]
            .into_iter()
            .find(|query| query.as_str() == name)
    }
}

#[cfg(test)]
mod tests;
