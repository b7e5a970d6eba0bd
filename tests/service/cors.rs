//! Which pages of other origins may read what: public documents, without credentials, and nothing else.

use super::issuing::{issued, places};
use super::stage::Registry;
use super::wire::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn only_public_documents_are_open_to_other_origins_and_never_with_credentials() {
    let acme = Registry::alone().await;
    let (_, paper) = issued(&acme, 1, 1).await.remove(0);
    let list = places(&paper)[0]
        .0
        .replace(&format!("https://{}", acme.door.host), "");
    let open = [
        "/.well-known/did.json",
        "/status/did.json",
        "/trqp/did.json",
        "/.well-known/chancery",
        "/bundle/did.json",
        "/api/v1/bundle",
        "/1.0/identifiers/did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        &list,
    ];
    let closed = [
        "/api/v1/agents",
        "/api/v1/credentials",
        "/api/v1/recognitions",
        "/verify",
        "/credentials/issue",
        "/credentials/verify",
        "/nothing",
    ];
    for origin in ["https://evil.example", "null", "https://localhost"] {
        let from = |method: &str, path: &str| {
            Ask::new(method, path)
                .header("origin", origin)
                .header("cookie", "a=b")
                .bearer(&acme.token)
        };
        for path in open {
            let answer = acme.wire.send(&from("GET", path)).await;
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), None, "{path}");
        }
        for path in closed {
            for method in ["GET", "POST", "DELETE", "OPTIONS"] {
                let preflight = from(method, path)
                    .header("access-control-request-method", "POST")
                    .header("access-control-request-headers", "authorization, content-type");
                let answer = acme.wire.send(&preflight).await;
                let head = answer.head().to_ascii_lowercase();
                assert!(!head.contains("access-control-allow"), "{method} {path}: {head}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_sets_a_cookie_or_names_what_serves() {
    let acme = Registry::alone().await;
    for (method, path) in [
        ("GET", "/.well-known/did.json"),
        ("GET", "/api/v1/agents"),
        ("POST", "/verify"),
    ] {
        let answer = acme.wire.send(&Ask::new(method, path)).await;
        for name in ["set-cookie", "server", "x-powered-by", "via"] {
            assert_eq!(answer.header(name), None, "{path}");
        }
    }
}
