//! A TRQP answer, as the body of a 200 response.
//!
//! Follows the TRQP v2.0 response schemas. Members of this implementation's own, `expires_at` and `statement`, are
//! additions that the schemas allow. INVARIANT: an answer by itself proves nothing; `statement` is what is judged.

use super::question::utc;
use super::{Query, Question, Statement};
use crate::members::{MemberError, Members};
use chancery_did::Timestamp;
use serde_json::{Value, json};

/// An answer of a trust registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The question, as the registry understood it.
    pub question: Question,
    /// Whether the entity is authorized or recognized.
    pub outcome: bool,
    /// When the registry looked, by its clock.
    pub time_evaluated: Timestamp,
    /// When the signed form ends.
    pub expires_at: Option<Timestamp>,
    /// A sentence for people.
    pub message: Option<String>,
    /// The signed form: a compact JWS, see [`Statement`].
    pub statement: Option<String>,
}

/// Why a body is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AnswerError(#[from] MemberError);

impl AnswerError {
    /// Gives the code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "trust.statement_invalid"
    }
}

impl Answer {
    /// Makes the answer to a question without its signed form.
    #[must_use]
    pub fn new(question: Question, outcome: bool, time_evaluated: Timestamp) -> Self {
        Self {
            question,
            outcome,
            time_evaluated,
            expires_at: None,
            message: None,
            statement: None,
        }
    }

    /// Adds the signed form and its end.
    #[must_use]
    pub fn with_statement(mut self, statement: &Statement, token: String) -> Self {
        self.expires_at = Some(statement.expires_at);
        self.statement = Some(token);
        self
    }

    /// Adds a sentence for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Reads the body of a 200 response, parsed by the strict JSON reader; its `context` decides nothing and is not
    /// read.
    ///
    /// # Errors
    /// A required member that is absent or malformed, among them the boolean of this query.
    pub fn parse(query: Query, body: &Value) -> Result<Self, AnswerError> {
        let members = Members::read_open(body, "")?;
        let mut question = Question::identifiers(query, &members)?;
        question.time = utc(&members, "time_requested")?;
        let outcome = members
            .opt_bool(query.outcome())?
            .ok_or_else(|| members.missing(query.outcome()))?;
        let time_evaluated =
            utc(&members, "time_evaluated")?.ok_or_else(|| members.missing("time_evaluated"))?;
        Ok(Self {
            question,
            outcome,
            time_evaluated,
            expires_at: utc(&members, "expires_at")?,
            message: members.opt_text("message")?.map(str::to_owned),
            statement: members.opt_text("statement")?.map(str::to_owned),
        })
    }

    /// Gives the body of the response.
    pub fn to_value(&self) -> Value {
        let question = &self.question;
        let mut value = json!({
            "entity_id": question.entity_id,
            "authority_id": question.authority_id,
            "action": question.action,
            "resource": question.resource,
            "time_evaluated": self.time_evaluated.to_string(),
        });
        if let Some(map) = value.as_object_mut() {
            map.insert(question.query.outcome().to_owned(), self.outcome.into());
            let additions = [
                (
                    "time_requested",
                    question.time.map(|time| time.to_string().into()),
                ),
                ("context", question.context()),
                ("message", self.message.as_deref().map(Value::from)),
                ("expires_at", self.expires_at.map(|time| time.to_string().into())),
                ("statement", self.statement.as_deref().map(Value::from)),
            ];
            for (name, value) in additions {
                if let Some(value) = value {
                    map.insert(name.to_owned(), value);
                }
            }
        }
        value
    }
}
