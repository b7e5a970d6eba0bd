//! The routes of [VCALM](https://w3c.github.io/vcalm/): of the service's own issuer and verifier, or of any in
//! the office by its name.

use axum::{Json, extract::State, response::Response};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    body::{JsonBody, Segment},
    problem::Problem,
    vcalm::{OWN, issuing, status, verifying},
};

type Created = Result<(StatusCode, Json<Value>), Problem>;

pub(super) async fn issue(State(app): State<App>, JsonBody(body): JsonBody) -> Created {
    Ok((StatusCode::CREATED, Json(issuing::issue(&app, OWN, body).await?)))
}

pub(super) async fn issue_as(State(app): State<App>, name: Segment, JsonBody(body): JsonBody) -> Created {
    Ok((
        StatusCode::CREATED,
        Json(issuing::issue(&app, &name.0, body).await?),
    ))
}

pub(super) async fn derive(State(app): State<App>, JsonBody(body): JsonBody) -> Created {
    Ok((StatusCode::CREATED, Json(issuing::derive(&app, body).await?)))
}

pub(super) async fn change(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Json<Value>, Problem> {
    status::change(&app, body).await?;
    Ok(Json(json!({})))
}

pub(super) async fn verify(State(app): State<App>, JsonBody(body): JsonBody) -> Result<Response, Problem> {
    verifying::credential(&app, OWN, body).await
}

pub(super) async fn verify_as(
    State(app): State<App>,
    name: Segment,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    verifying::credential(&app, &name.0, body).await
}

pub(super) async fn verify_presentation(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<Response, Problem> {
    verifying::presentation(&app, OWN, body).await
}

/// Who issues here, by name.
pub(super) async fn issuers(State(app): State<App>) -> Json<Value> {
    let issuers: Map<String, Value> = app
        .office()
        .issuers()
        .map(|(name, issuer)| (name.to_owned(), json!({ "id": issuer.did })))
        .collect();
    Json(Value::Object(issuers))
}
