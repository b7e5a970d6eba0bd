//! Compact JWS (RFC 7515), under the rules of RFC 8725 and of explicit typing.
//!
//! INVARIANT: the algorithm belongs to the key, one pair each; the key comes from the caller and never from
//! the header; nothing that the header calls critical is passed over; one token has one spelling.

mod claims;
mod compact;
mod detached;
mod header;
mod legacy;
mod making;

pub(crate) use claims::{issuer, time};
pub(crate) use making::prepare_with;
pub use making::{Unsigned, prepare, prepare_named, sign};

use chancery_did::{DidUrl, PublicKey};
use serde_json::Value;

use crate::{
    Digest, Limits, ProofError, ProofInfo, Secured, Securing,
    error::short,
    json,
    secured::{Scheme, Seal},
};
use compact::Compact;

impl Secured<Value> {
    /// Reads a compact JWS whose payload is a JSON object.
    ///
    /// `typ` lists the exact values that are accepted. The header's `kid` must be a DID URL. The claims
    /// `iss`, `iat`, `nbf` and `exp` are read where they are present.
    ///
    /// # Errors
    ///
    /// [`ProofError`] with the code of the first rule that fails: `parse.*` and `limit.*` for what does not
    /// parse (five parts and `zip` among it), `type.typ`, `key.header` for a header that offers a key,
    /// `alg.unknown`, `crit.unknown` for any `crit` or `b64`, `key.not_found` without a `kid`,
    /// `time.malformed`.
    pub fn jose(token: &str, typ: &[&str], limits: &Limits) -> Result<Self, ProofError> {
        let compact = Compact::parse(token, Some(typ), limits)?;
        let kid = compact.header.kid.clone().ok_or(ProofError::KeyNotFound)?;
        compact.secured_by(&kid, limits)
    }

    /// Reads a JWT from before explicit types: `typ` is `JWT` or absent, and what it secures stands under
    /// `claim` (`vc` or `vp`; VC Data Model 1.1, section 6.3.1).
    ///
    /// Such a token says too little about what it is for, so a door that reads it must say so in its policy. Where
    /// it has no `kid`, the verification method is the one that its `iss` has: of a did:key or a did:jwk.
    ///
    /// # Errors
    ///
    /// As [`Secured::jose`]; `type.typ` also for a token whose claim is not there or not an object.
    pub fn legacy_jwt(token: &str, claim: &str, limits: &Limits) -> Result<Self, ProofError> {
        let compact = Compact::parse(token, None, limits)?;
        if compact
            .header
            .typ
            .as_deref()
            .is_some_and(|typ| typ != legacy::TYP)
        {
            return Err(ProofError::Typ(compact.header.typ.as_deref().map(short)));
        }
        let kid = match &compact.header.kid {
            Some(kid) => kid.clone(),
            None => legacy::only_method(&json::parse_object(&compact.payload, limits, "the payload")?)?,
        };
        let secured = compact.secured_by(&kid, limits)?;
        if !secured.unverified().get(claim).is_some_and(Value::is_object) {
            return Err(ProofError::Typ(Some(legacy::TYP.to_owned())));
        }
        Ok(secured)
    }
}

/// Verifies a JWS under one pinned key and gives its payload.
///
/// The `kid` is not looked at: the caller has decided on the key. Times are the caller's to judge.
///
/// # Errors
///
/// As [`Secured::jose`], and `alg.mismatch` or `signature.invalid`.
pub fn verify_with_key(
    token: &str,
    typ: &[&str],
    key: &PublicKey,
    limits: &Limits,
) -> Result<Value, ProofError> {
    let payload = payload_under(token, Some(typ), key, limits)?;
    Ok(Value::Object(json::parse_object(
        &payload,
        limits,
        "the payload",
    )?))
}

/// The payload of a JWS that nobody checked: for its own holder, to whom it proves nothing.
pub(crate) fn unproven_payload(token: &str, limits: &Limits) -> Result<Value, ProofError> {
    let compact = Compact::parse(token, None, limits)?;
    let payload = json::parse_object(&compact.payload, limits, "the payload")?;
    Ok(Value::Object(payload))
}

/// The bytes of the payload, if the signature holds under the key. `None` accepts any `typ`.
pub(crate) fn payload_under(
    token: &str,
    typ: Option<&[&str]>,
    key: &PublicKey,
    limits: &Limits,
) -> Result<Vec<u8>, ProofError> {
    let mut compact = Compact::parse(token, typ, limits)?;
    let payload = std::mem::take(&mut compact.payload);
    let algorithm = compact.header.algorithm;
    compact.seal().verify(key, algorithm.as_str())?;
    Ok(payload)
}

impl Compact<'_> {
    /// Reads the payload as claims under a verification method; the type was checked before.
    fn secured_by(self, kid: &str, limits: &Limits) -> Result<Secured<Value>, ProofError> {
        let verification_method = DidUrl::parse(kid)?;
        let payload = json::parse_object(&self.payload, limits, "the payload")?;
        let info = ProofInfo {
            verification_method,
            purpose: None,
            cryptosuite_or_alg: self.header.algorithm.as_str().to_owned(),
            created: claims::time(&payload, "iat")?,
            not_before: claims::time(&payload, "nbf")?,
            expires: claims::time(&payload, "exp")?,
            challenge: None,
            domain: Vec::new(),
            id: None,
            typ: self.header.typ.clone(),
            iss: claims::issuer(&payload)?,
        };
        let digest = Digest::of_bytes(self.signing_input);
        let sealed = std::iter::once((info, self.seal()));
        Ok(Secured::new(
            Value::Object(payload),
            Securing::Jose,
            digest,
            sealed,
        ))
    }

    fn seal(self) -> Seal {
        Seal::Own {
            scheme: Scheme::Jose(self.header.algorithm),
            message: self.signing_input.to_vec(),
            signature: self.signature,
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::{KeyType, Relationship, Signer as _, Timestamp};
    use serde_json::json;

    use super::*;
    use crate::{
        Expectation, ReadError, base64url,
        cast::{DidKeys, did, expect, method, signer},
    };

    const TYP: &str = "chancery-test+jwt";
    const KINDS: [KeyType; 4] = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::P521];

    fn read(token: &str) -> Result<Secured<Value>, &'static str> {
        Secured::jose(token, &[TYP], &Limits::default()).map_err(|error| error.code())
    }

    fn judge(token: &str) -> Result<Value, &'static str> {
        let proven = read(token)?.prove(&expect(&signer(KeyType::Ed25519, 1)), &DidKeys);
        proven
            .map(crate::Proven::into_value)
            .map_err(|error| error.code())
    }

    fn header() -> Value {
        json!({ "alg": "EdDSA", "kid": method(&signer(KeyType::Ed25519, 1)).as_str(), "typ": TYP })
    }

    /// A token under the right key with whatever header and payload.
    fn token(header: &Value, payload: &str) -> String {
        let input = format!(
            "{}.{}",
            base64url::encode(header.to_string().as_bytes()),
            base64url::encode(payload.as_bytes())
        );
        let signature = signer(KeyType::Ed25519, 1).sign(input.as_bytes()).unwrap();
        format!("{input}.{}", base64url::encode(&signature))
    }

    fn with_header(name: &str, value: Value) -> Result<Value, &'static str> {
        let mut header = header();
        header[name] = value;
        judge(&token(&header, "{}"))
    }

    #[test]
    fn what_was_signed_is_what_is_proven() {
        let payload = json!({ "b": [1, 2], "a": "ü", "iss": "did:example:x" });
        for kind in KINDS {
            let signer = signer(kind, 3);
            let payload = {
                let mut payload = payload.clone();
                payload["iss"] = json!(did(&signer).as_str());
                payload
            };
            let token = sign(TYP, &method(&signer), &payload, &signer).unwrap();
            let secured = read(&token).unwrap();
            assert_eq!(secured.securing(), Securing::Jose);
            assert_eq!(
                *secured.digest(),
                Digest::of_bytes(token.rsplit_once('.').unwrap().0.as_bytes())
            );
            let proven = secured.prove(&expect(&signer), &DidKeys).unwrap();
            assert_eq!((proven.value(), proven.signatures()), (&payload, 1));
            assert_eq!(proven.proofs()[0].typ.as_deref(), Some(TYP));
            assert_eq!(
                verify_with_key(&token, &[TYP], signer.public_key(), &Limits::default()).unwrap(),
                payload
            );
        }
    }

    #[test]
    fn signing_is_canonical_and_repeatable() {
        let signer = signer(KeyType::P256, 3);
        let token = |payload| sign(TYP, &method(&signer), &payload, &signer).unwrap();
        assert_eq!(
            token(json!({ "a": 1, "b": 1.0 })),
            token(json!({ "b": 1, "a": 1.0 }))
        );
        let unsigned = prepare(
            TYP,
            Some("vc"),
            &method(&signer),
            chancery_did::Algorithm::Es256,
            &json!({}),
        )
        .unwrap();
        let header = unsigned
            .signing_input()
            .split(|byte| *byte == b'.')
            .next()
            .unwrap();
        let header = base64url::decode(std::str::from_utf8(header).unwrap()).unwrap();
        let expected = format!(
            r#"{{"alg":"ES256","cty":"vc","kid":"{}","typ":"{TYP}"}}"#,
            method(&signer)
        );
        assert_eq!(String::from_utf8(header).unwrap(), expected);
        assert_eq!(
            prepare(
                TYP,
                None,
                &method(&signer),
                chancery_did::Algorithm::Es256,
                &json!([])
            )
            .unwrap_err()
            .code(),
            "parse.structure"
        );
    }

    #[test]
    fn any_algorithm_that_is_not_ours_is_unknown() {
        let names = [
            "none",
            "None",
            "nOnE",
            "NONE",
            "",
            "HS256",
            "HS512",
            "RS256",
            "PS256",
            "ES256K",
            "ES521",
            "es512",
            "eddsa",
            "es256",
            "Ed448",
            "Ed25519",
            "PBES2-HS256+A128KW",
            "dir",
        ];
        for name in names {
            assert_eq!(with_header("alg", json!(name)), Err("alg.unknown"), "{name}");
        }
        for value in [json!(null), json!(1), json!(["EdDSA"]), json!({})] {
            assert_eq!(with_header("alg", value), Err("alg.unknown"));
        }
        let mut header = header();
        header.as_object_mut().unwrap().remove("alg");
        assert_eq!(judge(&token(&header, "{}")), Err("alg.unknown"));
        header["alg"] = json!("none");
        let bare = token(&header, "{}");
        assert_eq!(
            judge(&format!("{}.", bare.rsplit_once('.').unwrap().0)),
            Err("alg.unknown")
        );
    }

    #[test]
    fn the_algorithm_is_decided_from_the_key() {
        for (alg, kind) in [
            ("ES256", KeyType::Ed25519),
            ("ES384", KeyType::Ed25519),
            ("EdDSA", KeyType::P256),
            ("ES384", KeyType::P256),
            ("ES256", KeyType::P384),
            ("EdDSA", KeyType::P384),
            ("ES512", KeyType::Ed25519),
            ("ES512", KeyType::P384),
            ("EdDSA", KeyType::P521),
            ("ES384", KeyType::P521),
        ] {
            let signer = signer(kind, 3);
            let header = json!({ "alg": alg, "kid": method(&signer).as_str(), "typ": TYP });
            let secured = read(&token(&header, "{}")).unwrap();
            let refused = secured.prove(&expect(&signer), &DidKeys).unwrap_err();
            assert_eq!(refused.code(), "alg.mismatch", "{alg} {kind}");
            let pinned = verify_with_key(
                &token(&header, "{}"),
                &[TYP],
                signer.public_key(),
                &Limits::default(),
            );
            assert_eq!(pinned.unwrap_err().code(), "alg.mismatch");
        }
    }

    #[test]
    fn the_type_is_exact() {
        for typ in [
            "JWT",
            "chancery-test",
            "CHANCERY-TEST+JWT",
            "application/chancery-test+jwt",
            "chancery-test+jwt ",
            "",
        ] {
            assert_eq!(with_header("typ", json!(typ)), Err("type.typ"), "{typ}");
        }
        assert_eq!(with_header("typ", json!(null)), Err("type.typ"));
        assert_eq!(with_header("typ", json!([TYP])), Err("type.typ"));
        let mut header = header();
        header.as_object_mut().unwrap().remove("typ");
        assert_eq!(judge(&token(&header, "{}")), Err("type.typ"));
        let accepted = Secured::jose(&token(&self::header(), "{}"), &[], &Limits::default());
        assert_eq!(accepted.unwrap_err().code(), "type.typ");
    }

    #[test]
    fn a_header_offers_no_keys() {
        let own = signer(KeyType::Ed25519, 1).public_key().to_jwk();
        for (name, value) in [
            ("jwk", own),
            ("jwk", json!(null)),
            ("jku", json!("https://127.0.0.1/keys")),
            ("x5u", json!("file:///etc/passwd")),
            ("x5c", json!([])),
        ] {
            assert_eq!(with_header(name, value), Err("key.header"), "{name}");
        }
    }

    #[test]
    fn nothing_critical_is_passed_over() {
        for value in [
            json!(["exp"]),
            json!([]),
            json!(null),
            json!(["b64"]),
            json!("alg"),
        ] {
            assert_eq!(with_header("crit", value), Err("crit.unknown"));
        }
        assert_eq!(with_header("b64", json!(false)), Err("crit.unknown"));
        assert_eq!(with_header("b64", json!(true)), Err("crit.unknown"));
        // What is not critical and not known is passed over (RFC 7515, section 4).
        assert_eq!(with_header("x", json!({ "deep": [1] })), Ok(json!({})));
    }

    #[test]
    fn compression_and_encryption_are_refused_unopened() {
        assert_eq!(with_header("zip", json!("DEF")), Err("parse.jose"));
        assert_eq!(with_header("enc", json!("A256GCM")), Err("parse.jose"));
        assert_eq!(with_header("p2c", json!(2_147_483_648_u64)), Err("parse.jose"));
        let header = base64url::encode(br#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2c":2147483648}"#);
        assert_eq!(judge(&format!("{header}.AA.AA.AA.AA")), Err("parse.jose"));
    }

    #[test]
    fn a_token_has_three_parts_that_are_not_empty() {
        let good = token(&header(), "{}");
        let parts: Vec<_> = good.split('.').collect();
        let (head, body, seal) = (parts[0], parts[1], parts[2]);
        for token in [
            String::new(),
            "..".to_owned(),
            head.to_owned(),
            format!("{head}.{body}"),
            format!("{good}."),
            format!("{good}.{seal}"),
            format!("{head}.{body}.{body}.{body}.{seal}"),
            format!("{head}.{body}."),
            format!("{head}..{seal}"),
            format!(".{good}"),
            ".".repeat(100_000),
            json!({ "protected": head, "payload": body, "signature": seal }).to_string(),
        ] {
            assert!(
                matches!(
                    judge(&token),
                    Err("parse.jose" | "parse.json" | "parse.base64url")
                ),
                "{token:.80}"
            );
        }
        assert_eq!(judge(&".".repeat(100_000)), Err("parse.jose"));
        assert_eq!(judge(&"a".repeat(300 * 1024)), Err("limit.size"));
    }

    #[test]
    fn one_token_has_one_spelling() {
        let good = token(&header(), "{}");
        assert!(judge(&good).is_ok());
        for (at, _) in good.match_indices('.').chain([(0, ""), (good.len(), "")]) {
            for extra in ["=", " ", "\r\n", "?", "+", "/", "!!!!", "\u{e9}", "\0"] {
                let mut token = good.clone();
                token.insert_str(at, extra);
                assert_eq!(judge(&token), Err("parse.base64url"), "{extra:?} at {at}");
            }
        }
        // 64 bytes end in a symbol of which four bits are unused.
        let mut unused = good.clone();
        let last = unused.pop().unwrap();
        unused.push(if last == 'A' {
            'B'
        } else {
            char::from(u8::try_from(last).unwrap() + 1)
        });
        assert_eq!(judge(&unused), Err("parse.base64url"));
    }

    #[test]
    fn any_changed_byte_is_refused() {
        let good = token(&header(), r#"{"amount":"35.00"}"#);
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            assert!(judge(std::str::from_utf8(&bytes).unwrap()).is_err(), "{at}");
        }
    }

    #[test]
    fn header_and_payload_are_strict_objects() {
        for (payload, code) in [
            ("[]", "parse.structure"),
            ("\"x\"", "parse.structure"),
            ("foo", "parse.json"),
            (r#"{"a":1,"\u0061":2}"#, "parse.duplicate_member"),
            (r#"{"iss":1}"#, "parse.structure"),
        ] {
            assert_eq!(judge(&token(&header(), payload)), Err(code), "{payload}");
        }
        let twice = base64url::encode(br#"{"alg":"EdDSA","alg":"none"}"#);
        assert_eq!(judge(&format!("{twice}.e30.AA")), Err("parse.duplicate_member"));
        assert_eq!(
            judge(&format!("{}.e30.AA", base64url::encode(b"[]"))),
            Err("parse.structure")
        );
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(judge(&token(&header(), &deep)), Err("limit.depth"));
    }

    #[test]
    fn the_key_is_named_by_a_did_url_of_the_issuer() {
        assert_eq!(with_header("kid", json!("#key")), Err("parse.did_url"));
        assert_eq!(with_header("kid", json!(null)), Err("key.not_found"));
        assert_eq!(
            with_header("kid", json!(method(&signer(KeyType::Ed25519, 2)).as_str())),
            Err("key.issuer_mismatch")
        );
        let mut header = header();
        header.as_object_mut().unwrap().remove("kid");
        assert_eq!(judge(&token(&header, "{}")), Err("key.not_found"));
        let foreign = format!(r#"{{"iss":"{}"}}"#, did(&signer(KeyType::Ed25519, 2)));
        assert_eq!(
            judge(&token(&self::header(), &foreign)),
            Err("key.issuer_mismatch")
        );
        assert_eq!(
            judge(&token(&self::header(), r#"{"iss":""}"#)),
            Err("key.issuer_mismatch")
        );
    }

    #[test]
    fn a_key_that_the_caller_withholds_is_the_callers_refusal() {
        struct Withheld;
        impl crate::Keys for Withheld {
            fn key(
                &self,
                _: &DidUrl,
                relationship: Relationship,
            ) -> Result<PublicKey, (&'static str, String)> {
                Err(("key.relationship", format!("not in {relationship}")))
            }
        }
        let secured = read(&token(&header(), "{}")).unwrap();
        let issuer = did(&signer(KeyType::Ed25519, 1));
        let expect = Expectation {
            purpose: Relationship::Authentication,
            issuer,
        };
        assert_eq!(
            secured.prove(&expect, &Withheld).unwrap_err().code(),
            "key.relationship"
        );
    }

    #[test]
    fn malformed_times_are_never_absent() {
        for name in ["iat", "nbf", "exp"] {
            for value in [
                "\"1700000000\"",
                "true",
                "null",
                "[]",
                "{}",
                "-1",
                "-0.5",
                "8210298412799",
                "1e50",
                "9223372036854775808",
                "1e19",
                "253402300800",
            ] {
                assert_eq!(
                    judge(&token(&header(), &format!(r#"{{"{name}":{value}}}"#))),
                    Err("time.malformed"),
                    "{name} {value}"
                );
            }
        }
    }

    #[test]
    fn times_are_judged_with_the_skew() {
        let secured = read(&token(&header(), r#"{"iat":100,"nbf":110.5,"exp":200}"#)).unwrap();
        let info = &secured.proofs()[0];
        assert_eq!(info.not_before, Some(Timestamp::from_millis(110_500)));
        let at = |millis| {
            info.check_time(Timestamp::from_millis(millis), 5_000)
                .map_err(|error| error.code())
        };
        assert_eq!(at(105_499), Err("time.not_yet_valid"));
        assert_eq!(at(105_500), Ok(()));
        assert_eq!(at(204_999), Ok(()));
        assert_eq!(at(205_000), Err("time.expired"));
        for exp in ["0", "1", "1.5"] {
            let secured = read(&token(&header(), &format!(r#"{{"exp":{exp}}}"#))).unwrap();
            let late = secured.proofs()[0].check_time(Timestamp::from_seconds(1_700_000_000), 60_000);
            assert_eq!(late.unwrap_err().code(), "time.expired");
        }
    }

    #[test]
    fn no_digit_of_the_signature_is_spare() {
        let der = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01];
        let zeros = [0_u8; 64];
        for signature in [&der[..], &zeros, &zeros[..63], &[0; 65], &[0; 96]] {
            let good = token(&header(), "{}");
            let (input, _) = good.rsplit_once('.').unwrap();
            assert_eq!(
                judge(&format!("{input}.{}", base64url::encode(signature))),
                Err("signature.invalid")
            );
        }
        let refused = ReadError::Jose("x").code();
        assert_eq!(refused, "parse.jose");
    }

    #[test]
    fn a_legacy_token_says_what_it_secures() {
        let kid = method(&signer(KeyType::Ed25519, 1)).as_str().to_owned();
        let read = |header: &Value, payload: &str, claim: &str| {
            Secured::legacy_jwt(&token(header, payload), claim, &Limits::default())
                .map_err(|error| error.code())
                .map(|secured| {
                    secured
                        .prove(&expect(&signer(KeyType::Ed25519, 1)), &DidKeys)
                        .is_ok()
                })
        };
        let typed = json!({ "alg": "EdDSA", "kid": kid, "typ": "JWT" });
        let bare = json!({ "alg": "EdDSA", "kid": kid });
        assert_eq!(read(&typed, r#"{"vp":{}}"#, "vp"), Ok(true));
        assert_eq!(read(&bare, r#"{"vc":{}}"#, "vc"), Ok(true));
        for (payload, claim) in [
            ("{}", "vp"),
            (r#"{"vp":{}}"#, "vc"),
            (r#"{"vp":[]}"#, "vp"),
            (r#"{"vp":null}"#, "vp"),
            (r#"{"vp":"a.b.c"}"#, "vp"),
        ] {
            assert_eq!(read(&typed, payload, claim), Err("type.typ"), "{payload}");
        }
        for typ in ["jwt", "vc+jwt", "vp+jwt", TYP, "application/jwt", "kb+jwt", ""] {
            let header = json!({ "alg": "EdDSA", "kid": kid, "typ": typ });
            assert_eq!(read(&header, r#"{"vp":{}}"#, "vp"), Err("type.typ"), "{typ}");
        }
        for (name, value, code) in [
            ("typ", json!(null), "type.typ"),
            ("alg", json!("none"), "alg.unknown"),
            ("jwk", json!({}), "key.header"),
            ("crit", json!([]), "crit.unknown"),
            ("kid", json!("key-1"), "parse.did_url"),
        ] {
            let mut header = typed.clone();
            header[name] = value;
            assert_eq!(read(&header, r#"{"vp":{}}"#, "vp"), Err(code), "{name}");
        }
        let unnamed = json!({ "alg": "EdDSA", "typ": "JWT" });
        assert_eq!(read(&unnamed, r#"{"vp":{}}"#, "vp"), Err("key.not_found"));
        let own = json!({ "vp": {}, "iss": did(&signer(KeyType::Ed25519, 1)).as_str() });
        assert_eq!(read(&unnamed, &own.to_string(), "vp"), Ok(true));
        let other = json!({ "vp": {}, "iss": did(&signer(KeyType::Ed25519, 2)).as_str() });
        assert_eq!(read(&unnamed, &other.to_string(), "vp"), Ok(false));
        for iss in [
            json!(null),
            json!(1),
            json!(""),
            json!("did:web:a.example"),
            json!("https://a.example"),
        ] {
            let payload = json!({ "vp": {}, "iss": iss }).to_string();
            assert!(read(&unnamed, &payload, "vp").is_err(), "{iss}");
        }
        // Only an old token may go without: the explicit ones name their method.
        let explicit = json!({ "alg": "EdDSA", "typ": TYP });
        assert_eq!(judge(&token(&explicit, &own.to_string())), Err("key.not_found"));
        assert_eq!(
            read(&typed, r#"{"vp":{},"exp":"soon"}"#, "vp"),
            Err("time.malformed")
        );
        let changed = token(&typed, r#"{"vp":{}}"#).replace(".ey", ".eyJ9");
        assert!(Secured::legacy_jwt(&changed, "vp", &Limits::default()).is_err());
    }
}
