//! Agents, instances, tokens: who may do what, and what an agent must have.

use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::cast::{Registry, agent, asked, id, read, refunds};

#[tokio::test]
async fn agent_without_an_owner_is_not_registered() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    for owner in [
        None,
        Some(json!("")),
        Some(json!("   ")),
        Some(json!(null)),
        Some(json!(7)),
        Some(json!([])),
    ] {
        let mut body = refunds();
        match owner {
            None => {
                body.as_object_mut().unwrap().remove("owner");
            }
            Some(owner) => body["owner"] = owner,
        }
        let (status, problem) = acme.post("/api/v1/agents", body).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("agent.owner_missing"))
        );
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn agent_is_registered_listed_and_found() {
    let acme = Registry::acme().await;
    let first = acme.registered().await;
    let second = acme.registered().await;
    let (status, found) = acme.read(&format!("/api/v1/agents/{first}")).await;
    assert_eq!(
        (status, &found["owner"]),
        (StatusCode::OK, &json!("mailto:owner@acme.example"))
    );
    let bare = first.strip_prefix("urn:uuid:").unwrap();
    assert_eq!(acme.read(&format!("/api/v1/agents/{bare}")).await.1, found);
    let (_, page) = acme.read("/api/v1/agents?limit=1").await;
    let next = page["next"].as_str().unwrap();
    let (_, rest) = acme.read(&format!("/api/v1/agents?limit=1&after={next}")).await;
    let ids: Vec<_> = [&page, &rest]
        .iter()
        .map(|page| page["items"][0]["id"].clone())
        .collect();
    assert_eq!(ids, [json!(first), json!(second)]);
    assert_eq!(
        acme.read("/api/v1/agents/urn:uuid:absent").await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn profile_out_of_bounds_is_refused() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    for (name, value) in [
        ("risk_level", json!("enormous")),
        ("autonomy_level", json!(5)),
        ("autonomy_level", json!(-1)),
        ("autonomy_level", json!(1.5)),
        ("tools", json!("refund")),
        ("tools", json!([1])),
        ("data_access", json!([""])),
        ("name", json!("a\u{0}b")),
        ("name", json!("x".repeat(3000))),
        ("composite", json!({})),
        ("composite", json!({"model": "not a digest"})),
        ("surprise", json!(true)),
    ] {
        let mut body = refunds();
        body[name] = value;
        let (status, problem) = acme.post("/api/v1/agents", body).await;
        assert!(matches!(status.as_u16(), 400 | 422), "{name}: {problem}");
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn instance_proves_possession_of_its_key() {
    let acme = Registry::acme().await;
    let agent_id = acme.registered().await;
    let (status, instance) = acme.instance(&agent_id, &agent(50)).await;
    assert_eq!(
        (status, &instance["state"]),
        (StatusCode::CREATED, &json!("active"))
    );
    let (status, again) = acme.instance(&agent_id, &agent(50)).await;
    assert_eq!(
        (status, &again["code"]),
        (StatusCode::CONFLICT, &json!("instance.exists"))
    );
    let (_, list) = acme.read(&format!("/api/v1/agents/{agent_id}/instances")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let did = agent(50).did().as_str().to_owned();
    assert_eq!(
        acme.read(&format!("/api/v1/instances/{did}")).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn possession_of_another_key_place_agent_or_time_proves_nothing() {
    let acme = Registry::acme().await;
    let (agent_id, other_id) = (acme.registered().await, acme.registered().await);
    let (_, challenge) = acme.act(&format!("/api/v1/agents/{agent_id}/challenges")).await;
    let good = asked(&challenge);
    let (me, other) = (agent(51), agent(52));
    let path = format!("/api/v1/agents/{agent_id}/instances");
    let before = acme.rows().await;

    let mut elsewhere = good.clone();
    elsewhere.audience = "did:web:globex.example".to_owned();
    let mut of_another = good.clone();
    of_another.instance_of = other_id;
    let mut unknown = good.clone();
    unknown.nonce = "A".repeat(43);
    let at = acme.now();
    let hour = at.saturating_add_millis(3_600_000);
    let proof = me.prove_possession(&good, at).unwrap();
    let mut changed = proof.clone().into_bytes();
    let last = changed.len() - 10;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    for (name, did, possession) in [
        (
            "another's signature",
            me.did(),
            other.prove_possession(&good, at).unwrap(),
        ),
        ("another's DID", other.did(), proof.clone()),
        (
            "another registry",
            me.did(),
            me.prove_possession(&elsewhere, at).unwrap(),
        ),
        (
            "another agent",
            me.did(),
            me.prove_possession(&of_another, at).unwrap(),
        ),
        (
            "an unknown nonce",
            me.did(),
            me.prove_possession(&unknown, at).unwrap(),
        ),
        (
            "from the future",
            me.did(),
            me.prove_possession(&good, hour).unwrap(),
        ),
        ("a changed byte", me.did(), String::from_utf8(changed).unwrap()),
        ("not a token", me.did(), "e30.e30.".to_owned()),
    ] {
        let body = json!({ "did": did.as_str(), "possession": possession });
        let (status, problem) = acme.post(&path, body).await;
        assert!(matches!(status.as_u16(), 409 | 422), "{name}: {problem}");
        assert_eq!(acme.rows().await, before, "{name} left something behind");
    }
    let body = json!({ "did": me.did().as_str(), "possession": proof });
    assert_eq!(acme.post(&path, body.clone()).await.0, StatusCode::CREATED);
    assert_eq!(
        acme.post(&path, body).await.1["code"],
        "binding.nonce",
        "a nonce proves once"
    );
}

#[tokio::test]
async fn possession_after_the_challenge_ended_proves_nothing() {
    let acme = Registry::acme().await;
    let agent_id = acme.registered().await;
    let (_, challenge) = acme.act(&format!("/api/v1/agents/{agent_id}/challenges")).await;
    acme.later(301);
    let me = agent(53);
    let possession = me.prove_possession(&asked(&challenge), acme.now()).unwrap();
    let body = json!({ "did": me.did().as_str(), "possession": possession });
    let (status, problem) = acme
        .post(&format!("/api/v1/agents/{agent_id}/instances"), body)
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("binding.nonce"))
    );
}

/// Every admin route with a body that would otherwise be read.
const ADMIN: &[(&str, &str)] = &[
    ("GET", "/api/v1/agents"),
    ("POST", "/api/v1/agents"),
    ("GET", "/api/v1/agents/x"),
    ("POST", "/api/v1/agents/x/challenges"),
    ("GET", "/api/v1/agents/x/instances"),
    ("POST", "/api/v1/agents/x/instances"),
    ("GET", "/api/v1/instances/x"),
    ("POST", "/api/v1/instances/x/suspend"),
    ("POST", "/api/v1/instances/x/resume"),
    ("POST", "/api/v1/instances/x/retire"),
    ("GET", "/api/v1/credentials"),
    ("POST", "/api/v1/credentials"),
    ("GET", "/api/v1/credentials/x"),
    ("POST", "/api/v1/credentials/x/renew"),
    ("POST", "/api/v1/credentials/x/revoke"),
    ("POST", "/api/v1/credentials/x/suspend"),
    ("POST", "/api/v1/credentials/x/resume"),
    ("GET", "/api/v1/recognitions"),
    ("POST", "/api/v1/recognitions"),
    ("DELETE", "/api/v1/recognitions/x"),
    ("POST", "/api/v1/tokens"),
    ("DELETE", "/api/v1/tokens/x"),
];

fn request(method: &str, path: &str, authorization: Option<&str>) -> Request<axum::body::Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(authorization) = authorization {
        request = request.header(header::AUTHORIZATION, authorization);
    }
    request.body("{\"not\": even json".into()).unwrap()
}

/// What two refusals must have in common: everything but the number of the occurrence.
fn shape(mut problem: Value) -> Value {
    problem.as_object_mut().unwrap().remove("instance");
    problem
}

#[tokio::test]
async fn every_admin_route_gives_one_401_to_every_unusable_token() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    let expired = acme
        .app
        .mint_token(&chancery_registry::Scope::ALL, 1, "short")
        .await
        .unwrap();
    let rows = acme.rows().await;
    acme.later(2);
    let agent_token = {
        let (_, challenge) = acme
            .act(&format!("/api/v1/agents/{}/challenges", acme.registered().await))
            .await;
        agent(54)
            .prove_possession(&asked(&challenge), acme.now())
            .unwrap()
    };
    assert_ne!(before, rows);
    let rows = acme.rows().await;
    let mut seen = std::collections::BTreeSet::new();
    for (method, path) in ADMIN {
        for authorization in [
            None,
            Some("Bearer"),
            Some("Bearer wrong"),
            Some("Basic YTpi"),
            Some(format!("Bearer chancery_{}", "A".repeat(43)).as_str()),
            Some(format!("Bearer {}", expired.secret.as_str()).as_str()),
            Some(format!("Bearer {agent_token}").as_str()),
            Some(format!("bearer  {}", acme.token).as_str()),
        ] {
            let (status, problem) = read(acme.call(request(method, path, authorization)).await).await;
            assert_eq!(
                status,
                StatusCode::UNAUTHORIZED,
                "{method} {path} {authorization:?}"
            );
            seen.insert(shape(problem).to_string());
        }
    }
    assert_eq!(seen.len(), 1, "one answer for all");
    assert_eq!(acme.rows().await, rows);
}

#[tokio::test]
async fn reader_cannot_write_and_writer_of_one_thing_cannot_write_another() {
    let acme = Registry::acme().await;
    let (_, reader) = acme
        .post(
            "/api/v1/tokens",
            json!({ "name": "reader", "scopes": ["agents:read", "credentials:read"] }),
        )
        .await;
    let reader = format!("Bearer {}", reader["token"].as_str().unwrap());
    let rows = acme.rows().await;
    for (method, path) in ADMIN.iter().filter(|(method, _)| *method != "GET") {
        let (status, problem) = read(acme.call(request(method, path, Some(&reader))).await).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("auth.forbidden")),
            "{path}"
        );
    }
    let (status, _) = read(acme.call(request("GET", "/api/v1/agents", Some(&reader))).await).await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = read(
        acme.call(request("GET", "/api/v1/recognitions", Some(&reader)))
            .await,
    )
    .await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(acme.rows().await, rows);
}

#[tokio::test]
async fn token_mints_no_scope_that_it_does_not_have() {
    let acme = Registry::acme().await;
    let (_, minter) = acme
        .post(
            "/api/v1/tokens",
            json!({ "name": "minter", "scopes": ["tokens:write", "agents:read"] }),
        )
        .await;
    let bearer = format!("Bearer {}", minter["token"].as_str().unwrap());
    let mint = async |scopes: Value| {
        let request = Request::post("/api/v1/tokens")
            .header(header::AUTHORIZATION, &bearer)
            .header(header::CONTENT_TYPE, "application/json")
            .body(json!({ "name": "x", "scopes": scopes }).to_string().into())
            .unwrap();
        read(acme.call(request).await).await
    };
    let rows = acme.rows().await;
    for scopes in [
        json!(["credentials:issue"]),
        json!(["agents:read", "evidence"]),
        json!(["tokens:write", "agents:write"]),
    ] {
        let (status, problem) = mint(scopes).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::FORBIDDEN, &json!("auth.forbidden"))
        );
    }
    assert_eq!(acme.rows().await, rows);
    assert_eq!(mint(json!(["agents:read"])).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn key_of_a_retired_instance_does_not_come_back_under_another_spelling() {
    let acme = Registry::acme().await;
    let agent_id = acme.registered().await;
    let me = agent(130);
    acme.instance(&agent_id, &me).await;
    acme.act(&format!("/api/v1/instances/{}/retire", me.did().as_str()))
        .await;
    let key = super::cast::key(130);
    let alias = chancery_did_jwk::did_for(key.public_key()).unwrap();
    let method = alias.with_fragment("0").unwrap();
    let again = chancery::Agent::with_signer(alias.clone(), method, std::sync::Arc::new(key)).unwrap();
    let (status, problem) = acme.instance(&agent_id, &again).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::CONFLICT, &json!("instance.exists")),
        "{problem}"
    );
}

#[tokio::test]
async fn token_that_was_taken_back_is_worth_nothing() {
    let acme = Registry::acme().await;
    let (status, minted) = acme
        .post(
            "/api/v1/tokens",
            json!({ "name": "operator", "scopes": ["agents:read"] }),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let bearer = format!("Bearer {}", minted["token"].as_str().unwrap());
    let ask = || request("GET", "/api/v1/agents", Some(&bearer));
    assert_eq!(acme.call(ask()).await.status(), StatusCode::OK);
    let path = format!("/api/v1/tokens/{}", id(&minted));
    assert_eq!(
        acme.admin(Method::DELETE, &path, None).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(acme.call(ask()).await.status(), StatusCode::UNAUTHORIZED);
    for body in [
        json!({ "name": "x" }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["everything"] }),
        json!({ "name": "x", "scopes": ["agents:read"], "life_seconds": 86401 }),
        json!({ "name": "x", "scopes": ["agents:read"], "admin": true }),
    ] {
        let (status, _) = acme.post("/api/v1/tokens", body).await;
        assert!(matches!(status.as_u16(), 400 | 422));
    }
}

#[tokio::test]
async fn stored_database_holds_no_token() {
    let acme = Registry::acme().await;
    let random = acme.token.strip_prefix("chancery_").unwrap().as_bytes().to_vec();
    for entry in std::fs::read_dir(acme.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(random.len()).any(|window| window == random));
    }
}
