//! Judging a presentation of any kind: its own proof, holder and occasion, and every credential in it.
//!
//! W3C VC Data Model 2.0, sections 4.13 and 7.1. INVARIANT: a presentation passes only if every credential in
//! it does; what was asked for (challenge, domain) is met exactly; and the report never says allow.

mod judging;
mod open;
mod policy;

use chancery_did::{Did, SortedMap, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

pub use policy::PresentationPolicy;

use crate::credential_check::CredentialReport;
use crate::decision::{Check, Decision, Step, Verdict};
use crate::evidence::Evidence;
use crate::needs::Need;

/// The steps that apply to a presentation by itself.
const STEPS: [Step; 6] = [
    Step::Read,
    Step::Type,
    Step::Key,
    Step::Signature,
    Step::Time,
    Step::Binding,
];

/// Holds what was found about one presentation; whether to trust anybody was not asked.
#[derive(Debug, Clone, PartialEq)]
pub struct PresentationReport {
    /// Whether the presentation and every credential in it hold.
    pub checked: bool,
    /// Valid, invalid, or indeterminate when evidence is missing.
    pub verdict: Verdict,
    /// The stable code; `ok` when all holds.
    pub code: &'static str,
    /// One sentence for a reader, which says that trust was not asked for.
    pub reason: String,
    /// Who presents, as the presentation names them.
    pub holder: Option<String>,
    /// Whether the presentation itself has a proof.
    pub signed: bool,
    /// One check per step that applies to the presentation itself: read, type, key, signature, time, binding.
    pub checks: Vec<Check>,
    /// What was found about each credential, in the order of the presentation; none where the presentation
    /// itself is refused.
    pub credentials: Vec<CredentialReport>,
    /// What would decide it: for the presentation and for all its credentials, each once.
    pub needs: Vec<Need>,
    /// How many signature verifications were done.
    pub signatures: usize,
    /// The signing time of every status list whose signature held here, by URL.
    pub status_floors: SortedMap<String, Timestamp>,
    /// The newest version of every DID log that held here.
    pub did_floors: SortedMap<Did, String>,
}

/// Judges one presentation, and every credential in it, at `at` under a policy.
///
/// `value` is the text of a Data Integrity document, of an unsigned presentation where the policy lets it, of an
/// enveloped presentation object, or of a compact JWS. What is missing is named in the report's `needs`, all of
/// it at once.
#[must_use]
pub fn check_presentation(
    value: &[u8],
    evidence: &Evidence,
    policy: &PresentationPolicy,
    at: Timestamp,
) -> PresentationReport {
    judging::report(value, evidence, policy, at)
}

/// What a presentation calls itself.
#[derive(Debug, Default)]
struct Named {
    holder: Option<String>,
    signed: bool,
}

impl PresentationReport {
    /// Puts together what was found about the presentation itself and about its credentials.
    fn of(named: Named, own: Decision, credentials: Vec<CredentialReport>) -> Self {
        let mut report = Self {
            checked: false,
            verdict: own.verdict,
            code: own.code,
            reason: own.reason,
            holder: named.holder,
            signed: named.signed,
            checks: own
                .checks
                .into_iter()
                .filter(|check| STEPS.contains(&check.id))
                .collect(),
            credentials,
            needs: own.needs,
            signatures: own.signatures,
            status_floors: own.status_floors,
            did_floors: own.did_floors,
        };
        report.weigh();
        report
    }

    /// The worst verdict counts: what is refused before what is undecided, the presentation before its credentials.
    fn weigh(&mut self) {
        for verdict in [Verdict::Invalid, Verdict::Indeterminate] {
            if self.verdict == verdict {
                break;
            }
            let found = self
                .credentials
                .iter()
                .enumerate()
                .find(|(_, credential)| credential.verdict == verdict);
            if let Some((at, credential)) = found {
                self.verdict = verdict;
                self.code = credential.code;
                self.reason = format!("credential {at}: {}", credential.reason);
                break;
            }
        }
        for credential in &self.credentials {
            self.signatures = self.signatures.saturating_add(credential.signatures);
            for need in &credential.needs {
                if !self.needs.contains(need) {
                    self.needs.push(need.clone());
                }
            }
            for (url, signed) in &credential.status_floors {
                let newest = self
                    .status_floors
                    .get(url)
                    .map_or(*signed, |known| *known.max(signed));
                self.status_floors.insert(url.clone(), newest);
            }
            for (did, head) in &credential.did_floors {
                self.did_floors.insert(did.clone(), head.clone());
            }
        }
        self.checked = self.verdict == Verdict::Valid;
        match self.verdict {
            Verdict::Valid => {
                self.reason =
                    "the presentation and every credential in it hold; trust was not asked for".to_owned();
            }
            // What is refused stays refused, whatever evidence came.
            Verdict::Invalid => self.needs.clear(),
            Verdict::Indeterminate => {}
        }
        if !self.reason.ends_with("trust was not asked for") {
            self.reason.push_str("; trust was not asked for");
        }
    }

    /// Gives the JSON form, `{"apiVersion":"chancery.v1","kind":"PresentationReport",...}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "apiVersion": "chancery.v1",
            "kind": "PresentationReport",
            "checked": self.checked,
            "verdict": self.verdict.as_str(),
            "code": self.code,
            "reason": self.reason,
            "trust": "not asked",
            "holder": self.holder,
            "signed": self.signed,
            "checks": self.checks.iter().map(Check::to_value).collect::<Vec<_>>(),
            "credentials": self.credentials.iter().map(CredentialReport::to_value).collect::<Vec<_>>(),
            "needs": self.needs.iter().map(Need::to_value).collect::<Vec<_>>(),
            "signatures": self.signatures,
        })
    }
}

impl Serialize for PresentationReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
