//! ssi 0.16's `eddsa-rdfc-2022` over our documents: a JSON-LD processor that is not ours takes our context, and both
//! sides come to the same canonical form.
//!
//! Data Integrity EdDSA Cryptosuites 1.0, sections 3.2 and 3.3. ssi does not know `eddsa-jcs-2022`, nor does our reader
//! know the RDFC suites unless they are handed in, and each says so instead of passing over the proof.

use chancery_did::{KeyType, Relationship};
use chancery_oracles::fixture::{Actor, Scene, limits, now, passport, sealed_passport};
use chancery_oracles::peer::{Rdfc, sign_rdfc};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::{Expectation, Secured, Securing};
use chancery_rdfc::{Cryptosuite, Rdfc as Ours};
use chancery_vc::read_paper;
use rand_core::UnwrapErr;
use serde_json::{Value, json};

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

/// Our suite signs as `issuer`, at the one moment of the story.
fn signed_by_us(document: &Value, suite: Cryptosuite, issuer: &Actor) -> Value {
    let options = ProofOptions {
        created: Some(now()),
        ..ProofOptions::new(issuer.method.clone(), Relationship::AssertionMethod)
    };
    let mut random = UnwrapErr(getrandom::SysRng);
    Ours::new()
        .sign(document.clone(), suite, &options, &[], &issuer.key, &mut random)
        .unwrap()
}

/// What our suite says of a document.
fn judged_by_us(document: Value, issuer: &Actor) -> Result<(), &'static str> {
    let expectation = Expectation {
        purpose: Relationship::AssertionMethod,
        issuer: issuer.did.clone(),
    };
    Secured::data_integrity_with(document, &limits(), &Ours::new())
        .and_then(|secured| secured.prove(&expectation, issuer))
        .map(|_| ())
        .map_err(|error| error.code())
}

/// A credential with these claims, every word of which has a meaning.
fn with(claims: Value, issuer: &Actor) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {
            "@vocab": "urn:x:", "list": {"@id": "urn:x:list", "@container": "@list"},
            "set": {"@id": "urn:x:set", "@container": "@set"},
        }],
        "type": ["VerifiableCredential"], "issuer": issuer.did.as_str(), "credentialSubject": claims,
    })
}

/// The papers of a chain, issued by one: passports, a capability and two delegations.
fn papers(issuer: &Actor) -> Vec<Value> {
    let presentation: Value = serde_json::from_str(&Scene::three_hops().presentation).unwrap();
    let papers = presentation["verifiableCredential"].as_array().unwrap();
    let unsigned = papers.iter().map(|paper| {
        let mut document = paper.clone();
        document.as_object_mut().unwrap().remove("proof");
        document["issuer"] = issuer.did.as_str().into();
        document
    });
    unsigned.collect()
}

/// Whether a paper holds a capability, which is a JSON literal in RDF.
fn holds_json(paper: &Value) -> bool {
    !paper["credentialSubject"]["capability"].is_null()
}

/// Documents in which the two sides could differ: papers, nodes without names, lists, escapes.
fn documents(issuer: &Actor) -> Vec<Value> {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let mut documents = vec![passport(issuer, &subject, 1).document().clone()];
    documents.extend(papers(issuer).into_iter().filter(|paper| !holds_json(paper)));
    documents.extend(
        [
            json!({"twins": [{"next": {"next": {"end": true}}}, {"next": {"next": {"end": true}}}]}),
            json!({"whole": 1, "less": -1, "half": 0.5, "flag": false}),
            json!({"name": "\u{1f4b6} \"quoted\" \\ \n"}),
        ]
        .map(|claims| with(claims, issuer)),
    );
    documents
}

/// What ssi 0.16 gives another canonical form than the specification does: JSON literals, a value that stands twice,
/// a node in a list, a tab. PyLD and jsonld.js agree with us on these (`tests/interop`), and so do the official
/// vectors.
fn deviations(issuer: &Actor) -> Vec<Value> {
    let mut documents: Vec<Value> = papers(issuer).into_iter().filter(holds_json).collect();
    documents.extend(
        [
            json!({"set": ["x", "x", "y"]}),
            json!({"list": ["one", "two", {"three": "3"}]}),
            json!({"name": "before\tbehind"}),
        ]
        .map(|claims| with(claims, issuer)),
    );
    documents
}

#[test]
fn we_verify_nothing_that_ssi_canonicalizes_against_the_specification() {
    let issuer = Actor::new(KeyType::Ed25519, 1);
    let mut refused = 0;
    for document in deviations(&issuer) {
        let theirs: Value = serde_json::from_str(&sign_rdfc(&document, &issuer)).unwrap();
        assert_eq!(
            judged_by_us(theirs, &issuer),
            Err("signature.invalid"),
            "{document}"
        );
        let ours = signed_by_us(&document, Cryptosuite::EddsaRdfc2022, &issuer);
        assert_eq!(judged_by_us(ours, &issuer), Ok(()), "{document}");
        refused += 1;
    }
    println!("interop ssi deviations: {refused} refused");
}

#[test]
fn we_verify_what_ssi_signs_and_ssi_verifies_what_we_sign() {
    let mallory = Actor::new(KeyType::Ed25519, 9);
    let (mut agreed, mut refused) = (0, 0);
    let issuer = Actor::new(KeyType::Ed25519, 1);
    for document in documents(&issuer) {
        let theirs: Value = serde_json::from_str(&sign_rdfc(&document, &issuer)).unwrap();
        assert_eq!(judged_by_us(theirs.clone(), &issuer), Ok(()), "{document}");
        let ours = signed_by_us(&document, Cryptosuite::EddsaRdfc2022, &issuer);
        Rdfc::new(&issuer).verify(&ours.to_string()).unwrap();
        agreed += 2;
        let mut bent = theirs;
        bent["credentialSubject"]["id"] = "did:key:z6MkMallory".into();
        assert_eq!(judged_by_us(bent.clone(), &issuer), Err("signature.invalid"));
        assert!(Rdfc::new(&issuer).verify(&bent.to_string()).is_err());
        assert!(Rdfc::new(&mallory).verify(&ours.to_string()).is_err());
        refused += 3;
    }
    println!("interop ssi eddsa-rdfc-2022 both ways: {agreed} agreed, {refused} tampered refused");
}

#[test]
fn ssi_verifies_our_ecdsa_rdfc() {
    // Of P-384 ssi names blank nodes by SHA-256, the suite by SHA-384; the W3C vectors and @digitalbazaar judge that.
    let issuer = Actor::new(KeyType::P256, 1);
    let (mut agreed, mut refused) = (0, 0);
    for document in documents(&issuer) {
        let mut ours = signed_by_us(&document, Cryptosuite::EcdsaRdfc2019, &issuer);
        Rdfc::new(&issuer).verify(&ours.to_string()).unwrap();
        agreed += 1;
        ours["credentialSubject"]["id"] = "did:key:z6MkMallory".into();
        assert!(Rdfc::new(&issuer).verify(&ours.to_string()).is_err());
        refused += 1;
    }
    println!("interop ssi ecdsa-rdfc-2019: {agreed} agreed, {refused} tampered refused");
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
