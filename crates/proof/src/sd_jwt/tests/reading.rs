//! Section 7.1: what makes an SD-JWT invalid, whoever signed it.

use super::*;

#[test]
fn what_is_shown_comes_out_and_nothing_else() {
    let name = encoded(&json!(["salt-1", "name", "Ada"]));
    let city = encoded(&json!(["salt-2", "city", "Anytown"]));
    let item = encoded(&json!(["salt-3", { "deep": [1] }]));
    let payload = json!({
        "sub": "x",
        "_sd_alg": "sha-256",
        "_sd": [digest(&name), digest("nobody's")],
        "address": { "_sd": [digest(&city)] },
        "list": ["a", { "...": digest(&item) }, { "...": digest("decoy") }, "b"],
    });
    assert_eq!(
        judge(&with(&payload, &[&item, &name])).unwrap(),
        json!({ "sub": "x", "name": "Ada", "address": {}, "list": ["a", { "deep": [1] }, "b"] })
    );
    assert_eq!(
        judge(&with(&payload, &[])).unwrap(),
        json!({ "sub": "x", "address": {}, "list": ["a", "b"] })
    );
    assert_eq!(
        judge(&with(&payload, &[&city])).unwrap(),
        json!({ "sub": "x", "address": { "city": "Anytown" }, "list": ["a", "b"] })
    );
}

#[test]
fn a_jwt_without_digests_is_an_sd_jwt_with_a_tilde_behind_it() {
    let payload = json!({ "sub": "x", "list": [{}, []], "_sd": [] });
    assert_eq!(
        judge(&with(&payload, &[])).unwrap(),
        json!({ "sub": "x", "list": [{}, []] })
    );
    let token = jose::sign(TYP, &method(&issuer()), &json!({}), &issuer()).unwrap();
    assert_eq!(judge(&token), Err("sd_jwt.serialization"));
}

#[test]
fn one_digest_stands_in_one_place_whether_it_is_matched_or_not() {
    let shown = encoded(&json!(["salt", "a", 1]));
    let element = encoded(&json!(["salt", 1]));
    let inner = encoded(&json!(["salt", "inner", { "_sd": ["decoy"] }]));
    let own = encoded(&json!(["salt", "own", { "_sd": [digest(&shown)] }]));
    for (payload, disclosures) in [
        (json!({ "_sd": ["decoy", "decoy"] }), vec![]),
        (json!({ "_sd": [digest(&shown), digest(&shown)] }), vec![]),
        (
            json!({ "_sd": [digest(&shown)], "a": { "_sd": [digest(&shown)] } }),
            vec![],
        ),
        (
            json!({ "_sd": [digest(&shown)], "b": { "_sd": [digest(&shown)] } }),
            vec![shown.as_str()],
        ),
        (
            json!({ "list": [{ "...": "decoy" }, { "...": "decoy" }] }),
            vec![],
        ),
        (
            json!({ "list": [{ "...": digest(&element) }, [{ "...": digest(&element) }]] }),
            vec![element.as_str()],
        ),
        (json!({ "_sd": ["decoy"], "list": [{ "...": "decoy" }] }), vec![]),
        (json!({ "_sd": ["decoy", digest(&inner)] }), vec![inner.as_str()]),
        (
            json!({ "_sd": [digest(&shown), digest(&own)] }),
            vec![own.as_str(), shown.as_str()],
        ),
        (
            json!({ "_sd": [digest(&shown), digest(&own)] }),
            vec![own.as_str()],
        ),
    ] {
        let text = with(&payload, &disclosures);
        assert_eq!(judge(&text), Err("sd_jwt.repeated_digest"), "{payload}");
    }
}

#[test]
fn every_disclosure_is_referred_to_and_sent_once() {
    let name = encoded(&json!(["salt", "name", "Ada"]));
    let other = encoded(&json!(["salt", "other", "Ada"]));
    let payload = json!({ "_sd": [digest(&name)] });
    for (disclosures, code) in [
        (vec![&name, &name], "sd_jwt.repeated_disclosure"),
        (vec![&other, &other], "sd_jwt.repeated_disclosure"),
        (vec![&other], "sd_jwt.unreferenced_disclosure"),
        (vec![&name, &other], "sd_jwt.unreferenced_disclosure"),
    ] {
        let disclosures: Vec<&str> = disclosures.iter().map(|text| text.as_str()).collect();
        assert_eq!(judge(&with(&payload, &disclosures)), Err(code));
    }
    // What is within a disclosure that was not sent is not referred to either.
    let outer = encoded(&json!(["salt", "outer", { "_sd": [digest(&name)] }]));
    let payload = json!({ "_sd": [digest(&outer)] });
    assert_eq!(
        judge(&with(&payload, &[&name])),
        Err("sd_jwt.unreferenced_disclosure")
    );
    assert!(judge(&with(&payload, &[&name, &outer])).is_ok());
    // Another spelling of the same content has another digest.
    let spaced = base64url::encode(br#"["salt", "name", "Ada"]"#);
    assert_eq!(
        judge(&with(&json!({ "_sd": [digest(&name)] }), &[&spaced])),
        Err("sd_jwt.unreferenced_disclosure")
    );
    // A digest is of the text, not of the bytes that it encodes.
    let bytes = crate::multihash::sha256(br#"["salt","name","Ada"]"#);
    let payload = json!({ "_sd": [base64url::encode(&bytes[2..])] });
    assert_eq!(
        judge(&with(&payload, &[&name])),
        Err("sd_jwt.unreferenced_disclosure")
    );
}

#[test]
fn a_disclosure_is_a_salt_a_value_and_for_a_member_its_name() {
    for (array, code) in [
        (json!([]), "sd_jwt.disclosure"),
        (json!(["salt"]), "sd_jwt.disclosure"),
        (json!(["salt", "name", "Ada", 1]), "sd_jwt.disclosure"),
        (json!([1, "name", "Ada"]), "sd_jwt.disclosure"),
        (json!([null, "name", "Ada"]), "sd_jwt.disclosure"),
        (json!(["salt", 1, "Ada"]), "sd_jwt.disclosure"),
        (json!(["salt", null, "Ada"]), "sd_jwt.disclosure"),
        (json!([1, "Ada"]), "sd_jwt.disclosure"),
        (json!([["salt"], "Ada"]), "sd_jwt.disclosure"),
        (json!({ "salt": "name" }), "sd_jwt.disclosure"),
        (json!("salt"), "sd_jwt.disclosure"),
        (json!(["salt", "_sd", ["x"]]), "sd_jwt.reserved_name"),
        (json!(["salt", "...", "x"]), "sd_jwt.reserved_name"),
        (json!(["salt", "_sd_alg", "sha-256"]), "sd_jwt.reserved_name"),
        (json!(["salt", "Ada"]), "sd_jwt.misplaced_disclosure"),
    ] {
        let text = encoded(&array);
        let payload = json!({ "_sd": [digest(&text)] });
        assert_eq!(judge(&with(&payload, &[&text])), Err(code), "{array}");
    }
    let member = encoded(&json!(["salt", "name", "Ada"]));
    let payload = json!({ "list": [{ "...": digest(&member) }] });
    assert_eq!(
        judge(&with(&payload, &[&member])),
        Err("sd_jwt.misplaced_disclosure")
    );
}

#[test]
fn a_disclosure_is_strict_json_in_canonical_base64url() {
    for bytes in [
        &b"not json"[..],
        b"",
        b"[\"salt\",\"name\",\"Ada\"",
        b"[\"salt\",\"name\",\"Ada\"] x",
        b"[\"salt\",\"name\",{\"a\":1,\"\\u0061\":2}]",
        b"[\"salt\",\"name\",1e999]",
        b"[\"salt\",\"name\",\"\xff\"]",
        b"\xef\xbb\xbf[\"salt\",\"name\",1]",
    ] {
        let text = base64url::encode(bytes);
        let payload = json!({ "_sd": [digest(&text)] });
        let code = judge(&with(&payload, &[&text])).unwrap_err();
        let expected = if bytes.is_empty() {
            "sd_jwt.serialization"
        } else {
            "sd_jwt.disclosure"
        };
        assert_eq!(code, expected);
    }
    let good = encoded(&json!(["salt", "name", "Ada"]));
    for text in [
        format!("{good}="),
        format!(" {good}"),
        format!("{good}\n"),
        format!("{good}%"),
        good.replace('W', "+"),
        format!("{good}é"),
    ] {
        let payload = json!({ "_sd": [digest(&text)] });
        assert_eq!(
            judge(&with(&payload, &[&text])),
            Err("sd_jwt.disclosure"),
            "{text}"
        );
    }
}

#[test]
fn a_disclosed_member_may_not_be_there_already() {
    let one = encoded(&json!(["salt-1", "name", "Ada"]));
    let two = encoded(&json!(["salt-2", "name", "Eve"]));
    let sub = encoded(&json!(["salt", "sub", "eve"]));
    for (payload, disclosures) in [
        (json!({ "sub": "ada", "_sd": [digest(&sub)] }), vec![&sub]),
        (json!({ "sub": null, "_sd": [digest(&sub)] }), vec![&sub]),
        (json!({ "_sd": [digest(&one), digest(&two)] }), vec![&one, &two]),
        (json!({ "a": { "name": 1, "_sd": [digest(&one)] } }), vec![&one]),
    ] {
        let disclosures: Vec<&str> = disclosures.iter().map(|text| text.as_str()).collect();
        assert_eq!(
            judge(&with(&payload, &disclosures)),
            Err("sd_jwt.claim_collision"),
            "{payload}"
        );
    }
    // Only one of the two is shown: they are not there together.
    let payload = json!({ "_sd": [digest(&one), digest(&two)] });
    assert_eq!(judge(&with(&payload, &[&two])).unwrap(), json!({ "name": "Eve" }));
}

#[test]
fn nothing_that_decides_about_validity_may_be_withheld() {
    for (name, value) in [
        ("iss", json!("did:web:eve.example")),
        ("exp", json!(1_900_000_000)),
        ("nbf", json!(0)),
        ("cnf", json!({})),
        ("vct", json!("https://a.example/t")),
        ("vct#integrity", json!("sha256-x")),
        ("aka_vcts", json!(["t"])),
        ("status", json!({})),
        ("aud", json!("x")),
    ] {
        let text = encoded(&json!(["salt", name, value]));
        let payload = json!({ "_sd": [digest(&text)] });
        assert_eq!(
            judge(&with(&payload, &[&text])),
            Err("sd_jwt.protected_claim"),
            "{name}"
        );
        // Deeper down the same name means nothing.
        let payload = json!({ "about": { "_sd": [digest(&text)] } });
        assert_eq!(
            judge(&with(&payload, &[&text])).unwrap(),
            json!({ "about": { name: value } })
        );
    }
    // Nor a part of it, shown or not.
    let part = encoded(&json!(["salt", "jwk", {}]));
    for payload in [
        json!({ "cnf": { "_sd": [digest(&part)] } }),
        json!({ "status": { "status_list": { "_sd": [digest(&part)] } } }),
        json!({ "aka_vcts": ["a", { "...": digest(&part) }] }),
    ] {
        assert_eq!(
            judge(&with(&payload, &[])),
            Err("sd_jwt.protected_claim"),
            "{payload}"
        );
    }
    // Of an audience, single elements may be.
    let element = encoded(&json!(["salt", "https://b.example"]));
    let payload = json!({ "aud": ["https://a.example", { "...": digest(&element) }] });
    assert!(judge(&with(&payload, &[&element])).is_ok());
    // Whatever else may be, `sub` and `iat` too.
    let sub = encoded(&json!(["salt", "sub", "ada"]));
    assert!(judge(&with(&json!({ "_sd": [digest(&sub)] }), &[&sub])).is_ok());
}

#[test]
fn names_that_carry_digests_carry_nothing_else() {
    for payload in [
        json!({ "_sd": "x" }),
        json!({ "_sd": { "a": 1 } }),
        json!({ "_sd": null }),
        json!({ "_sd": [1] }),
        json!({ "_sd": [["x"]] }),
        json!({ "_sd": [null] }),
        json!({ "...": "x" }),
        json!({ "a": { "...": "x" } }),
        json!({ "list": [{ "...": 1 }] }),
        json!({ "list": [{ "...": null }] }),
        json!({ "list": [{ "...": ["x"] }] }),
        json!({ "list": [{ "...": "x", "also": 1 }] }),
        json!({ "list": [{ "...": "x", "_sd": [] }] }),
        json!({ "a": { "_sd_alg": "sha-256" } }),
        json!({ "list": [{ "_sd_alg": "sha-256" }] }),
    ] {
        assert_eq!(judge(&with(&payload, &[])), Err("sd_jwt.digests"), "{payload}");
        // The same within a disclosure.
        let text = encoded(&json!(["salt", "within", payload]));
        let outer = json!({ "_sd": [digest(&text)] });
        assert_eq!(judge(&with(&outer, &[&text])), Err("sd_jwt.digests"), "{payload}");
    }
}

#[test]
fn sha_256_is_the_only_hash_function() {
    for name in [
        json!("sha-512"),
        json!("SHA-256"),
        json!("sha256"),
        json!("md5"),
        json!("none"),
        json!(""),
        json!(null),
        json!(["sha-256"]),
    ] {
        let payload = json!({ "_sd_alg": name });
        assert_eq!(
            judge(&with(&payload, &[])),
            Err("sd_jwt.hash_algorithm"),
            "{name}"
        );
    }
    assert_eq!(
        judge(&with(&json!({ "_sd_alg": "sha-256" }), &[])).unwrap(),
        json!({})
    );
}

#[test]
fn what_can_be_sent_is_limited_before_it_costs_anything() {
    let disclosures: Vec<String> = (0..257)
        .map(|at| encoded(&json!(["salt", format!("n{at}"), at])))
        .collect();
    let texts: Vec<&str> = disclosures.iter().map(String::as_str).collect();
    let digests: Vec<String> = disclosures.iter().map(|text| digest(text)).collect();
    let payload = json!({ "_sd": digests });
    assert_eq!(judge(&with(&payload, &texts)), Err("limit.disclosures"));
    assert_eq!(
        judge(&with(&payload, &texts[..256]))
            .unwrap()
            .as_object()
            .unwrap()
            .len(),
        256
    );
    let many: Vec<String> = (0..4097).map(|at| at.to_string()).collect();
    assert_eq!(
        judge(&with(&json!({ "_sd": many }), &[])),
        Err("limit.disclosures")
    );
    assert!(judge(&with(&json!({ "_sd": many[..4096] }), &[])).is_ok());
    assert_eq!(judge(&"~".repeat(300 * 1024)), Err("limit.size"));
}

#[test]
fn disclosures_within_disclosures_are_no_way_around_the_depth() {
    let mut inner = encoded(&json!(["salt", "last", 1]));
    let mut all = vec![inner.clone()];
    for at in 0..70 {
        inner = encoded(&json!([format!("salt-{at}"), "next", { "_sd": [digest(&inner)] }]));
        all.push(inner.clone());
    }
    let texts: Vec<&str> = all.iter().map(String::as_str).collect();
    let judged = |from: usize| judge(&with(&json!({ "_sd": [digest(texts[from])] }), &texts[..=from]));
    assert_eq!(judged(70), Err("limit.depth"));
    assert!(judged(60).is_ok());
    // What a disclosure nests counts from where it stands.
    let nested = format!("[\"salt\",\"deep\",{}{}]", "[".repeat(63), "]".repeat(63));
    let text = base64url::encode(nested.as_bytes());
    let payload = json!({ "_sd": [digest(&text)] });
    assert!(judge(&with(&payload, &[&text])).is_ok());
    let payload = json!({ "a": payload });
    assert_eq!(judge(&with(&payload, &[&text])), Err("limit.depth"));
}

#[test]
fn the_text_has_one_form() {
    let good = issued(&claims(), &["/sub", "/level"]).to_compact();
    assert!(judge(&good).is_ok());
    let (jwt, rest) = good.split_once('~').unwrap();
    for text in [
        String::new(),
        "~".to_owned(),
        "~~".to_owned(),
        jwt.to_owned(),
        format!("{jwt}~~"),
        format!("{jwt}~~{rest}"),
        format!("{good}~"),
        format!("{good}x"),
        good.trim_end_matches('~').to_owned(),
        format!("~{good}"),
        format!("{good}\n"),
        format!("a.b~{rest}"),
        format!("{jwt}.{jwt}~"),
        "{}".to_owned(),
        "[]".to_owned(),
    ] {
        let code = judge(&text).unwrap_err();
        assert!(
            ["sd_jwt.serialization", "sd_jwt.disclosure"].contains(&code),
            "{code} {text:.60}"
        );
    }
    // The rules of the JWS in it are those of every JWS.
    assert_eq!(judge(&format!(" {good}")), Err("parse.base64url"));
    let none = base64url::encode(br#"{"alg":"none","typ":"test+sd-jwt"}"#);
    assert_eq!(judge(&format!("{none}.e30.AA~")), Err("alg.unknown"));
    let other = jose::sign("vc+jwt", &method(&issuer()), &json!({}), &issuer()).unwrap();
    assert_eq!(judge(&format!("{other}~")), Err("type.typ"));
}

#[test]
fn json_has_the_disclosures_in_the_first_unprotected_header() {
    let issued = issued(&claims(), &["/sub", "/level"]);
    let good = issued.to_json();
    assert_eq!(judge(&good.to_string()).unwrap(), claims());
    let general = json!({
        "payload": good["payload"],
        "signatures": [{ "protected": good["protected"], "signature": good["signature"], "header": good["header"] }],
    });
    assert_eq!(judge(&general.to_string()).unwrap(), claims());
    let changed = |pointer: &str, value: Value| {
        let mut whole = general.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        whole.pointer_mut(parent).unwrap()[name] = value;
        judge(&whole.to_string())
    };
    let header = "/signatures/0/header";
    for (pointer, value) in [
        ("/signatures", json!({})),
        ("/signatures", json!([1])),
        ("/payload", json!(1)),
        ("/protected", good["protected"].clone()),
        ("/header", json!({})),
        ("/signatures/0/protected", json!(null)),
        ("/signatures/0/header", json!([])),
        (header, json!({ "disclosures": "x" })),
        (header, json!({ "disclosures": [1] })),
        (header, json!({ "disclosures": [""] })),
        (header, json!({ "disclosures": [], "alg": "none" })),
        (header, json!({ "jwk": {} })),
        (header, json!({ "crit": ["x"] })),
        (header, json!({ "kb_jwt": 1 })),
        (header, json!({ "kb_jwt": "x" })),
    ] {
        assert_eq!(
            changed(pointer, value.clone()),
            Err("sd_jwt.serialization"),
            "{pointer} {value}"
        );
    }
    assert_eq!(changed("/signatures", json!([])), Err("signature.missing"));
    assert_eq!(
        changed("/signatures", vec![good.clone(); 9].into()),
        Err("limit.proofs")
    );
    // Without its disclosures it is the same SD-JWT, which shows nothing.
    let silent = changed(header, json!({})).unwrap();
    assert!(silent.get("sub").is_none() && silent.get("level").is_none());
    assert_eq!(
        judge(&good.to_string().replacen('{', r#"{"payload":"e30","#, 1)),
        Err("parse.duplicate_member")
    );
}

#[test]
fn any_changed_byte_is_refused() {
    let good = issued(&json!({ "a": 1, "b": [2] }), &["/a", "/b/0"]).to_compact();
    for at in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let text = String::from_utf8(bytes).unwrap();
        assert!(judge(&text).is_err(), "{at}");
    }
}

#[test]
fn claims_are_proven_only_under_the_issuers_key() {
    let text = issued(&claims(), &["/sub"]).to_compact();
    let secured = Secured::sd_jwt(&text, &[TYP], &Limits::default()).unwrap();
    let other = signer(KeyType::Ed25519, 2);
    assert_eq!(
        secured.prove(&expect(&other), &DidKeys).unwrap_err().code(),
        "key.issuer_mismatch"
    );
    let pinned = |key: &SecretKey| {
        super::super::verify_with_key(&text, &[TYP], key.public_key(), None, &Limits::default())
            .map_err(|error| error.code())
    };
    assert_eq!(pinned(&other), Err("signature.invalid"));
    assert_eq!(pinned(&signer(KeyType::P256, 1)), Err("alg.mismatch"));
    assert_eq!(pinned(&issuer()), Ok(claims()));
    assert_eq!(secured.securing(), crate::Securing::SdJwt);
}

#[test]
fn the_digest_of_the_paper_does_not_depend_on_what_is_shown() {
    let all = issued(&claims(), &["/sub", "/level"]);
    let some = all.disclose(&["/sub"], &Limits::default()).unwrap();
    let digest = |one: &SdJwt| {
        let secured = Secured::sd_jwt(&one.to_compact(), &[TYP], &Limits::default()).unwrap();
        secured.digest().clone()
    };
    assert_eq!(digest(&all), digest(&some));
    let jwt = all.to_compact();
    let signed = jwt.split('~').next().unwrap().rsplit_once('.').unwrap().0;
    assert_eq!(digest(&all), crate::Digest::of_bytes(signed.as_bytes()));
}

#[test]
fn a_disclosure_is_not_printed() {
    let all = issued(&json!({ "secret": "xyzzy" }), &["/secret"]);
    assert!(!format!("{:?}", all.disclosures()).contains("xyzzy"));
    assert!(!format!("{:?}", all.disclosures()).contains(all.disclosures()[0].as_str()));
}
