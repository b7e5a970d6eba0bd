//! The server that the official suites talk to: on this machine only, with every profile, and with the two
//! verifiers telling apart what only one of them asks for.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::{Map, Value, json};

struct Server {
    child: Child,
    port: u16,
    line: Value,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    fn start(words: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["conformance", "serve"])
            .args(words)
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        let line: Value = serde_json::from_str(&first).expect("the first line is JSON");
        let port = line["url"]
            .as_str()
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        Self {
            child,
            port,
            line,
            folder,
        }
    }

    fn ask(&self, method: &str, path: &str, accept: &str, body: &str) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (
            status,
            head.to_ascii_lowercase(),
            serde_json::from_str(body).unwrap_or_default(),
        )
    }

    fn get(&self, path: &str, accept: &str) -> (u16, String, Value) {
        self.ask("GET", path, accept, "")
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (status, _, answer) = self.ask("POST", path, "application/json", &body.to_string());
        (status, answer)
    }

    fn issuers(&self) -> Map<String, Value> {
        self.get("/issuers", "*/*").2.as_object().unwrap().clone()
    }

    fn issue(&self, profile: &str, credential: &Value) -> Value {
        let path = format!("/issuers/{profile}/credentials/issue");
        let (status, answer) = self.post(&path, &json!({ "credential": credential }));
        assert_eq!(status, 201, "{profile} {answer}");
        answer["verifiableCredential"].clone()
    }

    fn verify(&self, verifier: &str, credential: &Value) -> (u16, Value) {
        let path = format!("/verifiers/{verifier}/credentials/verify");
        self.post(
            &path,
            &json!({ "verifiableCredential": credential, "options": { "checks": ["proof"] } }),
        )
    }
}

fn credential(issuer: &Value, id: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": id,
        "type": ["VerifiableCredential"],
        "issuer": issuer["id"],
        "credentialSubject": { "id": "did:example:alice" },
    })
}

#[test]
fn no_listener_is_opened_beyond_this_machine() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(["conformance", "serve", "--listen", address])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(78), "{address}: {told}");
        assert!(told.starts_with("error[config.exposed]"), "{told}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn every_profile_issues_what_both_verifiers_accept() {
    let server = Server::start(&[]);
    let issuers = server.issuers();
    assert_eq!(issuers.len(), 9, "{issuers:?}");
    for (profile, issuer) in &issuers {
        let mut secured = server.issue(
            profile,
            &credential(issuer, "urn:uuid:6c2b8f0e-9d0b-4b8e-8d7c-0d4a6d2f6c11"),
        );
        if profile.starts_with("ecdsa-sd") {
            let base = json!({ "verifiableCredential": secured,
                               "options": { "selectivePointers": ["/credentialSubject/id"] } });
            assert!(
                secured["proof"]["proofValue"]
                    .as_str()
                    .unwrap()
                    .starts_with("u2V0A")
            );
            let (status, derived) = server.post("/credentials/derive", &base);
            assert_eq!(status, 201, "{derived}");
            secured = derived["verifiableCredential"].clone();
        }
        for verifier in ["strict", "proof-only"] {
            let (status, answer) = server.verify(verifier, &secured);
            assert_eq!(
                (status, &answer["verified"]),
                (200, &json!(true)),
                "{profile} {verifier} {answer}"
            );
        }
        let presentation = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [secured],
        });
        let body =
            json!({ "verifiablePresentation": presentation, "options": { "challenge": "c", "domain": "d" } });
        assert_eq!(server.post("/presentations/verify", &body).0, 200, "{profile}");
        if secured.get("proof").is_some() {
            secured["credentialSubject"]["id"] = json!("did:example:mallory");
            for verifier in ["strict", "proof-only"] {
                let (status, answer) = server.verify(verifier, &secured);
                assert!(matches!(status, 400 | 422), "{profile} {verifier} {answer}");
                assert_eq!(answer["verified"], false);
            }
        }
    }
}

#[test]
fn only_the_strict_verifier_asks_who_signed_and_what_became_of_it() {
    let server = Server::start(&[]);
    let issuers = server.issuers();
    let id = "urn:uuid:0b1f4ad6-5d0b-4a27-9a3a-3f8f3f0c9a55";
    let secured = server.issue("bitstring", &credential(&issuers["bitstring"], id));
    let list = secured["credentialStatus"][0]["statusListCredential"]
        .as_str()
        .unwrap();
    let path = list
        .strip_prefix(server.line["public_url"].as_str().unwrap())
        .unwrap();
    let (status, head, body) = server.get(path, "application/ld+json, application/json");
    assert_eq!(
        (status, &body["issuer"]),
        (200, &issuers["bitstring"]["id"]),
        "the profile signs its lists itself"
    );
    assert!(head.contains("content-type: application/ld+json"), "{head}");
    let entry = json!({ "type": "BitstringStatusListEntry", "statusPurpose": "revocation" });
    let change = json!({ "credentialId": id, "credentialStatus": entry });
    assert_eq!(
        server.post("/issuers/bitstring/credentials/status", &change).0,
        200
    );
    let (status, answer) = server.verify("strict", &secured);
    assert_eq!(
        (status, &answer["problemDetails"][0]["code"]),
        (422, &json!("status.revoked")),
        "{answer}"
    );
    assert_eq!(
        server.verify("proof-only", &secured).0,
        200,
        "it asks for proofs only"
    );

    let mut other = credential(&issuers["eddsa-jcs-2022"], id);
    other["issuer"] = issuers["jwt"]["id"].clone();
    let path = "/issuers/eddsa-jcs-2022/credentials/issue";
    let (status, answer) = server.post(path, &json!({ "credential": other }));
    assert_eq!(
        (status, &answer["code"]),
        (400, &json!("issue.issuer")),
        "{answer}"
    );
}

#[test]
fn the_resolver_and_the_trust_queries_are_there_and_nothing_of_the_admin() {
    let server = Server::start(&["--public-url", "https://localhost:9443"]);
    assert_eq!(server.line["public_url"], "https://localhost:9443");
    let did = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b";
    let (status, _, body) = server.get(&format!("/1.0/identifiers/{did}"), "application/did-resolution");
    assert_eq!((status, &body["didDocument"]["id"]), (200, &json!(did)));
    let own = "/1.0/identifiers/did%3Aweb%3Alocalhost%253A9443%3Fservice%3Dtrqp";
    let (status, head, _) = server.get(own, "application/did-url-dereferencing");
    assert_eq!(status, 303);
    assert!(head.contains("location: https://localhost:9443/trqp"), "{head}");
    assert_eq!(server.post("/authorization", &json!({})).0, 400);
    for path in [
        "/api/v1/agents",
        "/api/v1/tokens",
        "/credentials/issue",
        "/verify",
    ] {
        assert_eq!(server.post(path, &json!({})).0, 404, "{path}");
    }
}

#[test]
fn with_tls_the_authority_of_the_certificate_is_named() {
    let server = Server::start(&["--tls"]);
    assert!(
        server.line["url"]
            .as_str()
            .unwrap()
            .starts_with("https://localhost:")
    );
    let file = server.line["ca_file"].as_str().unwrap();
    assert!(file.starts_with(server.folder.path().to_str().unwrap()), "{file}");
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .starts_with("-----BEGIN CERTIFICATE-----")
    );
}
