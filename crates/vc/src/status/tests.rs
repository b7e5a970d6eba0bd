//! The recommendation's example, the classes of bad entries and lists, and bombs.

use std::io::Write;

use chancery_proof::{jose, multibase};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use serde_json::{Value, json};

use super::*;
use crate::cast::{acme, at, first, limits, passport, sealed, statuses, terms};
use crate::credential::TYP_CREDENTIAL;
use crate::issue::{Draft, StatusListTerms};
use crate::paper::read_paper;

/// The encoded list of the recommendation's example 10: 16 KiB of zeros.
const EXAMPLE: &str = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
const URL: &str = "https://acme.example/status-lists/1";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn list_value(encoded: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": acme().did.as_str(),
        "validFrom": "2026-03-04T09:00:00Z",
        "validUntil": "2026-03-04T09:10:00Z",
        "credentialSubject": {
            "id": format!("{URL}#list"),
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    })
}

fn list_of(bytes: &[u8]) -> Result<StatusList, StatusError> {
    StatusList::parse_plain(&list_value(&multibase::encode_u(&gzip(bytes))), &limits())
}

fn encoded(bytes: &[u8]) -> Result<StatusList, StatusError> {
    StatusList::parse_plain(&list_value(&multibase::encode_u(bytes)), &limits())
}

fn entry_value() -> Value {
    StatusEntry::new(StatusPurpose::Revocation, URL, 94_567).to_value()
}

fn changed(name: &str, value: Value) -> Result<StatusEntry, StatusError> {
    let mut entry = entry_value();
    entry[name] = value;
    StatusEntry::parse(&entry)
}

fn changed_list(pointer: &str, value: Value) -> Result<StatusList, StatusError> {
    let mut list = list_value(EXAMPLE);
    *list.pointer_mut(pointer).unwrap() = value;
    StatusList::parse_plain(&list, &limits())
}

#[test]
fn the_recommendations_example_is_131072_clear_entries() {
    let list = StatusList::parse_plain(&list_value(EXAMPLE), &limits()).unwrap();
    assert_eq!(list.entries(), MIN_ENTRIES);
    assert!((0..MIN_ENTRIES).all(|index| list.value(index) == Ok(false)));
    assert_eq!(
        list.value(MIN_ENTRIES),
        Err(StatusError::Range {
            index: MIN_ENTRIES,
            entries: MIN_ENTRIES
        })
    );
}

#[test]
fn index_zero_is_the_left_most_bit() {
    let mut bytes = vec![0_u8; 16_384];
    (bytes[0], bytes[1]) = (0b1000_0000, 0b0000_0001);
    let list = list_of(&bytes).unwrap();
    let set: Vec<u64> = (0..MIN_ENTRIES)
        .filter(|index| list.value(*index).unwrap())
        .collect();
    assert_eq!(set, [0, 15]);
}

#[test]
fn what_is_set_is_read_back_and_nothing_else() {
    let mut bits = StatusBits::new(131_073);
    assert_eq!(bits.entries(), 131_080);
    for index in [0, 1, 7, 8, 94_567, 131_079] {
        bits.set(index, true).unwrap();
    }
    bits.set(8, false).unwrap();
    let list = StatusList::parse_plain(&list_value(&bits.encode().unwrap()), &limits()).unwrap();
    for index in 0..bits.entries() {
        assert_eq!(list.value(index).unwrap(), bits.is_set(index).unwrap());
        assert_eq!(
            list.value(index).unwrap(),
            [0, 1, 7, 94_567, 131_079].contains(&index)
        );
    }
    assert_eq!(
        bits.set(131_080, true)
            .unwrap_err()
            .problem_type()
            .rsplit('#')
            .next(),
        Some("RANGE_ERROR")
    );
    assert_eq!(bits.is_set(u64::MAX), None);
    assert_eq!(bits.encode(), bits.clone().encode());
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(32))]

    #[test]
    fn any_set_of_entries_goes_round(set in proptest::collection::btree_set(0..MIN_ENTRIES, 0..64)) {
        let mut bits = StatusBits::new(0);
        for index in &set {
            bits.set(*index, true).unwrap();
        }
        let list = StatusList::parse_plain(&list_value(&bits.encode().unwrap()), &limits()).unwrap();
        let found: std::collections::BTreeSet<u64> =
            (0..MIN_ENTRIES).filter(|index| list.value(*index).unwrap()).collect();
        proptest::prop_assert_eq!(found, set);
    }
}

#[test]
fn an_entry_goes_round() {
    let entry = StatusEntry::new(StatusPurpose::Suspension, URL, u64::MAX);
    assert_eq!(StatusEntry::parse(&entry.to_value()), Ok(entry.clone()));
    assert_eq!(StatusEntry::parse_strict(&entry.to_value()), Ok(entry));
    assert_eq!(StatusEntry::parse(&entry_value()).unwrap().index, 94_567);
}

#[test]
fn an_index_is_one_decimal_string() {
    for bad in [
        json!("-1"),
        json!("1.5"),
        json!("abc"),
        json!("0x10"),
        json!("1e3"),
        json!("18446744073709551616"),
        json!(""),
        json!("+1"),
        json!(" 1"),
        json!("1 "),
        json!("01"),
        json!("00"),
        json!("1_000"),
        json!("٣"),
        json!("NaN"),
        json!("Infinity"),
        json!("-0"),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(null),
        json!(true),
        json!(["1"]),
        json!({"value": "1"}),
    ] {
        let error = changed("statusListIndex", bad.clone()).unwrap_err();
        assert_eq!(error.code(), "status.unknown", "{bad}");
        assert!(error.problem_type().ends_with("#MALFORMED_VALUE_ERROR"), "{bad}");
    }
}

#[test]
fn an_entry_of_another_type_or_purpose_is_unknown() {
    for (name, value) in [
        ("type", json!("StatusList2021Entry")),
        ("type", json!("RevocationList2020Status")),
        ("type", json!(["BitstringStatusListEntry"])),
        ("type", json!(null)),
        ("statusPurpose", json!("Revocation")),
        ("statusPurpose", json!("karma")),
        ("statusPurpose", json!(["revocation"])),
        ("statusListCredential", json!("status-lists/1")),
        ("statusListCredential", json!(7)),
        ("id", json!(URL)),
        ("id", json!("7")),
        ("statusSize", json!(0)),
        ("statusSize", json!(9)),
        ("statusSize", json!(-1)),
        ("statusSize", json!("1")),
        ("statusSize", json!(2)),
        ("statusMessage", json!([{"status": "0x0", "message": "a"}])),
    ] {
        assert_eq!(
            changed(name, value.clone()).unwrap_err().code(),
            "status.unknown",
            "{name} {value}"
        );
    }
    for not_an_entry in [json!(null), json!("x"), json!([]), json!({})] {
        assert!(StatusEntry::parse(&not_an_entry).is_err());
    }
}

#[test]
fn a_papers_entry_is_stricter_than_anybodys() {
    let mut entry = entry_value();
    entry["statusReference"] = json!("https://acme.example/meaning");
    assert!(StatusEntry::parse(&entry).is_ok());
    assert_eq!(
        StatusEntry::parse_strict(&entry).unwrap_err().code(),
        "status.unknown"
    );
    for list in [
        "http://acme.example/1",
        "https://user@acme.example/1",
        "https://acme.example/1#x",
        "urn:list:1",
    ] {
        let mut entry = entry_value();
        entry["statusListCredential"] = json!(list);
        assert!(StatusEntry::parse(&entry).is_ok(), "{list}");
        assert!(StatusEntry::parse_strict(&entry).is_err(), "{list}");
    }
}

#[test]
fn entries_of_several_bits_are_read_most_significant_first() {
    let mut bytes = vec![0_u8; 32_768];
    bytes[1] = 0b0110_0000;
    let mut value = list_value(&multibase::encode_u(&gzip(&bytes)));
    value["credentialSubject"]["statusPurpose"] = json!("message");
    let list = StatusList::parse_plain(&value, &limits()).unwrap();
    let message = |text: &str| json!({"status": text, "message": text});
    let entry = |index: u64| {
        let mut entry = StatusEntry::new(StatusPurpose::Message, URL, index).to_value();
        entry["statusSize"] = json!(2);
        entry["statusMessage"] = json!([message("0x0"), message("0x1"), message("0x2"), message("0x3")]);
        StatusEntry::parse(&entry).unwrap()
    };
    assert_eq!(
        [4, 5, 6].map(|index| list.status(&entry(index)).unwrap()),
        [1, 2, 0]
    );
    assert_eq!(list.status(&entry(131_071)), Ok(0));
    let beyond = StatusError::Range {
        index: 131_072,
        entries: 131_072,
    };
    assert_eq!(list.status(&entry(131_072)), Err(beyond));
    assert!(list.status(&entry(u64::MAX)).is_err());
    let wide = StatusEntry { size: 8, ..entry(0) };
    assert_eq!(list.status(&wide), Err(StatusError::Length { entries: 32_768 }));
    let none = StatusEntry { size: 0, ..entry(0) };
    assert_eq!(list.status(&none), Err(StatusError::Length { entries: 0 }));
}

#[test]
fn a_list_answers_only_for_its_own_address_and_purpose() {
    let list = StatusList::parse_plain(&list_value(EXAMPLE), &limits()).unwrap();
    let elsewhere = StatusEntry::new(
        StatusPurpose::Revocation,
        "https://acme.example/status-lists/2",
        1,
    );
    let suspension = StatusEntry::new(StatusPurpose::Suspension, URL, 1);
    for entry in [elsewhere, suspension] {
        let error = list.status(&entry).unwrap_err();
        assert!(error.problem_type().ends_with("#STATUS_VERIFICATION_ERROR"));
        assert_eq!(error.code(), "status.unknown");
    }
}

#[test]
fn a_list_with_an_empty_id_falls_back_on_its_subject() {
    let mut value = list_value(EXAMPLE);
    value.as_object_mut().unwrap().remove("id");
    assert_eq!(StatusList::parse_plain(&value, &limits()).unwrap().url, URL);
    value["credentialSubject"].as_object_mut().unwrap().remove("id");
    assert_eq!(
        StatusList::parse_plain(&value, &limits()).unwrap_err().code(),
        "status.unknown"
    );
}

#[test]
fn a_short_list_tells_nothing() {
    assert!(list_of(&[0; 16_384]).is_ok());
    for length in [0, 1, 16_383] {
        let error = list_of(&vec![0; length]).unwrap_err();
        assert_eq!(error.code(), "status.unknown");
        assert!(
            error.problem_type().ends_with("#STATUS_LIST_LENGTH_ERROR"),
            "{length}"
        );
    }
}

#[test]
fn a_bomb_stops_at_the_limit() {
    let most = limits().inflated;
    assert!(list_of(&vec![0; most]).is_ok());
    assert_eq!(
        list_of(&vec![0; most + 1]).unwrap_err().code(),
        "limit.decompression"
    );
    let bomb = gzip(&vec![0; 128 * 1024 * 1024]);
    assert!(bomb.len() < 256 * 1024);
    assert_eq!(encoded(&bomb).unwrap_err().code(), "limit.decompression");
}

#[test]
fn only_one_gzip_member_is_a_list() {
    let one = gzip(&[0; 16_384]);
    assert!(encoded(&one).is_ok());
    for tail in [one.as_slice(), b"\0", b"x", &gzip(b"")] {
        assert_eq!(
            encoded(&[one.as_slice(), tail].concat()).unwrap_err().code(),
            "limit.decompression"
        );
    }
    let halves = [gzip(&[0; 8_192]), gzip(&[0; 8_192])].concat();
    assert_eq!(encoded(&halves).unwrap_err().code(), "limit.decompression");
}

#[test]
fn another_compression_is_no_list() {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::best());
    zlib.write_all(&[0; 16_384]).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
    deflate.write_all(&[0; 16_384]).unwrap();
    for bytes in [
        zlib.finish().unwrap(),
        deflate.finish().unwrap(),
        vec![0; 16_384],
        Vec::new(),
        b"\x1f\x8b".to_vec(),
    ] {
        assert_eq!(encoded(&bytes).unwrap_err().code(), "status.unknown");
    }
}

#[test]
fn damaged_gzip_is_no_list() {
    let good = gzip(&[0; 16_384]);
    for cut in 1..good.len() {
        assert!(encoded(&good[..cut]).is_err(), "{cut}");
    }
    let mut checksum = good.clone();
    let at = checksum.len() - 8;
    checksum[at] ^= 1;
    let mut length = good;
    let at = length.len() - 1;
    length[at] ^= 1;
    for bytes in [checksum, length] {
        assert_eq!(encoded(&bytes).unwrap_err().code(), "status.unknown");
    }
}

#[test]
fn the_encoding_has_one_spelling() {
    for bad in [
        EXAMPLE.strip_prefix('u').unwrap(),
        &EXAMPLE.replacen('u', "z", 1),
        &EXAMPLE.replacen('u', "m", 1),
        &format!("{EXAMPLE}="),
        &format!("{EXAMPLE}\n"),
        &format!(" {EXAMPLE}"),
        &EXAMPLE.replace('-', "+"),
        "",
        "u",
    ] {
        let error = StatusList::parse_plain(&list_value(bad), &limits()).unwrap_err();
        assert_eq!(error.code(), "status.unknown", "{bad}");
    }
}

#[test]
fn a_list_of_another_shape_is_not_verified() {
    for (pointer, value) in [
        ("/type", json!(["VerifiableCredential"])),
        ("/type", json!(["BitstringStatusListCredential"])),
        ("/issuer", json!("https://acme.example")),
        ("/credentialSubject/type", json!("StatusList2021")),
        ("/credentialSubject/statusPurpose", json!([])),
        (
            "/credentialSubject/statusPurpose",
            json!(["revocation", "revocation"]),
        ),
        ("/credentialSubject/statusPurpose", json!(["revocation", "karma"])),
        ("/credentialSubject/encodedList", json!(7)),
        ("/credentialSubject", json!([])),
        ("/validFrom", json!("yesterday")),
        ("/validFrom", json!("2026-03-04T09:00:00")),
        ("/validUntil", json!("2026-03-04T08:59:59Z")),
        ("/@context", json!(["https://www.w3.org/2018/credentials/v1"])),
    ] {
        assert_eq!(
            changed_list(pointer, value.clone()).unwrap_err().code(),
            "status.unknown",
            "{pointer} {value}"
        );
    }
    let mut ageless = list_value(EXAMPLE);
    ageless.as_object_mut().unwrap().remove("validFrom");
    assert_eq!(
        StatusList::parse_plain(&ageless, &limits()).unwrap_err().code(),
        "status.unknown"
    );
}

#[test]
fn a_list_may_be_kept_for_five_minutes_at_most() {
    let ttl = |value: Value| {
        let mut list = list_value(EXAMPLE);
        list["credentialSubject"]["ttl"] = value;
        StatusList::parse_plain(&list, &limits()).map(|list| list.ttl_ms)
    };
    assert_eq!(
        StatusList::parse_plain(&list_value(EXAMPLE), &limits())
            .unwrap()
            .ttl_ms,
        MAX_TTL
    );
    assert_eq!(
        (ttl(json!(1)), ttl(json!(315_360_000_000_u64))),
        (Ok(1), Ok(MAX_TTL))
    );
    for bad in [
        json!(-1),
        json!(0),
        json!(1.5),
        json!("300000"),
        json!(null),
        json!(1e300),
    ] {
        assert_eq!(ttl(bad.clone()).unwrap_err().code(), "status.unknown", "{bad}");
    }
}

#[test]
fn age_counts_from_the_signed_time() {
    let list = StatusList::parse_plain(&list_value(EXAMPLE), &limits()).unwrap();
    assert_eq!(list.age(at("2026-03-04T09:00:30Z")), 30_000);
    assert_eq!(list.age(at("2026-03-04T08:00:00Z")), 0);
}

#[test]
fn the_claims_of_a_token_narrow_the_lists_times() {
    let signed = |iat: Option<u64>, exp: Option<u64>, valid_from: bool| {
        let mut list = list_value(EXAMPLE);
        let members = list.as_object_mut().unwrap();
        if !valid_from {
            members.remove("validFrom");
        }
        members.extend(iat.map(|iat| ("iat".to_owned(), json!(iat))));
        members.extend(exp.map(|exp| ("exp".to_owned(), json!(exp))));
        let token = jose::sign(TYP_CREDENTIAL, &acme().method, &list, &acme().key).unwrap();
        read_status_list(token.as_bytes(), &limits()).map(|list| list.unverified().clone())
    };
    let nine = u64::try_from(at("2026-03-04T09:00:00Z").seconds()).unwrap();
    let list = signed(Some(nine + 5), Some(nine + 60), false).unwrap();
    assert_eq!(
        (list.valid_from, list.valid_until),
        (at("2026-03-04T09:00:05Z"), Some(at("2026-03-04T09:01:00Z")))
    );
    let list = signed(None, Some(nine + 6_000), true).unwrap();
    assert_eq!(
        (list.valid_from, list.valid_until),
        (at("2026-03-04T09:00:00Z"), Some(at("2026-03-04T09:10:00Z")))
    );
    assert_eq!(signed(None, None, false).unwrap_err().code(), "status.unknown");
}

#[test]
fn an_unsigned_or_mistyped_list_is_not_verified() {
    let value = list_value(EXAMPLE);
    assert_eq!(
        read_status_list(value.to_string().as_bytes(), &limits())
            .unwrap_err()
            .code(),
        "status.unknown"
    );
    for typ in ["statuslist+jwt", "JWT", "vp+jwt"] {
        let token = jose::sign(typ, &acme().method, &value, &acme().key).unwrap();
        assert_eq!(
            read_status_list(token.as_bytes(), &limits()).unwrap_err().code(),
            "status.unknown"
        );
    }
    for text in ["", "{", "[]", "null", "a.b.c", "{\"a\":1,\"a\":2}"] {
        assert_eq!(
            read_status_list(text.as_bytes(), &limits()).unwrap_err().code(),
            "status.unknown",
            "{text}"
        );
    }
    let long = vec![b'x'; limits().jose_bytes + 1];
    assert_eq!(
        read_status_list(&long, &limits()).unwrap_err().code(),
        "limit.size"
    );
}

#[test]
fn both_purposes_may_share_a_list() {
    let terms = StatusListTerms {
        url: URL.into(),
        issuer: acme().did,
        purposes: vec![StatusPurpose::Revocation, StatusPurpose::Suspension],
        valid_from: at("2026-03-04T09:00:00Z"),
        valid_until: at("2026-03-04T09:10:00Z"),
        ttl_ms: MAX_TTL,
    };
    let draft = Draft::status_list(&terms, &StatusBits::new(0)).unwrap();
    let text = sealed(&draft, &acme(), chancery_proof::Securing::DataIntegrity);
    let list = read_status_list(text.as_bytes(), &limits()).unwrap();
    for purpose in terms.purposes {
        assert_eq!(
            list.unverified().status(&StatusEntry::new(purpose, URL, 0)),
            Ok(0)
        );
    }
}

#[test]
fn each_named_error_has_its_problem_type() {
    let named = [
        (StatusError::Malformed(String::new()), "MALFORMED_VALUE_ERROR"),
        (StatusError::Retrieval(String::new()), "STATUS_RETRIEVAL_ERROR"),
        (
            StatusError::Verification(String::new()),
            "STATUS_VERIFICATION_ERROR",
        ),
        (StatusError::Length { entries: 0 }, "STATUS_LIST_LENGTH_ERROR"),
        (StatusError::Range { index: 0, entries: 0 }, "RANGE_ERROR"),
    ];
    for (error, name) in named {
        assert_eq!(
            error.problem_type(),
            format!("https://www.w3.org/ns/credentials/status-list#{name}")
        );
        assert_eq!(error.code(), "status.unknown");
    }
}

#[test]
fn a_paper_as_token_may_name_its_entry_and_one_with_a_proof_cannot() {
    let draft = Draft::passport(&terms(&acme(), &first(), 1), &passport()).unwrap();
    let entry = TokenStatusEntry::new(URL, 7);
    let named = draft.clone().with_token_status(entry.clone()).unwrap();
    let text = sealed(&named, &acme(), chancery_proof::Securing::Jose);
    let paper = read_paper(text.as_bytes(), &limits()).unwrap();
    assert_eq!(paper.unverified().token_status, Some(entry));
    assert_eq!(paper.unverified().status, statuses(), "beside the others");
    let (method, kind) = (acme().method, acme().key.public_key().key_type());
    let proof = named.prepare(
        chancery_proof::Securing::DataIntegrity,
        &method,
        kind,
        at("2026-03-04T09:00:00Z"),
    );
    assert_eq!(proof.unwrap_err().code(), "parse.structure");
    let plain = TokenStatusEntry::new("http://acme.example/l", 7);
    assert_eq!(
        draft.with_token_status(plain).unwrap_err().code(),
        "status.unknown"
    );
}
