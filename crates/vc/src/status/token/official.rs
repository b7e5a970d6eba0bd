//! The draft's own vectors: encodings of 1, 2, 4 and 8 bits, lists of 2^20 entries, and a signed list.

use std::path::Path;

use chancery_did::PublicKey;
use chancery_official::{folder, report};
use chancery_proof::{Limits, base64url, cbor, cose, jose};
use serde_json::{Value, json};

use super::{MEDIA_TYPE_CWT, TYP_STATUS_LIST, TokenStatus, TokenStatusList, claims, cwt};
use crate::cast::{acme, at};
use crate::status::{StatusBits, TokenStatusEntry};

const SET: &str = "token-status-list";
const LIMIT: usize = 4 * 1024 * 1024;

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// What stands behind the line `encoded:`, without the line breaks that the page needed.
fn encoded(folder: &Path, name: &str) -> String {
    let text = text(folder, name);
    let encoded = text
        .rsplit_once("encoded:")
        .map_or(text.as_str(), |(_, encoded)| encoded);
    encoded.split_whitespace().collect()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// A Status List in JSON, as a store.
fn of_json(list: &Value) -> StatusBits {
    let bits = u8::try_from(list["bits"].as_u64().unwrap()).unwrap();
    let lst = base64url::decode(list["lst"].as_str().unwrap()).unwrap();
    StatusBits::from_lst(&lst, bits, LIMIT).unwrap()
}

fn json_list(folder: &Path, name: &str) -> StatusBits {
    of_json(&serde_json::from_str(&encoded(folder, name)).unwrap())
}

fn values(bits: &StatusBits, count: u64) -> Vec<u8> {
    (0..count).map(|index| bits.value(index).unwrap()).collect()
}

#[test]
fn the_examples_in_json_hold_the_statuses_that_the_draft_lists() {
    let Some(folder) = folder(SET) else { return };
    let one = json_list(&folder, "status_list_encoding_json.md");
    assert_eq!(values(&one, 16), [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]);
    assert_eq!((one.entries(), one.value(16)), (16, None));
    let two = json_list(&folder, "status_list_encoding2_json.md");
    assert_eq!(values(&two, 12), [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]);
    assert_eq!((two.entries(), two.value(12)), (12, None));
    // The list of 8 bits puts each value but zero at one place of 2^20.
    let eight = json_list(&folder, "status_list_encoding8_json.md");
    assert_eq!(eight.entries(), 1 << 20);
    let mut found: Vec<u8> = values(&eight, 1 << 20)
        .into_iter()
        .filter(|value| *value != 0)
        .collect();
    found.sort_unstable();
    assert_eq!(found, (1..=255).collect::<Vec<u8>>());
    for bits in [&one, &two, &eight] {
        let again = StatusBits::from_lst(&bits.lst().unwrap(), bits.size(), LIMIT).unwrap();
        assert_eq!(again, *bits);
    }
    report("token-status-list json", "3 passed, 0 failed");
}

#[test]
fn the_long_lists_hold_what_they_say_and_nothing_else() {
    let Some(folder) = folder(SET) else { return };
    let vectors: Value = serde_json::from_str(&text(&folder, "test-vectors.json")).unwrap();
    let vectors = vectors.as_array().unwrap();
    for vector in vectors {
        let bits = of_json(vector);
        let entries = vector["entries"].as_u64().unwrap();
        assert_eq!(bits.entries(), entries);
        let set = vector["set"].as_object().unwrap();
        let mut expected = StatusBits::of_size(usize::try_from(entries).unwrap(), bits.size()).unwrap();
        for (index, value) in set {
            let value = u8::try_from(value.as_u64().unwrap()).unwrap();
            expected.put(index.parse().unwrap(), value).unwrap();
            assert_eq!(bits.value(index.parse().unwrap()), Some(value), "{index}");
        }
        assert!(bits == expected, "other entries are set too");
    }
    assert_eq!(vectors.len(), 2);
    report("token-status-list long", "2 passed, 0 failed");
}

/// The public half of the key that the draft's examples are signed with.
fn example_key() -> PublicKey {
    let jwk = json!({
        "kty": "EC", "crv": "P-256",
        "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
        "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M",
    });
    PublicKey::from_jwk(&jwk).unwrap()
}

#[test]
fn the_signed_example_holds_under_its_key_and_tells_its_statuses() {
    let Some(folder) = folder(SET) else { return };
    let token = encoded(&folder, "status_list_jwt_raw.md");
    let read =
        |token: &str| jose::verify_with_key(token, &[TYP_STATUS_LIST], &example_key(), &Limits::default());
    let payload = read(&token).unwrap();
    // The page shows the claims beside the token, which has `iss` besides.
    let shown = text(&folder, "status_list_jwt.md");
    let shown: Value = serde_json::from_str(shown.split_once("\n.\n").unwrap().1).unwrap();
    for (name, value) in shown.as_object().unwrap() {
        assert_eq!(&payload[name], value, "{name}");
    }
    let list = claims::list(&payload, acme().did, &Limits::default()).unwrap();
    check(&list);
    let mut bent = token.clone().into_bytes();
    let last = bent.len() - 20;
    bent[last] = if bent[last] == b'A' { b'B' } else { b'A' };
    assert!(read(std::str::from_utf8(&bent).unwrap()).is_err());
    report("token-status-list jwt", "1 passed, 0 failed");
}

/// What the draft says of its signed example, in either form.
fn check(list: &TokenStatusList) {
    assert_eq!(list.uri, "https://example.com/statuslists/1");
    assert_eq!(list.issued_at, at("2023-06-16T12:56:10Z"));
    assert_eq!(list.expires_at, Some(at("2042-08-15T12:56:10Z")));
    assert!(
        list.covers(at("2023-06-16T14:16:40Z")),
        "the draft asks it about this moment"
    );
    let status = |index| list.status(&TokenStatusEntry::new("https://example.com/statuslists/1", index));
    assert_eq!(
        (status(0), status(1)),
        (Ok(TokenStatus::Invalid), Ok(TokenStatus::Valid))
    );
}

/// A Status List in CBOR, as a store.
fn of_cbor(bytes: &[u8]) -> StatusBits {
    let list = cbor::parse(bytes, &Limits::default()).unwrap();
    let list = list.as_map().unwrap();
    let member = |name: &str| cbor::member(list, &cbor::Value::from(name)).unwrap();
    let bits = u8::try_from(cwt::unsigned(member("bits")).unwrap()).unwrap();
    StatusBits::from_lst(member("lst").as_bytes().unwrap(), bits, LIMIT).unwrap()
}

#[test]
fn the_lists_in_cbor_hold_the_same_as_those_in_json() {
    let Some(folder) = folder(SET) else { return };
    for name in ["", "2", "8"] {
        let bits = of_cbor(&hex(&encoded(
            &folder,
            &format!("status_list_encoding{name}_cbor.md"),
        )));
        assert!(bits == json_list(&folder, &format!("status_list_encoding{name}_json.md")));
    }
    let vectors: Value = serde_json::from_str(&text(&folder, "test-vectors.json")).unwrap();
    for vector in vectors.as_array().unwrap() {
        assert!(of_cbor(&hex(vector["cbor_hex"].as_str().unwrap())) == of_json(vector));
    }
    report("token-status-list cbor", "5 passed, 0 failed");
}

#[test]
fn the_list_as_cwt_holds_under_the_same_key_and_tells_the_same() {
    let Some(folder) = folder(SET) else { return };
    let bytes = hex(&encoded(&folder, "status_list_cwt.md"));
    let read = |bytes: &[u8]| cose::Sign1::parse(bytes, &[MEDIA_TYPE_CWT], &Limits::default());
    let signed = read(&bytes).unwrap();
    assert_eq!(signed.kid(), Some(b"12".as_slice()));
    let payload = signed.verify(&example_key()).unwrap();
    let claims = cbor::parse(&payload, &Limits::default()).unwrap();
    check(&cwt::list(&claims, acme().did, &Limits::default()).unwrap());
    let mut bent = bytes;
    *bent.last_mut().unwrap() ^= 1;
    assert!(read(&bent).unwrap().verify(&example_key()).is_err());
    report("token-status-list cwt", "1 passed, 0 failed");
}

#[test]
fn the_referenced_token_as_cwt_names_its_entry() {
    let Some(folder) = folder(SET) else { return };
    let bytes = hex(&encoded(&folder, "referenced_token_cwt.md"));
    // The example has no `typ`; its claims are the third item of the array behind the tag.
    let message = cbor::parse(&bytes, &Limits::default()).unwrap();
    let (tag, message) = message.as_tag().unwrap();
    assert_eq!(tag, 18);
    let payload = message.as_array().unwrap()[2].as_bytes().unwrap();
    let claims = cbor::parse(payload, &Limits::default()).unwrap();
    let status = cbor::member(claims.as_map().unwrap(), &cbor::Value::from(65_535)).unwrap();
    assert_eq!(
        TokenStatusEntry::of_cwt(status),
        Ok(TokenStatusEntry::new("https://example.com/statuslists/1", 0))
    );
    report("token-status-list referenced token", "1 passed, 0 failed");
}
