//! Why a fetch brought nothing.
//!
//! INVARIANT: every failure has one stable code `fetch.reason`, and no text of it holds a path, a query
//! string or a body: at most a host name and a number.

use std::error::Error as _;
use std::io;

/// Why a [`Guarded`](crate::http::Guarded) client fetched nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL, the port or an address that the name resolves to is not one that may be contacted.
    #[error("blocked before connecting: {0}")]
    Blocked(String),
    /// The peer answered with a redirect, which is never followed.
    #[error("status {0} redirects, and redirects are not followed")]
    Redirect(u16),
    /// The time limit passed.
    #[error("no complete answer in time")]
    Timeout,
    /// The body is larger than the limit, counted after decompression.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// The TLS handshake failed, or the certificate is not one that is trusted for this name.
    #[error("tls failed: {0}")]
    Tls(String),
    /// The peer answered with another status than 200.
    #[error("status {0}")]
    Status(u16),
    /// The answer has another media type or content encoding than was asked for.
    #[error("answer of type `{0}`")]
    MediaType(String),
    /// This client was told not to fetch anything.
    #[error("offline")]
    Offline,
    /// The name has no address, the connection failed, or the answer is not HTTP.
    #[error("failed: {0}")]
    Failed(String),
}

impl FetchError {
    /// The stable code of this failure.
    ///
    /// A redirect is `fetch.blocked`: it names a further place that may not
    /// be contacted.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blocked(_) | Self::Redirect(_) => "fetch.blocked",
            Self::Timeout => "fetch.timeout",
            Self::TooLarge(_) => "fetch.too_large",
            Self::Tls(_) => "fetch.tls",
            Self::Status(_) => "fetch.status",
            Self::MediaType(_) => "fetch.media_type",
            Self::Offline => "fetch.offline",
            Self::Failed(_) => "fetch.failed",
        }
    }

    /// Finds the cause that the client library wrapped.
    pub(super) fn from_client(error: &reqwest::Error) -> Self {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if let Some(found) = Self::known(inner) {
                return found;
            }
            cause = inner.source();
        }
        if error.is_timeout() {
            return Self::Timeout;
        }
        let what = if error.is_connect() {
            "no connection"
        } else {
            "no valid http answer"
        };
        Self::Failed(what.to_owned())
    }

    fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Self> {
        if let Some(own) = cause.downcast_ref::<FetchError>() {
            return Some(own.clone());
        }
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Some(Self::Tls(tls.to_string()));
        }
        // io::Error's source() skips the very error that it wraps.
        let io = cause.downcast_ref::<io::Error>()?;
        if io.kind() == io::ErrorKind::TimedOut {
            return Some(Self::Timeout);
        }
        io.get_ref().and_then(|inner| Self::known(inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_is_a_blocked_fetch() {
        assert_eq!(FetchError::Redirect(302).code(), "fetch.blocked");
    }

    #[test]
    fn the_cause_is_found_below_an_io_error() {
        let wrapped = io::Error::other(rustls::Error::HandshakeNotComplete);
        assert_eq!(FetchError::known(&wrapped).unwrap().code(), "fetch.tls");
        let twice = io::Error::other(io::Error::other(FetchError::Blocked("x".into())));
        assert_eq!(FetchError::known(&twice).unwrap().code(), "fetch.blocked");
        assert_eq!(FetchError::known(&io::Error::other("else")), None);
    }
}
