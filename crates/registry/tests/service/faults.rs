//! Faults of the store and what they may show and leave; what the log never holds.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::body::Body;
use chancery_registry::{App, limits::ServerLimits, store::sqlite::SqliteStore};
use http::{Request, StatusCode, header};
use serde_json::json;
use sqlx::Connection as _;

use super::cast::{Registry, agent, config, id, keys, order, read, refunds, text};

/// Runs statements on the database behind the service's back.
async fn behind(acme: &Registry, sql: &'static str) {
    let url = format!("sqlite://{}", acme.folder.path().join("registry.db").display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn write_that_fails_is_a_503_without_its_cause_and_leaves_nothing() {
    let acme = Registry::acme().await;
    let me = agent(120);
    let papers = acme.equipped(&me).await;
    let revoke = format!("/api/v1/credentials/{}/revoke", id(&papers.capability));
    let suspend = format!("/api/v1/instances/{}/suspend", me.did().as_str());
    for (trigger, path, body) in [
        (
            "create trigger t before insert on agents begin select raise(abort, 'canary'); end",
            "/api/v1/agents",
            Some(refunds()),
        ),
        (
            "create trigger t before insert on credentials begin select raise(abort, 'canary'); end",
            "/api/v1/credentials",
            Some(order(&me)),
        ),
        (
            "create trigger t before insert on status_entries begin select raise(abort, 'canary'); end",
            "/api/v1/credentials",
            Some(order(&me)),
        ),
        (
            "create trigger t before update on status_entries begin select raise(abort, 'canary'); end",
            revoke.as_str(),
            None,
        ),
        (
            "create trigger t before insert on status_events begin select raise(abort, 'canary'); end",
            revoke.as_str(),
            None,
        ),
        (
            "create trigger t before update on status_lists begin select raise(abort, 'canary'); end",
            suspend.as_str(),
            None,
        ),
    ] {
        let before = acme.rows().await;
        behind(&acme, trigger).await;
        let (status, problem) = acme.admin(http::Method::POST, path, body).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{trigger}: {problem}");
        assert_eq!(problem["code"], "service.store_unavailable");
        let shown = problem.to_string();
        for word in ["canary", "trigger", "insert", "sqlite", "registry.db", "status_"] {
            assert!(!shown.contains(word), "{word} in {shown}");
        }
        assert_eq!(acme.rows().await, before, "{trigger} left something behind");
        behind(&acme, "drop trigger t").await;
    }
    assert_eq!(
        acme.act(&revoke).await.0,
        StatusCode::OK,
        "and then it works again"
    );
}

#[tokio::test]
async fn paper_whose_signature_cannot_be_stored_is_not_given_out() {
    let acme = Registry::acme().await;
    let me = agent(121);
    acme.equipped(&me).await;
    behind(
        &acme,
        "create trigger t before update on credentials begin select raise(abort, 'canary'); end",
    )
    .await;
    let (status, problem) = acme.post("/api/v1/credentials", order(&me)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(problem.get("credential").is_none());
    behind(&acme, "drop trigger t").await;
    let (_, list) = acme
        .read(&format!("/api/v1/credentials?subject={}", me.did().as_str()))
        .await;
    let states: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["status"].clone())
        .collect();
    assert_eq!(
        states.iter().filter(|state| **state == json!("prepared")).count(),
        1,
        "its index stays taken"
    );
}

#[tokio::test]
async fn list_is_served_from_memory_while_the_store_cannot_write_and_not_beyond_its_time() {
    let acme = Registry::acme().await;
    acme.equipped(&agent(123)).await;
    let list = async || {
        let request = Request::get("/status-lists/revocation-1")
            .body(Body::empty())
            .unwrap();
        acme.call(request).await.status()
    };
    assert_eq!(list().await, StatusCode::OK);
    behind(
        &acme,
        "create trigger t before update on status_lists begin select raise(abort, 'full'); end",
    )
    .await;
    acme.later(200);
    assert_eq!(list().await, StatusCode::OK, "nothing changed and it still holds");
    acme.later(101);
    assert_eq!(list().await, StatusCode::SERVICE_UNAVAILABLE);
    behind(&acme, "drop trigger t").await;
    assert_eq!(list().await, StatusCode::OK);
}

#[tokio::test]
async fn broken_store_is_not_ready_but_documents_are_served() {
    let acme = Registry::acme().await;
    behind(&acme, "drop table agents").await;
    let (status, problem) = acme.read("/api/v1/agents").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
    assert!(!problem.to_string().contains("table"));
    let request = Request::get("/.well-known/did.json").body(Body::empty()).unwrap();
    assert_eq!(acme.call(request).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn management_tells_life_readiness_and_version() {
    let acme = Registry::acme().await;
    for path in ["/health/started", "/health/live", "/health/ready", "/version"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(acme.app.management_router(), request)
            .await
            .unwrap();
        assert_eq!(read(response).await.0, StatusCode::OK, "{path}");
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(
            acme.call(request).await.status(),
            StatusCode::NOT_FOUND,
            "{path} is not public"
        );
    }
    let request = Request::get("/api/v1/agents").body(Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(acme.app.management_router(), request)
        .await
        .unwrap();
    assert_eq!(
        read(response).await.0,
        StatusCode::NOT_FOUND,
        "the admin interface is not on this listener"
    );
}

#[tokio::test]
async fn body_that_drips_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let config = config("acme.example", &folder);
    let store = Arc::new(SqliteStore::open(&config.database).await.unwrap());
    let limits = ServerLimits {
        body_time: Duration::from_millis(100),
        ..ServerLimits::default()
    };
    let clock = Arc::new(chancery::SettableClock::new(
        chancery_did::Timestamp::from_seconds(0),
    ));
    let app = App::with_store(
        config,
        keys(10),
        clock,
        chancery::Guarded::offline(),
        None,
        store,
        limits,
    )
    .unwrap();
    let drip = futures::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        Some((Ok::<_, std::io::Error>(vec![b' ']), ()))
    });
    let request = Request::post("/trqp/recognition")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(drip))
        .unwrap();
    let response = tower::ServiceExt::oneshot(app.router(), request).await.unwrap();
    let (status, problem) = read(response).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::REQUEST_TIMEOUT, Some("limit.time"))
    );
}

/// A log that is kept in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn log_holds_no_token_no_paper_no_query_and_one_object_a_line() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let acme = Registry::acme().await;
    let me = agent(122);
    let papers = acme.equipped(&me).await;
    acme.read("/api/v1/agents?after=canary-in-a-query").await;
    acme.post(
        "/api/v1/agents",
        json!({ "canary-in-a-member": "canary-in-a-body\n{\"forged\":true}" }),
    )
    .await;
    let wrong = format!("Bearer chancery_{}", "canaryinatoken".repeat(4));
    let request = Request::get("/api/v1/agents")
        .header(header::AUTHORIZATION, wrong)
        .body(Body::empty())
        .unwrap();
    acme.call(request).await;
    behind(
        &acme,
        "create trigger t before insert on agents begin select raise(abort, 'down'); end",
    )
    .await;
    acme.post("/api/v1/agents", refunds()).await;
    let log = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(log.lines().count() > 10, "something was logged");
    for line in log.lines() {
        assert!(
            serde_json::from_str::<serde_json::Value>(line)
                .unwrap()
                .is_object(),
            "{line}"
        );
    }
    let proof = serde_json::from_str::<serde_json::Value>(&text(&papers.passport)).unwrap();
    let proof_value = proof["proof"]["proofValue"].as_str().unwrap().to_owned();
    let token = acme.token.strip_prefix("chancery_").unwrap();
    for secret in [token, "canary", "forged", "owner@acme", proof_value.as_str()] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
