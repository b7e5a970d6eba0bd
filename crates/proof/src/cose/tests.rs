//! Rules of `COSE_Sign1`, each as a test.

use chancery_did::{KeyType, SecretKey, Signer as _, Timestamp};
use coset::{CborSerializable as _, TaggedCborSerializable as _};
use serde_json::{Value as Json, json};

use super::{Sign1, TAG, header, prepare, sig_structure, sign, verify_with_key};
use crate::{
    Expectation, Limits, Secured, Securing,
    cast::{DidKeys, did, expect, method, signer},
    cbor::{self, Value},
};

const TYP: &str = "application/vc+cose";
const CWT: &str = "application/test+cwt";
const KINDS: [KeyType; 4] = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::P521];

fn alice() -> SecretKey {
    signer(KeyType::Ed25519, 1)
}

/// The parameters of a good protected header.
fn parameters() -> Vec<(Value, Value)> {
    let kid = method(&alice()).as_str().as_bytes().to_vec();
    vec![
        (header::ALG.into(), (-8).into()),
        (header::CONTENT_TYPE.into(), "application/vc".into()),
        (header::KID.into(), Value::Bytes(kid)),
        (header::TYP.into(), TYP.into()),
    ]
}

fn with(label: impl Into<Value>, value: impl Into<Value>) -> Vec<(Value, Value)> {
    let label = label.into();
    let mut parameters = without(&label);
    parameters.push((label, value.into()));
    parameters
}

fn without(label: &Value) -> Vec<(Value, Value)> {
    parameters()
        .into_iter()
        .filter(|(name, _)| name != label)
        .collect()
}

/// Alice's signature over any protected bytes and payload, in any frame.
fn message(protected: Vec<u8>, unprotected: Value, payload: &[u8]) -> Vec<u8> {
    let signed = sig_structure(protected.clone(), payload.to_vec()).unwrap();
    let signature = alice().sign(&signed).unwrap();
    let items = vec![
        Value::Bytes(protected),
        unprotected,
        Value::Bytes(payload.to_vec()),
        Value::Bytes(signature),
    ];
    cbor::encode(&Value::Tag(TAG, Box::new(Value::Array(items)))).unwrap()
}

fn of(parameters: Vec<(Value, Value)>, payload: &[u8]) -> Vec<u8> {
    message(
        cbor::encode(&Value::Map(parameters)).unwrap(),
        Value::Map(vec![]),
        payload,
    )
}

fn judge(bytes: &[u8]) -> &'static str {
    let proven = Secured::<Json>::cose(bytes, &[TYP], &Limits::default())
        .and_then(|secured| secured.prove(&expect(&alice()), &DidKeys));
    proven.map_or_else(|error| error.code(), |_| "ok")
}

fn judge_cwt(claims: Vec<(Value, Value)>) -> Result<crate::ProofInfo, &'static str> {
    let payload = cbor::encode(&Value::Map(claims)).unwrap();
    let bytes = of(with(header::TYP, CWT), &payload);
    Secured::<Value>::cwt(&bytes, &[CWT], &Limits::default())
        .and_then(|secured| secured.prove(&expect(&alice()), &DidKeys))
        .map(|proven| proven.proofs()[0].clone())
        .map_err(|error| error.code())
}

#[test]
fn what_was_signed_is_what_is_proven() {
    for kind in KINDS {
        let signer = signer(kind, 3);
        let payload = br#"{"a":1}"#.to_vec();
        let kid = method(&signer);
        let bytes = sign(TYP, Some("application/vc"), kid.as_str(), payload, &signer).unwrap();
        let secured = Secured::<Json>::cose(&bytes, &[TYP], &Limits::default()).unwrap();
        assert_eq!(secured.securing(), Securing::Cose);
        let proven = secured.prove(&expect(&signer), &DidKeys).unwrap();
        assert_eq!(*proven.value(), json!({ "a": 1 }));
        let info = &proven.proofs()[0];
        assert_eq!(
            (info.typ.as_deref(), &info.verification_method),
            (Some(TYP), &kid)
        );
        let pinned = verify_with_key(&bytes, &[TYP], signer.public_key(), &Limits::default());
        assert_eq!(pinned.unwrap(), json!({ "a": 1 }));
    }
}

#[test]
fn another_implementation_reads_what_is_made_here() {
    for kind in KINDS {
        let signer = signer(kind, 3);
        let bytes = sign(TYP, None, "key-1", b"{}".to_vec(), &signer).unwrap();
        let read = coset::CoseSign1::from_tagged_slice(&bytes).unwrap();
        assert_eq!(read.protected.header.key_id, b"key-1");
        let held = read.verify_signature(b"", |signature, message| {
            signer.public_key().verify(message, signature)
        });
        assert_eq!(held, Ok(()));
        assert_eq!(read.payload.clone().unwrap(), b"{}");
        assert_eq!(read.to_tagged_vec().unwrap(), bytes);
    }
}

#[test]
fn what_another_implementation_makes_is_read_here() {
    let header = coset::HeaderBuilder::new()
        .algorithm(coset::iana::Algorithm::EdDSA)
        .key_id(method(&alice()).as_str().into())
        .value(16, TYP.into())
        .build();
    let made = coset::CoseSign1Builder::new()
        .protected(header)
        .payload(br#"{"a":1}"#.to_vec())
        .create_signature(b"", |message| alice().sign(message).unwrap())
        .build();
    assert_eq!(judge(&made.clone().to_tagged_vec().unwrap()), "ok");
    assert_eq!(judge(&made.to_vec().unwrap()), "parse.cose", "without its tag");
}

#[test]
fn every_byte_is_covered() {
    let good = of(parameters(), br#"{"a":1}"#);
    assert_eq!(judge(&good), "ok");
    for at in 0..good.len() {
        let mut changed = good.clone();
        changed[at] ^= 1;
        assert_ne!(judge(&changed), "ok", "byte {at}");
        assert_ne!(judge(&good[..at]), "ok", "cut at {at}");
    }
    assert_eq!(judge(&[good, vec![0]].concat()), "parse.cbor");
}

#[test]
fn the_frame_is_a_tagged_array_of_four() {
    let protected = Value::Bytes(cbor::encode(&Value::Map(parameters())).unwrap());
    let (empty, payload, signature) = (
        Value::Map(vec![]),
        Value::Bytes(b"{}".to_vec()),
        Value::Bytes(vec![7; 64]),
    );
    let good = [
        protected.clone(),
        empty.clone(),
        payload.clone(),
        signature.clone(),
    ];
    let framed = |tag, items: &[Value]| {
        cbor::encode(&Value::Tag(tag, Box::new(Value::Array(items.to_vec())))).unwrap()
    };
    assert_eq!(judge(&framed(TAG, &good)), "signature.invalid");
    for tag in [16, 17, 19, 61, 96, 97, 98] {
        assert_eq!(judge(&framed(tag, &good)), "parse.cose", "tag {tag}");
    }
    assert_eq!(
        judge(&cbor::encode(&Value::Array(good.to_vec())).unwrap()),
        "parse.cose"
    );
    assert_eq!(judge(&framed(TAG, &good[..3])), "parse.cose");
    assert_eq!(
        judge(&framed(TAG, &[good.as_slice(), &good[..1]].concat())),
        "parse.cose"
    );
    let twice = Value::Tag(
        TAG,
        Box::new(Value::Tag(TAG, Box::new(Value::Array(good.to_vec())))),
    );
    assert_eq!(judge(&cbor::encode(&twice).unwrap()), "parse.cose");
    for (at, wrong, code) in [
        (0, Value::Map(parameters()), "parse.cose"),
        (0, Value::Null, "parse.cose"),
        (0, Value::Bytes(vec![]), "type.typ"),
        (0, Value::Bytes(vec![0xa0]), "type.typ"),
        (0, Value::Bytes(vec![0x80]), "parse.cose"),
        (0, Value::Bytes(vec![0xbf, 0xff]), "parse.cbor"),
        (0, Value::Bytes(vec![0xa0, 0xa0]), "parse.cbor"),
        (1, Value::Null, "parse.cose"),
        (1, Value::Bytes(vec![]), "parse.cose"),
        (2, Value::Null, "parse.cose"),
        (2, Value::Text("{}".to_owned()), "parse.cose"),
        (2, Value::Bytes(vec![]), "parse.json"),
        (3, Value::Null, "parse.cose"),
        (3, Value::Bytes(vec![]), "signature.missing"),
        (3, Value::Bytes(vec![7; 63]), "signature.invalid"),
        (3, Value::Bytes(vec![0; 64]), "signature.invalid"),
    ] {
        let mut items = good.clone();
        items[at] = wrong.clone();
        assert_eq!(judge(&framed(TAG, &items)), code, "{at} {wrong:?}");
    }
}

#[test]
fn the_type_is_exact_and_stands_under_the_signature() {
    for typ in [
        "vc+cose",
        "application/vp+cose",
        "application/VC+COSE",
        "application/vc+jwt",
        "application/vc+cose ",
        "",
    ] {
        assert_eq!(judge(&of(with(header::TYP, typ), b"{}")), "type.typ", "{typ}");
    }
    for typ in [
        Value::Null,
        51.into(),
        Value::Bytes(TYP.into()),
        Value::Array(vec![TYP.into()]),
    ] {
        assert_eq!(judge(&of(with(header::TYP, typ), b"{}")), "type.typ");
    }
    let bare = cbor::encode(&Value::Map(without(&header::TYP.into()))).unwrap();
    let outside = Value::Map(vec![(header::TYP.into(), TYP.into())]);
    assert_eq!(judge(&message(bare, outside, b"{}")), "type.typ");
}

#[test]
fn the_content_type_is_the_types_own() {
    assert_eq!(judge(&of(without(&header::CONTENT_TYPE.into()), b"{}")), "ok");
    for content in [
        "application/vp",
        "application/json",
        "vc",
        "application/vc+cose",
        "",
    ] {
        assert_eq!(
            judge(&of(with(header::CONTENT_TYPE, content), b"{}")),
            "type.typ",
            "{content}"
        );
    }
    assert_eq!(judge(&of(with(header::CONTENT_TYPE, 50), b"{}")), "type.typ");
}

#[test]
fn the_algorithm_is_known_and_the_keys_own() {
    for number in [
        0, 1, 4, 5, 6, 7, 8, -9, -16, -19, -25, -37, -39, -47, -257, -65535,
    ] {
        assert_eq!(
            judge(&of(with(header::ALG, number), b"{}")),
            "alg.unknown",
            "{number}"
        );
    }
    for value in [
        Value::Null,
        "EdDSA".into(),
        "none".into(),
        (-8.0).into(),
        Value::Array(vec![]),
    ] {
        assert_eq!(judge(&of(with(header::ALG, value), b"{}")), "alg.unknown");
    }
    assert_eq!(judge(&of(without(&header::ALG.into()), b"{}")), "alg.unknown");
    for number in [-7, -35, -36] {
        assert_eq!(
            judge(&of(with(header::ALG, number), b"{}")),
            "alg.mismatch",
            "{number}"
        );
    }
    let bare = cbor::encode(&Value::Map(without(&header::ALG.into()))).unwrap();
    let outside = Value::Map(vec![(header::ALG.into(), (-8).into())]);
    assert_eq!(judge(&message(bare, outside, b"{}")), "alg.unknown");
}

#[test]
fn a_header_that_offers_a_key_is_refused() {
    for label in [13, 14, 32, 33, 34, 35] {
        assert_eq!(
            judge(&of(with(label, Value::Null), b"{}")),
            "key.header",
            "{label}"
        );
        let protected = cbor::encode(&Value::Map(parameters())).unwrap();
        let outside = Value::Map(vec![(label.into(), Value::Bytes(vec![1]))]);
        assert_eq!(
            judge(&message(protected, outside, b"{}")),
            "key.header",
            "{label}"
        );
    }
}

#[test]
fn a_header_that_asks_for_more_is_refused() {
    for critical in [
        Value::Null,
        Value::Array(vec![]),
        Value::Array(vec![header::ALG.into()]),
    ] {
        assert_eq!(judge(&of(with(header::CRIT, critical), b"{}")), "crit.unknown");
    }
    for label in [5, 6, 7, 8, 9, 11, 12] {
        assert_eq!(
            judge(&of(with(label, Value::Null), b"{}")),
            "parse.cose",
            "{label}"
        );
    }
    // What is only unknown says nothing that would have to be understood.
    assert_eq!(judge(&of(with("note", 1), b"{}")), "ok");
    let mut twice = parameters();
    twice.push((header::TYP.into(), TYP.into()));
    assert_eq!(judge(&of(twice, b"{}")), "parse.duplicate_member");
}

#[test]
fn the_unprotected_header_has_nothing_but_a_key_identifier() {
    let kid = Value::Bytes(method(&alice()).as_str().into());
    let entry = |label: i64, value: &Value| (label.into(), value.clone());
    let bare = cbor::encode(&Value::Map(without(&header::KID.into()))).unwrap();
    let whole = cbor::encode(&Value::Map(parameters())).unwrap();
    let judge = |protected: &[u8], unprotected: Vec<(Value, Value)>| {
        judge(&message(protected.to_vec(), Value::Map(unprotected), b"{}"))
    };
    assert_eq!(judge(&bare, vec![entry(header::KID, &kid)]), "ok");
    assert_eq!(judge(&bare, vec![]), "key.not_found");
    assert_eq!(judge(&whole, vec![entry(header::KID, &kid)]), "parse.cose");
    assert_eq!(judge(&bare, vec![entry(99, &kid)]), "parse.cose");
    assert_eq!(
        judge(&bare, vec![entry(header::KID, &kid), entry(99, &kid)]),
        "parse.cose"
    );
    assert_eq!(
        judge(&whole, vec![entry(header::CONTENT_TYPE, &kid)]),
        "parse.cose"
    );
    assert_eq!(
        judge(&whole, vec![entry(header::CWT_CLAIMS, &Value::Map(vec![]))]),
        "parse.cose"
    );
}

#[test]
fn the_key_identifier_is_a_did_url_of_the_issuer() {
    for (kid, code) in [
        (Value::Bytes(b"key-1".to_vec()), "parse.did_url"),
        (Value::Bytes(vec![0xff]), "key.not_found"),
        (Value::Bytes(vec![]), "parse.did_url"),
        (method(&alice()).as_str().into(), "key.not_found"),
        (Value::Null, "key.not_found"),
        (
            Value::Bytes(method(&signer(KeyType::Ed25519, 2)).as_str().into()),
            "key.issuer_mismatch",
        ),
    ] {
        assert_eq!(judge(&of(with(header::KID, kid.clone()), b"{}")), code, "{kid:?}");
    }
    let other = Expectation {
        issuer: did(&signer(KeyType::Ed25519, 2)),
        ..expect(&alice())
    };
    let secured = Secured::<Json>::cose(&of(parameters(), b"{}"), &[TYP], &Limits::default()).unwrap();
    assert_eq!(
        secured.prove(&other, &DidKeys).unwrap_err().code(),
        "key.issuer_mismatch"
    );
}

#[test]
fn the_payload_is_one_json_object() {
    for (payload, code) in [
        (&b"[]"[..], "parse.structure"),
        (b"null", "parse.structure"),
        (b"{", "parse.json"),
        (b"\xa0", "parse.utf8"),
        (br#"{"a":1,"a":2}"#, "parse.duplicate_member"),
        (br#"{"exp":"soon"}"#, "time.malformed"),
        (br#"{"nbf":null}"#, "time.malformed"),
        (br#"{"iat":-1}"#, "time.malformed"),
        (br#"{"iss":1}"#, "parse.structure"),
        (br#"{"iss":"did:example:other"}"#, "key.issuer_mismatch"),
    ] {
        assert_eq!(judge(&of(parameters(), payload)), code, "{payload:?}");
    }
}

#[test]
fn claims_of_the_header_count_and_do_not_contradict_the_payload() {
    let claims = |claims: Vec<(Value, Value)>| with(header::CWT_CLAIMS, Value::Map(claims));
    let (expires, later) = (json!({ "exp": 1_700_000_000 }), json!({ "exp": 1_700_000_001 }));
    let expiring = claims(vec![(4.into(), 1_700_000_000_u64.into())]);
    for payload in [json!({}), expires] {
        let bytes = of(expiring.clone(), payload.to_string().as_bytes());
        let secured = Secured::<Json>::cose(&bytes, &[TYP], &Limits::default()).unwrap();
        assert_eq!(
            secured.proofs()[0].expires,
            Some(Timestamp::from_seconds(1_700_000_000))
        );
    }
    assert_eq!(
        judge(&of(expiring, later.to_string().as_bytes())),
        "parse.structure"
    );
    let other = claims(vec![(1.into(), "did:example:other".into())]);
    assert_eq!(judge(&of(other, b"{}")), "key.issuer_mismatch");
    assert_eq!(
        judge(&of(claims(vec![(4.into(), "soon".into())]), b"{}")),
        "time.malformed"
    );
    assert_eq!(
        judge(&of(with(header::CWT_CLAIMS, Value::Null), b"{}")),
        "parse.cose"
    );
}

#[test]
fn claims_of_a_cwt_are_read() {
    let issuer = Value::from(did(&alice()).as_str());
    let info = judge_cwt(vec![
        (1.into(), issuer),
        (4.into(), 1_700_000_300_u64.into()),
        (5.into(), 1_700_000_000.5.into()),
        (6.into(), 1_700_000_000_u64.into()),
        (65_533.into(), Value::Map(vec![])),
    ])
    .unwrap();
    assert_eq!(info.iss.as_deref(), Some(did(&alice()).as_str()));
    assert_eq!(info.created, Some(Timestamp::from_seconds(1_700_000_000)));
    assert_eq!(info.not_before, Some(Timestamp::from_millis(1_700_000_000_500)));
    assert_eq!(info.expires, Some(Timestamp::from_seconds(1_700_000_300)));
    for (label, value, code) in [
        (1, Value::from(7), "parse.structure"),
        (1, Value::Bytes(vec![]), "parse.structure"),
        (1, "did:example:other".into(), "key.issuer_mismatch"),
        (4, "1700000300".into(), "time.malformed"),
        (4, Value::Null, "time.malformed"),
        (4, u64::MAX.into(), "time.malformed"),
        (4, (-1).into(), "time.malformed"),
        (4, f64::INFINITY.into(), "time.malformed"),
        (5, Value::Tag(1, Box::new(1_700_000_000.into())), "time.malformed"),
        (6, true.into(), "time.malformed"),
    ] {
        assert_eq!(
            judge_cwt(vec![(label.into(), value.clone())]).err(),
            Some(code),
            "{label} {value:?}"
        );
    }
}

#[test]
fn the_payload_of_a_cwt_is_a_map() {
    for (payload, code) in [
        (&[0x80][..], "parse.structure"),
        (&[0xf6], "parse.structure"),
        (&[], "parse.cbor"),
        (&[0xa0, 0x00], "parse.cbor"),
        (&[0xbf, 0xff], "parse.cbor"),
        (b"{}", "parse.cbor"),
    ] {
        let bytes = of(with(header::TYP, CWT), payload);
        let read = Secured::<Value>::cwt(&bytes, &[CWT], &Limits::default());
        assert_eq!(read.unwrap_err().code(), code, "{payload:?}");
    }
}

#[test]
fn a_pinned_key_needs_no_key_identifier() {
    let bytes = of(without(&header::KID.into()), b"{}");
    let read = || Sign1::parse(&bytes, &[TYP], &Limits::default()).unwrap();
    assert_eq!(
        (read().kid(), read().typ(), read().unverified_payload()),
        (None, TYP, &b"{}"[..])
    );
    assert_eq!(read().verify(alice().public_key()).unwrap(), b"{}");
    for (kind, code) in [
        (KeyType::P256, "alg.mismatch"),
        (KeyType::P521, "alg.mismatch"),
        (KeyType::Ed25519, "signature.invalid"),
    ] {
        let other = signer(kind, 2);
        assert_eq!(
            read().verify(other.public_key()).unwrap_err().code(),
            code,
            "{kind}"
        );
        let pinned = verify_with_key(&bytes, &[TYP], other.public_key(), &Limits::default());
        assert_eq!(pinned.unwrap_err().code(), code);
    }
}

#[test]
fn size_and_depth_are_limited() {
    let tight = Limits {
        bytes: 100,
        ..Limits::default()
    };
    let bytes = of(parameters(), b"{}");
    assert_eq!(
        Sign1::parse(&bytes, &[TYP], &tight).unwrap_err().code(),
        "limit.size"
    );
    let deep = [&[0x81; 100][..], &[0x00]].concat();
    let bytes = message(deep, Value::Map(vec![]), b"{}");
    assert_eq!(judge(&bytes), "limit.depth");
}

#[test]
fn a_key_for_agreement_does_not_sign() {
    let agreement = chancery_did::PublicKey::from_raw(KeyType::X25519, &[9; 32]).unwrap();
    assert_eq!(agreement.key_type().algorithm(), None);
    let unsigned = prepare(TYP, None, "key-1", chancery_did::Algorithm::EdDsa, b"{}".to_vec()).unwrap();
    let bytes = unsigned.seal(&[7; 64]).unwrap();
    let refused = verify_with_key(&bytes, &[TYP], &agreement, &Limits::default());
    assert_eq!(refused.unwrap_err().code(), "alg.mismatch");
}
