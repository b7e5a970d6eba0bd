//! Status lists as they are served: signed by the status DID, fresh, cacheable, complete.

use axum::body::Body;
use chancery_did::{DidUrl, Document, PublicKey, Relationship};
use chancery_proof::{Expectation, Keys, Limits};
use chancery_vc::{
    read_paper,
    status::{StatusList, read_status_list},
};
use http::{Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::cast::{Registry, agent, id, key, text};

/// Keys of one document.
pub(crate) struct Known(pub(crate) Document);

impl Keys for Known {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        self.0
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}

async fn get(acme: &Registry, path: &str, known: Option<&str>) -> (Response<()>, String) {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let (parts, body) = acme.call(request.body(Body::empty()).unwrap()).await.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (
        Response::from_parts(parts, ()),
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

fn tag(response: &Response<()>) -> String {
    response.headers()[header::ETAG].to_str().unwrap().to_owned()
}

/// Proves a list under the status DID's own published document.
async fn proven(acme: &Registry, path: &str) -> StatusList {
    let (_, document) = get(acme, "/status/did.json", None).await;
    let document = Document::parse(&serde_json::from_str::<Value>(&document).unwrap()).unwrap();
    let (response, list) = get(acme, path, None).await;
    assert_eq!(response.status(), StatusCode::OK);
    let list = read_status_list(list.as_bytes(), &Limits::default()).unwrap();
    let expectation = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: document.id().clone(),
    };
    list.prove(&expectation, &Known(document)).unwrap().into_value()
}

async fn is_set(acme: &Registry, paper: &Value, purpose: &str) -> bool {
    let paper = read_paper(text(paper).as_bytes(), &Limits::default()).unwrap();
    let entry = paper
        .unverified()
        .status
        .iter()
        .find(|entry| entry.purpose.as_str() == purpose)
        .unwrap()
        .clone();
    let path = entry
        .list
        .strip_prefix("https://acme.example")
        .unwrap()
        .to_owned();
    let list = proven(acme, &path).await;
    assert_eq!(list.issuer.as_str(), "did:web:acme.example:status");
    list.status(&entry).unwrap() == 1
}

#[tokio::test]
async fn list_is_signed_by_the_status_did_and_shows_every_change_at_once() {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(90)).await;
    for paper in [&papers.passport, &papers.capability] {
        assert!(!is_set(&acme, paper, "revocation").await && !is_set(&acme, paper, "suspension").await);
    }
    acme.act(&format!("/api/v1/credentials/{}/suspend", id(&papers.capability)))
        .await;
    assert!(is_set(&acme, &papers.capability, "suspension").await);
    assert!(!is_set(&acme, &papers.capability, "revocation").await);
    assert!(
        !is_set(&acme, &papers.passport, "suspension").await,
        "neighbours are untouched"
    );
    acme.act(&format!("/api/v1/credentials/{}/resume", id(&papers.capability)))
        .await;
    assert!(!is_set(&acme, &papers.capability, "suspension").await);
    acme.act(&format!("/api/v1/instances/{}/suspend", agent(90).did().as_str()))
        .await;
    assert!(
        is_set(&acme, &papers.capability, "suspension").await
            && is_set(&acme, &papers.passport, "suspension").await
    );
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.passport)))
        .await;
    assert!(is_set(&acme, &papers.passport, "revocation").await);
}

#[tokio::test]
async fn list_is_long_enough_short_lived_and_open_to_all() {
    let acme = Registry::acme().await;
    acme.equipped(&agent(91)).await;
    let (response, body) = get(&acme, "/status-lists/revocation-1", None).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/vc");
    assert_eq!(response.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let cache = response.headers()[header::CACHE_CONTROL].to_str().unwrap();
    assert!(
        ["public, max-age=300", "public, max-age=299"].contains(&cache),
        "{cache}"
    );
    let list = read_status_list(body.as_bytes(), &Limits::default()).unwrap();
    let list = list.unverified();
    assert!(list.entries() >= 131_072);
    assert_eq!(
        (list.ttl_ms, list.url.as_str()),
        (300_000, "https://acme.example/status-lists/revocation-1")
    );
    assert!(list.valid_until.is_some_and(|until| until > list.valid_from));
    let (response, _) = get(&acme, "/status-lists/absent", None).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn list_that_did_not_change_is_not_sent_again() {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(92)).await;
    let path = "/status-lists/revocation-1";
    let (first, _) = get(&acme, path, None).await;
    let (same, body) = get(&acme, path, Some(&tag(&first))).await;
    assert_eq!(
        (same.status(), body.as_str(), tag(&same)),
        (StatusCode::NOT_MODIFIED, "", tag(&first))
    );
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
        .await;
    let (changed, _) = get(&acme, path, Some(&tag(&first))).await;
    assert_eq!(changed.status(), StatusCode::OK);
    assert_ne!(tag(&changed), tag(&first));
}

#[tokio::test]
async fn list_is_signed_anew_at_half_its_time_to_live_and_never_dated_back() {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(93)).await;
    let path = "/status-lists/revocation-1";
    let first = proven(&acme, path).await;
    acme.later(149);
    assert_eq!(proven(&acme, path).await.valid_from, first.valid_from);
    acme.later(2);
    let second = proven(&acme, path).await;
    assert!(second.valid_from > first.valid_from);
    acme.clock.set(second.valid_from);
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
        .await;
    assert!(
        proven(&acme, path).await.valid_from > second.valid_from,
        "a change of the same instant is newer"
    );
}

#[tokio::test]
async fn restarted_service_never_dates_a_list_back() {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(95)).await;
    let path = "/status-lists/revocation-1";
    let first = proven(&acme, path).await;
    let reopen = |acme: Registry, back: i64| async move {
        let at = acme.now().saturating_add_millis(-back);
        let clock = chancery::SettableClock::new(at);
        let app = chancery_registry::App::open(
            super::cast::config("acme.example", &acme.folder),
            super::cast::keys(10),
            std::sync::Arc::new(clock.clone()),
            chancery::Guarded::offline(),
            None,
        )
        .await
        .unwrap();
        Registry {
            router: app.router(),
            app,
            clock,
            token: acme.token,
            folder: acme.folder,
        }
    };
    let acme = reopen(acme, 30_000).await;
    let second = proven(&acme, path).await;
    assert!(second.valid_from > first.valid_from);
    let acme = reopen(acme, 120_000).await;
    let (response, body) = get(&acme, path, None).await;
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (response.status(), &problem["code"]),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            &serde_json::json!("service.clock_unsound")
        )
    );
    acme.later(300);
    let third = proven(&acme, path).await;
    assert!(
        third.valid_from > second.valid_from,
        "and when the clock is right again"
    );
    drop(papers);
}

#[tokio::test]
async fn service_whose_clock_goes_back_while_it_runs_signs_nothing_but_still_revokes() {
    let acme = Registry::acme().await;
    let me = agent(96);
    let papers = acme.equipped(&me).await;
    let path = "/status-lists/revocation-1";
    let before = proven(&acme, path).await;
    let right = acme.now();
    acme.clock.set(right.saturating_add_millis(-50_000));
    assert_eq!(
        acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
            .await
            .0,
        StatusCode::UNAUTHORIZED,
        "a token is not good before it was made"
    );
    acme.clock.set(right.saturating_add_millis(-120_000));
    let (response, _) = get(&acme, path, None).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    acme.clock.set(right);
    assert_eq!(
        acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
            .await
            .0,
        StatusCode::OK
    );
    let after = proven(&acme, path).await;
    assert!(after.valid_from > before.valid_from);
    assert!(is_set(&acme, &papers.capability, "revocation").await);
}

#[tokio::test]
async fn paper_that_was_stored_and_never_signed_leaves_its_list_whole() {
    use chancery_registry::store::{CredentialState, NewCredential, Store as _, sqlite::SqliteStore};
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("registry.db").display());
    let at = chancery_did::Timestamp::parse(super::cast::START).unwrap();
    let died = {
        let store = SqliteStore::open(&url).await.unwrap();
        let new = NewCredential {
            id: "urn:uuid:00000000-0000-4000-8000-000000000001".to_owned(),
            kind: "AgentCapabilityCredential".to_owned(),
            issuer: "did:web:acme.example".to_owned(),
            subject: agent(94).did().as_str().to_owned(),
            parent: None,
            state: CredentialState::Prepared,
            capability: "[]".to_owned(),
            securing: "data-integrity".to_owned(),
            valid_from: at,
            valid_until: at.saturating_add_millis(1000),
            created_at: at,
            renews: None,
        };
        // The service dies between storing and signing: the store is dropped here.
        store.prepare_credential(new, None, at).await.unwrap()
    };
    let app = chancery_registry::App::open(
        super::cast::config("acme.example", &folder),
        super::cast::keys(10),
        std::sync::Arc::new(chancery::SettableClock::new(at)),
        chancery::Guarded::offline(),
        None,
    )
    .await
    .unwrap();
    let token = app
        .mint_token(&chancery_registry::Scope::ALL, 60, "test")
        .await
        .unwrap()
        .secret
        .to_string();
    let acme = Registry {
        router: app.router(),
        clock: chancery::SettableClock::new(at),
        app,
        token,
        folder,
    };
    let papers = acme.equipped(&agent(94)).await;
    let list = proven(&acme, &format!("/status-lists/{}", died[0].list_id)).await;
    assert_eq!(list.value(u64::from(died[0].index)), Ok(false));
    let issued = read_paper(text(&papers.capability).as_bytes(), &Limits::default()).unwrap();
    assert_ne!(
        issued.unverified().status[0].index,
        u64::from(died[0].index),
        "the index is not used again"
    );
    let (_, lost) = acme
        .read("/api/v1/credentials/urn:uuid:00000000-0000-4000-8000-000000000001")
        .await;
    assert_eq!(
        (&lost["status"], &lost["credential"]),
        (&serde_json::json!("prepared"), &Value::Null)
    );
}

#[tokio::test]
async fn authority_names_its_services_and_shares_no_key_with_them() {
    let acme = Registry::acme().await;
    let mut keys = Vec::new();
    for (path, did) in [
        ("/.well-known/did.json", "did:web:acme.example"),
        ("/status/did.json", "did:web:acme.example:status"),
        ("/trqp/did.json", "did:web:acme.example:trqp"),
    ] {
        let (response, body) = get(&acme, path, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        let document = Document::parse(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
        assert_eq!(document.id().as_str(), did);
        let method = document.verification_methods()[0].id().clone();
        keys.push(
            document
                .key_for(&method, Relationship::AssertionMethod)
                .unwrap()
                .thumbprint(),
        );
        assert!(document.key_for(&method, Relationship::Authentication).is_err());
        if did == "did:web:acme.example" {
            assert_eq!(
                document.service("StatusListIssuer").unwrap().endpoint(),
                "did:web:acme.example:status"
            );
            assert_eq!(
                document.service("TrustRegistry").unwrap().endpoint(),
                "did:web:acme.example:trqp"
            );
        }
    }
    let expected = [10, 11, 12].map(|seed| key(seed).public_key().thumbprint());
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn one_key_for_two_roles_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = super::cast::keys(10);
    keys.status = keys.issue.clone();
    let clock = std::sync::Arc::new(chancery::SettableClock::new(
        chancery_did::Timestamp::from_seconds(0),
    ));
    let config = super::cast::config("acme.example", &folder);
    let error = chancery_registry::App::open(config, keys, clock, chancery::Guarded::offline(), None)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "config.shared_key");
}
