//! Two registries over real HTTPS: Acme issues, Globex decides.

use std::sync::Arc;

use chancery::{Agent, GuardLimits, Guarded, Roots, SettableClock, agent::Occasion};
use chancery_did::Timestamp;
use chancery_registry::{App, Client, Config, DevAuthority, Scope};
use chancery_trust::Policy;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot};

use super::cast::{START, agent, asked, config, id, key, keys, order, refund_capability, refunds};

/// One registry on its own port.
struct Served {
    app: App,
    client: Client,
    _stop: oneshot::Sender<()>,
    _folder: tempfile::TempDir,
}

/// The two of them and their clock.
struct Stage {
    acme: Served,
    globex: Served,
    clock: SettableClock,
    guarded: Guarded,
}

struct Door {
    listener: TcpListener,
    host: String,
    authority: DevAuthority,
}

async fn door() -> Door {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("localhost:{}", listener.local_addr().unwrap().port());
    Door {
        listener,
        host,
        authority: DevAuthority::generate(&["localhost"]).unwrap(),
    }
}

fn guarded(doors: [&Door; 2]) -> Guarded {
    let pem = doors.map(|door| door.authority.ca_pem().to_owned()).concat();
    let loopback = doors
        .map(|door| {
            (
                "localhost".to_owned(),
                door.host.split(':').nth(1).unwrap().parse().unwrap(),
            )
        })
        .to_vec();
    Guarded::new(GuardLimits::default(), Roots::Pem(pem.into_bytes()), loopback).unwrap()
}

async fn serve(
    door: Door,
    seed: u8,
    clock: &SettableClock,
    guarded: &Guarded,
    policy: Option<Policy>,
) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let config = Config {
        status_ttl_seconds: 1,
        ..config(&door.host, &folder)
    };
    let app = App::open(
        config,
        keys(seed),
        Arc::new(clock.clone()),
        guarded.clone(),
        policy,
    )
    .await
    .unwrap();
    let token = app.mint_token(&Scope::ALL, 86_400, "test").await.unwrap();
    let client = Client::new(
        &format!("https://{}", door.host),
        guarded.clone(),
        Some(token.secret),
    );
    let (stop, stopped) = oneshot::channel::<()>();
    let served = app.clone();
    let tls = door.authority.server_config();
    tokio::spawn(async move {
        served
            .serve(door.listener, tls, async {
                drop(stopped.await);
            })
            .await
    });
    Served {
        app,
        client,
        _stop: stop,
        _folder: folder,
    }
}

fn did(host: &str) -> String {
    format!("did:web:{}", host.replace(':', "%3A"))
}

/// Globex's policy: Acme is anchored with its key pinned, recognized by Globex's own registry, for 80 EUR.
fn policy(acme: &str, globex: &str) -> Policy {
    let mut grant = refund_capability();
    grant[0].as_object_mut().unwrap().remove("delegation");
    grant[0]["constraint"][0]["max"] = json!("80.00");
    Policy::parse_value(&json!({
        "version": 1,
        "audience": format!("https://{globex}"),
        "maxStatusAge": "1s",
        "anchors": [{
            "issuer": did(acme),
            "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
            "keys": [key(10).public_key().thumbprint()],
            "subjects": ["did:key"],
            "recognizedBy": "globex",
            "grant": grant,
        }],
        "registries": [{
            "name": "globex",
            "did": format!("{}:trqp", did(globex)),
            "key": key(32).public_key().to_multikey(),
            "authority": did(globex),
            "endpoint": format!("https://{globex}/trqp"),
        }],
        "tools": [{
            "name": "refund",
            "action": "refund:create",
            "resource": "https://api.globex.example/orders/{order}",
            "facts": { "amount": { "type": "Amount", "value": "/amount", "currency": "EUR" } },
        }],
    }))
    .unwrap()
}

impl Stage {
    async fn set() -> Self {
        let clock = SettableClock::new(Timestamp::parse(START).unwrap());
        let (acme, globex) = (door().await, door().await);
        let guarded = guarded([&acme, &globex]);
        let policy = policy(&acme.host, &globex.host);
        let acme_did = did(&acme.host);
        let acme = serve(acme, 10, &clock, &guarded, None).await;
        let globex = serve(globex, 30, &clock, &guarded, Some(policy)).await;
        globex
            .client
            .recognize(&acme_did, "refund:create", "https://api.globex.example/orders/*")
            .await
            .unwrap();
        Self {
            acme,
            globex,
            clock,
            guarded,
        }
    }

    fn now(&self) -> Timestamp {
        chancery::Clock::now(&self.clock)
    }

    /// Registers an instance and gives it its capability and its passport, in the order of a presentation.
    async fn equipped(&self, me: &Agent) -> Vec<chancery_registry::client::IssuedPaper> {
        let client = &self.acme.client;
        let agent_id = id(&client.register_agent(&refunds()).await.unwrap());
        let challenge = client.possession_challenge(&agent_id).await.unwrap();
        let challenge = json!({
            "audience": challenge.audience, "challenge": challenge.challenge, "instance_of": challenge.instance_of,
        });
        let possession = me.prove_possession(&asked(&challenge), self.now()).unwrap();
        client
            .register_instance(&agent_id, me.did().as_str(), &possession)
            .await
            .unwrap();
        let passport = json!({ "type": "AgentPassportCredential", "instance": me.did().as_str() });
        vec![
            client.issue(&order(me)).await.unwrap(),
            client.issue(&passport).await.unwrap(),
        ]
    }

    /// A request to verify: a presentation for a fresh challenge, about a refund of an amount.
    async fn request(&self, me: &Agent, papers: &[String], amount: &str) -> Value {
        let challenge = self.globex.client.challenge().await.unwrap();
        let occasion = Occasion::new(challenge.audience, challenge.challenge.clone());
        let presentation = me.present(papers.to_vec(), &occasion, self.now()).unwrap();
        json!({
            "presentation": presentation,
            "tool": "refund",
            "arguments": { "order": "7", "amount": amount },
            "nonce": challenge.challenge,
        })
    }

    async fn decide(&self, request: &Value) -> Value {
        self.globex.client.verify(request).await.unwrap()
    }
}

fn outcome(decision: &Value) -> (bool, &str) {
    (
        decision["allow"].as_bool().unwrap(),
        decision["code"].as_str().unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn partner_that_met_nobody_decides_and_feels_a_revocation() {
    let stage = Stage::set().await;
    let me = agent(110);
    let issued = stage.equipped(&me).await;
    let papers: Vec<String> = issued.iter().map(|paper| paper.credential.clone()).collect();

    let request = stage.request(&me, &papers, "35.00").await;
    let decision = stage.decide(&request).await;
    assert_eq!(outcome(&decision), (true, "ok"), "{decision:#}");
    assert_eq!(
        outcome(&stage.decide(&request).await),
        (false, "replay.presentation")
    );

    for (amount, code) in [("90.00", "constraint.amount"), ("100.01", "constraint.amount")] {
        let request = stage.request(&me, &papers, amount).await;
        assert_eq!(outcome(&stage.decide(&request).await), (false, code), "{amount}");
    }
    let request = stage.request(&agent(111), &papers, "35.00").await;
    assert_eq!(outcome(&stage.decide(&request).await), (false, "binding.holder"));

    stage.acme.client.revoke(&issued[0].id).await.unwrap();
    stage.clock.advance(std::time::Duration::from_millis(1_500));
    let request = stage.request(&me, &papers, "35.00").await;
    assert_eq!(outcome(&stage.decide(&request).await), (false, "status.revoked"));
}

#[tokio::test(flavor = "multi_thread")]
async fn suspended_instance_is_refused_until_it_is_resumed() {
    let stage = Stage::set().await;
    let me = agent(112);
    let papers: Vec<String> = stage
        .equipped(&me)
        .await
        .into_iter()
        .map(|paper| paper.credential)
        .collect();
    stage
        .acme
        .client
        .suspend_instance(me.did().as_str())
        .await
        .unwrap();
    let request = stage.request(&me, &papers, "35.00").await;
    assert_eq!(
        outcome(&stage.decide(&request).await),
        (false, "status.suspended")
    );
    stage
        .acme
        .client
        .resume_instance(me.did().as_str())
        .await
        .unwrap();
    stage.clock.advance(std::time::Duration::from_millis(1_500));
    let request = stage.request(&me, &papers, "35.00").await;
    assert_eq!(outcome(&stage.decide(&request).await), (true, "ok"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_submissions_of_one_presentation_exactly_one_is_allowed() {
    let stage = Arc::new(Stage::set().await);
    let me = agent(113);
    let papers: Vec<String> = stage
        .equipped(&me)
        .await
        .into_iter()
        .map(|paper| paper.credential)
        .collect();
    let request = stage.request(&me, &papers, "35.00").await;
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (stage, request) = (Arc::clone(&stage), request.clone());
            tokio::spawn(async move {
                let router = stage.globex.app.router();
                let request = http::Request::post("/verify")
                    .header(http::header::CONTENT_TYPE, "application/json")
                    .body(axum::body::Body::from(request.to_string()))
                    .unwrap();
                let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
                super::cast::read(response).await.1
            })
        })
        .collect();
    let mut codes = std::collections::BTreeMap::<String, usize>::new();
    for task in tasks {
        *codes
            .entry(task.await.unwrap()["code"].as_str().unwrap().to_owned())
            .or_default() += 1;
    }
    assert_eq!(codes.get("ok"), Some(&1), "{codes:?}");
    assert_eq!(codes.values().sum::<usize>(), 64);
    assert_eq!(codes.get("replay.presentation"), Some(&63), "{codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nonce_that_this_service_did_not_give_is_never_good() {
    let stage = Stage::set().await;
    let me = agent(114);
    let papers: Vec<String> = stage
        .equipped(&me)
        .await
        .into_iter()
        .map(|paper| paper.credential)
        .collect();
    let mut request = stage.request(&me, &papers, "35.00").await;
    let occasion = Occasion::new(stage.globex.app.base_url(), "A".repeat(43));
    request["presentation"] = json!(me.present(papers.clone(), &occasion, stage.now()).unwrap());
    request["nonce"] = json!("A".repeat(43));
    let decision = stage.decide(&request).await;
    assert_eq!(outcome(&decision), (false, "replay.presentation"));
    let late = stage.request(&me, &papers, "35.00").await;
    stage.clock.advance(std::time::Duration::from_secs(301));
    assert!(!outcome(&stage.decide(&late).await).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn envelope_that_is_not_one_is_a_400_and_no_decision() {
    let stage = Stage::set().await;
    let good = json!({ "presentation": "x", "tool": "refund", "arguments": {"order": "7"}, "nonce": "n" });
    for (name, value) in [
        ("presentation", json!({})),
        ("presentation", json!(null)),
        ("nonce", json!(null)),
        ("nonce", json!("")),
        ("tool", json!("unknown")),
        ("tool", json!(7)),
        ("evidence", json!([])),
        ("evidence", json!({"documents": []})),
        ("evidence", json!({"documents": {"did:web:a.example": {}}})),
        ("evidence", json!({"anchors": {}})),
        ("action", json!("refund:create")),
    ] {
        let mut request = good.clone();
        request[name] = value;
        let error = stage.globex.client.verify(&request).await.unwrap_err();
        assert_eq!(error.exit_class(), 2, "{name}: {error}");
    }
    let client = Client::new(stage.acme.app.base_url(), Guarded::offline(), None);
    assert_eq!(client.challenge().await.unwrap_err().exit_class(), 5);
    assert_eq!(
        stage.acme.client.challenge().await.unwrap_err().exit_class(),
        1,
        "Acme decides about nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_presentations_are_verdicts_and_use_nothing_up() {
    let stage = Stage::set().await;
    for text in [
        "",
        "garbage",
        "{}",
        "[]",
        "a.b.c",
        "{\"a\":1,\"a\":2}",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        let request = json!({ "presentation": text, "tool": "refund", "arguments": {"order": "7", "amount": "1.00"}, "nonce": "n" });
        let decision = stage.decide(&request).await;
        let (allow, code) = outcome(&decision);
        assert!(!allow && !code.is_empty(), "{text}: {code}");
        assert_eq!(decision["verdict"], "invalid", "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn client_tells_permission_from_absence() {
    let stage = Stage::set().await;
    let acme = &stage.acme;
    assert_eq!(
        acme.client
            .agent("urn:uuid:absent")
            .await
            .unwrap_err()
            .exit_class(),
        1
    );
    let weak = acme
        .app
        .mint_token(&[Scope::AgentsRead], 60, "reader")
        .await
        .unwrap();
    let reader = Client::new(acme.app.base_url(), stage.guarded.clone(), Some(weak.secret));
    assert_eq!(
        reader.register_agent(&refunds()).await.unwrap_err().exit_class(),
        4
    );
    assert!(reader.agents().await.unwrap().is_empty());
}
