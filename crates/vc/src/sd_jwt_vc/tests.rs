//! The rules of SD-JWT VC, each by what breaks it, and the draft's own examples.

use chancery_official::{folder, report};
use chancery_proof::sd_jwt::{Concealment, sign};
use serde_json::json;

use super::issuer_metadata::{IssuerMetadataError, address, key};
use super::*;
use crate::cast::{Drawn, acme, first};

const TYPE: &str = "https://credentials.example/identity";

fn claims() -> Value {
    json!({
        "iss": acme().did.as_str(), "vct": TYPE, "sub": "ada", "iat": 1_700_000_000, "nbf": 1_700_000_000,
        "exp": 1_900_000_000, "cnf": { "jwk": first().key.public_key().to_jwk() }, "name": "Ada",
        "status": { "status_list": { "idx": 7, "uri": "https://acme.example/lists/1" } },
    })
}

fn code(claims: &Value) -> &'static str {
    SdJwtVc::parse(claims).unwrap_err().code()
}

#[test]
fn what_the_draft_describes_is_read() {
    let credential = SdJwtVc::parse(&claims()).unwrap();
    assert_eq!(credential.vct, TYPE);
    assert_eq!(credential.issuer.as_deref(), Some(acme().did.as_str()));
    assert_eq!(credential.holder.as_ref(), Some(first().key.public_key()));
    assert_eq!(credential.token_status.unwrap().unwrap().index, 7);
    let least = SdJwtVc::parse(&json!({ "vct": "urn:example:type" })).unwrap();
    assert!(!least.has_confirmation && least.token_status.is_none() && least.issuer.is_none());
    let named = SdJwtVc::parse(&json!({ "vct": "t", "cnf": { "kid": "did:example:a#1" } })).unwrap();
    assert!(named.has_confirmation && named.holder.is_none());
}

#[test]
fn a_claim_of_another_shape_is_refused() {
    for (name, value) in [
        ("vct", json!(null)),
        ("vct", json!("")),
        ("vct", json!(["t"])),
        ("vct", json!(1)),
        ("vct#integrity", json!("")),
        ("vct#integrity", json!("sha256")),
        ("vct#integrity", json!("sha256-")),
        ("vct#integrity", json!("sha256-AAAA")),
        (
            "vct#integrity",
            json!("md5-vJKakJAQkDYkIhGrT1M3nxRuSj9udH0l1PXB06QHto8="),
        ),
        ("vct#integrity", json!(1)),
        ("aka_vcts", json!([])),
        ("aka_vcts", json!("t")),
        ("aka_vcts", json!([1])),
        ("aka_vcts", json!([""])),
        ("aka_vcts", json!(["t", "t"])),
        ("aka_vcts", json!([TYPE])),
        ("iss", json!(1)),
        ("iss", json!("")),
        ("sub", json!({})),
        ("cnf", json!("x")),
        ("cnf", json!({})),
        ("cnf", json!({ "jwk": {} })),
        ("cnf", json!({ "jwk": { "kty": "oct", "k": "AA" } })),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert_eq!(code(&claims), "parse.structure", "{name} {value}");
    }
    for name in ["iat", "nbf", "exp"] {
        for value in [json!("1700000000"), json!(-1), json!(null), json!(1.5)] {
            let mut claims = claims();
            claims[name] = value;
            assert_eq!(code(&claims), "time.malformed", "{name}");
        }
    }
    let mut none = claims();
    none.as_object_mut().unwrap().remove("vct");
    assert_eq!(code(&none), "parse.structure");
    assert_eq!(code(&json!([])), "parse.structure");
    let mut odd = claims();
    odd["status"] = json!({ "status_list": { "idx": -1 } });
    assert!(
        SdJwtVc::parse(&odd).unwrap().token_status.unwrap().is_err(),
        "it counts as unknown"
    );
}

fn issued(typ: &str, withheld: &[&str]) -> String {
    let concealment = Concealment::of(withheld.iter().copied());
    sign(
        typ,
        &acme().method,
        &claims(),
        &concealment,
        &acme().key,
        &mut Drawn(1),
    )
    .unwrap()
    .to_compact()
}

#[test]
fn both_types_of_the_header_are_read_and_no_other() {
    let limits = Limits::default();
    for typ in TYPS {
        let read = read_sd_jwt_vc(&issued(typ, &["/name", "/sub"]), &limits).unwrap();
        assert_eq!(read.unverified().claims["name"], "Ada");
    }
    for typ in [
        "vc+jwt",
        "sd-jwt",
        "dc+sd-jwt ",
        "DC+SD-JWT",
        "application/dc+sd-jwt",
        "kb+jwt",
    ] {
        assert_eq!(
            read_sd_jwt_vc(&issued(typ, &[]), &limits).unwrap_err().code(),
            "type.typ",
            "{typ}"
        );
    }
}

#[test]
fn a_credential_of_the_data_model_leaves_nothing_that_it_is_judged_by_to_its_holder() {
    let limits = Limits::default();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"],
        "issuer": acme().did.as_str(), "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2027-01-01T00:00:00Z",
        "credentialStatus": { "type": "x" }, "credentialSchema": { "type": "x" }, "relatedResource": [],
        "termsOfUse": [], "credentialSubject": { "id": "did:example:a", "name": "Ada" },
    });
    let secure = |typ: &str, pointers: &[&str]| {
        let concealment = Concealment::of(pointers.iter().copied());
        let issued = sign(
            typ,
            &acme().method,
            &document,
            &concealment,
            &acme().key,
            &mut Drawn(1),
        )
        .unwrap();
        secure_credential(&issued.to_compact(), &limits)
            .map(|secured| secured.unverified().clone())
            .map_err(|error| error.code())
    };
    assert_eq!(
        secure("vc+sd-jwt", &["/credentialSubject/name", "/credentialSubject"]),
        Ok(document.clone())
    );
    for name in NEVER_WITHHELD {
        let pointer = format!("/{}", name.replace('/', "~1"));
        assert_eq!(
            secure("vc+sd-jwt", &[&pointer]),
            Err("sd_jwt.not_withholdable"),
            "{name}"
        );
    }
    for pointer in ["/type/0", "/@context/0", "/credentialStatus/type"] {
        assert_eq!(
            secure("vc+sd-jwt", &[pointer]),
            Err("sd_jwt.not_withholdable"),
            "{pointer}"
        );
    }
    assert_eq!(secure("dc+sd-jwt", &[]), Err("type.typ"));
}

#[test]
fn of_several_digests_the_strongest_count() {
    let document = b"{}";
    let weak = "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    assert!(Integrity::parse(weak).unwrap().holds_for(document));
    assert!(!Integrity::parse(weak).unwrap().holds_for(b"{} "));
    let strong = "sha384-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let both = Integrity::parse(&format!("{weak} {strong}")).unwrap();
    assert!(!both.holds_for(document), "the weaker one is not looked at");
    let two = format!("sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=  {weak}?opt");
    assert!(Integrity::parse(&two).unwrap().holds_for(document));
    for text in [
        "",
        " ",
        "sha256-RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o=",
        "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o",
        "sha256:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        "SHA256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        "sha512-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
    ] {
        assert_eq!(Integrity::parse(text), None, "{text}");
    }
}

#[test]
fn metadata_stands_at_the_well_known_place_of_its_issuer() {
    for (issuer, expected) in [
        (
            "https://example.com",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/",
            "https://example.com/.well-known/jwt-vc-issuer",
        ),
        (
            "https://example.com/tenant/1234",
            "https://example.com/.well-known/jwt-vc-issuer/tenant/1234",
        ),
        (
            "https://example.com:8443/tenant/",
            "https://example.com:8443/.well-known/jwt-vc-issuer/tenant",
        ),
    ] {
        assert_eq!(address(issuer).as_deref(), Ok(expected));
    }
    for issuer in [
        "http://example.com",
        "https://",
        "https://a@example.com",
        "https://example.com?x=1",
        "https://example.com#x",
        "did:web:example.com",
        "",
    ] {
        assert_eq!(address(issuer), Err(IssuerMetadataError::Issuer), "{issuer}");
    }
}

#[test]
fn metadata_of_another_issuer_has_no_keys() {
    let jwk = |kid: &str| {
        let mut jwk = acme().key.public_key().to_jwk();
        jwk["kid"] = json!(kid);
        jwk
    };
    let metadata = json!({ "issuer": "https://example.com", "jwks": { "keys": [jwk("a"), jwk("b")] } });
    let find = |metadata: &Value, issuer: &str, kid: Option<&str>| {
        key(metadata, issuer, kid)
            .map(|_| ())
            .map_err(|error| error.code())
    };
    assert_eq!(find(&metadata, "https://example.com", Some("a")), Ok(()));
    for issuer in [
        "https://example.com/",
        "https://EXAMPLE.com",
        "https://evil.example",
        "example.com",
    ] {
        assert_eq!(
            find(&metadata, issuer, Some("a")),
            Err("key.issuer_mismatch"),
            "{issuer}"
        );
    }
    assert_eq!(
        find(&metadata, "https://example.com", Some("c")),
        Err("key.not_found")
    );
    assert_eq!(find(&metadata, "https://example.com", None), Err("key.not_found"));
    for (pointer, value, code) in [
        ("issuer", json!("https://evil.example"), "key.issuer_mismatch"),
        ("issuer", json!(null), "key.issuer_mismatch"),
        ("jwks", json!({}), "key.not_found"),
        ("jwks", json!({ "keys": [] }), "key.not_found"),
        ("jwks", json!({ "keys": [jwk("a"), jwk("a")] }), "key.not_found"),
        ("jwks_uri", json!("https://example.com/keys"), "key.not_found"),
        (
            "jwks",
            json!({ "keys": [{ "kid": "a", "kty": "RSA" }] }),
            "key.invalid",
        ),
    ] {
        let mut metadata = metadata.clone();
        metadata[pointer] = value.clone();
        assert_eq!(
            find(&metadata, "https://example.com", Some("a")),
            Err(code),
            "{pointer} {value}"
        );
    }
}

#[test]
fn a_certificate_chain_in_the_header_is_no_key() {
    let token = issued("dc+sd-jwt", &[]);
    let (_, rest) = token.split_once('.').unwrap();
    let header =
        json!({ "alg": "EdDSA", "typ": "dc+sd-jwt", "kid": acme().method.as_str(), "x5c": ["MIIB"] });
    let header = chancery_proof::base64url::encode(header.to_string().as_bytes());
    let refused = read_sd_jwt_vc(&format!("{header}.{rest}"), &Limits::default());
    assert_eq!(refused.unwrap_err().code(), "key.header");
}

#[test]
fn the_drafts_examples_are_read() {
    let Some(root) = folder("sd-jwt-vc-examples") else {
        return;
    };
    let text = std::fs::read_to_string(root.join("document-blocks.json")).unwrap();
    let blocks: Value = serde_json::from_str(&text).unwrap();
    let block = |title: &str, at: usize| {
        let found = blocks
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["title"] == title);
        found.unwrap()["blocks"][at].as_str().unwrap().to_owned()
    };
    let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let typed = value(&block("Verifiable Digital Credential Type - `vct` Claim", 0));
    let credential = SdJwtVc::parse(&typed).unwrap();
    assert!(credential.is_of("https://credentials.example.com/identity_credential"));
    assert!(credential.holder.is_some() && credential.valid_until.is_some());
    let known = SdJwtVc::parse(&value(&block("Other Credential Types - `aka_vcts` Claim", 0))).unwrap();
    assert!(known.is_of("urn:example:eudi:pid") && known.is_of("urn:example:eudi:pid:aendgard:1"));
    let whole = SdJwtVc::parse(&value(&block("Example", 0))).unwrap();
    assert_eq!(whole.claims["name"], "Arthur Dent");
    let answer = block("JWT VC Issuer Metadata Response", 0);
    let metadata = value(answer.split_once("\n\n").unwrap().1);
    let issuer = metadata["issuer"].as_str().unwrap().to_owned();
    assert!(key(&metadata, &issuer, Some("doc-signer-05-25-2022")).is_ok());
    assert!(key(&metadata, &issuer, Some("doc-signer-06-05-2025")).is_ok());
    assert_eq!(
        key(&metadata, "https://example.org", Some("doc-signer-05-25-2022")),
        Err(IssuerMetadataError::Mismatch)
    );
    assert_eq!(value(&block("JOSE Header", 0))["typ"], TYPS[0]);
    report("sd-jwt-vc-examples blocks", "5 passed, 0 failed");
}
