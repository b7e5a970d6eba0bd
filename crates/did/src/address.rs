//! The https place that a DID of a web method names: host, port and folder,
//! [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve) and
//! [did:webvh 1.0, The DID to HTTPS Transformation](https://identity.foundation/didwebvh/v1.0/#the-did-to-https-transformation).
//!
//! INVARIANT: the segments of the DID become the segments of the path one for one; none can leave its place,
//! and two texts that parse name two folders.

mod host;
mod punycode;

/// The port that https has unless one is named.
pub const HTTPS_PORT: u16 = 443;

/// The folder of what a host without a path publishes ([RFC 8615](https://www.rfc-editor.org/rfc/rfc8615)).
const WELL_KNOWN: &str = ".well-known";

/// A folder on an https host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpsAddress<'a> {
    host: &'a str,
    port: Option<u16>,
    path: Vec<&'a str>,
}

impl<'a> HttpsAddress<'a> {
    /// Parses `host[%3Aport]` and the segments of a path, joined by `:`, or says what is wrong with it.
    ///
    /// Only the canonical spelling is read: a DNS name in lower case and never an IP address, a port without
    /// leading zeros, segments that no server would take apart.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        let mut segments = text.split(':');
        let authority = segments.next().unwrap_or_default();
        // A host has no `%` of its own, so the first one can only be the encoded `:` before the port.
        let found = authority
            .split_once('%')
            .and_then(|(host, rest)| Some((host, rest.strip_prefix("3A")?)));
        let (host, port) = match found {
            Some((host, port)) => (host, Some(read_port(port)?)),
            None => (authority, None),
        };
        host::check(host)?;
        let path: Vec<&str> = segments.collect();
        for segment in &path {
            check_segment(segment)?;
        }
        // INVARIANT: one address has one DID, and this is the address of the DID without a path.
        if path == [WELL_KNOWN] {
            return Err("its path is the one that a DID without a path has");
        }
        Ok(Self { host, port, path })
    }

    /// Returns the DNS name.
    #[must_use]
    pub fn host(&self) -> &'a str {
        self.host
    }

    /// Returns the port, if one is named.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Returns the segments of the path as the DID spells them.
    #[must_use]
    pub fn path(&self) -> &[&'a str] {
        &self.path
    }

    /// Returns the address of the folder itself, without a slash at the end.
    #[must_use]
    pub fn folder(&self) -> String {
        let mut url = format!("https://{}", self.host);
        if let Some(port) = self.port {
            url.push_str(&format!(":{port}"));
        }
        for segment in &self.path {
            url.push('/');
            url.push_str(segment);
        }
        url
    }

    /// Returns the address of a file that the method publishes, below `.well-known` where there is no path.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        let folder = self.folder();
        if self.path.is_empty() {
            format!("{folder}/{WELL_KNOWN}/{name}")
        } else {
            format!("{folder}/{name}")
        }
    }
}

fn read_port(text: &str) -> Result<u16, &'static str> {
    const DEFECT: &str = "its port is not a number from 1 to 65535";
    if text.is_empty() || text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DEFECT);
    }
    text.parse().map_err(|_| DEFECT)
}

/// Checks one segment of the path, as it stands and as a server would decode it.
fn check_segment(segment: &str) -> Result<(), &'static str> {
    if matches!(segment, "" | "." | "..") {
        return Err("a segment of its path is empty or is `.` or `..`");
    }
    let decoded = decode(segment).ok_or("a segment of its path does not decode to text")?;
    let splits = |c: char| matches!(c, '/' | '\\' | '?' | '#' | '@' | '%' | ':' | ';') || c.is_control();
    if matches!(decoded.as_str(), "." | "..") || decoded.contains(splits) {
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

    fn file(text: &str) -> Result<String, &'static str> {
        HttpsAddress::parse(text).map(|address| address.file("did.json"))
    }

    #[test]
    fn a_place_has_a_folder_and_files() {
        for (text, folder, name) in [
            (
                "a.example",
                "https://a.example",
                "https://a.example/.well-known/f",
            ),
            (
                "a.example%3A8443",
                "https://a.example:8443",
                "https://a.example:8443/.well-known/f",
            ),
            (
                "a.example:b:c",
                "https://a.example/b/c",
                "https://a.example/b/c/f",
            ),
            (
                "a.example%3A443:b",
                "https://a.example:443/b",
                "https://a.example:443/b/f",
            ),
        ] {
            let address = HttpsAddress::parse(text).unwrap();
            assert_eq!(
                (address.folder().as_str(), address.file("f").as_str()),
                (folder, name)
            );
        }
        let address = HttpsAddress::parse("a.example%3A8443:b").unwrap();
        assert_eq!(
            (address.host(), address.port(), address.path()),
            ("a.example", Some(8443), &["b"][..])
        );
    }

    #[test]
    fn no_segment_leaves_its_place() {
        for text in [
            "a.example:..",
            "a.example:.",
            "a.example:b:..",
            "a.example:%2E%2E",
            "a.example:%2e%2e",
            "a.example:b%2Fc",
            "a.example:b%5Cc",
            "a.example:b%00",
            "a.example:b%",
            "a.example:b%zz",
            "a.example::b",
            "a.example:",
            "a.example:b?c",
            "a.example:b#c",
            "a.example:b%40c",
            "user@a.example",
            "a.example/b",
            "a.example:%C3",
            "a.example:.well-known",
        ] {
            assert!(file(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_port_is_a_plain_number() {
        for port in [
            "",
            "0",
            "00",
            "08443",
            "65536",
            "99999999999",
            "-1",
            "%2B1",
            "8443%3A1",
            "84a3",
            " 1",
        ] {
            assert!(file(&format!("a.example%3A{port}")).is_err(), "{port}");
        }
        for text in ["a.example%3a8443", "%3A8443", "8443"] {
            assert!(file(text).is_err(), "{text}");
        }
    }
}
