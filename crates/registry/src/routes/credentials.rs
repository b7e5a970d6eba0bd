//! `/api/v1/credentials`.

use axum::{Json, extract::State};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    app::App,
    body::{JsonBody, Page, Segment},
    issuing,
    problem::Problem,
    store::{CredentialFilter, StatusChange},
};

pub(super) async fn issue(
    State(app): State<App>,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let issued = issuing::issue(&app, body).await?;
    Ok((StatusCode::CREATED, Json(issued_json(&issued))))
}

pub(super) async fn renew(
    State(app): State<App>,
    id: Segment,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let (issued, below) = issuing::renew(&app, &id.urn(), body).await?;
    let mut value = issued_json(&issued);
    if let Value::Object(members) = &mut value {
        members.insert("renews".to_owned(), id.urn().into());
        members.insert("delegations_below".to_owned(), below.into());
    }
    Ok((StatusCode::CREATED, Json(value)))
}

fn issued_json(issued: &issuing::Issued) -> Value {
    json!({
        "id": issued.id,
        "digest": issued.digest,
        "credential": issued.credential,
        "valid_until": issued.valid_until.to_string(),
    })
}

pub(super) async fn list(State(app): State<App>, page: Page) -> Result<Json<Value>, Problem> {
    let filter = CredentialFilter {
        subject: page.subject.clone(),
        parent: None,
    };
    let found = app
        .store()
        .credentials(&filter, page.after.as_deref(), page.limit)
        .await?;
    let next = page.next(found.len(), found.last().map(|record| record.draft.id.as_str()));
    let now = app.now();
    let items: Vec<_> = found
        .iter()
        .map(|record| issuing::credential_json(&app, record, now))
        .collect();
    Ok(Json(json!({ "items": items, "next": next })))
}

pub(super) async fn show(State(app): State<App>, id: Segment) -> Result<Json<Value>, Problem> {
    let record = app.store().credential(&id.urn()).await?;
    Ok(Json(issuing::credential_json(&app, &record, app.now())))
}

pub(super) async fn revoke(State(app): State<App>, id: Segment) -> Result<Json<Value>, Problem> {
    changed(&app, &id.urn(), StatusChange::Revoke, "revoked").await
}

pub(super) async fn suspend(State(app): State<App>, id: Segment) -> Result<Json<Value>, Problem> {
    changed(&app, &id.urn(), StatusChange::Suspend, "suspended").await
}

pub(super) async fn resume(State(app): State<App>, id: Segment) -> Result<Json<Value>, Problem> {
    changed(&app, &id.urn(), StatusChange::Resume, "resumed").await
}

async fn changed(app: &App, id: &str, change: StatusChange, word: &str) -> Result<Json<Value>, Problem> {
    let changed = app.store().change_status(id, change, app.now()).await?;
    tracing::info!(credential = id, change = word, changed, "status changed");
    Ok(Json(json!({ "id": id, "status": word, "changed": changed })))
}
