//! `GET /status-lists/{id}`: public, cacheable for at most the list's time to live.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::identity::open;
use crate::{
    app::App,
    body::Segment,
    problem::Problem,
    status_lists::{publish, ttl_millis},
};

pub(super) async fn list(
    State(app): State<App>,
    id: Segment,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let list = publish(&app, &id.0).await?;
    let cache = format!("public, max-age={}", list.max_age(ttl_millis(&app), app.now()));
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(',')
                .any(|tag| tag.trim() == list.etag || tag.trim() == "*")
        });
    let response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        list.text.clone().into_response()
    };
    let mut response = open(response, "application/vc", &cache);
    if let Ok(etag) = HeaderValue::from_str(&list.etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}
