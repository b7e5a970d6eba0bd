//! What the tower layer lets through, and what it never does.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests: a helper that fails fails its test"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::{Extension, Router};
use chancery_examples::guard::GuardLayer;
use chancery_examples::scene::{NONCE, Scene};
use chancery_proof::base64url;
use chancery_verifier::Decision;
use http::StatusCode;
use serde_json::{Value, json};
use tower::ServiceExt;

/// A service that counts its calls and gives back the bytes it got.
struct World {
    scene: Scene,
    service: Router,
    calls: Arc<AtomicUsize>,
}

async fn echo(
    State(calls): State<Arc<AtomicUsize>>,
    Extension(decision): Extension<Decision>,
    body: Bytes,
) -> Bytes {
    assert!(decision.allow);
    calls.fetch_add(1, Ordering::SeqCst);
    body
}

impl World {
    fn new() -> Self {
        let scene = Scene::read(&Scene::delegated()).unwrap();
        let calls = Arc::default();
        let service = Router::new()
            .fallback(echo)
            .with_state(Arc::clone(&calls))
            .layer(GuardLayer::new(Arc::clone(&scene.guard)));
        Self {
            scene,
            service,
            calls,
        }
    }

    /// A call that would be allowed.
    fn call(&self) -> Request {
        let papers = format!(
            "Chancery {}",
            base64url::encode(self.scene.presentation.as_bytes())
        );
        Request::post("/refund")
            .header("authorization", papers)
            .header("chancery-nonce", NONCE)
            .body(Body::from(r#"{ "order": "1001", "amount": "35.00" }"#))
            .unwrap()
    }

    /// The status, the code if it is a problem, and the body.
    async fn ask(&self, request: Request) -> (StatusCode, String, Bytes) {
        let response = self.service.clone().oneshot(request).await.unwrap();
        let (status, challenged) = (
            response.status(),
            response.headers().contains_key("www-authenticate"),
        );
        let kind = response.headers().get("content-type").cloned();
        let body = to_bytes(response.into_body(), 65_536).await.unwrap();
        if status.is_success() {
            return (status, String::new(), body);
        }
        assert_eq!(kind.unwrap(), "application/problem+json");
        assert_eq!(challenged, status == StatusCode::UNAUTHORIZED);
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem["status"], status.as_u16());
        (status, problem["code"].as_str().unwrap().to_owned(), body)
    }

    async fn refuses(&self, request: Request, status: u16, code: &str) {
        let (found, found_code, _) = self.ask(request).await;
        assert_eq!((found.as_u16(), found_code.as_str()), (status, code));
        assert_eq!(self.calls.load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn the_service_gets_the_bytes_that_were_judged() {
    let world = World::new();
    let (status, _, body) = world.ask(world.call()).await;
    assert_eq!((status, world.calls.load(Ordering::SeqCst)), (StatusCode::OK, 1));
    assert_eq!(body, r#"{ "order": "1001", "amount": "35.00" }"#);
}

#[tokio::test]
async fn of_two_calls_with_one_presentation_one_reaches_the_service() {
    let world = World::new();
    let (one, other) = tokio::join!(world.ask(world.call()), world.ask(world.call()));
    let statuses = [one.0, other.0];
    assert!(statuses.contains(&StatusCode::OK) && statuses.contains(&StatusCode::UNAUTHORIZED));
    let refused = if one.0 == StatusCode::OK { other } else { one };
    assert_eq!(refused.1, "replay.presentation");
    assert_eq!(world.calls.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_refused_call_uses_nothing_up() {
    let world = World::new();
    let mut more = world.call();
    *more.body_mut() = Body::from(r#"{ "order": "1001", "amount": "60.00" }"#);
    world.refuses(more, 403, "constraint.amount").await;
    assert_eq!(world.ask(world.call()).await.0, StatusCode::OK);
}

#[tokio::test]
async fn papers_come_once_and_in_one_way() {
    let world = World::new();
    for (name, value) in [
        ("authorization", None),
        ("authorization", Some("Chancery")),
        ("authorization", Some("Chancery !!!!")),
        ("authorization", Some("Bearer abcd")),
        ("authorization", Some("Chancery  YQ")),
        ("chancery-nonce", None),
    ] {
        let mut request = world.call();
        request.headers_mut().remove(name);
        if let Some(value) = value {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        world.refuses(request, 401, "auth.required").await;
    }
    for name in ["authorization", "chancery-nonce"] {
        let mut request = world.call();
        let again = request.headers().get(name).unwrap().clone();
        request.headers_mut().append(name, again);
        world.refuses(request, 401, "auth.required").await;
    }
}

#[tokio::test]
async fn only_a_nonce_of_this_service_counts() {
    let world = World::new();
    let mut request = world.call();
    request
        .headers_mut()
        .insert("chancery-nonce", "nonce-0002".parse().unwrap());
    world.refuses(request, 401, "auth.required").await;
}

#[tokio::test]
async fn what_cannot_be_read_as_a_call_is_not_judged() {
    let world = World::new();
    for (body, code) in [
        ("", "parse.json"),
        ("[]", "parse.tool"),
        ("{}", "constraint.fact_missing"),
        (r#"{"order":"1001","amount":35}"#, "parse.tool"),
        (
            r#"{"order":"1001","amount":"35.00","amount":"1.00"}"#,
            "parse.duplicate_member",
        ),
        (r#"{"order":"1001/../2","amount":"35.00"}"#, "parse.tool"),
    ] {
        let mut request = world.call();
        *request.body_mut() = Body::from(body);
        world.refuses(request, 400, code).await;
    }
    let mut long = world.call();
    *long.body_mut() = Body::from(json!({ "order": "1".repeat(70_000) }).to_string());
    world.refuses(long, 400, "limit.size").await;
    for (method, path, code) in [
        ("GET", "/refund", "request.method"),
        ("POST", "/refund?amount=1", "request.method"),
        ("POST", "/refunds", "parse.tool"),
        ("POST", "/", "parse.tool"),
        ("POST", "/refund/", "parse.tool"),
        ("POST", "//refund", "parse.tool"),
    ] {
        let mut request = world.call();
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = path.parse().unwrap();
        world.refuses(request, 400, code).await;
    }
}

#[tokio::test]
async fn papers_that_do_not_hold_are_401_with_their_code() {
    let world = World::new();
    let mut presentation: Value = serde_json::from_str(&world.scene.presentation).unwrap();
    presentation["proof"]["proofValue"] = json!("z1111");
    let mut request = world.call();
    let papers = format!(
        "Chancery {}",
        base64url::encode(presentation.to_string().as_bytes())
    );
    request
        .headers_mut()
        .insert("authorization", papers.parse().unwrap());
    world.refuses(request, 401, "signature.invalid").await;
}
