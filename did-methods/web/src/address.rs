//! From a did:web to its https address, [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve).
//!
//! INVARIANT: the segments of the DID become the segments of the path one for one; none can leave its place.

use chancery_did::{Did, ParseError};

use crate::host;

/// The port that https has unless one is named, and that a canonical DID therefore does not name.
pub(crate) const HTTPS_PORT: u16 = 443;

/// The folder of the document of a did:web without a path ([RFC 8615](https://www.rfc-editor.org/rfc/rfc8615)).
const WELL_KNOWN: &str = ".well-known";

/// The parts of a did:web.
#[derive(Debug)]
pub(crate) struct Address<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
    pub(crate) path: Vec<&'a str>,
}

impl<'a> Address<'a> {
    /// Reads the parts, refusing every spelling but the canonical one.
    pub(crate) fn read(did: &'a Did) -> Result<Self, ParseError> {
        let mut segments = did.method_specific_id().split(':');
        let authority = segments.next().unwrap_or_default();
        let (host, port) = match authority.split_once("%3A") {
            Some((host, port)) => (host, Some(read_port(port).map_err(|defect| refuse(did, defect))?)),
            None => (authority, None),
        };
        host::check(host).map_err(|defect| refuse(did, defect))?;
        let path: Vec<&str> = segments.collect();
        for segment in &path {
            check_segment(segment).map_err(|defect| refuse(did, defect))?;
        }
        // INVARIANT: one address has one DID, and this is the address of the DID without a path.
        if path == [WELL_KNOWN] {
            return Err(refuse(
                did,
                "its path is the one that a did:web without a path has",
            ));
        }
        Ok(Self { host, port, path })
    }

    /// Returns the address of the document.
    pub(crate) fn url(&self) -> String {
        let mut url = format!("https://{}", self.host);
        if let Some(port) = self.port {
            url.push_str(&format!(":{port}"));
        }
        if self.path.is_empty() {
            url.push('/');
            url.push_str(WELL_KNOWN);
        }
        for segment in &self.path {
            url.push('/');
            url.push_str(segment);
        }
        url.push_str("/did.json");
        url
    }
}

/// Says that a DID is not a did:web, and why.
pub(crate) fn refuse(did: &Did, defect: &'static str) -> ParseError {
    ParseError::Did {
        text: did.as_str().chars().take(80).collect(),
        defect,
    }
}

fn read_port(text: &str) -> Result<u16, &'static str> {
    const DEFECT: &str = "its port is not a number from 1 to 65535";
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DEFECT);
    }
    match text.parse() {
        Ok(HTTPS_PORT) => Err("it names the port that https has anyway"),
        Ok(port) => Ok(port),
        Err(_) => Err(DEFECT),
    }
}

/// Checks one segment of the path, as it stands and as a server would decode it.
fn check_segment(segment: &str) -> Result<(), &'static str> {
    if matches!(segment, "" | "." | "..") {
        return Err("a segment of its path is empty or is `.` or `..`");
    }
    let decoded = decode(segment).ok_or("a segment of its path does not decode to text")?;
    let splits = |c: char| matches!(c, '/' | '\\' | '?' | '#' | '@' | '%' | ':' | ';') || c.is_control();
    if decoded.contains(splits) {
        return Err("a segment of its path hides a separator");
    }
    Ok(())
}

/// Undoes percent-encoding, which a `Did` has only in canonical form.
fn decode(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (
                char::from(bytes.next()?).to_digit(16)?,
                char::from(bytes.next()?).to_digit(16)?,
            );
            decoded.push(u8::try_from((high << 4) | low).ok()?);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, ParseError> {
        Ok(Address::read(&Did::parse(text)?)?.url())
    }

    #[test]
    fn the_address_is_always_https() {
        for (did, expected) in [
            (
                "did:web:w3c-ccg.github.io",
                "https://w3c-ccg.github.io/.well-known/did.json",
            ),
            (
                "did:web:w3c-ccg.github.io:user:alice",
                "https://w3c-ccg.github.io/user/alice/did.json",
            ),
            (
                "did:web:example.com%3A3000:user:alice",
                "https://example.com:3000/user/alice/did.json",
            ),
            (
                "did:web:localhost%3A8443",
                "https://localhost:8443/.well-known/did.json",
            ),
            ("did:web:localhost", "https://localhost/.well-known/did.json"),
            (
                "did:web:a.example:with%20space",
                "https://a.example/with%20space/did.json",
            ),
            (
                "did:web:a.example:r%C3%A9sum%C3%A9",
                "https://a.example/r%C3%A9sum%C3%A9/did.json",
            ),
        ] {
            assert_eq!(url(did).unwrap(), expected);
        }
    }

    #[test]
    fn no_segment_leaves_its_place() {
        for did in [
            "did:web:a.example:..",
            "did:web:a.example:.",
            "did:web:a.example:..:b",
            "did:web:a.example:%2E%2E",
            "did:web:a.example:%2e%2e",
            "did:web:a.example:.%2E",
            "did:web:a.example:b%2Fc",
            "did:web:a.example:b%2fc",
            "did:web:a.example:b%5Cc",
            "did:web:a.example:b\\c",
            "did:web:a.example::b",
            "did:web:a.example:b:",
            "did:web:a.example:",
            "did:web:a.example:b%3Fc",
            "did:web:a.example:b?c",
            "did:web:a.example:b%23c",
            "did:web:a.example:b#c",
            "did:web:a.example:b%40c",
            "did:web:a.example:b%3Ac",
            "did:web:a.example:%252e%252e",
            "did:web:a.example:b%252Fc",
            "did:web:a.example:b%00",
            "did:web:a.example:b%0Ac",
            "did:web:a.example:b%7F",
            "did:web:a.example:%FF",
            "did:web:a.example:%C0%AF",
            "did:web:a.example:b%",
            "did:web:a.example:b%2",
            "did:web:a.example:b%zz",
            "did:web:user@a.example",
            "did:web:user%40a.example",
            "did:web:a.example/b",
            "did:web:a.example%2Fb",
            "did:web:a.example%2Fb:c",
        ] {
            assert_eq!(url(did).unwrap_err().code(), "parse.did", "{did}");
        }
    }

    #[test]
    fn one_address_has_one_did() {
        assert!(url("did:web:a.example:.well-known").is_err());
        assert!(url("did:web:a.example%3A8443:.well-known").is_err());
        assert_eq!(
            url("did:web:a.example:.well-known:b").unwrap(),
            "https://a.example/.well-known/b/did.json"
        );
    }

    #[test]
    fn a_port_has_one_spelling() {
        for port in [
            "",
            "0",
            "00",
            "08443",
            "443",
            "65536",
            "99999999999",
            "-1",
            "%2B1",
            "8443%3A1",
            "84a3",
            " 1",
        ] {
            let did = format!("did:web:a.example%3A{port}");
            assert_eq!(url(&did).unwrap_err().code(), "parse.did", "{did}");
        }
        for did in ["did:web:a.example%3a8443", "did:web:%3A8443", "did:web:8443"] {
            assert!(url(did).is_err(), "{did}");
        }
    }
}
