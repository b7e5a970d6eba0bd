//! The routes, with the scope that each admin route needs, and what every request passes through.
//!
//! INVARIANT: an admin route is reachable only through [`needs`], which runs before anything of the request is
//! read; every answer that is not a success is problem details. Whoever asks too often is told so before
//! anything of the request is read.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, delete, get, post},
};
use http::{StatusCode, Version, header};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    app::App,
    auth::{self, Scope},
    logs,
    peer::Peer,
    problem,
    problem::Problem,
    rate_limit::RateLimit,
};

mod agents;
mod bundle;
mod credentials;
mod health;
mod identity;
mod requests;
pub(crate) mod resolution;
mod status;
mod tokens;
mod trqp;
mod vcalm;
mod verify;
mod webvh;

/// The public listener's routes.
pub(crate) fn public(app: App) -> Router {
    let admin = |scope, routes| needs(&app, scope, routes);
    let router = Router::new()
        .route("/.well-known/did.json", get(identity::authority))
        .route("/.well-known/did.jsonl", get(webvh::own_log))
        .route("/.well-known/did-witness.json", get(webvh::own_witness))
        .route("/agents/{name}/did.jsonl", get(webvh::agent_log))
        .route("/agents/{name}/did-witness.json", get(webvh::agent_witness))
        .route("/agents/{name}/did.json", get(webvh::agent_document))
        .route("/status/did.json", get(identity::status))
        .route("/trqp/did.json", get(identity::trqp))
        .route("/bundle/did.json", get(identity::bundle))
        .route("/.well-known/chancery", get(identity::description))
        .route("/api/v1/bundle", get(bundle::bundle).options(bundle::preflight))
        .route("/status-lists", get(status::aggregation))
        .route("/status-lists/{id}", get(status::list))
        .route("/1.0/identifiers/", get(resolution::resolve))
        .route("/1.0/identifiers/{*identifier}", get(resolution::resolve))
        .route("/trqp/authorization", post(trqp::authorization))
        .route("/trqp/recognition", post(trqp::recognition))
        .route(
            "/challenges",
            post(verify::challenge).route_layer(from_fn_with_state(app.clone(), at_the_rate_of_challenges)),
        )
        .route("/verify", post(verify::verify))
        .route(
            "/credentials/issue",
            admin(Scope::CredentialsIssue, post(vcalm::issue)),
        )
        .route(
            "/credentials/status",
            admin(Scope::CredentialsRevoke, post(vcalm::change)),
        )
        .route(
            "/credentials/verify",
            admin(Scope::CredentialsVerify, post(vcalm::verify)),
        )
        .route(
            "/credentials/derive",
            admin(Scope::CredentialsVerify, post(vcalm::derive)),
        )
        .route(
            "/presentations/verify",
            admin(Scope::CredentialsVerify, post(vcalm::verify_presentation)),
        )
        .route("/api/v1/delegations", post(requests::reserve))
        .route("/api/v1/delegations/{id}", axum::routing::put(requests::record))
        .route("/api/v1/revocations", post(requests::revoke))
        .route(
            "/api/v1/agents",
            admin(Scope::AgentsRead, get(agents::list))
                .merge(admin(Scope::AgentsWrite, post(agents::register))),
        )
        .route("/api/v1/agents/{id}", admin(Scope::AgentsRead, get(agents::show)))
        .route(
            "/api/v1/agents/{id}/challenges",
            admin(Scope::AgentsWrite, post(agents::challenge)),
        )
        .route(
            "/api/v1/agents/{id}/instances",
            admin(Scope::AgentsRead, get(agents::instances))
                .merge(admin(Scope::AgentsWrite, post(agents::register_instance))),
        )
        .route(
            "/api/v1/instances/{did}",
            admin(Scope::AgentsRead, get(agents::instance)),
        )
        .route(
            "/api/v1/instances/{did}/suspend",
            admin(Scope::AgentsWrite, post(agents::suspend)),
        )
        .route(
            "/api/v1/instances/{did}/resume",
            admin(Scope::AgentsWrite, post(agents::resume)),
        )
        .route(
            "/api/v1/instances/{did}/retire",
            admin(Scope::AgentsWrite, post(agents::retire)),
        )
        .route(
            "/api/v1/credentials",
            admin(Scope::CredentialsRead, get(credentials::list))
                .merge(admin(Scope::CredentialsIssue, post(credentials::issue))),
        )
        .route(
            "/api/v1/credentials/{id}",
            admin(Scope::CredentialsRead, get(credentials::show)),
        )
        .route(
            "/api/v1/credentials/{id}/renew",
            admin(Scope::CredentialsIssue, post(credentials::renew)),
        )
        .route(
            "/api/v1/credentials/{id}/revoke",
            admin(Scope::CredentialsRevoke, post(credentials::revoke)),
        )
        .route(
            "/api/v1/credentials/{id}/suspend",
            admin(Scope::CredentialsRevoke, post(credentials::suspend)),
        )
        .route(
            "/api/v1/credentials/{id}/resume",
            admin(Scope::CredentialsRevoke, post(credentials::resume)),
        )
        .route(
            "/api/v1/recognitions",
            admin(Scope::RecognitionsRead, get(trqp::list))
                .merge(admin(Scope::RecognitionsWrite, post(trqp::recognize))),
        )
        .route(
            "/api/v1/recognitions/{id}",
            admin(Scope::RecognitionsWrite, delete(trqp::end)),
        )
        .route(
            "/api/v1/did-logs/organization",
            admin(Scope::AgentsWrite, axum::routing::put(webvh::publish_own)),
        )
        .route(
            "/api/v1/did-logs/agents/{name}",
            admin(Scope::AgentsWrite, axum::routing::put(webvh::publish_agent)),
        )
        .route("/api/v1/tokens", admin(Scope::TokensWrite, post(tokens::mint)))
        .route(
            "/api/v1/tokens/{id}",
            admin(Scope::TokensWrite, delete(tokens::revoke)),
        );
    wrapped(router, app, true)
}

/// The routes of a whole office, for whoever puts a door of his own in front: nothing here asks who calls.
pub(crate) fn office(app: App) -> Router {
    let router = Router::new()
        .route("/issuers", get(vcalm::issuers))
        .route("/issuers/{name}/credentials/issue", post(vcalm::issue_as))
        .route("/issuers/{name}/credentials/status", post(vcalm::change))
        .route("/verifiers/{name}/credentials/verify", post(vcalm::verify_as))
        .route("/presentations/verify", post(vcalm::verify_presentation))
        .route("/credentials/derive", post(vcalm::derive))
        .route("/status-lists/{id}", get(status::list))
        .route("/1.0/identifiers/", get(resolution::resolve))
        .route("/1.0/identifiers/{*identifier}", get(resolution::resolve))
        .route("/authorization", post(trqp::authorization))
        .route("/recognition", post(trqp::recognition));
    wrapped(router, app, false)
}

/// The management listener's routes.
pub(crate) fn management(app: App) -> Router {
    let router = Router::new()
        .route("/health/started", get(health::live))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/version", get(health::version));
    wrapped(router, app, false)
}

/// What every request passes through, the first to see it last.
fn wrapped(router: Router<App>, app: App, limited: bool) -> Router {
    let router = router
        .fallback(|| async { Problem::not_found() })
        .with_state(app.clone())
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(app.clone(), in_time))
        .layer(from_fn(plain))
        .layer(from_fn(problem::catch));
    let router = if limited {
        router.layer(from_fn_with_state(app, at_the_rate))
    } else {
        router
    };
    router
        .layer(from_fn(logs::request))
        // Bodies are measured by our own extractors.
        .layer(DefaultBodyLimit::disable())
}

/// Lets only requests with a token of this scope reach the routes.
fn needs(app: &App, scope: Scope, routes: MethodRouter<App>) -> MethodRouter<App> {
    let guard = from_fn_with_state((app.clone(), scope), authorized);
    routes.route_layer(guard)
}

async fn authorized(State((app, scope)): State<(App, Scope)>, request: Request, next: Next) -> Response {
    match auth::authorize(app.store(), request.headers(), scope, app.now()).await {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Refuses what two readers could understand in two ways.
pub(crate) async fn plain(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let hosts = headers.get_all(header::HOST).iter().count();
    // Of a length beside a transfer encoding hyper lets only the encoding count, and closes after the answer.
    let encodings = headers.get_all(header::TRANSFER_ENCODING).iter().count();
    let absolute = request.version() < Version::HTTP_2 && request.uri().authority().is_some();
    if hosts > 1 || encodings > 1 || absolute {
        let problem = Problem::malformed("request.malformed", "the request can be understood in two ways");
        let mut response = problem.into_response();
        response
            .headers_mut()
            .insert(header::CONNECTION, http::HeaderValue::from_static("close"));
        return response;
    }
    next.run(request).await
}

async fn at_the_rate(State(app): State<App>, request: Request, next: Next) -> Response {
    admitted(app.requests(), request, next).await
}

async fn at_the_rate_of_challenges(State(app): State<App>, request: Request, next: Next) -> Response {
    admitted(app.challenge_requests(), request, next).await
}

/// Lets a request pass whose peer did not ask too often. What headers say of the peer does not count.
async fn admitted(limit: &RateLimit, request: Request, next: Next) -> Response {
    let Some(peer) = Peer::noted(request.extensions()) else {
        return next.run(request).await;
    };
    let Err(wait) = limit.admit(peer, std::time::Instant::now()) else {
        return next.run(request).await;
    };
    let mut response = Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "limit.rate",
        "there are too many requests from this address; try again later",
    )
    .into_response();
    let seconds = wait.as_secs().saturating_add(1);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, http::HeaderValue::from(seconds));
    response
}

async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(app.limits().request_time, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "limit.time",
            "the request could not be answered in time",
        )
        .into_response(),
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    async fn panics() -> StatusCode {
        panic!("secret inside")
    }

    #[tokio::test]
    async fn panic_is_a_problem_without_a_word_of_it() {
        let router: Router = Router::new()
            .route("/", get(panics))
            .layer(CatchPanicLayer::custom(problem::panicked))
            .layer(from_fn(problem::catch));
        let request = Request::get("/").body(axum::body::Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], problem::MEDIA_TYPE);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(
            text.contains("service.internal") && !text.contains("secret"),
            "{text}"
        );
    }
}
