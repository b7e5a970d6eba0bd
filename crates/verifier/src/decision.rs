//! What the verifier says: allow or not, with every check, and what the verdict rests on.
//!
//! Profile, "Judging". INVARIANT: `allow` implies verdict valid, code `ok`, a moment of now and no
//! needs; only an indeterminate decision has needs; `agent` and `principal` are named only when the
//! signatures of their papers held.

mod json;
mod unjudged;

use std::fmt;

use chancery_did::{Did, SortedMap, Timestamp};
use chancery_proof::Digest;
use chancery_vc::PaperType;
use serde_json::Value;

use crate::commit::Commit;
use crate::needs::Need;

/// Holds the answer to one request.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// Whether the host may act, once it has committed.
    pub allow: bool,
    /// Whether the papers hold.
    pub verdict: Verdict,
    /// The stable code: `ok`, or that of the first check that did not pass.
    pub code: &'static str,
    /// One sentence for a reader.
    pub reason: String,
    /// The instance that presented, when its papers' signatures held.
    pub agent: Option<Did>,
    /// Who answers for it, when its papers' signatures held.
    pub principal: Option<Principal>,
    /// The chain from the root, from the step on that could read it as one.
    pub chain: Vec<Hop>,
    /// The constraints of the cited path and of the grant, all of which must permit.
    pub effective: Vec<HopConstraint>,
    /// One check per step, in the order of the profile.
    pub checks: Vec<Check>,
    /// When this decision ceases to hold by itself.
    pub expires_at: Option<Timestamp>,
    /// The oldest signing time among the status lists that were relied on.
    pub status_as_of: Option<Timestamp>,
    /// The signing time of every status list whose signature held here, by URL: the host remembers the
    /// newest, and brings it back as a floor.
    pub status_floors: SortedMap<String, Timestamp>,
    /// The newest version of every DID log that held here: the host remembers it, and brings it back as a
    /// floor.
    pub did_floors: SortedMap<Did, String>,
    /// The texts of the stapled status lists that counted here, by the key of their floor: what the host may keep
    /// as if it had fetched it. Not part of the JSON form: the presentation has them.
    pub stapled: SortedMap<String, String>,
    /// What was relied on, by digest.
    pub evidence: Vec<Reliance>,
    /// What the host must commit in one atomic step before it acts.
    pub commit: Vec<Commit>,
    /// What the first undecided step wants.
    pub needs: Vec<Need>,
    /// Whether the moment judged was another than now; such a decision never allows.
    pub historical: bool,
    /// How many signature verifications were done.
    pub signatures: usize,
}

/// Says whether the papers hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Every paper holds; the request may still lie outside of them.
    Valid,
    /// A paper does not hold.
    Invalid,
    /// Evidence, state or an approval is missing or stale.
    Indeterminate,
}

/// Names who answers for the agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The authority that signed the presenting agent's passport; where the chain crosses organizations this is
    /// another than its root's issuer, which is that of the first hop.
    pub authority: Did,
    /// The human or team that this passport names, unless it is withheld.
    pub owner: Option<String>,
}

/// Holds one paper of the chain and what it narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who signed it.
    pub issuer: Did,
    /// To whom.
    pub subject: Did,
    /// What kind of paper it is.
    pub paper_type: PaperType,
    /// The digest of the exact paper.
    pub digest: Digest,
    /// What the cited entry gives (at the root) or takes away (below), one line each.
    pub narrowed: Vec<String>,
    /// Whether its signature held.
    pub proven: bool,
}

/// Names where in the conjunction something stands: a paper of the chain, or the verifier's grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HopRef {
    /// The paper at this place of the presentation, counted from 0; the chain comes first.
    Paper(usize),
    /// The verifier's own grant.
    Grant,
}

/// Holds one constraint of the conjunction and the hop that put it there.
#[derive(Debug, Clone, PartialEq)]
pub struct HopConstraint {
    /// The hop.
    pub hop: HopRef,
    /// The constraint's JSON form.
    pub constraint: Value,
}

/// Holds the outcome of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Which step.
    pub id: Step,
    /// How it ended.
    pub status: CheckStatus,
    /// The code, unless it passed or was not reached.
    pub code: Option<&'static str>,
    /// The JSON pointer of what was wrong, where one place can be named.
    pub pointer: Option<String>,
    /// The hop that was wrong.
    pub hop: Option<HopRef>,
    /// What was found.
    pub detail: String,
    /// What would help.
    pub hint: Option<&'static str>,
}

/// Names the eleven steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// 1: sizes, strict JSON, structure, schema version.
    Read,
    /// 2: typ, media type, credential types.
    Type,
    /// 3: the chain as such, offline.
    Link,
    /// 4: who may issue, under the policy.
    Trust,
    /// 5: documents and keys of trusted or linked issuers.
    Key,
    /// 6: every proof.
    Signature,
    /// 7: validity at the moment judged.
    Time,
    /// 8: holder, audience, nonce.
    Binding,
    /// 9: every status entry.
    Status,
    /// 10: attestation, when asked.
    Attestation,
    /// 11: the conjunction against the request.
    Constraints,
}

/// Says how a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckStatus {
    /// It held.
    Pass,
    /// It did not hold, or could not be decided.
    Fail,
    /// It was not reached, or nothing asked for it.
    Skip,
    /// It would hold, were its evidence fresh enough.
    Stale,
}

/// Names one text that the decision relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reliance {
    /// `presentation`, `paper`, `document`, `statusList` or `trustStatement`.
    pub kind: &'static str,
    /// The DID, URL or id under which it is known.
    pub id: String,
    /// The SHA-256 multihash of its exact text, or a paper's digest.
    pub digest: Digest,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Step; 11] = [
        Step::Read,
        Step::Type,
        Step::Link,
        Step::Trust,
        Step::Key,
        Step::Signature,
        Step::Time,
        Step::Binding,
        Step::Status,
        Step::Attestation,
        Step::Constraints,
    ];

    /// Gives the step's id as it stands in a decision.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Read => "read",
            Step::Type => "type",
            Step::Link => "link",
            Step::Trust => "trust",
            Step::Key => "key",
            Step::Signature => "signature",
            Step::Time => "time",
            Step::Binding => "binding",
            Step::Status => "status",
            Step::Attestation => "attestation",
            Step::Constraints => "constraints",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl CheckStatus {
    /// Gives the status as it stands in a decision.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            CheckStatus::Pass => "pass",
            CheckStatus::Fail => "fail",
            CheckStatus::Skip => "skip",
            CheckStatus::Stale => "stale",
        }
    }
}

impl Verdict {
    /// Gives the verdict as it stands in a decision.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Indeterminate => "indeterminate",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for HopRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HopRef::Paper(index) => write!(f, "{index}"),
            HopRef::Grant => f.write_str("grant"),
        }
    }
}

impl Decision {
    /// Gives the check of one step.
    #[must_use]
    pub fn check(&self, step: Step) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == step)
    }
}
