//! `POST /challenges` and `POST /verify`: this service as a relying party's verifier.

use axum::{Json, extract::State};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    agents::give_challenge, app::App, auth, body::JsonBody, peer::Sender, problem::Problem,
    store::ChallengePurpose, verification,
};

pub(super) async fn challenge(
    State(app): State<App>,
    Sender(peer): Sender,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let audience = app
        .verification()
        .ok_or_else(Problem::not_found)?
        .audience()
        .to_owned();
    let challenge = give_challenge(&app, ChallengePurpose::Presentation, &audience, peer).await?;
    let body = json!({
        "challenge": challenge.nonce,
        "audience": audience,
        "expires_at": challenge.expires_at.to_string(),
    });
    Ok((StatusCode::CREATED, Json(body)))
}

pub(super) async fn verify(
    State(app): State<App>,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Result<Json<Value>, Problem> {
    if body.contains_key("evidence") || body.contains_key("save_evidence") {
        auth::may_bring_evidence(app.store(), &headers, app.now()).await?;
    }
    Ok(Json(verification::verify(&app, body).await?))
}
