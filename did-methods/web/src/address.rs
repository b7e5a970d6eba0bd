//! From a did:web to its https address, [did:web, Read](https://w3c-ccg.github.io/did-method-web/#read-resolve).
//!
//! INVARIANT: one address has one DID, so the port that https has anyway is not named.

use chancery_did::{Did, HTTPS_PORT, HttpsAddress, ParseError};

/// Reads the place that a did:web names, refusing every spelling but the canonical one.
pub(crate) fn read(did: &Did) -> Result<HttpsAddress<'_>, ParseError> {
    let address = HttpsAddress::parse(did.method_specific_id()).map_err(|defect| refuse(did, defect))?;
    if address.port() == Some(HTTPS_PORT) {
        return Err(refuse(did, "it names the port that https has anyway"));
    }
    Ok(address)
}

/// Says that a DID is not a did:web, and why.
pub(crate) fn refuse(did: &Did, defect: &'static str) -> ParseError {
    ParseError::Did {
        text: did.as_str().chars().take(80).collect(),
        defect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, ParseError> {
        Ok(read(&Did::parse(text)?)?.file("did.json"))
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
