//! Gathering: ask the verifier, fetch what it still needs, ask again, and commit before the answer leaves.
//!
//! Follows the profile, "Judging". INVARIANT: nothing is fetched but what the verifier names, at most
//! [`GatherLimits::rounds`] times and [`GatherLimits::fetches`] things per decision; and no allow leaves before
//! its commits were applied in one atomic step.

mod checking;
mod fetch;
mod status;

use std::fmt;
use std::sync::Arc;

use chancery_did::{SortedMap, Timestamp};
use chancery_proof::{NoSuites, Suites};
use chancery_trust::Policy;
use chancery_verifier::{
    Call, Decision, Evidence, Failure, Moment, Need, Request, Session, admit_with, stapled_lists, verify_with,
};
use futures::future::join_all;

pub use self::checking::Strangers;
use self::checking::Undecided;
pub(crate) use self::fetch::{STATUS_TYPES, TOKEN_TYPES, token_text};
use self::fetch::{asks_network, is_statement, list_key};
use self::status::{Proven, StatusMemory};
use crate::clock::Clock;
use crate::http::Guarded;
use crate::nonce::{CommitError, Ledger};
use crate::resolver::Resolver;

/// The code of what was not fetched because the decision fetched enough.
const OUT_OF_ROUNDS: &str = "limit.rounds";

/// The code of what was not fetched because the caller did not wish it.
const OFFLINE: &str = "fetch.offline";

/// Why a presentation was not admitted to a session.
#[derive(Debug, thiserror::Error)]
pub enum AdmitError {
    /// The verifier refuses, or still wants evidence that could not be had.
    #[error("{}", .0.reason)]
    Refused(Box<Decision>),
    /// It would be admitted, but was before.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl AdmitError {
    /// The stable code of this refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(decision) => decision.code,
            Self::Commit(error) => error.code(),
        }
    }
}

impl From<Box<Decision>> for AdmitError {
    fn from(decision: Box<Decision>) -> Self {
        Self::Refused(decision)
    }
}

/// How much one decision may fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherLimits {
    /// How often the verifier may ask for more.
    pub rounds: usize,
    /// How many things may be fetched altogether.
    pub fetches: usize,
}

impl Default for GatherLimits {
    fn default() -> Self {
        Self {
            rounds: 4,
            fetches: 32,
        }
    }
}

/// Gathers evidence, decides and commits.
pub struct Gatherer {
    guarded: Guarded,
    clock: Arc<dyn Clock>,
    resolver: Resolver,
    ledger: Arc<dyn Ledger>,
    limits: GatherLimits,
    status: StatusMemory,
    suites: Arc<dyn Suites>,
}

impl Gatherer {
    /// Makes a gatherer that fetches through `guarded` and commits to `ledger`.
    pub fn new(guarded: Guarded, clock: Arc<dyn Clock>, ledger: Arc<dyn Ledger>) -> Self {
        Self::resume(guarded, clock, ledger, SortedMap::new())
    }

    /// Makes a gatherer that remembers the status floors of an earlier run (see [`floors`](Self::floors)).
    pub fn resume(
        guarded: Guarded,
        clock: Arc<dyn Clock>,
        ledger: Arc<dyn Ledger>,
        floors: SortedMap<String, Timestamp>,
    ) -> Self {
        let resolver = Resolver::new(guarded.clone(), Arc::clone(&clock));
        let (limits, status) = (GatherLimits::default(), StatusMemory::new(floors));
        Self {
            guarded,
            clock,
            resolver,
            ledger,
            limits,
            status,
            suites: Arc::new(NoSuites),
        }
    }

    /// Accepts these cryptosuites too, beside those of the core.
    #[must_use]
    pub fn with_suites(self, suites: Arc<dyn Suites>) -> Self {
        Self { suites, ..self }
    }

    /// Sets how much one decision may fetch.
    #[must_use]
    pub fn with_limits(self, limits: GatherLimits) -> Self {
        Self { limits, ..self }
    }

    /// The resolver that finds the documents.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The newest signed time seen of each status list, for keeping over a restart.
    pub fn floors(&self) -> SortedMap<String, Timestamp> {
        self.status.floors()
    }

    /// Decides about one request, gathering whatever the verifier needs.
    pub async fn decide(
        &self,
        presentation: &[u8],
        policy: &Policy,
        request: &Request,
        moment: Moment,
    ) -> Decision {
        self.decide_with(presentation, Evidence::default(), policy, request, moment)
            .await
            .0
    }

    /// Decides, beginning with evidence that is at hand, and gives all the evidence back too.
    pub async fn decide_with(
        &self,
        presentation: &[u8],
        mut evidence: Evidence,
        policy: &Policy,
        request: &Request,
        moment: Moment,
    ) -> (Decision, Evidence) {
        let at = match moment {
            Moment::Now(at) | Moment::Historical(at) => at,
        };
        self.add_known(
            stapled_lists(presentation),
            &mut evidence,
            at,
            policy.max_status_age,
        );
        let judge = |evidence: &Evidence| {
            settled(verify_with(
                presentation,
                evidence,
                policy,
                request,
                moment,
                self.suites.as_ref(),
            ))
        };
        let (outcome, evidence) = self.gather(evidence, policy.max_status_age, at, judge).await;
        let decision = outcome.unwrap_or_else(|undecided| *undecided);
        if matches!(moment, Moment::Now(_)) {
            self.status.learn(&Proven::from(&decision), &evidence, at);
            self.resolver.learn_logs(&decision.did_floors);
        }
        (self.commit(decision, at).await, evidence)
    }

    /// Admits a presentation to a session, gathering whatever that needs; its nonce is used up by this.
    pub async fn admit(
        &self,
        presentation: &[u8],
        policy: &Policy,
        audience: &str,
        nonce: &str,
        at: Timestamp,
    ) -> Result<Session, AdmitError> {
        let judge = |evidence: &Evidence| {
            let suites = Arc::clone(&self.suites);
            admit_with(presentation, evidence, policy, audience, nonce, at, suites)
        };
        let mut evidence = Evidence::default();
        self.add_known(
            stapled_lists(presentation),
            &mut evidence,
            at,
            policy.max_status_age,
        );
        let (outcome, evidence) = self.gather(evidence, policy.max_status_age, at, judge).await;
        let proven = match &outcome {
            Ok(session) => Proven {
                floors: session.status_floors(),
                stapled: session.stapled(),
            },
            Err(refused) => Proven::from(refused.as_ref()),
        };
        self.status.learn(&proven, &evidence, at);
        let session = outcome?;
        self.ledger.commit(session.commit(), at).await?;
        Ok(session)
    }

    /// Decides about one call of a session, gathering whatever that needs.
    pub async fn authorize(
        &self,
        session: &Session,
        policy: &Policy,
        call: &Call,
        at: Timestamp,
    ) -> Decision {
        let judge = |evidence: &Evidence| settled(session.authorize(call, evidence, at));
        let mut evidence = Evidence::default();
        self.add_known(session.stapled_lists(), &mut evidence, at, policy.max_status_age);
        let (outcome, evidence) = self.gather(evidence, policy.max_status_age, at, judge).await;
        let decision = outcome.unwrap_or_else(|undecided| *undecided);
        self.status.learn(&Proven::from(&decision), &evidence, at);
        self.commit(decision, at).await
    }

    /// Adds what is known of the lists that came stapled: the newest time seen of each, and a list that is kept.
    ///
    /// INVARIANT: nobody can staple an older list than was seen here, for of all that are known the newest counts.
    fn add_known(&self, stapled: Vec<Need>, evidence: &mut Evidence, at: Timestamp, max_status_age: i64) {
        let past = self.is_past(at, max_status_age);
        for need in stapled {
            let Some(key) = list_key(&need) else { continue };
            self.status.add_floor(&key, &mut evidence.status_floors);
            let kept = self.status.find(&key, at, max_status_age).filter(|_| !past);
            match (need, kept) {
                (Need::StatusList(url), Some(text)) if !evidence.status_lists.contains_key(&url) => {
                    evidence.status_lists.insert(url, text);
                }
                (Need::TokenStatusList(url), Some(text))
                    if !evidence.token_status_lists.contains_key(&url) =>
                {
                    evidence.token_status_lists.insert(url, text);
                }
                _ => {}
            }
        }
    }

    /// Asks `judge` until it needs nothing more, or may not have more.
    async fn gather<T, U: Undecided>(
        &self,
        evidence: Evidence,
        max_status_age: i64,
        at: Timestamp,
        judge: impl FnMut(&Evidence) -> Result<T, U>,
    ) -> (Result<T, U>, Evidence) {
        self.gather_for(evidence, max_status_age, at, Strangers::Resolve, judge)
            .await
    }

    /// As [`gather`](Self::gather), where documents of strangers may be out of bounds.
    async fn gather_for<T, U: Undecided>(
        &self,
        mut evidence: Evidence,
        max_status_age: i64,
        at: Timestamp,
        strangers: Strangers,
        mut judge: impl FnMut(&Evidence) -> Result<T, U>,
    ) -> (Result<T, U>, Evidence) {
        self.resolver.add_log_floors(&mut evidence);
        let token_lists = evidence
            .token_status_lists
            .keys()
            .map(|url| Evidence::token_floor(url));
        for list in evidence.status_lists.keys().cloned().chain(token_lists) {
            self.status.add_floor(&list, &mut evidence.status_floors);
        }
        let mut left = self.limits.fetches;
        let mut asked: Vec<Need> = Vec::new();
        for _ in 0..self.limits.rounds {
            let undecided = match judge(&evidence) {
                Err(undecided) if !undecided.needs().is_empty() => undecided,
                decided => return (decided, evidence),
            };
            let (again, fresh): (Vec<Need>, Vec<Need>) = undecided
                .needs()
                .iter()
                .cloned()
                .partition(|need| asked.contains(need));
            // What was brought and is still wanted: a registry's answer is no answer, once; a list that is stale
            // at its source stays stale.
            let unanswered = again
                .into_iter()
                .filter(|need| is_statement(need) && evidence.failure(need).is_none());
            let unanswered: Vec<Need> = unanswered.collect();
            if fresh.is_empty() && unanswered.is_empty() {
                return (Err(undecided), evidence);
            }
            let no_answer = |need| Failure {
                need,
                code: "trust.statement_invalid".to_owned(),
            };
            evidence.failures.extend(unanswered.into_iter().map(no_answer));
            asked.extend(fresh.iter().cloned());
            let mut work = Vec::new();
            for need in fresh {
                if !strangers.admit(&need) {
                    let code = OFFLINE.to_owned();
                    evidence.failures.push(Failure { need, code });
                    continue;
                }
                if asks_network(&need) {
                    let Some(rest) = left.checked_sub(1) else {
                        evidence.failures.push(Failure {
                            need,
                            code: OUT_OF_ROUNDS.to_owned(),
                        });
                        continue;
                    };
                    left = rest;
                }
                if let Some(list) = list_key(&need) {
                    self.status.add_floor(&list, &mut evidence.status_floors);
                }
                work.push(self.fetch(need, at, max_status_age));
            }
            for brought in join_all(work).await {
                brought.add_to(&mut evidence);
            }
            self.resolver.add_log_floors(&mut evidence);
        }
        let outcome = judge(&evidence).map_err(|mut undecided| {
            if undecided.code() == "evidence.needed"
                && undecided.needs().iter().any(|need| !asked.contains(need))
            {
                let reason = format!("still undecided after {} rounds of evidence", self.limits.rounds);
                undecided.give_up(OUT_OF_ROUNDS, reason);
            }
            undecided
        });
        (outcome, evidence)
    }

    /// Commits what an allow asks for; a failure turns the allow into a refusal.
    async fn commit(&self, decision: Decision, at: Timestamp) -> Decision {
        if !decision.allow {
            return decision;
        }
        match self.ledger.commit(&decision.commit, at).await {
            Ok(()) => decision,
            Err(error) => decision.refused_at_commit(error.code(), &error.to_string()),
        }
    }
}

impl fmt::Debug for Gatherer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gatherer")
            .field("guarded", &self.guarded)
            .field("resolver", &self.resolver)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Tells a decision that wants evidence from one that stands.
fn settled(decision: Decision) -> Result<Decision, Box<Decision>> {
    if decision.needs.is_empty() {
        Ok(decision)
    } else {
        Err(Box::new(decision))
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod token_lists;
