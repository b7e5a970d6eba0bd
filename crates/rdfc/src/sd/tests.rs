//! Tests of `ecdsa-sd-2023`: what is shown, what is hidden, and every way to bend a proof.

use chancery_did::KeyType;
use chancery_proof::cbor::{self, Value as Cbor};
use chancery_proof::{Limits, multibase};
use serde_json::{Value, json};

use super::proof_value::{Base, Derived};
use crate::cast::{Drawn, judge, options, signer};
use crate::{Cryptosuite, Rdfc, Work};

const SD: Cryptosuite = Cryptosuite::EcdsaSd2023;

fn document() -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            {"@vocab": "urn:x:", "list": {"@id": "urn:x:list", "@container": "@list"},
             "json": {"@id": "urn:x:json", "@type": "@json"}},
        ],
        "type": ["VerifiableCredential"],
        "issuer": {"id": "did:example:issuer", "name": "An issuer"},
        "validUntil": "2027-01-01T00:00:00Z",
        "credentialSubject": {
            "name": "Pat",
            "secret": "hidden",
            "boats": [
                {"type": "Boat", "colour": "red", "sails": [{"size": 5.5}, {"size": 6}]},
                {"type": "Boat", "colour": "red", "sails": [{"size": 7}]},
                {"type": "Boat", "colour": "blue"},
            ],
            "list": ["one", {"two": 2}],
            "json": {"id": 1, "nested": [{"a": null}]},
        },
    })
}

fn base(mandatory: &[&str]) -> Value {
    made(document(), mandatory).unwrap()
}

fn made(document: Value, mandatory: &[&str]) -> Result<Value, chancery_proof::ProofError> {
    let key = signer(KeyType::P256);
    let mandatory: Vec<String> = mandatory.iter().copied().map(str::to_owned).collect();
    Rdfc::new().sign(document, SD, &options(&key), &mandatory, &key, &mut Drawn(5))
}

fn derived(base: &Value, selective: &[&str]) -> Result<Value, &'static str> {
    let selective: Vec<String> = selective.iter().copied().map(str::to_owned).collect();
    Rdfc::new()
        .derive(base.clone(), &selective)
        .map_err(|error| error.code())
}

fn code(document: &Value) -> &'static str {
    judge(document.clone()).map_or_else(|error| error.code(), |_| "ok")
}

fn value(document: &Value) -> &str {
    document["proof"]["proofValue"].as_str().unwrap()
}

#[test]
fn a_holder_shows_what_is_mandatory_and_what_was_chosen_and_nothing_else() {
    let base = base(&["/issuer", "/validUntil"]);
    assert!(value(&base).starts_with("u2V0A"));
    let shown = derived(
        &base,
        &[
            "/credentialSubject/boats/1/sails/0/size",
            "/credentialSubject/name",
        ],
    )
    .unwrap();
    assert!(value(&shown).starts_with("u2V0B"));
    assert_eq!(code(&shown), "ok");
    let subject = json!({"name": "Pat", "boats": [{"type": "Boat", "sails": [{"size": 7}]}]});
    assert_eq!(shown["credentialSubject"], subject);
    assert_eq!(shown["issuer"], document()["issuer"]);
    assert_eq!(shown["validUntil"], document()["validUntil"]);
    for hidden in ["hidden", "secret", "\"red\"", "blue", "\u{0}"] {
        assert!(!shown.to_string().contains(hidden), "{hidden}");
    }
}

#[test]
fn every_selection_of_members_verifies() {
    let pointers = [
        "/issuer/name",
        "/credentialSubject/secret",
        "/credentialSubject/boats",
        "/credentialSubject/boats/0",
        "/credentialSubject/boats/2/colour",
        "/credentialSubject/list",
        "/credentialSubject/json",
        "",
    ];
    for mandatory in [
        vec![],
        vec!["/issuer"],
        vec!["/issuer", "/issuer"],
        vec!["/credentialSubject/boats/1"],
        vec![""],
    ] {
        let base = base(&mandatory);
        for count in 1..(1_u32 << pointers.len()) {
            if count % 5 != 1 {
                continue;
            }
            let chosen = pointers.iter().enumerate().filter(|(at, _)| count >> at & 1 == 1);
            let chosen: Vec<&str> = chosen.map(|(_, pointer)| *pointer).collect();
            assert_eq!(
                code(&derived(&base, &chosen).unwrap()),
                "ok",
                "{mandatory:?} {chosen:?}"
            );
        }
    }
}

#[test]
fn a_base_proof_proves_nothing_and_a_derived_one_is_not_derived_again() {
    let base = base(&["/issuer"]);
    assert_eq!(code(&base), "disclosure.proof_kind");
    let shown = derived(&base, &["/credentialSubject/name"]).unwrap();
    assert_eq!(derived(&shown, &["/issuer"]), Err("disclosure.proof_kind"));
    let mut header = value(&base).to_owned();
    header.replace_range(..5, "u2V0B");
    let mut relabelled = base.clone();
    relabelled["proof"]["proofValue"] = header.into();
    assert_eq!(code(&relabelled), "parse.structure");
}

#[test]
fn a_pointer_that_matches_nothing_is_refused() {
    let base = base(&["/issuer"]);
    for pointer in [
        "/nobody",
        "/credentialSubject/boats/3",
        "/credentialSubject/boats/-",
        "/credentialSubject/boats/00",
        "/credentialSubject/boats/+1",
        "/credentialSubject/boats/0/colour/x",
        "/credentialSubject/name/",
        "/",
        "issuer",
        "/issuer~",
        "/issuer~2",
        "/\u{0}",
        "/credentialSubject/\u{0}",
        "/credentialSubject/list/0",
        "/credentialSubject/list/1/two",
        "/proof",
    ] {
        assert_eq!(derived(&base, &[pointer]), Err("disclosure.pointer"), "{pointer}");
        let refused = made(document(), &["/issuer", pointer]).unwrap_err();
        assert_eq!(refused.code(), "disclosure.pointer", "mandatory {pointer}");
    }
    let nothing = made(document(), &[]).unwrap();
    assert_eq!(
        derived(&nothing, &[]),
        Err("disclosure.pointer"),
        "nothing is disclosed"
    );
    let mut escaped = document();
    escaped["credentialSubject"]["a/b~c"] = json!("x");
    let escaped = made(escaped, &["/issuer"]).unwrap();
    assert_eq!(
        code(&derived(&escaped, &["/credentialSubject/a~1b~0c"]).unwrap()),
        "ok"
    );
}

#[test]
fn a_document_may_not_speak_the_language_of_marks() {
    let mut marked = document();
    marked["credentialSubject"]["\u{0}"] = json!("x");
    let refused = made(marked, &[]).unwrap_err().code();
    assert!(
        ["parse.structure", "data_loss.undefined_term"].contains(&refused),
        "{refused}"
    );
    let mut named = document();
    named["credentialSubject"]["id"] = json!("_:\u{0}3");
    assert_eq!(made(named, &[]).unwrap_err().code(), "parse.structure");
}

#[test]
fn what_is_shown_is_signed() {
    let shown = derived(
        &base(&["/issuer"]),
        &["/credentialSubject/boats", "/credentialSubject/name"],
    )
    .unwrap();
    for (pointer, value) in [
        ("/issuer/name", json!("Another")),
        ("/credentialSubject/name", json!("Sam")),
        ("/credentialSubject/name", json!(["Pat", "Sam"])),
        ("/credentialSubject/boats/0/colour", json!("blue")),
        ("/credentialSubject/boats/2/type", json!("Ship")),
        ("/credentialSubject/boats/0/sails/0/size", json!(9)),
        ("/credentialSubject/added", json!("x")),
        ("/credentialSubject/boats/2/sails", json!({"size": 7})),
        ("/validFrom", json!("2026-01-01T00:00:00Z")),
        ("/credentialSubject/boats", json!([])),
    ] {
        let mut bent = shown.clone();
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        bent.pointer_mut(parent).unwrap()[member] = value.clone();
        let code = code(&bent);
        let expected = ["signature.invalid", "data_loss.dropped_value"];
        assert!(expected.contains(&code), "{pointer} {value}: {code}");
    }
    // Sails move from one boat to another: the same statements under other names.
    let mut moved = shown.clone();
    let sails = moved["credentialSubject"]["boats"][1]["sails"].take();
    moved["credentialSubject"]["boats"][1]
        .as_object_mut()
        .unwrap()
        .remove("sails");
    moved["credentialSubject"]["boats"][2]["sails"] = sails;
    assert_eq!(code(&moved), "signature.invalid");
    for option in ["created", "proofPurpose", "verificationMethod"] {
        let mut bent = shown.clone();
        bent["proof"].as_object_mut().unwrap().remove(option);
        assert_ne!(code(&bent), "ok", "{option}");
    }
}

/// A derived document with the parts of its proof bent.
fn bent(bend: impl FnOnce(&mut Vec<Cbor>)) -> &'static str {
    let mut shown = derived(&base(&["/issuer"]), &["/credentialSubject"]).unwrap();
    let bytes = multibase::decode_u(value(&shown)).unwrap();
    let mut parts = cbor::parse(&bytes[3..], &Limits::default())
        .unwrap()
        .into_array()
        .unwrap();
    bend(&mut parts);
    let body = cbor::encode(&Cbor::Array(parts)).unwrap();
    shown["proof"]["proofValue"] = multibase::encode_u(&[&bytes[..3], &body].concat()).into();
    code(&shown)
}

#[test]
fn a_bent_proof_is_refused() {
    let structure = "parse.structure";
    let invalid = "signature.invalid";
    assert_eq!(bent(|_| {}), "ok");
    assert_eq!(bent(|parts| parts.truncate(4)), structure);
    assert_eq!(bent(|parts| parts.push(Cbor::Null)), structure);
    for at in 0..5 {
        for other in [
            Cbor::Null,
            Cbor::from(1),
            Cbor::Text("x".to_owned()),
            Cbor::Bytes(vec![1]),
        ] {
            assert_eq!(
                bent(|parts| parts[at] = other.clone()),
                structure,
                "{at} {other:?}"
            );
        }
    }
    for at in [0, 1] {
        let flip = |parts: &mut Vec<Cbor>| parts[at].as_bytes_mut().unwrap()[2] ^= 1;
        let code = bent(flip);
        assert!([invalid, structure].contains(&code), "{at}: {code}");
    }
    for at in [2, 4] {
        assert_eq!(
            bent(|parts| drop(parts[at].as_array_mut().unwrap().remove(0))),
            invalid,
            "{at}"
        );
        assert_eq!(bent(|parts| parts[at] = Cbor::Array(Vec::new())), invalid, "{at}");
    }
    assert_eq!(bent(|parts| parts[3] = Cbor::Map(Vec::new())), invalid);
    assert_eq!(
        bent(|parts| {
            let signatures = parts[2].as_array_mut().unwrap();
            signatures.push(signatures[0].clone());
        }),
        invalid
    );
    assert_eq!(
        bent(|parts| parts[2].as_array_mut().unwrap()[0].as_bytes_mut().unwrap()[40] ^= 1),
        invalid
    );
    assert_eq!(
        bent(|parts| parts[4].as_array_mut().unwrap().reverse()),
        structure
    );
    assert_eq!(
        bent(|parts| parts[4].as_array_mut().unwrap()[0] = Cbor::from(-1)),
        structure
    );
    assert_eq!(
        bent(|parts| *parts[4].as_array_mut().unwrap().last_mut().unwrap() = Cbor::from(u64::MAX)),
        invalid
    );
    assert_eq!(
        bent(|parts| {
            let name = parts[3].as_map_mut().unwrap();
            name[0].1 = Cbor::Bytes(vec![1; 31]);
        }),
        structure
    );
}

#[test]
fn bytes_that_are_no_proof_are_refused() {
    let shown = derived(&base(&["/issuer"]), &["/credentialSubject/name"]).unwrap();
    let whole = multibase::decode_u(value(&shown)).unwrap();
    let mut codes = std::collections::BTreeSet::new();
    let mut refused = |bytes: &[u8]| {
        let mut bent = shown.clone();
        bent["proof"]["proofValue"] = multibase::encode_u(bytes).into();
        let code = code(&bent);
        assert_ne!(code, "ok");
        codes.insert(code);
    };
    for length in 0..whole.len() {
        refused(&whole[..length]);
    }
    refused(&[whole.as_slice(), &[0]].concat());
    refused(&[whole.as_slice(), &whole].concat());
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x41;
        refused(&bytes);
    }
    // A tag in front, as other suites have it, and a length that is longer than it has to be.
    refused(&[&whole[..3], &[0xd8, 0x40], &whole[3..]].concat());
    refused(&[&whole[..3], &[0x98, 0x05], &whole[4..]].concat());
    println!("{codes:?}");
    for text in ["", "u", "u2V0", "z2V0BhV", "u2V0B=", "2V0B"] {
        let mut bent = shown.clone();
        bent["proof"]["proofValue"] = text.into();
        assert_ne!(code(&bent), "ok", "{text}");
    }
}

#[test]
fn a_base_proof_that_does_not_fit_its_document_is_not_derived_from() {
    let base_document = base(&["/issuer"]);
    let mut shorter = base_document.clone();
    shorter["credentialSubject"]
        .as_object_mut()
        .unwrap()
        .remove("secret");
    assert_eq!(
        derived(&shorter, &["/credentialSubject/name"]),
        Err("parse.structure")
    );
    let mut without = base_document.clone();
    without.as_object_mut().unwrap().remove("proof");
    assert_eq!(derived(&without, &["/issuer"]), Err("signature.missing"));
    let mut twice = base_document.clone();
    twice["proof"] = json!([base_document["proof"], base_document["proof"]]);
    assert_eq!(derived(&twice, &["/issuer"]), Err("signature.missing"));
    let mut unmatched = base_document;
    unmatched["issuer"] = json!("did:example:other");
    // The base proof is not checked on deriving; what comes of it does not verify.
    let shown = derived(&unmatched, &["/credentialSubject/secret"]);
    assert!(shown.is_err() || code(&shown.unwrap()) == "signature.invalid");
}

#[test]
fn names_of_blank_nodes_do_not_tell_of_what_is_hidden() {
    let one = base(&["/issuer"]);
    let mut other = document();
    other["credentialSubject"]["boats"][0]["colour"] = json!("green");
    let other = made(other, &["/issuer"]).unwrap();
    let names = |document: &Value| {
        let shown = derived(document, &["/credentialSubject/name"]).unwrap();
        Derived::decode(value(&shown), &Limits::default()).unwrap().labels
    };
    assert_eq!(names(&one).len(), 2);
    let key = |document: &Value| {
        Base::decode(value(document), &Limits::default())
            .unwrap()
            .hmac_key
    };
    assert_eq!(key(&one), key(&other), "the test draws the same key twice");
    let again = {
        let key = signer(KeyType::P256);
        Rdfc::new()
            .sign(document(), SD, &options(&key), &[], &key, &mut Drawn(99))
            .unwrap()
    };
    assert_ne!(key(&one), key(&again));
}

#[test]
fn a_proof_value_reads_back_as_it_was_written() {
    let proof = Base::decode(value(&base(&["/issuer", ""])), &Limits::default()).unwrap();
    assert_eq!(
        Base::decode(&proof.encode().unwrap(), &Limits::default()).unwrap(),
        proof
    );
    assert_eq!(proof.mandatory, ["/issuer", ""]);
    assert_eq!(proof.public_key[..2], [0x80, 0x24]);
    assert_ne!(proof.public_key[2..], *signer(KeyType::P256).public_key().raw());
}

#[test]
fn more_statements_than_may_be_signed_are_refused() {
    let few = Rdfc::new().with_limits(Work {
        signatures: 3,
        ..Work::default()
    });
    let key = signer(KeyType::P256);
    let refused = few
        .sign(document(), SD, &options(&key), &[], &key, &mut Drawn(1))
        .unwrap_err();
    assert_eq!(refused.code(), "limit.canonicalization");
    let shown = derived(&base(&["/issuer"]), &["/credentialSubject"]).unwrap();
    let refused = crate::cast::judge_with(shown, &few).unwrap_err();
    assert_eq!(refused.code(), "limit.canonicalization");
}

#[test]
fn the_usual_mandatory_pointers_are_those_that_limit_a_credential() {
    let pointers = Rdfc::default_mandatory(&document());
    assert_eq!(pointers, ["/issuer", "/validUntil"]);
    let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
    let shown = derived(&base(&pointers), &["/credentialSubject/name"]).unwrap();
    assert_eq!(shown["validUntil"], document()["validUntil"]);
}
