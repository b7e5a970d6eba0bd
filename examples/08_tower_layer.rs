//! Story 8: an HTTP service with a guard before it. Every request is judged by the service's own policy; the
//! handler sees only what was allowed, with the decision in the request's extensions.
//!
//! `cargo run -p chancery-examples --example 08_tower_layer`

use std::error::Error;
use std::io::{self, Write};

use axum::{Extension, Router, body::Body, body::to_bytes, extract::Request, routing::post};
use chancery_examples::guard::GuardLayer;
use chancery_examples::scene::{NONCE, Scene};
use chancery_proof::base64url;
use chancery_verifier::Decision;
use serde_json::json;
use tower::ServiceExt;

/// What the service does when it is let: here only words, which name who answers for the agent.
async fn refund(Extension(decision): Extension<Decision>, call: String) -> String {
    let principal = decision
        .principal
        .map(|principal| principal.authority.to_string());
    format!(
        "refunded {call} for an agent of {}",
        principal.unwrap_or_default()
    )
}

/// Plays the story with the papers of one scene.
pub(crate) async fn story(scene: &Scene, out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let guard = GuardLayer::new(scene.guard.clone());
    let service = Router::new().route("/refund", post(refund)).layer(guard);

    let papers = base64url::encode(scene.presentation.as_bytes());
    let papers = format!("Chancery {papers}");
    for (words, bring, order, amount) in [
        ("no papers", false, "1001", "35.00"),
        ("more than was delegated", true, "1001", "60.00"),
        ("within what was delegated", true, "1001", "35.00"),
        ("the same presentation again", true, "1002", "5.00"),
    ] {
        let call = json!({ "order": order, "amount": amount }).to_string();
        let mut request = Request::post("/refund").body(Body::from(call))?;
        if bring {
            request.headers_mut().insert("authorization", papers.parse()?);
            request.headers_mut().insert("chancery-nonce", NONCE.parse()?);
        }
        let response = service.clone().oneshot(request).await?;
        let challenged = response.headers().contains_key("www-authenticate");
        let beside = if challenged { " and a nonce" } else { "" };
        writeln!(out, "{words}: {}{beside}", response.status())?;
        let body = to_bytes(response.into_body(), 65_536).await?;
        writeln!(out, "  {}", String::from_utf8(body.to_vec())?)?;
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    story(&Scene::read(&Scene::delegated())?, &mut io::stdout()).await
}
