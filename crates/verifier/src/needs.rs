//! What the first undecided step wants: the keys of [`Evidence`](crate::Evidence).
//!
//! Profile, "Judging": trust statements from pinned anchors, then DID documents of trusted or linked
//! issuers, then status lists of proven papers, and zone offsets. INVARIANT: a need is never made from
//! a stranger's word alone.

use chancery_did::{Did, Timestamp, object};
use chancery_trust::trqp::{Query, Question};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::evidence::{EvidenceError, at_of, members, text};

/// Names one piece of evidence that the host should gather.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Need {
    /// A signed answer of a registry that the policy names.
    TrustStatement {
        /// The registry's name in the policy.
        registry: String,
        /// Where the policy says that it answers.
        endpoint: String,
        /// The question to ask.
        question: Box<Question>,
    },
    /// The DID document of a trusted or linked issuer, as text.
    Document(Did),
    /// The status list at this URL, as text.
    StatusList(String),
    /// The Token Status List at this URL, as text: a compact JWS, or the base64url of a CWT.
    TokenStatusList(String),
    /// The offset from UTC of a time zone at an instant.
    ZoneOffset {
        /// The IANA name.
        zone: String,
        /// The instant that is judged.
        at: Timestamp,
    },
}

impl Need {
    /// Gives the JSON form, `kind` first.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Need::TrustStatement {
                registry,
                endpoint,
                question,
            } => object([
                ("kind", "trustStatement".into()),
                ("registry", registry.as_str().into()),
                ("endpoint", endpoint.as_str().into()),
                ("query", question.query.as_str().into()),
                ("question", question.to_value()),
            ]),
            Need::Document(did) => object([("kind", "document".into()), ("did", did.as_str().into())]),
            Need::StatusList(url) => object([("kind", "statusList".into()), ("url", url.as_str().into())]),
            Need::TokenStatusList(url) => {
                object([("kind", "tokenStatusList".into()), ("url", url.as_str().into())])
            }
            Need::ZoneOffset { zone, at } => object([
                ("kind", "zoneOffset".into()),
                ("zone", zone.as_str().into()),
                ("at", at.to_string().into()),
            ]),
        }
    }
    /// Parses the JSON form; unknown kinds and members are refused.
    ///
    /// # Errors
    /// [`EvidenceError`] names what is wrong.
    pub fn parse(value: &Value) -> Result<Need, EvidenceError> {
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "trustStatement" => {
                let known = ["kind", "registry", "endpoint", "query", "question"];
                let found = members(value, "need", &known)?;
                let query = Query::parse(text(found, "query")?).ok_or(EvidenceError::Malformed("query"))?;
                let question = found.get("question").ok_or(EvidenceError::Missing("question"))?;
                let question =
                    Question::parse(query, question).map_err(|_| EvidenceError::Malformed("question"))?;
                Ok(Need::TrustStatement {
                    registry: text(found, "registry")?.to_owned(),
                    endpoint: text(found, "endpoint")?.to_owned(),
                    question: Box::new(question),
                })
            }
            "document" => {
                let found = members(value, "need", &["kind", "did"])?;
                Did::parse(text(found, "did")?)
                    .map(Need::Document)
                    .map_err(|_| EvidenceError::Malformed("did"))
            }
            "statusList" => {
                let found = members(value, "need", &["kind", "url"])?;
                Ok(Need::StatusList(text(found, "url")?.to_owned()))
            }
            "tokenStatusList" => {
                let found = members(value, "need", &["kind", "url"])?;
                Ok(Need::TokenStatusList(text(found, "url")?.to_owned()))
            }
            "zoneOffset" => {
                let found = members(value, "need", &["kind", "zone", "at"])?;
                Ok(Need::ZoneOffset {
                    zone: text(found, "zone")?.to_owned(),
                    at: at_of(found, "at")?,
                })
            }
            _ => Err(EvidenceError::Malformed("kind")),
        }
    }
}

impl Serialize for Need {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
