//! An evidence bundle: everything that one verdict relied on, so that anyone reaches the same verdict later.
//!
//! Profile, "Bundles". It holds what [`verify`](crate::verify()) was given, to the byte, and the decision as it left
//! the host. INVARIANT: judging it again is a pure function of the bundle, and what comes of that is a record: it
//! carries an old moment, an old nonce and nobody's commit, so nobody may act on it.

use chancery_did::Timestamp;
use chancery_proof::{Limits, ReadError, Suites, base64url, json};
use chancery_trust::{Policy, PolicyError};
use serde_json::{Value, json};
use thiserror::Error;

use crate::decision::{CheckStatus, Decision, Step, Verdict};
use crate::evidence::{Evidence, EvidenceError, at_of, members, text};
use crate::rejection;
use crate::request::{Request, RequestError};
use crate::verify::{Moment, verify_with};

/// The `kind` of the document.
const KIND: &str = "EvidenceBundle";
/// The version of the document.
const VERSION: u64 = 1;
/// The most bytes of the document: the largest evidence, with its escapes, and its company.
const MOST_BYTES: usize = 24 * 1024 * 1024;
/// The deepest nesting: a request's own, below the document's.
const MOST_DEPTH: usize = 96;

const KNOWN: &[&str] = &[
    "kind",
    "version",
    "at",
    "historical",
    "presentation",
    "presentationBytes",
    "policy",
    "request",
    "evidence",
    "ending",
    "decision",
];

/// Everything that one verdict relied on, and the verdict.
#[derive(Debug, Clone)]
pub struct EvidenceBundle {
    moment: Moment,
    presentation: Vec<u8>,
    policy: Policy,
    request: Request,
    evidence: Evidence,
    ending: Option<Ending>,
    decision: String,
}

/// What the host did to the verifier's own decision, on its word alone: it can only have refused.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ending {
    code: &'static str,
    reason: String,
}

/// Why a text is no evidence bundle.
#[derive(Debug, Error)]
pub enum EvidenceBundleError {
    /// The text is not strict JSON.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A member is missing, unknown or has the wrong shape.
    #[error(transparent)]
    Shape(#[from] EvidenceError),
    /// The policy in it is none.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The request in it is none.
    #[error(transparent)]
    Request(#[from] RequestError),
}

impl EvidenceBundleError {
    /// Gives the stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::Shape(error) => error.code(),
            Self::Policy(error) => error.code(),
            Self::Request(error) => error.code(),
        }
    }
}

impl EvidenceBundle {
    /// Takes down what a decision was made of: exactly what the verifier was given, with the cryptosuites that were
    /// handed in, and what the host answered.
    #[must_use]
    pub fn of(
        presentation: &[u8],
        evidence: &Evidence,
        policy: &Policy,
        request: &Request,
        moment: Moment,
        (decision, suites): (&Decision, &dyn Suites),
    ) -> Self {
        let mut bundle = Self {
            moment,
            presentation: presentation.to_vec(),
            policy: policy.clone(),
            request: request.clone(),
            evidence: evidence.clone(),
            ending: None,
            decision: decision.to_value().to_string(),
        };
        // What the verifier alone would not say, the host said.
        if !decision.allow && !bundle.holds(suites) {
            bundle.ending = Some(Ending {
                code: decision.code,
                reason: decision.reason.clone(),
            });
        }
        bundle
    }

    /// Whether a text says that it is an evidence bundle, whatever else is wrong with it.
    #[must_use]
    pub fn is_named(bytes: &[u8]) -> bool {
        let kind = |value: Value| value.get("kind").and_then(Value::as_str) == Some(KIND);
        json::parse(bytes, &limits()).is_ok_and(kind)
    }

    /// Reads a bundle's text.
    ///
    /// # Errors
    /// [`EvidenceBundleError`] names what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Self, EvidenceBundleError> {
        Self::parse_value(&json::parse(bytes, &limits())?)
    }

    /// Reads a JSON value that came through the front door.
    ///
    /// # Errors
    /// [`EvidenceBundleError`] names what is wrong.
    pub fn parse_value(value: &Value) -> Result<Self, EvidenceBundleError> {
        let found = members(value, "bundle", KNOWN)?;
        if text(found, "kind")? != KIND {
            return Err(EvidenceError::Malformed("kind").into());
        }
        if found.get("version").and_then(Value::as_u64) != Some(VERSION) {
            return Err(EvidenceError::Malformed("version").into());
        }
        let at = at_of(found, "at")?;
        let moment = match found.get("historical") {
            None | Some(Value::Bool(false)) => Moment::Now(at),
            Some(Value::Bool(true)) => Moment::Historical(at),
            Some(_) => return Err(EvidenceError::Malformed("historical").into()),
        };
        let presentation = match (found.get("presentation"), found.get("presentationBytes")) {
            (Some(Value::String(text)), None) => text.clone().into_bytes(),
            (None, Some(Value::String(text))) => {
                base64url::decode(text).map_err(|_| EvidenceError::Malformed("presentationBytes"))?
            }
            (None, None) => return Err(EvidenceError::Missing("presentation").into()),
            _ => return Err(EvidenceError::Malformed("presentation").into()),
        };
        let part = |name: &'static str| found.get(name).ok_or(EvidenceError::Missing(name));
        Ok(Self {
            moment,
            presentation,
            policy: Policy::parse_value(part("policy")?)?,
            request: Request::parse(part("request")?)?,
            evidence: Evidence::parse_value(part("evidence")?)?,
            ending: found.get("ending").map(Ending::parse).transpose()?,
            decision: text(found, "decision")?.to_owned(),
        })
    }

    /// Gives the JSON form.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "kind": KIND,
            "version": VERSION,
            "at": self.moment.at().to_string(),
            "policy": self.policy.to_value(),
            "request": self.request.to_value(),
            "evidence": self.evidence.to_value(),
            "decision": self.decision,
        });
        let (name, presentation) = match std::str::from_utf8(&self.presentation) {
            Ok(text) => ("presentation", text.to_owned()),
            Err(_) => ("presentationBytes", base64url::encode(&self.presentation)),
        };
        if let Some(members) = value.as_object_mut() {
            members.insert(name.to_owned(), presentation.into());
            if self.moment.is_historical() {
                members.insert("historical".to_owned(), true.into());
            }
            if let Some(ending) = &self.ending {
                let ending = json!({ "code": ending.code, "reason": ending.reason });
                members.insert("ending".to_owned(), ending);
            }
        }
        value
    }

    /// The evidence, to be judged anew.
    #[must_use]
    pub fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// The moment that was judged.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.moment.at()
    }

    /// The decision as it was recorded: the exact text of its JSON form. Only [`EvidenceBundle::replay`] says
    /// whether the evidence leads there.
    #[must_use]
    pub fn recorded(&self) -> &str {
        &self.decision
    }

    /// Judges everything again, with the cryptosuites that the host had handed in, and refuses where the host did.
    #[must_use]
    pub fn replay(&self, suites: &dyn Suites) -> Decision {
        let decision = verify_with(
            &self.presentation,
            &self.evidence,
            &self.policy,
            &self.request,
            self.moment,
            suites,
        );
        match &self.ending {
            Some(ending) if ending.code == ROUNDS && decision.code == "evidence.needed" => Decision {
                code: ending.code,
                reason: ending.reason.clone(),
                ..decision
            },
            Some(ending) if decision.allow => decision.refused_at_commit(ending.code, &ending.reason),
            _ => decision,
        }
    }

    /// Judges everything again, and says whether that is the recorded decision, byte for byte.
    #[must_use]
    pub fn holds(&self, suites: &dyn Suites) -> bool {
        let again = self.replay(suites).to_value().to_string();
        self.decision == again
    }
}

fn limits() -> Limits {
    Limits {
        bytes: MOST_BYTES,
        string: MOST_BYTES,
        depth: MOST_DEPTH,
        ..Limits::default()
    }
}

/// The code of a host that gathered evidence in as many rounds as it would.
const ROUNDS: &str = "limit.rounds";

impl Ending {
    fn parse(value: &Value) -> Result<Self, EvidenceError> {
        let found = members(value, "ending", &["code", "reason"])?;
        let row = rejection::explain(text(found, "code")?);
        let row = row.filter(|row| !matches!(row.code, "ok" | "historical"));
        Ok(Self {
            code: row.ok_or(EvidenceError::Malformed("code"))?.code,
            reason: text(found, "reason")?.to_owned(),
        })
    }
}

impl Decision {
    /// The refusal that an allow becomes when what it asks to commit was committed before, or cannot be.
    #[must_use]
    pub fn refused_at_commit(mut self, code: &'static str, detail: &str) -> Self {
        let row = rejection::explain(code);
        self.allow = false;
        self.code = code;
        self.verdict = row.map_or(Verdict::Indeterminate, |row| row.verdict);
        detail.clone_into(&mut self.reason);
        self.commit.clear();
        let step = if code == "replay.presentation" {
            Step::Binding
        } else {
            Step::Constraints
        };
        if let Some(check) = self.checks.iter_mut().find(|check| check.id == step) {
            check.status = CheckStatus::Fail;
            check.code = Some(code);
            detail.clone_into(&mut check.detail);
            check.hint = row.map(|row| row.remedy);
        }
        self
    }
}

#[cfg(test)]
mod tests;
