//! Which URLs may be asked for at all, judged before any name is looked up.
//!
//! Follows the WHATWG URL reading of the `url` crate, the same object that is then sent: there is no second
//! reader to disagree with. INVARIANT: a [`Target`] is `https`, names its host by a DNS name and not by an
//! address, and has a port that is allowed for exactly that host.

use url::{Host, Url};

use super::{FetchError, GuardLimits};

/// A URL that may be asked for.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) url: Url,
    pub(super) host: String,
    /// Whether exactly this host and port stand in the loopback allow-list.
    pub(super) loopback: bool,
}

impl Target {
    pub(super) fn parse(
        text: &str,
        limits: &GuardLimits,
        allowed: &[(String, u16)],
    ) -> Result<Self, FetchError> {
        if text.len() > limits.url_bytes {
            return Err(blocked("the url is too long"));
        }
        // The reader would drop tabs and newlines, turn `\` into `/` and fold full-width letters.
        if text.bytes().any(|byte| !byte.is_ascii_graphic() || byte == b'\\') {
            return Err(blocked("the url holds characters that a url must not"));
        }
        let url = Url::parse(text).map_err(|_| blocked("not a url"))?;
        if url.scheme() != "https" {
            return Err(blocked("only https is fetched"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(blocked("the url holds user information"));
        }
        if url.fragment().is_some() {
            return Err(blocked("the url holds a fragment"));
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(blocked("an address instead of a name")),
            None => return Err(blocked("no host")),
        };
        let port = url.port_or_known_default().unwrap_or(443);
        let loopback = allowed
            .iter()
            .any(|(name, number)| *name == host && *number == port);
        if !loopback {
            if !is_public_name(&host) {
                return Err(FetchError::Blocked(format!("`{host}` is not a public name")));
            }
            if !limits.ports.contains(&port) {
                return Err(FetchError::Blocked(format!("port {port} is not allowed")));
            }
        }
        Ok(Self { url, host, loopback })
    }
}

/// Whether a name can be somebody's on the public internet: at least two labels, no trailing dot, and not
/// below a name that is reserved for local use (RFC 6761, RFC 6762, RFC 8375, RFC 9476).
fn is_public_name(host: &str) -> bool {
    const LOCAL: &[&str] = &[
        "localhost",
        "local",
        "internal",
        "alt",
        "onion",
        "invalid",
        "test",
    ];
    let Some((rest, last)) = host.rsplit_once('.') else {
        return false;
    };
    !rest.is_empty() && !last.is_empty() && !LOCAL.contains(&last) && !host.ends_with(".home.arpa")
}

fn blocked(why: &str) -> FetchError {
    FetchError::Blocked(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Target, FetchError> {
        Target::parse(text, &GuardLimits::default(), &[("localhost".to_owned(), 7001)])
    }

    #[test]
    fn only_https_to_a_public_name_on_an_allowed_port_is_a_target() {
        for text in [
            "http://acme.example/",
            "ftp://acme.example/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://",
            "acme.example",
            "https://user@acme.example/",
            "https://user:word@acme.example/",
            "https://acme.example/#fragment",
            "https://acme.example:80/",
            "https://acme.example:8443/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://8.8.8.8/",
            "https://localhost/",
            "https://localhost./",
            "https://localhost.:7001/",
            "https://localhost:7002/",
            "https://127.0.0.1:7001/",
            "https://a.localhost:7001/",
            "https://a.localhost/",
            "https://intranet/",
            "https://acme.example./",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://router.home.arpa/",
            "https:\\\\acme.example/",
            "https://acme.example/\t",
            "https://acme.example\n/",
            "https://\u{ff41}cme.example/",
        ] {
            assert_eq!(
                parse(text).map(|_| ()).unwrap_err().code(),
                "fetch.blocked",
                "{text}"
            );
        }
        let long = format!("https://acme.example/{}", "a".repeat(2048));
        assert_eq!(parse(&long).unwrap_err().code(), "fetch.blocked");
    }

    #[test]
    fn only_the_exact_loopback_entry_is_marked() {
        assert!(parse("https://localhost:7001/a").unwrap().loopback);
        let public = parse("https://acme.example/.well-known/did.json?x=1").unwrap();
        assert!(!public.loopback);
        assert_eq!(public.host, "acme.example");
    }
}
