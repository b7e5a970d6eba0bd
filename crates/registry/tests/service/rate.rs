//! How often one peer may ask, and that nothing it says of itself counts.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, body::Body, extract::ConnectInfo};
use chancery_registry::{
    App,
    limits::{Rate, ServerLimits},
    store::sqlite::SqliteStore,
};
use http::{Request, Response, StatusCode, header};

use super::cast::{config, keys, read};

async fn limited(limits: ServerLimits) -> (App, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config = config("acme.example", &folder);
    let store = Arc::new(SqliteStore::open(&config.database).await.unwrap());
    let clock = Arc::new(chancery::SettableClock::new(
        chancery_did::Timestamp::from_seconds(1_000),
    ));
    let client = chancery::Guarded::offline();
    let app = App::with_store(config, keys(10), clock, client, None, store, limits).unwrap();
    (app, folder)
}

fn slow() -> ServerLimits {
    let rate = |burst| Rate { burst, per_second: 1 };
    ServerLimits {
        requests: rate(8),
        challenge_requests: rate(2),
        ..ServerLimits::default()
    }
}

async fn ask(router: &Router, method: &str, path: &str, peer: &str, claimed: &str) -> Response<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-forwarded-for", claimed)
        .header("forwarded", format!("for={claimed}"))
        .header("x-real-ip", claimed)
        .header(header::AUTHORIZATION, format!("Bearer {claimed}"))
        .body(Body::empty())
        .unwrap();
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(peer));
    tower::ServiceExt::oneshot(router.clone(), request).await.unwrap()
}

#[tokio::test]
async fn peer_that_asks_too_often_is_told_so_before_its_token_is_looked_at() {
    let (app, _folder) = limited(slow()).await;
    let router = app.router();
    let mut refused = None;
    for number in 0..200 {
        let claimed = format!("198.51.100.{number}");
        let answer = ask(&router, "GET", "/api/v1/agents", "192.0.2.1:4000", &claimed).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let refused = refused.expect("whoever it claims to be");
    let wait: u64 = refused.headers()[header::RETRY_AFTER]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    let (_, problem) = read(refused).await;
    assert_eq!(problem["code"], "limit.rate");
    let other = ask(&router, "GET", "/.well-known/did.json", "192.0.2.2:4000", "x").await;
    assert_eq!(other.status(), StatusCode::OK, "another peer does not pay for it");
}

#[tokio::test]
async fn one_ipv6_network_is_one_peer() {
    let (app, _folder) = limited(slow()).await;
    let router = app.router();
    let mut statuses = Vec::new();
    for number in 0..40 {
        let peer = format!("[2001:db8:1:2::{number:x}]:4000");
        statuses.push(
            ask(&router, "GET", "/.well-known/did.json", &peer, "x")
                .await
                .status(),
        );
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
}

#[tokio::test]
async fn challenges_have_a_tighter_rate_and_other_requests_go_on() {
    let (app, _folder) = limited(slow()).await;
    let router = app.router();
    let peer = "192.0.2.1:4000";
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask(&router, "POST", "/challenges", peer, "x").await.status());
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    let other = ask(&router, "GET", "/.well-known/did.json", peer, "x").await;
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn default_rate_takes_a_crowd_of_one_address() {
    let (app, _folder) = limited(ServerLimits::default()).await;
    let router = app.router();
    for _ in 0..250 {
        let answer = ask(&router, "GET", "/.well-known/did.json", "127.0.0.1:4000", "x").await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}
