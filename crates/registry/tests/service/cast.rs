//! The cast of the service's tests: Acme's registry, its clock, its agents, and a way to call its routes.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use chancery::{Agent, Guarded, SettableClock, agent::PossessionChallenge};
use chancery_did::{KeyType, SecretKey, Timestamp};
use chancery_registry::{App, Config, Keys, Scope};
use chancery_trust::Policy;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Wednesday 2026-06-03, 10:00 in Berlin.
pub(crate) const START: &str = "2026-06-03T08:00:00Z";

/// A registry with its database in a folder of its own.
pub(crate) struct Registry {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) clock: SettableClock,
    pub(crate) token: String,
    pub(crate) folder: tempfile::TempDir,
}

/// A key from one byte.
pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

/// The four keys of an organization.
pub(crate) fn keys(seed: u8) -> Keys {
    Keys {
        issue: Arc::new(key(seed)),
        status: Arc::new(key(seed + 1)),
        trqp: Arc::new(key(seed + 2)),
        bundle: Arc::new(key(seed + 3)),
    }
}

/// An agent from one byte.
pub(crate) fn agent(seed: u8) -> Agent {
    Agent::of(key(seed)).unwrap()
}

/// The configuration of a host whose database is in a folder.
pub(crate) fn config(host: &str, folder: &tempfile::TempDir) -> Config {
    Config {
        host: host.to_owned(),
        organization: "Acme".to_owned(),
        database: format!("sqlite://{}", folder.path().join("registry.db").display()),
        ..Config::default()
    }
}

impl Registry {
    /// Acme, without a policy.
    pub(crate) async fn acme() -> Self {
        Self::open("acme.example", 10, None, Guarded::offline(), |_| {}).await
    }

    /// Any registry.
    pub(crate) async fn open(
        host: &str,
        seed: u8,
        policy: Option<Policy>,
        client: Guarded,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = SettableClock::new(Timestamp::parse(START).unwrap());
        let mut config = config(host, &folder);
        change(&mut config);
        let app = App::open(config, keys(seed), Arc::new(clock.clone()), client, policy)
            .await
            .unwrap();
        let token = app
            .mint_token(&Scope::ALL, 86_400, "test")
            .await
            .unwrap()
            .secret
            .to_string();
        Self {
            router: app.router(),
            app,
            clock,
            token,
            folder,
        }
    }

    /// Calls a route as it is.
    pub(crate) async fn call(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Calls an admin route with the token that may do everything.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let body = match body {
            None => Body::empty(),
            Some(value) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(value.to_string())
            }
        };
        read(self.call(request.body(body).unwrap()).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.admin(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn act(&self, path: &str) -> (StatusCode, Value) {
        self.admin(Method::POST, path, None).await
    }

    pub(crate) async fn read(&self, path: &str) -> (StatusCode, Value) {
        self.admin(Method::GET, path, None).await
    }

    /// Sends text of a media type without a token.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        media: &str,
        text: &str,
    ) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONTENT_TYPE, media)
            .body(Body::from(text.to_owned()))
            .unwrap();
        read(self.call(request).await).await
    }

    /// Sends a signed request without a token.
    pub(crate) async fn signed(&self, path: &str, token: &str) -> (StatusCode, Value) {
        self.send(Method::POST, path, "application/jwt", token).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        chancery::Clock::now(&self.clock)
    }

    pub(crate) fn later(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Registers an agent with its owner and gives its id.
    pub(crate) async fn registered(&self) -> String {
        let (status, agent) = self.post("/api/v1/agents", refunds()).await;
        assert_eq!(status, StatusCode::CREATED, "{agent}");
        agent["id"].as_str().unwrap().to_owned()
    }

    /// Registers an instance of an agent.
    pub(crate) async fn instance(&self, agent_id: &str, agent: &Agent) -> (StatusCode, Value) {
        let (status, challenge) = self.act(&format!("/api/v1/agents/{agent_id}/challenges")).await;
        assert_eq!(status, StatusCode::CREATED, "{challenge}");
        let possession = agent.prove_possession(&asked(&challenge), self.now()).unwrap();
        self.post(
            &format!("/api/v1/agents/{agent_id}/instances"),
            json!({ "did": agent.did().as_str(), "possession": possession }),
        )
        .await
    }

    /// Registers an agent with one instance and issues a passport and a capability credential to it.
    pub(crate) async fn equipped(&self, agent: &Agent) -> Papers {
        let agent_id = self.registered().await;
        let (status, instance) = self.instance(&agent_id, agent).await;
        assert_eq!(status, StatusCode::CREATED, "{instance}");
        Papers {
            passport: self.passport(agent).await,
            capability: self.capability(agent).await,
        }
    }

    pub(crate) async fn passport(&self, agent: &Agent) -> Value {
        let order = json!({ "type": "AgentPassportCredential", "instance": agent.did().as_str() });
        let (status, passport) = self.post("/api/v1/credentials", order).await;
        assert_eq!(status, StatusCode::CREATED, "{passport}");
        passport
    }

    pub(crate) async fn capability(&self, agent: &Agent) -> Value {
        let (status, capability) = self.post("/api/v1/credentials", order(agent)).await;
        assert_eq!(status, StatusCode::CREATED, "{capability}");
        capability
    }

    /// How many rows each table has: what was left behind.
    pub(crate) async fn rows(&self) -> Vec<i64> {
        use sqlx::Connection as _;
        let path = self.folder.path().join("registry.db");
        let mut connection = sqlx::SqliteConnection::connect(&format!("sqlite://{}", path.display()))
            .await
            .unwrap();
        let mut counts = Vec::new();
        for sql in [
            "select count(*) from agents",
            "select count(*) from instances",
            "select count(*) from challenges",
            "select count(*) from consumed",
            "select count(*) from credentials",
            "select count(*) from status_entries",
            "select coalesce(sum(value), 0) from status_entries",
            "select coalesce(sum(version), 0) from status_lists",
            "select count(*) from status_events",
            "select count(*) from recognitions",
            "select count(*) from tokens",
        ] {
            counts.push(
                sqlx::query_scalar::<_, i64>(sql)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap(),
            );
        }
        counts
    }
}

/// What an equipped instance holds: the answers of `POST /api/v1/credentials`.
pub(crate) struct Papers {
    pub(crate) passport: Value,
    pub(crate) capability: Value,
}

/// The text of an issued paper.
pub(crate) fn text(paper: &Value) -> String {
    paper["credential"].as_str().unwrap().to_owned()
}

/// The id of anything.
pub(crate) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// A registration that is accepted.
pub(crate) fn refunds() -> Value {
    json!({
        "name": "Refunds",
        "version": "1.0.0",
        "owner": "mailto:owner@acme.example",
        "team": "Payments",
        "platform": "kubernetes",
        "purpose": "refund orders",
        "risk_level": "high",
        "autonomy_level": 2,
        "tools": ["refund"],
        "data_access": ["orders"],
    })
}

/// Refunds up to 100 EUR, on one level of delegation.
pub(crate) fn refund_capability() -> Value {
    json!([{
        "action": ["refund:create"],
        "resource": ["https://api.globex.example/orders/*"],
        "constraint": [{ "type": "Amount", "fact": "amount", "max": "100.00", "currency": "EUR" }],
        "delegation": { "maxDepth": 2 },
    }])
}

/// An order for a capability credential.
pub(crate) fn order(agent: &Agent) -> Value {
    json!({
        "type": "AgentCapabilityCredential",
        "instance": agent.did().as_str(),
        "capability": refund_capability(),
        "valid_for_seconds": 3600,
    })
}

/// The challenge in an answer.
pub(crate) fn asked(answer: &Value) -> PossessionChallenge {
    let text = |name: &str| answer[name].as_str().unwrap().to_owned();
    PossessionChallenge {
        audience: text("audience"),
        nonce: text("challenge"),
        instance_of: text("instance_of"),
    }
}

/// Reads an answer; every refusal must be problem details with a code.
pub(crate) async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let media = response
        .headers()
        .get(header::CONTENT_TYPE)
        .map(|media| media.to_str().unwrap().to_owned());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let value: Value = serde_json::from_slice(&bytes)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    if status.is_client_error() || status.is_server_error() {
        assert_eq!(
            media.as_deref(),
            Some("application/problem+json"),
            "{status} {value}"
        );
        assert_eq!(value["status"], status.as_u16(), "{value}");
        for member in ["type", "title", "detail", "code", "instance"] {
            assert!(
                value[member].as_str().is_some_and(|text| !text.is_empty()),
                "{member} of {value}"
            );
        }
    }
    (status, value)
}
