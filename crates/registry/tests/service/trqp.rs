//! The trust registry's answers, TRQP v2.0, and the registry's description of itself.

use axum::body::Body;
use chancery_did::{DidUrl, Document, PublicKey, Relationship, Timestamp};
use chancery_proof::{Keys, Limits, jose};
use chancery_trust::{description::Description, trqp::STATEMENT_TYP};
use http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::cast::{Registry, agent, id, key, read};

const PARTNER: &str = "did:web:globex.example";

fn question(entity: &str, action: &str, resource: &str) -> Value {
    json!({
        "entity_id": entity, "authority_id": "did:web:acme.example", "action": action, "resource": resource,
    })
}

async fn ask(acme: &Registry, query: &str, question: &Value) -> (StatusCode, Value) {
    let request = Request::post(format!("/trqp/{query}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-request-id", "d4f34c12-9b7a-4e3a-a5d1-7e4f8c2c9f10")
        .body(Body::from(question.to_string()))
        .unwrap();
    let response = acme.call(request).await;
    assert_eq!(
        response.headers()["x-request-id"],
        "d4f34c12-9b7a-4e3a-a5d1-7e4f8c2c9f10"
    );
    read(response).await
}

fn asked_at(mut question: Value, at: Timestamp) -> Value {
    question["context"] = json!({ "time": at.to_string() });
    question
}

#[tokio::test]
async fn authorization_follows_the_papers_as_of_the_instant_asked_for() {
    let acme = Registry::acme().await;
    let me = agent(100);
    let question = question(
        me.did().as_str(),
        "refund:create",
        "https://api.globex.example/orders/7",
    );
    assert_eq!(
        ask(&acme, "authorization", &question).await.0,
        StatusCode::NOT_FOUND,
        "unknown entity"
    );
    let paper = acme.equipped(&me).await.capability;
    let granted = acme.now();
    let (status, answer) = ask(&acme, "authorization", &question).await;
    assert_eq!(
        (status, &answer["authorized"]),
        (StatusCode::OK, &json!(true)),
        "{answer}"
    );
    for (action, resource) in [
        ("refund:delete", "https://api.globex.example/orders/7"),
        ("refund:create", "https://api.globex.example/customers/7"),
        ("refund:create", "https://api.globex.example/orders"),
        ("anything", "at-all"),
    ] {
        let other = super::trqp::question(me.did().as_str(), action, resource);
        let (status, answer) = ask(&acme, "authorization", &other).await;
        assert_eq!(
            (status, &answer["authorized"]),
            (StatusCode::OK, &json!(false)),
            "{action} {resource}"
        );
    }
    acme.later(60);
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&paper)))
        .await;
    acme.later(60);
    assert_eq!(
        ask(&acme, "authorization", &question).await.1["authorized"],
        false
    );
    let (_, past) = ask(&acme, "authorization", &asked_at(question.clone(), granted)).await;
    assert_eq!(past["authorized"], true, "what was granted then was granted then");
    assert_eq!(past["time_requested"], granted.to_string());
    let before = granted.saturating_add_millis(-60_000);
    assert_eq!(
        ask(&acme, "authorization", &asked_at(question.clone(), before))
            .await
            .1["authorized"],
        false
    );
    let future = acme.now().saturating_add_millis(3_600_000);
    assert_eq!(
        ask(&acme, "authorization", &asked_at(question, future)).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn recognition_is_what_was_recorded_until_it_ends() {
    let acme = Registry::acme().await;
    let question = question(PARTNER, "refund:create", "https://api.acme.example/orders/7");
    assert_eq!(
        ask(&acme, "recognition", &question).await.0,
        StatusCode::NOT_FOUND,
        "unknown authority"
    );
    let body = json!({
        "entity_id": PARTNER, "action": "refund:*", "resource": "https://api.acme.example/orders/*",
    });
    let (status, recognition) = acme.post("/api/v1/recognitions", body).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, answer) = ask(&acme, "recognition", &question).await;
    assert_eq!((status, &answer["recognized"]), (StatusCode::OK, &json!(true)));
    let elsewhere = super::trqp::question(PARTNER, "refund:create", "https://api.acme.example/customers/7");
    assert_eq!(ask(&acme, "recognition", &elsewhere).await.1["recognized"], false);
    let during = acme.now();
    acme.later(60);
    let path = format!("/api/v1/recognitions/{}", id(&recognition));
    assert_eq!(
        acme.admin(http::Method::DELETE, &path, None).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(ask(&acme, "recognition", &question).await.1["recognized"], false);
    assert_eq!(
        ask(&acme, "recognition", &asked_at(question, during)).await.1["recognized"],
        true
    );
    let (_, list) = acme.read("/api/v1/recognitions").await;
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        1,
        "an ended recognition is remembered"
    );
}

#[tokio::test]
async fn recognition_of_itself_or_of_no_did_is_refused() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    for entity in ["did:web:acme.example", "globex", "", "https://globex.example"] {
        let body =
            json!({ "entity_id": entity, "action": "refund:create", "resource": "https://a.example/x" });
        assert_eq!(
            acme.post("/api/v1/recognitions", body).await.0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn answer_has_the_members_of_the_standard_and_a_signed_form() {
    let acme = Registry::acme().await;
    let me = agent(101);
    acme.equipped(&me).await;
    let mut question = question(
        me.did().as_str(),
        "refund:create",
        "https://api.globex.example/orders/7",
    );
    question["context"] = json!({ "unknown": "is ignored" });
    let (_, answer) = ask(&acme, "authorization", &question).await;
    for member in ["entity_id", "authority_id", "action", "resource"] {
        assert_eq!(answer[member], question[member]);
    }
    assert!(answer["time_evaluated"].as_str().unwrap().ends_with('Z'));
    let statement = answer["statement"].as_str().unwrap();
    let trqp = key(12);
    let claims =
        jose::verify_with_key(statement, &[STATEMENT_TYP], trqp.public_key(), &Limits::default()).unwrap();
    assert_eq!(
        (&claims["iss"], &claims["authorized"]),
        (&json!("did:web:acme.example:trqp"), &json!(true))
    );
    assert!(claims["exp"].as_i64().unwrap() > claims["iat"].as_i64().unwrap());
    let issue = key(10);
    assert!(
        jose::verify_with_key(
            statement,
            &[STATEMENT_TYP],
            issue.public_key(),
            &Limits::default()
        )
        .is_err()
    );
}

#[tokio::test]
async fn question_that_is_not_one_is_400_and_another_authority_404() {
    let acme = Registry::acme().await;
    acme.equipped(&agent(102)).await;
    let good = question(
        agent(102).did().as_str(),
        "refund:create",
        "https://api.globex.example/orders/7",
    );
    for member in ["entity_id", "authority_id", "action", "resource"] {
        for value in [None, Some(json!("")), Some(json!(7)), Some(json!(null))] {
            let mut question = good.clone();
            match value {
                None => {
                    question.as_object_mut().unwrap().remove(member);
                }
                Some(value) => question[member] = value,
            }
            for query in ["authorization", "recognition"] {
                assert_eq!(
                    ask(&acme, query, &question).await.0,
                    StatusCode::BAD_REQUEST,
                    "{question}"
                );
            }
        }
    }
    for time in ["yesterday", "2026-06-03T10:00:00+02:00", "2026-02-30T00:00:00Z"] {
        let mut question = good.clone();
        question["context"] = json!({ "time": time });
        assert_eq!(
            ask(&acme, "authorization", &question).await.0,
            StatusCode::BAD_REQUEST,
            "{time}"
        );
    }
    let mut other = good;
    other["authority_id"] = json!(PARTNER);
    assert_eq!(ask(&acme, "authorization", &other).await.0, StatusCode::NOT_FOUND);
}

/// Keys of one document.
struct Known(Document);

impl Keys for Known {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        self.0
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}

#[tokio::test]
async fn description_is_signed_by_the_authority_and_names_the_keys_of_its_services() {
    let acme = Registry::acme().await;
    let text = async |path: &str| {
        let response = acme.call(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    };
    let document: Value = serde_json::from_str(&text("/.well-known/did.json").await).unwrap();
    let keys = Known(Document::parse(&document).unwrap());
    let token = text("/.well-known/chancery").await;
    let description = Description::verify(
        &token,
        acme.app.did(),
        &keys,
        &Limits::default(),
        acme.now(),
        60_000,
    )
    .unwrap();
    description.confirms("issue", key(10).public_key()).unwrap();
    description.confirms("status", key(11).public_key()).unwrap();
    description.confirms("trqp", key(12).public_key()).unwrap();
    assert!(description.confirms("status", key(10).public_key()).is_err());
}
