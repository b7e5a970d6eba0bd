//! The guard as a tower layer around an HTTP service.
//!
//! A call is `POST /<tool>` with its arguments as a JSON object. It brings the presentation in
//! `Authorization: Chancery <base64url>` (a compact JWS stands for itself) and the nonce in `Chancery-Nonce`. A
//! refusal is problem details (RFC 9457): 401 where the papers do not establish who asks, with a fresh nonce in
//! `WWW-Authenticate`, 403 where they hold and the call is not within them.
//! INVARIANT: the inner service sees a request only after an allow, with exactly the bytes that were judged and
//! that [`Decision`] in its extensions.

use std::convert::Infallible;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use chancery_proof::{Limits, base64url, json};
use chancery_verifier::{Decision, Verdict};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::json;
use tower::{Layer, Service};

use super::{Guard, Shown, Unjudged};

/// The most bytes of a call's arguments.
const MOST_BYTES: usize = 65_536;
const NONCE: &str = "chancery-nonce";
const PROBLEMS: &str = "https://w3id.org/chancery/problems#";

/// Puts a [`Guard`] before a service.
#[derive(Debug, Clone)]
pub struct GuardLayer(Arc<Guard>);

/// A service with its guard.
#[derive(Debug, Clone)]
pub struct GuardedService<S> {
    guard: Arc<Guard>,
    inner: S,
}

impl GuardLayer {
    /// Makes the layer of a guard.
    #[must_use]
    pub fn new(guard: Arc<Guard>) -> Self {
        Self(guard)
    }
}

impl<S> Layer<S> for GuardLayer {
    type Service = GuardedService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        let guard = Arc::clone(&self.0);
        GuardedService { guard, inner }
    }
}

impl<S> Service<Request> for GuardedService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let guard = Arc::clone(&self.guard);
        // The clone is not ready, the service that was polled is: that one is taken.
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        Box::pin(async move {
            match judged(&guard, request).await {
                Ok(request) => inner.call(request).await,
                Err(refused) => Ok(refused),
            }
        })
    }
}

/// Gives the request on with its decision, or the response that refuses it.
async fn judged(guard: &Guard, request: Request) -> Result<Request, Response> {
    let (mut parts, body) = request.into_parts();
    let bytes = to_bytes(body, MOST_BYTES)
        .await
        .map_err(|_| malformed("limit.size", "the arguments are too long"))?;
    let tool = parts.uri.path().strip_prefix("/").unwrap_or_default().to_owned();
    if parts.method != Method::POST || parts.uri.query().is_some() {
        return Err(malformed("request.method", "a call is a POST without a query"));
    }
    let Some((presentation, nonce)) = shown(&parts.headers) else {
        let why = Unjudged::new(
            "auth.required",
            "one presentation and the nonce that it answers are wanted",
        );
        return Err(unjudged(guard, &why));
    };
    let arguments = json::parse(&bytes, &Limits::default())
        .map_err(|error| malformed(error.code(), &error.to_string()))?;
    let shown = Shown {
        presentation: &presentation,
        nonce: &nonce,
    };
    let decision = guard
        .judge(shown, &tool, arguments)
        .await
        .map_err(|why| unjudged(guard, &why))?;
    if !decision.allow {
        return Err(refused(guard, &decision));
    }
    parts.extensions.insert(decision);
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// The presentation and the nonce of a request, if it has exactly one of each.
fn shown(headers: &HeaderMap) -> Option<(Vec<u8>, String)> {
    let only = |name: &str| {
        let mut all = headers.get_all(name).iter();
        let first = all.next()?.to_str().ok()?;
        all.next().is_none().then_some(first)
    };
    let (scheme, text) = only(header::AUTHORIZATION.as_str())?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Chancery") {
        return None;
    }
    let presentation = if text.contains('.') {
        text.as_bytes().to_vec()
    } else {
        base64url::decode(text).ok()?
    };
    Some((presentation, only(NONCE)?.to_owned()))
}

fn refused(guard: &Guard, decision: &Decision) -> Response {
    if decision.verdict == Verdict::Valid {
        return problem(StatusCode::FORBIDDEN, decision.code, &decision.reason, None);
    }
    problem(
        StatusCode::UNAUTHORIZED,
        decision.code,
        &decision.reason,
        Some(guard),
    )
}

fn unjudged(guard: &Guard, why: &Unjudged) -> Response {
    if why.code == "auth.required" {
        return problem(StatusCode::UNAUTHORIZED, why.code, &why.detail, Some(guard));
    }
    malformed(why.code, &why.detail)
}

fn malformed(code: &str, detail: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, code, detail, None)
}

/// Problem details; with a guard to challenge from, also a fresh nonce.
fn problem(status: StatusCode, code: &str, detail: &str, challenge: Option<&Guard>) -> Response {
    let body = json!({ "type": format!("{PROBLEMS}{code}"), "status": status.as_u16(), "code": code, "detail": detail });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let kind = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let challenge = challenge.map(|guard| format!("Chancery nonce=\"{}\"", guard.challenge()));
    if let Some(challenge) = challenge.and_then(|text| text.parse().ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
