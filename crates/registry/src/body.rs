//! What a request carries, read strictly: bodies, path segments, queries and page cursors.
//!
//! INVARIANT: every refusal is a [`Problem`]; a body is measured while it arrives, must arrive in time, and
//! JSON enters only through the front door of `chancery_proof`.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Request},
};
use chancery_proof::{Limits, json};
use http::{StatusCode, header, request::Parts};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde_json::{Map, Value};

use crate::{app::App, problem::Problem};

/// A JSON object, `application/json`.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Map<String, Value>);

/// A compact JWS, `application/jwt` or `application/jose`.
#[derive(Debug)]
pub(crate) struct TokenBody(pub(crate) String);

/// A paper, as JSON text or as a compact JWS: `application/vc` or `application/vc+jwt`.
#[derive(Debug)]
pub(crate) struct PaperBody(pub(crate) String);

/// The one segment of a path that is a name.
#[derive(Debug)]
pub(crate) struct Segment(pub(crate) String);

/// Which page is asked for: `?limit=..&after=..`, and the filters that the route knows.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Items, at least one and at most the server's limit.
    pub(crate) limit: u32,
    /// The last id of the page before.
    pub(crate) after: Option<String>,
    /// `subject`, where the route lists credentials.
    pub(crate) subject: Option<String>,
}

/// Collects a body within its limits of size and time.
async fn collect(request: Request, app: &App, media: &[&str]) -> Result<Vec<u8>, Problem> {
    let given = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|value| {
            value
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        });
    if !given.is_some_and(|given| media.contains(&given.as_str())) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "type.media",
            format!("the body must be {}", media.join(" or ")),
        ));
    }
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "type.media",
            "an encoded body is not accepted",
        ));
    }
    let limits = app.limits();
    let too_large = || {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "limit.size",
            "the body is too large",
        )
    };
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limits.body) {
        return Err(too_large());
    }
    let body: Limited<Body> = Limited::new(request.into_body(), limits.body);
    match tokio::time::timeout(limits.body_time, body.collect()).await {
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "limit.time",
            "the body did not arrive in time",
        )),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::malformed("request.malformed", "the body broke off")),
        Ok(Ok(collected)) => Ok(collected.to_bytes().to_vec()),
    }
}

impl FromRequest<App> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = collect(request, app, &["application/json"]).await?;
        let limits = Limits {
            bytes: app.limits().body,
            ..Limits::default()
        };
        let value = json::parse(&bytes, &limits).map_err(|error| {
            Problem::malformed(error.code(), format!("the body is not acceptable JSON: {error}"))
        })?;
        if json::has_unsafe_number(&value) {
            return Err(Problem::malformed(
                "parse.unsafe_number",
                "a number is beyond 2^53-1",
            ));
        }
        match value {
            Value::Object(members) => Ok(Self(members)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err(
                Problem::malformed("parse.structure", "the body is not a JSON object"),
            ),
        }
    }
}

impl FromRequest<App> for TokenBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = collect(request, app, &["application/jwt", "application/jose"]).await?;
        String::from_utf8(bytes)
            .map(Self)
            .map_err(|_| Problem::malformed("parse.utf8", "the body is not UTF-8"))
    }
}

impl FromRequest<App> for PaperBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let bytes = collect(request, app, &["application/vc", "application/vc+jwt"]).await?;
        String::from_utf8(bytes)
            .map(Self)
            .map_err(|_| Problem::malformed("parse.utf8", "the body is not UTF-8"))
    }
}

impl FromRequestParts<App> for Segment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(segment) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::malformed("request.malformed", "the path is not UTF-8"))?;
        if segment.len() > app.limits().parameter || segment.chars().any(char::is_control) {
            return Err(Problem::malformed(
                "limit.size",
                "a path segment is too long or has control characters",
            ));
        }
        Ok(Self(segment))
    }
}

impl Segment {
    /// The segment as the id of an agent or a credential, with its `urn:uuid:` put before it when absent.
    pub(crate) fn urn(&self) -> String {
        if self.0.starts_with("urn:uuid:") {
            self.0.clone()
        } else {
            format!("urn:uuid:{}", self.0)
        }
    }
}

impl FromRequestParts<App> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let limits = app.limits();
        let mut page = Self {
            limit: limits.page,
            ..Self::default()
        };
        let wrong = |detail: &str| Problem::malformed("request.query", detail);
        let mut seen = Vec::new();
        for (name, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if value.len() > limits.parameter || value.chars().any(char::is_control) {
                return Err(wrong("a query parameter is too long or has control characters"));
            }
            if seen.contains(&name) {
                return Err(wrong("a query parameter is given twice"));
            }
            match &*name {
                "limit" => {
                    page.limit = value
                        .parse()
                        .ok()
                        .filter(|limit| (1..=limits.page).contains(limit))
                        .ok_or_else(|| wrong("`limit` is out of bounds"))?;
                }
                "after" => page.after = Some(value.into_owned()),
                "subject" => page.subject = Some(value.into_owned()),
                _ => return Err(wrong("there is no such query parameter")),
            }
            seen.push(name);
        }
        Ok(page)
    }
}

impl Page {
    /// Refuses the filter on a route that has none.
    pub(crate) fn unfiltered(self) -> Result<Self, Problem> {
        if self.subject.is_some() {
            return Err(Problem::malformed(
                "request.query",
                "there is no such query parameter",
            ));
        }
        Ok(self)
    }

    /// The cursor of the next page: the last id, when this page is full.
    pub(crate) fn next(&self, found: usize, last: Option<&str>) -> Option<String> {
        last.filter(|_| u32::try_from(found).is_ok_and(|found| found >= self.limit))
            .map(str::to_owned)
    }
}

/// The members of a request object, taken out one by one so that what is left over is unknown.
#[derive(Debug)]
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// Starts with all members.
    pub(crate) fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// Takes a member, if it is there.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// Takes a required, non-empty string.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<String, Problem> {
        self.optional_text(name)?
            .ok_or_else(|| Problem::unacceptable("request.missing_member", format!("`{name}` is required")))
    }

    /// Takes an optional, non-empty string.
    pub(crate) fn optional_text(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text))
                if !text.trim().is_empty() && text.len() <= 2048 && !text.chars().any(char::is_control) =>
            {
                Ok(Some(text))
            }
            Some(_) => Err(Problem::unacceptable(
                "request.member",
                format!("`{name}` must be a string of 1 to 2048 bytes without control characters"),
            )),
        }
    }

    /// Takes an optional whole number within bounds.
    pub(crate) fn optional_number(
        &mut self,
        name: &'static str,
        least: u64,
        most: u64,
    ) -> Result<Option<u64>, Problem> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(value) => value
                .as_u64()
                .filter(|number| (least..=most).contains(number))
                .map(Some)
                .ok_or_else(|| {
                    Problem::unacceptable(
                        "request.member",
                        format!("`{name}` must be a whole number from {least} to {most}"),
                    )
                }),
        }
    }

    /// Ends the reading: what is left is unknown and refused.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Problem::malformed(
            "parse.unknown_member",
            "the body has a member that is not known here",
        ))
    }
}
