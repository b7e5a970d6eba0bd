//! `did.jsonl`, `did-witness.json` and `did.json` of hosted logs, public and cacheable, and the one door by which
//! versions come in.
//!
//! Follows [did:webvh 1.0](https://identity.foundation/didwebvh/v1.0/) ("The DID to HTTPS Transformation", and any origin may read).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use chancery_proof::Digest;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::identity::open;
use crate::{
    app::App,
    body::{JsonBody, Segment},
    problem::Problem,
    store::DidLogRecord,
    webvh,
};

const CACHE: &str = "public, max-age=60";

pub(super) async fn own_log(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    Ok(log(&app.store().did_log(webvh::ORGANIZATION).await?, &headers))
}

pub(super) async fn own_witness(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    witness(&app.store().did_log(webvh::ORGANIZATION).await?, &headers)
}

pub(super) async fn agent_log(
    State(app): State<App>,
    name: Segment,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(log(
        &app.store().did_log(&webvh::agent(&name.0)?).await?,
        &headers,
    ))
}

pub(super) async fn agent_witness(
    State(app): State<App>,
    name: Segment,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    witness(&app.store().did_log(&webvh::agent(&name.0)?).await?, &headers)
}

pub(super) async fn agent_document(
    State(app): State<App>,
    name: Segment,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let record = app.store().did_log(&webvh::agent(&name.0)?).await?;
    let document = webvh::parallel(&record, app.now())?.to_string();
    Ok(tagged(document, "application/did+json", &record.head, &headers))
}

pub(super) async fn publish_own(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    publish(&app, webvh::ORGANIZATION, body).await
}

pub(super) async fn publish_agent(
    State(app): State<App>,
    name: Segment,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    publish(&app, &webvh::agent(&name.0)?, body).await
}

async fn publish(
    app: &App,
    place: &str,
    body: serde_json::Map<String, Value>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let record = webvh::publish(app, place, body).await?;
    let body = json!({
        "did": record.did, "version_id": record.head, "changed_at": record.changed_at.to_string(),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

fn log(record: &DidLogRecord, headers: &HeaderMap) -> Response {
    tagged(record.log.clone(), "text/jsonl", &record.head, headers)
}

fn witness(record: &DidLogRecord, headers: &HeaderMap) -> Result<Response, Problem> {
    let text = record.witness.clone().ok_or_else(Problem::not_found)?;
    let tag = Digest::of_bytes(text.as_bytes());
    Ok(tagged(text, "application/json", tag.as_str(), headers))
}

/// A public document under an entity tag; one that is known already is not sent again.
fn tagged(text: String, media_type: &'static str, tag: &str, headers: &HeaderMap) -> Response {
    let tag = format!("\"{tag}\"");
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag || one.trim() == "*"));
    let response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        text.into_response()
    };
    let mut response = open(response, media_type, CACHE);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}
