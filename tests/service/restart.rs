//! What a restart on the same file keeps: everything.

use std::collections::BTreeSet;

use serde_json::json;

use super::bitstring::set_bits;
use super::issuing::{places, published};
use super::papers::order;
use super::stage::{Pair, Registry, agent, code};

#[tokio::test(flavor = "multi_thread")]
async fn used_nonce_stays_used_and_an_open_challenge_stays_open() {
    let mut pair = Pair::set("5m").await;
    let ada = agent(70);
    let papers = pair.acme.equipped(&ada).await;
    let used = pair.globex.submission(&ada, &papers).await;
    let open = pair.globex.submission(&ada, &papers).await;
    assert_eq!(code(&pair.globex.decision(&used).await), "ok");
    pair.globex.restart().await;
    assert_eq!(code(&pair.globex.decision(&used).await), "replay.presentation");
    assert_eq!(code(&pair.globex.decision(&open).await), "ok");
    pair.globex.restart().await;
    assert_eq!(code(&pair.globex.decision(&open).await), "replay.presentation");
}

#[tokio::test(flavor = "multi_thread")]
async fn revocations_and_suspensions_stay() {
    let mut pair = Pair::set("1s").await;
    let (ada, bob) = (agent(71), agent(72));
    let (of_ada, of_bob) = (pair.acme.equipped(&ada).await, pair.acme.equipped(&bob).await);
    let papers = pair
        .acme
        .client
        .credentials(Some(ada.did().as_str()))
        .await
        .unwrap();
    let capability = papers
        .iter()
        .find(|it| it["type"] == "AgentCapabilityCredential")
        .unwrap();
    pair.acme
        .client
        .revoke(capability["id"].as_str().unwrap())
        .await
        .unwrap();
    pair.acme
        .client
        .suspend_instance(bob.did().as_str())
        .await
        .unwrap();
    let lists: Vec<_> = places(&of_ada[0]).into_iter().map(|(list, _)| list).collect();
    let mut before = Vec::new();
    for list in &lists {
        before.push(set_bits(&published(&pair.acme, list).await));
    }
    pair.acme.restart().await;
    for (list, before) in lists.iter().zip(&before) {
        assert_eq!(set_bits(&published(&pair.acme, list).await), *before);
    }
    assert_eq!(before[0].0, BTreeSet::from([places(&of_ada[0])[0].1]));
    assert_eq!(before[1].0.len(), 2, "the papers of a suspended instance");
    assert_eq!(pair.globex.code(&ada, &of_ada).await, "status.revoked");
    assert_eq!(pair.globex.code(&bob, &of_bob).await, "status.suspended");
    pair.acme
        .client
        .resume_instance(bob.did().as_str())
        .await
        .unwrap();
    pair.clock.advance(std::time::Duration::from_millis(1_500));
    assert_eq!(pair.globex.code(&bob, &of_bob).await, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn place_of_before_is_never_given_out_again() {
    let mut acme = Registry::alone().await;
    let ada = agent(73);
    acme.registered(&ada).await;
    let mut seen = BTreeSet::new();
    for turn in 0..4 {
        for _ in 0..24 {
            let paper = acme.client.issue(&order(&ada)).await.unwrap();
            for place in places(&paper.credential) {
                assert!(seen.insert(place), "given out twice");
            }
            if turn == 0 {
                acme.client.revoke(&paper.id).await.unwrap();
            }
        }
        acme.restart().await;
    }
    let lists: BTreeSet<_> = seen.iter().map(|(list, _)| list.clone()).collect();
    assert_eq!(lists.len(), 2, "and no list was begun without need");
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_tokens_and_identity_stay() {
    let mut acme = Registry::alone().await;
    let ada = agent(74);
    acme.equipped(&ada).await;
    let body = json!({ "entity_id": "did:web:globex.example", "action": "refund:*", "resource": "https://a.example/*" });
    assert_eq!(acme.post("/api/v1/recognitions", &body).await.status, 201);
    let document = acme.client.did_document().await.unwrap();
    let agents = acme.client.agents().await.unwrap();
    let credentials = acme.client.credentials(None).await.unwrap();
    let before = acme.counted().await;
    acme.restart().await;
    assert_eq!(acme.counted().await, before);
    assert_eq!(before, [1, 1, 2, 1]);
    assert_eq!(acme.client.did_document().await.unwrap(), document);
    assert_eq!(acme.client.agents().await.unwrap(), agents);
    assert_eq!(acme.client.credentials(None).await.unwrap(), credentials);
}
