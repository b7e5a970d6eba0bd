//! Problem details, RFC 9457: the one shape of every refusal that this service gives.
//!
//! INVARIANT: a client sees a stable code and a short detail. Causes (SQL, paths, addresses) go to the log,
//! once, where they are handled.

use std::{any::Any, borrow::Cow};

use axum::{
    body::Body,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::store::{CLOCK_UNSOUND, StoreError};

/// Where the meaning of each code is written; the code is the fragment.
pub const TYPE_BASE: &str = "https://w3id.org/chancery/problems#";

/// The media type of RFC 9457.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Longest detail in characters: what a client sent may be told back to it, not at length.
const DETAIL: usize = 512;

/// A refusal on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// `class.reason`; never changes its meaning.
    pub code: Cow<'static, str>,
    /// What was wrong with this request, for people.
    pub detail: String,
}

impl Problem {
    /// Makes a refusal from its status, its code and a short detail.
    pub fn new(status: StatusCode, code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
        }
    }

    /// Refuses a malformed request, 400.
    pub fn malformed(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// Refuses a well-formed request whose content cannot be accepted, 422.
    pub fn unacceptable(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// Refuses what contradicts the present state, 409.
    pub fn conflict(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// Says that there is no such thing, 404. The text never says what was asked for.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "request.not_found",
            "there is nothing under this address",
        )
    }

    /// Hides a fault of our own behind a 500 and writes its cause to the log.
    pub fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "service.internal",
            "the service failed",
        )
    }

    fn title(&self) -> &'static str {
        self.status.canonical_reason().unwrap_or("Error")
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::not_found(),
            StoreError::Conflict {
                code: CLOCK_UNSOUND,
                detail,
            } => {
                tracing::error!("the clock went back");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, CLOCK_UNSOUND, detail)
            }
            StoreError::Conflict { code, detail } => Self::conflict(code, detail),
            StoreError::Replay { code } => Self::conflict(code, "this was used before or has expired"),
            StoreError::Crowded => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "limit.busy",
                "too much is waiting to be answered; try again later",
            ),
            StoreError::Unavailable { cause } => {
                tracing::error!(%cause, "store unavailable");
                Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "service.store_unavailable",
                    "the service cannot keep or find records at the moment",
                )
            }
        }
    }
}

impl Problem {
    /// Answers with members of a route's own beside those of RFC 9457, which they never replace.
    pub(crate) fn respond_with(self, more: Map<String, Value>) -> Response {
        let instance = format!("urn:uuid:{}", uuid::Uuid::new_v4());
        let own = json!({
            "type": format!("{TYPE_BASE}{}", self.code),
            "title": self.title(),
            "status": self.status.as_u16(),
            "detail": self.detail.chars().take(DETAIL).collect::<String>(),
            "code": self.code,
            "instance": instance,
        });
        let mut body = more;
        if let Value::Object(own) = own {
            body.extend(own);
        }
        let body = Value::Object(body);
        tracing::info!(code = %self.code, status = self.status.as_u16(), instance, "refused");
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE || self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.respond_with(Map::new())
    }
}

/// Marks a refusal whose standard gives it a shape of its own, such as a DID resolution result.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shaped;

/// Turns any refusal that did not come from here (a library's plain text) into problem details.
pub(crate) async fn catch(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let is_problem = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == MEDIA_TYPE.as_bytes());
    if is_problem || response.extensions().get::<Shaped>().is_some() {
        return response;
    }
    let (code, detail) = match status {
        StatusCode::NOT_FOUND => return with_headers(Problem::not_found(), &response),
        StatusCode::METHOD_NOT_ALLOWED => ("request.method", "this address does not have this method"),
        StatusCode::PAYLOAD_TOO_LARGE => ("limit.size", "the request is too large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("type.media", "this media type is not accepted here"),
        _ if status.is_server_error() => ("service.internal", "the service failed"),
        _ => ("request.malformed", "the request cannot be understood"),
    };
    with_headers(Problem::new(status, code, detail), &response)
}

fn with_headers(problem: Problem, original: &Response) -> Response {
    let mut response = problem.into_response();
    if let Some(allow) = original.headers().get(header::ALLOW) {
        response.headers_mut().insert(header::ALLOW, allow.clone());
    }
    response
}

/// Answers for a handler that panicked: problem details without a word of the panic.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::internal(&"a handler panicked").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;

    #[tokio::test]
    async fn problem_has_the_members_of_rfc_9457_and_a_code() {
        let response = Problem::conflict("status.revoked", "no way back").into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], MEDIA_TYPE);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["type"], "https://w3id.org/chancery/problems#status.revoked");
        assert_eq!(
            (value["status"].as_u64(), &value["code"]),
            (Some(409), &json!("status.revoked"))
        );
        assert!(value["instance"].as_str().unwrap().starts_with("urn:uuid:"));
    }

    #[tokio::test]
    async fn detail_is_not_told_at_length() {
        let response = Problem::malformed("request.malformed", "é".repeat(100_000)).into_response();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.len() < 2_000, "{}", bytes.len());
    }

    #[tokio::test]
    async fn clock_that_went_back_is_the_services_fault() {
        let problem = Problem::from(StoreError::Conflict {
            code: CLOCK_UNSOUND,
            detail: "back",
        });
        assert_eq!(
            (problem.status, &*problem.code),
            (StatusCode::SERVICE_UNAVAILABLE, "service.clock_unsound")
        );
    }

    #[tokio::test]
    async fn cause_of_a_store_fault_is_not_shown() {
        let error = StoreError::Unavailable {
            cause: "select secret from /var/lib/x.db".to_owned(),
        };
        let problem = Problem::from(error);
        assert_eq!(problem.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(!problem.to_string().contains("secret") && !problem.to_string().contains("/var"));
    }
}
