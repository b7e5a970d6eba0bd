//! Gathering against a real authority on loopback: its document and its status lists over TLS.

mod stapled;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use chancery_did::Did;
use chancery_trust::trqp::{Query, Question, Statement};
use chancery_vc::StatusPurpose;
use chancery_verifier::{Step, Verdict};
use serde_json::json;

use super::*;
use crate::agent::Occasion;
use crate::cast::{self, AUDIENCE, agent, handover, refund, wednesday};
use crate::clock::SettableClock;
use crate::http::GuardLimits;
use crate::http::loopback::{self, Answer, Loopback};
use crate::nonce::MemoryLedger;

/// What Acme's host answers, by path; it can be changed while it runs.
type Pages = Arc<Mutex<BTreeMap<String, String>>>;

struct World {
    acme: cast::Authority,
    server: Loopback,
    pages: Pages,
    guarded: Guarded,
    gatherer: Gatherer,
    policy: Policy,
    clock: SettableClock,
}

impl World {
    async fn new() -> Self {
        let tls = loopback::Authority::new();
        let pages = Pages::default();
        let shown = Arc::clone(&pages);
        let server = Loopback::serve(tls.identity("localhost"), move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            match shown.lock().unwrap().get(path) {
                Some(page) => Answer::json(page),
                None => Answer::of("404 Not Found", "", ""),
            }
        })
        .await;
        let acme = cast::Authority::acme(&format!("localhost:{}", server.port));
        let limits = GuardLimits {
            negative: Duration::ZERO,
            ..GuardLimits::default()
        };
        let guarded = tls.client(limits, &[server.port]);
        let clock = SettableClock::new(wednesday());
        let ledger = Arc::new(MemoryLedger::default());
        let gatherer = Gatherer::new(guarded.clone(), Arc::new(clock.clone()), ledger);
        let policy = acme.policy_of_globex();
        let world = Self {
            acme,
            server,
            pages,
            guarded,
            gatherer,
            policy,
            clock,
        };
        world.publish("/.well-known/did.json", &world.acme.document().to_string());
        world.lists(&[], wednesday());
        world
    }

    fn publish(&self, path: &str, page: &str) {
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), page.to_owned());
    }

    fn withdraw(&self, path: &str) {
        self.pages.lock().unwrap().remove(path);
    }

    /// Publishes both lists as of `at`, with these indexes revoked.
    fn lists(&self, revoked: &[u64], at: Timestamp) {
        let list = |purpose, set| self.acme.status_list(purpose, set, at);
        self.publish(
            "/status-lists/revocation",
            &list(StatusPurpose::Revocation, revoked),
        );
        self.publish("/status-lists/suspension", &list(StatusPurpose::Suspension, &[]));
    }

    /// The second agent's presentation, with a delegation of 40 EUR from the first.
    fn presentation(&self, nonce: &str, at: Timestamp) -> String {
        let (first, second) = (agent(11), agent(12));
        let capability = self.acme.capability(first.did(), wednesday());
        let delegation = first
            .delegate(
                &capability,
                &handover(second.did(), "40.00", wednesday()),
                None,
                wednesday(),
            )
            .unwrap();
        let papers = vec![
            capability,
            delegation,
            self.acme.passport(first.did(), 2, wednesday()),
            self.acme.passport(second.did(), 3, wednesday()),
        ];
        second
            .present(papers, &Occasion::new(AUDIENCE, nonce), at)
            .unwrap()
    }

    async fn decide(&self, euros: &str, nonce: &str, at: Timestamp) -> Decision {
        self.clock.set(at);
        let presentation = self.presentation(nonce, at);
        self.gatherer
            .decide(
                presentation.as_bytes(),
                &self.policy,
                &refund(euros, nonce),
                Moment::Now(at),
            )
            .await
    }

    fn paths(&self) -> Vec<String> {
        let requests = self.server.requests();
        requests
            .iter()
            .filter_map(|request| request.split(' ').nth(1))
            .map(str::to_owned)
            .collect()
    }
}

fn later(seconds: i64) -> Timestamp {
    wednesday().saturating_add_millis(seconds.saturating_mul(1000))
}

#[tokio::test]
async fn what_the_verifier_needs_is_fetched_once_and_the_answer_committed() {
    let world = World::new().await;
    let decision = world.decide("35.00", "n-1", later(1)).await;
    assert_eq!(
        (decision.code, decision.allow),
        ("ok", true),
        "{}",
        decision.reason
    );
    let mut paths = world.paths();
    paths.sort();
    assert_eq!(
        paths,
        [
            "/.well-known/did.json",
            "/status-lists/revocation",
            "/status-lists/suspension"
        ]
    );
    let again = world.decide("35.00", "n-2", later(2)).await;
    assert_eq!(again.code, "ok");
    assert_eq!(world.paths().len(), 3, "document and proven lists were kept");
}

#[tokio::test]
async fn a_presentation_sent_twice_is_a_replay() {
    let world = World::new().await;
    assert_eq!(world.decide("35.00", "n-1", later(1)).await.code, "ok");
    let decision = world.decide("35.00", "n-1", later(2)).await;
    assert_eq!((decision.code, decision.allow), ("replay.presentation", false));
    assert_eq!(decision.verdict, Verdict::Invalid);
    assert!(decision.commit.is_empty());
    assert_eq!(
        decision.check(Step::Binding).unwrap().code,
        Some("replay.presentation")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixty_four_submissions_of_one_presentation_exactly_one_is_allowed() {
    let world = World::new().await;
    world.clock.set(later(1));
    let presentation = world.presentation("n-1", later(1));
    let request = refund("35.00", "n-1");
    let all = (0..64).map(|_| {
        world.gatherer.decide(
            presentation.as_bytes(),
            &world.policy,
            &request,
            Moment::Now(later(1)),
        )
    });
    let codes: Vec<_> = join_all(all)
        .await
        .into_iter()
        .map(|decision| decision.code)
        .collect();
    assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1, "{codes:?}");
    assert_eq!(
        codes
            .iter()
            .filter(|code| **code == "replay.presentation")
            .count(),
        63,
        "{codes:?}"
    );
}

#[tokio::test]
async fn a_refusal_uses_up_no_nonce() {
    let world = World::new().await;
    assert_eq!(
        world.decide("60.00", "n-1", later(1)).await.code,
        "constraint.amount"
    );
    assert_eq!(world.decide("35.00", "n-1", later(2)).await.code, "ok");
}

#[tokio::test]
async fn nothing_is_fetched_for_a_stranger() {
    let world = World::new().await;
    let stranger = cast::Authority::acme("stranger.example");
    let first = agent(11);
    let papers = vec![
        stranger.capability(first.did(), wednesday()),
        stranger.passport(first.did(), 2, wednesday()),
    ];
    let presentation = first
        .present(papers, &Occasion::new(AUDIENCE, "n-1"), later(1))
        .unwrap();
    for text in [presentation.as_str(), "not a presentation", "{}", ""] {
        let (request, moment) = (refund("35.00", "n-1"), Moment::Now(later(1)));
        let decision = world
            .gatherer
            .decide(text.as_bytes(), &world.policy, &request, moment)
            .await;
        assert!(!decision.allow);
        assert_eq!(decision.verdict, Verdict::Invalid, "{}", decision.code);
    }
    assert_eq!((world.guarded.calls().asked, world.server.connections()), (0, 0));
}

#[tokio::test]
async fn a_revocation_is_felt_when_the_kept_list_is_too_old() {
    let world = World::new().await;
    assert_eq!(world.decide("35.00", "n-1", later(1)).await.code, "ok");
    world.lists(&[1], later(30));
    assert_eq!(
        world.decide("35.00", "n-2", later(31)).await.code,
        "ok",
        "the kept list is young enough"
    );
    let decision = world.decide("35.00", "n-3", later(61)).await;
    assert_eq!((decision.code, decision.allow), ("status.revoked", false));
    assert_eq!(
        world
            .gatherer
            .floors()
            .get(&world.acme.list_url(StatusPurpose::Revocation)),
        Some(&later(30))
    );
}

#[tokio::test]
async fn an_older_list_than_the_newest_seen_is_a_rollback() {
    let world = World::new().await;
    world.lists(&[], later(50));
    assert_eq!(world.decide("35.00", "n-1", later(50)).await.code, "ok");
    world.lists(&[], later(45));
    let policy = Policy {
        max_status_age: 10_000,
        ..world.policy.clone()
    };
    let presentation = world.presentation("n-2", later(53));
    let moment = Moment::Now(later(53));
    world.clock.set(later(53));
    let young = world
        .gatherer
        .decide(presentation.as_bytes(), &policy, &refund("35.00", "n-2"), moment)
        .await;
    assert_eq!(young.code, "ok", "the newer list is still kept");
    let restarted = Gatherer::resume(
        world.guarded.clone(),
        Arc::new(world.clock.clone()),
        Arc::new(MemoryLedger::default()),
        world.gatherer.floors(),
    );
    let rolled = restarted
        .decide(presentation.as_bytes(), &policy, &refund("35.00", "n-2"), moment)
        .await;
    assert_eq!(rolled.code, "status.rollback");
}

#[tokio::test]
async fn a_list_that_nobody_proved_is_neither_kept_nor_a_floor() {
    let world = World::new().await;
    let forged = cast::Authority::acme(&format!("localhost:{}", world.server.port));
    let text = forged
        .status_list(StatusPurpose::Revocation, &[], later(3000))
        .replace("\"ttl\":300000", "\"ttl\":299999");
    world.publish("/status-lists/revocation", &text);
    let decision = world.decide("35.00", "n-1", later(1)).await;
    assert!(!decision.allow);
    let url = world.acme.list_url(StatusPurpose::Revocation);
    assert_eq!(world.gatherer.floors().get(&url), None);
    world.lists(&[], later(1));
    assert_eq!(world.decide("35.00", "n-2", later(2)).await.code, "ok");
}

#[tokio::test]
async fn what_cannot_be_had_leaves_the_answer_open() {
    let world = World::new().await;
    world.withdraw("/status-lists/suspension");
    let decision = world.decide("35.00", "n-1", later(1)).await;
    assert_eq!(
        (decision.allow, decision.verdict),
        (false, Verdict::Indeterminate),
        "{}",
        decision.code
    );
    let other = World::new().await;
    other.withdraw("/.well-known/did.json");
    let decision = other.decide("35.00", "n-1", later(1)).await;
    assert_eq!(
        (decision.code, decision.verdict),
        ("resolve.not_found", Verdict::Indeterminate)
    );
}

#[tokio::test]
async fn a_stale_list_at_its_source_is_asked_for_once_and_said_to_be_stale() {
    let world = World::new().await;
    let decision = world.decide("35.00", "n-1", later(100)).await;
    assert_eq!((decision.code, decision.allow), ("status.stale", false));
    assert_eq!(
        world
            .paths()
            .iter()
            .filter(|path| path.contains("revocation"))
            .count(),
        1
    );
}

#[tokio::test]
async fn what_failed_is_not_asked_again_within_a_decision() {
    let world = World::new().await;
    world.withdraw("/status-lists/suspension");
    let decision = world.decide("35.00", "n-1", later(1)).await;
    assert_eq!((decision.code, decision.allow), ("fetch.status", false));
    let asked = |name: &str| world.paths().iter().filter(|path| path.contains(name)).count();
    assert_eq!(
        (asked("suspension"), asked("revocation"), asked("did.json")),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn use_does_not_keep_a_list_beyond_its_ttl() {
    let world = World::new().await;
    let policy = Policy {
        max_status_age: 86_400_000,
        ..world.policy.clone()
    };
    let decide = async |nonce: &str, at: Timestamp| {
        world.clock.set(at);
        let (presentation, request) = (world.presentation(nonce, at), refund("35.00", nonce));
        let moment = Moment::Now(at);
        let gatherer = &world.gatherer;
        gatherer
            .decide(presentation.as_bytes(), &policy, &request, moment)
            .await
    };
    let asked = || {
        world
            .paths()
            .iter()
            .filter(|path| path.contains("revocation"))
            .count()
    };
    for (nonce, seconds) in [("n-1", 1), ("n-2", 150), ("n-3", 299)] {
        assert_eq!(decide(nonce, later(seconds)).await.code, "ok");
    }
    assert_eq!(asked(), 1);
    world.lists(&[1], later(300));
    assert_eq!(decide("n-4", later(301)).await.code, "status.revoked");
    assert_eq!(asked(), 2);
}

#[tokio::test]
async fn what_admission_proved_is_a_floor_and_is_kept() {
    let world = World::new().await;
    let presentation = world.presentation("n-1", later(1));
    let admit = async |nonce: &str| {
        let gatherer = &world.gatherer;
        gatherer
            .admit(presentation.as_bytes(), &world.policy, AUDIENCE, nonce, later(1))
            .await
    };
    // Refused or not: what was proven counts.
    world.lists(&[1], later(1));
    assert_eq!(
        admit("n-1").await.map(|_| ()).unwrap_err().code(),
        "status.revoked"
    );
    let url = world.acme.list_url(StatusPurpose::Revocation);
    assert_eq!(world.gatherer.floors().get(&url), Some(&later(1)));
    world.lists(&[], later(2));
    let asked = world.paths().len();
    assert_eq!(
        admit("n-1").await.map(|_| ()).unwrap_err().code(),
        "status.revoked"
    );
    assert_eq!(world.paths().len(), asked, "the proven lists were kept");
}

#[tokio::test]
async fn an_agent_cannot_make_the_verifier_fetch_what_it_likes() {
    let world = World::new().await;
    let (first, second) = (agent(11), agent(12));
    let capability = world.acme.capability(first.did(), wednesday());
    for path in ["/admin", "/status-lists/revocation?x=1", "/status-lists/../admin"] {
        let reservation = crate::agent::Reservation {
            id: "urn:uuid:00000000-0000-4000-8000-00000000dddd".to_owned(),
            status: vec![chancery_vc::StatusEntry::new(
                StatusPurpose::Revocation,
                &world.server.url(path),
                9,
            )],
        };
        let handed = handover(second.did(), "40.00", wednesday());
        let delegation = first.delegate(&capability, &handed, Some(reservation), wednesday());
        let papers = vec![
            capability.clone(),
            delegation.unwrap(),
            world.acme.passport(first.did(), 2, wednesday()),
            world.acme.passport(second.did(), 3, wednesday()),
        ];
        let occasion = Occasion::new(AUDIENCE, "n-1");
        let presentation = second.present(papers, &occasion, later(1)).unwrap();
        let (request, moment) = (refund("35.00", "n-1"), Moment::Now(later(1)));
        let decision = world
            .gatherer
            .decide(presentation.as_bytes(), &world.policy, &request, moment)
            .await;
        assert_eq!(
            (decision.code, decision.allow),
            ("status.issuer", false),
            "{path}"
        );
    }
    assert!(
        world.paths().iter().all(|path| path == "/.well-known/did.json"),
        "{:?}",
        world.paths()
    );
}

#[tokio::test]
async fn a_decision_may_fetch_only_so_much() {
    let world = World::new().await;
    let gatherer = Gatherer::new(
        world.guarded.clone(),
        Arc::new(world.clock.clone()),
        Arc::new(MemoryLedger::default()),
    );
    let limited = gatherer.with_limits(GatherLimits {
        rounds: 4,
        fetches: 2,
    });
    let presentation = world.presentation("n-1", later(1));
    let moment = Moment::Now(later(1));
    let request = refund("35.00", "n-1");
    let decision = limited
        .decide(presentation.as_bytes(), &world.policy, &request, moment)
        .await;
    assert_eq!((decision.code, decision.allow), ("limit.rounds", false));
    let one = limited.with_limits(GatherLimits {
        rounds: 1,
        fetches: 32,
    });
    let decision = one
        .decide(presentation.as_bytes(), &world.policy, &request, moment)
        .await;
    assert_eq!((decision.code, decision.allow), ("limit.rounds", false));
    assert!(!decision.needs.is_empty());
}

#[tokio::test]
async fn another_moment_than_now_is_never_allowed_and_commits_nothing() {
    let world = World::new().await;
    let presentation = world.presentation("n-1", later(1));
    let request = refund("35.00", "n-1");
    let past = Moment::Historical(later(1));
    let decision = world
        .gatherer
        .decide(presentation.as_bytes(), &world.policy, &request, past)
        .await;
    assert_eq!((decision.allow, decision.historical), (false, true));
    assert_eq!(world.decide("35.00", "n-1", later(2)).await.code, "ok");
}

#[tokio::test]
async fn the_evidence_that_was_gathered_decides_the_same_offline() {
    let world = World::new().await;
    let presentation = world.presentation("n-1", later(1));
    let (request, moment) = (refund("35.00", "n-1"), Moment::Now(later(1)));
    let (decision, evidence) = world
        .gatherer
        .decide_with(
            presentation.as_bytes(),
            Evidence::default(),
            &world.policy,
            &request,
            moment,
        )
        .await;
    assert!(decision.allow);
    let offline = Gatherer::new(
        Guarded::offline(),
        Arc::new(world.clock.clone()),
        Arc::new(MemoryLedger::default()),
    );
    let (again, _) = offline
        .decide_with(presentation.as_bytes(), evidence, &world.policy, &request, moment)
        .await;
    assert_eq!(again.to_value(), decision.to_value());
    let alone = offline
        .decide(presentation.as_bytes(), &world.policy, &request, moment)
        .await;
    assert_eq!(
        (alone.code, alone.verdict),
        ("fetch.offline", Verdict::Indeterminate)
    );
}

#[tokio::test]
async fn a_session_is_admitted_once_and_each_call_judged() {
    let world = World::new().await;
    let presentation = world.presentation("n-1", later(1));
    let admitted = world
        .gatherer
        .admit(presentation.as_bytes(), &world.policy, AUDIENCE, "n-1", later(1))
        .await;
    let session = admitted.unwrap();
    let again = world
        .gatherer
        .admit(presentation.as_bytes(), &world.policy, AUDIENCE, "n-1", later(1))
        .await;
    assert_eq!(again.map(|_| ()).unwrap_err().code(), "replay.presentation");
    let call = |euros: &str| Call::from(&refund(euros, "n-1"));
    let decision = world
        .gatherer
        .authorize(&session, &world.policy, &call("35.00"), later(2))
        .await;
    assert_eq!(decision.code, "ok");
    let decision = world
        .gatherer
        .authorize(&session, &world.policy, &call("60.00"), later(3))
        .await;
    assert_eq!(decision.code, "constraint.amount");
    world.lists(&[2], later(70));
    let decision = world
        .gatherer
        .authorize(&session, &world.policy, &call("35.00"), later(75))
        .await;
    assert_eq!(decision.code, "status.revoked");
}

/// A registry that recognizes Acme, or does not, for a while.
fn recognition(world: &World, outcome: bool, at: Timestamp) -> String {
    let (registry, key) = (Did::parse("did:web:trust.example").unwrap(), cast::key(7));
    let kid = registry.with_fragment("key-1").unwrap();
    let (action, resource) = ("refund:create", "https://api.globex.example/orders/o-7");
    let acme = world.acme.did.as_str();
    let question = Question::new(
        Query::Recognition,
        acme,
        "did:web:globex.example",
        action,
        resource,
    )
    .unwrap();
    Statement::new(registry, question, outcome, at, 60_000)
        .sign(&kid, &key)
        .unwrap()
}

/// The policy of a Globex that asks its registry about Acme.
fn asking(world: &World) -> Policy {
    let mut policy = world.policy.to_value();
    policy["anchors"][0]["recognizedBy"] = json!("trust");
    policy["registries"] = json!([{
        "name": "trust",
        "did": "did:web:trust.example",
        "key": cast::key(7).public_key().to_multikey(),
        "authority": "did:web:globex.example",
        "endpoint": world.server.url("/trqp"),
        "maxAge": "60s",
    }]);
    Policy::parse_value(&policy).unwrap()
}

#[tokio::test]
async fn a_registry_is_asked_by_trqp_and_only_its_signed_word_counts() {
    let world = World::new().await;
    let policy = asking(&world);
    world.clock.set(later(1));
    let decide = async |nonce: &str| {
        let (presentation, request) = (world.presentation(nonce, later(1)), refund("35.00", nonce));
        world
            .gatherer
            .decide(presentation.as_bytes(), &policy, &request, Moment::Now(later(1)))
            .await
    };
    let answer = |token: &str| json!({"recognized": true, "statement": token}).to_string();
    for (page, code) in [
        (None, "fetch.status"),
        (Some("not json".to_owned()), "trust.statement_invalid"),
        (
            Some(json!({"recognized": true}).to_string()),
            "trust.statement_invalid",
        ),
        (Some(answer("not.a.jws")), "trust.statement_invalid"),
        (
            Some(answer(&recognition(&world, true, later(-600)))),
            "trust.statement_expired",
        ),
        (
            Some(answer(&recognition(&world, false, later(1)))),
            "trust.not_recognized",
        ),
    ] {
        if let Some(page) = page {
            world.publish("/trqp/recognition", &page);
        }
        let decision = decide("n-1").await;
        assert_eq!(
            (decision.code, decision.allow),
            (code, false),
            "{}",
            decision.reason
        );
    }
    assert!(
        world.paths().iter().all(|path| path == "/trqp/recognition"),
        "trust comes before documents"
    );
    world.publish("/trqp/recognition", &answer(&recognition(&world, true, later(1))));
    assert_eq!(decide("n-1").await.code, "ok");
    let question = world.server.requests()[0].clone();
    assert!(question.starts_with("POST /trqp/recognition "));
    assert!(
        question.contains("\"authority_id\":\"did:web:globex.example\""),
        "{question}"
    );
}
