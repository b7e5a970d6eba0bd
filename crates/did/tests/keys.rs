//! The spellings of public keys: Multikey, JWK and thumbprints (CID 1.0, RFC 7517, RFC 7638, RFC 8037).

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use chancery_did::{KeyError, KeyType, PublicKey, SecretKey};
use multibase::Base;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The key of RFC 8037 appendix A.
const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn ed25519() -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": X })
}

fn p256() -> Value {
    let key = SecretKey::from_bytes(KeyType::P256, &[7; 32]).expect("a key");
    key.public_key().to_jwk()
}

fn with(mut jwk: Value, name: &str, value: Value) -> Value {
    jwk[name] = value;
    jwk
}

fn code(jwk: &Value) -> &'static str {
    PublicKey::from_jwk(jwk).expect_err("refused").code()
}

#[test]
fn the_thumbprint_of_rfc_8037_holds() {
    let key = PublicKey::from_jwk(&ed25519()).expect("a key");
    assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(key.to_jwk(), ed25519());
}

#[test]
fn private_members_are_refused_first_and_never_shown() {
    for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        for jwk in [ed25519(), p256(), json!({ "kty": "RSA" }), json!({})] {
            let error = PublicKey::from_jwk(&with(jwk, name, json!("hidden"))).expect_err("refused");
            assert_eq!(error, KeyError::PrivateMember);
            assert!(!format!("{error} {error:?}").contains("hidden"));
        }
    }
}

#[test]
fn a_key_for_another_use_is_refused() {
    for (name, value) in [
        ("use", json!("enc")),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!([])),
        ("key_ops", json!(["encrypt", "deriveKey"])),
        ("alg", json!("HS256")),
        ("alg", json!("none")),
        ("alg", json!("ES384")),
        ("alg", json!("ES256K")),
    ] {
        assert_eq!(
            code(&with(ed25519(), name, value.clone())),
            "key.use",
            "{name} {value}"
        );
        assert_eq!(
            code(&with(p256(), name, value.clone())),
            "key.use",
            "{name} {value}"
        );
    }
    assert!(PublicKey::from_jwk(&with(ed25519(), "key_ops", json!(["verify"]))).is_ok());
    assert!(PublicKey::from_jwk(&with(ed25519(), "alg", json!("EdDSA"))).is_ok());
    assert!(PublicKey::from_jwk(&with(p256(), "use", json!("sig"))).is_ok());
}

#[test]
fn malformed_keys_are_refused() {
    let (x, y) = (p256()["x"].clone(), p256()["y"].clone());
    for jwk in [
        json!(null),
        json!([]),
        json!({}),
        json!({ "kty": "OKP", "x": X }),
        json!({ "kty": "EC", "crv": "Ed25519", "x": X }),
        json!({ "kty": "OKP", "crv": "P-256", "x": x, "y": y }),
        json!({ "kty": ["OKP"], "crv": "Ed25519", "x": X }),
        with(ed25519(), "x", json!(format!("{X}="))),
        with(ed25519(), "x", json!(X.replace('_', "/"))),
        with(ed25519(), "x", json!(format!("{X}AA"))),
        with(ed25519(), "x", json!("AA")),
        with(ed25519(), "x", json!(null)),
        with(ed25519(), "y", json!(X)),
        with(ed25519(), "use", json!(1)),
        with(ed25519(), "key_ops", json!("verify")),
        with(ed25519(), "key_ops", json!(["verify", 1])),
        with(p256(), "y", x.clone()),
        with(p256(), "x", y.clone()),
        with(p256(), "y", json!("AA")),
        with(p256(), "crv", json!("P-384")),
        with(p256(), "crv", json!("P-521")),
        json!({ "kty": "OKP", "crv": "P-521", "x": x, "y": y }),
        json!({ "kty": "EC", "crv": "P-256", "x": x }),
    ] {
        assert_eq!(code(&jwk), "key.invalid", "{jwk}");
    }
    for jwk in [
        json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }),
        json!({ "kty": "EC", "crv": "secp256k1", "x": x, "y": y }),
        json!({ "kty": "EC", "crv": "P-512", "x": x, "y": y }),
        json!({ "kty": "OKP", "crv": "Ed448", "x": X }),
        json!({ "kty": "oct" }),
    ] {
        assert_eq!(code(&jwk), "key.unsupported", "{jwk}");
    }
    let zero = Base::Base64Url.encode([0_u8; 32]);
    assert_eq!(code(&with(ed25519(), "x", json!(zero))), "key.weak");
    assert_eq!(
        code(&json!({ "kty": "OKP", "crv": "X25519", "x": zero })),
        "key.weak"
    );
}

#[test]
fn a_key_of_p_521_is_a_point_in_one_spelling() {
    let secret = SecretKey::from_bytes(KeyType::P521, &[&[0, 1], &[7; 64][..]].concat()).expect("a key");
    let key = secret.public_key();
    let jwk = key.to_jwk();
    assert_eq!((&jwk["crv"], key.raw().len()), (&json!("P-521"), 67));
    assert!(key.to_multikey().starts_with("z2J9"));
    assert_eq!(PublicKey::from_jwk(&jwk).as_ref(), Ok(key));
    let text = |bytes: &[u8]| json!(Base::Base64Url.encode(bytes));
    let x = Base::Base64Url
        .decode(jwk["x"].as_str().expect("x"))
        .expect("base64url");
    let y = jwk["y"].clone();
    // The field's prime: 521 bits, all set.
    let prime = [&[0x01], &[0xff; 65][..]].concat();
    for (name, value) in [
        ("x", text(&x[1..])),
        ("x", text(&[&[0], &x[..]].concat())),
        ("x", text(&prime)),
        ("x", text(&[0xff; 66])),
        ("x", y.clone()),
        ("y", jwk["x"].clone()),
        ("y", text(&[0; 66])),
        ("crv", json!("P-256")),
        ("crv", json!("P-384")),
        ("kty", json!("OKP")),
    ] {
        assert_eq!(
            code(&with(jwk.clone(), name, value.clone())),
            "key.invalid",
            "{name} {value}"
        );
    }
    for (name, value, expected) in [
        ("alg", json!("ES384"), "key.use"),
        ("alg", json!("ES521"), "key.use"),
        ("use", json!("enc"), "key.use"),
        ("d", json!("AQ"), "key.private_member"),
        ("crv", json!("P-512"), "key.unsupported"),
    ] {
        assert_eq!(
            code(&with(jwk.clone(), name, value.clone())),
            expected,
            "{name} {value}"
        );
    }
    assert!(PublicKey::from_jwk(&with(jwk, "alg", json!("ES512"))).is_ok());
    for raw in [
        &key.raw()[1..],
        &[key.raw(), &[0]].concat(),
        &[&[4], &key.raw()[1..]].concat(),
        &[2; 34],
    ] {
        assert!(PublicKey::from_raw(KeyType::P521, raw).is_err());
    }
    for length in [0, 64, 131, 133, 139] {
        assert!(key.verify(b"", &vec![1; length]).is_err(), "{length}");
    }
}

#[test]
fn a_point_has_one_encoding() {
    let key = PublicKey::from_jwk(&p256()).expect("a key");
    let raw = key.raw();
    let uncompressed = [&[4], &raw[1..], &raw[1..]].concat();
    let hybrid = [&[6], &raw[1..], &raw[1..]].concat();
    let compact = [&[5], &raw[1..]].concat();
    for other in [
        &[][..],
        &[0],
        &raw[1..],
        &raw[..32],
        &uncompressed,
        &hybrid,
        &compact,
        &[2; 34],
    ] {
        assert!(
            matches!(
                PublicKey::from_raw(KeyType::P256, other),
                Err(KeyError::Invalid(_))
            ),
            "{other:?}"
        );
    }
    let above_the_prime = [&[2], &[0xff; 32][..]].concat();
    assert!(PublicKey::from_raw(KeyType::P256, &above_the_prime).is_err());
}

#[test]
fn a_multikey_has_one_text() {
    let key = PublicKey::from_jwk(&ed25519()).expect("a key");
    let text = key.to_multikey();
    let bytes = Base::Base58Btc.decode(&text[1..]).expect("base58btc");
    let encode = |bytes: &[u8]| multibase::encode(Base::Base58Btc, bytes);
    for (other, code) in [
        (String::new(), "key.invalid"),
        ("z".to_owned(), "key.invalid"),
        (text[1..].to_owned(), "key.invalid"),
        (format!("{text} "), "key.invalid"),
        (format!("{text}0"), "key.invalid"),
        (multibase::encode(Base::Base64Url, &bytes), "key.invalid"),
        (multibase::encode(Base::Base58Flickr, &bytes), "key.invalid"),
        (encode(&bytes[..33]), "key.invalid"),
        (encode(&[bytes.as_slice(), &[0]].concat()), "key.invalid"),
        (
            encode(&[&[0xed, 0x81, 0x00], &bytes[2..]].concat()),
            "key.invalid",
        ),
        (
            encode(&[&[0x80, 0x26], &bytes[2..]].concat()),
            "key.private_member",
        ),
        (encode(&[&[0x82, 0x24], &bytes[2..]].concat()), "key.invalid"),
        (encode(&[&[0x83, 0x24], &bytes[2..]].concat()), "key.unsupported"),
        (encode(&[&[0xed, 0x01], &[0; 32][..]].concat()), "key.weak"),
        (format!("z{}", "1".repeat(100_000)), "key.invalid"),
    ] {
        assert_eq!(
            PublicKey::from_multikey(&other).expect_err("refused").code(),
            code,
            "{other:.60}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read_again(seed in any::<[u8; 32]>(), kind in 0_usize..4) {
        let key_type = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::P521][kind];
        let bytes = match key_type {
            KeyType::P384 => [&seed[..], &seed[..16]].concat(),
            KeyType::P521 => [&[0, 1], &seed[..], &seed[..]].concat(),
            KeyType::Ed25519 | KeyType::P256 | KeyType::X25519 => seed.to_vec(),
        };
        if let Ok(secret) = SecretKey::from_bytes(key_type, &bytes) {
            let key = secret.public_key();
            prop_assert_eq!(&PublicKey::from_multikey(&key.to_multikey()).expect("Multikey"), key);
            prop_assert_eq!(&PublicKey::from_jwk(&key.to_jwk()).expect("JWK"), key);
            prop_assert_eq!(&PublicKey::from_raw(key_type, key.raw()).expect("raw"), key);
        }
    }

    #[test]
    fn no_text_panics(text in "z?[1-9A-HJ-NP-Za-km-z]{0,60}") {
        if let Ok(key) = PublicKey::from_multikey(&text) {
            prop_assert_eq!(key.to_multikey(), text);
        }
    }
}
