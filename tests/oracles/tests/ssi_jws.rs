//! ssi 0.16 and Chancery read each other's compact JWS and JWK (RFC 7515, RFC 7517, RFC 7638).

use chancery_did::{KeyType, PublicKey};
use chancery_oracles::fixture::{Actor, SIGNING, limits, passport, sealed_passport};
use chancery_oracles::{peer, tamper};
use chancery_proof::Securing;
use chancery_vc::credential::TYP_CREDENTIAL;
use chancery_vc::{Paper, read_paper};
use serde_json::{Value, json};
use ssi::claims::jws::{self, Header};

fn document(actor: &Actor) -> Value {
    passport(actor, &Actor::new(KeyType::Ed25519, 4).did, 1)
        .document()
        .clone()
}

fn judged(token: &str, actor: &Actor) -> Result<Paper, &'static str> {
    let read = read_paper(token.as_bytes(), &limits()).map_err(|error| error.code())?;
    let proven = read
        .prove(&actor.expectation(), actor)
        .map_err(|error| error.code())?;
    Ok(proven.into_value())
}

/// ssi's token over our document.
fn theirs(actor: &Actor, signer: &Actor) -> String {
    let key = peer::jwk(&signer.private_jwk());
    let header = Header {
        algorithm: key.get_algorithm().unwrap(),
        key_id: Some(actor.method.to_string()),
        type_: Some(TYP_CREDENTIAL.to_owned()),
        ..Header::default()
    };
    jws::encode_sign_custom_header(&document(actor).to_string(), &key, &header).unwrap()
}

#[test]
fn ssi_verifies_our_tokens_and_refuses_them_tampered() {
    let (mut agreed, mut refused) = (0, 0);
    for kind in SIGNING {
        let actor = Actor::new(kind, 1);
        let key = peer::jwk(&actor.public().to_jwk());
        let token = sealed_passport(&actor, Securing::Jose);
        let (header, payload) = jws::decode_verify(&token, &key).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&payload).unwrap(),
            document(&actor)
        );
        assert_eq!(header.key_id.as_deref(), Some(actor.method.as_str()));
        agreed += 1;
        for form in tamper::forms(&token) {
            assert!(
                jws::decode_verify(&form.token, &key).is_err(),
                "ssi takes {} under {kind:?}",
                form.defect
            );
            refused += 1;
        }
        let stranger = peer::jwk(&Actor::new(kind, 9).public().to_jwk());
        assert!(jws::decode_verify(&token, &stranger).is_err());
        refused += 1;
    }
    println!("interop ssi reads vc+jwt: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn we_verify_ssis_tokens_and_refuse_them_tampered() {
    let (mut agreed, mut refused) = (0, 0);
    for kind in SIGNING {
        let actor = Actor::new(kind, 1);
        let token = theirs(&actor, &actor);
        assert_eq!(
            judged(&token, &actor),
            judged(&sealed_passport(&actor, Securing::Jose), &actor)
        );
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
        assert_eq!(
            judged(&theirs(&actor, &Actor::new(kind, 9)), &actor),
            Err("signature.invalid")
        );
        refused += 1;
    }
    println!("interop ssi writes vc+jwt: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn ssi_reads_our_jwk_by_the_same_thumbprint_and_we_read_its() {
    let mut agreed = 0;
    for kind in SIGNING {
        let ours = Actor::new(kind, 1);
        let theirs = peer::jwk(&ours.public().to_jwk());
        assert_eq!(theirs.thumbprint().unwrap(), ours.public().thumbprint());
        assert!(theirs.is_public());
        let back = PublicKey::from_jwk(&serde_json::to_value(&theirs).unwrap()).unwrap();
        assert_eq!(back, *ours.public());
        // Another key has another thumbprint with both.
        let other = Actor::new(kind, 9);
        assert_ne!(
            peer::jwk(&other.public().to_jwk()).thumbprint().unwrap(),
            ours.public().thumbprint()
        );
        // A private JWK is a key for ssi and never a public key for us.
        let private = peer::jwk(&ours.private_jwk());
        assert!(!private.is_public());
        let refused = PublicKey::from_jwk(&serde_json::to_value(&private).unwrap()).unwrap_err();
        assert_eq!(refused.code(), "key.private_member");
        agreed += 1;
    }
    println!("interop ssi jwk: {agreed} agreed, {agreed} private keys refused");
}

#[test]
fn a_jwk_off_its_curve_is_refused() {
    let mut refused = 0;
    for kind in [KeyType::P256, KeyType::P384] {
        let actor = Actor::new(kind, 1);
        let mut bent = actor.public().to_jwk();
        bent["y"] = bent["x"].clone();
        assert_eq!(PublicKey::from_jwk(&bent).unwrap_err().code(), "key.invalid");
        // ssi reads it and verifies nothing with it.
        let token = sealed_passport(&actor, Securing::Jose);
        let theirs = serde_json::from_value(bent).map(|key| jws::decode_verify(&token, &key).is_err());
        assert!(theirs.unwrap_or(true));
        refused += 1;
    }
    let bent = json!({ "kty": "OKP", "crv": "Ed25519", "x": "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" });
    assert_eq!(PublicKey::from_jwk(&bent).unwrap_err().code(), "key.weak");
    println!("interop ssi bent jwk: {refused} agreed to refuse");
}
