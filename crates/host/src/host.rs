//! The host: verifiers and sessions under numbers, and the verbs that a host language calls.
//!
//! Profile, "Bundles", "Chain and presentation". INVARIANT: a session answers calls only after what its admission had
//! to commit was committed, and never after its verifier was closed.

use chancery_did::Timestamp;
use chancery_proof::jcs;
use chancery_verifier::{CardReport, Decision, Rejection};
use serde_json::Value;

use crate::answer;
use crate::options::Options;
use crate::sessions::{Admitted, Sessions};
use crate::settle::{self, Settled};
use crate::slab::Slab;
use crate::verifier::Verifier;

/// The most verifiers at a time.
const MOST_VERIFIERS: usize = 1_024;
/// The most bytes that the bundles of all of them may have together.
const MOST_BUNDLES: usize = 64 * 1024 * 1024;
/// The first millisecond of the year 10000.
const END_OF_TIME: i64 = 253_402_300_800_000;

/// Verifiers and sessions, for one host language.
#[derive(Debug)]
pub struct Host {
    verifiers: Slab<Verifier>,
    sessions: Sessions,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// Makes a host that holds nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            verifiers: Slab::new(MOST_VERIFIERS, MOST_BUNDLES),
            sessions: Sessions::new(),
        }
    }

    /// Opens a verifier with a bundle, its expected signer, a policy and its audience: a Verifier, or an Error.
    ///
    /// `options` is `{bundle, signer: {did, thumbprint}, policy, audience, seen?, maxStatusAge?}`: `policy` is a trust
    /// policy as an object or as its JSON text, `seen` the `issuedAt` of the newest bundle that was ever accepted, and
    /// `maxStatusAge` (milliseconds) can only lower the policy's. Every `at` is the time in milliseconds since 1970.
    pub fn open(&mut self, options: &str, at: i64) -> String {
        answer::or_error(self.opened(options, at))
    }

    fn opened(&mut self, options: &str, at: i64) -> Result<Value, Rejection> {
        let at = moment(at)?;
        let full = || Rejection::new("host.full", "no verifier more can be opened");
        if !self.verifiers.has_room(options.len()) {
            return Err(full());
        }
        let verifier = Verifier::open(Options::parse(options)?, at)?;
        let size = verifier.size();
        let handle = self.verifiers.insert(verifier, size).ok_or_else(full)?;
        self.described(handle)
    }

    fn described(&self, handle: u32) -> Result<Value, Rejection> {
        let verifier = self.verifiers.get(handle).ok_or_else(unknown)?;
        Ok(verifier.to_value(handle))
    }

    /// Takes a later bundle, or a change of the one at hand: the Verifier anew, or an Error; then the old one stays.
    pub fn refresh(&mut self, verifier: u32, token: &str, at: i64) -> String {
        answer::or_error(self.refreshed(verifier, token, at))
    }

    fn refreshed(&mut self, handle: u32, token: &str, at: i64) -> Result<Value, Rejection> {
        let at = moment(at)?;
        let verifier = self.verifiers.get_mut(handle).ok_or_else(unknown)?;
        verifier.refresh(token, at)?;
        let size = verifier.size();
        self.verifiers.resize(handle, size);
        self.described(handle)
    }

    /// Decides about one call: a Decision, which names in `commit` what has to be settled before anybody acts.
    ///
    /// `request` is `{nonce, tool, args?}` or `{nonce, action, resource, arguments?, facts?}`; `evidence` is the JSON
    /// text of more evidence, or empty.
    pub fn verify(
        &mut self,
        verifier: u32,
        presentation: &str,
        request: &str,
        evidence: &str,
        at: i64,
    ) -> String {
        self.decided(verifier, at, |verifier, at| {
            verifier.verify(presentation, request, evidence, at)
        })
    }

    /// As [`Host::verify`], of an HTTP request that carries the presentation in `Authorization: Chancery ..`.
    ///
    /// `request` is `{method, url, headers: [[name, value], ..]}` with the members of a call beside.
    pub fn verify_request(&mut self, verifier: u32, request: &str, evidence: &str, at: i64) -> String {
        self.decided(verifier, at, |verifier, at| {
            verifier.verify_request(request, evidence, at)
        })
    }

    fn decided(
        &mut self,
        handle: u32,
        at: i64,
        judge: impl FnOnce(&mut Verifier, Timestamp) -> Result<Decision, Rejection>,
    ) -> String {
        let Some(verifier) = self.verifiers.get_mut(handle) else {
            return jcs::text(&answer::error(&unknown()));
        };
        match moment(at) {
            Ok(at) => answer::decided(judge(verifier, at), at),
            Err(rejection) => answer::decided(Err(rejection), Timestamp::from_millis(0)),
        }
    }

    /// Admits a presentation to a session of many calls: an Admission, or the Decision that refuses.
    ///
    /// `options` is `{nonce}`. The session answers no call before the Admission is settled as `applied`. An agent that
    /// is admitted more often than its share allows loses its oldest session.
    pub fn admit(
        &mut self,
        verifier: u32,
        presentation: &str,
        options: &str,
        evidence: &str,
        at: i64,
    ) -> String {
        let Some(known) = self.verifiers.get_mut(verifier) else {
            return jcs::text(&answer::error(&unknown()));
        };
        let at = match moment(at) {
            Ok(at) => at,
            Err(rejection) => return answer::decided(Err(rejection), Timestamp::from_millis(0)),
        };
        let session = match known.admit(presentation, options, evidence, at) {
            Ok(Ok(session)) => session,
            Ok(Err(decision)) => return answer::decided(Ok(*decision), at),
            Err(rejection) => return answer::decided(Err(rejection), at),
        };
        let settled = session.commit().is_empty();
        let admitted = Admitted {
            session,
            verifier,
            settled,
        };
        let handle = self.sessions.admit(admitted, presentation.len(), at);
        match handle.and_then(|handle| Some((handle, self.sessions.get(handle)?))) {
            Some((handle, held)) => jcs::text(&answer::admission(handle, &held.session)),
            None => {
                let full = Rejection::new("host.full", "no session more can be opened");
                answer::decided(Err(full), at)
            }
        }
    }

    /// Decides about one call of a session: a Decision.
    ///
    /// `call` is `{tool, args?}` or `{action, resource, arguments?, facts?}`.
    pub fn authorize(&mut self, session: u32, call: &str, evidence: &str, at: i64) -> String {
        let Some(held) = self.sessions.get(session) else {
            return jcs::text(&answer::error(&unknown()));
        };
        let (admitted, settled) = (&held.session, held.settled);
        let Some(verifier) = self.verifiers.get_mut(held.verifier) else {
            return jcs::text(&answer::error(&unknown()));
        };
        let decision = moment(at).and_then(|at| {
            if !settled {
                let detail = "the admission was not settled";
                return Err(Rejection::new("commit.unavailable", detail));
            }
            verifier.authorize(admitted, call, evidence, at)
        });
        let at = moment(at).unwrap_or(Timestamp::from_millis(0));
        answer::decided(decision, at)
    }

    /// Says what became of the `commit` of an answer that allows: the answer itself where it was applied, else the
    /// Decision that denies.
    ///
    /// `outcome` is `applied`, `seen` (it was committed before), `none` (nothing commits here), or anything else for
    /// a commit that failed. The session of an Admission that is denied here is gone.
    pub fn settle(&mut self, answer: &str, outcome: &str) -> String {
        answer::or_text(settle::settle(answer, outcome).and_then(|settled| match settled {
            Settled::AsItWas => Ok(answer.to_owned()),
            Settled::Admitted(session) => {
                self.sessions.get_mut(session).ok_or_else(unknown)?.settled = true;
                Ok(answer.to_owned())
            }
            Settled::Denied { decision, session } => {
                if let Some(session) = session {
                    self.sessions.end(session);
                }
                Ok(jcs::text(&decision))
            }
        }))
    }

    /// Ends a session; one that is not there has ended.
    pub fn end(&mut self, session: u32) {
        self.sessions.end(session);
    }

    /// Closes a verifier and ends its sessions.
    pub fn close(&mut self, verifier: u32) {
        if self.verifiers.remove(verifier).is_some() {
            self.sessions.end_where(|held| held.verifier == verifier);
        }
    }

    /// Gives the DID document that the evidence has of a DID: the document itself, or an Error.
    #[must_use]
    pub fn resolve(&self, verifier: u32, did: &str, at: i64) -> String {
        answer::or_error(moment(at).and_then(|at| {
            let verifier = self.verifiers.get(verifier).ok_or_else(unknown)?;
            verifier.resolve(did, at).map(|document| document.to_value())
        }))
    }

    /// Judges a signed A2A agent card: a CardReport, or an Error for an unknown handle.
    pub fn verify_card(&mut self, verifier: u32, card: &str, at: i64) -> String {
        let Some(verifier) = self.verifiers.get(verifier) else {
            return jcs::text(&answer::error(&unknown()));
        };
        let report = moment(at).and_then(|at| verifier.verify_card(card, at));
        let report = report.unwrap_or_else(|rejection| CardReport::unjudged(&rejection));
        jcs::text(&report.to_value())
    }
}

/// The time that the host language says it is.
fn moment(at: i64) -> Result<Timestamp, Rejection> {
    if (0..END_OF_TIME).contains(&at) {
        return Ok(Timestamp::from_millis(at));
    }
    Err(Rejection::new(
        "host.clock",
        "the time is not between 1970 and 9999",
    ))
}

fn unknown() -> Rejection {
    Rejection::new("host.unknown_handle", "nothing is held under this number")
}

#[cfg(test)]
mod tests;
