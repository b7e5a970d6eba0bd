//! `GET /api/v1/bundle`: what is in it, who signed it, when it changes, and what a caller who holds one is given.

use axum::body::Body;
use chancery::{Guarded, agent::Occasion};
use chancery_did::{Did, Timestamp};
use chancery_proof::Limits;
use chancery_registry::{App, Keys};
use chancery_trust::{
    Policy,
    bundle::{Bundle, ExpectedSigner},
    description::{BUNDLE, Description},
};
use chancery_verifier::{Moment, Request as Asked, TrustBundle, verify};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use std::sync::Arc;

use super::cast::{Papers, Registry, agent, config, id, key, keys, text};

const BUNDLES: &str = "/api/v1/bundle";
const GLOBEX: &str = "https://api.globex.example";

async fn get(acme: &Registry, path: &str, known: Option<&str>) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::get(path);
    if let Some(tag) = known {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let (parts, body) = acme.call(request.body(Body::empty()).unwrap()).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    (parts.status, parts.headers, String::from_utf8(body).unwrap())
}

fn signer() -> ExpectedSigner {
    let did = Did::parse("did:web:acme.example:bundle").unwrap();
    ExpectedSigner::new(did, &key(13).public_key().thumbprint()).unwrap()
}

async fn whole(acme: &Registry) -> (TrustBundle, HeaderMap, String) {
    let (status, headers, token) = get(acme, BUNDLES, None).await;
    assert_eq!(status, StatusCode::OK, "{token}");
    let bundle = TrustBundle::open(&token, signer(), acme.now(), None).unwrap();
    (bundle, headers, token)
}

fn since(at: Timestamp) -> String {
    format!("{BUNDLES}?since={}", at.to_string().replace(':', "%3A"))
}

/// Whether caches may keep it for this many seconds, but for those that the test itself took.
fn kept_for(headers: &HeaderMap, seconds: i64) -> bool {
    let said = headers[header::CACHE_CONTROL].to_str().unwrap();
    let age: i64 = said.strip_prefix("public, max-age=").unwrap().parse().unwrap();
    (seconds - 20..=seconds).contains(&age)
}

fn tag(headers: &HeaderMap) -> &str {
    headers[header::ETAG].to_str().unwrap()
}

async fn equipped(seed: u8) -> (Registry, Papers) {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(seed)).await;
    (acme, papers)
}

/// Globex's policy, which pins Acme's issuing key.
fn policy() -> Policy {
    let anchor = json!({
        "issuer": "did:web:acme.example", "subjects": ["did:key"],
        "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
        "keys": [key(10).public_key().thumbprint()],
        "grant": [{"action": ["refund:create"], "resource": [format!("{GLOBEX}/orders/*")]}],
    });
    let policy =
        json!({"version": 1, "audience": GLOBEX, "anchors": [anchor], "registries": [], "tools": []});
    Policy::parse_value(&policy).unwrap()
}

/// What the papers of an agent come to by the evidence of a bundle alone.
fn decided(acme: &Registry, bundle: &TrustBundle, seed: u8, papers: &Papers) -> &'static str {
    let shown = vec![text(&papers.capability), text(&papers.passport)];
    let shown = agent(seed)
        .present(shown, &Occasion::new(GLOBEX, "n-1"), acme.now())
        .unwrap();
    let asked = json!({
        "action": "refund:create", "resource": format!("{GLOBEX}/orders/7"), "audience": GLOBEX, "nonce": "n-1",
        "facts": {"amount": {"value": "35.00", "currency": "EUR"}},
    });
    let decision = verify(
        shown.as_bytes(),
        bundle.evidence(acme.now()).unwrap(),
        &policy(),
        &Asked::parse(&asked).unwrap(),
        Moment::Now(acme.now()),
    );
    decision.code
}

#[tokio::test]
async fn bundle_alone_decides_and_feels_a_revocation_at_once() {
    let (acme, papers) = equipped(150).await;
    let (bundle, ..) = whole(&acme).await;
    assert_eq!(decided(&acme, &bundle, 150, &papers), "ok");
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
        .await;
    assert_eq!(
        decided(&acme, &bundle, 150, &papers),
        "ok",
        "what is held stays as it was"
    );
    let (after, ..) = whole(&acme).await;
    assert_eq!(decided(&acme, &after, 150, &papers), "status.revoked");
    assert!(
        after.issued_at() > bundle.issued_at(),
        "no two bundles have one date"
    );
}

#[tokio::test]
async fn bundle_holds_documents_and_lists_of_both_kinds_and_no_anchor() {
    let (acme, _) = equipped(151).await;
    let (bundle, headers, token) = whole(&acme).await;
    assert_eq!(headers[header::CONTENT_TYPE], "application/chancery-bundle+jwt");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(headers[header::ACCESS_CONTROL_EXPOSE_HEADERS], "etag");
    assert!(kept_for(&headers, 300));
    assert_eq!(token, token.trim());
    let evidence = bundle.evidence(acme.now()).unwrap();
    let documents: Vec<String> = evidence.documents.keys().map(ToString::to_string).collect();
    let due = ["", ":bundle", ":status", ":trqp"].map(|role| format!("did:web:acme.example{role}"));
    assert_eq!(documents, due);
    for (path, did) in [
        ("/.well-known/did.json", "did:web:acme.example"),
        ("/bundle/did.json", "did:web:acme.example:bundle"),
        ("/status/did.json", "did:web:acme.example:status"),
    ] {
        let (_, _, served) = get(&acme, path, None).await;
        assert_eq!(
            evidence.documents.get(&Did::parse(did).unwrap()),
            Some(&served),
            "{path}"
        );
    }
    let lists: Vec<&String> = evidence.status_lists.keys().collect();
    assert_eq!(lists.len(), 2);
    assert_eq!(lists, evidence.token_status_lists.keys().collect::<Vec<_>>());
    for url in lists {
        let path = url.strip_prefix("https://acme.example").unwrap();
        let (_, _, served) = get(&acme, path, None).await;
        assert_eq!(evidence.status_lists.get(url), Some(&served), "{path}");
    }
    let read = Bundle::read(&token).unwrap();
    let life = read.unverified().expires_at().millis_since(bundle.issued_at());
    assert_eq!(life, 3_600_000, "as long as the lists in it");
}

#[tokio::test]
async fn organization_says_who_signs_its_bundles() {
    let acme = Registry::acme().await;
    let (_, _, document) = get(&acme, "/.well-known/did.json", None).await;
    let document: Value = serde_json::from_str(&document).unwrap();
    let services = document["service"].as_array().unwrap();
    let bundles: Vec<&Value> = services
        .iter()
        .filter(|service| service["type"] == "TrustBundleIssuer")
        .collect();
    assert_eq!(bundles.len(), 1);
    assert_eq!(bundles[0]["serviceEndpoint"], "did:web:acme.example:bundle");
    let (_, _, token) = get(&acme, "/.well-known/chancery", None).await;
    let read = Description::read(&token, &Limits::default()).unwrap();
    let said = read.unverified();
    assert_eq!(said.to_bundle_signer().unwrap(), signer());
    assert_eq!(said.endpoints[BUNDLE], "https://acme.example/api/v1/bundle");
    // By the pinned key's word, and not by a stranger's.
    let (_, _, bundle) = whole(&acme).await;
    let named = TrustBundle::signer_by(&policy(), &token, &bundle, acme.now()).unwrap();
    assert_eq!(named, signer());
    let nobody = Policy::new(GLOBEX);
    let refused = TrustBundle::signer_by(&nobody, &token, &bundle, acme.now()).unwrap_err();
    assert_eq!(refused.code, "bundle.signer");
    let mut other = policy();
    other.anchors[0].keys = vec![key(99).public_key().thumbprint()];
    let refused = TrustBundle::signer_by(&other, &token, &bundle, acme.now()).unwrap_err();
    assert_eq!(refused.code, "trust.key_changed");
}

#[tokio::test]
async fn two_roles_with_one_key_do_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys {
        bundle: Arc::new(key(11)),
        ..keys(10)
    };
    let clock = Arc::new(chancery::SettableClock::new(Timestamp::from_seconds(1)));
    let opened = App::open(
        config("acme.example", &folder),
        keys,
        clock,
        Guarded::offline(),
        None,
    )
    .await;
    assert_eq!(opened.unwrap_err().code(), "config.shared_key");
}

#[tokio::test]
async fn whoever_holds_the_newest_is_told_so() {
    let (acme, papers) = equipped(152).await;
    let (bundle, headers, _) = whole(&acme).await;
    for path in [BUNDLES.to_owned(), since(bundle.issued_at())] {
        for known in [tag(&headers), "*", &format!("\"x\", W/{}", tag(&headers))] {
            let (status, again, body) = get(&acme, &path, Some(known)).await;
            assert_eq!(
                (status, body.as_str()),
                (StatusCode::NOT_MODIFIED, ""),
                "{path} {known}"
            );
            assert_eq!(tag(&again), tag(&headers));
        }
        for other in ["\"\"", "\"x\"", "x", ""] {
            assert_eq!(get(&acme, &path, Some(other)).await.0, StatusCode::OK, "{other}");
        }
    }
    acme.act(&format!("/api/v1/credentials/{}/suspend", id(&papers.passport)))
        .await;
    let (status, after, change) = get(&acme, &since(bundle.issued_at()), Some(tag(&headers))).await;
    assert_eq!(status, StatusCode::OK);
    assert_ne!(tag(&after), tag(&headers));
    let updated = bundle.updated(&change, acme.now()).unwrap();
    // The tag of a change is one of the state that it leads to.
    let (status, ..) = get(&acme, &since(updated.issued_at()), Some(tag(&after))).await;
    assert_eq!(status, StatusCode::NOT_MODIFIED);
    assert_eq!(
        get(&acme, BUNDLES, Some(tag(&after))).await.0,
        StatusCode::NOT_MODIFIED
    );
}

#[tokio::test]
async fn change_leads_from_every_known_state_to_the_newest() {
    let (acme, papers) = equipped(153).await;
    let mut held = vec![whole(&acme).await.0];
    for word in ["suspend", "resume", "suspend", "revoke"] {
        acme.later(1);
        acme.act(&format!("/api/v1/credentials/{}/{word}", id(&papers.capability)))
            .await;
        held.push(whole(&acme).await.0);
    }
    let newest = held.pop().unwrap();
    let (_, _, entire) = get(&acme, BUNDLES, None).await;
    for old in held {
        let (status, _, change) = get(&acme, &since(old.issued_at()), None).await;
        assert_eq!(status, StatusCode::OK);
        let read = Bundle::read(&change).unwrap();
        assert_eq!(read.unverified().base(), Some(old.issued_at()));
        assert!(change.len() < entire.len());
        let updated = old.updated(&change, acme.now()).unwrap();
        assert_eq!(
            updated.evidence(acme.now()).unwrap(),
            newest.evidence(acme.now()).unwrap()
        );
        assert_eq!(updated.issued_at(), newest.issued_at());
        assert_eq!(decided(&acme, &updated, 153, &papers), "status.revoked");
    }
}

#[tokio::test]
async fn state_that_is_not_known_is_answered_with_the_whole() {
    let (acme, _) = equipped(154).await;
    let (bundle, _, token) = whole(&acme).await;
    for at in [
        bundle.issued_at(),
        bundle.issued_at().saturating_add_millis(-1),
        bundle.issued_at().saturating_add_millis(86_400_000),
        Timestamp::from_seconds(0),
    ] {
        assert_eq!(get(&acme, &since(at), None).await.2, token, "{at}");
    }
    // States are forgotten in the end.
    for _ in 0..17 {
        acme.later(150);
        whole(&acme).await;
    }
    let (_, _, given) = get(&acme, &since(bundle.issued_at()), None).await;
    assert_eq!(Bundle::read(&given).unwrap().unverified().base(), None);
}

#[tokio::test]
async fn bundle_is_made_once_until_something_changes_or_half_a_life_is_over() {
    let (acme, papers) = equipped(155).await;
    let (_, _, first) = whole(&acme).await;
    for _ in 0..5 {
        acme.later(29);
        assert_eq!(whole(&acme).await.2, first);
    }
    acme.later(5);
    let (bundle, headers, second) = whole(&acme).await;
    assert_ne!(second, first, "its lists were signed anew");
    assert!(kept_for(&headers, 300));
    acme.later(100);
    let (_, headers, _) = whole(&acme).await;
    assert!(kept_for(&headers, 200));
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.passport)))
        .await;
    assert!(whole(&acme).await.0.issued_at() > bundle.issued_at());
}

#[tokio::test]
async fn later_state_of_another_process_is_followed_by_a_later_one() {
    let (acme, _) = equipped(156).await;
    let (bundle, ..) = whole(&acme).await;
    acme.later(31);
    let elsewhere = acme.now();
    let (_, _, token) = get(&acme, &since(elsewhere), None).await;
    let read = Bundle::read(&token).unwrap();
    assert!(read.unverified().issued_at() > elsewhere && elsewhere > bundle.issued_at());
    // Once in half a minute at most, and for no moment that is yet to come.
    let ahead = elsewhere.saturating_add_millis(1);
    assert_eq!(get(&acme, &since(ahead), None).await.2, token);
}

#[tokio::test]
async fn date_that_was_never_signed_makes_no_bundle_anew_and_hides_no_change() {
    let (acme, papers) = equipped(157).await;
    let (bundle, _, token) = whole(&acme).await;
    for _ in 0..20 {
        acme.later(1);
        let unsigned = acme.now().saturating_add_millis(-1);
        assert_eq!(get(&acme, &since(unsigned), None).await.2, token);
    }
    let unsigned = acme.now();
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
        .await;
    let (_, _, after) = get(&acme, &since(unsigned), None).await;
    let after = TrustBundle::open(&after, signer(), acme.now(), None).unwrap();
    assert!(after.issued_at() > unsigned);
    assert_eq!(decided(&acme, &after, 157, &papers), "status.revoked");
    // Whoever holds the state before is still given the change from it.
    let (_, _, change) = get(&acme, &since(bundle.issued_at()), None).await;
    let base = Bundle::read(&change).unwrap().unverified().base();
    assert_eq!(base, Some(bundle.issued_at()));
}

#[tokio::test]
async fn recognition_of_one_thing_is_a_signed_statement_in_the_bundle() {
    let acme = Registry::acme().await;
    for (action, resource) in [
        ("refund:create", "https://api.acme.example/orders/7"),
        ("refund:*", "https://api.acme.example/orders/8"),
        ("refund:create", "https://api.acme.example/*"),
    ] {
        let body = json!({"entity_id": "did:web:globex.example", "action": action, "resource": resource});
        let (status, _) = acme.post("/api/v1/recognitions", body).await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let (bundle, ..) = whole(&acme).await;
    let statements = &bundle.evidence(acme.now()).unwrap().trust_statements;
    assert_eq!(statements.len(), 1, "a pattern answers no question");
    let payload = statements[0].split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&chancery_proof::base64url::decode(payload).unwrap()).unwrap();
    assert_eq!(
        (&claims["iss"], &claims["entity_id"], &claims["recognized"]),
        (
            &json!("did:web:acme.example:trqp"),
            &json!("did:web:globex.example"),
            &json!(true)
        )
    );
}

#[tokio::test]
async fn parameter_that_is_not_one_date_is_refused() {
    let acme = Registry::acme().await;
    let date = "2026-06-03T08:00:00Z";
    for query in [
        "since=".to_owned(),
        "since=yesterday".to_owned(),
        "since=1780000000".to_owned(),
        format!("since={date}&since={date}"),
        format!("since={date}&x=1"),
        format!("Since={date}"),
        "x".to_owned(),
        format!("since={}", "9".repeat(5_000)),
        "since=%00".to_owned(),
        "since=%ff".to_owned(),
    ] {
        let (status, _, body) = get(&acme, &format!("{BUNDLES}?{query}"), None).await;
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("request.query")),
            "{query:.80}"
        );
    }
}

#[tokio::test]
async fn pages_of_other_origins_may_say_which_state_they_hold() {
    let acme = Registry::acme().await;
    let request = Request::builder()
        .method(Method::OPTIONS)
        .uri(BUNDLES)
        .header(header::ORIGIN, "https://page.example")
        .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
        .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "if-none-match")
        .body(Body::empty())
        .unwrap();
    let response = acme.call(request).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let headers = response.headers();
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_METHODS], "GET");
    assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_HEADERS], "if-none-match");
    assert!(!headers.contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS));
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method).uri(BUNDLES).body(Body::empty());
        let response = acme.call(request.unwrap()).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
