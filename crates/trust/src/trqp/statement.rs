//! A signed TRQP answer that ends: JWS of type `chancery-trqp+jwt`.
//!
//! TRQP v2.0 leaves the proof of an answer open; this is Chancery's. Claims: `iss` (the registry), `iat`, `exp`,
//! `query`, `entity_id`, `authority_id`, `action`, `resource`, `authorized` or `recognized`, `time_evaluated`,
//! optional `time_requested`, and optional `keys`, thumbprints of the entity's keys that the registry announces.
//! INVARIANT: a statement is only ever made by signing or by verifying under a pinned registry key.

use super::question::utc;
use super::{Query, Question};
use crate::members::{MemberError, Members};
use crate::policy::anchor::is_thumbprint;
use crate::policy::registry::RegistryAnchor;
use chancery_did::{Did, DidUrl, Signer, Timestamp};
use chancery_proof::{Limits, ProofError, Secured, jose};
use serde_json::{Value, json};

/// The `typ` of a signed answer.
pub const STATEMENT_TYP: &str = "chancery-trqp+jwt";

const KNOWN: &[&str] = &[
    "iss",
    "iat",
    "exp",
    "query",
    "entity_id",
    "authority_id",
    "action",
    "resource",
    "authorized",
    "recognized",
    "time_requested",
    "time_evaluated",
    "keys",
];
/// The longest life of a statement, 24 hours in milliseconds.
const LONGEST_LIFE: i64 = 86_400_000;

/// A registry's signed answer to one question, good until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The registry that answers.
    pub registry: Did,
    /// The question that is answered.
    pub question: Question,
    /// Whether the entity is authorized or recognized.
    pub outcome: bool,
    /// When the registry looked, by its clock.
    pub time_evaluated: Timestamp,
    /// When the statement was signed.
    pub issued_at: Timestamp,
    /// When the statement ends.
    pub expires_at: Timestamp,
    /// Thumbprints of the entity's keys that the registry announces; empty when it says nothing about keys.
    pub keys: Vec<String>,
}

/// Why a statement cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The token does not verify under the pinned key.
    #[error("the registry's statement does not verify: {0}")]
    Proof(#[from] ProofError),
    /// A claim is unknown, missing or refused.
    #[error("the registry's statement: {0}")]
    Claim(#[from] MemberError),
    /// The statement is of another registry, or for another authority, than the anchor's.
    #[error("the statement is of `{issuer}` for `{authority}`, not of the registry `{registry}`")]
    NotTheRegistry {
        /// Who signed.
        issuer: String,
        /// For which authority.
        authority: String,
        /// Name of the anchor that it was judged under.
        registry: String,
    },
    /// The statement was made later than now.
    #[error("the statement is of `{0}`, which is yet to come")]
    NotYet(Timestamp),
    /// The statement has ended, or is older than the policy accepts.
    #[error("the statement ended at `{0}`")]
    Expired(Timestamp),
}

impl StatementError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Proof(_) | Self::Claim(_) | Self::NotTheRegistry { .. } | Self::NotYet(_) => {
                "trust.statement_invalid"
            }
            Self::Expired(_) => "trust.statement_expired",
        }
    }
}

impl Statement {
    /// Makes the statement that answers `question` at `at` for `life` milliseconds; sign it with [`Statement::sign`].
    ///
    /// `iat` and `exp` are whole seconds; the life is at least one second and at most 24 hours.
    #[must_use]
    pub fn new(registry: Did, question: Question, outcome: bool, at: Timestamp, life: i64) -> Self {
        let whole = |time: Timestamp| Timestamp::from_seconds(time.seconds());
        let life = life.clamp(1_000, LONGEST_LIFE);
        Self {
            registry,
            question,
            outcome,
            time_evaluated: at,
            issued_at: whole(at),
            expires_at: whole(at.saturating_add_millis(life)),
            keys: Vec::new(),
        }
    }

    /// Announces the entity's keys by their RFC 7638 thumbprints.
    #[must_use]
    pub fn with_keys(mut self, thumbprints: Vec<String>) -> Self {
        self.keys = thumbprints;
        self
    }

    /// Signs the statement with the registry's key and gives the compact JWS.
    ///
    /// # Errors
    /// When the signer fails.
    pub fn sign(&self, kid: &DidUrl, signer: &dyn Signer) -> Result<String, ProofError> {
        jose::sign(STATEMENT_TYP, kid, &self.claims(), signer)
    }

    /// Verifies a compact JWS under the anchor's pinned key and reads its claims; its times are judged by
    /// [`Statement::judge`].
    ///
    /// # Errors
    /// A signature that does not hold under the pinned key, a claim that is unknown, missing or malformed, and a
    /// statement of another registry or authority.
    pub fn verify(token: &str, registry: &RegistryAnchor, limits: &Limits) -> Result<Self, StatementError> {
        // Whose word it is comes first: another registry's statement is no word of this one's, whether or not
        // its signature would hold.
        let claimed = Self::read(Secured::jose(token, &[STATEMENT_TYP], limits)?.unverified())?;
        if claimed.registry != registry.did || claimed.question.authority_id != registry.authority.as_str() {
            return Err(StatementError::NotTheRegistry {
                issuer: claimed.registry.to_string(),
                authority: claimed.question.authority_id,
                registry: registry.name.clone(),
            });
        }
        let statement = Self::read(&jose::verify_with_key(
            token,
            &[STATEMENT_TYP],
            &registry.key,
            limits,
        )?)?;
        Ok(statement)
    }

    /// Says whether this is the answer to exactly `question`, the instant asked about included.
    #[must_use]
    pub fn answers(&self, question: &Question) -> bool {
        let Question {
            query,
            entity_id,
            authority_id,
            action,
            resource,
            time,
            locator: _,
        } = question;
        let own = &self.question;
        own.query == *query
            && own.entity_id == *entity_id
            && own.authority_id == *authority_id
            && own.action == *action
            && own.resource == *resource
            && own.time == *time
    }

    /// Judges the statement's times: begun, not ended, and evaluated no longer ago than the anchor's `maxAge`.
    ///
    /// # Errors
    /// [`StatementError::NotYet`] beyond the skew, and [`StatementError::Expired`]; an end has no skew.
    pub fn judge(&self, registry: &RegistryAnchor, at: Timestamp, skew: i64) -> Result<(), StatementError> {
        let latest = at.saturating_add_millis(skew);
        if let Some(time) = [self.issued_at, self.time_evaluated]
            .into_iter()
            .find(|time| *time > latest)
        {
            return Err(StatementError::NotYet(time));
        }
        let end = self.good_until(registry);
        if at >= end {
            Err(StatementError::Expired(end))
        } else {
            Ok(())
        }
    }

    /// Gives the instant from which the statement can no longer be relied on under this anchor.
    #[must_use]
    pub fn good_until(&self, registry: &RegistryAnchor) -> Timestamp {
        self.expires_at
            .min(self.time_evaluated.saturating_add_millis(registry.max_age_ms))
    }

    fn claims(&self) -> Value {
        let mut claims = self.question.to_value();
        if let Some(map) = claims.as_object_mut() {
            map.remove("context");
            map.insert("iss".to_owned(), self.registry.as_str().into());
            map.insert("iat".to_owned(), self.issued_at.seconds().into());
            map.insert("exp".to_owned(), self.expires_at.seconds().into());
            map.insert("query".to_owned(), self.question.query.as_str().into());
            map.insert(self.question.query.outcome().to_owned(), self.outcome.into());
            map.insert(
                "time_evaluated".to_owned(),
                self.time_evaluated.to_string().into(),
            );
            if let Some(time) = self.question.time {
                map.insert("time_requested".to_owned(), time.to_string().into());
            }
            if !self.keys.is_empty() {
                map.insert("keys".to_owned(), json!(self.keys));
            }
        }
        claims
    }

    fn read(claims: &Value) -> Result<Self, MemberError> {
        let members = Members::read(claims, "", KNOWN)?;
        let name = members.text("query")?;
        let query =
            Query::parse(name).ok_or_else(|| members.invalid("query", format!("`{name}` is no query")))?;
        let other = match query {
            Query::Authorization => Query::Recognition,
            Query::Recognition => Query::Authorization,
        };
        if members.value(other.outcome()).is_some() {
            return Err(members.invalid(other.outcome(), "it answers another query"));
        }
        let (issued_at, expires_at) = (members.seconds("iat")?, members.seconds("exp")?);
        let life = expires_at.millis_since(issued_at);
        if life <= 0 || life > LONGEST_LIFE {
            return Err(members.invalid("exp", "it is not within 24 hours after `iat`"));
        }
        let mut question = Question::identifiers(query, &members)?;
        question.time = utc(&members, "time_requested")?;
        let keys = members.texts("keys")?;
        if let Some((path, text)) = keys.iter().find(|(_, text)| !is_thumbprint(text)) {
            return Err(MemberError::invalid(
                path,
                format!("`{text}` is no SHA-256 thumbprint in base64url"),
            ));
        }
        Ok(Self {
            registry: members.did("iss")?,
            question,
            outcome: members
                .opt_bool(query.outcome())?
                .ok_or_else(|| members.missing(query.outcome()))?,
            time_evaluated: utc(&members, "time_evaluated")?
                .ok_or_else(|| members.missing("time_evaluated"))?,
            issued_at,
            expires_at,
            keys: keys.into_iter().map(|(_, text)| text.to_owned()).collect(),
        })
    }
}
