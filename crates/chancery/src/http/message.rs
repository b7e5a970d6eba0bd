//! What goes out and what comes back.
//!
//! Follows RFC 9110. INVARIANT: an answer is judged by its head (status, media type, length, encoding) before its
//! body is read, and the body is read under a limit.

use std::fmt;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH,
};
use reqwest::{Client, Method, RequestBuilder, Response};

use super::FetchError;
use super::body::Body;
use super::target::Target;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The HTTP status.
    pub status: u16,
    /// The whole body, decompressed.
    pub bytes: Vec<u8>,
    /// The media type in lower case without parameters; empty when there is none.
    pub content_type: String,
    /// The entity tag, if there is one.
    pub etag: Option<String>,
}

/// One request to an API that answers with more than 200 and one media type.
#[derive(Clone)]
pub struct Outgoing<'a> {
    /// The method, in upper case.
    pub method: &'static str,
    /// An https URL.
    pub url: &'a str,
    /// A bearer token.
    pub bearer: Option<&'a str>,
    /// The media type of `body`.
    pub content_type: Option<&'a str>,
    /// The value of the `Accept` header; empty sends none.
    pub accept: &'a str,
    /// The entity tag of what is at hand already; the answer 304 is understood only with one.
    pub if_none_match: Option<&'a str>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

impl fmt::Debug for Outgoing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", &self.method)
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

pub(super) fn request(
    client: &Client,
    target: &Target,
    outgoing: Outgoing<'_>,
) -> Result<RequestBuilder, FetchError> {
    let method = Method::from_bytes(outgoing.method.as_bytes())
        .map_err(|_| FetchError::Failed("not a method".to_owned()))?;
    let mut request = client
        .request(method, target.url.clone())
        .header(ACCEPT_ENCODING, "identity");
    if !outgoing.accept.is_empty() {
        request = request.header(ACCEPT, outgoing.accept);
    }
    if let Some(tag) = outgoing.if_none_match {
        request = request.header(IF_NONE_MATCH, tag);
    }
    if let Some(token) = outgoing.bearer {
        request = request.bearer_auth(token);
    }
    if let Some(media_type) = outgoing.content_type {
        request = request.header(CONTENT_TYPE, media_type);
    }
    if let Some(bytes) = outgoing.body {
        request = request.body(bytes);
    }
    Ok(request)
}

/// Reads an answer; the media type is judged only for status 200, since a refusal may be worded otherwise.
pub(super) async fn read(
    mut response: Response,
    accept: &[&str],
    limit: usize,
    conditional: bool,
) -> Result<Fetched, FetchError> {
    let status = response.status();
    if status.is_redirection() && !(conditional && status.as_u16() == 304) {
        return Err(FetchError::Redirect(status.as_u16()));
    }
    let content_type = text(&response, &CONTENT_TYPE)
        .and_then(|value| {
            value
                .split(';')
                .next()
                .map(|essence| essence.trim().to_ascii_lowercase())
        })
        .unwrap_or_default();
    if status.as_u16() == 200 && !accept.is_empty() && !accept.contains(&content_type.as_str()) {
        return Err(FetchError::MediaType(content_type));
    }
    if response
        .content_length()
        .is_some_and(|length| length > limit as u64)
    {
        return Err(FetchError::TooLarge(limit));
    }
    let mut body = Body::new(text(&response, &CONTENT_ENCODING).as_deref(), limit)?;
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| FetchError::from_client(&error))?
    {
        body.push(&chunk)?;
    }
    let etag = text(&response, &ETAG);
    Ok(Fetched {
        status: status.as_u16(),
        bytes: body.finish()?,
        content_type,
        etag,
    })
}

fn text(response: &Response, name: &HeaderName) -> Option<String> {
    response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

/// Refuses every status but 200.
pub(super) fn only_ok(fetched: Fetched) -> Result<Fetched, FetchError> {
    if fetched.status == 200 {
        Ok(fetched)
    } else {
        Err(FetchError::Status(fetched.status))
    }
}
