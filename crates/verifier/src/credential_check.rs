//! Judging a single credential of any kind: document rules, proof, time and status, and nothing else.
//!
//! W3C VC Data Model 2.0, sections 4.12 and 7.1. INVARIANT: trust is not asked for, and the report never says
//! allow; no policy turns off document rules, proofs or times.

mod open;
mod pinned;
mod policy;
mod proving;

use chancery_did::{Did, PublicKey, SortedMap, Timestamp};
use chancery_proof::{Limits, ProofInfo};
use chancery_vc::{Credential, StatusError};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

pub use policy::{CredentialPolicy, IssuerRule, Models};

use open::open;
pub(crate) use open::{COSE_SIGN1, Input, accepted};
pub(crate) use proving::{Signers, prove, signers};

use crate::decision::{Check, Decision, Step, Verdict};
use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::{Book, Entry, Halt, KeyRing, ListUse, Lists, Moment, window};

/// The steps that apply to a credential by itself.
const STEPS: [Step; 6] = [
    Step::Read,
    Step::Type,
    Step::Key,
    Step::Signature,
    Step::Time,
    Step::Status,
];

/// Holds what was found about one credential; whether to trust its issuer was not asked.
#[derive(Debug, Clone, PartialEq)]
pub struct CredentialReport {
    /// Whether document rules, proof, time and status all hold.
    pub checked: bool,
    /// Valid, invalid, or indeterminate when evidence is missing.
    pub verdict: Verdict,
    /// The stable code; `ok` when all holds.
    pub code: &'static str,
    /// One sentence for a reader, which says that trust was not asked for.
    pub reason: String,
    /// The credential's issuer, as it names it.
    pub issuer: Option<String>,
    /// The credential's types.
    pub types: Vec<String>,
    /// One check per step that applies: read, type, key, signature, time, status.
    pub checks: Vec<Check>,
    /// What would decide it.
    pub needs: Vec<Need>,
    /// How many signature verifications were done.
    pub signatures: usize,
    /// The signing time of every status list whose signature held here, by URL.
    pub status_floors: SortedMap<String, Timestamp>,
    /// The newest version of every DID log that held here.
    pub did_floors: SortedMap<Did, String>,
}

/// Judges one credential of version 2.0 at `at`, signed by its issuer, with its status; `pinned` is the one key to
/// trust for an issuer that is not a DID. For anything else see [`check_credential_under`].
#[must_use]
pub fn check_credential(
    text: &[u8],
    evidence: &Evidence,
    pinned: Option<&PublicKey>,
    at: Timestamp,
) -> CredentialReport {
    check_credential_under(text, evidence, &CredentialPolicy::core(pinned), at)
}

/// Judges one credential at `at` under a policy.
///
/// `value` is the text of a Data Integrity document, of an enveloped credential object, of a compact JWS or of an
/// SD-JWT, or the bytes of a tagged `COSE_Sign1`. What is missing is named in the report's `needs`.
#[must_use]
pub fn check_credential_under(
    value: &[u8],
    evidence: &Evidence,
    policy: &CredentialPolicy,
    at: Timestamp,
) -> CredentialReport {
    report(Input::Text(value), evidence, policy, at)
}

/// Judges what a text or a presentation holds.
pub(crate) fn report(
    input: Input<'_>,
    evidence: &Evidence,
    policy: &CredentialPolicy,
    at: Timestamp,
) -> CredentialReport {
    let mut book = Book::default();
    let mut named = Named::default();
    let judging = Judging { evidence, policy, at };
    let end = judging.judge(input, &mut book, &mut named);
    let moment = Moment::Now(at);
    let decision = match end {
        Ok(()) => book.allow(Vec::new(), moment),
        Err(halt) => book.halt(halt, moment),
    };
    named.report(decision)
}

/// What a credential calls itself and its issuer.
#[derive(Debug, Default)]
pub(crate) struct Named {
    issuer: Option<String>,
    types: Vec<String>,
}

impl Named {
    pub(crate) fn note(&mut self, credential: &Credential) {
        self.issuer = Some(credential.issuer.clone());
        self.types.clone_from(&credential.types);
    }

    pub(crate) fn report(self, decision: Decision) -> CredentialReport {
        let reason = match decision.verdict {
            Verdict::Valid => {
                "document rules, proof, time and status hold; trust was not asked for".to_owned()
            }
            Verdict::Invalid | Verdict::Indeterminate => {
                format!("{}; trust was not asked for", decision.reason)
            }
        };
        CredentialReport {
            checked: decision.verdict == Verdict::Valid,
            verdict: decision.verdict,
            code: decision.code,
            reason,
            issuer: self.issuer,
            types: self.types,
            checks: decision
                .checks
                .into_iter()
                .filter(|check| STEPS.contains(&check.id))
                .collect(),
            needs: decision.needs,
            signatures: decision.signatures,
            status_floors: decision.status_floors,
            did_floors: decision.did_floors,
        }
    }
}

/// A credential whose proof held, and whose lists are to be looked for under `authority`.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) credential: Credential,
    pub(crate) proofs: Vec<ProofInfo>,
    pub(crate) authority: Did,
    pub(crate) ring: KeyRing,
}

/// What one credential is judged with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judging<'a> {
    pub(crate) evidence: &'a Evidence,
    pub(crate) policy: &'a CredentialPolicy,
    pub(crate) at: Timestamp,
}

impl Judging<'_> {
    fn judge(&self, input: Input<'_>, book: &mut Book, named: &mut Named) -> Result<(), Halt> {
        let limits = Limits::default();
        book.begin(Step::Read);
        let opened = open(input, self.policy, &limits).map_err(|rejection| book.reading(rejection))?;
        let held = match (opened.read, &self.policy.pinned) {
            (Ok(read), pinned) => {
                named.note(read.unverified());
                let a_did = Did::parse(&read.unverified().issuer);
                match (self.policy.issuer, a_did, pinned) {
                    (IssuerRule::Controls, Err(_), Some(key)) => {
                        pinned::held(opened.token.as_deref(), &read, key, &limits, book)?
                    }
                    (_, issuer, _) => self.resolved(&read, issuer.ok(), book)?,
                }
            }
            (Err(rejection), Some(key)) if rejection.code == "key.not_found" && opened.token.is_some() => {
                let token = opened.token.as_deref().unwrap_or_default();
                let held =
                    pinned::token(token, key, &limits, book).map_err(|rejection| book.reading(rejection))?;
                named.note(&held.credential);
                held
            }
            (Err(rejection), _) => return Err(book.reading(rejection)),
        };
        self.rest(&held, book)
    }

    /// Judges what comes after the signature.
    pub(crate) fn rest(&self, held: &Held, book: &mut Book) -> Result<(), Halt> {
        book.begin(Step::Time);
        self.time(held)?;
        book.begin(Step::Status);
        self.status(held, book)
    }

    fn time(&self, held: &Held) -> Result<(), Rejection> {
        let from = held.credential.valid_from.unwrap_or(self.at);
        let until = held.credential.valid_until.unwrap_or(self.at);
        window(from, until, self.policy.skew, self.at)?;
        for proof in &held.proofs {
            proof
                .check_time(self.at, self.policy.skew)
                .map_err(|error| Rejection::new(error.code(), error.to_string()))?;
        }
        Ok(())
    }

    fn status(&self, held: &Held, book: &mut Book) -> Result<(), Halt> {
        if !self.policy.status {
            book.skip("the policy does not ask for status");
            return Ok(());
        }
        let unknown = |pointer: &str, error: &StatusError| {
            let detail = format!("{error} ({})", error.problem_type());
            Rejection::new("status.unknown", detail).pointing(pointer)
        };
        let mut entries: Vec<Entry<'_>> = Vec::new();
        for entry in &held.credential.status {
            let entry = entry
                .as_ref()
                .map_err(|error| unknown("/credentialStatus", error))?;
            entries.push(entry.into());
        }
        if let Some(entry) = &held.credential.token_status {
            let entry = entry.as_ref().map_err(|error| unknown("/status", error))?;
            entries.push(entry.into());
        }
        if entries.is_empty() {
            book.skip("the credential has no status entries");
            return Ok(());
        }
        let uses: Vec<ListUse<'_>> = entries
            .into_iter()
            .map(|entry| ListUse {
                paper: 0,
                entry,
                authority: &held.authority,
                anchored: None,
            })
            .collect();
        let floor = |url: &str| self.evidence.status_floors.get(url).copied();
        let lists = Lists {
            evidence: self.evidence,
            stapled: None,
            ring: &held.ring,
            most_age: self.policy.max_status_age,
            skew: self.policy.skew,
            at: self.at,
            floor: &floor,
            suites: self.policy.suites.as_ref(),
        };
        lists.judge(&uses, book)
    }
}

impl CredentialReport {
    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"CredentialReport",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "apiVersion": "chancery.v1",
            "kind": "CredentialReport",
            "checked": self.checked,
            "verdict": self.verdict.as_str(),
            "code": self.code,
            "reason": self.reason,
            "trust": "not asked",
            "issuer": self.issuer,
            "types": self.types,
            "checks": self.checks.iter().map(Check::to_value).collect::<Vec<_>>(),
            "needs": self.needs.iter().map(Need::to_value).collect::<Vec<_>>(),
            "signatures": self.signatures,
        })
    }
}

impl Serialize for CredentialReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

#[cfg(test)]
mod selective;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wide;
