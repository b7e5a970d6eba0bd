//! VCALM on the ordinary service: what it issues verifies, what is wrong is refused with a type and a code, and
//! nothing goes around the registry's own issuing.

use axum::body::Body;
use chancery::Guarded;
use chancery_did::KeyType;
use chancery_registry::Scope;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::cast::{Registry, agent, key};

const ACME: &str = "did:web:acme.example";

/// A credential that is accepted.
fn degree() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://acme.example/credentials/1",
        "type": ["VerifiableCredential"],
        "issuer": ACME,
        "validFrom": "2026-01-01T00:00:00Z",
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:alice" },
    })
}

/// The same by version 1.1.
fn older() -> Value {
    json!({
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "id": "https://acme.example/credentials/old",
        "type": ["VerifiableCredential"],
        "issuer": ACME,
        "issuanceDate": "2026-01-01T00:00:00Z",
        "credentialSubject": { "id": "did:example:alice" },
    })
}

/// Posts with the token that may do everything; the answer's shape is not looked at.
async fn post(registry: &Registry, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", registry.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    answer(registry, request).await
}

async fn answer(registry: &Registry, request: Request<Body>) -> (StatusCode, Value) {
    let response = registry.call(request).await;
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

async fn issued(registry: &Registry, credential: Value, options: Value) -> Value {
    let body = json!({ "credential": credential, "options": options });
    let (status, answer) = post(registry, "/credentials/issue", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["verifiableCredential"].clone()
}

async fn verified(registry: &Registry, credential: &Value) -> (StatusCode, Value) {
    let body = json!({ "verifiableCredential": credential });
    post(registry, "/credentials/verify", &body).await
}

#[track_caller]
fn assert_refused((status, answer): (StatusCode, Value), code: &str) {
    assert!(
        status == StatusCode::BAD_REQUEST || status == StatusCode::UNPROCESSABLE_ENTITY,
        "{status} {answer}"
    );
    assert_eq!(answer["verified"], false, "{answer}");
    assert_eq!(answer["problemDetails"][0]["code"], code, "{answer}");
    assert!(
        answer["problemDetails"][0]["type"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );
}

#[tokio::test]
async fn what_is_issued_verifies_in_every_suite_and_version() {
    let acme = Registry::acme().await;
    for (number, suite) in ["eddsa-jcs-2022", "eddsa-rdfc-2022", "jose"]
        .into_iter()
        .enumerate()
    {
        for (version, mut credential) in [degree(), older()].into_iter().enumerate() {
            credential["id"] = json!(format!("urn:test:{number}:{version}"));
            if suite == "jose" && version == 1 {
                let body = json!({ "credential": credential, "options": { "cryptosuite": suite } });
                let (status, answer) = post(&acme, "/credentials/issue", &body).await;
                assert_eq!(
                    status,
                    StatusCode::BAD_REQUEST,
                    "a vc+jwt is of version 2.0: {answer}"
                );
                continue;
            }
            let secured = issued(&acme, credential, json!({ "cryptosuite": suite })).await;
            let (status, answer) = verified(&acme, &secured).await;
            assert_eq!(
                (status, &answer["verified"]),
                (StatusCode::OK, &json!(true)),
                "{suite} {answer}"
            );
            assert_eq!(answer["problemDetails"], json!([]));
        }
    }
}

#[tokio::test]
async fn an_issued_credential_has_its_places_in_the_lists() {
    let acme = Registry::acme().await;
    let secured = issued(&acme, degree(), json!({})).await;
    let entries = secured["credentialStatus"].as_array().unwrap();
    for (entry, purpose) in entries.iter().zip(["revocation", "suspension"]) {
        assert_eq!(entry["type"], "BitstringStatusListEntry");
        assert_eq!(entry["statusPurpose"], purpose);
        let index = entry["statusListIndex"].as_str().unwrap();
        assert_eq!(index.parse::<u32>().unwrap().to_string(), index);
        assert!(
            entry["statusListCredential"]
                .as_str()
                .unwrap()
                .starts_with("https://acme.example/status-lists/")
        );
    }
    assert_eq!(
        (entries.len(), &secured["proof"]["cryptosuite"]),
        (2, &json!("eddsa-jcs-2022"))
    );
    let secured_text = json!({ "verifiableCredential": secured.to_string() });
    let (status, answer) = post(&acme, "/credentials/verify", &secured_text).await;
    assert_eq!(
        status,
        StatusCode::BAD_REQUEST,
        "a document in a string is no document: {answer}"
    );
}

#[tokio::test]
async fn version_1_1_gets_the_context_of_its_proof() {
    let acme = Registry::acme().await;
    let mut without_date = older();
    without_date.as_object_mut().unwrap().remove("issuanceDate");
    for (credential, id) in [(older(), "urn:a"), (without_date, "urn:b")] {
        let mut credential = credential;
        credential["id"] = json!(id);
        let secured = issued(&acme, credential, json!({})).await;
        let contexts = secured["@context"].as_array().unwrap();
        assert!(
            contexts.contains(&json!("https://w3id.org/security/data-integrity/v2")),
            "{contexts:?}"
        );
        assert!(secured["issuanceDate"].is_string());
    }
    let secured = issued(&acme, degree(), json!({})).await;
    assert_eq!(
        secured["@context"].as_array().unwrap().len(),
        1,
        "version 2.0 brings them"
    );
}

#[tokio::test]
async fn revoked_suspended_and_resumed_credentials_are_told_apart() {
    let acme = Registry::acme().await;
    let secured = issued(&acme, degree(), json!({})).await;
    let change = |purpose: &str, status: bool| {
        json!({
            "credentialId": "https://acme.example/credentials/1",
            "credentialStatus": { "type": "BitstringStatusListEntry", "statusPurpose": purpose },
            "status": status,
        })
    };
    assert_eq!(verified(&acme, &secured).await.0, StatusCode::OK);
    assert_eq!(
        post(&acme, "/credentials/status", &change("suspension", true))
            .await
            .0,
        StatusCode::OK
    );
    assert_refused(verified(&acme, &secured).await, "status.suspended");
    assert_eq!(
        post(&acme, "/credentials/status", &change("suspension", false))
            .await
            .0,
        StatusCode::OK
    );
    assert_eq!(verified(&acme, &secured).await.0, StatusCode::OK);
    assert_eq!(
        post(&acme, "/credentials/status", &change("revocation", true))
            .await
            .0,
        StatusCode::OK
    );
    assert_refused(verified(&acme, &secured).await, "status.revoked");
    let (status, answer) = post(&acme, "/credentials/status", &change("revocation", false)).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("status.revoked")),
        "a revocation is for good"
    );
    assert_refused(verified(&acme, &secured).await, "status.revoked");
}

#[tokio::test]
async fn status_of_what_is_not_recorded_cannot_be_changed() {
    let acme = Registry::acme().await;
    let entry = json!({ "type": "BitstringStatusListEntry", "statusPurpose": "revocation" });
    for (body, status) in [
        (
            json!({ "credentialId": "urn:none", "credentialStatus": entry }),
            404,
        ),
        (json!({ "credentialStatus": entry }), 400),
        (json!({ "credentialId": "urn:none" }), 400),
        (json!({ "credentialId": 7, "credentialStatus": entry }), 400),
        (
            json!({ "credentialId": "urn:none", "credentialStatus": "revoked" }),
            400,
        ),
        (
            json!({ "credentialId": "urn:none", "credentialStatus": { "type": "BitstringStatusListEntry" } }),
            400,
        ),
        (
            json!({ "credentialId": "urn:none",
                    "credentialStatus": { "type": "StatusList2021Entry", "statusPurpose": "revocation" } }),
            400,
        ),
        (
            json!({ "credentialId": "urn:none",
                    "credentialStatus": { "type": "BitstringStatusListEntry", "statusPurpose": "message" } }),
            400,
        ),
        (
            json!({ "credentialId": "urn:none", "credentialStatus": entry, "status": "true" }),
            400,
        ),
        (
            json!({ "credentialId": "urn:none", "credentialStatus": entry, "more": 1 }),
            400,
        ),
    ] {
        let (got, answer) = post(&acme, "/credentials/status", &body).await;
        assert_eq!(got.as_u16(), status, "{body} {answer}");
    }
}

#[tokio::test]
async fn papers_of_agents_and_lists_are_not_issued_here() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    for kind in [
        "AgentPassportCredential",
        "AgentCapabilityCredential",
        "AgentDelegationCredential",
        "AgentAttestationCredential",
        "AgentActionApprovalCredential",
        "AgentWhateverCredential",
        "BitstringStatusListCredential",
    ] {
        let mut credential = degree();
        credential["type"] = json!(["VerifiableCredential", kind]);
        for suite in ["eddsa-jcs-2022", "eddsa-rdfc-2022", "jose"] {
            let body = json!({ "credential": credential, "options": { "cryptosuite": suite } });
            let (status, answer) = post(&acme, "/credentials/issue", &body).await;
            assert_eq!(
                (status, &answer["code"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!("issue.reserved_type")),
                "{kind} {answer}"
            );
        }
    }
    assert_eq!(acme.rows().await, before, "a refused credential takes no place");
}

#[tokio::test]
async fn what_breaks_a_rule_is_not_issued_and_takes_no_place() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    let with = |name: &str, value: Value| {
        let mut credential = degree();
        credential[name] = value;
        credential
    };
    let without = |name: &str| {
        let mut credential = degree();
        credential.as_object_mut().unwrap().remove(name);
        credential
    };
    for credential in [
        without("@context"),
        without("type"),
        without("issuer"),
        without("credentialSubject"),
        with("@context", json!(4)),
        with("@context", json!("https://www.w3.org/ns/credentials/v3")),
        with(
            "@context",
            json!([
                "https://www.w3.org/ns/credentials/v2",
                "https://unknown.example/context"
            ]),
        ),
        with("type", json!(4)),
        with("type", json!(["VerifiableCredential", "Undefined"])),
        with("issuer", json!("did:web:globex.example")),
        with("issuer", json!({ "id": "did:web:globex.example" })),
        with("issuer", json!(null)),
        with("issuer", json!([])),
        with("issuer", json!("not a url")),
        with("credentialSubject", json!({})),
        with("credentialSubject", json!("did:example:alice")),
        with(
            "credentialSubject",
            json!({ "id": "did:example:alice", "undefinedTerm": 1 }),
        ),
        with("id", json!("not a url")),
        with("id", json!(4)),
        with("undefinedTerm", json!(1)),
        with("validUntil", json!("2025-01-01T00:00:00Z")),
        with("validFrom", json!("yesterday")),
        with("credentialStatus", json!({ "type": "BitstringStatusListEntry" })),
        with("credentialSchema", json!({ "id": "https://a.example/schema" })),
        with(
            "credentialSchema",
            json!({ "id": "not a url", "type": "JsonSchema" }),
        ),
        with("termsOfUse", json!({ "id": "https://a.example/terms" })),
        with("evidence", json!({ "id": "https://a.example/evidence" })),
        with("refreshService", json!({ "id": "https://a.example/refresh" })),
        with("name", json!({ "@value": "x", "colour": "red" })),
        with(
            "relatedResource",
            json!([{ "id": "https://www.w3.org/ns/credentials/v2" }]),
        ),
        with("proof", json!({ "type": "DataIntegrityProof" })),
    ] {
        let body = json!({ "credential": credential });
        let (status, answer) = post(&acme, "/credentials/issue", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{credential} {answer}");
        assert!(
            answer["code"].as_str().is_some_and(|code| code.contains('.')),
            "{answer}"
        );
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn what_is_no_order_is_refused() {
    let acme = Registry::acme().await;
    for body in [
        json!({}),
        json!({ "verifiableCredential": degree() }),
        json!({ "credential": "text" }),
        json!({ "credential": [degree()] }),
        json!({ "credential": degree(), "options": [] }),
        json!({ "credential": degree(), "options": { "cryptosuite": "ecdsa-jcs-2019" } }),
        json!({ "credential": degree(), "options": { "cryptosuite": "none" } }),
        json!({ "credential": degree(), "options": { "cryptosuite": 1 } }),
        json!({ "credential": degree(), "options": { "surprise": true } }),
        json!({ "credential": degree(), "options": { "mandatoryPointers": ["/issuer"] } }),
        json!({ "credential": degree(), "options": { "mandatoryPointers": "x" } }),
        json!({ "credential": degree(), "options": { "credentialId": "x".repeat(3000) } }),
        json!({ "credential": degree(), "more": 1 }),
    ] {
        let (status, answer) = post(&acme, "/credentials/issue", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body} {answer}");
    }
    let mut huge = degree();
    huge["name"] = json!("x".repeat(300 * 1024));
    let (status, _) = post(&acme, "/credentials/issue", &json!({ "credential": huge })).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_id_is_issued_once() {
    let acme = Registry::acme().await;
    issued(&acme, degree(), json!({})).await;
    let (status, answer) = post(&acme, "/credentials/issue", &json!({ "credential": degree() })).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("credential.exists")),
        "{answer}"
    );
    let mut nameless = degree();
    nameless.as_object_mut().unwrap().remove("id");
    let secured = issued(&acme, nameless.clone(), json!({ "credentialId": "urn:mine" })).await;
    assert!(
        secured.get("id").is_none(),
        "an id that was not asked for is not put in"
    );
    issued(&acme, nameless, json!({})).await;
}

#[tokio::test]
async fn a_suspended_instance_gets_no_credential_of_any_kind() {
    let acme = Registry::acme().await;
    let alice = agent(40);
    acme.equipped(&alice).await;
    let (status, _) = acme
        .act(&format!("/api/v1/instances/{}/suspend", alice.did()))
        .await;
    assert_eq!(status, StatusCode::OK);
    let mut credential = degree();
    credential["credentialSubject"]["id"] = json!(alice.did().as_str());
    let (status, answer) = post(&acme, "/credentials/issue", &json!({ "credential": credential })).await;
    assert_eq!(
        (status, &answer["code"]),
        (StatusCode::CONFLICT, &json!("instance.not_active")),
        "{answer}"
    );
}

#[tokio::test]
async fn what_was_changed_does_not_verify() {
    let acme = Registry::acme().await;
    for suite in ["eddsa-jcs-2022", "eddsa-rdfc-2022"] {
        let mut credential = degree();
        credential["id"] = json!(format!("urn:test:{suite}"));
        let good = issued(&acme, credential, json!({ "cryptosuite": suite })).await;
        let change = |pointer: &str, value: Value| {
            let mut changed = good.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[name] = value;
            changed
        };
        for (changed, code) in [
            (
                change("/credentialSubject/id", json!("did:example:mallory")),
                "signature.invalid",
            ),
            (
                change("/validUntil", json!("2028-01-01T00:00:00Z")),
                "signature.invalid",
            ),
            (
                change("/proof/created", json!("2026-06-02T00:00:00Z")),
                "signature.invalid",
            ),
            (
                change("/proof/proofPurpose", json!("authentication")),
                "key.relationship",
            ),
            (
                change("/proof/proofPurpose", json!("everything")),
                "key.relationship",
            ),
            (change("/proof/proofValue", json!(null)), "signature.missing"),
            (
                change("/proof/proofValue", json!("unprefixed")),
                "parse.multibase",
            ),
            (change("/proof/cryptosuite", json!("unknown-2022")), "alg.unknown"),
            (change("/proof/type", json!("UnknownProof")), "alg.unknown"),
            (
                change("/proof/verificationMethod", json!("did:web:acme.example#key-9")),
                "key.not_found",
            ),
            (change("/proof/created", json!("garbage")), "time.malformed"),
            (change("/proof", json!([])), "signature.missing"),
        ] {
            assert_refused(verified(&acme, &changed).await, code);
        }
        let mut unsigned = good.clone();
        unsigned.as_object_mut().unwrap().remove("proof");
        assert_refused(verified(&acme, &unsigned).await, "signature.missing");
        let both = change(
            "/proof",
            json!([
                good["proof"],
                change("/proof/created", json!("2026-06-02T00:00:00Z"))["proof"]
            ]),
        );
        assert_refused(verified(&acme, &both).await, "signature.invalid");
    }
}

#[tokio::test]
async fn expired_and_early_credentials_are_errors() {
    let acme = Registry::acme().await;
    let mut short = degree();
    short["validUntil"] = json!("2026-06-03T09:00:00Z");
    let secured = issued(&acme, short, json!({})).await;
    acme.later(2 * 3600);
    assert_refused(verified(&acme, &secured).await, "time.expired");
    let mut early = degree();
    early["id"] = json!("urn:early");
    early["validFrom"] = json!("2030-01-01T00:00:00Z");
    early["validUntil"] = json!("2031-01-01T00:00:00Z");
    let secured = issued(&acme, early, json!({})).await;
    assert_refused(verified(&acme, &secured).await, "time.not_yet_valid");
}

#[tokio::test]
async fn what_is_no_credential_verifies_as_nothing() {
    let acme = Registry::acme().await;
    for body in [
        json!({}),
        json!({ "verifiableCredential": 4 }),
        json!({ "verifiableCredential": null }),
        json!({ "verifiableCredential": [] }),
        json!({ "credential": degree() }),
        json!({ "verifiableCredential": degree(), "options": "none" }),
        json!({ "verifiableCredential": degree(), "options": { "surprise": 1 } }),
        json!({ "verifiableCredential": degree(), "options": { "checks": ["nothing"] } }),
        json!({ "verifiableCredential": degree(), "options": { "returnCredential": "yes" } }),
        json!({ "verifiableCredential": degree(), "more": 1 }),
        json!({ "verifiableCredential": {} }),
        json!({ "verifiableCredential": "" }),
        json!({ "verifiableCredential": degree().to_string() }),
        json!({ "verifiableCredential": "eyJhbGciOiJub25lIn0.e30." }),
        json!({ "verifiableCredential": { "type": "EnvelopedVerifiableCredential", "id": "data:text/plain,x" } }),
        json!({ "verifiableCredential": { "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,garbage" } }),
    ] {
        let (status, answer) = post(&acme, "/credentials/verify", &body).await;
        assert!(
            status == StatusCode::BAD_REQUEST || status == StatusCode::UNPROCESSABLE_ENTITY,
            "{body} {status} {answer}"
        );
        assert_eq!(answer["verified"], false, "{body} {answer}");
        assert!(answer["problemDetails"][0]["code"].is_string(), "{body} {answer}");
    }
}

#[tokio::test]
async fn a_strangers_signature_says_nothing_about_the_issuer() {
    let client = Guarded::offline();
    let acme = Registry::open("acme.example", 10, None, client.clone(), |_| {}).await;
    let mallory = Registry::open("mallory.example", 60, None, Guarded::offline(), |_| {}).await;
    let mut credential = degree();
    credential["issuer"] = json!("did:web:mallory.example");
    let mut secured = issued(&mallory, credential, json!({})).await;
    secured["issuer"] = json!(ACME);
    let (status, answer) = verified(&acme, &secured).await;
    assert_ne!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["verified"], false);
}

#[tokio::test]
async fn presentations_are_verified_with_their_challenge_and_every_credential_in_them() {
    use chancery_did::Relationship;
    use chancery_proof::data_integrity::{ProofOptions, sign};

    let acme = Registry::acme().await;
    let good = issued(&acme, degree(), json!({})).await;
    let holder = key(77);
    assert_eq!(holder.public_key().key_type(), KeyType::Ed25519);
    let did = chancery_did::Did::of_key(holder.public_key());
    let method = did.with_fragment(&holder.public_key().to_multikey()).unwrap();
    let presented = |credential: &Value, challenge: &str, domain: &str| {
        let document = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": did.as_str(),
            "verifiableCredential": [credential],
        });
        let options = ProofOptions {
            challenge: Some(challenge.to_owned()),
            domain: vec![domain.to_owned()],
            created: Some(acme.now()),
            ..ProofOptions::new(method.clone(), Relationship::Authentication)
        };
        sign(document, &options, &holder).unwrap()
    };
    let ask = |presentation: Value, challenge: &str, domain: &str| json!({ "verifiablePresentation": presentation, "options": { "challenge": challenge, "domain": domain } });
    let path = "/presentations/verify";
    let (status, answer) = post(
        &acme,
        path,
        &ask(presented(&good, "c1", "shop.example"), "c1", "shop.example"),
    )
    .await;
    assert_eq!(
        (status, &answer["verified"]),
        (StatusCode::OK, &json!(true)),
        "{answer}"
    );
    assert_eq!(answer["results"]["credentials"][0]["verified"], true);

    let mut tampered = good.clone();
    tampered["credentialSubject"]["id"] = json!("did:example:mallory");
    let mut broken = presented(&good, "c1", "shop.example");
    broken["holder"] = json!("did:example:mallory");
    let mut unsigned = presented(&good, "c1", "shop.example");
    unsigned.as_object_mut().unwrap().remove("proof");
    for body in [
        ask(presented(&good, "other", "shop.example"), "c1", "shop.example"),
        ask(presented(&good, "c1", "other.example"), "c1", "shop.example"),
        ask(presented(&tampered, "c1", "shop.example"), "c1", "shop.example"),
        ask(broken, "c1", "shop.example"),
        ask(unsigned.clone(), "c1", "shop.example"),
        json!({ "verifiablePresentation": unsigned }),
        json!({ "verifiablePresentation": {} }),
        json!({ "verifiablePresentation": 7 }),
        json!({ "verifiablePresentation": unsigned, "presentation": unsigned }),
        json!({ "verifiablePresentation": unsigned, "options": { "challenge": 7 } }),
        json!({}),
    ] {
        let (status, answer) = post(&acme, path, &body).await;
        assert!(
            status == StatusCode::BAD_REQUEST || status == StatusCode::UNPROCESSABLE_ENTITY,
            "{body} {status} {answer}"
        );
        assert_eq!(answer["verified"], false, "{answer}");
    }
    for expected in [json!({ "challenge": "c1" }), json!({ "domain": "shop.example" })] {
        let body = json!({ "presentation": unsigned, "options": expected });
        let (status, answer) = post(&acme, path, &body).await;
        assert!(status.is_client_error(), "it answers no challenge: {answer}");
        assert_eq!(answer["verified"], false, "{answer}");
        assert!(answer.to_string().contains("signature.missing"), "{answer}");
    }
    let (status, answer) = post(&acme, path, &json!({ "presentation": unsigned })).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "an unsigned presentation is taken where it calls itself one: {answer}"
    );
}

#[tokio::test]
async fn only_a_base_proof_is_derived_from() {
    let acme = Registry::acme().await;
    let secured = issued(&acme, degree(), json!({})).await;
    for body in [
        json!({ "verifiableCredential": secured, "options": { "selectivePointers": ["/issuer"] } }),
        json!({ "verifiableCredential": degree() }),
        json!({ "verifiableCredential": "x" }),
        json!({ "verifiableCredential": secured, "options": { "selectivePointers": [4] } }),
        json!({ "verifiableCredential": secured, "options": { "selectivePointers": ["issuer"] } }),
        json!({ "verifiableCredential": secured, "options": { "surprise": [] } }),
        json!({}),
    ] {
        let (status, answer) = post(&acme, "/credentials/derive", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body} {answer}");
    }
}

#[tokio::test]
async fn every_route_needs_a_token_with_its_scope() {
    let acme = Registry::acme().await;
    let own = [
        ("/credentials/issue", Scope::CredentialsIssue),
        ("/credentials/status", Scope::CredentialsRevoke),
        ("/credentials/verify", Scope::CredentialsVerify),
        ("/credentials/derive", Scope::CredentialsVerify),
        ("/presentations/verify", Scope::CredentialsVerify),
    ];
    let before = acme.rows().await;
    for (path, scope) in own {
        let request = |token: Option<&str>| {
            let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
            if let Some(token) = token {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            request
                .body(Body::from(json!({ "credential": degree() }).to_string()))
                .unwrap()
        };
        assert_eq!(
            answer(&acme, request(None)).await.0,
            StatusCode::UNAUTHORIZED,
            "{path}"
        );
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let token = acme.app.mint_token(&others, 60, "others").await.unwrap();
        assert_eq!(
            answer(&acme, request(Some(&token.secret))).await.0,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
    let tokens = own.len();
    let mut after = acme.rows().await;
    *after.last_mut().unwrap() -= i64::try_from(tokens).unwrap();
    assert_eq!(after, before);
}

#[tokio::test]
async fn an_office_without_a_door_is_not_on_the_ordinary_service() {
    let acme = Registry::acme().await;
    for (method, path) in [
        (Method::GET, "/issuers"),
        (Method::POST, "/issuers/own/credentials/issue"),
        (Method::POST, "/issuers/own/credentials/status"),
        (Method::POST, "/verifiers/own/credentials/verify"),
        (Method::POST, "/verifiers/proof-only/credentials/verify"),
        (Method::POST, "/authorization"),
        (Method::POST, "/recognition"),
    ] {
        let (status, _) = acme.admin(method, path, Some(json!({}))).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}
