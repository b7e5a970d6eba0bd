//! A conversation of many calls: admitted once, authorized each time.
//!
//! Profile, "Chain and presentation". INVARIANT: a session lives at most 15 minutes, and every call
//! rechecks recognition, announced keys, time, status age and constraints; a presentation is never reused as
//! a bearer token, and no call relies on an older status list than admission did.

use std::sync::Arc;

use chancery_did::{Did, SortedMap, Timestamp};
use chancery_proof::{NoSuites, Suites};
use chancery_trust::Policy;
use chancery_vc::capability::{Action, Resource};
use chancery_vc::constraint::Fact;
use serde_json::Value;

use crate::commit::Commit;
use crate::decision::{Decision, Step};
use crate::evidence::Evidence;
use crate::needs::Need;
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
    pub facts: SortedMap<String, Fact>,
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
    status_floors: SortedMap<String, Timestamp>,
    stapled: SortedMap<String, String>,
    suites: Arc<dyn Suites>,
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
    admit_with(
        presentation,
        evidence,
        policy,
        audience,
        nonce,
        at,
        Arc::new(NoSuites),
    )
}

/// As [`admit`], with the cryptosuites that the host hands in, which the session keeps.
///
/// # Errors
/// As [`admit`].
pub fn admit_with(
    presentation: &[u8],
    evidence: &Evidence,
    policy: &Policy,
    audience: &str,
    nonce: &str,
    at: Timestamp,
    suites: Arc<dyn Suites>,
) -> Result<Session, Box<Decision>> {
    let moment = Moment::Now(at);
    let frame = Frame {
        evidence,
        policy,
        moment,
        seen: None,
        suites: suites.as_ref(),
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
            let signatures = book.signatures();
            let (status_floors, stapled) = book.into_lists();
            Ok(Session {
                commit: verify::commit(&papers, policy),
                expires_at: papers.value().end().map_or(end, |papers| papers.min(end)),
                papers,
                policy: policy.clone(),
                audience: audience.to_owned(),
                admitted_at: at,
                signatures,
                status_floors,
                stapled,
                suites,
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

    /// The instance that was admitted.
    #[must_use]
    pub fn agent(&self) -> &Did {
        &self.papers.value().presentation.value().holder
    }

    /// What admission found: agent, principal, chain, and what to commit. It allows no call.
    #[must_use]
    pub fn admission(&self) -> Decision {
        let mut book = Book::default();
        book.held(&[
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
        ]);
        book.retrace(self.papers.value());
        book.until(Some(self.expires_at));
        Decision {
            allow: false,
            reason: "the presentation is admitted; each call is judged by itself".to_owned(),
            status_floors: self.status_floors.clone(),
            signatures: self.signatures,
            ..book.allow(self.commit.clone(), Moment::Now(self.admitted_at))
        }
    }

    /// The signing time of every status list that admission proved, by URL: the host remembers the newest, and
    /// the session itself relies on no older one.
    #[must_use]
    pub fn status_floors(&self) -> &SortedMap<String, Timestamp> {
        &self.status_floors
    }

    /// The stapled status lists that counted at admission, by the key of their floor (see [`Decision::stapled`]).
    #[must_use]
    pub fn stapled(&self) -> &SortedMap<String, String> {
        &self.stapled
    }

    /// The status lists that came stapled with the admitted presentation, as the needs that they may meet.
    #[must_use]
    pub fn stapled_lists(&self) -> Vec<Need> {
        crate::stapled::lists_of(&self.papers.value().presentation.value().stapled)
    }

    /// Decides one call at `at`, with evidence that may be fresher than the one of admission.
    #[must_use]
    pub fn authorize(&self, call: &Call, evidence: &Evidence, at: Timestamp) -> Decision {
        let moment = Moment::Now(at);
        let frame = Frame {
            evidence,
            policy: &self.policy,
            moment,
            seen: Some(&self.status_floors),
            suites: self.suites.as_ref(),
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

    #[test]
    fn a_call_relies_on_no_older_list_than_admission_did() {
        let session = admitted(&Scene::delegated());
        assert_eq!(session.status_floors().len(), 2);
        let at = later(10);
        let mut older = evidence(at, &[]);
        for (url, purpose) in [
            (REVOKED, StatusPurpose::Revocation),
            (SUSPENDED, StatusPurpose::Suspension),
        ] {
            let text = list(url, purpose, Who::AcmeStatus, later(-31), &[]);
            older.status_lists.insert(url.into(), text);
        }
        refuses(&session.authorize(&call("35.00"), &older, at), "status.rollback");
    }

    #[test]
    fn a_call_is_judged_by_the_grant_and_never_a_pattern() {
        let session = admitted(&Scene::direct());
        let at = later(10);
        let mut wide = call("35.00");
        wide.action = Action::parse("refund:*").unwrap();
        refuses(
            &session.authorize(&wide, &evidence(at, &[]), at),
            "constraint.action",
        );
        refuses(
            &session.authorize(&call("81.00"), &evidence(at, &[]), at),
            "constraint.amount",
        );
    }

    #[test]
    fn a_paper_that_ends_during_a_session_ends_it() {
        let mut scene = Scene::direct();
        scene.passports[0].0["validUntil"] = serde_json::json!(later(30).to_string());
        let session = admitted(&scene);
        let at = later(30);
        refuses(
            &session.authorize(&call("35.00"), &evidence(at, &[]), at),
            "time.expired",
        );
        // Admitted within the skew of the end: over before it begins.
        scene.passports[0].0["validUntil"] = serde_json::json!(later(-10).to_string());
        let session = admitted(&scene);
        refuses(
            &session.authorize(&call("35.00"), &evidence(now(), &[]), now()),
            "time.expired",
        );
    }

    /// An authority whose DID is a did:key, known by name and asked about at Initech's registry.
    fn asked_about() -> Scene {
        let authority = Who::Mallory;
        let mut scene = Scene::direct();
        let did = serde_json::json!(authority.did().as_str());
        for (document, signer) in scene.chain.iter_mut().chain(&mut scene.passports) {
            document["issuer"] = did.clone();
            *signer = authority;
        }
        scene.passports[0].0["credentialSubject"]["organization"] = did;
        let mut known = anchor(authority);
        known.keys.clear();
        known.recognized_by = Some("initech".into());
        scene.policy.anchors = vec![known];
        scene.policy.registries = vec![chancery_trust::RegistryAnchor {
            name: "initech".into(),
            did: Who::Initech.did(),
            key: Who::Initech.public(),
            authority: Who::Initech.did(),
            endpoint: "https://initech.example/trqp".into(),
            max_age_ms: 300_000,
        }];
        for (url, purpose) in [
            (REVOKED, StatusPurpose::Revocation),
            (SUSPENDED, StatusPurpose::Suspension),
        ] {
            let text = list(url, purpose, authority, later(-30), &[]);
            scene.evidence.status_lists.insert(url.into(), text);
        }
        scene
    }

    fn recognized(announced: Who, outcome: bool) -> String {
        use chancery_trust::trqp::{Query, Question, Statement};
        let question = Question::new(
            Query::Recognition,
            Who::Mallory.did().as_str(),
            Who::Initech.did().as_str(),
            "refund:create",
            "https://api.globex.example/orders/1001",
        )
        .unwrap();
        Statement::new(Who::Initech.did(), question, outcome, later(-5), 300_000)
            .with_keys(vec![announced.public().thumbprint()])
            .sign(&Who::Initech.method(), &Who::Initech.key())
            .unwrap()
    }

    #[test]
    fn each_call_wants_the_registrys_word_and_the_keys_that_it_announces() {
        let scene = asked_about();
        let session = admitted(&scene);
        let mut evidence = scene.evidence.clone();
        let decide = |evidence: &Evidence| session.authorize(&call("35.00"), evidence, now());
        refuses(&decide(&evidence), "evidence.needed");
        evidence.trust_statements = vec![recognized(Who::Mallory, true)];
        let decision = decide(&evidence);
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
        evidence.trust_statements = vec![recognized(Who::Mallory, false)];
        refuses(&decide(&evidence), "trust.not_recognized");
        // A session is no weaker than a judgement by itself: a key that is not announced does not count.
        evidence.trust_statements = vec![recognized(Who::Acme, true)];
        refuses(&decide(&evidence), "trust.key_changed");
        let mut alone = scene.clone();
        alone.evidence = evidence;
        refuses(&alone.decide(), "trust.key_changed");
    }
}
