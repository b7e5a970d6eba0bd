//! Who may bring evidence to `POST /verify`, and what of it remains: nothing.

use axum::body::Body;
use chancery::{Guarded, agent::Occasion};
use chancery_registry::Scope;
use chancery_trust::Policy;
use chancery_verifier::EvidenceBundle;
use http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::cast::{Registry, agent, key, read, refund_capability, text};

const ORDER: &str = "https://api.globex.example/orders/7";

/// Globex, which trusts Acme and reaches nobody.
async fn globex() -> Registry {
    let mut grant = refund_capability();
    grant[0].as_object_mut().unwrap().remove("delegation");
    let policy = json!({
        "version": 1,
        "audience": "https://globex.example",
        "anchors": [{
            "issuer": "did:web:acme.example",
            "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
            "keys": [key(10).public_key().thumbprint()],
            "subjects": ["did:key"],
            "grant": grant,
        }],
        "registries": [],
        "tools": [],
    });
    let policy = Policy::parse_value(&policy).unwrap();
    Registry::open("globex.example", 30, Some(policy), Guarded::offline(), |_| {}).await
}

async fn fetched(acme: &Registry, path: &str) -> Value {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (status, document) = read(acme.call(request).await).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    document
}

/// What Globex would have fetched of Acme.
async fn gathered(acme: &Registry, papers: &[String]) -> Value {
    let mut evidence = json!({ "documents": {}, "statusLists": {} });
    for (did, path) in [
        ("did:web:acme.example", "/.well-known/did.json"),
        ("did:web:acme.example:status", "/status/did.json"),
    ] {
        evidence["documents"][did] = json!(fetched(acme, path).await.to_string());
    }
    for paper in papers {
        let paper: Value = serde_json::from_str(paper).unwrap();
        for entry in paper["credentialStatus"].as_array().unwrap() {
            let url = entry["statusListCredential"].as_str().unwrap();
            let list = fetched(acme, url.strip_prefix("https://acme.example").unwrap()).await;
            evidence["statusLists"][url] = json!(list.to_string());
        }
    }
    evidence
}

async fn submission(globex: &Registry, seed: u8, papers: &[String]) -> Value {
    let request = Request::post("/challenges").body(Body::empty()).unwrap();
    let (_, challenge) = read(globex.call(request).await).await;
    let nonce = challenge["challenge"].as_str().unwrap();
    let occasion = Occasion::new("https://globex.example", nonce);
    let presentation = agent(seed)
        .present(papers.to_vec(), &occasion, globex.now())
        .unwrap();
    json!({
        "presentation": presentation, "nonce": nonce, "action": "refund:create", "resource": ORDER,
        "facts": { "amount": { "value": "35.00", "currency": "EUR" } },
    })
}

async fn verified(globex: &Registry, body: &Value, token: Option<&str>) -> (StatusCode, Value) {
    let mut request = Request::post("/verify").header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    read(
        globex
            .call(request.body(Body::from(body.to_string())).unwrap())
            .await,
    )
    .await
}

#[tokio::test]
async fn evidence_is_taken_with_its_scope_only_and_is_enough_for_an_allow() {
    let (acme, globex) = (Registry::acme().await, globex().await);
    let issued = acme.equipped(&agent(130)).await;
    let papers = [text(&issued.capability), text(&issued.passport)];
    let mut body = submission(&globex, 130, &papers).await;
    let (_, alone) = verified(&globex, &body, Some(&globex.token)).await;
    assert_eq!(alone["code"], "fetch.offline", "{alone}");
    body["evidence"] = gathered(&acme, &papers).await;

    let others: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|it| *it != Scope::Evidence)
        .collect();
    let narrow = globex.app.mint_token(&others, 60, "narrow").await.unwrap();
    let gone = globex
        .app
        .mint_token(&[Scope::Evidence], 60, "gone")
        .await
        .unwrap();
    globex
        .admin(http::Method::DELETE, &format!("/api/v1/tokens/{}", gone.id), None)
        .await;
    for token in [
        None,
        Some("garbage"),
        Some(acme.token.as_str()),
        Some(&narrow.secret),
        Some(&gone.secret),
    ] {
        let (status, problem) = verified(&globex, &body, token).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("auth.scope"))
        );
    }
    let mut empty = body.clone();
    empty["evidence"] = json!(null);
    assert_eq!(verified(&globex, &empty, None).await.0, StatusCode::FORBIDDEN);
    assert_eq!(
        verified(&globex, &empty, Some(&globex.token)).await.0,
        StatusCode::BAD_REQUEST
    );

    let exact = globex
        .app
        .mint_token(&[Scope::Evidence], 60, "gateway")
        .await
        .unwrap();
    let (status, decision) = verified(&globex, &body, Some(&exact.secret)).await;
    assert_eq!(
        (status, &decision["code"]),
        (StatusCode::OK, &json!("ok")),
        "{decision}"
    );
    let (_, again) = verified(&globex, &body, Some(&exact.secret)).await;
    assert_eq!(again["code"], "replay.presentation", "and its nonce is used up");
}

#[tokio::test]
async fn what_one_caller_brought_is_remembered_for_nobody() {
    let (acme, globex) = (Registry::acme().await, globex().await);
    let issued = acme.equipped(&agent(131)).await;
    let papers = [text(&issued.capability), text(&issued.passport)];
    let mut body = submission(&globex, 131, &papers).await;
    body["evidence"] = gathered(&acme, &papers).await;
    assert_eq!(
        verified(&globex, &body, Some(&globex.token)).await.1["code"],
        "ok"
    );
    // Neither a list nor a document of it serves the next one, who brings none.
    let next = submission(&globex, 131, &papers).await;
    assert_eq!(verified(&globex, &next, None).await.1["code"], "fetch.offline");
    // Nor is a list that is older than the one brought before refused for that.
    let mut older = submission(&globex, 131, &papers).await;
    older["evidence"] = body["evidence"].clone();
    acme.later(60);
    let mut newer = submission(&globex, 131, &papers).await;
    globex.later(60);
    newer["evidence"] = gathered(&acme, &papers).await;
    assert_eq!(
        verified(&globex, &newer, Some(&globex.token)).await.1["code"],
        "ok"
    );
    assert_eq!(
        verified(&globex, &older, Some(&globex.token)).await.1["code"],
        "ok"
    );
}

#[tokio::test]
async fn evidence_does_not_make_trust() {
    let (acme, globex) = (Registry::acme().await, globex().await);
    let issued = acme.equipped(&agent(132)).await;
    let papers = [text(&issued.capability), text(&issued.passport)];
    let good = gathered(&acme, &papers).await;
    let forged = |did: &str, seed: u8| {
        let mut evidence = good.clone();
        let document = evidence["documents"][did].as_str().unwrap();
        let (of, by) = if seed == 10 {
            (key(10), key(66))
        } else {
            (key(11), key(66))
        };
        let changed = document.replace(&of.public_key().to_multikey(), &by.public_key().to_multikey());
        assert_ne!(changed, document);
        evidence["documents"][did] = json!(changed);
        evidence
    };
    for (evidence, code) in [
        (forged("did:web:acme.example", 10), "trust.key_changed"),
        (forged("did:web:acme.example:status", 11), "status.unknown"),
    ] {
        let mut body = submission(&globex, 132, &papers).await;
        body["evidence"] = evidence;
        let (_, decision) = verified(&globex, &body, Some(&globex.token)).await;
        assert_eq!(
            (&decision["allow"], &decision["code"]),
            (&json!(false), &json!(code)),
            "{decision}"
        );
    }
}

#[tokio::test]
async fn evidence_of_a_decision_is_given_with_its_scope_and_leads_there_again() {
    let (acme, globex) = (Registry::acme().await, globex().await);
    let issued = acme.equipped(&agent(135)).await;
    let papers = [text(&issued.capability), text(&issued.passport)];
    let mut body = submission(&globex, 135, &papers).await;
    body["evidence"] = gathered(&acme, &papers).await;
    body["save_evidence"] = json!(true);
    let (status, problem) = verified(&globex, &body, None).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::FORBIDDEN, &json!("auth.scope"))
    );
    let mut alone = body.clone();
    alone.as_object_mut().unwrap().remove("evidence");
    assert_eq!(
        verified(&globex, &alone, None).await.0,
        StatusCode::FORBIDDEN,
        "what a decision rests on is not for everybody"
    );
    // Allowed once, then a replay that only the ledger knows of: both are reached again.
    for code in ["ok", "replay.presentation"] {
        let (status, answer) = verified(&globex, &body, Some(&globex.token)).await;
        assert_eq!(
            (status, &answer["decision"]["code"]),
            (StatusCode::OK, &json!(code)),
            "{answer}"
        );
        let bundle = EvidenceBundle::parse_value(&answer["evidence_bundle"]).unwrap();
        let reached = bundle.replay(&chancery_rdfc::Rdfc::new()).to_value();
        assert_eq!(reached.to_string(), answer["decision"].to_string());
        assert_eq!(reached.to_string(), bundle.recorded());
    }
    body["save_evidence"] = json!("yes");
    let (status, problem) = verified(&globex, &body, Some(&globex.token)).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::BAD_REQUEST, &json!("request.member"))
    );
    body["save_evidence"] = json!(false);
    let (_, plain) = verified(&globex, &body, Some(&globex.token)).await;
    assert_eq!(plain["kind"], "Decision");
}
