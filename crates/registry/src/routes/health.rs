//! The management listener: whether the service lives, whether it can work, and which version it is.

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{app::App, problem::Problem};

pub(super) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

pub(super) async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    app.store().ready().await?;
    Ok(Json(json!({ "status": "ok" })))
}

pub(super) async fn version() -> Json<Value> {
    Json(json!({ "name": "chancery", "version": env!("CARGO_PKG_VERSION") }))
}
