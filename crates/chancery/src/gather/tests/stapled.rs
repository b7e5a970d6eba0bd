//! What comes stapled and what this host has seen: nobody can staple an older list than was seen, or make another's
//! fresh list look old.

use chancery_vc::Stapled;

use super::*;

impl World {
    /// Both lists as of `at`, with these indexes revoked, not published but stapled.
    fn stapled(&self, revoked: &[u64], at: Timestamp) -> Stapled {
        Self::stapled_by(&self.acme, revoked, at)
    }

    fn stapled_by(authority: &cast::Authority, revoked: &[u64], at: Timestamp) -> Stapled {
        let mut stapled = Stapled::default();
        for (purpose, set) in [
            (StatusPurpose::Revocation, revoked),
            (StatusPurpose::Suspension, &[][..]),
        ] {
            let text = authority.status_list(purpose, set, at);
            stapled.status_lists.insert(authority.list_url(purpose), text);
        }
        stapled
    }

    fn shown(&self, nonce: &str, stapled: Stapled, at: Timestamp) -> String {
        Self::shown_of(&self.acme, nonce, stapled, at)
    }

    fn shown_of(authority: &cast::Authority, nonce: &str, stapled: Stapled, at: Timestamp) -> String {
        let first = agent(11);
        let papers = vec![
            authority.capability(first.did(), wednesday()),
            authority.passport(first.did(), 2, wednesday()),
        ];
        let mut occasion = Occasion::new(AUDIENCE, nonce);
        occasion.stapled = stapled;
        first.present(papers, &occasion, at).unwrap()
    }

    async fn decide_stapled(&self, nonce: &str, stapled: Stapled, at: Timestamp) -> Decision {
        self.decide_of(&self.acme, nonce, stapled, at).await
    }

    /// Decides about an agent of `authority`, which is anchored.
    async fn decide_of(
        &self,
        authority: &cast::Authority,
        nonce: &str,
        stapled: Stapled,
        at: Timestamp,
    ) -> Decision {
        self.clock.set(at);
        let shown = Self::shown_of(authority, nonce, stapled, at);
        let (policy, request) = (authority.policy_of_globex(), refund("35.00", nonce));
        self.gatherer
            .decide(shown.as_bytes(), &policy, &request, Moment::Now(at))
            .await
    }

    /// An anchored authority whose papers name Acme's lists as theirs.
    fn impostor(&self) -> cast::Authority {
        let impostor = self.acme.impostor();
        self.publish("/mallory/did.json", &impostor.document().to_string());
        impostor
    }

    fn asked_for_lists(&self) -> usize {
        let paths = self.paths();
        paths
            .iter()
            .filter(|path| path.starts_with("/status-lists/"))
            .count()
    }
}

#[tokio::test]
async fn lists_that_came_stapled_are_not_fetched() {
    let world = World::new().await;
    let stapled = world.stapled(&[], later(1));
    let decision = world.decide_stapled("n-1", stapled, later(2)).await;
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    assert_eq!(decision.stapled.len(), 2);
    assert_eq!(world.asked_for_lists(), 0);
    let stapled = world.stapled(&[1], later(3));
    assert_eq!(
        world.decide_stapled("n-2", stapled, later(4)).await.code,
        "status.revoked"
    );
    assert_eq!(world.asked_for_lists(), 0);
}

#[tokio::test]
async fn older_list_than_one_that_was_seen_cannot_be_stapled() {
    let world = World::new().await;
    world.lists(&[1], later(10));
    let decision = world.decide_stapled("n-1", Stapled::default(), later(11)).await;
    assert_eq!(decision.code, "status.revoked");
    // Still fresh by its own time, and clean: the newest that is known counts.
    let stapled = world.stapled(&[], later(9));
    let decision = world.decide_stapled("n-2", stapled, later(12)).await;
    assert_eq!(decision.code, "status.revoked");
}

#[tokio::test]
async fn newer_list_that_came_stapled_is_kept_for_everybody() {
    let world = World::new().await;
    world.lists(&[], later(1));
    let stapled = world.stapled(&[], later(20));
    assert_eq!(world.decide_stapled("n-1", stapled, later(21)).await.code, "ok");
    // What the host's cache still gives is older by now, and nobody has to see it.
    let decision = world.decide_stapled("n-2", Stapled::default(), later(22)).await;
    assert_eq!((decision.code, world.asked_for_lists()), ("ok", 0));
    assert_eq!(decision.status_as_of, Some(later(20)));
}

#[tokio::test]
async fn forged_list_raises_no_floor_and_is_kept_for_nobody() {
    let world = World::new().await;
    let other = cast::Authority::acme(&format!("localhost:{}", world.server.port.wrapping_add(1)));
    let mut stapled = Stapled::default();
    for purpose in [StatusPurpose::Revocation, StatusPurpose::Suspension] {
        // Another's list, under Acme's address.
        let text = other.status_list(purpose, &[], later(30));
        stapled.status_lists.insert(world.acme.list_url(purpose), text);
    }
    let decision = world.decide_stapled("n-1", stapled, later(2)).await;
    assert_eq!(
        (decision.code, world.asked_for_lists()),
        ("ok", 2),
        "they were asked for"
    );
    assert!(decision.stapled.is_empty());
    for floor in world.gatherer.floors().values() {
        assert_eq!(*floor, wednesday());
    }
}

#[tokio::test]
async fn list_of_another_authority_stapled_for_an_address_of_acme_is_kept_for_nobody_and_raises_no_floor() {
    for known in [false, true] {
        let world = World::new().await;
        let impostor = world.impostor();
        if known {
            assert_eq!(world.decide("35.00", "n-0", later(1)).await.code, "ok");
        }
        let before = world.gatherer.floors();
        let stapled = World::stapled_by(&impostor, &[], later(20));
        let decision = world.decide_of(&impostor, "n-1", stapled.clone(), later(2)).await;
        assert_eq!(
            decision.code, "ok",
            "it is its own authority's: {}",
            decision.reason
        );
        assert_eq!(decision.status_as_of, Some(later(20)));
        assert!(decision.stapled.is_empty() && decision.status_floors.is_empty());
        let shown = World::shown_of(&impostor, "n-2", stapled, later(2));
        let policy = impostor.policy_of_globex();
        let admitted = world
            .gatherer
            .admit(shown.as_bytes(), &policy, AUDIENCE, "n-2", later(2));
        assert!(admitted.await.unwrap().stapled().is_empty());
        assert_eq!(world.gatherer.floors(), before);
        let decision = world.decide("35.00", "n-3", later(3)).await;
        assert_eq!(decision.code, "ok", "{known} {}", decision.reason);
        let own = world.stapled(&[1], later(4));
        let decision = world.decide_stapled("n-4", own, later(5)).await;
        assert_eq!(decision.code, "status.revoked", "{known}");
    }
}

#[tokio::test]
async fn list_that_is_kept_elsewhere_is_remembered_only_beside_one_of_its_issuer_that_was_gathered() {
    let world = World::new().await;
    let elsewhere = world.impostor();
    for purpose in [StatusPurpose::Revocation, StatusPurpose::Suspension] {
        let path = format!("/status-lists/{}", purpose.as_str());
        world.publish(&path, &elsewhere.status_list(purpose, &[], wednesday()));
    }
    let stapled = World::stapled_by(&elsewhere, &[], later(1));
    let decision = world.decide_of(&elsewhere, "n-1", stapled, later(2)).await;
    assert_eq!((decision.code, decision.stapled.len()), ("ok", 0));
    let none = Stapled::default();
    assert_eq!(
        world.decide_of(&elsewhere, "n-2", none, later(3)).await.code,
        "ok"
    );
    assert_eq!(world.asked_for_lists(), 2);
    let stapled = World::stapled_by(&elsewhere, &[1], later(4));
    let decision = world.decide_of(&elsewhere, "n-3", stapled, later(5)).await;
    assert_eq!((decision.code, decision.stapled.len()), ("status.revoked", 2));
    let none = Stapled::default();
    let decision = world.decide_of(&elsewhere, "n-4", none, later(6)).await;
    assert_eq!((decision.code, world.asked_for_lists()), ("status.revoked", 2));
}

#[tokio::test]
async fn session_feels_what_was_learned_since_though_its_own_staple_is_fresh() {
    let world = World::new().await;
    world.clock.set(later(1));
    let shown = world.shown("n-1", world.stapled(&[], later(1)), later(1));
    let admitted = world
        .gatherer
        .admit(shown.as_bytes(), &world.policy, AUDIENCE, "n-1", later(1));
    let session = admitted.await.unwrap();
    let call = Call::from(&refund("35.00", "n-1"));
    let authorize = async |at| {
        world
            .gatherer
            .authorize(&session, &world.policy, &call, at)
            .await
            .code
    };
    assert_eq!(authorize(later(2)).await, "ok");
    assert_eq!(world.asked_for_lists(), 0, "the session brought its lists");
    let stapled = world.stapled(&[1], later(10));
    assert_eq!(
        world.decide_stapled("n-2", stapled, later(11)).await.code,
        "status.revoked"
    );
    assert_eq!(authorize(later(12)).await, "status.revoked");
}

#[tokio::test]
async fn agent_staples_the_lists_that_its_papers_name() {
    let world = World::new().await;
    let first = agent(11);
    let texts = [
        world.acme.capability(first.did(), wednesday()),
        world.acme.passport(first.did(), 2, wednesday()),
    ];
    let read = texts
        .map(|text| chancery_vc::read_paper(text.as_bytes(), &chancery_proof::Limits::default()).unwrap());
    let papers: Vec<&chancery_vc::Paper> = read.iter().map(|paper| paper.unverified()).collect();
    let stapled = crate::staple(&world.guarded, &papers).await.unwrap();
    assert_eq!(stapled.status_lists.len(), 2);
    assert_eq!(world.asked_for_lists(), 2, "each once");
    world.withdraw("/status-lists/revocation");
    world.withdraw("/status-lists/suspension");
    assert_eq!(world.decide_stapled("n-1", stapled, later(1)).await.code, "ok");
    let failed = crate::staple(&world.guarded, &papers).await.unwrap_err();
    assert_eq!(failed.code(), "fetch.status");
}
