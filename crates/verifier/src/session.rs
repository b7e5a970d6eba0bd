//! A conversation of many calls: admitted once, authorized each time.
//!
//! Profile, "Chain and presentation". INVARIANT: a session lives at most 15 minutes, and every call
//! rechecks recognition, time, status age and constraints; a presentation is never reused as a bearer
//! token.

use std::collections::BTreeMap;

use chancery_did::Timestamp;
use chancery_trust::Policy;
use chancery_vc::capability::{Action, Resource};
use chancery_vc::constraint::Fact;
use serde_json::Value;

use crate::commit::Commit;
use crate::decision::{Decision, Step};
use crate::evidence::Evidence;
use crate::rejection::Rejection;
use crate::request::Request;
use crate::verify::{self, Asked, Book, Expected, Frame, Halt, Moment, Papers, Verified};

/// The longest life of a session, in milliseconds.
const MOST_LIFE: i64 = 900_000;

/// One call within a session: what is asked, without audience and nonce, which the session has.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The action.
    pub action: Action,
    /// The resource, a concrete URI.
    pub resource: Resource,
    /// The call's arguments, where there are any.
    pub arguments: Option<Value>,
    /// The facts that constraints are judged by.
    pub facts: BTreeMap<String, Fact>,
}

impl From<&Request> for Call {
    fn from(request: &Request) -> Call {
        Call {
            action: request.action.clone(),
            resource: request.resource.clone(),
            arguments: request.arguments.clone(),
            facts: request.facts.clone(),
        }
    }
}

/// Holds an admitted presentation, the policy that admitted it, and its end.
#[derive(Debug, Clone)]
pub struct Session {
    papers: Verified<Papers>,
    policy: Policy,
    audience: String,
    admitted_at: Timestamp,
    expires_at: Timestamp,
    commit: Vec<Commit>,
    signatures: usize,
}

/// Admits a presentation for `audience` and `nonce`: every step but the request's own constraints.
///
/// An issuer that the policy knows through a registry alone cannot be admitted, for a registry is asked
/// about a concrete action and resource: judge such calls one by one. The host commits
/// [`Session::commit`] before it opens the session.
///
/// # Errors
/// The [`Decision`] that refuses or that names what is needed.
pub fn admit(
    presentation: &[u8],
    evidence: &Evidence,
    policy: &Policy,
    audience: &str,
    nonce: &str,
    at: Timestamp,
) -> Result<Session, Box<Decision>> {
    let moment = Moment::Now(at);
    let frame = Frame {
        evidence,
        policy,
        moment,
    };
    let mut book = Book::default();
    match verify::admit(
        &mut book,
        presentation,
        &frame,
        &Expected { audience, nonce },
        None,
    ) {
        Err(halt) => Err(Box::new(book.halt(halt, moment))),
        Ok(papers) => {
            let end = at.saturating_add_millis(MOST_LIFE);
            let papers_end = papers
                .value()
                .values()
                .iter()
                .map(|paper| paper.valid_until)
                .min();
            Ok(Session {
                commit: verify::commit(&papers, policy),
                papers,
                policy: policy.clone(),
                audience: audience.to_owned(),
                admitted_at: at,
                expires_at: papers_end.map_or(end, |papers| papers.min(end)),
                signatures: book.signatures(),
            })
        }
    }
}

impl Session {
    /// When the session ends by itself.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// What the host must commit, once, before it opens the session.
    #[must_use]
    pub fn commit(&self) -> &[Commit] {
        &self.commit
    }

    /// How many signature verifications admission took.
    #[must_use]
    pub fn signatures(&self) -> usize {
        self.signatures
    }

    /// Decides one call at `at`, with evidence that may be fresher than the one of admission.
    #[must_use]
    pub fn authorize(&self, call: &Call, evidence: &Evidence, at: Timestamp) -> Decision {
        let moment = Moment::Now(at);
        let frame = Frame {
            evidence,
            policy: &self.policy,
            moment,
        };
        let mut book = Book::default();
        let asked = Asked::from(call);
        let end = self
            .open(&mut book, at)
            .and_then(|()| verify::recheck(&mut book, &self.papers, &frame, &asked))
            .and_then(|()| verify::authorize(&mut book, &self.papers, &frame, &asked, &self.audience));
        book.until(Some(self.expires_at));
        match end {
            Ok(()) => book.allow(Vec::new(), moment),
            Err(halt) => book.halt(halt, moment),
        }
    }

    fn open(&self, book: &mut Book, at: Timestamp) -> Result<(), Halt> {
        let refused = |code, detail: String| Err(Rejection::new(code, detail).into());
        if at >= self.expires_at {
            book.begin(Step::Time);
            return refused(
                "time.expired",
                format!("the session ended at {}", self.expires_at),
            );
        }
        if at
            < self
                .admitted_at
                .saturating_add_millis(self.policy.skew.saturating_neg())
        {
            book.begin(Step::Time);
            return refused(
                "time.not_yet_valid",
                format!("the session began at {}", self.admitted_at),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chancery_vc::StatusPurpose;

    use super::*;
    use crate::cast::{
        GLOBEX, REVOKED, SUSPENDED, Scene, Who, anchor, berlin, facts, later, list, now, refuses,
    };

    fn admitted(scene: &Scene) -> Session {
        let text = scene.presentation();
        admit(
            text.as_bytes(),
            &scene.evidence,
            &scene.policy,
            GLOBEX,
            "nonce-1",
            now(),
        )
        .unwrap()
    }

    fn call(amount: &str) -> Call {
        let mut call = Call::from(&Scene::delegated().request);
        call.facts = facts(amount);
        call
    }

    /// Evidence with lists of `at` and the zone's offset then.
    fn evidence(at: Timestamp, revoked: &[u64]) -> Evidence {
        let mut evidence = crate::cast::evidence();
        for (url, purpose, set) in [
            (REVOKED, StatusPurpose::Revocation, revoked),
            (SUSPENDED, StatusPurpose::Suspension, &[][..]),
        ] {
            evidence
                .status_lists
                .insert(url.into(), list(url, purpose, Who::AcmeStatus, at, set));
        }
        evidence.zone_offsets = vec![berlin(at)];
        evidence
    }

    #[test]
    fn calls_within_a_session_are_judged_one_by_one() {
        let session = admitted(&Scene::delegated());
        assert_eq!(session.commit().len(), 1);
        assert_eq!(session.signatures(), 7);
        // The presentation has ended by then; the session has not.
        let at = later(600);
        let decision = session.authorize(&call("35.00"), &evidence(at, &[]), at);
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
        assert!(decision.commit.is_empty());
        assert_eq!(decision.signatures, 2, "the lists, and nothing else");
        assert_eq!(decision.expires_at, Some(later(900)));
        refuses(
            &session.authorize(&call("60.00"), &evidence(at, &[]), at),
            "constraint.amount",
        );
    }

    #[test]
    fn a_session_ends_after_fifteen_minutes() {
        let session = admitted(&Scene::delegated());
        assert_eq!(session.expires_at(), later(900));
        for seconds in [900, 901, 100_000] {
            let at = later(seconds);
            refuses(
                &session.authorize(&call("35.00"), &evidence(at, &[]), at),
                "time.expired",
            );
        }
        refuses(
            &session.authorize(&call("35.00"), &evidence(now(), &[]), later(-61)),
            "time.not_yet_valid",
        );
    }

    #[test]
    fn a_session_ends_with_its_papers() {
        let mut scene = Scene::delegated();
        scene.chain[1].0["validUntil"] = serde_json::json!(later(300).to_string());
        assert_eq!(admitted(&scene).expires_at(), later(300));
    }

    #[test]
    fn a_revocation_is_felt_within_a_session() {
        let session = admitted(&Scene::delegated());
        let at = later(10);
        refuses(
            &session.authorize(&call("35.00"), &evidence(at, &[100]), at),
            "status.revoked",
        );
    }

    #[test]
    fn stale_status_is_felt_within_a_session() {
        let session = admitted(&Scene::delegated());
        let at = later(400);
        let mut old = evidence(at, &[]);
        old.status_lists = crate::cast::evidence().status_lists;
        let decision = session.authorize(&call("35.00"), &old, at);
        refuses(&decision, "status.stale");
        assert_eq!(decision.needs.len(), 2);
    }

    #[test]
    fn what_does_not_hold_is_not_admitted() {
        let scene = Scene::delegated();
        let text = scene.presentation();
        let admit = |text: &str, audience: &str, nonce: &str| {
            admit(
                text.as_bytes(),
                &scene.evidence,
                &scene.policy,
                audience,
                nonce,
                now(),
            )
        };
        refuses(&admit(&text, GLOBEX, "nonce-2").unwrap_err(), "binding.nonce");
        refuses(
            &admit(&text, "https://x.example", "nonce-1").unwrap_err(),
            "binding.audience",
        );
        refuses(
            &admit(&text, GLOBEX, "").unwrap_err(),
            "binding.expectation_missing",
        );
        refuses(&admit("{}", GLOBEX, "nonce-1").unwrap_err(), "signature.missing");
    }

    #[test]
    fn an_issuer_known_by_recognition_alone_is_not_admitted() {
        let mut scene = Scene::delegated();
        let mut any = anchor(Who::Acme);
        any.issuer = None;
        any.recognized_by = Some("initech".into());
        scene.policy.anchors = vec![any];
        let text = scene.presentation();
        let end = admit(
            text.as_bytes(),
            &scene.evidence,
            &scene.policy,
            GLOBEX,
            "nonce-1",
            now(),
        );
        refuses(&end.unwrap_err(), "trust.not_recognized");
    }
}
