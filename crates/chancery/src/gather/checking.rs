//! Gathering for a credential or a presentation by itself, which nobody vouches for.
//!
//! Follows the profile, "Judging", as far as it goes: status lists are wanted only once a proof held. Who signed is
//! a stranger here, so INVARIANT: a stranger's DID document is fetched only where the caller wishes it, and always
//! through the guarded client; and no list that a stranger vouches for is remembered, or it could pass for an
//! authority's own under the same address.

use chancery_did::Timestamp;
use chancery_verifier::{
    CredentialPolicy, CredentialReport, Decision, Evidence, Need, PresentationPolicy, PresentationReport,
    check_credential_under, check_presentation,
};

use super::Gatherer;

/// What is done about DIDs of strangers whose documents have to be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strangers {
    /// Their documents are fetched, as everything is: guarded and bounded.
    Resolve,
    /// Nothing is fetched for them; DIDs that say their key themselves still hold.
    Refuse,
}

impl Strangers {
    /// Whether a need may be met.
    pub(super) fn admit(self, need: &Need) -> bool {
        self == Self::Resolve || !matches!(need, Need::Document(_))
    }
}

/// What a judgement that wants evidence says.
pub(super) trait Undecided {
    /// What it wants.
    fn needs(&self) -> &[Need];
    /// Under which code it stands.
    fn code(&self) -> &'static str;
    /// Ends the asking.
    fn give_up(&mut self, code: &'static str, reason: String);
}

impl Undecided for Box<Decision> {
    fn needs(&self) -> &[Need] {
        &self.needs
    }
    fn code(&self) -> &'static str {
        self.code
    }
    fn give_up(&mut self, code: &'static str, reason: String) {
        (self.code, self.reason) = (code, reason);
    }
}

impl Undecided for Box<CredentialReport> {
    fn needs(&self) -> &[Need] {
        &self.needs
    }
    fn code(&self) -> &'static str {
        self.code
    }
    fn give_up(&mut self, code: &'static str, reason: String) {
        (self.code, self.reason) = (code, reason);
    }
}

impl Undecided for Box<PresentationReport> {
    fn needs(&self) -> &[Need] {
        &self.needs
    }
    fn code(&self) -> &'static str {
        self.code
    }
    fn give_up(&mut self, code: &'static str, reason: String) {
        (self.code, self.reason) = (code, reason);
    }
}

impl Gatherer {
    /// Judges one credential, beginning with evidence that is at hand and gathering whatever more that needs.
    ///
    /// Nothing is committed, for nothing is allowed.
    pub async fn check_credential(
        &self,
        value: &[u8],
        evidence: Evidence,
        policy: &CredentialPolicy,
        strangers: Strangers,
        at: Timestamp,
    ) -> CredentialReport {
        let judge = |evidence: &Evidence| {
            let report = check_credential_under(value, evidence, policy, at);
            if report.needs.is_empty() {
                Ok(report)
            } else {
                Err(Box::new(report))
            }
        };
        let (outcome, _) = self
            .gather_for(evidence, policy.max_status_age, at, strangers, judge)
            .await;
        let report = outcome.unwrap_or_else(|undecided| *undecided);
        self.resolver.learn_logs(&report.did_floors);
        report
    }

    /// As [`check_credential`](Self::check_credential), for a presentation and every credential in it.
    pub async fn check_presentation(
        &self,
        value: &[u8],
        evidence: Evidence,
        policy: &PresentationPolicy,
        strangers: Strangers,
        at: Timestamp,
    ) -> PresentationReport {
        let judge = |evidence: &Evidence| {
            let report = check_presentation(value, evidence, policy, at);
            if report.needs.is_empty() {
                Ok(report)
            } else {
                Err(Box::new(report))
            }
        };
        let age = policy.credential.max_status_age;
        let (outcome, _) = self.gather_for(evidence, age, at, strangers, judge).await;
        let report = outcome.unwrap_or_else(|undecided| *undecided);
        self.resolver.learn_logs(&report.did_floors);
        report
    }
}

#[cfg(test)]
mod tests;
