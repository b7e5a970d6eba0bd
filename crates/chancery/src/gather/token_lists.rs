//! Gathering Token Status Lists from a real host on loopback, in the form that it gives.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::agent::Occasion;
use crate::cast::{self, AUDIENCE, agent, refund, wednesday};
use crate::clock::SettableClock;
use crate::http::GuardLimits;
use crate::http::loopback::{self, Answer, Loopback};
use crate::nonce::MemoryLedger;

const JWT: &str = "application/statuslist+jwt";
const CWT: &str = "application/statuslist+cwt";
const PATH: &str = "/status-lists/tokens";

/// A media type and a body, by path and query.
type Pages = Arc<Mutex<BTreeMap<String, (String, Vec<u8>)>>>;

struct World {
    acme: cast::Authority,
    server: Loopback,
    pages: Pages,
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
                Some((media, page)) => Answer::of("200 OK", &format!("Content-Type: {media}\r\n"), page),
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
        let gatherer = Gatherer::new(guarded, Arc::new(clock.clone()), ledger);
        let policy = acme.policy_of_globex();
        let world = Self {
            acme,
            server,
            pages,
            gatherer,
            policy,
            clock,
        };
        let document = world.acme.document().to_string();
        world.publish("/.well-known/did.json", "application/json", document.into_bytes());
        world.bitstrings("", wednesday());
        world
    }

    fn publish(&self, path: &str, media: &str, page: Vec<u8>) {
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), (media.to_owned(), page));
    }

    /// Publishes both Bitstring lists as of `at`, nothing set, under this query.
    fn bitstrings(&self, query: &str, at: Timestamp) {
        use chancery_vc::StatusPurpose::{Revocation, Suspension};
        for purpose in [Revocation, Suspension] {
            let list = self.acme.status_list(purpose, &[], at).into_bytes();
            self.publish(
                &format!("/status-lists/{}{query}", purpose.as_str()),
                "application/vc",
                list,
            );
        }
    }

    fn uri(&self) -> String {
        self.server.url(PATH)
    }

    /// Publishes the token list with this status, as of `at`, as JWT.
    fn tokens(&self, status: u8, at: Timestamp) {
        let (token, _) = self.acme.token_list(&self.uri(), status, at);
        self.publish(PATH, JWT, token.into_bytes());
    }

    async fn decide_of(&self, nonce: &str, now: Timestamp, moment: Moment) -> Decision {
        let first = agent(11);
        let papers = vec![
            self.acme.capability_token(first.did(), &self.uri(), wednesday()),
            self.acme.passport(first.did(), 2, wednesday()),
        ];
        let (Moment::Now(at) | Moment::Historical(at)) = moment;
        let text = first
            .present(papers, &Occasion::new(AUDIENCE, nonce), at)
            .unwrap();
        self.clock.set(now);
        let request = refund("35.00", nonce);
        self.gatherer
            .decide(text.as_bytes(), &self.policy, &request, moment)
            .await
    }

    async fn decide(&self, nonce: &str, at: Timestamp) -> Decision {
        self.decide_of(nonce, at, Moment::Now(at)).await
    }

    /// The paths of token lists that were asked for, and what was accepted.
    fn asked(&self) -> Vec<(String, bool)> {
        let requests = self.server.requests();
        let paths = requests.iter().map(|request| {
            let accepts = request
                .to_ascii_lowercase()
                .contains(&format!("accept: {JWT}, {CWT}"));
            (request.split(' ').nth(1).unwrap_or_default().to_owned(), accepts)
        });
        paths.filter(|(path, _)| path.starts_with(PATH)).collect()
    }
}

fn later(seconds: i64) -> Timestamp {
    wednesday().saturating_add_millis(seconds.saturating_mul(1000))
}

#[tokio::test]
async fn a_token_list_is_asked_for_by_its_media_types_and_kept_while_it_is_young() {
    let world = World::new().await;
    world.tokens(0, wednesday());
    let decision = world.decide("n-1", later(1)).await;
    assert_eq!(
        (decision.code, decision.allow),
        ("ok", true),
        "{}",
        decision.reason
    );
    assert_eq!(world.asked(), [(PATH.to_owned(), true)]);
    assert_eq!(world.decide("n-2", later(2)).await.code, "ok");
    assert_eq!(world.asked().len(), 1, "the proven list was kept");
    let floors = world.gatherer.floors();
    assert_eq!(
        floors.get(&Evidence::token_floor(&world.uri())),
        Some(&wednesday())
    );
    assert_eq!(floors.get(&world.uri()), None);
}

#[tokio::test]
async fn a_list_as_cwt_says_the_same() {
    for (status, code) in [
        (0, "ok"),
        (1, "status.revoked"),
        (2, "status.suspended"),
        (3, "status.unknown"),
    ] {
        let world = World::new().await;
        let (_, cwt) = world.acme.token_list(&world.uri(), status, wednesday());
        world.publish(PATH, CWT, cwt);
        let decision = world.decide("n-1", later(1)).await;
        assert_eq!(decision.code, code, "{}", decision.reason);
    }
}

#[tokio::test]
async fn a_revocation_is_felt_when_the_kept_list_is_too_old() {
    let world = World::new().await;
    world.tokens(0, wednesday());
    assert_eq!(world.decide("n-1", later(1)).await.code, "ok");
    world.tokens(1, later(61));
    world.bitstrings("", later(61));
    let decision = world.decide("n-2", later(62)).await;
    assert_eq!((decision.code, decision.allow), ("status.revoked", false));
}

#[tokio::test]
async fn an_older_list_than_one_that_was_proven_is_a_rollback() {
    let world = World::new().await;
    world.tokens(0, wednesday());
    assert_eq!(world.decide("n-1", later(1)).await.code, "ok");
    world.tokens(0, later(-1));
    world.bitstrings("", later(302));
    let policy = Policy {
        max_status_age: 86_400_000,
        ..world.policy.clone()
    };
    let world = World { policy, ..world };
    assert_eq!(world.decide("n-2", later(302)).await.code, "status.rollback");
}

#[tokio::test]
async fn what_is_not_a_token_list_is_not_taken_for_one() {
    let world = World::new().await;
    for (media, code) in [
        ("application/json", "fetch.media_type"),
        ("application/vc", "fetch.media_type"),
        ("application/jwt", "fetch.media_type"),
        (CWT, "status.unknown"),
    ] {
        let (token, _) = world.acme.token_list(&world.uri(), 0, wednesday());
        world.publish(PATH, media, token.into_bytes());
        assert_eq!(world.decide("n-1", later(1)).await.code, code, "{media}");
    }
    let (_, cwt) = world.acme.token_list(&world.uri(), 0, wednesday());
    world.publish(PATH, JWT, cwt);
    assert_eq!(world.decide("n-1", later(1)).await.code, "status.unknown");
    world.pages.lock().unwrap().remove(PATH);
    assert_eq!(world.decide("n-1", later(1)).await.code, "fetch.status");
}

#[tokio::test]
async fn the_past_is_asked_for_by_its_moment_and_the_answer_has_to_cover_it() {
    let then = later(5);
    let (query, stamp) = (
        format!("?time={}", then.seconds()),
        format!("?timestamp={}", then.to_string().replace(':', "%3A")),
    );
    let past = |world: &World, made: Timestamp, status: u8| {
        let (token, _) = world.acme.token_list(&world.uri(), status, made);
        world.publish(&format!("{PATH}{query}"), JWT, token.into_bytes());
        world.bitstrings(&stamp, wednesday());
        world.tokens(1, later(7_200));
    };
    for (made, status, code) in [
        (wednesday(), 0, "historical"),
        (wednesday(), 2, "status.suspended"),
        (later(7_200), 0, "status.unknown"),
        (later(-3_600), 0, "status.unknown"),
    ] {
        let world = World::new().await;
        past(&world, made, status);
        let decision = world
            .decide_of("n-1", later(7_300), Moment::Historical(then))
            .await;
        assert_eq!((decision.allow, decision.historical), (false, true));
        assert_eq!(decision.code, code, "{}", decision.reason);
        assert_eq!(world.asked(), [(format!("{PATH}{query}"), true)]);
        assert!(
            world.gatherer.floors().is_empty(),
            "the past is no floor of the present"
        );
    }
}
