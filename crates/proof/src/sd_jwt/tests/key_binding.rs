//! Sections 4.3 and 7.3: who presents, to whom, on which occasion, and what.

use chancery_did::{Signer as _, Timestamp};

use super::super::Occasion;
use super::*;

const AUDIENCE: &str = "https://verifier.example";
const NOW: i64 = 1_800_000_000;

fn holder() -> SecretKey {
    signer(KeyType::P256, 5)
}

fn occasion() -> Occasion {
    Occasion::new(AUDIENCE, "nonce-1", Timestamp::from_seconds(NOW)).unwrap()
}

fn held() -> SdJwt {
    let claims = json!({ "a": 1, "b": 2, "cnf": { "jwk": holder().public_key().to_jwk() } });
    issued(&claims, &["/a", "/b"])
}

fn judge_on(text: &str, occasion: &Occasion) -> Result<Value, &'static str> {
    let secured = Secured::sd_jwt(text, &[TYP], &Limits::default()).map_err(|error| error.code())?;
    secured
        .prove_with_key_binding(&expect(&issuer()), &DidKeys, occasion)
        .map(Proven::into_value)
        .map_err(|error| error.code())
}

/// Binds with these claims under this header.
fn bound(one: &SdJwt, header: &Value, claims: &Value, key: &SecretKey) -> String {
    let text = one.to_compact();
    let mut claims = claims.clone();
    if claims["sd_hash"].is_null() {
        claims["sd_hash"] = json!(digest(&text));
    }
    let token = jose::prepare_with(header, &claims).unwrap();
    let signature = key.sign(token.signing_input()).unwrap();
    format!("{text}{}", token.seal(&signature))
}

fn header() -> Value {
    json!({ "alg": "ES256", "typ": "kb+jwt" })
}

fn binding() -> Value {
    json!({ "aud": AUDIENCE, "nonce": "nonce-1", "iat": NOW })
}

#[test]
fn the_holder_of_the_named_key_is_believed_on_this_occasion() {
    let one = held().disclose(&["/a"], &Limits::default()).unwrap();
    let text = one.bind(&occasion(), &holder()).unwrap().to_compact();
    assert_eq!(judge_on(&text, &occasion()).unwrap()["a"], 1);
    assert_eq!(
        judge_on(&bound(&one, &header(), &binding(), &holder()), &occasion()).unwrap(),
        judge_on(&text, &occasion()).unwrap()
    );
    let json = one.bind(&occasion(), &holder()).unwrap().to_json().to_string();
    assert_eq!(judge_on(&json, &occasion()), judge_on(&text, &occasion()));
}

#[test]
fn policy_decides_and_not_what_was_brought() {
    let without = held().to_compact();
    assert_eq!(
        judge_on(&without, &occasion()),
        Err("binding.key_binding_missing")
    );
    assert!(judge(&without).is_ok(), "a verifier that asks for none");
    // One that asks for none gets the same with a binding, even a broken one: it is not looked at.
    let mut broken = binding();
    broken["nonce"] = json!("another");
    let text = bound(&held(), &header(), &broken, &holder());
    assert_eq!(judge(&text), judge(&without));
    let secured = Secured::sd_jwt(&text, &[TYP], &Limits::default()).unwrap();
    assert!(secured.has_key_binding());
    // What is no SD-JWT has none.
    let token = jose::sign(TYP, &method(&issuer()), &json!({}), &issuer()).unwrap();
    let secured = Secured::jose(&token, &[TYP], &Limits::default()).unwrap();
    let refused = secured.prove_with_key_binding(&expect(&issuer()), &DidKeys, &occasion());
    assert_eq!(refused.unwrap_err().code(), "binding.key_binding_missing");
}

#[test]
fn a_verifier_that_expects_nothing_accepts_nothing() {
    for (audience, nonce) in [("", "n"), (AUDIENCE, ""), ("", "")] {
        let refused = Occasion::new(audience, nonce, Timestamp::from_seconds(NOW));
        assert_eq!(refused.unwrap_err().code(), "binding.expectation_missing");
    }
}

#[test]
fn audience_nonce_and_hash_are_exact() {
    for (name, value, code) in [
        ("aud", json!("https://verifier.example/"), "binding.audience"),
        ("aud", json!("https://other.example"), "binding.audience"),
        ("aud", json!([AUDIENCE]), "binding.audience"),
        ("aud", json!(null), "binding.audience"),
        ("nonce", json!("nonce-2"), "binding.nonce"),
        ("nonce", json!("nonce-1 "), "binding.nonce"),
        ("nonce", json!(1), "binding.nonce"),
        ("nonce", json!(null), "binding.nonce"),
        ("sd_hash", json!(""), "binding.sd_hash"),
        ("sd_hash", json!(digest("another")), "binding.sd_hash"),
        ("sd_hash", json!(1), "binding.sd_hash"),
    ] {
        let mut claims = binding();
        claims[name] = value.clone();
        let text = bound(&held(), &header(), &claims, &holder());
        assert_eq!(judge_on(&text, &occasion()), Err(code), "{name} {value}");
    }
    for (name, code) in [("aud", "binding.audience"), ("nonce", "binding.nonce")] {
        let mut claims = binding();
        claims.as_object_mut().unwrap().remove(name);
        let text = bound(&held(), &header(), &claims, &holder());
        assert_eq!(judge_on(&text, &occasion()), Err(code));
    }
}

#[test]
fn the_binding_is_to_these_disclosures_in_this_order() {
    let limits = Limits::default();
    let whole = held().bind(&occasion(), &holder()).unwrap().to_compact();
    let token = whole.rsplit_once('~').unwrap().1;
    let less = held().withhold(&["/b"], &limits).unwrap().to_compact();
    assert_eq!(
        judge_on(&format!("{less}{token}"), &occasion()),
        Err("binding.sd_hash")
    );
    let parts: Vec<&str> = whole.split('~').collect();
    let turned = format!("{}~{}~{}~{token}", parts[0], parts[2], parts[1]);
    assert_eq!(judge_on(&turned, &occasion()), Err("binding.sd_hash"));
    let other = issued(
        &json!({ "a": 1, "cnf": { "jwk": holder().public_key().to_jwk() } }),
        &["/a"],
    );
    assert_eq!(
        judge_on(&format!("{}{token}", other.to_compact()), &occasion()),
        Err("binding.sd_hash")
    );
}

#[test]
fn the_key_is_the_one_that_the_issuer_named() {
    let eve = signer(KeyType::P256, 6);
    let jwk = eve.public_key().to_jwk();
    for (header, key) in [
        (header(), &eve),
        (json!({ "alg": "ES256", "typ": "kb+jwt", "jwk": jwk }), &eve),
        (
            json!({ "alg": "ES256", "typ": "kb+jwt", "kid": method(&eve).as_str() }),
            &eve,
        ),
        (
            json!({ "alg": "ES256", "typ": "kb+jwt", "x5c": ["x"] }),
            &holder(),
        ),
        (json!({ "alg": "none", "typ": "kb+jwt" }), &holder()),
        (json!({ "alg": "HS256", "typ": "kb+jwt" }), &holder()),
        (json!({ "alg": "EdDSA", "typ": "kb+jwt" }), &holder()),
        (
            json!({ "alg": "ES256", "typ": "kb+jwt", "crit": ["x"], "x": 1 }),
            &holder(),
        ),
        (json!({ "alg": "ES256", "typ": "jwt" }), &holder()),
        (json!({ "alg": "ES256", "typ": "KB+JWT" }), &holder()),
        (json!({ "alg": "ES256", "typ": TYP }), &holder()),
        (json!({ "alg": "ES256" }), &holder()),
    ] {
        let text = bound(&held(), &header, &binding(), key);
        assert_eq!(
            judge_on(&text, &occasion()),
            Err("binding.key_binding"),
            "{header}"
        );
    }
    // The issuer's own signature is no key binding.
    let text = held().to_compact();
    let token = text.split('~').next().unwrap();
    assert_eq!(
        judge_on(&format!("{text}{token}"), &occasion()),
        Err("binding.key_binding")
    );
}

#[test]
fn a_key_is_named_as_a_public_jwk_or_not_at_all() {
    let private = {
        let mut jwk = holder().public_key().to_jwk();
        jwk["d"] = json!("AA");
        jwk
    };
    for cnf in [
        json!(null),
        json!("x"),
        json!({}),
        json!({ "kid": method(&holder()).as_str() }),
        json!({ "jwk": {} }),
        json!({ "jwk": private }),
        json!({ "jwk": { "kty": "oct", "k": "AA" } }),
        json!({ "jwk": { "kty": "RSA", "n": "AA", "e": "AQAB" } }),
        json!({ "jku": "https://keys.example" }),
        json!({ "jwk": "x" }),
    ] {
        let one = issued(&json!({ "a": 1, "cnf": cnf }), &["/a"]);
        let text = one.bind(&occasion(), &holder()).unwrap().to_compact();
        assert_eq!(judge_on(&text, &occasion()), Err("binding.confirmation"), "{cnf}");
    }
    let one = issued(
        &json!({ "a": 1, "about": { "cnf": { "jwk": holder().public_key().to_jwk() } } }),
        &["/a"],
    );
    let text = one.bind(&occasion(), &holder()).unwrap().to_compact();
    assert_eq!(judge_on(&text, &occasion()), Err("binding.confirmation"));
}

#[test]
fn an_old_or_early_binding_is_refused() {
    let at = |iat: Value, extra: Value| {
        let mut claims = binding();
        claims["iat"] = iat;
        for (name, value) in extra.as_object().unwrap() {
            claims[name] = value.clone();
        }
        judge_on(&bound(&held(), &header(), &claims, &holder()), &occasion()).map(|_| ())
    };
    for seconds in [NOW - 360, NOW - 1, NOW, NOW + 60] {
        assert_eq!(at(json!(seconds), json!({})), Ok(()), "{seconds}");
    }
    for seconds in [0, NOW - 361, NOW - 86_400] {
        assert_eq!(at(json!(seconds), json!({})), Err("time.expired"), "{seconds}");
    }
    for seconds in [NOW + 61, NOW + 86_400] {
        assert_eq!(
            at(json!(seconds), json!({})),
            Err("time.not_yet_valid"),
            "{seconds}"
        );
    }
    for malformed in [json!(null), json!("1800000000"), json!(-1)] {
        assert_eq!(at(malformed, json!({})), Err("time.malformed"));
    }
    assert_eq!(at(json!(NOW), json!({ "exp": NOW - 60 })), Err("time.expired"));
    assert_eq!(at(json!(NOW), json!({ "exp": NOW - 59 })), Ok(()));
    assert_eq!(
        at(json!(NOW), json!({ "nbf": NOW + 61 })),
        Err("time.not_yet_valid")
    );
    let strict = occasion().within(10_000, 0);
    let text = bound(
        &held(),
        &header(),
        &json!({ "aud": AUDIENCE, "nonce": "nonce-1", "iat": NOW - 11 }),
        &holder(),
    );
    assert_eq!(judge_on(&text, &strict), Err("time.expired"));
}

#[test]
fn the_issuers_signature_comes_first() {
    let eve = signer(KeyType::Ed25519, 9);
    let claims = json!({ "a": 1, "cnf": { "jwk": holder().public_key().to_jwk() } });
    let forged = sign(
        TYP,
        &method(&issuer()),
        &claims,
        &Concealment::of(["/a"]),
        &eve,
        &mut Drawn(1),
    )
    .unwrap();
    let text = forged.bind(&occasion(), &holder()).unwrap().to_compact();
    assert_eq!(judge_on(&text, &occasion()), Err("signature.invalid"));
}
