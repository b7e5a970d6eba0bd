//! The documents of the four DIDs (did:web) and the registry's signed description of itself.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};

use crate::{app::App, problem::Problem, webvh};

/// Lets any page read a public document; no credentials are ever involved.
pub(super) fn open(mut response: Response, media_type: &'static str, cache: &str) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if let Ok(value) = HeaderValue::from_str(cache) {
        headers.insert(header::CACHE_CONTROL, value);
    }
    response
}

fn document(text: &str) -> Response {
    open(
        text.to_owned().into_response(),
        "application/did+json",
        "public, max-age=300",
    )
}

pub(super) async fn authority(State(app): State<App>) -> Result<Response, Problem> {
    if app.did().method() != "webvh" {
        return Ok(document(&app.organization().issue.document));
    }
    // The did:web of the same place, as the log has it now.
    let record = app.store().did_log(webvh::ORGANIZATION).await?;
    Ok(document(&webvh::parallel(&record, app.now())?.to_string()))
}

pub(super) async fn status(State(app): State<App>) -> Response {
    document(&app.organization().status.document)
}

pub(super) async fn trqp(State(app): State<App>) -> Response {
    document(&app.organization().trqp.document)
}

pub(super) async fn bundle(State(app): State<App>) -> Response {
    document(&app.organization().bundle.document)
}

pub(super) async fn description(State(app): State<App>) -> Result<Response, Problem> {
    let token = app.organization().description(app.now())?;
    Ok(open(
        token.into_response(),
        "application/jwt",
        "public, max-age=300",
    ))
}
