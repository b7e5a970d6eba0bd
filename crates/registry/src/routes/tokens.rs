//! `/api/v1/tokens`: minting and taking back admin tokens.
//!
//! INVARIANT: a token mints no scope that it does not have itself.

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    app::App,
    auth::{self, LONGEST_LIFE, Scope},
    body::{JsonBody, Members, Segment},
    problem::Problem,
};

pub(super) async fn mint(
    State(app): State<App>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut members = Members::new(body);
    let name = members.text("name")?;
    let wrong = || Problem::unacceptable("request.member", "`scopes` is a list of scope names");
    let scopes = match members.take("scopes") {
        Some(Value::Array(items)) if !items.is_empty() && items.len() <= Scope::ALL.len() => items
            .iter()
            .map(|item| item.as_str().and_then(Scope::parse).ok_or_else(wrong))
            .collect::<Result<Vec<_>, _>>()?,
        _ => return Err(wrong()),
    };
    let life = members
        .optional_number("life_seconds", 1, LONGEST_LIFE)?
        .unwrap_or(LONGEST_LIFE);
    members.finish()?;
    for scope in &scopes {
        auth::authorize(app.store(), &headers, *scope, app.now()).await?;
    }
    let minted = app.mint_token(&scopes, life, &name).await?;
    let body = json!({
        "id": minted.id,
        "token": minted.secret.as_str(),
        "expires_at": minted.expires_at.to_string(),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

pub(super) async fn revoke(State(app): State<App>, id: Segment) -> Result<StatusCode, Problem> {
    app.store().revoke_token(&id.urn(), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
