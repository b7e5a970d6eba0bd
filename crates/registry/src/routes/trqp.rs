//! `/trqp`: TRQP v2.0 over HTTPS, and `/api/v1/recognitions`: what this registry recognizes.

use axum::{Json, extract::State};
use chancery_trust::trqp::Query;
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::App,
    body::{JsonBody, Page, Segment},
    problem::Problem,
    trust_registry::{answer, recognition_json, recognize as record},
};

pub(super) async fn authorization(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    answer(&app, Query::Authorization, body).await.map(Json)
}

pub(super) async fn recognition(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    answer(&app, Query::Recognition, body).await.map(Json)
}

pub(super) async fn recognize(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let recognition = record(&app, body).await?;
    Ok((StatusCode::CREATED, Json(recognition_json(&recognition))))
}

pub(super) async fn end(State(app): State<App>, id: Segment) -> Result<StatusCode, Problem> {
    app.store().end_recognition(&id.urn(), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn list(State(app): State<App>, page: Page) -> Result<Json<Value>, Problem> {
    let page = page.unfiltered()?;
    let found = app
        .store()
        .recognitions(page.after.as_deref(), page.limit)
        .await?;
    let next = page.next(found.len(), found.last().map(|it| it.id.as_str()));
    let items: Vec<_> = found.iter().map(recognition_json).collect();
    Ok(Json(json!({ "items": items, "next": next })))
}
