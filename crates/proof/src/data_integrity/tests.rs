//! Rules of embedded proofs, each as a test.

use chancery_did::{KeyType, Relationship, SecretKey, Timestamp};
use serde_json::{Value, json};

use super::{ProofOptions, prepare, sign};
use crate::{
    Digest, Expectation, Limits, ProofError, Proven, Secured, Securing,
    cast::{DidKeys, did, expect, method, signer},
    jcs::canonicalize,
};

const KINDS: [KeyType; 3] = [KeyType::Ed25519, KeyType::P256, KeyType::P384];

fn document() -> Value {
    json!({ "@context": ["https://a.example", "https://b.example"], "id": "urn:x", "n": 1, "s": { "t": [true, null] } })
}

fn options(signer: &SecretKey) -> ProofOptions {
    ProofOptions::new(method(signer), Relationship::AssertionMethod)
}

fn alice() -> SecretKey {
    signer(KeyType::Ed25519, 1)
}

/// Alice's proof over the document.
fn signed() -> Value {
    sign(document(), &options(&alice()), &alice()).unwrap()
}

fn prove(document: Value) -> Result<Proven<Value>, ProofError> {
    Secured::data_integrity(document, &Limits::default())?.prove(&expect(&alice()), &DidKeys)
}

fn code(document: Value) -> &'static str {
    prove(document).map_or_else(|error| error.code(), |_| "ok")
}

/// Alice's document after a change.
fn after(change: impl FnOnce(&mut Value)) -> &'static str {
    let mut document = signed();
    change(&mut document);
    code(document)
}

#[test]
fn what_was_signed_is_what_is_proven() {
    for kind in KINDS {
        let signer = signer(kind, 3);
        let signed = sign(document(), &options(&signer), &signer).unwrap();
        let secured = Secured::data_integrity(signed, &Limits::default()).unwrap();
        assert_eq!(secured.securing(), Securing::DataIntegrity);
        assert_eq!(
            *secured.digest(),
            Digest::of_bytes(&canonicalize(&document()).unwrap())
        );
        let proven = secured.prove(&expect(&signer), &DidKeys).unwrap();
        assert_eq!((proven.value(), proven.signatures()), (&document(), 1));
    }
}

#[test]
fn every_option_comes_back_and_is_signed() {
    let at = Timestamp::from_seconds(1_700_000_000);
    let options = ProofOptions {
        created: Some(at),
        expires: Some(at.saturating_add_millis(300_500)),
        challenge: Some("nonce".to_owned()),
        domain: vec![
            "https://globex.example".to_owned(),
            "https://b.example".to_owned(),
        ],
        id: Some("urn:proof".to_owned()),
        ..options(&alice())
    };
    let signed = sign(document(), &options, &alice()).unwrap();
    let proven = prove(signed.clone()).unwrap();
    let info = &proven.proofs()[0];
    assert_eq!((info.created, info.expires), (options.created, options.expires));
    assert_eq!(
        (&info.challenge, &info.domain, &info.id),
        (&options.challenge, &options.domain, &options.id)
    );
    assert_eq!(info.purpose, Some(Relationship::AssertionMethod));
    for (name, value) in [
        ("created", json!("2023-11-14T22:13:21Z")),
        ("expires", json!("2033-11-14T22:13:21Z")),
        ("challenge", json!("other")),
        ("domain", json!("https://globex.example")),
        ("id", json!("urn:other")),
        ("nonce", json!("added")),
        ("unknown", json!({ "added": true })),
    ] {
        let mut changed = signed.clone();
        changed["proof"][name] = value;
        assert_eq!(code(changed), "signature.invalid", "{name}");
        let mut removed = signed.clone();
        if removed["proof"].as_object_mut().unwrap().remove(name).is_some() {
            assert_eq!(code(removed), "signature.invalid", "{name}");
        }
    }
}

#[test]
fn unknown_options_are_under_the_signature() {
    // Another maker's option stays in what is hashed.
    let mut proof = signed()["proof"].clone();
    proof.as_object_mut().unwrap().remove("proofValue");
    proof["extra"] = json!([1, { "b": 2 }]);
    let hash = |value: &Value| crate::multihash::sha256(&canonicalize(value).unwrap())[2..].to_vec();
    let message = [hash(&proof), hash(&document())].concat();
    let signature = chancery_did::Signer::sign(&alice(), &message).unwrap();
    proof["proofValue"] = json!(crate::multibase::encode_z(&signature));
    let mut secured = document();
    secured["proof"] = proof;
    assert_eq!(code(secured.clone()), "ok");
    secured["proof"]["extra"] = json!([1, { "b": 3 }]);
    assert_eq!(code(secured), "signature.invalid");
}

#[test]
fn members_added_changed_or_removed_break_the_signature() {
    assert_eq!(
        after(|document| document["added"] = json!(null)),
        "signature.invalid"
    );
    assert_eq!(after(|document| document["n"] = json!(2)), "signature.invalid");
    assert_eq!(
        after(|document| document["s"]["t"] = json!([null, true])),
        "signature.invalid"
    );
    assert_eq!(
        after(|document| drop(document.as_object_mut().unwrap().remove("n"))),
        "signature.invalid"
    );
    // The same number in another spelling is the same number.
    assert_eq!(after(|document| document["n"] = json!(1.0)), "ok");
    // The other normal form of a text is another text.
    let nfc = sign(json!({ "x": "\u{e9}" }), &options(&alice()), &alice()).unwrap();
    let mut nfd = nfc.clone();
    nfd["x"] = json!("e\u{301}");
    assert_eq!((code(nfc), code(nfd)), ("ok", "signature.invalid"));
}

#[test]
fn a_document_without_a_proof_is_not_signed() {
    assert_eq!(code(document()), "signature.missing");
    assert_eq!(
        after(|document| document["proof"] = json!([])),
        "signature.missing"
    );
    assert_eq!(
        after(|document| document["proof"] = json!(null)),
        "parse.structure"
    );
    assert_eq!(
        after(|document| document["proof"] = json!("z")),
        "parse.structure"
    );
    assert_eq!(
        after(|document| document["proof"] = json!([1])),
        "parse.structure"
    );
    assert_eq!(code(json!([])), "parse.structure");
    assert_eq!(code(json!("x")), "parse.structure");
}

#[test]
fn malformed_proofs_have_a_code() {
    for (name, value, expected) in [
        ("type", json!("Ed25519Signature2020"), "alg.unknown"),
        ("type", json!(["DataIntegrityProof"]), "alg.unknown"),
        ("type", json!(null), "alg.unknown"),
        ("type", json!("dataintegrityproof"), "alg.unknown"),
        ("type", json!("DataIntegrityProof "), "alg.unknown"),
        ("cryptosuite", json!("eddsa-2022"), "alg.unknown"),
        ("cryptosuite", json!("EDDSA-JCS-2022"), "alg.unknown"),
        ("cryptosuite", json!(null), "alg.unknown"),
        ("cryptosuite", json!(2022), "alg.unknown"),
        ("cryptosuite", json!(["eddsa-jcs-2022"]), "alg.unknown"),
        ("cryptosuite", json!("ecdsa-rdfc-2019"), "alg.unsupported_here"),
        ("cryptosuite", json!("ecdsa-sd-2023"), "alg.unsupported_here"),
        ("cryptosuite", json!("bbs-2023"), "alg.unsupported_here"),
        ("cryptosuite", json!("eddsa-rdfc-2022"), "alg.unsupported_here"),
        ("cryptosuite", json!("ecdsa-jcs-2019"), "alg.mismatch"),
        ("verificationMethod", json!("key-1"), "parse.did_url"),
        ("verificationMethod", json!(""), "parse.did_url"),
        ("verificationMethod", json!("did:key:"), "parse.did_url"),
        ("verificationMethod", json!(null), "parse.structure"),
        ("verificationMethod", json!(["did:key:z6Mk"]), "parse.structure"),
        (
            "verificationMethod",
            json!({ "id": "did:key:z6Mk" }),
            "parse.structure",
        ),
        ("proofPurpose", json!("assertion"), "key.relationship"),
        ("proofPurpose", json!("AssertionMethod"), "key.relationship"),
        ("proofPurpose", json!(""), "key.relationship"),
        ("proofPurpose", json!(null), "parse.structure"),
        ("proofPurpose", json!("authentication"), "key.relationship"),
        ("proofPurpose", json!(["assertionMethod"]), "parse.structure"),
        ("proofValue", json!(null), "signature.missing"),
        ("proofValue", json!(1), "parse.structure"),
        ("proofValue", json!(""), "parse.multibase"),
        ("proofValue", json!("z"), "signature.invalid"),
        ("proofValue", json!("z1"), "signature.invalid"),
        ("proofValue", json!("uAAAA"), "parse.multibase"),
        ("proofValue", json!("mAAAA"), "parse.multibase"),
        ("proofValue", json!("2AAAA"), "parse.multibase"),
        ("proofValue", json!("z0OIl"), "parse.multibase"),
        ("proofValue", json!("z2 2"), "parse.multibase"),
        ("proofValue", json!(["z22"]), "parse.structure"),
        ("proofValue", json!({}), "parse.structure"),
        (
            "proofValue",
            json!(format!("z{}", "2".repeat(100_000))),
            "limit.size",
        ),
        ("created", json!("yesterday"), "time.malformed"),
        ("created", json!(1_700_000_000), "time.malformed"),
        ("created", json!(null), "time.malformed"),
        ("created", json!("2023-02-30T00:00:00Z"), "time.malformed"),
        ("created", json!("2023-01-01T24:00:00Z"), "time.malformed"),
        ("expires", json!("2023-01-01"), "time.malformed"),
        ("challenge", json!(1), "parse.structure"),
        ("domain", json!([]), "parse.structure"),
        ("domain", json!(["a", 1]), "parse.structure"),
        ("nonce", json!({}), "parse.structure"),
        ("id", json!(1), "parse.structure"),
        ("previousProof", json!(1), "parse.structure"),
        ("previousProof", json!(null), "parse.structure"),
        ("previousProof", json!({}), "parse.structure"),
        ("previousProof", json!([]), "parse.structure"),
        ("previousProof", json!([null]), "parse.structure"),
        ("previousProof", json!(["urn:absent", 1]), "parse.structure"),
        ("previousProof", json!(["urn:absent"]), "signature.chain"),
        ("previousProof", json!(""), "signature.chain"),
        ("previousProof", json!("urn:absent"), "signature.chain"),
        ("@context", json!("https://b.example"), "context.mismatch"),
        ("@context", json!(null), "context.mismatch"),
    ] {
        assert_eq!(
            after(|document| document["proof"][name] = value.clone()),
            expected,
            "{name} {value:.60}"
        );
    }
    for (name, expected) in [
        ("type", "alg.unknown"),
        ("cryptosuite", "alg.unknown"),
        ("verificationMethod", "key.not_found"),
        ("proofPurpose", "key.relationship"),
        ("proofValue", "signature.missing"),
        ("@context", "signature.invalid"),
    ] {
        let removed = after(|document| drop(document["proof"].as_object_mut().unwrap().remove(name)));
        assert_eq!(removed, expected, "{name}");
    }
}

#[test]
fn a_time_without_a_zone_is_utc() {
    // A maker who writes no zone signs what it writes.
    for (name, text) in [
        ("created", "2023-02-24T23:36:38"),
        ("expires", "2033-02-24T23:36:38.5"),
    ] {
        let mut signed = signed();
        signed["proof"][name] = json!(text);
        let signed = resigned(signed);
        let proven = prove(signed).unwrap();
        let info = &proven.proofs()[0];
        let at = info.created.or(info.expires).unwrap();
        assert_eq!(at, Timestamp::parse(&format!("{text}Z")).unwrap());
    }
    assert_eq!(
        after(|document| document["proof"]["created"] = json!("2023-02-24T23:36:38")),
        "signature.invalid"
    );
    for garbage in [
        "",
        "Z",
        "2023-02-24",
        "2023-02-24T23:36",
        "2023-02-24T23:36:38 ",
        "2023-02-24T23:36:38+",
        "2023-02-24T23:36:38ZZ",
        "2023-02-24T25:36:38",
        "2023-13-24T23:36:38",
        "+2023-02-24T23:36:38",
        "99999-02-24T23:36:38",
        "20230224T233638",
    ] {
        for name in ["created", "expires"] {
            let mut document = signed();
            document["proof"][name] = json!(garbage);
            assert_eq!(code(resigned(document)), "time.malformed", "{name} {garbage}");
        }
    }
}

/// Alice's signature over whatever the one proof says by now.
fn resigned(mut document: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    let mut proof = members.remove("proof").unwrap();
    let hash = |value: &Value| crate::multihash::sha256(&canonicalize(value).unwrap())[2..].to_vec();
    proof.as_object_mut().unwrap().remove("proofValue");
    let message = [hash(&proof), hash(&document)].concat();
    let signature = chancery_did::Signer::sign(&alice(), &message).unwrap();
    proof["proofValue"] = json!(crate::multibase::encode_z(&signature));
    document["proof"] = proof;
    document
}

#[test]
fn the_signer_is_the_expected_issuer() {
    let mallory = signer(KeyType::Ed25519, 6);
    let signed = sign(document(), &options(&mallory), &mallory).unwrap();
    assert_eq!(code(signed), "key.issuer_mismatch");
    // Mallory's key under Alice's name does not make Alice's signature.
    let forged = sign(document(), &options(&alice()), &mallory).unwrap();
    assert_eq!(code(forged), "signature.invalid");
}

#[test]
fn the_purpose_is_the_expected_one() {
    for purpose in Relationship::ALL {
        let signed = sign(
            document(),
            &ProofOptions::new(method(&alice()), purpose),
            &alice(),
        )
        .unwrap();
        let secured = Secured::data_integrity(signed, &Limits::default()).unwrap();
        for expected in Relationship::ALL {
            let expect = Expectation {
                purpose: expected,
                issuer: did(&alice()),
            };
            let result = secured.prove(&expect, &DidKeys).map_err(|error| error.code());
            assert_eq!(result.is_ok(), expected == purpose);
            assert!(result.is_ok() || result.is_err_and(|code| code == "key.relationship"));
        }
    }
}

#[test]
fn a_key_for_agreement_does_not_sign() {
    let error = prepare(&document(), &options(&alice()), KeyType::X25519).unwrap_err();
    assert_eq!(error.code(), "alg.mismatch");
    assert_eq!(
        prepare(&json!([]), &options(&alice()), KeyType::P256)
            .unwrap_err()
            .code(),
        "parse.structure"
    );
}

#[test]
fn contexts_appended_later_are_cut_off() {
    let mut appended = signed();
    appended["@context"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "n": "https://evil.example/n" }));
    let secured = Secured::data_integrity(appended.clone(), &Limits::default()).unwrap();
    // Neither what is read nor its digest shows what no proof covers.
    assert_eq!(*secured.unverified(), document());
    assert_eq!(
        *secured.digest(),
        Digest::of_bytes(&canonicalize(&document()).unwrap())
    );
    assert_eq!(*prove(appended).unwrap().value(), document());

    assert_eq!(
        after(|document| document["@context"] = json!(["https://a.example"])),
        "context.mismatch"
    );
    assert_eq!(
        after(|document| document["@context"] = json!(["https://b.example", "https://a.example"])),
        "context.mismatch"
    );
    assert_eq!(
        after(|document| document["@context"] = json!("https://a.example")),
        "context.mismatch"
    );
    assert_eq!(
        after(|document| drop(document.as_object_mut().unwrap().remove("@context"))),
        "context.mismatch"
    );
}

#[test]
fn the_shortest_context_of_a_set_is_what_all_cover() {
    let bob = options(&alice());
    let mut two = signed();
    two["@context"]
        .as_array_mut()
        .unwrap()
        .push(json!("https://c.example"));
    let two = sign(
        two,
        &ProofOptions {
            id: Some("urn:2".to_owned()),
            ..bob
        },
        &alice(),
    )
    .unwrap();
    assert_eq!(two["proof"][1]["@context"].as_array().unwrap().len(), 3);
    let proven = prove(two.clone()).unwrap();
    assert_eq!((proven.signatures(), proven.value()), (2, &document()));
    // The longer context counts against the whole document in either order.
    let mut lying = two;
    lying["proof"][1]["@context"][2] = json!("https://d.example");
    assert_eq!(code(lying.clone()), "context.mismatch");
    lying["proof"].as_array_mut().unwrap().reverse();
    assert_eq!(code(lying), "context.mismatch");
}

#[test]
fn a_document_without_context_is_signed_too() {
    let signed = sign(json!({ "a": 1 }), &options(&alice()), &alice()).unwrap();
    assert!(signed["proof"].get("@context").is_none());
    assert_eq!(code(signed), "ok");
}

/// A proof of Alice's with an `id`, over those that it names.
fn link(document: Value, id: &str, previous: &[&str]) -> Result<Value, ProofError> {
    let previous_proof = previous.iter().map(|id| (*id).to_owned()).collect();
    sign(
        document,
        &ProofOptions {
            id: Some(id.to_owned()),
            previous_proof,
            ..options(&alice())
        },
        &alice(),
    )
}

#[test]
fn every_proof_of_a_set_must_hold() {
    let two = link(link(document(), "urn:1", &[]).unwrap(), "urn:2", &[]).unwrap();
    assert_eq!(prove(two.clone()).unwrap().signatures(), 2);
    for at in [0, 1] {
        let mut broken = two.clone();
        broken["proof"][at]["created"] = json!("2024-01-01T00:00:00Z");
        assert_eq!(code(broken), "signature.invalid");
        let mut unknown = two.clone();
        unknown["proof"][at]["cryptosuite"] = json!("eddsa-jcs-2099");
        assert_eq!(code(unknown), "alg.unknown");
    }
    // A set may lose a proof; what is left stands alone.
    let mut one = two.clone();
    one["proof"].as_array_mut().unwrap().pop();
    assert_eq!(code(one), "ok");
    // A stranger's proof beside Alice's is refused: every proof is of the expected issuer.
    let mallory = signer(KeyType::P256, 6);
    let joined = sign(two, &options(&mallory), &mallory).unwrap();
    assert_eq!(code(joined), "key.issuer_mismatch");
}

#[test]
fn a_proof_without_an_id_may_stand_twice_and_both_must_hold() {
    let twice = sign(signed(), &options(&alice()), &alice()).unwrap();
    assert_eq!(twice["proof"][0], twice["proof"][1]);
    assert_eq!(prove(twice.clone()).unwrap().signatures(), 2);
    for at in [0, 1] {
        let mut broken = twice.clone();
        broken["proof"][at]["proofValue"] = json!("z2");
        assert_eq!(code(broken), "signature.invalid");
        let mut changed = twice.clone();
        changed["proof"][at]["nonce"] = json!("added");
        assert_eq!(code(changed), "signature.invalid");
    }
}

#[test]
fn a_proof_with_an_id_may_not_stand_twice() {
    let once = link(document(), "urn:1", &[]).unwrap();
    let proof = once["proof"].clone();
    let mut twice = once.clone();
    twice["proof"] = json!([proof, proof]);
    assert_eq!(code(twice), "signature.chain");
    assert_eq!(link(once, "urn:1", &[]).unwrap_err().code(), "signature.chain");
}

#[test]
fn a_chain_holds_over_the_proofs_that_it_names() {
    let one = link(document(), "urn:1", &[]).unwrap();
    let two = link(one, "urn:2", &["urn:1"]).unwrap();
    let three = link(two, "urn:3", &["urn:2", "urn:1"]).unwrap();
    assert_eq!(three["proof"][1]["previousProof"], "urn:1");
    assert_eq!(three["proof"][2]["previousProof"], json!(["urn:2", "urn:1"]));
    assert_eq!(prove(three.clone()).unwrap().signatures(), 3);
    // The order of the array does not matter, the proofs that are named do.
    let mut reversed = three.clone();
    reversed["proof"].as_array_mut().unwrap().reverse();
    assert_eq!(code(reversed), "ok");
    let mut without = three.clone();
    without["proof"].as_array_mut().unwrap().remove(0);
    assert_eq!(code(without), "signature.chain");
    let mut unlinked = three;
    unlinked["proof"][1]
        .as_object_mut()
        .unwrap()
        .remove("previousProof");
    assert_eq!(code(unlinked), "signature.invalid");
}

#[test]
fn a_chained_proof_covers_the_whole_earlier_proof() {
    let one = link(document(), "urn:1", &[]).unwrap();
    let two = link(one, "urn:2", &["urn:1"]).unwrap();
    // Another proof of the same name, valid in itself, takes the place of the first.
    let at = Some(Timestamp::from_seconds(1_700_000_000));
    let other = ProofOptions {
        id: Some("urn:1".to_owned()),
        created: at,
        ..options(&alice())
    };
    let other = sign(document(), &other, &alice()).unwrap();
    let mut swapped = two;
    swapped["proof"][0] = other["proof"].clone();
    assert_eq!(code(swapped), "signature.invalid");
}

#[test]
fn a_previous_proof_has_an_id_that_is_a_text() {
    let two = link(link(document(), "urn:1", &[]).unwrap(), "urn:2", &["urn:1"]).unwrap();
    let mut nameless = two.clone();
    nameless["proof"][0].as_object_mut().unwrap().remove("id");
    assert_eq!(code(nameless), "signature.chain");
    for id in [json!(null), json!(1), json!(["urn:1"]), json!({})] {
        let mut wrong = two.clone();
        wrong["proof"][0]["id"] = id.clone();
        assert_eq!(code(wrong), "parse.structure", "{id}");
    }
    for id in ["urn:1 ", "URN:1", ""] {
        let mut other = two.clone();
        other["proof"][0]["id"] = json!(id);
        assert_eq!(code(other), "signature.chain", "{id:?}");
    }
    // A name as text and as an array of one name the same proof, but they are not the same signed text.
    let mut array = two;
    array["proof"][1]["previousProof"] = json!(["urn:1"]);
    assert_eq!(code(array), "signature.invalid");
}

#[test]
fn a_proof_added_to_a_broken_document_says_so() {
    let one = link(document(), "urn:1", &[]).unwrap();
    for (change, expected) in [
        (json!("z"), "parse.structure"),
        (json!([[]]), "parse.structure"),
        (json!(null), "parse.structure"),
        (json!([]), "signature.missing"),
    ] {
        let mut broken = one.clone();
        broken["proof"] = change.clone();
        assert_eq!(
            link(broken, "urn:2", &[]).unwrap_err().code(),
            expected,
            "{change}"
        );
    }
    for (name, value, expected) in [
        ("cryptosuite", json!("eddsa-jcs-2099"), "alg.unknown"),
        ("type", json!("Proof"), "alg.unknown"),
        ("proofValue", json!(null), "signature.missing"),
        ("id", json!(1), "parse.structure"),
        ("previousProof", json!("urn:1"), "limit.proofs"),
    ] {
        let mut broken = one.clone();
        broken["proof"][name] = value;
        assert_eq!(
            link(broken, "urn:2", &["urn:1"]).unwrap_err().code(),
            expected,
            "{name}"
        );
    }
    // Whoever adds a proof need not know how the others are checked.
    let mut other = one;
    other["proof"]["cryptosuite"] = json!("ecdsa-sd-2023");
    other["proof"]["proofValue"] = json!("u2V0A");
    assert_eq!(
        link(other.clone(), "urn:2", &[]).unwrap()["proof"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        link(other, "urn:2", &["urn:1"]).unwrap()["proof"][1]["previousProof"],
        "urn:1"
    );
}

#[test]
fn circles_and_missing_links_are_refused() {
    assert_eq!(
        link(document(), "urn:1", &["urn:1"]).unwrap_err().code(),
        "limit.proofs"
    );
    assert_eq!(
        link(document(), "urn:1", &["urn:0"]).unwrap_err().code(),
        "signature.chain"
    );
    let two = link(link(document(), "urn:1", &[]).unwrap(), "urn:2", &["urn:1"]).unwrap();
    let mut circle = two.clone();
    circle["proof"][0]["previousProof"] = json!(["urn:2"]);
    assert_eq!(code(circle), "limit.proofs");
    let mut own = two.clone();
    own["proof"][1]["previousProof"] = json!("urn:2");
    assert_eq!(code(own), "limit.proofs");
    let mut missing = two;
    missing["proof"][1]["previousProof"] = json!(["urn:1", "urn:9"]);
    assert_eq!(code(missing), "signature.chain");
}

#[test]
fn the_number_of_proofs_is_limited() {
    let proof = signed()["proof"].clone();
    let mut many = signed();
    many["proof"] = Value::Array(vec![proof; 1_000]);
    assert_eq!(code(many), "limit.proofs");
    let eight = (0..8).fold(document(), |document, at| {
        link(document, &format!("urn:{at}"), &[]).unwrap()
    });
    assert_eq!(prove(eight.clone()).unwrap().signatures(), 8);
    assert_eq!(code(link(eight, "urn:8", &[]).unwrap()), "limit.proofs");
}

#[test]
fn a_map_keeps_proofs_and_digest() {
    let secured = Secured::data_integrity(signed(), &Limits::default()).unwrap();
    let digest = secured.digest().clone();
    let mapped = secured
        .map(|value| value["n"].as_u64().ok_or("no number"))
        .unwrap();
    assert_eq!(
        (mapped.unverified(), mapped.digest(), mapped.proofs().len()),
        (&1, &digest, 1)
    );
    assert_eq!(mapped.prove(&expect(&alice()), &DidKeys).unwrap().into_value(), 1);
    assert_eq!(mapped.map(|_| Err::<(), _>("refused")).unwrap_err(), "refused");
}

#[test]
fn a_previous_proof_is_named_once() {
    let one = link(document(), "urn:1", &[]).unwrap();
    assert_eq!(
        link(one.clone(), "urn:2", &["urn:1", "urn:1"])
            .unwrap_err()
            .code(),
        "signature.chain"
    );
    // Each mention would hash the whole earlier proof again: gigabytes out of a quarter of a megabyte.
    let mut fat = link(one, "urn:2", &["urn:1"]).unwrap();
    fat["proof"][0]["padding"] = json!("x".repeat(100_000));
    fat["proof"][1]["previousProof"] = Value::Array(vec![json!("urn:1"); 9_000]);
    let start = std::time::Instant::now();
    assert_eq!(code(fat), "signature.chain");
    assert!(start.elapsed().as_secs() < 1);
}

#[test]
fn the_expected_issuers_text_may_hold_a_private_key_and_is_not_shown() {
    let secret = "eyJkIjoic2VjcmV0In0";
    let did = chancery_did::Did::parse(&format!("did:jwk:{secret}")).unwrap();
    let secured = Secured::data_integrity(signed(), &Limits::default()).unwrap();
    let expect = Expectation {
        issuer: did,
        ..expect(&alice())
    };
    let error = secured.prove(&expect, &DidKeys).unwrap_err();
    assert_eq!(error.code(), "key.issuer_mismatch");
    assert!(!error.to_string().contains(secret), "{error}");
}
