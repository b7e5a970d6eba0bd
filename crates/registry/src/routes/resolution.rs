//! `GET /1.0/identifiers/{did or DID URL}`: DID Resolution over HTTP, usable as a Universal Resolver driver.
//!
//! INVARIANT: the identifier is taken from the request's path as it was sent, so that nothing is decoded twice.

use axum::{
    extract::{OriginalUri, State},
    response::{IntoResponse as _, Response},
};
use chancery::resolution::{Answer, DidError, Form, Inquiry, answer};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::{app::App, problem::Shaped, resolution::Public};

/// Where identifiers are asked for.
pub(crate) const ENDPOINT: &str = "/1.0/identifiers/";

pub(crate) async fn resolve(
    State(app): State<App>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Response {
    let path = uri.path();
    let identifier = path
        .find(ENDPOINT)
        .and_then(|at| path.get(at.saturating_add(ENDPOINT.len())..))
        .unwrap_or_default();
    let wanted = preferred(&headers);
    let answered = match (Inquiry::from_path(identifier, uri.query()), wanted) {
        (Ok(inquiry), Ok(form)) => answer(&Public(&app), &inquiry, form).await,
        (Ok(inquiry), Err(error)) => Answer::refused(&inquiry, &error),
        (Err(error), _) => Answer::refused(&Inquiry::of(""), &error),
    };
    respond(answered)
}

fn preferred(headers: &HeaderMap) -> Result<Option<Form>, DidError> {
    let values: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    Form::preferred(&values.join(","))
}

fn respond(answered: Answer) -> Response {
    let body = answered.body.map(|body| body.to_string()).unwrap_or_default();
    let mut response = body.into_response();
    *response.status_mut() =
        StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.extensions_mut().insert(Shaped);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(answered.media_type),
    );
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let cache = if answered.status == 200 {
        "public, max-age=60"
    } else {
        "no-store"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Some(location) = answered.location.and_then(|url| HeaderValue::from_str(&url).ok()) {
        headers.insert(header::LOCATION, location);
        headers.remove(header::CONTENT_TYPE);
    }
    if let Some(code) = answered.code {
        tracing::info!(code, status = answered.status, "not resolved");
    }
    response
}
