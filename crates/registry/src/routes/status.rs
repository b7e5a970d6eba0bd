//! `GET /status-lists/{id}`: public, cacheable for at most the list's time to live, in the form that is asked for;
//! `GET /status-lists`: where they all are (Token Status List section 9).
//!
//! A Bitstring list may be asked for as it stood at a `timestamp` (Bitstring Status List v1.0 section 3.4), a Token
//! Status List at a `time` (section 8.4 of its draft). INVARIANT: only the newest list is kept, so a moment before
//! it was made is refused with 404, never answered with another list.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use chancery::resolution::weight;
use chancery_did::Timestamp;
use chancery_vc::status::StatusListAggregation;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::identity::open;
use crate::{
    app::App,
    body::Segment,
    problem::Problem,
    status_lists::{Form, publish, ttl_millis},
};

pub(super) async fn list(
    State(app): State<App>,
    id: Segment,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let mut response = answer(&app, &id.0, &uri, &headers)
        .await
        .unwrap_or_else(Problem::into_response);
    let vary = HeaderValue::from_static("accept");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// Where every list is, for those who keep them for a while offline.
pub(super) async fn aggregation(State(app): State<App>) -> Result<Response, Problem> {
    let lists = app.store().status_lists().await?;
    let aggregation = StatusListAggregation {
        status_lists: lists
            .iter()
            .map(|id| app.organization().status_list_url(id))
            .collect(),
    };
    let body = aggregation.to_value().to_string();
    Ok(open(
        body.into_response(),
        "application/json",
        "public, max-age=60",
    ))
}

async fn answer(app: &App, id: &str, uri: &Uri, headers: &HeaderMap) -> Result<Response, Problem> {
    let (form, media_type) = preferred(headers)?;
    let moment = moment(uri)?;
    let list = publish(app, id).await?;
    if moment.is_some_and(|moment| !list.stood(moment, app.now())) {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "status.moment",
            "the list as it was at that moment is not kept",
        ));
    }
    let cache = format!("public, max-age={}", list.max_age(ttl_millis(app), app.now()));
    let rendered = list.form(app, form)?;
    let known = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(',')
                .any(|tag| tag.trim() == rendered.etag || tag.trim() == "*")
        });
    let response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        rendered.body.clone().into_response()
    };
    let mut response = open(response, media_type, &cache);
    if let Ok(etag) = HeaderValue::from_str(&rendered.etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(response)
}

/// The form that the `Accept` header prefers, and under which name: the first of those that weigh the same; a credential where anything
/// will do.
fn preferred(headers: &HeaderMap) -> Result<(Form, &'static str), Problem> {
    let values = headers.get_all(header::ACCEPT).iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    let ranges: Vec<&str> = values.iter().flat_map(|value| value.split(',')).collect();
    let mut best = None;
    for range in &ranges {
        let Some(named) = named(range) else { continue };
        let weight = weight(range);
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, named));
        }
    }
    match best {
        Some((_, named)) => Ok(named),
        None if ranges.iter().all(|range| range.trim().is_empty()) => {
            Ok((Form::Credential, Form::Credential.media_type()))
        }
        None => Err(Problem::new(
            StatusCode::NOT_ACCEPTABLE,
            "request.not_acceptable",
            "a list is given as application/vc, application/vc+jwt, application/statuslist+jwt or application/statuslist+cwt",
        )),
    }
}

/// The form of one range with the media type of the answer: readers that know only JSON are told that it is JSON.
/// The form that a range names. A credential is JSON too, for those who know no better name for it.
fn named(range: &str) -> Option<(Form, &'static str)> {
    let name = range.split(';').next()?.trim().to_ascii_lowercase();
    match name.as_str() {
        "*/*" | "application/*" | "application/vc+json" | "application/vc+ld+json" => {
            Some(of(Form::Credential))
        }
        "application/json" => Some((Form::Credential, "application/json")),
        "application/ld+json" => Some((Form::Credential, "application/ld+json")),
        _ => Form::ALL
            .into_iter()
            .map(of)
            .find(|(_, media_type)| *media_type == name),
    }
}

fn of(form: Form) -> (Form, &'static str) {
    (form, form.media_type())
}

/// The moment that the query asks about, under either standard's name; other parameters are left alone.
fn moment(uri: &Uri) -> Result<Option<Timestamp>, Problem> {
    let mut moment = None;
    for (name, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        let asked = match &*name {
            "time" => value.parse().ok().map(Timestamp::from_seconds),
            "timestamp" => Timestamp::parse(&value).ok(),
            _ => continue,
        };
        if asked.is_none() || moment.is_some() {
            let detail =
                "`time` is a unix time in seconds, `timestamp` a dateTimeStamp, and there is one of them";
            return Err(Problem::malformed("request.query", detail));
        }
        moment = asked;
    }
    Ok(moment)
}
