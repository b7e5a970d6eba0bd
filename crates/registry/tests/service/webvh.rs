//! Hosted logs of did:webvh: what is served, what gets in, and an organization that is named by one.

use axum::body::Body;
use chancery::Guarded;
use chancery_did::{Did, Document, LogFiles, Relationship, Timestamp};
use chancery_did_webvh::{Inception, Update, WitnessRule, Writer, approve};
use chancery_registry::app::OpenError;
use chancery_registry::config::Identity;
use chancery_registry::{App, Config};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::sync::Arc;

use super::cast::{Registry, agent, config, key, keys};

const ORGANIZATION: &str = "/api/v1/did-logs/organization";
const PAYMENTS: &str = "/api/v1/did-logs/agents/payments";

/// A log at a place, made a minute before the registry's clock, whose document lets the issuing key assert.
fn log(place: &str, now: Timestamp, witness: Option<WitnessRule>) -> chancery_did_webvh::Candidate {
    let inception = Inception {
        place: place.to_owned(),
        update_keys: vec![key(90).public_key().to_multikey()],
        witness,
        ..Inception::default()
    };
    let document = |did: &Did| {
        Document::builder(did.clone())
            .add_key("key-7", key(10).public_key(), &[Relationship::AssertionMethod])
            .add_service(
                "status-lists",
                "StatusListIssuer",
                json!("did:web:acme.example:status"),
            )
            .build()
    };
    let made = now.saturating_add_millis(-60_000);
    Writer::create(inception, document, made, &key(90)).unwrap()
}

fn begun(registry: &Registry, place: &str) -> Writer {
    log(place, registry.now(), None)
        .publish(&[], registry.now())
        .unwrap()
}

fn updated(writer: &Writer, ttl: u32, now: Timestamp) -> Writer {
    let update = Update {
        ttl: Some(ttl),
        ..Update::default()
    };
    let candidate = writer.update(update, now, &key(90)).unwrap();
    writer.append(candidate, &[], now).unwrap()
}

fn whole(files: &LogFiles) -> Value {
    let mut body = json!({ "log": files.log });
    if let Some(witness) = &files.witness {
        body["witness"] = json!(witness);
    }
    body
}

async fn put(registry: &Registry, path: &str, body: Value) -> (StatusCode, Value) {
    registry.admin(Method::PUT, path, Some(body)).await
}

async fn refused(registry: &Registry, path: &str, body: Value, status: u16, code: &str) {
    let (found, problem) = put(registry, path, body).await;
    assert_eq!(
        (found.as_u16(), &problem["code"]),
        (status, &json!(code)),
        "{problem}"
    );
}

async fn get(registry: &Registry, path: &str, tag: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    if let Some(tag) = tag {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let response = registry.call(request.body(Body::empty()).unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, headers, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn hosted_log_is_public_open_to_all_origins_and_tagged() {
    let acme = Registry::acme().await;
    for path in [
        "/.well-known/did.jsonl",
        "/.well-known/did-witness.json",
        "/agents/payments/did.jsonl",
        "/agents/payments/did.json",
        "/agents/Payments/did.jsonl",
    ] {
        assert_eq!(get(&acme, path, None).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let writer = begun(&acme, "acme.example:agents:payments");
    let (status, answer) = put(&acme, PAYMENTS, whole(writer.files())).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let head = writer.newest().unwrap().id().to_string();
    assert_eq!(answer["version_id"], json!(head));
    let (status, headers, body) = get(&acme, "/agents/payments/did.jsonl", None).await;
    assert_eq!((status, &body), (StatusCode::OK, &writer.files().log));
    assert_eq!(headers[header::CONTENT_TYPE], "text/jsonl");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(tag, format!("\"{head}\""));
    assert_eq!(
        get(&acme, "/agents/payments/did.jsonl", Some(&tag)).await.0,
        StatusCode::NOT_MODIFIED
    );
    let next = updated(&writer, 5, acme.now());
    let (status, _) = put(&acme, PAYMENTS, whole(next.files())).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        get(&acme, "/agents/payments/did.jsonl", Some(&tag)).await.0,
        StatusCode::OK
    );
    // The did:web of the same place, and the resolver's answer, follow the log.
    let (_, headers, body) = get(&acme, "/agents/payments/did.json", None).await;
    let document: Value = serde_json::from_str(&body).unwrap();
    let did = next.newest().unwrap().did();
    assert_eq!(document["id"], "did:web:acme.example:agents:payments");
    assert_eq!(document["alsoKnownAs"], json!([did]));
    assert_eq!(headers[header::CONTENT_TYPE], "application/did+json");
    for (query, number) in [("", 2), ("?versionNumber=1", 1)] {
        let path = format!("/1.0/identifiers/{did}{query}");
        let (status, _, body) = get(&acme, &path, None).await;
        let result: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(status, StatusCode::OK, "{body}");
        // A DID URL with a query is dereferenced, a DID is resolved.
        let metadata = if query.is_empty() {
            "didDocumentMetadata"
        } else {
            "contentMetadata"
        };
        assert_eq!(result[metadata]["versionNumber"], number, "{body}");
    }
}

#[tokio::test]
async fn only_the_next_versions_of_a_log_get_in() {
    let acme = Registry::acme().await;
    let first = begun(&acme, "acme.example");
    let body = whole(first.files());
    assert_eq!(
        put(&acme, ORGANIZATION, body.clone()).await.0,
        StatusCode::CREATED
    );
    refused(&acme, ORGANIZATION, body, 409, "resolve.outrun").await;
    let head = first.newest().unwrap().id().to_string();
    let (second, fork) = (updated(&first, 5, acme.now()), updated(&first, 6, acme.now()));
    let line = |writer: &Writer| writer.files().log.lines().last().unwrap().to_owned();
    let after = |writer: &Writer, head: &str| json!({ "log": format!("{}\n", line(writer)), "after": head });
    refused(&acme, ORGANIZATION, after(&second, "1-x"), 409, "resolve.outrun").await;
    assert_eq!(
        put(&acme, ORGANIZATION, after(&second, &head)).await.0,
        StatusCode::CREATED
    );
    refused(&acme, ORGANIZATION, after(&fork, &head), 409, "resolve.outrun").await;
    refused(&acme, ORGANIZATION, whole(fork.files()), 409, "resolve.outrun").await;
    refused(&acme, ORGANIZATION, whole(first.files()), 409, "resolve.outrun").await;
    let other = log("acme.example", acme.now(), None)
        .publish(&[], acme.now())
        .unwrap();
    let other = updated(&other, 9, acme.now());
    let tampered = other.files().log.replace("\"ttl\":9", "\"ttl\":8");
    refused(
        &acme,
        ORGANIZATION,
        json!({ "log": tampered }),
        409,
        "resolve.outrun",
    )
    .await;
    let (_, _, served) = get(&acme, "/.well-known/did.jsonl", None).await;
    assert_eq!(served, second.files().log);
}

#[tokio::test]
async fn what_breaks_a_rule_or_belongs_elsewhere_leaves_nothing_behind() {
    let acme = Registry::acme().await;
    let log = begun(&acme, "acme.example:agents:payments").files().log.clone();
    for (body, status, code) in [
        (json!({}), 400, "request.malformed"),
        (json!({ "log": 1 }), 400, "request.malformed"),
        (json!({ "log": log, "key": "x" }), 400, "parse.unknown_member"),
        (json!({ "log": "" }), 422, "resolve.invalid_log"),
        (json!({ "log": "{}\n" }), 422, "resolve.invalid_log"),
        (
            json!({ "log": log.replace("key-7", "key-8") }),
            422,
            "resolve.invalid_log",
        ),
        (json!({ "log": log, "after": "1-x" }), 409, "resolve.outrun"),
        (
            whole(begun(&acme, "acme.example").files()),
            422,
            "resolve.mismatch",
        ),
        (
            whole(begun(&acme, "acme.example:agents:other").files()),
            422,
            "resolve.mismatch",
        ),
        (
            whole(begun(&acme, "acme.example%3A8443:agents:payments").files()),
            422,
            "resolve.mismatch",
        ),
        (
            whole(begun(&acme, "globex.example:agents:payments").files()),
            422,
            "resolve.mismatch",
        ),
    ] {
        refused(&acme, PAYMENTS, body, status, code).await;
    }
    for name in ["Payments", "-x", "a_b", "%2E%2E", "a%2Fb"] {
        let (status, _) = put(
            &acme,
            &format!("/api/v1/did-logs/agents/{name}"),
            json!({ "log": log }),
        )
        .await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{name}");
    }
    let request = Request::put(PAYMENTS).header(header::CONTENT_TYPE, "application/json");
    let request = request
        .body(Body::from(json!({ "log": log }).to_string()))
        .unwrap();
    assert_eq!(acme.call(request).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        get(&acme, "/agents/payments/did.jsonl", None).await.0,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn witnessed_log_gets_in_with_its_proofs_only() {
    let acme = Registry::acme().await;
    let witness = Did::of_key(key(91).public_key());
    let rule = WitnessRule::new(1, &[witness]).unwrap();
    let candidate = log("acme.example", acme.now(), Some(rule));
    let bare = json!({ "log": format!("{}\n", candidate.line()) });
    refused(&acme, ORGANIZATION, bare, 422, "resolve.witness").await;
    let proof = approve(&LogFiles::default(), candidate.line(), acme.now(), &key(91)).unwrap();
    let writer = candidate.publish(&[proof], acme.now()).unwrap();
    assert_eq!(
        put(&acme, ORGANIZATION, whole(writer.files())).await.0,
        StatusCode::CREATED
    );
    let (status, headers, body) = get(&acme, "/.well-known/did-witness.json", None).await;
    assert_eq!(
        (status, Some(body)),
        (StatusCode::OK, writer.files().witness.clone())
    );
    assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
}

#[tokio::test]
async fn deactivated_did_is_gone_and_its_log_stays() {
    let acme = Registry::acme().await;
    let writer = begun(&acme, "acme.example:agents:payments");
    let end = Update {
        deactivate: true,
        update_keys: Some(vec![]),
        ..Update::default()
    };
    let candidate = writer.update(end, acme.now(), &key(90)).unwrap();
    let writer = writer.append(candidate, &[], acme.now()).unwrap();
    assert_eq!(
        put(&acme, PAYMENTS, whole(writer.files())).await.0,
        StatusCode::CREATED
    );
    assert_eq!(
        get(&acme, "/agents/payments/did.json", None).await.0,
        StatusCode::GONE
    );
    assert_eq!(
        get(&acme, "/agents/payments/did.jsonl", None).await.0,
        StatusCode::OK
    );
    let did = writer.newest().unwrap().did();
    let (status, _, body) = get(&acme, &format!("/1.0/identifiers/{did}"), None).await;
    assert_eq!(status, StatusCode::GONE, "{body}");
}

async fn reopened(acme: &Registry, change: impl FnOnce(&mut Config)) -> Result<App, OpenError> {
    let mut config = config("acme.example", &acme.folder);
    config.identity = Identity::Webvh;
    change(&mut config);
    App::open(
        config,
        keys(10),
        Arc::new(acme.clock.clone()),
        Guarded::offline(),
        None,
    )
    .await
}

#[tokio::test]
async fn organization_takes_the_identity_of_its_log() {
    let acme = Registry::acme().await;
    let error = reopened(&acme, |_| {}).await.unwrap_err();
    assert_eq!(error.code(), "config.identity");
    let writer = begun(&acme, "acme.example");
    assert_eq!(
        put(&acme, ORGANIZATION, whole(writer.files())).await.0,
        StatusCode::CREATED
    );
    let app = reopened(&acme, |_| {}).await.unwrap();
    assert_eq!(app.did(), writer.newest().unwrap().did());
    let named = Registry {
        router: app.router(),
        app,
        ..acme
    };
    let papers = named.equipped(&agent(40)).await;
    let passport: Value = serde_json::from_str(papers.passport["credential"].as_str().unwrap()).unwrap();
    let did = writer.newest().unwrap().did();
    assert_eq!(passport["issuer"], json!(did));
    assert_eq!(
        passport["proof"]["verificationMethod"],
        json!(format!("{did}#key-7"))
    );
    let (_, _, body) = get(&named, "/.well-known/did.json", None).await;
    let document: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(document["id"], "did:web:acme.example");
    assert_eq!(document["alsoKnownAs"], json!([did]));
}

#[tokio::test]
async fn organization_with_a_log_that_would_make_bad_papers_does_not_start() {
    for (from, to) in [
        // Another key than the issuing one, no word about who signs status lists, and the end.
        ("key", json!({ "assertionMethod": [] })),
        ("service", json!({ "service": [] })),
    ] {
        let acme = Registry::acme().await;
        let writer = begun(&acme, "acme.example");
        let mut state = Value::Object(writer.newest().unwrap().state().clone());
        for (name, value) in to.as_object().unwrap() {
            state[name] = value.clone();
        }
        let update = Update {
            document: Some(state),
            ..Update::default()
        };
        let candidate = writer.update(update, acme.now(), &key(90)).unwrap();
        let writer = writer.append(candidate, &[], acme.now()).unwrap();
        assert_eq!(
            put(&acme, ORGANIZATION, whole(writer.files())).await.0,
            StatusCode::CREATED
        );
        let error = reopened(&acme, |_| {}).await.unwrap_err();
        assert_eq!(error.code(), "config.identity", "{from}: {error}");
    }
}
