//! Delegations that keep their status at the root: reserved, recorded, revoked by those above.

use chancery::{
    Agent,
    agent::{Handover, Reservation},
};
use chancery_did::Timestamp;
use chancery_vc::{StatusEntry, capability::Capability};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::cast::{Registry, START, agent, id, refund_capability, text};

fn narrowed(max: &str, depth: u8) -> Value {
    let mut capability = refund_capability();
    capability[0]["from"] = json!(0);
    capability[0]["constraint"][0]["max"] = json!(max);
    capability[0]["delegation"] = json!({ "maxDepth": depth });
    if depth == 0 {
        capability[0].as_object_mut().unwrap().remove("delegation");
    }
    capability
}

fn handover(to: &Agent, max: &str, depth: u8) -> Handover {
    Handover {
        subject: to.did().clone(),
        capability: Capability::parse(&narrowed(max, depth)).unwrap(),
        valid_until: Timestamp::parse(START).unwrap().saturating_add_millis(1_800_000),
    }
}

fn reservation(answer: &Value) -> Reservation {
    let entries = answer["credentialStatus"].as_array().unwrap();
    Reservation {
        id: id(answer),
        status: entries
            .iter()
            .map(|entry| StatusEntry::parse(entry).unwrap())
            .collect(),
    }
}

/// Reserves and signs a delegation, and records it.
async fn handed_on(
    acme: &Registry,
    from: &Agent,
    to: &Agent,
    parent: &str,
    max: &str,
    depth: u8,
) -> (String, String) {
    let handover = handover(to, max, depth);
    let request = from
        .request_delegation(acme.app.did(), parent, &handover, acme.now())
        .unwrap();
    let (status, answer) = acme.signed("/api/v1/delegations", &request).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let paper = from
        .delegate(parent, &handover, Some(reservation(&answer)), acme.now())
        .unwrap();
    let path = format!("/api/v1/delegations/{}", id(&answer));
    let (status, recorded) = acme.send(Method::PUT, &path, "application/vc", &paper).await;
    assert_eq!(status, StatusCode::OK, "{recorded}");
    (id(&answer), paper)
}

async fn status_of(acme: &Registry, id: &str) -> Value {
    acme.read(&format!("/api/v1/credentials/{id}")).await.1["status"].clone()
}

#[tokio::test]
async fn delegation_is_reserved_recorded_and_reported_at_renewal() {
    let acme = Registry::acme().await;
    let (first, second, third) = (agent(70), agent(71), agent(72));
    let root = acme.equipped(&first).await.capability;
    let (one, paper) = handed_on(&acme, &first, &second, &text(&root), "40.00", 1).await;
    let (two, _) = handed_on(&acme, &second, &third, &paper, "10.00", 0).await;
    let (status, renewed) = acme
        .post(&format!("/api/v1/credentials/{}/renew", id(&root)), json!({}))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let below: Vec<_> = renewed["delegations_below"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(
        below,
        [json!(one), json!(two)],
        "both hang below the paper that was renewed"
    );
}

#[tokio::test]
async fn request_that_does_not_follow_from_its_parent_reserves_nothing() {
    let acme = Registry::acme().await;
    let (first, second) = (agent(73), agent(74));
    let root = text(&acme.equipped(&first).await.capability);
    let strangers_root = {
        let globex = Registry::open("globex.example", 30, None, chancery::Guarded::offline(), |_| {}).await;
        text(&globex.equipped(&first).await.capability)
    };
    let before = acme.rows().await;
    let good = handover(&second, "40.00", 1);
    let wide = |change: &dyn Fn(&mut Value)| {
        let mut capability = narrowed("40.00", 1);
        change(&mut capability);
        Handover {
            capability: Capability::parse(&capability).unwrap(),
            ..good.clone()
        }
    };
    let late = Handover {
        valid_until: acme.now().saturating_add_millis(7_200_000),
        ..good.clone()
    };
    let back = Handover {
        subject: first.did().clone(),
        ..good.clone()
    };
    let at = acme.now();
    let did = acme.app.did().clone();
    let other = chancery_did::Did::parse("did:web:globex.example").unwrap();
    let ask = |who: &Agent, to, parent: &str, what: &Handover, at| {
        who.request_delegation(to, parent, what, at).unwrap()
    };
    for (name, token) in [
        (
            "more money",
            ask(
                &first,
                &did,
                &root,
                &wide(&|it| it[0]["constraint"][0]["max"] = json!("200.00")),
                at,
            ),
        ),
        (
            "another currency",
            ask(
                &first,
                &did,
                &root,
                &wide(&|it| it[0]["constraint"][0]["currency"] = json!("USD")),
                at,
            ),
        ),
        (
            "another action",
            ask(
                &first,
                &did,
                &root,
                &wide(&|it| it[0]["action"] = json!(["customer:read"])),
                at,
            ),
        ),
        (
            "another resource",
            ask(
                &first,
                &did,
                &root,
                &wide(&|it| it[0]["resource"] = json!(["https://api.globex.example/*"])),
                at,
            ),
        ),
        (
            "an entry that is not there",
            ask(&first, &did, &root, &wide(&|it| it[0]["from"] = json!(7)), at),
        ),
        (
            "more depth",
            ask(
                &first,
                &did,
                &root,
                &wide(&|it| it[0]["delegation"]["maxDepth"] = json!(2)),
                at,
            ),
        ),
        ("more time", ask(&first, &did, &root, &late, at)),
        ("to itself", ask(&first, &did, &root, &back, at)),
        ("another's paper", ask(&second, &did, &root, &good, at)),
        ("a stranger's root", ask(&first, &did, &strangers_root, &good, at)),
        ("another registry", ask(&first, &other, &root, &good, at)),
        (
            "an old request",
            ask(&first, &did, &root, &good, at.saturating_add_millis(-600_000)),
        ),
        (
            "a request of tomorrow",
            ask(&first, &did, &root, &good, at.saturating_add_millis(600_000)),
        ),
        (
            "a revocation",
            first
                .request_revocation(&did, "urn:uuid:00000000-0000-4000-8000-000000000000", None, at)
                .unwrap(),
        ),
        ("a paper", root.clone()),
    ] {
        let (status, problem) = acme.signed("/api/v1/delegations", &token).await;
        assert!(
            matches!(status.as_u16(), 400 | 409 | 422),
            "{name}: {status} {problem}"
        );
        assert_eq!(acme.rows().await, before, "{name} left something behind");
    }
}

#[tokio::test]
async fn one_request_reserves_once() {
    let acme = Registry::acme().await;
    let (first, second) = (agent(75), agent(76));
    let root = text(&acme.equipped(&first).await.capability);
    let handover = handover(&second, "40.00", 0);
    let request = first
        .request_delegation(acme.app.did(), &root, &handover, acme.now())
        .unwrap();
    assert_eq!(
        acme.signed("/api/v1/delegations", &request).await.0,
        StatusCode::CREATED
    );
    let before = acme.rows().await;
    let (status, problem) = acme.signed("/api/v1/delegations", &request).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("replay.action"))
    );
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn delegation_below_a_revoked_paper_or_by_a_suspended_instance_reserves_nothing() {
    let acme = Registry::acme().await;
    let (first, second) = (agent(77), agent(78));
    let root = acme.equipped(&first).await.capability;
    let handover = handover(&second, "40.00", 0);
    let ask = || {
        first
            .request_delegation(acme.app.did(), &text(&root), &handover, acme.now())
            .unwrap()
    };
    let suspend = format!("/api/v1/instances/{}/suspend", first.did().as_str());
    acme.act(&suspend).await;
    let before = acme.rows().await;
    assert_eq!(
        acme.signed("/api/v1/delegations", &ask()).await.0,
        StatusCode::CONFLICT
    );
    assert_eq!(acme.rows().await, before);
    acme.act(&suspend.replace("suspend", "resume")).await;
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&root)))
        .await;
    let before = acme.rows().await;
    let (status, problem) = acme.signed("/api/v1/delegations", &ask()).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("status.revoked"))
    );
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn delegation_below_a_delegation_whose_root_is_gone_reserves_nothing() {
    let acme = Registry::acme().await;
    let (first, second, third) = (agent(140), agent(141), agent(142));
    let root = acme.equipped(&first).await.capability;
    let (_, paper) = handed_on(&acme, &first, &second, &text(&root), "40.00", 1).await;
    let ask = || {
        second
            .request_delegation(acme.app.did(), &paper, &handover(&third, "10.00", 0), acme.now())
            .unwrap()
    };
    let suspend = format!("/api/v1/instances/{}/suspend", first.did().as_str());
    for (act, code) in [
        (suspend, "status.suspended"),
        (
            format!("/api/v1/credentials/{}/revoke", id(&root)),
            "status.revoked",
        ),
    ] {
        assert_eq!(acme.act(&act).await.0, StatusCode::OK);
        let before = acme.rows().await;
        let (status, problem) = acme.signed("/api/v1/delegations", &ask()).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::CONFLICT, &json!(code)),
            "{act}"
        );
        assert_eq!(acme.rows().await, before);
    }
}

#[tokio::test]
async fn retired_instance_hands_nothing_on_and_its_last_papers_are_revoked() {
    let acme = Registry::acme().await;
    let (first, second) = (agent(143), agent(144));
    let papers = acme.equipped(&first).await;
    let root = text(&papers.capability);
    let (below, _) = handed_on(&acme, &first, &second, &root, "40.00", 0).await;
    let did = second.did().as_str().to_owned();
    let agent_id = acme.registered().await;
    acme.instance(&agent_id, &second).await;
    acme.act(&format!("/api/v1/instances/{did}/retire")).await;
    assert_eq!(
        status_of(&acme, &below).await,
        "revoked",
        "what was handed to her goes with her"
    );
    acme.act(&format!("/api/v1/instances/{}/retire", first.did().as_str()))
        .await;
    for paper in [&papers.passport, &papers.capability] {
        assert_eq!(status_of(&acme, &id(paper)).await, "revoked");
        let path = format!("/api/v1/credentials/{}/renew", id(paper));
        assert_eq!(acme.post(&path, json!({})).await.0, StatusCode::CONFLICT);
    }
    let before = acme.rows().await;
    let request = first
        .request_delegation(
            acme.app.did(),
            &root,
            &handover(&agent(145), "40.00", 0),
            acme.now(),
        )
        .unwrap();
    let (status, problem) = acme.signed("/api/v1/delegations", &request).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("instance.not_active"))
    );
    let (status, problem) = acme.instance(&agent_id, &first).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("instance.exists"))
    );
    // The one new row is the challenge that was not used up.
    let mut expected = before;
    expected[2] += 1;
    assert_eq!(acme.rows().await, expected);
}

#[tokio::test]
async fn another_paper_than_the_reserved_one_is_not_recorded() {
    let acme = Registry::acme().await;
    let (first, second, third) = (agent(79), agent(80), agent(81));
    let root = text(&acme.equipped(&first).await.capability);
    let good = handover(&second, "40.00", 1);
    let request = first
        .request_delegation(acme.app.did(), &root, &good, acme.now())
        .unwrap();
    let (_, answer) = acme.signed("/api/v1/delegations", &request).await;
    let path = format!("/api/v1/delegations/{}", id(&answer));
    let reserved = reservation(&answer);
    let before = acme.rows().await;
    let sign = |handover: &Handover, reservation: Reservation| {
        first
            .delegate(&root, handover, Some(reservation), acme.now())
            .unwrap()
    };
    let mut renamed = reserved.clone();
    renamed.id = "urn:uuid:00000000-0000-4000-8000-000000000001".to_owned();
    let mut moved = reserved.clone();
    moved.status[0].index ^= 1;
    let other_limit = handover(&second, "39.00", 1);
    let other_subject = handover(&third, "40.00", 1);
    let paper = sign(&good, reserved.clone());
    for (name, text) in [
        ("another limit", sign(&other_limit, reserved.clone())),
        ("another subject", sign(&other_subject, reserved.clone())),
        ("another index", sign(&good, moved)),
        ("another id", sign(&good, renamed)),
        ("the root", root.clone()),
        ("a changed byte", paper.replace("40.00", "41.00")),
    ] {
        let (status, problem) = acme.send(Method::PUT, &path, "application/vc", &text).await;
        assert!(matches!(status.as_u16(), 400 | 422), "{name}: {status} {problem}");
    }
    assert_eq!(acme.rows().await, before);
    for _ in 0..2 {
        assert_eq!(
            acme.send(Method::PUT, &path, "application/vc", &paper).await.0,
            StatusCode::OK
        );
    }
    assert_eq!(
        acme.send(
            Method::PUT,
            "/api/v1/delegations/absent",
            "application/vc",
            &paper
        )
        .await
        .0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn delegation_is_revoked_by_those_above_it_and_by_nobody_else() {
    let acme = Registry::acme().await;
    let (first, second, third) = (agent(82), agent(83), agent(84));
    let root = acme.equipped(&first).await.capability;
    let (one, paper) = handed_on(&acme, &first, &second, &text(&root), "40.00", 1).await;
    let (two, _) = handed_on(&acme, &second, &third, &paper, "10.00", 0).await;
    let did = acme.app.did().clone();
    let other = chancery_did::Did::parse("did:web:globex.example").unwrap();
    let ask = |who: &Agent, to, what: &str| {
        who.request_revocation(to, what, Some("test"), acme.now())
            .unwrap()
    };
    let before = acme.rows().await;
    for (name, token, expected) in [
        ("its own subject", ask(&third, &did, &two), 404),
        ("a stranger", ask(&agent(85), &did, &two), 404),
        ("the subject of the one above", ask(&second, &did, &one), 404),
        ("a paper of the authority", ask(&first, &did, &id(&root)), 404),
        (
            "an unknown id",
            ask(&first, &did, "urn:uuid:00000000-0000-4000-8000-000000000000"),
            404,
        ),
        ("another registry", ask(&first, &other, &two), 422),
    ] {
        let (status, problem) = acme.signed("/api/v1/revocations", &token).await;
        assert_eq!(status.as_u16(), expected, "{name}: {problem}");
    }
    assert_eq!(acme.rows().await, before);
    for _ in 0..2 {
        let (status, answer) = acme.signed("/api/v1/revocations", &ask(&first, &did, &two)).await;
        assert_eq!(
            (status, &answer["status"]),
            (StatusCode::OK, &json!("revoked")),
            "an ancestor may"
        );
    }
    assert_eq!(status_of(&acme, &two).await, "revoked");
    assert_eq!(status_of(&acme, &one).await, "reserved", "the one above stands");
    let (status, _) = acme.signed("/api/v1/revocations", &ask(&first, &did, &one)).await;
    assert_eq!(status, StatusCode::OK, "the delegator may");
}
