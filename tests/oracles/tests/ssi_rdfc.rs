//! ssi 0.16's `eddsa-rdfc-2022` over our documents: a JSON-LD processor that is not ours takes our context.
//!
//! Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3. Neither side knows the other's suite, and each
//! says so instead of passing over the proof.

use chancery_did::KeyType;
use chancery_oracles::fixture::{Actor, Scene, limits, passport, sealed_passport};
use chancery_oracles::peer::{Rdfc, sign_rdfc};
use chancery_proof::Securing;
use chancery_vc::read_paper;
use serde_json::Value;

#[test]
fn ssi_signs_and_verifies_our_passport_and_refuses_it_tampered() {
    let issuer = Actor::new(KeyType::Ed25519, 1);
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let signed = sign_rdfc(passport(&issuer, &subject, 1).document(), &issuer);
    let verifier = Rdfc::new(&issuer);
    verifier.verify(&signed).unwrap();
    let edits: [(&str, &str, Value); 4] = [
        ("/credentialSubject", "owner", "Mallory".into()),
        ("/credentialSubject", "autonomyLevel", 4.into()),
        ("/credentialSubject", "riskLevel", "low".into()),
        ("", "validUntil", "2026-11-18T13:00:00Z".into()),
    ];
    // Each change reaches the signature: no member of the passport is lost on the way to RDF.
    for (parent, name, value) in &edits {
        let mut document: Value = serde_json::from_str(&signed).unwrap();
        document.pointer_mut(parent).unwrap()[*name] = value.clone();
        assert!(
            verifier.verify(&document.to_string()).is_err(),
            "ssi takes another {name}"
        );
    }
    assert!(
        Rdfc::new(&Actor::new(KeyType::Ed25519, 9))
            .verify(&signed)
            .is_err()
    );
    println!(
        "interop ssi eddsa-rdfc-2022: 1 agreed, {} tampered refused",
        edits.len() + 1
    );
}

#[test]
fn ssi_takes_every_paper_of_a_chain_through_our_context() {
    let presentation: Value = serde_json::from_str(&Scene::three_hops().presentation).unwrap();
    let papers = presentation["verifiableCredential"].as_array().unwrap();
    let signer = Actor::new(KeyType::Ed25519, 1);
    for paper in papers {
        let mut document = paper.clone();
        document.as_object_mut().unwrap().remove("proof");
        document["issuer"] = signer.did.as_str().into();
        let signed = sign_rdfc(&document, &signer);
        Rdfc::new(&signer).verify(&signed).unwrap();
        let mut bent: Value = serde_json::from_str(&signed).unwrap();
        bent["credentialSubject"]["id"] = "did:key:z6MkMallory".into();
        assert!(Rdfc::new(&signer).verify(&bent.to_string()).is_err());
    }
    assert_eq!(papers.len(), 6);
    println!(
        "interop ssi json-ld context: {} agreed, {} tampered refused",
        papers.len(),
        papers.len()
    );
}

#[test]
fn neither_side_passes_over_a_suite_that_it_does_not_know() {
    let issuer = Actor::new(KeyType::Ed25519, 1);
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let theirs = sign_rdfc(passport(&issuer, &subject, 1).document(), &issuer);
    let refused = read_paper(theirs.as_bytes(), &limits()).map(|_| ()).unwrap_err();
    assert_eq!(refused.code(), "alg.unsupported_here");
    let ours = sealed_passport(&issuer, Securing::DataIntegrity);
    assert!(Rdfc::new(&issuer).verify(&ours).is_err());
    println!("interop ssi unknown suite: 2 agreed to refuse");
}
