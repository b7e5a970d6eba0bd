//! Status lists in the form that is asked for: one record, four forms, two kinds of list.

use axum::body::Body;
use chancery_did::{Document, Relationship, Timestamp};
use chancery_proof::{Expectation, Limits};
use chancery_vc::{
    read_paper,
    status::{
        StatusListAggregation, TokenStatus, TokenStatusEntry, TokenStatusList, read_status_list,
        read_token_status_list,
    },
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::cast::{Papers, Registry, agent, id, order, text};
use super::lists::Known;

const LIST: &str = "/status-lists/revocation-1";
const JWT: &str = "application/statuslist+jwt";
const CWT: &str = "application/statuslist+cwt";

async fn get(acme: &Registry, path: &str, accept: Option<&str>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let mut request = Request::get(path);
    if let Some(accept) = accept {
        request = request.header(header::ACCEPT, accept);
    }
    let (parts, body) = acme.call(request.body(Body::empty()).unwrap()).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    (parts.status, parts.headers, body)
}

fn media(headers: &HeaderMap) -> &str {
    headers[header::CONTENT_TYPE].to_str().unwrap()
}

/// Fetches a Token Status List and proves it under the status DID's own published document.
async fn proven(acme: &Registry, path: &str, media_type: &str) -> TokenStatusList {
    let (_, _, document) = get(acme, "/status/did.json", None).await;
    let document = Document::parse(&serde_json::from_slice::<Value>(&document).unwrap()).unwrap();
    let (status, headers, body) = get(acme, path, Some(media_type)).await;
    assert_eq!((status, media(&headers)), (StatusCode::OK, media_type));
    let list = read_token_status_list(&body, &Limits::default()).unwrap();
    let expectation = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: document.id().clone(),
    };
    list.prove(&expectation, &Known(document)).unwrap().into_value()
}

/// What every list says of every paper, as JWT and as CWT alike.
async fn told(acme: &Registry, paper: &Value) -> TokenStatus {
    let paper = read_paper(text(paper).as_bytes(), &Limits::default()).unwrap();
    let mut told = Vec::new();
    for entry in &paper.unverified().status {
        let path = entry.list.strip_prefix("https://acme.example").unwrap();
        for media_type in [JWT, CWT] {
            let list = proven(acme, path, media_type).await;
            told.push(
                list.status(&TokenStatusEntry::new(&entry.list, entry.index))
                    .unwrap(),
            );
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    told[0]
}

async fn equipped(seed: u8) -> (Registry, Papers) {
    let acme = Registry::acme().await;
    let papers = acme.equipped(&agent(seed)).await;
    (acme, papers)
}

#[tokio::test]
async fn either_list_of_a_paper_tells_its_whole_status() {
    let (acme, papers) = equipped(110).await;
    let act = |paper: &Value, word: &str| format!("/api/v1/credentials/{}/{word}", id(paper));
    assert_eq!(told(&acme, &papers.capability).await, TokenStatus::Valid);
    acme.act(&act(&papers.capability, "suspend")).await;
    assert_eq!(told(&acme, &papers.capability).await, TokenStatus::Suspended);
    assert_eq!(
        told(&acme, &papers.passport).await,
        TokenStatus::Valid,
        "neighbours are untouched"
    );
    acme.act(&act(&papers.capability, "resume")).await;
    assert_eq!(told(&acme, &papers.capability).await, TokenStatus::Valid);
    acme.act(&act(&papers.capability, "suspend")).await;
    acme.act(&act(&papers.capability, "revoke")).await;
    assert_eq!(
        told(&acme, &papers.capability).await,
        TokenStatus::Invalid,
        "revoked is more than suspended"
    );
    acme.act(&format!(
        "/api/v1/instances/{}/suspend",
        agent(110).did().as_str()
    ))
    .await;
    assert_eq!(told(&acme, &papers.passport).await, TokenStatus::Suspended);
    assert_eq!(told(&acme, &papers.capability).await, TokenStatus::Invalid);
}

#[tokio::test]
async fn forms_of_a_list_are_of_one_moment_with_a_tag_each() {
    let (acme, _) = equipped(111).await;
    let mut tags = Vec::new();
    let mut moments = Vec::new();
    for media_type in ["application/vc", "application/vc+jwt", JWT, CWT] {
        let (status, headers, body) = get(&acme, LIST, Some(media_type)).await;
        assert_eq!((status, media(&headers)), (StatusCode::OK, media_type));
        assert_eq!(headers[header::VARY], "accept");
        assert_eq!(headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(
            headers[header::CACHE_CONTROL]
                .to_str()
                .unwrap()
                .starts_with("public, max-age=")
        );
        tags.push(headers[header::ETAG].clone());
        let limits = Limits::default();
        moments.push(match media_type {
            JWT | CWT => {
                read_token_status_list(&body, &limits)
                    .unwrap()
                    .unverified()
                    .issued_at
            }
            _ => read_status_list(&body, &limits).unwrap().unverified().valid_from,
        });
        let (_, again, same) = get(&acme, LIST, Some(media_type)).await;
        assert_eq!((&again[header::ETAG], same), (tags.last().unwrap(), body));
    }
    let seconds: Vec<i64> = moments.iter().map(|moment| moment.seconds()).collect();
    assert_eq!(seconds, vec![seconds[0]; 4]);
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn form_that_did_not_change_is_not_sent_again() {
    let (acme, _) = equipped(112).await;
    let (_, headers, _) = get(&acme, LIST, Some(JWT)).await;
    let ask = |accept: &'static str| {
        let tag = headers[header::ETAG].clone();
        let request = Request::get(LIST)
            .header(header::ACCEPT, accept)
            .header(header::IF_NONE_MATCH, tag);
        acme.call(request.body(Body::empty()).unwrap())
    };
    let known = ask(JWT).await;
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(known.headers()[header::VARY], "accept");
    assert_eq!(
        ask(CWT).await.status(),
        StatusCode::OK,
        "the tag of one form is none of another's"
    );
}

#[tokio::test]
async fn header_says_which_form_is_given() {
    let (acme, _) = equipped(113).await;
    for (accept, given) in [
        (None, "application/vc"),
        (Some(""), "application/vc"),
        (Some("*/*"), "application/vc"),
        (Some("application/*"), "application/vc"),
        (
            Some("application/ld+json, application/json, text/plain"),
            "application/ld+json",
        ),
        (Some("application/json"), "application/json"),
        (Some("application/json, application/vc"), "application/json"),
        (Some("application/json;q=0.9, application/vc"), "application/vc"),
        (Some("application/vc+json"), "application/vc"),
        (Some("application/statuslist+jwt"), JWT),
        (Some("APPLICATION/STATUSLIST+JWT"), JWT),
        (Some("text/html, application/statuslist+cwt"), CWT),
        (Some("application/vc;q=0.5, application/statuslist+cwt"), CWT),
        (
            Some("application/statuslist+jwt;q=0.1, */*;q=0.9"),
            "application/vc",
        ),
        (
            Some("application/statuslist+jwt;q=0, application/vc+jwt"),
            "application/vc+jwt",
        ),
        (
            Some("application/statuslist+jwt, application/statuslist+cwt"),
            JWT,
        ),
    ] {
        let (status, headers, _) = get(&acme, LIST, accept).await;
        assert_eq!((status, media(&headers)), (StatusCode::OK, given), "{accept:?}");
    }
    for accept in [
        "text/html",
        "application/statuslist",
        "application/jwt",
        JWT.trim_end_matches("jwt"),
        "application/statuslist+jwt;q=0",
        "image/*",
    ] {
        let (status, headers, body) = get(&acme, LIST, Some(accept)).await;
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::NOT_ACCEPTABLE, &json!("request.not_acceptable")),
            "{accept}"
        );
        assert_eq!(headers[header::VARY], "accept");
    }
    let (status, ..) = get(&acme, "/status-lists/absent", Some(JWT)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn past_is_answered_from_the_newest_list_or_not_at_all() {
    let (acme, papers) = equipped(114).await;
    let first = proven(&acme, LIST, JWT).await.issued_at;
    acme.later(10);
    let at = |moment: Timestamp| format!("{LIST}?time={}", moment.seconds());
    let held = proven(&acme, &at(first.saturating_add_millis(5_000)), JWT).await;
    assert!(held.covers(first.saturating_add_millis(5_000)));
    let stamp = first.saturating_add_millis(5_000).to_string();
    for path in [
        at(first.saturating_add_millis(5_000)),
        format!("{LIST}?timestamp={stamp}"),
        format!("{LIST}?timestamp={}&cache=1", stamp.replace(':', "%3A")),
    ] {
        let (status, ..) = get(&acme, &path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    acme.act(&format!("/api/v1/credentials/{}/revoke", id(&papers.capability)))
        .await;
    for path in [
        at(first.saturating_add_millis(5_000)),
        at(first.saturating_add_millis(-86_400_000)),
        at(first.saturating_add_millis(86_400_000)),
        format!("{LIST}?time=0"),
        format!("{LIST}?time=-1"),
        format!("{LIST}?time={}", i64::MAX),
        format!("{LIST}?timestamp=2001-01-01T00:00:00Z"),
    ] {
        for accept in [JWT, CWT, "application/vc"] {
            let (status, _, body) = get(&acme, &path, Some(accept)).await;
            let problem: Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::NOT_FOUND, &json!("status.moment")),
                "{path}"
            );
        }
    }
    for query in [
        "time=",
        "time=now",
        "time=1.5",
        "time=99999999999999999999",
        "time=1&time=2",
        "timestamp=1",
        "timestamp=2026-01-01",
        "time=1&timestamp=2026-01-01T00:00:00Z",
    ] {
        let (status, _, body) = get(&acme, &format!("{LIST}?{query}"), None).await;
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::BAD_REQUEST, &json!("request.query")),
            "{query}"
        );
    }
}

#[tokio::test]
async fn token_may_name_its_entry_beside_the_others() {
    let (acme, _) = equipped(115).await;
    let mut asked = order(&agent(115));
    asked["token_status"] = json!(true);
    let (status, problem) = acme.post("/api/v1/credentials", asked.clone()).await;
    assert_eq!(
        (status, &problem["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("request.member")),
        "a proof has no claims"
    );
    asked["securing"] = json!("jose");
    for wrong in [json!("true"), json!(1), json!(null), json!({})] {
        let mut asked = asked.clone();
        asked["token_status"] = wrong;
        assert_eq!(
            acme.post("/api/v1/credentials", asked).await.0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let (status, issued) = acme.post("/api/v1/credentials", asked).await;
    assert_eq!(status, StatusCode::CREATED, "{issued}");
    let (status, renewed) = acme
        .post(&format!("/api/v1/credentials/{}/renew", id(&issued)), json!({}))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{renewed}");
    for paper in [&issued, &renewed] {
        let read = read_paper(text(paper).as_bytes(), &Limits::default()).unwrap();
        let (entry, first) = (
            read.unverified().token_status.clone().unwrap(),
            &read.unverified().status[0],
        );
        assert_eq!(
            (&entry.uri, entry.index),
            (&first.list, first.index),
            "the index is the one of its bit"
        );
    }
    acme.act(&format!("/api/v1/credentials/{}/suspend", id(&issued)))
        .await;
    assert_eq!(told(&acme, &issued).await, TokenStatus::Suspended);
    let plain = acme.post("/api/v1/credentials", {
        let mut plain = order(&agent(115));
        plain["securing"] = json!("jose");
        plain
    });
    let (_, plain) = plain.await;
    let plain = read_paper(text(&plain).as_bytes(), &Limits::default()).unwrap();
    assert_eq!(plain.unverified().token_status, None, "only when it is asked for");
}

#[tokio::test]
async fn aggregation_names_every_list() {
    let (acme, _) = equipped(116).await;
    let (status, headers, body) = get(&acme, "/status-lists", None).await;
    assert_eq!((status, media(&headers)), (StatusCode::OK, "application/json"));
    let aggregation = StatusListAggregation::parse(&body, &Limits::default()).unwrap();
    let lists =
        ["revocation-1", "suspension-1"].map(|list| format!("https://acme.example/status-lists/{list}"));
    assert_eq!(aggregation.status_lists, lists);
    for url in aggregation.status_lists {
        let list = proven(&acme, url.strip_prefix("https://acme.example").unwrap(), JWT).await;
        assert_eq!(
            (list.uri.as_str(), list.bits(), list.entries()),
            (url.as_str(), 2, 131_072)
        );
        assert_eq!(
            list.aggregation.as_deref(),
            Some("https://acme.example/status-lists")
        );
        assert!(list.expires_at.is_some() && list.ttl_ms == 300_000);
    }
}
