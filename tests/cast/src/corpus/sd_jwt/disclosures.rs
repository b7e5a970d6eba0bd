//! RFC 9901, section 7.1: disclosures and digests.

use chancery_proof::base64url;

use super::*;

pub(super) fn vectors(corpus: &mut Corpus) {
    shapes(corpus);
    repeated(corpus);
    collisions(corpus);
    protected(corpus);
    digests(corpus);
    limits(corpus);
}

fn shapes(corpus: &mut Corpus) {
    let code = "sd_jwt.disclosure";
    for (name, array) in [
        ("no_elements", json!([])),
        ("one_element", json!(["salt"])),
        ("four_elements", json!(["salt", "team", "Payments", 1])),
        ("number_as_salt", json!([7, "team", "Payments"])),
        ("null_as_salt", json!([null, "team", "Payments"])),
        ("array_as_salt", json!([["salt"], "team", "Payments"])),
        ("number_as_name", json!(["salt", 7, "Payments"])),
        ("null_as_name", json!(["salt", null, "Payments"])),
        ("object", json!({"salt": "x", "team": "Payments"})),
        ("text", json!("team")),
        ("number_as_salt_of_an_element", json!([7, "Payments"])),
    ] {
        about(
            corpus,
            &format!("sd_jwt_disclosure_{name}"),
            code,
            "A disclosure is [salt, name, value] or [salt, value], salt and name texts.",
            |slip| add(slip, &array),
        );
    }
    for (name, bytes) in [
        ("not_json", &b"team"[..]),
        ("cut_off", b"[\"salt\",\"team\",\"Payments\""),
        ("with_more_behind_it", b"[\"salt\",\"team\",1] 2"),
        ("with_a_member_twice", b"[\"salt\",\"team\",{\"a\":1,\"a\":2}]"),
        ("not_utf_8", b"[\"salt\",\"team\",\"\xff\"]"),
        ("infinite_number", b"[\"salt\",\"team\",1e999]"),
    ] {
        about(
            corpus,
            &format!("sd_jwt_disclosure_{name}"),
            code,
            "A disclosure is one strict JSON text.",
            |slip| {
                let text = base64url::encode(bytes);
                append(claims(slip), &text);
                slip.disclosures.push(text);
            },
        );
    }
    for (name, tail) in [("padded", "="), ("with_a_space", " "), ("with_a_plus", "+a")] {
        about(
            corpus,
            &format!("sd_jwt_disclosure_{name}"),
            code,
            "base64url has one spelling.",
            |slip| {
                let text = format!("{}{tail}", disclosure(&json!(["salt", "team", "Payments"])));
                append(claims(slip), &text);
                slip.disclosures.push(text);
            },
        );
    }
    for (slug, name) in [("sd", "_sd"), ("dots", "..."), ("sd_alg", "_sd_alg")] {
        about(
            corpus,
            &format!("sd_jwt_reserved_name_{slug}"),
            "sd_jwt.reserved_name",
            "A disclosure brings no digests in as a claim.",
            |slip| add(slip, &json!(["salt", name, ["x"]])),
        );
    }
    about(
        corpus,
        "sd_jwt_misplaced_element",
        "sd_jwt.misplaced_disclosure",
        "Two elements in an object.",
        |slip| add(slip, &json!(["salt", "Payments"])),
    );
    about(
        corpus,
        "sd_jwt_misplaced_member",
        "sd_jwt.misplaced_disclosure",
        "Three elements in an array.",
        |slip| {
            let text = disclosure(&json!(["salt", "team", "Payments"]));
            claims(slip)["tools"] = json!([{"...": disclosure_digest(&text)}]);
            slip.disclosures.push(text);
        },
    );
}

fn repeated(corpus: &mut Corpus) {
    let code = "sd_jwt.repeated_digest";
    about(
        corpus,
        "sd_jwt_repeated_digest",
        code,
        "The digest of a shown member stands there twice.",
        |slip| {
            let text = slip.disclosures[2].clone();
            append(claims(slip), &text);
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_digest_of_a_withheld_member",
        code,
        "It does not matter that nothing is shown for it.",
        |slip| {
            let text = slip.disclosures.remove(2);
            append(claims(slip), &text);
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_decoy",
        code,
        "Nor that it is of nothing.",
        |slip| {
            append(claims(slip), "decoy");
            append(claims(slip), "decoy");
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_digest_in_the_document",
        code,
        "In two objects.",
        |slip| {
            let text = slip.disclosures[2].clone();
            append(&mut slip.document, &text);
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_digest_in_an_array",
        code,
        "In an object and in an array.",
        |slip| {
            let digest = disclosure_digest(&slip.disclosures.remove(2));
            claims(slip)["tools"] = json!(["a", {"...": digest}]);
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_digest_within_a_disclosure",
        code,
        "In the payload and in what is disclosed.",
        |slip| {
            let digest = disclosure_digest(&slip.disclosures[0]);
            add(slip, &json!(["salt", "composite", {"_sd": [digest]}]));
        },
    );
    about(
        corpus,
        "sd_jwt_repeated_disclosure",
        "sd_jwt.repeated_disclosure",
        "One disclosure is sent twice.",
        |slip| {
            let text = slip.disclosures[2].clone();
            slip.disclosures.push(text);
        },
    );
    for (name, array) in [
        ("of_nothing", json!(["salt", "team", "Payments"])),
        ("of_an_element", json!(["salt", "Payments"])),
        ("of_a_member_that_is_there", json!(["salt", "riskLevel", "low"])),
    ] {
        about(
            corpus,
            &format!("sd_jwt_unreferenced_disclosure_{name}"),
            "sd_jwt.unreferenced_disclosure",
            "The holder adds a disclosure of its own.",
            |slip| slip.disclosures.push(disclosure(&array)),
        );
    }
    about(
        corpus,
        "sd_jwt_disclosure_in_another_spelling",
        "sd_jwt.unreferenced_disclosure",
        "The same content in other bytes is another disclosure.",
        |slip| {
            let spaced = "[\"salt-owner\", \"owner\", \"Ann Example <ann@acme.example>\"]";
            slip.disclosures[2] = base64url::encode(spaced.as_bytes());
        },
    );
    about(
        corpus,
        "sd_jwt_changed_owner",
        "sd_jwt.unreferenced_disclosure",
        "The holder names another owner.",
        |slip| slip.disclosures[2] = disclosure(&json!(["salt-owner", "owner", "Eve Example"])),
    );
    about(
        corpus,
        "sd_jwt_changed_salt",
        "sd_jwt.unreferenced_disclosure",
        "The salt is part of the disclosure.",
        |slip| {
            slip.disclosures[2] =
                disclosure(&json!(["salt-other", "owner", "Ann Example <ann@acme.example>"]));
        },
    );
}

fn collisions(corpus: &mut Corpus) {
    let code = "sd_jwt.claim_collision";
    about(
        corpus,
        "sd_jwt_collision_with_a_plain_member",
        code,
        "A disclosed member replaces none that is there.",
        |slip| claims(slip)["owner"] = json!("Ann Example <ann@acme.example>"),
    );
    about(
        corpus,
        "sd_jwt_collision_of_two_disclosures",
        code,
        "Nor one that was disclosed.",
        |slip| add(slip, &json!(["salt", "owner", "Eve Example"])),
    );
    about(
        corpus,
        "sd_jwt_collision_with_the_risk",
        code,
        "Nor one that may not be withheld at all.",
        |slip| add(slip, &json!(["salt", "riskLevel", "low"])),
    );
}

fn protected(corpus: &mut Corpus) {
    for (name, value) in [
        ("iss", json!("did:web:acme.example")),
        ("exp", json!(4_000_000_000_i64)),
        ("nbf", json!(0)),
        ("cnf", json!({"jwk": {}})),
        ("vct", json!("https://acme.example/passport")),
        ("status", json!({})),
        ("aud", json!("https://api.globex.example")),
    ] {
        about(
            corpus,
            &format!("sd_jwt_protected_{name}"),
            "sd_jwt.protected_claim",
            "Nothing that decides about validity is left to the holder.",
            |slip| {
                let text = disclosure(&json!(["salt", name, value]));
                append(&mut slip.document, &text);
                slip.disclosures.push(text);
            },
        );
    }
}

fn digests(corpus: &mut Corpus) {
    let code = "sd_jwt.digests";
    for (name, value) in [
        ("text", json!("x")),
        ("object", json!({})),
        ("null", json!(null)),
        ("number_in_it", json!([7])),
        ("array_in_it", json!([["x"]])),
    ] {
        about(
            corpus,
            &format!("sd_jwt_digests_{name}"),
            code,
            "`_sd` is an array of texts.",
            |slip| {
                slip.disclosures.clear();
                claims(slip)["_sd"] = value;
            },
        );
    }
    for (name, value) in [
        ("in_an_object", json!({"...": "x"})),
        ("with_company", json!([{"...": "x", "also": 1}])),
        ("of_a_number", json!([{"...": 7}])),
    ] {
        about(
            corpus,
            &format!("sd_jwt_dots_{name}"),
            code,
            "`...` stands alone in an element of an array.",
            |slip| claims(slip)["composite"] = value,
        );
    }
    about(
        corpus,
        "sd_jwt_alg_in_the_subject",
        code,
        "`_sd_alg` stands at the top.",
        |slip| claims(slip)["_sd_alg"] = json!("sha-256"),
    );
    for (name, value) in [
        ("sha_512", json!("sha-512")),
        ("upper_case", json!("SHA-256")),
        ("md5", json!("md5")),
        ("none", json!("none")),
        ("null", json!(null)),
        ("list", json!(["sha-256"])),
    ] {
        about(
            corpus,
            &format!("sd_jwt_hash_{name}"),
            "sd_jwt.hash_algorithm",
            "The digests are of sha-256, spelled so.",
            |slip| slip.document["_sd_alg"] = value,
        );
    }
}

fn limits(corpus: &mut Corpus) {
    about(
        corpus,
        "sd_jwt_257_disclosures",
        "limit.disclosures",
        "At most 256 disclosures are read.",
        |slip| {
            for at in 0..253 {
                slip.disclosures
                    .push(disclosure(&json!(["s", at.to_string(), at])));
            }
        },
    );
    about(
        corpus,
        "sd_jwt_4097_digests",
        "limit.disclosures",
        "At most 4,096 digests are read.",
        |slip| {
            slip.disclosures.clear();
            claims(slip)["_sd"] = (0..4_097).map(|at| json!(at.to_string())).collect();
        },
    );
    about(
        corpus,
        "sd_jwt_nested_too_deep",
        "limit.depth",
        "A disclosure nests no deeper than the rest.",
        |slip| {
            let text = format!("[\"salt\",\"tools\",{}{}]", "[".repeat(100), "]".repeat(100));
            let text = base64url::encode(text.as_bytes());
            append(claims(slip), &text);
            slip.disclosures.push(text);
        },
    );
}
