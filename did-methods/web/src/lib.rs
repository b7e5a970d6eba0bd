//! The [did:web](https://w3c-ccg.github.io/did-method-web/) method: the DID names the https address of its
//! document.
//!
//! INVARIANT: one address has one DID; the address is always https on a DNS name. Which names may be asked is
//! for the fetcher to say, not for this crate.

use chancery_did::{Did, Document, HTTPS_PORT, Method, Plan, ResolveError};
use serde_json::Value;

mod address;

const NAME: &str = "web";

/// The method did:web.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidWeb;

/// Returns the did:web for a host in canonical spelling, a port unless it is 443, and the segments of a path.
pub fn did_for(host: &str, port: Option<u16>, path: &[&str]) -> Result<Did, ResolveError> {
    let mut text = format!("did:{NAME}:{host}");
    if let Some(port) = port.filter(|port| *port != HTTPS_PORT) {
        text.push_str(&format!("%3A{port}"));
    }
    for segment in path {
        text.push(':');
        text.push_str(segment);
    }
    let did = Did::parse(&text)?;
    let address = address::read(&did)?;
    if address.host() != host || address.path() != path {
        return Err(address::refuse(&did, "a part of it holds a separator").into());
    }
    Ok(did)
}

/// Returns the https address of the document of a did:web.
pub fn url_for(did: &Did) -> Result<String, ResolveError> {
    if did.method() != NAME {
        return Err(ResolveError::UnsupportedMethod(did.method().to_owned()));
    }
    Ok(address::read(did)?.file("did.json"))
}

impl Method for DidWeb {
    fn name(&self) -> &'static str {
        NAME
    }

    fn plan(&self, did: &Did) -> Result<Plan, ResolveError> {
        url_for(did).map(Plan::Fetch)
    }

    fn judge(&self, did: &Did, fetched: &Value) -> Result<Document, ResolveError> {
        url_for(did)?;
        let document = Document::parse(fetched)?;
        if document.id() != did {
            return Err(ResolveError::Mismatch {
                asked: did.clone(),
                found: document.id().clone(),
            });
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn did(text: &str) -> Did {
        Did::parse(text).unwrap()
    }

    #[test]
    fn what_is_made_is_read_again() {
        for (host, port, path, text) in [
            ("acme.example", None, &[][..], "did:web:acme.example"),
            ("acme.example", Some(443), &[], "did:web:acme.example"),
            (
                "localhost",
                Some(8443),
                &["status"],
                "did:web:localhost%3A8443:status",
            ),
            (
                "acme.example",
                None,
                &["agents", "a-1"],
                "did:web:acme.example:agents:a-1",
            ),
        ] {
            assert_eq!(did_for(host, port, path).unwrap(), did(text));
        }
    }

    #[test]
    fn nothing_is_smuggled_in_through_a_part() {
        for (host, path) in [
            ("acme.example:evil", &[][..]),
            ("acme.example%3A8443", &[]),
            ("acme.example/evil", &[]),
            ("acme.example#", &[]),
            ("", &[]),
            ("acme.example", &[""]),
            ("acme.example", &["a:b"]),
            ("acme.example", &["a/b"]),
            ("acme.example", &[".."]),
            ("acme.example", &["a", ""]),
            ("acme.example", &["ä"]),
            ("Acme.example", &[]),
        ] {
            assert!(did_for(host, None, path).is_err(), "{host} {path:?}");
        }
        assert!(did_for("acme.example", Some(0), &[]).is_err());
    }

    #[test]
    fn a_document_of_another_did_is_refused() {
        let asked = did("did:web:acme.example");
        assert!(
            DidWeb
                .judge(&asked, &json!({ "id": "did:web:acme.example" }))
                .is_ok()
        );
        for (document, code) in [
            (json!({ "id": "did:web:globex.example" }), "resolve.mismatch"),
            (json!({ "id": "did:web:acme.example:x" }), "resolve.mismatch"),
            (json!({ "id": "did:web:Acme.example" }), "resolve.mismatch"),
            (
                json!({ "id": "did:web:acme.example#x" }),
                "resolve.invalid_document",
            ),
            (json!({}), "resolve.invalid_document"),
            (json!([]), "resolve.invalid_document"),
            (
                json!({ "id": "did:web:acme.example", "privateKeyJwk": {} }),
                "key.private_member",
            ),
        ] {
            assert_eq!(
                DidWeb.judge(&asked, &document).unwrap_err().code(),
                code,
                "{document}"
            );
        }
    }

    #[test]
    fn another_methods_did_has_no_address() {
        assert_eq!(
            url_for(&did("did:key:abc")).unwrap_err().code(),
            "resolve.unsupported_method"
        );
    }
}
