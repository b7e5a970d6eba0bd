//! The rules that every store keeps, as one suite that is run over a constructor.
//!
//! Each rule gets a fresh store. A rule that does not hold panics with its words.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test suite, exported so that every store's own tests can run it"
)]

use std::{collections::BTreeSet, future::Future, sync::Arc};

use chancery_did::Timestamp;

use super::{
    AgentRecord, ChallengePurpose, ChallengeRecord, CredentialFilter, CredentialState, InstanceRecord,
    InstanceState, NewCredential, NewDidVersions, Once, RecognitionRecord, StatusChange, Store, StoreError,
    TokenRecord, Waiting,
};

/// Runs every rule, each over a store of its own.
pub async fn run<S, M, F>(make: M)
where
    S: Store + 'static,
    M: Fn() -> F,
    F: Future<Output = S>,
{
    agents_are_found_listed_and_unique(&make().await).await;
    instance_needs_agent_and_waiting_challenge(&make().await).await;
    one_key_is_one_instance(&make().await).await;
    challenge_is_good_once_and_for_its_purpose(&make().await).await;
    no_peer_takes_every_place(&make().await).await;
    of_many_consumers_one_succeeds(Arc::new(make().await)).await;
    consuming_is_all_or_nothing(&make().await).await;
    indices_are_unique_random_and_kept(Arc::new(make().await)).await;
    unsealed_credential_keeps_its_index_and_no_bit(&make().await).await;
    revocation_is_final_and_idempotent(&make().await).await;
    concurrent_revocations_lose_no_bit(Arc::new(make().await)).await;
    instance_moves_with_every_paper(&make().await).await;
    retired_instance_never_comes_back(&make().await).await;
    papers_go_to_active_instances_only(&make().await).await;
    whole_chain_above_must_stand(&make().await).await;
    revoked_paper_is_not_renewed(&make().await).await;
    dates_of_a_list_only_go_forward(&make().await).await;
    list_tells_of_the_other_purpose_too(&make().await).await;
    nothing_is_signed_after_the_clock_went_back(&make().await).await;
    past_is_answered_as_it_was(&make().await).await;
    recognitions_end_and_are_remembered(&make().await).await;
    log_grows_and_of_two_next_versions_one_gets_in(Arc::new(make().await)).await;
    mark_is_another_one_after_every_change_of_what_strangers_are_told(&make().await).await;
    tokens_are_found_by_hash_and_taken_back(&make().await).await;
    metacharacters_are_only_text(&make().await).await;
}

const AGENT: &str = "urn:uuid:00000000-0000-4000-8000-00000000000a";
const INSTANCE: &str = "did:key:z6Mkinstance";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn room(most: i64) -> Waiting {
    Waiting {
        most,
        most_of_a_peer: most,
    }
}

/// An agent with an owner.
#[must_use]
pub fn agent(id: &str) -> AgentRecord {
    AgentRecord {
        id: id.to_owned(),
        name: "Refunds".to_owned(),
        version: "1.0.0".to_owned(),
        owner: "mailto:owner@acme.example".to_owned(),
        profile: "{}".to_owned(),
        created_at: at(1),
    }
}

fn instance(did: &str) -> InstanceRecord {
    InstanceRecord {
        did: did.to_owned(),
        agent_id: AGENT.to_owned(),
        key: format!("thumbprint of {did}"),
        state: InstanceState::Active,
        registered_at: at(2),
        changed_at: at(2),
    }
}

fn challenge(nonce: &str, purpose: ChallengePurpose, scope: &str) -> ChallengeRecord {
    ChallengeRecord {
        nonce: nonce.to_owned(),
        purpose,
        scope: scope.to_owned(),
        peer: "192.0.2.1".to_owned(),
        expires_at: at(100),
    }
}

/// A capability credential to be prepared.
#[must_use]
pub fn paper(number: u32, subject: &str) -> NewCredential {
    NewCredential {
        id: format!("urn:uuid:{number:08}"),
        kind: "AgentCapabilityCredential".to_owned(),
        issuer: "did:web:acme.example".to_owned(),
        subject: subject.to_owned(),
        parent: None,
        state: CredentialState::Prepared,
        capability: format!("[{number}]"),
        securing: "data-integrity".to_owned(),
        valid_from: at(10),
        valid_until: at(1000),
        created_at: at(10),
        renews: None,
    }
}

async fn log_grows_and_of_two_next_versions_one_gets_in<S: Store + 'static>(store: Arc<S>) {
    let versions =
        |place: &str, follows: Option<&str>, names: &[&str], witness: Option<&str>| NewDidVersions {
            place: place.to_owned(),
            did: format!("did:webvh:x:{place}"),
            follows: follows.map(str::to_owned),
            entries: names
                .iter()
                .map(|name| ((*name).to_owned(), format!("line of {name}")))
                .collect(),
            witness: witness.map(str::to_owned),
            at: at(3),
        };
    assert_eq!(store.did_log("a").await, Err(StoreError::NotFound));
    let outrun = |outcome: Result<(), StoreError>| {
        matches!(
            outcome,
            Err(StoreError::Conflict {
                code: "resolve.outrun",
                ..
            })
        )
    };
    assert!(outrun(
        store.append_did_versions(versions("a", None, &[], None)).await
    ));
    assert!(outrun(
        store
            .append_did_versions(versions("a", Some("1-x"), &["2-x"], None))
            .await
    ));
    store
        .append_did_versions(versions("a", None, &["1-x"], Some("w")))
        .await
        .unwrap();
    assert!(outrun(
        store
            .append_did_versions(versions("a", None, &["1-y"], None))
            .await
    ));
    let mut racing = Vec::new();
    for number in 0..8 {
        let (store, name) = (Arc::clone(&store), format!("2-{number}"));
        let next = versions("a", Some("1-x"), &[&name, "3-x"], None);
        racing.push(tokio::spawn(async move { store.append_did_versions(next).await }));
    }
    let mut won = 0;
    for one in racing {
        won += usize::from(one.await.unwrap().is_ok());
    }
    assert_eq!(won, 1, "of two next versions one gets in");
    let found = store.did_log("a").await.unwrap();
    assert_eq!(
        (found.head.as_str(), found.witness.as_deref()),
        ("3-x", Some("w"))
    );
    assert_eq!(found.log.lines().count(), 3);
    assert!(found.log.starts_with("line of 1-x\nline of 2-"));
    store
        .append_did_versions(versions("a", Some("3-x"), &["4-x"], Some("v")))
        .await
        .unwrap();
    assert_eq!(store.did_log("a").await.unwrap().witness.as_deref(), Some("v"));
    assert_eq!(store.did_log("b").await, Err(StoreError::NotFound));
    store
        .append_did_versions(versions("b", None, &["1-x"], None))
        .await
        .unwrap();
    assert_eq!(store.did_log_places(10).await.unwrap(), ["a", "b"]);
    assert_eq!(store.did_log_places(1).await.unwrap(), ["a"]);
}

async fn mark_is_another_one_after_every_change_of_what_strangers_are_told(store: &impl Store) {
    let mut marks = vec![store.public_mark().await.unwrap()];
    registered(store).await;
    assert_eq!(
        store.public_mark().await.unwrap(),
        marks[0],
        "of agents nobody is told"
    );
    let id = issued(store, 1).await;
    marks.push(store.public_mark().await.unwrap());
    for change in [StatusChange::Suspend, StatusChange::Resume, StatusChange::Revoke] {
        store.change_status(&id, change, at(9)).await.unwrap();
        marks.push(store.public_mark().await.unwrap());
    }
    store.insert_recognition(recognition("urn:uuid:1")).await.unwrap();
    marks.push(store.public_mark().await.unwrap());
    store.end_recognition("urn:uuid:1", at(9)).await.unwrap();
    marks.push(store.public_mark().await.unwrap());
    let versions = NewDidVersions {
        place: "a".to_owned(),
        did: "did:webvh:x:a".to_owned(),
        follows: None,
        entries: vec![("1-x".to_owned(), "line".to_owned())],
        witness: None,
        at: at(3),
    };
    store.append_did_versions(versions).await.unwrap();
    marks.push(store.public_mark().await.unwrap());
    let count = marks.len();
    marks.sort();
    marks.dedup();
    assert_eq!(marks.len(), count, "{marks:?}");
    assert_eq!(store.public_mark().await, store.public_mark().await);
}

async fn registered(store: &impl Store) {
    store.insert_agent(agent(AGENT)).await.unwrap();
    let waiting = challenge("possession", ChallengePurpose::Possession, AGENT);
    store.insert_challenge(waiting, at(1), room(10)).await.unwrap();
    store
        .register_instance(instance(INSTANCE), "possession", at(2))
        .await
        .unwrap();
}

async fn issued(store: &impl Store, number: u32) -> String {
    let new = paper(number, INSTANCE);
    let id = new.id.clone();
    store.prepare_credential(new, None, at(10)).await.unwrap();
    store
        .seal_credential(&id, &format!("z{number}"), "{}")
        .await
        .unwrap();
    id
}

async fn bit(store: &impl Store, id: &str, purpose: &str) -> bool {
    let record = store.credential(id).await.unwrap();
    let slot = record
        .slots
        .iter()
        .find(|slot| slot.purpose.as_str() == purpose)
        .expect("has the entry");
    store
        .status_list(&slot.list_id)
        .await
        .unwrap()
        .set
        .contains(&slot.index)
}

async fn agents_are_found_listed_and_unique(store: &impl Store) {
    for number in [3, 1, 2] {
        store
            .insert_agent(agent(&format!("urn:uuid:{number}")))
            .await
            .unwrap();
    }
    let again = store.insert_agent(agent("urn:uuid:1")).await.unwrap_err();
    assert!(
        matches!(again, StoreError::Conflict { .. }),
        "an id is given once"
    );
    assert_eq!(store.agent("urn:uuid:9").await.unwrap_err(), StoreError::NotFound);
    let first = store.agents(None, 2).await.unwrap();
    let rest = store.agents(Some(&first[1].id), 2).await.unwrap();
    let ids: Vec<_> = first.iter().chain(&rest).map(|agent| agent.id.as_str()).collect();
    assert_eq!(
        ids,
        ["urn:uuid:1", "urn:uuid:2", "urn:uuid:3"],
        "pages are in order and complete"
    );
}

async fn instance_needs_agent_and_waiting_challenge(store: &impl Store) {
    let missing = store
        .register_instance(instance(INSTANCE), "n", at(2))
        .await
        .unwrap_err();
    assert_eq!(missing, StoreError::NotFound, "no agent, no instance");
    store.insert_agent(agent(AGENT)).await.unwrap();
    let unknown = store
        .register_instance(instance(INSTANCE), "n", at(2))
        .await
        .unwrap_err();
    assert!(
        matches!(unknown, StoreError::Replay { .. }),
        "an unknown nonce proves nothing"
    );
    store
        .insert_challenge(
            challenge("n", ChallengePurpose::Possession, AGENT),
            at(1),
            room(10),
        )
        .await
        .unwrap();
    store
        .insert_challenge(
            challenge("m", ChallengePurpose::Possession, AGENT),
            at(1),
            room(10),
        )
        .await
        .unwrap();
    let late = store
        .register_instance(instance(INSTANCE), "n", at(101))
        .await
        .unwrap_err();
    assert!(
        matches!(late, StoreError::Replay { .. }),
        "an expired nonce proves nothing"
    );
    store
        .register_instance(instance(INSTANCE), "n", at(2))
        .await
        .unwrap();
    let twice = store
        .register_instance(instance("did:key:other"), "n", at(2))
        .await
        .unwrap_err();
    assert!(matches!(twice, StoreError::Replay { .. }), "a nonce proves once");
    let same = store
        .register_instance(instance(INSTANCE), "m", at(2))
        .await
        .unwrap_err();
    assert!(
        matches!(same, StoreError::Conflict { .. }),
        "a DID is registered once"
    );
    store
        .register_instance(instance("did:key:other"), "m", at(2))
        .await
        .expect("the refusal left the nonce");
    assert_eq!(store.instances(AGENT, None, 10).await.unwrap().len(), 2);
}

fn once(key: &str, purpose: Option<ChallengePurpose>) -> Once {
    Once {
        kind: "presentation",
        scope: "https://globex.example".to_owned(),
        key: key.to_owned(),
        until: at(400),
        code: "replay.presentation",
        challenge: purpose,
    }
}

async fn one_key_is_one_instance(store: &impl Store) {
    registered(store).await;
    let waiting = challenge("again", ChallengePurpose::Possession, AGENT);
    store.insert_challenge(waiting, at(3), room(10)).await.unwrap();
    store
        .move_instance(INSTANCE, InstanceState::Retired, at(4))
        .await
        .unwrap();
    let mut alias = instance("did:jwk:the-same-key");
    alias.key = instance(INSTANCE).key;
    let refused = store.register_instance(alias, "again", at(5)).await.unwrap_err();
    assert!(
        matches!(
            refused,
            StoreError::Conflict {
                code: "instance.exists",
                ..
            }
        ),
        "a retired key does not come back under another DID"
    );
}

async fn no_peer_takes_every_place(store: &impl Store) {
    let room = Waiting {
        most: 4,
        most_of_a_peer: 2,
    };
    let of = |nonce: &str, peer: &str| ChallengeRecord {
        peer: peer.to_owned(),
        ..challenge(
            nonce,
            ChallengePurpose::Presentation,
            "https://api.globex.example",
        )
    };
    for (nonce, peer, kept) in [
        ("1", "192.0.2.1", true),
        ("2", "192.0.2.1", true),
        ("3", "192.0.2.1", false),
        ("4", "2001:db8::/64", true),
        ("5", "", true),
        ("6", "", false),
    ] {
        let outcome = store.insert_challenge(of(nonce, peer), at(1), room).await;
        let expected = if kept { Ok(()) } else { Err(StoreError::Crowded) };
        assert_eq!(outcome, expected, "{nonce} of `{peer}`");
    }
    store
        .insert_challenge(of("7", "192.0.2.1"), at(101), room)
        .await
        .expect("expired challenges of a peer make room");
}

async fn challenge_is_good_once_and_for_its_purpose(store: &impl Store) {
    let purpose = Some(ChallengePurpose::Presentation);
    let scope = "https://globex.example";
    store
        .insert_challenge(
            challenge("p", ChallengePurpose::Possession, scope),
            at(1),
            room(10),
        )
        .await
        .unwrap();
    store
        .insert_challenge(
            challenge("s", ChallengePurpose::Presentation, "elsewhere"),
            at(1),
            room(10),
        )
        .await
        .unwrap();
    store
        .insert_challenge(
            challenge("n", ChallengePurpose::Presentation, scope),
            at(1),
            room(3),
        )
        .await
        .unwrap();
    let crowded = store
        .insert_challenge(
            challenge("x", ChallengePurpose::Presentation, scope),
            at(1),
            room(3),
        )
        .await;
    assert_eq!(
        crowded.unwrap_err(),
        StoreError::Crowded,
        "waiting challenges are limited"
    );
    for (nonce, now) in [("p", 5), ("s", 5), ("unknown", 5), ("n", 101)] {
        let refused = store
            .consume(vec![once(nonce, purpose)], at(now))
            .await
            .unwrap_err();
        assert_eq!(
            refused,
            StoreError::Replay {
                code: "binding.nonce"
            },
            "{nonce} is not good here and now"
        );
    }
    store
        .consume(vec![once("n", purpose)], at(5))
        .await
        .expect("the refusals left it");
    let again = store.consume(vec![once("n", purpose)], at(6)).await.unwrap_err();
    assert_eq!(
        again,
        StoreError::Replay {
            code: "replay.presentation"
        }
    );
    store
        .insert_challenge(
            challenge("y", ChallengePurpose::Presentation, scope),
            at(200),
            room(3),
        )
        .await
        .expect("expired challenges make room");
}

async fn of_many_consumers_one_succeeds(store: Arc<impl Store + 'static>) {
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.consume(vec![once("n", None)], at(5)).await.is_ok() })
        })
        .collect();
    let mut successes = 0;
    for task in tasks {
        successes += u32::from(task.await.unwrap());
    }
    assert_eq!(successes, 1, "exactly one of 64 consumers succeeds");
}

async fn consuming_is_all_or_nothing(store: &impl Store) {
    store.consume(vec![once("used", None)], at(5)).await.unwrap();
    store
        .consume(vec![once("fresh", None), once("used", None)], at(5))
        .await
        .unwrap_err();
    store
        .consume(vec![once("fresh", None)], at(5))
        .await
        .expect("the failed group used nothing up");
}

async fn indices_are_unique_random_and_kept(store: Arc<impl Store + 'static>) {
    registered(&*store).await;
    let tasks: Vec<_> = (0..16_u32)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut slots = Vec::new();
                for number in 0..32 {
                    let new = paper(task * 100 + number, INSTANCE);
                    slots.extend(store.prepare_credential(new, None, at(10)).await.unwrap());
                }
                slots
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    let unique: BTreeSet<_> = all
        .iter()
        .map(|slot| (slot.list_id.clone(), slot.index))
        .collect();
    assert_eq!((all.len(), unique.len()), (1024, 1024), "no index is given twice");
    let sequential = all
        .windows(3)
        .filter(|w| w[2].index.wrapping_sub(w[0].index) == 1)
        .count();
    assert!(sequential < 16, "indices are not handed out in order");
    assert!(all.iter().all(|slot| slot.index < super::LIST_SIZE));
}

async fn unsealed_credential_keeps_its_index_and_no_bit(store: &impl Store) {
    registered(store).await;
    let slots = store
        .prepare_credential(paper(1, INSTANCE), None, at(10))
        .await
        .unwrap();
    let again = store
        .prepare_credential(paper(1, INSTANCE), None, at(10))
        .await
        .unwrap_err();
    assert!(matches!(again, StoreError::Conflict { .. }));
    let record = store.credential("urn:uuid:00000001").await.unwrap();
    assert_eq!(
        (record.slots.clone(), record.digest),
        (slots.clone(), None),
        "prepared, not given out"
    );
    for slot in &slots {
        assert!(store.status_list(&slot.list_id).await.unwrap().set.is_empty());
    }
    assert!(
        store.capabilities_at(INSTANCE, at(20)).await.unwrap().is_empty(),
        "not signed, not granted"
    );
    assert_eq!(
        store.seal_credential("urn:uuid:9", "z", "{}").await.unwrap_err(),
        StoreError::NotFound
    );
    store
        .seal_credential("urn:uuid:00000001", "z1", "{}")
        .await
        .unwrap();
    let twice = store
        .seal_credential("urn:uuid:00000001", "z2", "{}")
        .await
        .unwrap_err();
    assert_eq!(
        twice,
        StoreError::NotFound,
        "a signed credential is not signed again"
    );
    assert_eq!(store.credential_by_digest("z1").await.unwrap().slots, slots);
}

async fn revocation_is_final_and_idempotent(store: &impl Store) {
    registered(store).await;
    let id = issued(store, 1).await;
    let list = store.credential(&id).await.unwrap().slots[0].list_id.clone();
    let before = store.status_list_version(&list).await.unwrap();
    assert!(
        store
            .change_status(&id, StatusChange::Revoke, at(20))
            .await
            .unwrap()
    );
    let after = store.status_list_version(&list).await.unwrap();
    assert!(after > before, "the version rises with the bit");
    assert!(
        !store
            .change_status(&id, StatusChange::Revoke, at(30))
            .await
            .unwrap(),
        "twice is no change"
    );
    assert_eq!(store.status_list_version(&list).await.unwrap(), after);
    assert_eq!(store.credential(&id).await.unwrap().revoked_at, Some(at(20)));
    for change in [StatusChange::Resume, StatusChange::Suspend] {
        let refused = store.change_status(&id, change, at(40)).await.unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Conflict {
                    code: "status.revoked",
                    ..
                }
            ),
            "no way back"
        );
    }
    assert!(bit(store, &id, "revocation").await && !bit(store, &id, "suspension").await);
    let unknown = store
        .change_status("urn:uuid:9", StatusChange::Revoke, at(20))
        .await;
    assert_eq!(unknown.unwrap_err(), StoreError::NotFound);
}

async fn concurrent_revocations_lose_no_bit(store: Arc<impl Store + 'static>) {
    registered(&*store).await;
    let mut ids = Vec::new();
    for number in 0..256 {
        ids.push(issued(&*store, number).await);
    }
    let tasks: Vec<_> = ids
        .iter()
        .step_by(2)
        .map(|id| {
            let (store, id) = (Arc::clone(&store), id.clone());
            tokio::spawn(async move {
                store
                    .change_status(&id, StatusChange::Revoke, at(20))
                    .await
                    .unwrap()
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    let mut expected = BTreeSet::new();
    for id in ids.iter().step_by(2) {
        expected.insert(store.credential(id).await.unwrap().slots[0].index);
    }
    let list = store.credential(&ids[0]).await.unwrap().slots[0].list_id.clone();
    let set: BTreeSet<u32> = store.status_list(&list).await.unwrap().set.into_iter().collect();
    assert_eq!(set, expected, "no bit is lost and none is extra");
}

async fn instance_moves_with_every_paper(store: &impl Store) {
    registered(store).await;
    let (one, other, gone) = (
        issued(store, 1).await,
        issued(store, 2).await,
        issued(store, 3).await,
    );
    store
        .change_status(&other, StatusChange::Suspend, at(15))
        .await
        .unwrap();
    store
        .change_status(&gone, StatusChange::Revoke, at(15))
        .await
        .unwrap();
    let moved = store
        .move_instance(INSTANCE, InstanceState::Suspended, at(20))
        .await
        .unwrap();
    assert_eq!(
        moved,
        [one.clone(), other.clone()],
        "every standing paper is suspended with its subject"
    );
    assert!(bit(store, &one, "suspension").await && bit(store, &other, "suspension").await);
    let again = store
        .move_instance(INSTANCE, InstanceState::Suspended, at(21))
        .await
        .unwrap();
    assert!(again.is_empty(), "to suspend twice is no change");
    store
        .change_status(&one, StatusChange::Resume, at(22))
        .await
        .unwrap();
    assert!(
        bit(store, &one, "suspension").await,
        "a paper stays suspended with its subject"
    );
    store
        .move_instance(INSTANCE, InstanceState::Active, at(30))
        .await
        .unwrap();
    assert!(!bit(store, &one, "suspension").await);
    assert!(
        bit(store, &other, "suspension").await,
        "a suspension of its own survives"
    );
    assert_eq!(
        store
            .move_instance("did:key:nobody", InstanceState::Active, at(1))
            .await
            .unwrap_err(),
        StoreError::NotFound
    );
}

async fn retired_instance_never_comes_back(store: &impl Store) {
    registered(store).await;
    let id = issued(store, 1).await;
    store
        .move_instance(INSTANCE, InstanceState::Retired, at(20))
        .await
        .unwrap();
    assert!(bit(store, &id, "revocation").await);
    for state in [InstanceState::Active, InstanceState::Suspended] {
        let refused = store.move_instance(INSTANCE, state, at(30)).await.unwrap_err();
        assert!(matches!(
            refused,
            StoreError::Conflict {
                code: "instance.retired",
                ..
            }
        ));
    }
    assert_eq!(
        store.instance(INSTANCE).await.unwrap().state,
        InstanceState::Retired
    );
}

async fn papers_go_to_active_instances_only(store: &impl Store) {
    registered(store).await;
    store
        .prepare_credential(paper(1, INSTANCE), None, at(10))
        .await
        .unwrap();
    let parent = issued(store, 2).await;
    store
        .move_instance(INSTANCE, InstanceState::Suspended, at(11))
        .await
        .unwrap();
    let sealed = store
        .seal_credential("urn:uuid:00000001", "z1", "{}")
        .await
        .unwrap_err();
    assert!(
        matches!(sealed, StoreError::Conflict { .. }),
        "suspended between preparing and signing"
    );
    let refused = store
        .prepare_credential(paper(3, INSTANCE), None, at(12))
        .await
        .unwrap_err();
    assert!(matches!(
        refused,
        StoreError::Conflict {
            code: "instance.not_active",
            ..
        }
    ));
    assert_eq!(
        store.credential("urn:uuid:00000003").await.unwrap_err(),
        StoreError::NotFound
    );
    let mut child = paper(4, "did:key:elsewhere");
    child.parent = store.credential(&parent).await.unwrap().digest;
    let below = store.prepare_credential(child, None, at(12)).await.unwrap_err();
    assert!(
        matches!(
            below,
            StoreError::Conflict {
                code: "status.suspended",
                ..
            }
        ),
        "the parent must stand"
    );
}

async fn whole_chain_above_must_stand(store: &impl Store) {
    registered(store).await;
    let root = issued(store, 1).await;
    let reserved = |number: u32, parent: &str| NewCredential {
        kind: "AgentDelegationCredential".to_owned(),
        issuer: format!("did:key:hop{number}"),
        parent: Some(parent.to_owned()),
        state: CredentialState::Reserved,
        ..paper(number, &format!("did:key:hop{}", number + 1))
    };
    for (number, parent) in [(2, "z1"), (3, "z2")] {
        let new = reserved(number, parent);
        let id = new.id.clone();
        store.prepare_credential(new, None, at(11)).await.unwrap();
        store
            .record_delegation(&id, &format!("z{number}"), "{}")
            .await
            .unwrap();
    }
    for (change, code) in [
        (StatusChange::Suspend, "status.suspended"),
        (StatusChange::Revoke, "status.revoked"),
    ] {
        store.change_status(&root, change, at(12)).await.unwrap();
        let refused = store
            .prepare_credential(reserved(4, "z3"), None, at(13))
            .await
            .unwrap_err();
        assert!(
            matches!(refused, StoreError::Conflict { code: found, .. } if found == code),
            "nothing is reserved below a root that is gone: {refused}"
        );
    }
}

async fn revoked_paper_is_not_renewed(store: &impl Store) {
    registered(store).await;
    let old = issued(store, 1).await;
    let renewal = |number: u32| NewCredential {
        renews: Some(old.clone()),
        ..paper(number, INSTANCE)
    };
    store
        .prepare_credential(renewal(2), None, at(11))
        .await
        .expect("it stands");
    let mut refusals = Vec::new();
    for change in [StatusChange::Suspend, StatusChange::Revoke] {
        store.change_status(&old, change, at(12)).await.unwrap();
        refusals.push(
            store
                .prepare_credential(renewal(3), None, at(13))
                .await
                .unwrap_err(),
        );
        let sealed = store.seal_credential("urn:uuid:00000002", "z2", "{}").await;
        refusals.push(sealed.expect_err("it was stopped between preparing and signing"));
    }
    for (refused, expected) in refusals.iter().zip([
        "status.suspended",
        "status.suspended",
        "status.revoked",
        "status.revoked",
    ]) {
        assert!(
            matches!(refused, StoreError::Conflict { code, .. } if *code == expected),
            "{refused}"
        );
    }
}

async fn dates_of_a_list_only_go_forward(store: &impl Store) {
    registered(store).await;
    let id = issued(store, 1).await;
    let slot = store.credential(&id).await.unwrap().slots[0].clone();
    let (list, first) = store.date_status_list(&slot.list_id, at(100)).await.unwrap();
    assert_eq!((first, list.set), (at(100), Vec::new()));
    store
        .change_status(&id, StatusChange::Revoke, at(100))
        .await
        .unwrap();
    let (list, second) = store.date_status_list(&slot.list_id, at(100)).await.unwrap();
    assert!(second > first, "two lists of one instant can be told apart");
    assert_eq!(list.set, [slot.index], "the later one holds the change");
    let (_, third) = store.date_status_list(&slot.list_id, at(41)).await.unwrap();
    assert!(
        third > second,
        "a clock that is a little behind dates nothing back"
    );
    let (_, fourth) = store.date_status_list(&slot.list_id, at(200)).await.unwrap();
    assert_eq!(fourth, at(200));
    let unknown = store.date_status_list("absent", at(200)).await.unwrap_err();
    assert_eq!(unknown, StoreError::NotFound);
}

async fn list_tells_of_the_other_purpose_too(store: &impl Store) {
    registered(store).await;
    let (one, two) = (issued(store, 1).await, issued(store, 2).await);
    let slots = store.credential(&one).await.unwrap().slots;
    let (revocation, suspension) = (&slots[0], &slots[1]);
    assert_eq!(
        store.status_lists().await.unwrap(),
        [revocation.list_id.clone(), suspension.list_id.clone()]
    );
    let before = store.status_list(&revocation.list_id).await.unwrap();
    assert_eq!((before.set.len(), before.set_elsewhere.len()), (0, 0));
    store
        .change_status(&one, StatusChange::Suspend, at(20))
        .await
        .unwrap();
    let after = store.status_list(&revocation.list_id).await.unwrap();
    assert_eq!(
        (after.set, after.set_elsewhere),
        (Vec::new(), vec![revocation.index])
    );
    assert!(after.version > before.version, "what is told has changed");
    store
        .change_status(&two, StatusChange::Revoke, at(30))
        .await
        .unwrap();
    let other = store.credential(&two).await.unwrap().slots[1].index;
    let list = store.status_list(&suspension.list_id).await.unwrap();
    assert_eq!(
        (list.set, list.set_elsewhere),
        (vec![suspension.index], vec![other])
    );
    store
        .move_instance(INSTANCE, InstanceState::Suspended, at(40))
        .await
        .unwrap();
    store
        .change_status(&one, StatusChange::Resume, at(50))
        .await
        .unwrap();
    let still = store.status_list(&revocation.list_id).await.unwrap();
    assert_eq!(
        still.set_elsewhere,
        [revocation.index],
        "suspended with its instance"
    );
    store
        .move_instance(INSTANCE, InstanceState::Active, at(60))
        .await
        .unwrap();
    let resumed = store.status_list(&revocation.list_id).await.unwrap();
    assert!(resumed.set_elsewhere.is_empty() && resumed.version > still.version);
}

async fn nothing_is_signed_after_the_clock_went_back(store: &impl Store) {
    registered(store).await;
    let id = issued(store, 1).await;
    let list = store.credential(&id).await.unwrap().slots[0].list_id.clone();
    store.date_status_list(&list, at(1000)).await.unwrap();
    let unsound = |outcome: Option<StoreError>| matches!(outcome, Some(StoreError::Conflict { code, .. }) if code == super::CLOCK_UNSOUND);
    let back = at(1000 - 61);
    assert!(unsound(store.date_status_list(&list, back).await.err()));
    assert!(unsound(
        store
            .prepare_credential(paper(2, INSTANCE), None, back)
            .await
            .err()
    ));
    assert_eq!(
        store.credential("urn:uuid:00000002").await.unwrap_err(),
        StoreError::NotFound
    );
    store
        .change_status(&id, StatusChange::Revoke, back)
        .await
        .expect("what takes rights away needs no clock");
    store.date_status_list(&list, at(1000 - 60)).await.unwrap();
}

async fn past_is_answered_as_it_was(store: &impl Store) {
    registered(store).await;
    let id = issued(store, 1).await;
    store
        .change_status(&id, StatusChange::Suspend, at(20))
        .await
        .unwrap();
    store
        .change_status(&id, StatusChange::Resume, at(30))
        .await
        .unwrap();
    store
        .change_status(&id, StatusChange::Revoke, at(40))
        .await
        .unwrap();
    for (second, granted) in [
        (9, false),
        (15, true),
        (25, false),
        (35, true),
        (40, false),
        (45, false),
    ] {
        let found = !store
            .capabilities_at(INSTANCE, at(second))
            .await
            .unwrap()
            .is_empty();
        assert_eq!(found, granted, "at second {second}");
    }
    let listed = store
        .credentials(
            &CredentialFilter {
                subject: Some(INSTANCE.to_owned()),
                parent: None,
            },
            None,
            10,
        )
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
}

fn recognition(id: &str) -> RecognitionRecord {
    RecognitionRecord {
        id: id.to_owned(),
        entity_id: "did:web:acme.example".to_owned(),
        action: "refund:*".to_owned(),
        resource: "https://api.globex.example/*".to_owned(),
        valid_from: at(10),
        ended_at: None,
    }
}

async fn recognitions_end_and_are_remembered(store: &impl Store) {
    let recognition = recognition("urn:uuid:1");
    store.insert_recognition(recognition.clone()).await.unwrap();
    store.insert_recognition(recognition).await.unwrap_err();
    store.end_recognition("urn:uuid:1", at(20)).await.unwrap();
    store.end_recognition("urn:uuid:1", at(30)).await.unwrap();
    let found = store.recognitions_of("did:web:acme.example").await.unwrap();
    assert_eq!(found[0].ended_at, Some(at(20)), "the first end stands");
    assert_eq!(
        store.end_recognition("urn:uuid:9", at(1)).await.unwrap_err(),
        StoreError::NotFound
    );
    assert_eq!(store.recognitions(None, 10).await.unwrap().len(), 1);
}

async fn tokens_are_found_by_hash_and_taken_back(store: &impl Store) {
    let token = TokenRecord {
        id: "urn:uuid:1".to_owned(),
        hash: "hash".to_owned(),
        name: "operator".to_owned(),
        scopes: "agents:read".to_owned(),
        created_at: at(1),
        expires_at: at(100),
        revoked_at: None,
    };
    store.insert_token(token.clone()).await.unwrap();
    assert_eq!(store.token_by_hash("hash").await.unwrap(), token);
    assert_eq!(
        store.token_by_hash("other").await.unwrap_err(),
        StoreError::NotFound
    );
    store.revoke_token("urn:uuid:1", at(5)).await.unwrap();
    assert_eq!(store.token_by_hash("hash").await.unwrap().revoked_at, Some(at(5)));
    assert_eq!(
        store.revoke_token("urn:uuid:9", at(5)).await.unwrap_err(),
        StoreError::NotFound
    );
}

async fn metacharacters_are_only_text(store: &impl Store) {
    for text in [
        "' or 1=1 --",
        "\"; drop table agents; --",
        "%",
        "_",
        "\u{0}",
        "\\",
        "🦀",
    ] {
        assert_eq!(
            store.agent(text).await.unwrap_err(),
            StoreError::NotFound,
            "{text}"
        );
        assert_eq!(
            store.instance(text).await.unwrap_err(),
            StoreError::NotFound,
            "{text}"
        );
        assert_eq!(
            store.status_list(text).await.unwrap_err(),
            StoreError::NotFound,
            "{text}"
        );
        assert_eq!(
            store.token_by_hash(text).await.unwrap_err(),
            StoreError::NotFound,
            "{text}"
        );
        store.agents(Some(text), 10).await.unwrap();
    }
    store.ready().await.unwrap();
}
