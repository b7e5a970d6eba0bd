//! The head of an HTTP request that carries a presentation: `Authorization: Chancery <token68>`.
//!
//! RFC 9110, sections 4.2.3, 5.1 and 11.6.2. The token is the presentation's text in unpadded base64url, or a compact
//! JWS as it is. INVARIANT: exactly one header, one scheme and one token, and a request to another origin than the
//! verifier's own audience carries nothing.

use chancery_proof::{Limits, base64url};
use chancery_verifier::Rejection;
use serde_json::{Map, Value};

use crate::members::{object, text};

const HEADER: &str = "authorization";
const SCHEME: &str = "chancery";
/// The largest request: a presentation of 256 KiB in base64url, and as much again for headers and arguments.
const LONGEST: usize = 1024 * 1024;
const CODE: &str = "request.malformed";

/// The head of a request, and the call that it stands for.
#[derive(Debug)]
pub(crate) struct HttpRequest {
    url: String,
    authorization: Vec<String>,
    /// The members of the call: nonce, and tool or action.
    pub(crate) call: Map<String, Value>,
}

impl HttpRequest {
    /// Reads `{method, url, headers: [[name, value], ..], nonce, ..}`.
    pub(crate) fn parse(request: &str) -> Result<Self, Rejection> {
        let limits = Limits {
            bytes: LONGEST,
            string: LONGEST,
            ..Limits::default()
        };
        let mut members = object(request, &limits, "the request")?;
        let method = text(&members, "method", CODE)?;
        if method.is_empty() || !method.bytes().all(is_token) {
            return Err(Rejection::new(CODE, "the method is no token"));
        }
        let url = text(&members, "url", CODE)?.to_owned();
        let headers = members.get("headers").and_then(Value::as_array);
        let headers = headers.ok_or_else(|| Rejection::new(CODE, "the headers are no array of pairs"))?;
        let mut authorization = Vec::new();
        for header in headers {
            let (name, value) = pair(header)?;
            if name.eq_ignore_ascii_case(HEADER) {
                authorization.push(value.to_owned());
            }
        }
        for name in ["method", "url", "headers"] {
            members.remove(name);
        }
        Ok(Self {
            url,
            authorization,
            call: members,
        })
    }

    /// The presentation's text, if the request went to the origin of this audience.
    pub(crate) fn presentation(&self, audience: &str) -> Result<String, Rejection> {
        let own = origin(audience);
        if own.is_none() || origin(&self.url) != own {
            let detail = format!("the request went to `{}`", self.url);
            return Err(Rejection::new("request.origin", detail));
        }
        let refused = |detail: &str| Rejection::new("request.authorization", detail);
        let [credentials] = self.authorization.as_slice() else {
            let count = self.authorization.len();
            return Err(refused(&format!("{count} `Authorization` headers, and not one")));
        };
        let (scheme, token) = credentials.split_once(' ').unwrap_or((credentials, ""));
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(refused("the scheme is not `Chancery`"));
        }
        let token = token.trim_matches(' ');
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if token.is_empty() || !token.bytes().all(plain) {
            return Err(refused("there is not one token behind the scheme"));
        }
        if token.contains('.') {
            return Ok(token.to_owned());
        }
        let bytes =
            base64url::decode(token).map_err(|error| Rejection::new(error.code(), error.to_string()))?;
        String::from_utf8(bytes).map_err(|_| Rejection::new("parse.utf8", "the presentation is not UTF-8"))
    }
}

fn pair(header: &Value) -> Result<(&str, &str), Rejection> {
    let items = header.as_array().map(Vec::as_slice).unwrap_or_default();
    match items {
        [Value::String(name), Value::String(value)] if !name.is_empty() && name.bytes().all(is_token) => {
            Ok((name, value))
        }
        _ => Err(Rejection::new(CODE, "a header is no pair of a name and a value")),
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The origin of an `http` or `https` URL in the spelling of RFC 6454, section 6.2; nothing for any other text, and
/// for an authority that says more than host and port.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    let scheme = scheme.to_ascii_lowercase();
    let standard = match scheme.as_str() {
        "https" => "443",
        "http" => "80",
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, standard),
    };
    let in_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[]:_".contains(&byte);
    let bare_colon = host.contains(':') && !host.starts_with('[');
    if host.is_empty() || bare_colon || !host.bytes().all(in_host) {
        return None;
    }
    let number: u16 = if port.is_empty() { standard } else { port }.parse().ok()?;
    let plus = port.starts_with('+');
    (!plus).then(|| format!("{scheme}://{}:{number}", host.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_origin_has_one_spelling() {
        for url in [
            "https://api.globex.example",
            "https://api.globex.example/",
            "https://api.globex.example:443/x?y#z",
            "HTTPS://API.Globex.example:0443?",
            "https://api.globex.example:",
        ] {
            assert_eq!(
                origin(url).as_deref(),
                Some("https://api.globex.example:443"),
                "{url}"
            );
        }
        assert_eq!(
            origin("http://[::1]:8480/a").as_deref(),
            Some("http://[::1]:8480")
        );
        assert_eq!(origin("http://[::1]").as_deref(), Some("http://[::1]:80"));
    }

    #[test]
    fn what_is_no_origin_has_none() {
        for url in [
            "",
            "/orders",
            "api.globex.example",
            "://api.globex.example",
            "ftp://api.globex.example",
            "https://",
            "https:///x",
            "https:/api.globex.example",
            "https://user@api.globex.example",
            "https://api.globex.example@evil.example",
            "https://api.globex.example\\@evil.example",
            "https://api.globex.example:99999",
            "https://api.globex.example:+443",
            "https://api.globex.example:44a",
            "https://a:b:443",
            "https://api.globex.example\u{0}",
            "https://äpi.globex.example",
            " https://api.globex.example",
            "https:// api.globex.example",
        ] {
            assert_eq!(origin(url), None, "{url}");
        }
    }
}
