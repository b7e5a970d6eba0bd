//! Resources: URIs in the one normal form, optionally with every path below (profile, section Capability;
//! [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986) sections 3 and 6.2).
//!
//! INVARIANT: a resource has one spelling. What two readers could take for different things, or one reader for
//! the same thing as another spelling, is refused; comparison is segment by segment on exact bytes.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::action::excerpt;

/// The most bytes that one resource may hold.
const MAX_BYTES: usize = 2048;
/// The most bytes of a host name (RFC 1035 section 2.3.4).
const MAX_HOST: usize = 253;

/// Names what is acted on: `https://api.acme.example/orders/42`, or everything below a path with a last `*`.
///
/// A path of no segments is written `/`; a `*` stands for one or more whole segments, never for none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// Scheme and authority, `https://api.acme.example:8443`.
    origin: String,
    segments: Vec<String>,
    wildcard: bool,
}

impl Resource {
    /// Parses a URI in normal form, or such a URI whose last segment is `*`.
    ///
    /// # Errors
    /// [`ResourceError`] for a relative or authority-less URI, upper case in scheme or host, a default port, user
    /// information, a query, a fragment, an empty or dot segment, `;`, a `*` elsewhere, and percent-encoding
    /// that is lower-case, needless, not UTF-8, or hides `/`, `\`, `;`, `%` or a control character.
    pub fn parse(text: &str) -> Result<Self, ResourceError> {
        Self::read(text).map_err(|defect| ResourceError {
            text: excerpt(text),
            defect,
        })
    }

    /// Tells whether this is one resource and not everything below a path.
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        !self.wildcard
    }

    /// Tells whether this permits the concrete resource that is asked for; a wildcard is never covered.
    #[must_use]
    pub fn covers(&self, request: &Self) -> bool {
        request.is_concrete() && request.is_within(self)
    }

    /// Tells whether every resource that this covers is covered by `parent`.
    #[must_use]
    pub fn is_within(&self, parent: &Self) -> bool {
        if self.origin != parent.origin {
            return false;
        }
        if !parent.wildcard {
            return self == parent;
        }
        // A wildcard child covers only longer paths than its own segments, so equal segments suffice for it.
        let below = self.segments.len() > parent.segments.len()
            || (self.wildcard && self.segments.len() == parent.segments.len());
        below && self.segments.starts_with(&parent.segments)
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        if text.len() > MAX_BYTES {
            return Err("it is longer than 2048 bytes");
        }
        let (scheme, rest) = text
            .split_once(':')
            .and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix("//")?)))
            .ok_or("it is not an absolute URI with an authority")?;
        check_scheme(scheme)?;
        let (authority, path) = rest.split_once('/').ok_or("its path does not begin with `/`")?;
        check_authority(scheme, authority)?;
        let mut segments = Vec::new();
        if !path.is_empty() {
            segments.extend(path.split('/').map(str::to_owned));
        }
        let wildcard = segments.last().is_some_and(|last| last == "*");
        if wildcard {
            segments.pop();
        }
        segments.iter().try_for_each(|segment| check_segment(segment))?;
        Ok(Self {
            origin: format!("{scheme}://{authority}"),
            segments,
            wildcard,
        })
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.origin, self.segments.join("/"))?;
        match (self.wildcard, self.segments.is_empty()) {
            (false, _) => Ok(()),
            (true, true) => formatter.write_str("*"),
            (true, false) => formatter.write_str("/*"),
        }
    }
}

/// Says why a text is not a resource in normal form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a resource in normal form: {defect}")]
pub struct ResourceError {
    text: String,
    defect: &'static str,
}

fn check_scheme(scheme: &str) -> Result<(), &'static str> {
    let rest =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.');
    let first = scheme.starts_with(|first: char| first.is_ascii_lowercase());
    if first && scheme.bytes().all(rest) {
        Ok(())
    } else {
        Err("its scheme is not a lower-case name")
    }
}

fn check_authority(scheme: &str, authority: &str) -> Result<(), &'static str> {
    if authority.contains('@') {
        return Err("it holds user information");
    }
    // An IPv6 literal holds colons itself; its port stands behind the bracket.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    check_host(host)?;
    port.map_or(Ok(()), |port| check_port(scheme, port))
}

fn check_port(scheme: &str, port: &str) -> Result<(), &'static str> {
    let number = port
        .parse::<u16>()
        .ok()
        .filter(|number| *number > 0 && number.to_string() == port);
    let number = number.ok_or("its port is not a plain number from 1 to 65535")?;
    let default = match scheme {
        "https" | "wss" => Some(443),
        "http" | "ws" => Some(80),
        "ftp" => Some(21),
        _ => None,
    };
    if default == Some(number) {
        Err("its port is the scheme's default")
    } else {
        Ok(())
    }
}

fn check_host(host: &str) -> Result<(), &'static str> {
    if let Some(literal) = host.strip_prefix('[') {
        let literal = literal
            .strip_suffix(']')
            .ok_or("its host is not an IPv6 address")?;
        let address: Ipv6Addr = literal.parse().map_err(|_| "its host is not an IPv6 address")?;
        let same = address.to_string() == literal;
        return if same {
            Ok(())
        } else {
            Err("its IPv6 address is not in canonical form")
        };
    }
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_'))
    };
    if host.len() > MAX_HOST || !host.split('.').all(label) {
        return Err("its host is not a lower-case name");
    }
    // A name that ends in a number is read as an IPv4 address by URL parsers (`127.1`, `0x7f.1`).
    let last = host.rsplit('.').next().unwrap_or(host);
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if numeric && host.parse::<Ipv4Addr>().is_err() {
        return Err("its host is not an IPv4 address in canonical form");
    }
    Ok(())
}

fn check_segment(segment: &str) -> Result<(), &'static str> {
    match segment {
        "" => return Err("it holds an empty segment"),
        "." | ".." => return Err("it holds a dot segment"),
        _ => {}
    }
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => escaped(bytes.next(), bytes.next())?,
            b';' => return Err("it holds `;`"),
            b'*' => return Err("it holds `*` elsewhere than as its whole last segment"),
            b'?' => return Err("it holds a query"),
            b'#' => return Err("it holds a fragment"),
            byte if is_unreserved(byte) || b"!$&'()+,=:@".contains(&byte) => byte,
            _ => return Err("it holds a character that has to be percent-encoded"),
        };
        decoded.push(byte);
    }
    let decoded = String::from_utf8(decoded).map_err(|_| "its percent-encoding is not UTF-8")?;
    if decoded.chars().any(char::is_control) {
        return Err("it holds an encoded control character");
    }
    Ok(())
}

/// Reads the two digits of a percent-encoding and refuses those that have another spelling or hide structure.
fn escaped(high: Option<u8>, low: Option<u8>) -> Result<u8, &'static str> {
    let digit = |byte: Option<u8>| match byte {
        Some(byte @ b'0'..=b'9') => byte.checked_sub(b'0'),
        Some(byte @ b'A'..=b'F') => byte.checked_sub(b'A').and_then(|digit| digit.checked_add(10)),
        _ => None,
    };
    let (high, low) = digit(high)
        .zip(digit(low))
        .ok_or("it holds `%` without two upper-case hex digits")?;
    let byte = (high << 4) | low;
    match byte {
        b'/' | b'\\' | b';' | b'%' => Err("it holds an encoded `/`, `\\`, `;` or `%`"),
        byte if is_unreserved(byte) => Err("it holds an encoded unreserved character"),
        byte => Ok(byte),
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(text: &str) -> Resource {
        Resource::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_resource_reads_and_prints_the_same() {
        for text in [
            "https://api.acme.example/",
            "https://api.acme.example/*",
            "https://api.acme.example/orders/42",
            "https://api.acme.example/orders/*",
            "https://api.acme.example:8443/a",
            "http://localhost:8080/a",
            "https://127.0.0.1/a",
            "https://[::1]:8443/a/*",
            "mcp://tools.acme.example/refund",
            "ws://a.example:443/x",
            "https://a.example/a%20b/%C3%A4/...",
            "https://a.example/a@b:c,d=e+f&g!$'()~-_.",
            "https://xn--bcher-kva.example/a",
            "https://a.example/%2A",
            "https://a.example/%3F%23",
        ] {
            assert_eq!(resource(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_not_in_normal_form_is_refused() {
        for text in [
            "",
            "*",
            "/orders/*",
            "orders",
            "https:",
            "https://",
            "https:///a",
            "https://a.example",
            "//a.example/a",
            "urn:acme:orders",
            "read:x/*",
            "https:/a.example/a",
            "HTTPS://a.example/a",
            "1http://a.example/a",
            "https://A.example/a",
            "https://a.EXAMPLE/a",
            "https://a.example:443/a",
            "http://a.example:80/a",
            "wss://a.example:443/a",
            "https://a.example:/a",
            "https://a.example:0/a",
            "https://a.example:08443/a",
            "https://a.example:65536/a",
            "https://a.example:+8443/a",
            "https://a.example::8443/a",
            "https://user@a.example/a",
            "https://user:pw@a.example/a",
            "https://@a.example/a",
            "https://a.example/a?x=1",
            "https://a.example/a?",
            "https://a.example/a#x",
            "https://a.example/a#",
            "https://a.example/a/",
            "https://a.example//a",
            "https://a.example/a//b",
            "https://a.example//",
            "https://a.example/.",
            "https://a.example/..",
            "https://a.example/a/./b",
            "https://a.example/x/../admin",
            "https://a.example/a/..",
            "https://a.example/a;v=1",
            "https://a.example/..;/a",
            "https://a.example/a%2Fb",
            "https://a.example/a%2fb",
            "https://a.example/a%5Cb",
            "https://a.example/a%3Bb",
            "https://a.example/%41",
            "https://a.example/%2E%2E",
            "https://a.example/%2e%2e/a",
            "https://a.example/%7E",
            "https://a.example/%2D",
            "https://a.example/%c3%a4",
            "https://a.example/%",
            "https://a.example/%2",
            "https://a.example/%G0",
            "https://a.example/%252e",
            "https://a.example/%25",
            "https://a.example/%00",
            "https://a.example/%0A",
            "https://a.example/%7F",
            "https://a.example/%FF",
            "https://a.example/%C0%AF",
            "https://a.example/%ED%A0%80",
            "https://a.example/a b",
            "https://a.example/ä",
            "https://a.example/a\\b",
            "https://a.example/a\tb",
            "https://a.example/<a>",
            "https://a.example/a|b",
            "https://a.example/{order}",
            "https://a.example/\u{202e}a",
            "https://ä.example/a",
            "https://a..example/a",
            "https://.a.example/a",
            "https://a.example./a",
            "https://-a.example/a",
            "https://a%2Eexample/a",
            "https://a.example\\b/a",
            "https://*.example/a",
            "https://*/a",
            "https://2130706433/a",
            "https://0x7f.1/a",
            "https://127.1/a",
            "https://127.0.0.01/a",
            "https://a.0x1/a",
            "https://[::0]/a",
            "https://[::1/a",
            "https://::1/a",
            "https://[0:0:0:0:0:0:0:1]/a",
            "https://[::A]/a",
            "https://a.example/*/b",
            "https://a.example/**",
            "https://a.example/a*",
            "https://a.example/*a",
            "https://a.example/a/*/",
            "https://a.example/a/*/*",
            "*://a.example/a",
            " https://a.example/a",
            "https://a.example/a ",
            "https://a.example/a\n",
        ] {
            assert!(Resource::parse(text).is_err(), "{text:?}");
        }
        assert!(Resource::parse(&format!("https://a.example/{}", "a".repeat(2048))).is_err());
        assert!(Resource::parse(&format!("https://{}.example/a", "a.".repeat(130))).is_err());
    }

    #[test]
    fn a_star_is_one_or_more_whole_segments_and_never_none() {
        let orders = resource("https://a.example/orders/*");
        for text in [
            "https://a.example/orders/42",
            "https://a.example/orders/42/lines/1",
        ] {
            assert!(orders.covers(&resource(text)), "{text}");
        }
        for text in [
            "https://a.example/orders",
            "https://a.example/orders2",
            "https://a.example/orders2/42",
            "https://a.example/Orders/42",
            "https://a.example/order/42",
            "https://a.example/",
            "https://a.example/x/orders/42",
            "http://a.example/orders/42",
            "https://b.example/orders/42",
            "https://a.example:8443/orders/42",
            "https://a.example.evil.example/orders/42",
        ] {
            assert!(!orders.covers(&resource(text)), "{text}");
        }
        assert!(!resource("https://a.example/*").covers(&resource("https://a.example/")));
    }

    #[test]
    fn nothing_covers_a_wildcard() {
        let orders = resource("https://a.example/orders/*");
        assert!(!orders.covers(&orders));
        assert!(!resource("https://a.example/*").covers(&orders));
    }

    #[test]
    fn a_child_may_not_name_a_resource_beyond_the_parent() {
        let orders = resource("https://a.example/orders/*");
        for text in [
            "https://a.example/orders/*",
            "https://a.example/orders/42",
            "https://a.example/orders/42/*",
        ] {
            assert!(resource(text).is_within(&orders), "{text}");
        }
        for text in [
            "https://a.example/*",
            "https://a.example/orders",
            "https://a.example/orders2/*",
            "https://a.example/order/*",
            "https://b.example/orders/*",
            "https://a.example/orders%20/42",
        ] {
            assert!(!resource(text).is_within(&orders), "{text}");
        }
        assert!(!orders.is_within(&resource("https://a.example/orders/42")));
    }
}
