//! Registries over TLS on their own loopback ports, one clock, and agents with papers.

use std::{sync::Arc, time::Duration};

use chancery::{
    Agent, Clock as _, GuardLimits, Guarded, Roots, SettableClock,
    agent::{Occasion, PossessionChallenge},
};
use chancery_did::{KeyType, SecretKey, Timestamp};
use chancery_registry::{
    App, Client, Config, DevAuthority, Keys, Scope,
    limits::{Rate, ServerLimits},
    store::sqlite::SqliteStore,
};
use chancery_trust::Policy;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use super::papers::{order, policy, refunds, trusted};
use super::wire::{Ask, Wire};

/// Wednesday 2026-06-03, 10:00 in Berlin.
const START: &str = "2026-06-03T08:00:00Z";
/// A port with its name and its certificate, which outlive the service behind it.
pub(crate) struct Door {
    pub(crate) host: String,
    pub(crate) authority: DevAuthority,
    port: u16,
    seed: u8,
    listener: Option<TcpListener>,
}

impl Door {
    /// Takes a free port; the seed makes the organization's keys.
    pub(crate) async fn open(seed: u8) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let authority = DevAuthority::generate(&["localhost"]).unwrap();
        Self {
            host: format!("localhost:{port}"),
            authority,
            port,
            seed,
            listener: Some(listener),
        }
    }

    /// The authority's DID.
    pub(crate) fn did(&self) -> String {
        format!("did:web:{}", self.host.replace(':', "%3A"))
    }

    /// An anchor that pins the issuing key.
    pub(crate) fn anchor(&self, papers: &[&str], grant: Value) -> Value {
        json!({
            "issuer": self.did(), "papers": papers, "subjects": ["did:key"], "grant": grant,
            "keys": [key(self.seed).public_key().thumbprint()],
        })
    }
}

/// The guarded client that reaches these ports and no other.
pub(crate) fn guarded(doors: &[&Door]) -> Guarded {
    let pem: String = doors.iter().map(|door| door.authority.ca_pem()).collect();
    let loopback = doors
        .iter()
        .map(|door| ("localhost".to_owned(), door.port))
        .collect();
    let limits = GuardLimits {
        negative: Duration::ZERO,
        ..GuardLimits::default()
    };
    Guarded::new(limits, Roots::Pem(pem.into_bytes()), loopback).unwrap()
}

/// One registry, running.
pub(crate) struct Registry {
    pub(crate) app: App,
    pub(crate) client: Client,
    pub(crate) wire: Wire,
    pub(crate) token: String,
    pub(crate) clock: SettableClock,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) door: Door,
    guarded: Guarded,
    policy: Option<Policy>,
    limits: ServerLimits,
    running: Option<(oneshot::Sender<()>, JoinHandle<std::io::Result<()>>)>,
}

/// The usual limits, but for how often one peer may ask: all of a test's clients are one peer.
pub(crate) fn patient() -> ServerLimits {
    let often = Rate {
        burst: 1_000_000,
        per_second: 1_000_000,
    };
    ServerLimits {
        requests: often,
        challenge_requests: often,
        peer_connections: 1_000,
        ..ServerLimits::default()
    }
}

/// Limits that a test can wait for.
pub(crate) fn hasty() -> ServerLimits {
    ServerLimits {
        head_time: Duration::from_secs(2),
        body_time: Duration::from_secs(3),
        stop_time: Duration::from_secs(2),
        ..patient()
    }
}

/// The clock that everybody shares.
pub(crate) fn wednesday() -> SettableClock {
    SettableClock::new(Timestamp::parse(START).unwrap())
}

/// A key from one byte.
pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

/// An agent from one byte.
pub(crate) fn agent(seed: u8) -> Agent {
    Agent::of(key(seed)).unwrap()
}

async fn opened(
    door: &Door,
    folder: &tempfile::TempDir,
    clock: &SettableClock,
    guarded: &Guarded,
    policy: Option<&Policy>,
    limits: ServerLimits,
) -> App {
    let config = Config {
        host: door.host.clone(),
        organization: "Test".to_owned(),
        database: format!("sqlite://{}", folder.path().join("registry.db").display()),
        status_ttl_seconds: 1,
        ..Config::default()
    };
    let keys = Keys {
        issue: Arc::new(key(door.seed)),
        status: Arc::new(key(door.seed + 1)),
        trqp: Arc::new(key(door.seed + 2)),
        bundle: Arc::new(key(door.seed + 3)),
    };
    config.check(true).unwrap();
    let store = Arc::new(SqliteStore::open(&config.database).await.unwrap());
    let (clock, policy) = (Arc::new(clock.clone()), policy.cloned());
    App::with_store(config, keys, clock, guarded.clone(), policy, store, limits).unwrap()
}

impl Registry {
    /// Opens a registry behind a door and serves it.
    pub(crate) async fn serve(
        door: Door,
        clock: &SettableClock,
        guarded: &Guarded,
        policy: Option<Policy>,
    ) -> Self {
        Self::within(door, clock, guarded, policy, patient()).await
    }

    async fn within(
        door: Door,
        clock: &SettableClock,
        guarded: &Guarded,
        policy: Option<Policy>,
        limits: ServerLimits,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = opened(&door, &folder, clock, guarded, policy.as_ref(), limits).await;
        let token = app.mint_token(&Scope::ALL, 86_400, "test").await.unwrap().secret;
        let mut registry = Self {
            client: Client::new(
                &format!("https://{}", door.host),
                guarded.clone(),
                Some(token.clone()),
            ),
            wire: Wire::new(door.authority.ca_pem(), door.port),
            token: token.to_string(),
            app,
            clock: clock.clone(),
            folder,
            door,
            guarded: guarded.clone(),
            policy,
            limits,
            running: None,
        };
        registry.start().await;
        registry
    }

    /// Acme alone.
    pub(crate) async fn alone() -> Self {
        Self::limited(patient()).await
    }

    /// Acme alone, within limits of its own.
    pub(crate) async fn limited(limits: ServerLimits) -> Self {
        let door = Door::open(10).await;
        let guarded = guarded(&[&door]);
        Self::within(door, &wednesday(), &guarded, None, limits).await
    }

    async fn start(&mut self) {
        let listener = match self.door.listener.take() {
            Some(listener) => listener,
            None => TcpListener::bind(("127.0.0.1", self.door.port)).await.unwrap(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        let (app, tls) = (self.app.clone(), self.door.authority.server_config());
        let task = tokio::spawn(async move { app.serve(listener, tls, async { drop(stopped.await) }).await });
        self.running = Some((stop, task));
    }

    /// Asks the service to stop; gives what ends when it has stopped.
    pub(crate) fn stop(&mut self) -> JoinHandle<std::io::Result<()>> {
        let (stop, task) = self.running.take().unwrap();
        drop(stop);
        task
    }

    /// Stops the service and opens it anew, over the same port, keys and file.
    pub(crate) async fn restart(&mut self) {
        self.stop().await.unwrap().unwrap();
        self.reopen().await;
    }

    /// Opens a stopped service anew, over the same port, keys and file.
    pub(crate) async fn reopen(&mut self) {
        let policy = self.policy.as_ref();
        self.app = opened(
            &self.door,
            &self.folder,
            &self.clock,
            &self.guarded,
            policy,
            self.limits,
        )
        .await;
        self.start().await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Asks with the token that may do everything.
    pub(crate) async fn admin(&self, method: &str, path: &str) -> super::wire::Answer {
        self.wire.send(&Ask::new(method, path).bearer(&self.token)).await
    }

    /// Posts JSON with the token that may do everything.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> super::wire::Answer {
        self.wire
            .send(&Ask::new("POST", path).bearer(&self.token).json(body))
            .await
    }

    /// Registers an agent with its owner and an instance of it; gives the agent's id.
    pub(crate) async fn registered(&self, instance: &Agent) -> String {
        let agent = self.client.register_agent(&refunds()).await.unwrap();
        let id = agent["id"].as_str().unwrap().to_owned();
        let asked = self.client.possession_challenge(&id).await.unwrap();
        let challenge = PossessionChallenge {
            audience: asked.audience,
            nonce: asked.challenge,
            instance_of: asked.instance_of.unwrap(),
        };
        let possession = instance.prove_possession(&challenge, self.now()).unwrap();
        self.client
            .register_instance(&id, instance.did().as_str(), &possession)
            .await
            .unwrap();
        id
    }

    /// Issues a passport.
    pub(crate) async fn passport(&self, instance: &Agent) -> String {
        let order = json!({ "type": "AgentPassportCredential", "instance": instance.did().as_str() });
        self.client.issue(&order).await.unwrap().credential
    }

    /// Registers an instance and issues its capability and its passport.
    pub(crate) async fn equipped(&self, instance: &Agent) -> Vec<String> {
        self.registered(instance).await;
        let capability = self.client.issue(&order(instance)).await.unwrap().credential;
        vec![capability, self.passport(instance).await]
    }

    /// A submission to this registry: a presentation for its fresh challenge, about a refund of 35 EUR.
    pub(crate) async fn submission(&self, holder: &Agent, papers: &[String]) -> Value {
        let challenge = self.client.challenge().await.unwrap();
        let occasion = Occasion::new(challenge.audience, challenge.challenge.clone());
        let presentation = holder.present(papers.to_vec(), &occasion, self.now()).unwrap();
        json!({
            "presentation": presentation, "nonce": challenge.challenge, "tool": "refund",
            "arguments": { "order": "7", "amount": "35.00" },
        })
    }

    /// What this registry decides about a submission.
    pub(crate) async fn decision(&self, submission: &Value) -> Value {
        let answer = self
            .wire
            .send(&Ask::new("POST", "/verify").json(submission))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The code of what this registry decides about a new presentation of these papers.
    pub(crate) async fn code(&self, holder: &Agent, papers: &[String]) -> String {
        code(&self.decision(&self.submission(holder, papers).await).await)
    }

    /// Everything that the admin routes list, counted: agents, instances, credentials, recognitions.
    pub(crate) async fn counted(&self) -> [usize; 4] {
        let agents = self.client.agents().await.unwrap();
        let mut instances = 0;
        for agent in &agents {
            instances += self
                .client
                .instances(agent["id"].as_str().unwrap())
                .await
                .unwrap()
                .len();
        }
        let credentials = self.client.credentials(None).await.unwrap().len();
        let recognitions = self.admin("GET", "/api/v1/recognitions").await.json();
        [
            agents.len(),
            instances,
            credentials,
            recognitions["items"].as_array().unwrap().len(),
        ]
    }
}

/// The code of a decision.
pub(crate) fn code(decision: &Value) -> String {
    assert_eq!(decision["allow"] == true, decision["code"] == "ok", "{decision}");
    decision["code"].as_str().unwrap().to_owned()
}

/// Acme, which issues, and Globex, which decides.
pub(crate) struct Pair {
    pub(crate) acme: Registry,
    pub(crate) globex: Registry,
    pub(crate) clock: SettableClock,
}

impl Pair {
    /// Both, with Globex accepting status lists of this age.
    pub(crate) async fn set(max_status_age: &str) -> Self {
        let (acme, globex) = (Door::open(10).await, Door::open(30).await);
        let guarded = guarded(&[&acme, &globex]);
        let policy = policy(&globex, &[trusted(&acme)], max_status_age);
        let clock = wednesday();
        let acme = Registry::serve(acme, &clock, &guarded, None).await;
        let globex = Registry::serve(globex, &clock, &guarded, Some(policy)).await;
        Self { acme, globex, clock }
    }
}
