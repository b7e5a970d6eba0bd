//! TRQP questions as of an instant, over the wire: before, between and after what happened.

use std::time::Duration;

use chancery_did::Timestamp;
use serde_json::{Value, json};

use super::papers::ORDER;
use super::stage::{Registry, agent};
use super::wire::Ask;

async fn ask(acme: &Registry, query: &str, entity: &str, at: Option<Timestamp>) -> (u16, Value) {
    let mut question = json!({
        "entity_id": entity, "authority_id": acme.door.did(), "action": "refund:create", "resource": ORDER,
    });
    if let Some(at) = at {
        question["context"] = json!({ "time": at.to_string() });
    }
    let answer = acme
        .wire
        .send(&Ask::new("POST", &format!("/trqp/{query}")).json(&question))
        .await;
    if answer.status >= 400 {
        answer.problem(query);
    }
    (answer.status, answer.json())
}

#[tokio::test(flavor = "multi_thread")]
async fn authorization_of_the_past_outlives_a_revocation_and_the_present_one_does_not() {
    let acme = Registry::alone().await;
    let ada = agent(90);
    let did = ada.did().as_str();
    assert_eq!(
        ask(&acme, "authorization", did, None).await.0,
        404,
        "nobody knows her"
    );
    acme.registered(&ada).await;
    let before = acme.now();
    acme.clock.advance(Duration::from_secs(60));
    let paper = acme.client.issue(&super::papers::order(&ada)).await.unwrap();
    acme.clock.advance(Duration::from_secs(60));
    let between = acme.now();
    let (status, answer) = ask(&acme, "authorization", did, None).await;
    assert_eq!((status, &answer["authorized"]), (200, &json!(true)), "{answer}");
    acme.clock.advance(Duration::from_secs(60));
    acme.client.revoke(&paper.id).await.unwrap();
    acme.clock.advance(Duration::from_secs(60));
    let after = acme.now();
    acme.clock.advance(Duration::from_secs(1));
    for (at, authorized) in [
        (Some(before), false),
        (Some(between), true),
        (Some(after), false),
        (None, false),
    ] {
        let (status, answer) = ask(&acme, "authorization", did, at).await;
        assert_eq!(
            (status, &answer["authorized"]),
            (200, &json!(authorized)),
            "{at:?}: {answer}"
        );
        if let Some(at) = at {
            assert_eq!(answer["time_requested"], at.to_string());
        }
    }
    let future = acme.now().saturating_add_millis(600_000);
    assert_eq!(
        ask(&acme, "authorization", did, Some(future)).await.0,
        400,
        "nobody knows the future"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn suspension_shows_only_while_it_lasts() {
    let acme = Registry::alone().await;
    let ada = agent(91);
    let did = ada.did().as_str().to_owned();
    acme.equipped(&ada).await;
    let mut moments = Vec::new();
    for act in ["suspend", "resume"] {
        acme.clock.advance(Duration::from_secs(60));
        moments.push(acme.now());
        acme.clock.advance(Duration::from_secs(60));
        assert_eq!(
            acme.admin("POST", &format!("/api/v1/instances/{did}/{act}"))
                .await
                .status,
            200
        );
    }
    acme.clock.advance(Duration::from_secs(60));
    moments.push(acme.now());
    for (at, authorized) in moments.into_iter().zip([true, false, true]) {
        let (_, answer) = ask(&acme, "authorization", &did, Some(at)).await;
        assert_eq!(answer["authorized"], authorized, "{at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recognition_has_a_beginning_and_an_end() {
    let acme = Registry::alone().await;
    let partner = "did:web:globex.example";
    assert_eq!(ask(&acme, "recognition", partner, None).await.0, 404);
    let before = acme.now();
    acme.clock.advance(Duration::from_secs(60));
    let made = acme
        .client
        .recognize(partner, "refund:create", ORDER)
        .await
        .unwrap();
    acme.clock.advance(Duration::from_secs(60));
    let during = acme.now();
    acme.clock.advance(Duration::from_secs(60));
    let path = format!("/api/v1/recognitions/{}", made["id"].as_str().unwrap());
    assert_eq!(acme.admin("DELETE", &path).await.status, 204);
    for (at, recognized) in [(Some(before), false), (Some(during), true), (None, false)] {
        let (_, answer) = ask(&acme, "recognition", partner, at).await;
        assert_eq!(answer["recognized"], recognized, "{at:?}");
    }
}
