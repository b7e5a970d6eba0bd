//! What instances ask by their own signature, without an admin token.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::Value;

use crate::{
    app::App,
    body::{PaperBody, Segment, TokenBody},
    delegations,
    problem::Problem,
};

pub(super) async fn reserve(
    State(app): State<App>,
    TokenBody(token): TokenBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    Ok((
        StatusCode::CREATED,
        Json(delegations::reserve(&app, &token).await?),
    ))
}

pub(super) async fn record(
    State(app): State<App>,
    id: Segment,
    PaperBody(text): PaperBody,
) -> Result<Json<Value>, Problem> {
    Ok(Json(delegations::record(&app, &id.urn(), &text).await?))
}

pub(super) async fn revoke(
    State(app): State<App>,
    TokenBody(token): TokenBody,
) -> Result<Json<Value>, Problem> {
    Ok(Json(delegations::revoke(&app, &token).await?))
}
