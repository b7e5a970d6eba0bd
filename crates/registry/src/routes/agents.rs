//! `/api/v1/agents` and `/api/v1/instances`.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    agents,
    app::App,
    body::{JsonBody, Page, Segment},
    peer::Sender,
    problem::Problem,
    store::InstanceState,
};

pub(super) async fn register(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let agent = agents::register(&app, body).await?;
    Ok((StatusCode::CREATED, Json(agents::agent_json(&agent))))
}

pub(super) async fn list(State(app): State<App>, page: Page) -> Result<Json<Value>, Problem> {
    let page = page.unfiltered()?;
    let found = app.store().agents(page.after.as_deref(), page.limit).await?;
    let next = page.next(found.len(), found.last().map(|agent| agent.id.as_str()));
    let items: Vec<_> = found.iter().map(agents::agent_json).collect();
    Ok(Json(json!({ "items": items, "next": next })))
}

pub(super) async fn show(State(app): State<App>, id: Segment) -> Result<Json<Value>, Problem> {
    Ok(Json(agents::agent_json(&app.store().agent(&id.urn()).await?)))
}

pub(super) async fn challenge(
    State(app): State<App>,
    Sender(peer): Sender,
    id: Segment,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let challenge = agents::challenge(&app, &id.urn(), peer).await?;
    let body = json!({
        "challenge": challenge.nonce,
        "audience": app.did().as_str(),
        "instance_of": challenge.scope,
        "expires_at": challenge.expires_at.to_string(),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

pub(super) async fn instances(
    State(app): State<App>,
    id: Segment,
    page: Page,
) -> Result<Json<Value>, Problem> {
    let page = page.unfiltered()?;
    let agent = app.store().agent(&id.urn()).await?;
    let found = app
        .store()
        .instances(&agent.id, page.after.as_deref(), page.limit)
        .await?;
    let next = page.next(found.len(), found.last().map(|instance| instance.did.as_str()));
    let items: Vec<_> = found.iter().map(agents::instance_json).collect();
    Ok(Json(json!({ "items": items, "next": next })))
}

pub(super) async fn register_instance(
    State(app): State<App>,
    id: Segment,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let instance = agents::register_instance(&app, &id.urn(), body).await?;
    Ok((StatusCode::CREATED, Json(agents::instance_json(&instance))))
}

pub(super) async fn instance(State(app): State<App>, did: Segment) -> Result<Json<Value>, Problem> {
    Ok(Json(agents::instance_json(&app.store().instance(&did.0).await?)))
}

pub(super) async fn suspend(State(app): State<App>, did: Segment) -> Result<Json<Value>, Problem> {
    moved(&app, &did.0, InstanceState::Suspended).await
}

pub(super) async fn resume(State(app): State<App>, did: Segment) -> Result<Json<Value>, Problem> {
    moved(&app, &did.0, InstanceState::Active).await
}

pub(super) async fn retire(State(app): State<App>, did: Segment) -> Result<Json<Value>, Problem> {
    moved(&app, &did.0, InstanceState::Retired).await
}

async fn moved(app: &App, did: &str, state: InstanceState) -> Result<Json<Value>, Problem> {
    let credentials = app.store().move_instance(did, state, app.now()).await?;
    tracing::info!(instance = did, state = state.as_str(), "instance moved");
    Ok(Json(
        json!({ "did": did, "state": state.as_str(), "credentials": credentials }),
    ))
}
