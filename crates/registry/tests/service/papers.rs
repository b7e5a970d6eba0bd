//! Issuing, renewing, revoking, suspending.

use chancery_proof::Limits;
use chancery_vc::{PaperType, read_paper};
use http::StatusCode;
use serde_json::{Value, json};

use super::cast::{Registry, agent, id, order, refund_capability, text};

#[tokio::test]
async fn issued_papers_say_what_was_registered_and_carry_two_status_entries() {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(60)).await;
    for (paper, kind) in [
        (&papers.passport, PaperType::Passport),
        (&papers.capability, PaperType::Capability),
    ] {
        let read = read_paper(text(paper).as_bytes(), &Limits::default()).unwrap();
        let found = read.unverified();
        assert_eq!(found.kind, kind);
        assert_eq!(found.issuer.as_str(), "did:web:acme.example");
        assert_eq!(found.subject, *agent(60).did());
        assert_eq!(read.digest().as_str(), paper["digest"]);
        let purposes: Vec<_> = found.status.iter().map(|entry| entry.purpose.as_str()).collect();
        assert_eq!(purposes, ["revocation", "suspension"]);
        assert_eq!(found.id, id(paper));
    }
    let passport: Value = serde_json::from_str(&text(&papers.passport)).unwrap();
    assert_eq!(
        passport["credentialSubject"]["owner"],
        "mailto:owner@acme.example"
    );
    assert_eq!(
        passport["credentialSubject"]["organization"],
        "did:web:acme.example"
    );
    let (_, found) = acme
        .read(&format!("/api/v1/credentials/{}", id(&papers.capability)))
        .await;
    assert_eq!(
        (&found["status"], &found["credential"]),
        (&json!("issued"), &papers.capability["credential"])
    );
    let did = agent(60).did().as_str().to_owned();
    let (_, list) = acme.read(&format!("/api/v1/credentials?subject={did}")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn jose_papers_are_compact_tokens() {
    let acme = Registry::acme().await;
    acme.equipped(&agent(61)).await;
    let mut order = order(&agent(61));
    order["securing"] = json!("jose");
    let (status, paper) = acme.post("/api/v1/credentials", order).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(text(&paper).split('.').count(), 3);
    read_paper(text(&paper).as_bytes(), &Limits::default()).unwrap();
}

#[tokio::test]
async fn order_that_would_not_be_signed_takes_no_index() {
    let acme = Registry::acme().await;
    acme.equipped(&agent(62)).await;
    let before = acme.rows().await;
    let with = |pointer: &str, value: Value| {
        let mut order = order(&agent(62));
        *order.pointer_mut(pointer).unwrap() = value;
        order
    };
    let constraint = "/capability/0/constraint/0";
    for (name, order) in [
        (
            "an unknown instance",
            with("/instance", json!(agent(63).did().as_str())),
        ),
        ("no DID", with("/instance", json!("refunds"))),
        (
            "a paper of another's",
            with("/type", json!("AgentDelegationCredential")),
        ),
        (
            "an unknown type",
            with("/type", json!("UniversityDegreeCredential")),
        ),
        ("no entry", with("/capability", json!([]))),
        ("null", with("/capability", json!(null))),
        ("no action", with("/capability/0/action", json!([]))),
        (
            "a bad action",
            with("/capability/0/action/0", json!("everything")),
        ),
        (
            "a bad resource",
            with(
                "/capability/0/resource/0",
                json!("https://api.globex.example/../*"),
            ),
        ),
        ("an unknown constraint", with(constraint, json!({"type": "Mood"}))),
        (
            "an unknown operator",
            with(
                constraint,
                json!({"type": "Argument", "pointer": "/a", "like": "b"}),
            ),
        ),
        (
            "a JSON number",
            with("/capability/0/constraint/0/max", json!(100)),
        ),
        (
            "no currency",
            with(
                constraint,
                json!({"type": "Amount", "fact": "amount", "max": "1.00"}),
            ),
        ),
        (
            "a window without a zone",
            with(
                constraint,
                json!({"type": "Hours", "days": ["Mo"], "from": "09:00", "until": "17:00"}),
            ),
        ),
        (
            "an entry of a parent",
            with("/capability/0", {
                let mut entry = refund_capability()[0].clone();
                entry["from"] = json!(0);
                entry
            }),
        ),
        ("no time", with("/valid_for_seconds", json!(0))),
        ("more than a day", with("/valid_for_seconds", json!(86_401))),
        ("half a second", with("/valid_for_seconds", json!(0.5))),
    ] {
        let (status, problem) = acme.post("/api/v1/credentials", order).await;
        assert!(matches!(status.as_u16(), 400 | 422), "{name}: {status} {problem}");
        assert_eq!(acme.rows().await, before, "{name} left something behind");
    }
    let passport = json!({
        "type": "AgentPassportCredential", "instance": agent(62).did().as_str(), "capability": refund_capability(),
    });
    assert_eq!(
        acme.post("/api/v1/credentials", passport).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn revocation_is_final_and_saying_it_twice_is_no_error() {
    let acme = Registry::acme().await;
    let paper = id(&acme.equipped(&agent(64)).await.capability);
    let path = format!("/api/v1/credentials/{paper}");
    let (status, first) = acme.act(&format!("{path}/revoke")).await;
    assert_eq!((status, &first["changed"]), (StatusCode::OK, &json!(true)));
    let rows = acme.rows().await;
    let (status, second) = acme.act(&format!("{path}/revoke")).await;
    assert_eq!((status, &second["changed"]), (StatusCode::OK, &json!(false)));
    for act in ["resume", "suspend"] {
        let (status, problem) = acme.act(&format!("{path}/{act}")).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::CONFLICT, &json!("status.revoked"))
        );
    }
    let (status, _) = acme.post(&format!("{path}/renew"), json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(acme.rows().await, rows);
    assert_eq!(
        acme.act("/api/v1/credentials/urn:uuid:absent/revoke").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn suspending_an_instance_takes_every_paper_with_it_and_stops_new_ones() {
    let acme = Registry::acme().await;
    let me = agent(65);
    let papers = acme.equipped(&me).await;
    let did = me.did().as_str();
    let (status, moved) = acme.act(&format!("/api/v1/instances/{did}/suspend")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(moved["credentials"].as_array().unwrap().len(), 2, "{moved}");
    for paper in [&papers.passport, &papers.capability] {
        let (_, found) = acme.read(&format!("/api/v1/credentials/{}", id(paper))).await;
        assert_eq!(found["status"], "suspended");
    }
    let rows = acme.rows().await;
    let (status, problem) = acme.post("/api/v1/credentials", order(&me)).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("instance.not_active"))
    );
    assert_eq!(acme.rows().await, rows);
    acme.act(&format!("/api/v1/instances/{did}/resume")).await;
    assert_eq!(
        acme.post("/api/v1/credentials", order(&me)).await.0,
        StatusCode::CREATED
    );
    acme.act(&format!("/api/v1/instances/{did}/retire")).await;
    let (status, problem) = acme.act(&format!("/api/v1/instances/{did}/resume")).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("instance.retired"))
    );
    let (_, found) = acme
        .read(&format!("/api/v1/credentials/{}", id(&papers.capability)))
        .await;
    assert_eq!(found["status"], "revoked");
}

#[tokio::test]
async fn renewed_paper_is_a_new_one_with_new_indices() {
    let acme = Registry::acme().await;
    let old = acme.equipped(&agent(66)).await.capability;
    acme.later(1800);
    let (status, new) = acme
        .post(&format!("/api/v1/credentials/{}/renew", id(&old)), json!({}))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{new}");
    assert_eq!(
        (&new["renews"], &new["delegations_below"]),
        (&old["id"], &json!([]))
    );
    let (old, new) = (text(&old), text(&new));
    let read = |text: &str| {
        read_paper(text.as_bytes(), &Limits::default())
            .unwrap()
            .unverified()
            .clone()
    };
    let (old, new) = (read(&old), read(&new));
    assert_eq!(old.capability(), new.capability());
    assert_ne!(old.status, new.status);
    assert_eq!(new.valid_until.millis_since(old.valid_until) / 1000, 1800);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_issuers_get_different_indices() {
    let acme = std::sync::Arc::new(Registry::acme().await);
    acme.equipped(&agent(67)).await;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let acme = std::sync::Arc::clone(&acme);
            tokio::spawn(async move {
                let mut entries = Vec::new();
                for _ in 0..8 {
                    let paper = acme.capability(&agent(67)).await;
                    let read = read_paper(text(&paper).as_bytes(), &Limits::default()).unwrap();
                    for entry in &read.unverified().status {
                        entries.push((entry.list.clone(), entry.index));
                    }
                }
                entries
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    let unique: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!((all.len(), unique.len()), (256, 256));
}
