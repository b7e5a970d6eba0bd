//! josekit 0.10 (OpenSSL) and Chancery read each other's `vc+jwt` (RFC 7515; VC-JOSE-COSE, section 3.1).

use chancery_did::KeyType;
use chancery_oracles::fixture::{Actor, SIGNING, limits, passport, sealed_passport};
use chancery_oracles::tamper;
use chancery_proof::{ProofError, Securing, base64url, jose};
use chancery_vc::credential::TYP_CREDENTIAL;
use chancery_vc::{Paper, PaperError, read_paper};
use josekit::jwk::Jwk;
use josekit::jws::{self, ES256, ES384, ES512, EdDSA, HS256, JwsContext, JwsHeader, JwsSigner, JwsVerifier};
use serde_json::Value;

fn jwk(value: Value) -> Jwk {
    Jwk::from_map(value.as_object().unwrap().clone()).unwrap()
}

fn verifier(actor: &Actor) -> Box<dyn JwsVerifier> {
    let key = jwk(actor.public().to_jwk());
    match actor.public().key_type() {
        KeyType::Ed25519 => Box::new(EdDSA.verifier_from_jwk(&key).unwrap()),
        KeyType::P256 => Box::new(ES256.verifier_from_jwk(&key).unwrap()),
        KeyType::P384 => Box::new(ES384.verifier_from_jwk(&key).unwrap()),
        KeyType::P521 => Box::new(ES512.verifier_from_jwk(&key).unwrap()),
        KeyType::X25519 => unreachable!("does not sign"),
    }
}

fn signer(actor: &Actor) -> Box<dyn JwsSigner> {
    let key = jwk(actor.private_jwk());
    match actor.public().key_type() {
        KeyType::Ed25519 => Box::new(EdDSA.signer_from_jwk(&key).unwrap()),
        KeyType::P256 => Box::new(ES256.signer_from_jwk(&key).unwrap()),
        KeyType::P384 => Box::new(ES384.signer_from_jwk(&key).unwrap()),
        KeyType::P521 => Box::new(ES512.signer_from_jwk(&key).unwrap()),
        KeyType::X25519 => unreachable!("does not sign"),
    }
}

fn header(actor: &Actor) -> JwsHeader {
    let mut header = JwsHeader::new();
    header.set_token_type(TYP_CREDENTIAL);
    header.set_key_id(actor.method.as_str());
    header
}

/// The passport's document, without any proof.
fn document(actor: &Actor) -> Value {
    passport(actor, &Actor::new(KeyType::Ed25519, 4).did, 1)
        .document()
        .clone()
}

/// josekit's token over our document, with whatever header.
fn theirs(actor: &Actor, header: &JwsHeader) -> String {
    jws::serialize_compact(document(actor).to_string().as_bytes(), header, &*signer(actor)).unwrap()
}

fn judged(token: &str, actor: &Actor) -> Result<Paper, &'static str> {
    let read = read_paper(token.as_bytes(), &limits()).map_err(|error: PaperError| error.code())?;
    let proven = read
        .prove(&actor.expectation(), actor)
        .map_err(|error: ProofError| error.code())?;
    assert_eq!(proven.signatures(), 1);
    Ok(proven.into_value())
}

#[test]
fn josekit_verifies_our_tokens_and_refuses_them_tampered() {
    let (mut agreed, mut refused) = (0, 0);
    for kind in SIGNING {
        let actor = Actor::new(kind, 1);
        let token = sealed_passport(&actor, Securing::Jose);
        let (payload, header) = jws::deserialize_compact(&token, &*verifier(&actor)).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&payload).unwrap(),
            document(&actor)
        );
        assert_eq!(header.token_type(), Some(TYP_CREDENTIAL));
        assert_eq!(header.key_id(), Some(actor.method.as_str()));
        agreed += 1;
        for form in tamper::forms(&token) {
            let outcome = jws::deserialize_compact(&form.token, &*verifier(&actor));
            assert!(outcome.is_err(), "josekit takes {} under {kind:?}", form.defect);
            refused += 1;
        }
        let stranger = Actor::new(kind, 9);
        assert!(jws::deserialize_compact(&token, &*verifier(&stranger)).is_err());
        refused += 1;
    }
    println!("interop josekit reads vc+jwt: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn we_verify_josekits_tokens_and_refuse_them_tampered() {
    let (mut agreed, mut refused) = (0, 0);
    for kind in SIGNING {
        let actor = Actor::new(kind, 1);
        let token = theirs(&actor, &header(&actor));
        let ours = sealed_passport(&actor, Securing::Jose);
        assert_eq!(judged(&token, &actor), judged(&ours, &actor));
        agreed += 1;
        for form in tamper::forms(&token) {
            let code = judged(&form.token, &actor).expect_err(form.defect);
            assert!(
                form.codes.contains(&code),
                "{} under {kind:?}: {code}",
                form.defect
            );
            refused += 1;
        }
        // Signed by a stranger who names the issuer's method.
        let stranger = Actor::new(kind, 9);
        let forged = jws::serialize_compact(
            document(&actor).to_string().as_bytes(),
            &header(&actor),
            &*signer(&stranger),
        );
        assert_eq!(judged(&forged.unwrap(), &actor), Err("signature.invalid"));
        refused += 1;
    }
    println!("interop josekit writes vc+jwt: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn headers_that_josekit_signs_and_we_do_not_take_are_refused() {
    let actor = Actor::new(KeyType::Ed25519, 1);
    let mut lenient = JwsContext::new();
    lenient.add_acceptable_critical("b64");
    let mut refused = 0;
    let mut refuse = |edit: &dyn Fn(&mut JwsHeader), code| {
        let mut header = header(&actor);
        edit(&mut header);
        let token = theirs(&actor, &header);
        // It is josekit's valid signature; what we refuse is the header.
        assert!(
            lenient.deserialize_compact(&token, &*verifier(&actor)).is_ok(),
            "{code}"
        );
        assert_eq!(judged(&token, &actor), Err(code));
        refused += 1;
    };
    refuse(&|header| header.set_token_type("JWT"), "type.typ");
    refuse(
        &|header| header.set_jwk(jwk(actor.public().to_jwk())),
        "key.header",
    );
    refuse(
        &|header| header.set_jwk_set_url("https://acme.example/keys"),
        "key.header",
    );
    refuse(
        &|header| header.set_x509_url("https://acme.example/chain"),
        "key.header",
    );
    refuse(&|header| header.set_critical(&vec!["b64"]), "crit.unknown");
    println!("interop josekit odd headers: {refused} agreed to refuse");
}

#[test]
fn a_public_key_used_as_an_hmac_secret_is_refused() {
    let actor = Actor::new(KeyType::P256, 1);
    let payload = document(&actor).to_string();
    for secret in [
        actor.public().raw().to_vec(),
        actor.public().to_jwk().to_string().into_bytes(),
    ] {
        let signer = HS256.signer_from_bytes(&secret).unwrap();
        let token = jws::serialize_compact(payload.as_bytes(), &header(&actor), &signer).unwrap();
        assert!(jws::deserialize_compact(&token, &HS256.verifier_from_bytes(&secret).unwrap()).is_ok());
        assert_eq!(judged(&token, &actor), Err("alg.unknown"));
        assert!(jws::deserialize_compact(&token, &*verifier(&actor)).is_err());
    }
    println!("interop josekit HMAC confusion: 2 agreed to refuse");
}

#[test]
fn a_pinned_key_reads_josekits_statement_and_nothing_else() {
    let actor = Actor::new(KeyType::P384, 1);
    let mut header = JwsHeader::new();
    header.set_token_type("chancery-trqp+jwt");
    let token = jws::serialize_compact(br#"{"authorized":true}"#, &header, &*signer(&actor)).unwrap();
    let read = |token: &str, typ| {
        let payload = jose::verify_with_key(token, &[typ], actor.public(), &limits());
        payload.map_err(|error| error.code())
    };
    assert_eq!(read(&token, "chancery-trqp+jwt").unwrap()["authorized"], true);
    assert_eq!(read(&token, TYP_CREDENTIAL), Err("type.typ"));
    let (head, tail) = token.split_once('.').unwrap();
    let forged = format!(
        "{head}.{}.{}",
        base64url::encode(br#"{"authorized":1}"#),
        tail.split_once('.').unwrap().1
    );
    assert_eq!(read(&forged, "chancery-trqp+jwt"), Err("signature.invalid"));
    println!("interop josekit pinned key: 1 agreed, 2 tampered refused");
}
