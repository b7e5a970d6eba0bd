//! The corpus through `POST /verify`: the real router with the vector's policy, clock and evidence, offline.
//!
//! Three things differ from the other doors, and are counted apart: a service decides about now only; it meets
//! needs by itself, so that what the library leaves open ends as a fetch that an offline host cannot make; and
//! it names its own audience.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a helper that fails fails its test"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use chancery::{Clock, Guarded, zone};
use chancery_did::{KeyType, SecretKey, Timestamp};
use chancery_rdfc::Rdfc;
use chancery_registry::limits::ServerLimits;
use chancery_registry::store::{Store, sqlite::SqliteStore};
use chancery_registry::{App, Config, Keys, Scope};
use chancery_tests::{Outcome, Vector, compare, corpus};
use chancery_trust::Policy;
use chancery_verifier::{Decision, Evidence, Moment, Need, Request, verify_with};
use http::{StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

/// Vectors whose request the service refuses before it asks the verifier, with a code of its own: a submission
/// names its nonce, and no number beyond 2^53-1 enters.
const ENVELOPES: &[(&str, &str)] = &[
    ("binding_no_nonce_expected", "request.member"),
    ("binding_no_nonce_expected_and_none_given", "request.member"),
    (
        "constraints_argument_range_beyond_safe_integers",
        "parse.unsafe_number",
    ),
];

/// A clock that stands: some vectors are about the last millisecond.
struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What this door can say of a vector.
enum Said {
    /// A decision, to be compared whole.
    Decision(Outcome),
    /// A decision after a fetch that failed, of which the verdict is compared.
    Offline(Outcome),
    /// A refusal of the envelope, with its code.
    Problem(String),
    /// Nothing, for a reason.
    NotAsked(&'static str),
}

/// The services of the corpus: one database for all that are refused, and one each for those that use something up.
struct Services {
    folder: tempfile::TempDir,
    shared: Arc<dyn Store>,
    stores: usize,
    /// Tokens that may bring evidence, by the moment at which they were minted.
    tokens: BTreeMap<String, String>,
}

/// The service of one vector, and a token that may bring it evidence.
struct Service {
    app: App,
    token: String,
}

impl Services {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shared = open(&folder, 0).await;
        Self {
            folder,
            shared,
            stores: 1,
            tokens: BTreeMap::new(),
        }
    }

    async fn of(&mut self, vector: &Vector) -> Service {
        let shared = !vector.expected().allow;
        let store = if shared {
            Arc::clone(&self.shared)
        } else {
            open(&self.folder, self.stores).await
        };
        self.stores += usize::from(!shared);
        let key = |seed: u8| Arc::new(SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap());
        let keys = Keys {
            issue: key(201),
            status: key(202),
            trqp: key(203),
            bundle: key(204),
        };
        let config = Config {
            host: "globex.example".to_owned(),
            own_challenges: false,
            ..Config::default()
        };
        let clock = Arc::new(Still(Timestamp::parse(vector.text("at")).unwrap()));
        let policy = Some(Policy::parse_value(&vector.document["policy"]).unwrap());
        let limits = ServerLimits::default();
        let app = App::with_store(config, keys, clock, Guarded::offline(), policy, store, limits).unwrap();
        let known = self.tokens.get(vector.text("at")).filter(|_| shared).cloned();
        let token = match known {
            Some(token) => token,
            None => app
                .mint_token(&[Scope::Evidence], 86_400, "door")
                .await
                .unwrap()
                .secret
                .to_string(),
        };
        if shared {
            self.tokens.insert(vector.text("at").to_owned(), token.clone());
        }
        Service { app, token }
    }
}

async fn open(folder: &tempfile::TempDir, number: usize) -> Arc<dyn Store> {
    let url = format!(
        "sqlite://{}",
        folder.path().join(format!("{number}.db")).display()
    );
    Arc::new(SqliteStore::open(&url).await.unwrap())
}

impl Service {
    /// Submits a vector as the route takes it: without an audience, for the service has its own.
    async fn submit(&self, vector: &Vector) -> (StatusCode, Value) {
        let document = &vector.document;
        let mut body = document["request"].clone();
        body.as_object_mut().unwrap().remove("audience");
        body["presentation"] = document["presentation"].clone();
        body["evidence"] = document["evidence"].clone();
        let request = http::Request::post("/verify")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token))
            .body(Body::from(body.to_string()))
            .unwrap();
        let response = self.app.router().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }
}

/// What the library says, with the offsets of zones filled in as the service fills them in.
fn library(vector: &Vector) -> (Decision, bool) {
    let document = &vector.document;
    let at = Timestamp::parse(vector.text("at")).unwrap();
    let policy = Policy::parse_value(&document["policy"]).unwrap();
    let request = Request::parse(&document["request"]).unwrap();
    let mut evidence = Evidence::parse_value(&document["evidence"]).unwrap();
    let mut filled = false;
    loop {
        let moment = Moment::Now(at);
        let decision = verify_with(
            vector.text("presentation").as_bytes(),
            &evidence,
            &policy,
            &request,
            moment,
            &Rdfc::new(),
        );
        let offsets = decision.needs.iter().filter_map(|need| match need {
            Need::ZoneOffset { zone, at } => zone::offset_at(zone, *at),
            Need::TrustStatement { .. } | Need::Document(_) | Need::StatusList(_) | _ => None,
        });
        let known = evidence.zone_offsets.len();
        evidence.zone_offsets.extend(offsets);
        if evidence.zone_offsets.len() == known || filled {
            return (decision, filled);
        }
        filled = true;
    }
}

async fn judge(services: &mut Services, vector: &Vector) -> Said {
    let document = &vector.document;
    if document["historical"] == true {
        return Said::NotAsked("about another moment than now: not asked");
    }
    if document["request"]["audience"] != document["policy"]["audience"] {
        return Said::NotAsked("for another audience than the policy's: not asked");
    }
    let (status, value) = services.of(vector).await.submit(vector).await;
    if status.is_client_error() {
        return Said::Problem(value["code"].as_str().unwrap().to_owned());
    }
    assert!(status.is_success(), "{}: {status} {value}", vector.name);
    let outcome = Outcome::of(&value);
    let (decision, filled) = library(vector);
    if !decision.needs.is_empty() {
        Said::Offline(outcome)
    } else if filled {
        let due = Outcome::of(&decision.to_value());
        assert_eq!(outcome, due, "{}: with the offset of the zone", vector.name);
        Said::NotAsked("decided further, with a zone's offset of the service's own")
    } else {
        Said::Decision(outcome)
    }
}

#[tokio::test]
async fn the_corpus_gets_its_verdict_and_code_from_the_service() {
    let (mut said, mut apart, mut wrong) = (Vec::new(), BTreeMap::<&str, usize>::new(), Vec::new());
    let mut services = Services::new().await;
    for vector in corpus() {
        let due = vector.expected();
        let (why, as_expected, got) = match judge(&mut services, &vector).await {
            Said::Decision(outcome) => {
                said.push((vector, outcome));
                continue;
            }
            Said::Offline(outcome) => {
                let same = !outcome.allow && outcome.verdict == due.verdict;
                (
                    "that need more: ended as a failed fetch, with the verdict expected",
                    same,
                    outcome.code,
                )
            }
            Said::Problem(code) => {
                let own = ENVELOPES.iter().find(|(name, _)| *name == vector.name);
                let expected = own.map_or(due.code.as_str(), |(_, code)| code);
                let same = !due.allow && code == expected;
                ("refused as an envelope", same, code)
            }
            Said::NotAsked(why) => (why, true, String::new()),
        };
        *apart.entry(why).or_default() += 1;
        if !as_expected {
            wrong.push(format!("{}: expected {due:?}, got {got}", vector.name));
        }
    }
    for (why, count) in apart {
        println!("vectors http: {count} {why}");
    }
    compare("http", &said);
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn what_was_allowed_once_is_a_replay_the_second_time() {
    let mut services = Services::new().await;
    for vector in corpus()
        .into_iter()
        .filter(|vector| vector.expected().allow)
        .take(16)
    {
        let service = services.of(&vector).await;
        let mut codes = Vec::new();
        for _ in 0..2 {
            codes.push(service.submit(&vector).await.1["code"].clone());
        }
        assert_eq!(
            codes,
            [json!("ok"), json!("replay.presentation")],
            "{}",
            vector.name
        );
    }
}

#[tokio::test]
async fn stranger_brings_no_evidence() {
    let mut services = Services::new().await;
    let vector = corpus()
        .into_iter()
        .find(|vector| vector.expected().allow)
        .unwrap();
    let mut service = services.of(&vector).await;
    let token = std::mem::take(&mut service.token);
    let (status, problem) = service.submit(&vector).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::FORBIDDEN, &json!("auth.scope"))
    );
    service.token = token;
    assert_eq!(service.submit(&vector).await.1["code"], "ok");
}
