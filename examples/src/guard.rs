//! The guard of a service: every call is judged by the service's own policy before anything happens.
//!
//! Follows `docs/profile.md`, "Judging": the facts come from the call's arguments through the policy's tools, the
//! nonce is one that this guard gave out, and what an allow uses up is used up before the allow is returned.
//! INVARIANT: one presentation is good for one allowed call; the guard knows no other way to allow.

mod layer;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chancery::{Clock, Gatherer, Guarded, MemoryLedger};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, Moment, Request};
use serde_json::Value;

pub use self::layer::{GuardLayer, GuardedService};

/// The most nonces that are outstanding at a time; the oldest are forgotten first.
const MOST_NONCES: usize = 1_024;

/// Judges the calls of one service.
#[derive(Debug)]
pub struct Guard {
    gatherer: Gatherer,
    policy: Policy,
    evidence: Evidence,
    draw: fn() -> String,
    nonces: Mutex<VecDeque<String>>,
    clock: Time,
}

struct Time(Arc<dyn Clock>);

/// What came with a call: a presentation, and the nonce that it says it answers.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The presentation's text.
    pub presentation: &'a [u8],
    /// A nonce of this guard's.
    pub nonce: &'a str,
}

/// Why a call was not even judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unjudged {
    /// The stable code.
    pub code: &'static str,
    /// What was wrong, for people.
    pub detail: String,
}

impl Guard {
    /// Makes a guard from the verifier's own policy, evidence that is at hand, and a clock; `draw` draws nonces.
    ///
    /// This one asks nobody: with a [`Guarded`] that may, the gatherer fetches what the evidence lacks.
    #[must_use]
    pub fn new(policy: Policy, evidence: Evidence, clock: Arc<dyn Clock>, draw: fn() -> String) -> Self {
        let ledger = Arc::new(MemoryLedger::default());
        Self {
            gatherer: Gatherer::new(Guarded::offline(), Arc::clone(&clock), ledger),
            policy,
            evidence,
            draw,
            nonces: Mutex::default(),
            clock: Time(clock),
        }
    }

    /// Gives out a nonce, which a presentation has to answer.
    pub fn challenge(&self) -> String {
        let nonce = (self.draw)();
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        if nonces.len() >= MOST_NONCES {
            nonces.pop_front();
        }
        nonces.push_back(nonce.clone());
        nonce
    }

    /// Judges a call of one of the policy's tools; an allow has used its nonce up.
    pub async fn judge(&self, shown: Shown<'_>, tool: &str, arguments: Value) -> Result<Decision, Unjudged> {
        if !self.gave(shown.nonce) {
            return Err(Unjudged::new(
                "auth.required",
                "the nonce is none of this service's",
            ));
        }
        let request = Request::for_tool(&self.policy, tool, arguments, &self.policy.audience, shown.nonce);
        let request = request.map_err(|error| Unjudged::new(error.code(), error.to_string()))?;
        let now = Moment::Now(self.clock.0.now());
        let evidence = self.evidence.clone();
        let judged = self
            .gatherer
            .decide_with(shown.presentation, evidence, &self.policy, &request, now);
        Ok(judged.await.0)
    }

    fn gave(&self, nonce: &str) -> bool {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.iter().any(|given| given == nonce)
    }
}

impl Unjudged {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self { code, detail }
    }
}

impl std::fmt::Debug for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Time")
    }
}
