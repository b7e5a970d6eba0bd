//! `GET /api/v1/bundle`: the signed trust bundle, public, cacheable for at most a status list's time to live.
//!
//! `?since=` names, by its `issuedAt`, the state that the caller holds: what is given is the change from there when
//! that state is still known, and the whole bundle otherwise. INVARIANT: what `If-None-Match` names is compared with
//! the state and not with its form, so whoever holds the newest is told so however it came by it.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use chancery_did::Timestamp;
use chancery_trust::bundle::MEDIA_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::identity::open;
use crate::{app::App, bundles, problem::Problem, status_lists::ttl_millis};

pub(super) async fn bundle(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let since = since(&uri)?;
    let signed = bundles::current(&app, since).await?;
    let given = signed.since(&app, since)?;
    let tags = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags: Vec<&str> = tags.filter_map(|value| value.to_str().ok()).collect();
    let known = tags
        .iter()
        .flat_map(|value| value.split(','))
        .any(|tag| signed.is_tagged(tag));
    let response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        given.token.to_string().into_response()
    };
    let cache = format!("public, max-age={}", signed.max_age(ttl_millis(&app), app.now()));
    let mut response = open(response, MEDIA_TYPE, &cache);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("etag"),
    );
    if let Ok(tag) = HeaderValue::from_str(&given.tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Lets pages of other origins say which state they hold.
pub(super) async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "if-none-match"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The state that the caller holds; there is no other parameter.
fn since(uri: &Uri) -> Result<Option<Timestamp>, Problem> {
    let mut since = None;
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let date = Timestamp::parse(&value)
            .ok()
            .filter(|_| name == "since" && since.is_none());
        if date.is_none() {
            let detail = "`since` is the `issuedAt` of a bundle, and there is one of it and nothing else";
            return Err(Problem::malformed("request.query", detail));
        }
        since = date;
    }
    Ok(since)
}
