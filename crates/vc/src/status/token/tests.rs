//! Every rule of the draft for a list as JWT, broken one at a time.

use chancery_proof::{base64url, jose};
use serde_json::{Value, json};

use super::*;
use crate::cast::{acme, at, limits};
use crate::status::MAX_TTL;

const URI: &str = "https://acme.example/status-lists/1";
const NINE: i64 = 1_772_614_800;

fn terms() -> TokenListTerms {
    TokenListTerms {
        uri: URI.into(),
        issued_at: at("2026-03-04T09:00:00Z"),
        expires_at: Some(at("2026-03-04T09:10:00Z")),
        ttl_seconds: Some(300),
        aggregation: None,
    }
}

fn bits(values: &[(u64, u8)]) -> StatusBits {
    let mut bits = StatusBits::of_size(16, 4).unwrap();
    for (index, value) in values {
        bits.put(*index, *value).unwrap();
    }
    bits
}

fn payload() -> Value {
    json!({
        "sub": URI, "iat": NINE, "exp": NINE + 600, "ttl": 300,
        "status_list": {"bits": 4, "lst": base64url::encode(&bits(&[]).lst().unwrap())},
    })
}

fn signed(typ: &str, payload: &Value) -> Result<TokenStatusList, StatusError> {
    let token = jose::sign(typ, &acme().method, payload, &acme().key).unwrap();
    read_token_status_list(token.as_bytes(), &limits()).map(|list| list.unverified().clone())
}

fn changed(pointer: &str, value: Value) -> Result<TokenStatusList, StatusError> {
    let mut payload = payload();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    payload.pointer_mut(parent).unwrap()[name] = value;
    signed(TYP_STATUS_LIST, &payload)
}

#[test]
fn what_is_signed_is_what_is_read() {
    let values = [(0, 1), (1, 2), (2, 3), (3, 12), (4, 4), (15, 15)];
    let terms = TokenListTerms {
        aggregation: Some("https://acme.example/status-lists".into()),
        ..terms()
    };
    let token = sign_token_status_list(&terms, &bits(&values), &acme().method, &acme().key).unwrap();
    let list = read_token_status_list(token.as_bytes(), &limits()).unwrap();
    let list = list.unverified();
    assert_eq!((&list.issuer, list.uri.as_str()), (&acme().did, URI));
    assert_eq!(
        (list.issued_at, list.expires_at),
        (terms.issued_at, terms.expires_at)
    );
    assert_eq!((list.ttl_ms, list.bits(), list.entries()), (300_000, 4, 16));
    assert_eq!(list.aggregation, terms.aggregation);
    let expected = [
        TokenStatus::Invalid,
        TokenStatus::Suspended,
        TokenStatus::ApplicationSpecific(3),
        TokenStatus::ApplicationSpecific(12),
        TokenStatus::Reserved(4),
        TokenStatus::Valid,
    ];
    for (index, status) in (0..).zip(expected) {
        assert_eq!(list.status(&TokenStatusEntry::new(URI, index)), Ok(status));
    }
}

#[test]
fn each_value_has_the_meaning_of_the_registry() {
    for value in 0..=255_u8 {
        let status = TokenStatus::of(value);
        assert_eq!(status.value(), value);
        let expected = match value {
            0 => TokenStatus::Valid,
            1 => TokenStatus::Invalid,
            2 => TokenStatus::Suspended,
            3 | 12 | 13 | 14 | 15 => TokenStatus::ApplicationSpecific(value),
            _ => TokenStatus::Reserved(value),
        };
        assert_eq!(status, expected);
    }
}

#[test]
fn an_index_out_of_bounds_tells_nothing() {
    let list = signed(TYP_STATUS_LIST, &payload()).unwrap();
    assert_eq!(list.value(15), Ok(TokenStatus::Valid));
    for index in [16, 17, u64::from(u32::MAX), u64::MAX] {
        let error = list.status(&TokenStatusEntry::new(URI, index)).unwrap_err();
        assert_eq!(error, StatusError::Range { index, entries: 16 });
        assert_eq!(error.code(), "status.unknown");
    }
    let none = changed(
        "/status_list/lst",
        json!(base64url::encode(
            &StatusBits::of_size(0, 1).unwrap().lst().unwrap()
        )),
    );
    assert!(none.unwrap().value(0).is_err());
}

#[test]
fn a_list_answers_for_its_own_address_only() {
    let list = signed(TYP_STATUS_LIST, &payload()).unwrap();
    for uri in [
        "https://acme.example/status-lists/2",
        "https://acme.example/status-lists/1/",
        "https://acme.example/status-lists/1?",
        "https://ACME.example/status-lists/1",
        "https://acme.example:443/status-lists/1",
        "",
    ] {
        assert!(list.status(&TokenStatusEntry::new(uri, 0)).is_err(), "{uri}");
    }
}

#[test]
fn a_claim_that_is_required_is_there() {
    for pointer in [
        "/sub",
        "/iat",
        "/status_list",
        "/status_list/bits",
        "/status_list/lst",
    ] {
        let mut payload = payload();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        payload
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(name);
        assert_eq!(
            signed(TYP_STATUS_LIST, &payload).unwrap_err().code(),
            "status.unknown",
            "{pointer}"
        );
    }
}

#[test]
fn a_claim_that_is_there_is_well_formed() {
    let long = format!("https://a.example/{}", "x".repeat(5_000));
    for (pointer, value) in [
        ("/sub", json!("status-lists/1")),
        ("/sub", json!("")),
        ("/sub", json!(7)),
        ("/sub", json!(null)),
        ("/sub", json!([URI])),
        ("/sub", json!(long)),
        ("/iat", json!("1772614800")),
        ("/iat", json!(-1)),
        ("/iat", json!(1.5)),
        ("/iat", json!(null)),
        ("/iat", json!(8_210_298_412_799_u64)),
        ("/iat", json!(u64::MAX)),
        ("/exp", json!("2026")),
        ("/exp", json!(null)),
        ("/exp", json!(true)),
        ("/exp", json!(-1)),
        ("/exp", json!(NINE)),
        ("/exp", json!(NINE - 1)),
        ("/ttl", json!(0)),
        ("/ttl", json!(-1)),
        ("/ttl", json!("300")),
        ("/ttl", json!(1.5)),
        ("/ttl", json!(null)),
        ("/ttl", json!(1e300)),
        ("/status_list", json!(null)),
        ("/status_list", json!([])),
        ("/status_list", json!("eNrbuRgAAhcBXQ")),
        ("/status_list/bits", json!(0)),
        ("/status_list/bits", json!(3)),
        ("/status_list/bits", json!(5)),
        ("/status_list/bits", json!(16)),
        ("/status_list/bits", json!(257)),
        ("/status_list/bits", json!(-1)),
        ("/status_list/bits", json!("1")),
        ("/status_list/bits", json!(1.5)),
        ("/status_list/bits", json!(null)),
        ("/status_list/lst", json!("")),
        ("/status_list/lst", json!("uH4sI")),
        ("/status_list/lst", json!("eNrbuRgAAhcBXQ==")),
        ("/status_list/lst", json!("eNrbuRgAAhcBXR")),
        ("/status_list/lst", json!("eNrbuRgAAhcBX Q")),
        ("/status_list/lst", json!(null)),
        ("/status_list/lst", json!([185, 163])),
        ("/status_list/aggregation_uri", json!("/lists")),
        ("/status_list/aggregation_uri", json!(null)),
        ("/status_list/aggregation_uri", json!(1)),
    ] {
        let error = changed(pointer, value.clone()).unwrap_err();
        assert_eq!(error.code(), "status.unknown", "{pointer} {value}");
    }
}

#[test]
fn other_claims_are_left_alone() {
    for (pointer, value) in [
        ("/jti", json!("x")),
        ("/aud", json!(["a"])),
        ("/status_list/note", json!({})),
        ("/iss", json!(acme().did.as_str())),
    ] {
        assert!(changed(pointer, value).is_ok(), "{pointer}");
    }
}

#[test]
fn another_type_of_token_is_no_list() {
    for typ in [
        "JWT",
        "vc+jwt",
        "statuslist",
        "application/statuslist+jwt",
        "statuslist+cwt",
        "StatusList+jwt",
        "entity-statement+jwt",
    ] {
        assert_eq!(
            signed(typ, &payload()).unwrap_err().code(),
            "status.unknown",
            "{typ}"
        );
    }
}

#[test]
fn what_is_no_token_is_no_list() {
    for text in [
        "",
        "a",
        "a.b",
        "a.b.c",
        "....",
        "{}",
        "null",
        "\u{fffd}",
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        let error = read_token_status_list(text.as_bytes(), &limits()).unwrap_err();
        assert_eq!(error.code(), "status.unknown", "{text}");
    }
    let long = vec![b'x'; limits().jose_bytes + 1];
    assert_eq!(
        read_token_status_list(&long, &limits()).unwrap_err().code(),
        "limit.size"
    );
    assert!(read_token_status_list(&[0xff, 0xfe], &limits()).is_err());
}

#[test]
fn a_bomb_does_not_inflate() {
    let bomb = |bytes: usize| {
        let lst = StatusBits::of_size(bytes, 8).unwrap().lst().unwrap();
        changed("/status_list/lst", json!(base64url::encode(&lst)))
    };
    assert!(bomb(limits().inflated).is_ok());
    assert_eq!(
        bomb(limits().inflated + 1).unwrap_err().code(),
        "limit.decompression"
    );
    assert_eq!(bomb(64 * 1024 * 1024).unwrap_err().code(), "limit.decompression");
    let one = bits(&[]).lst().unwrap();
    for tail in [one.as_slice(), b"\0"] {
        let lst = base64url::encode(&[one.as_slice(), tail].concat());
        assert_eq!(
            changed("/status_list/lst", json!(lst)).unwrap_err().code(),
            "limit.decompression"
        );
    }
}

#[test]
fn a_list_may_be_kept_for_five_minutes_at_most() {
    let ttl = |value: Value| changed("/ttl", value).unwrap().ttl_ms;
    assert_eq!(
        (ttl(json!(1)), ttl(json!(300)), ttl(json!(43_200))),
        (1_000, MAX_TTL, MAX_TTL)
    );
    assert_eq!(ttl(json!(9_007_199_254_740_991_u64)), MAX_TTL);
    let mut silent = payload();
    silent.as_object_mut().unwrap().remove("ttl");
    assert_eq!(signed(TYP_STATUS_LIST, &silent).unwrap().ttl_ms, MAX_TTL);
}

#[test]
fn age_counts_from_the_signed_time() {
    let list = signed(TYP_STATUS_LIST, &payload()).unwrap();
    assert_eq!(list.age(at("2026-03-04T09:00:30Z")), 30_000);
    assert_eq!(list.age(at("2026-03-04T08:00:00Z")), 0);
}

#[test]
fn a_list_has_ended_at_the_very_second_of_its_end() {
    let list = signed(TYP_STATUS_LIST, &payload()).unwrap();
    assert!(!list.ended(at("2026-03-04T09:09:59.999Z")));
    assert!(list.ended(at("2026-03-04T09:10:00Z")));
}

#[test]
fn an_answer_about_a_moment_is_a_list_that_held_then() {
    let list = signed(TYP_STATUS_LIST, &payload()).unwrap();
    for (moment, held) in [
        ("2026-03-04T08:59:59Z", false),
        ("2026-03-04T09:00:00Z", true),
        ("2026-03-04T09:09:59Z", true),
        ("2026-03-04T09:10:00Z", false),
        ("2025-03-04T09:05:00Z", false),
    ] {
        assert_eq!(list.covers(at(moment)), held, "{moment}");
    }
    let mut endless = payload();
    endless.as_object_mut().unwrap().remove("exp");
    let endless = signed(TYP_STATUS_LIST, &endless).unwrap();
    assert!(!endless.ended(at("2036-03-04T09:00:00Z")));
    assert!(
        !endless.covers(at("2026-03-04T09:00:00Z")),
        "it does not say until when it held"
    );
}

#[test]
fn nothing_is_signed_that_would_not_be_read() {
    let sign = |terms: TokenListTerms, bits: &StatusBits| {
        sign_token_status_list(&terms, bits, &acme().method, &acme().key).is_ok()
    };
    assert!(sign(terms(), &bits(&[])));
    assert!(!sign(
        TokenListTerms {
            uri: "list".into(),
            ..terms()
        },
        &bits(&[])
    ));
    assert!(!sign(
        TokenListTerms {
            ttl_seconds: Some(0),
            ..terms()
        },
        &bits(&[])
    ));
    assert!(!sign(
        TokenListTerms {
            expires_at: Some(terms().issued_at),
            ..terms()
        },
        &bits(&[])
    ));
    assert!(!sign(
        TokenListTerms {
            aggregation: Some("x".into()),
            ..terms()
        },
        &bits(&[])
    ));
    assert!(!sign(terms(), &StatusBits::of_size(16, 3).unwrap()));
}
