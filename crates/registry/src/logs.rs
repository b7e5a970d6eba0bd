//! Structured logs: one escaped JSON object per line, on standard error.
//!
//! INVARIANT: no key, token, credential body or query string is ever written; a request is named by its
//! method and its route's pattern.

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{HeaderName, HeaderValue, Method};
use tracing_subscriber::EnvFilter;

/// The header by which a client may name its request; it is echoed.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Starts writing logs; a second call does nothing.
///
/// # Errors
/// The filter is not one.
pub fn init(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| error.to_string())?;
    // A subscriber that is set already stays: tests and embedders choose their own.
    drop(
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .with_current_span(false)
            .try_init(),
    );
    Ok(())
}

/// Writes one line per request and echoes its id.
pub(crate) async fn request(request: Request, next: Next) -> Response {
    let begun = std::time::Instant::now();
    let method = word(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let id = request
        .headers()
        .get(&REQUEST_ID)
        .filter(|id| harmless(id))
        .cloned();
    let mut response = next.run(request).await;
    tracing::info!(
        method,
        route,
        status = response.status().as_u16(),
        millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// The method by its standard's word; any other is the client's own text and is not written.
fn word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        _ => "other",
    }
}

/// Whether an id may be echoed: short and of harmless characters.
fn harmless(id: &HeaderValue) -> bool {
    let bytes = id.as_bytes();
    !bytes.is_empty()
        && bytes.len() <= 128
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filter_that_is_not_one_is_refused() {
        assert!(init("chancery=[[[").is_err());
    }

    #[test]
    fn method_that_is_the_client_s_own_text_is_not_written() {
        assert_eq!(word(&Method::PUT), "PUT");
        assert_eq!(word(&Method::from_bytes(b"SECRET").unwrap()), "other");
    }

    #[test]
    fn only_short_plain_request_ids_are_echoed() {
        assert!(harmless(&HeaderValue::from_static("d4f34c12-9b7a")));
        for id in ["", "a b", "<script>", &"a".repeat(129)] {
            assert!(!harmless(&HeaderValue::from_str(id).unwrap()), "{id}");
        }
    }
}
