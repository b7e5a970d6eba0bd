//! DIDs, times, methods, actions and resources.

use serde_json::json;

use crate::corpus::{Corpus, remove};
use crate::scene::Scene;

pub(in crate::corpus) fn names(corpus: &mut Corpus) {
    for (name, did) in [
        ("upper_case_scheme", "DID:web:acme.example"),
        ("upper_case_method", "did:Web:acme.example"),
        ("without_a_method", "did::acme.example"),
        ("without_a_name", "did:web:"),
        ("with_a_fragment", "did:web:acme.example#key-1"),
        ("with_a_query", "did:web:acme.example?x=1"),
        ("with_a_path", "did:web:acme.example/x"),
        ("lower_case_percent", "did:web:acme.example%3a443"),
        ("half_a_percent", "did:web:acme.example%3"),
        ("with_a_space", "did:web:acme .example"),
        ("beyond_ascii", "did:web:acm\u{e9}.example"),
        ("a_url", "https://acme.example"),
        ("empty", ""),
        ("with_a_backslash", "did:web:acme\\example"),
        ("with_an_at_sign", "did:web:user@acme.example"),
    ] {
        let code = if did.is_empty() {
            "parse.structure"
        } else {
            "parse.did"
        };
        corpus.direct(
            &format!("read_issuer_did_{name}"),
            code,
            "The issuer is no DID in canonical spelling.",
            |scene| {
                scene.paper(0)["issuer"] = json!(did);
            },
        );
    }
    for (name, time) in [
        ("without_a_zone", "2026-06-17T06:00:00"),
        ("date_only", "2026-06-17"),
        ("thirtieth_of_february", "2026-02-30T06:00:00Z"),
        ("hour_24", "2026-06-16T24:00:00Z"),
        ("leap_second", "2026-06-16T23:59:60Z"),
        ("year_10000", "10000-01-01T00:00:00Z"),
        ("space_for_t", "2026-06-17 06:00:00Z"),
        ("month_13", "2026-13-01T00:00:00Z"),
        ("minute_60", "2026-06-17T05:60:00Z"),
        ("offset_of_25_hours", "2026-06-17T06:00:00+25:00"),
        ("trailing_text", "2026-06-17T06:00:00Z "),
        ("number_in_a_text", "1781676000"),
        ("fraction_without_digits", "2026-06-17T06:00:00.Z"),
        ("negative_year", "-2026-06-17T06:00:00Z"),
    ] {
        corpus.direct(
            &format!("read_time_{name}"),
            "parse.timestamp",
            "`validFrom` is no dateTimeStamp.",
            |scene| {
                scene.paper(0)["validFrom"] = json!(time);
            },
        );
    }
    for (name, method) in [
        ("no_did_url", "key-1"),
        ("empty_fragment", "did:web:acme.example#"),
        ("space", "did:web:acme.example#key 1"),
        ("url", "https://acme.example/keys/1"),
    ] {
        for jose in [false, true] {
            let securing = if jose { "_jose" } else { "" };
            corpus.direct(
                &format!("read_method_{name}{securing}"),
                "parse.did_url",
                "The proof's method is no DID URL.",
                |scene| {
                    if jose {
                        scene.jose();
                    }
                    scene.papers[0].method(method);
                },
            );
        }
    }
    for (name, value) in [
        ("base64url", "uAAAA"),
        ("without_its_prefix", "3FXQ"),
        ("with_a_character_of_no_alphabet", "z0OIl"),
        ("with_padding", "z3FXQ="),
        ("with_a_space", "z3F XQ"),
        ("hexadecimal", "f00ff"),
        ("empty", ""),
    ] {
        corpus.direct(
            &format!("read_proof_value_{name}"),
            "parse.multibase",
            "The proof's value is not canonical base58btc.",
            |scene| {
                scene.papers[0].afterwards(move |item| item["proof"]["proofValue"] = json!(value));
            },
        );
    }
}

pub(in crate::corpus) fn capabilities(corpus: &mut Corpus) {
    for (name, action) in [
        ("one_word", "refund"),
        ("star", "*"),
        ("star_noun", "*:create"),
        ("two_stars", "*:*"),
        ("three_words", "refund:create:now"),
        ("upper_case", "Refund:create"),
        ("half_a_star", "refund:cre*"),
        ("space", "refund: create"),
        ("empty", ""),
        ("encoded", "refund%3Acreate"),
        ("beyond_ascii", "refund:cr\u{e9}ate"),
    ] {
        corpus.direct(
            &format!("read_action_{name}"),
            "parse.action",
            "The action is not `noun:verb`.",
            |scene| {
                scene.entry(0)["action"] = json!([action]);
            },
        );
    }
    for (name, resource) in [
        ("upper_case_host", "https://API.globex.example/orders/*"),
        ("default_port", "https://api.globex.example:443/orders/*"),
        ("query", "https://api.globex.example/orders/*?x=1"),
        ("fragment", "https://api.globex.example/orders/*#x"),
        ("user", "https://ann@api.globex.example/orders/*"),
        ("empty_segment", "https://api.globex.example//orders/*"),
        ("dot_segment", "https://api.globex.example/x/../orders/*"),
        ("single_dot", "https://api.globex.example/./orders/*"),
        ("semicolon", "https://api.globex.example/orders;v=1/*"),
        ("encoded_slash", "https://api.globex.example/orders%2F*"),
        ("encoded_letter", "https://api.globex.example/%6Frders/*"),
        ("lower_case_percent", "https://api.globex.example/%c3%bc/*"),
        ("encoded_dots", "https://api.globex.example/%2E%2E/*"),
        ("star_inside", "https://api.globex.example/*/lines"),
        ("star_in_a_segment", "https://api.globex.example/orders*"),
        ("two_stars", "https://api.globex.example/orders/**"),
        ("star_host", "https://*.globex.example/orders"),
        ("trailing_dot", "https://api.globex.example./orders/*"),
        ("no_path", "https://api.globex.example"),
        ("trailing_slash", "https://api.globex.example/orders/"),
        ("relative", "/orders/*"),
        ("backslash", "https://api.globex.example/orders\\1"),
        ("encoded_percent", "https://api.globex.example/%25/*"),
        ("star_alone", "*"),
        ("beyond_ascii_host", "https://api.gl\u{f6}bex.example/orders/*"),
        ("zero_port", "https://api.globex.example:0/orders/*"),
    ] {
        corpus.direct(
            &format!("read_resource_{name}"),
            "parse.resource",
            "The resource is not in normal form.",
            |scene| {
                scene.entry(0)["resource"] = json!([resource]);
            },
        );
    }
    for (name, member, value) in [
        ("action_text", "action", json!("refund:create")),
        ("action_number", "action", json!([1])),
        (
            "resource_text",
            "resource",
            json!("https://api.globex.example/orders/*"),
        ),
        ("resource_null_item", "resource", json!([null])),
        ("constraint_object", "constraint", json!({"type": "Amount"})),
        ("constraint_text", "constraint", json!("none")),
        ("delegation_true", "delegation", json!(true)),
        ("delegation_number", "delegation", json!(1)),
        ("delegation_without_depth", "delegation", json!({})),
        ("depth_negative", "delegation", json!({"maxDepth": -1})),
        ("depth_fraction", "delegation", json!({"maxDepth": 1.5})),
        ("depth_text", "delegation", json!({"maxDepth": "1"})),
        ("depth_256", "delegation", json!({"maxDepth": 256})),
        ("depth_null", "delegation", json!({"maxDepth": null})),
        ("delegation_null", "delegation", json!(null)),
        ("from_text", "from", json!("0")),
        ("from_negative", "from", json!(-1)),
        ("from_null", "from", json!(null)),
        ("from_array", "from", json!([0])),
    ] {
        corpus.direct(
            &format!("read_entry_{name}"),
            "parse.structure",
            "A member of the entry is not as the schema has it.",
            |scene| {
                scene.entry(0)[member] = value;
            },
        );
    }
    for (name, member, value) in [
        (
            "sixty_five_actions",
            "action",
            json!(
                (0..65)
                    .map(|number| format!("refund:v{number}"))
                    .collect::<Vec<_>>()
            ),
        ),
        (
            "thirty_three_constraints",
            "constraint",
            json!(
                (0..33)
                    .map(|max| crate::paper::amount(&max.to_string()))
                    .collect::<Vec<_>>()
            ),
        ),
    ] {
        corpus.direct(
            &format!("read_entry_{name}"),
            "limit.items",
            "More items than an entry may have.",
            |scene| {
                scene.entry(0)[member] = value;
            },
        );
    }
    for member in ["action", "resource"] {
        corpus.direct(
            &format!("read_entry_without_{member}"),
            "parse.structure",
            "An entry names actions and resources.",
            |scene| remove(scene.entry(0), member),
        );
    }
    for (name, value) in [
        ("text", json!("all")),
        ("object", json!({})),
        ("number", json!(1)),
    ] {
        corpus.direct(
            &format!("read_capability_is_a_{name}"),
            "parse.structure",
            "A capability is an array of entries.",
            |scene: &mut Scene| {
                scene.paper(0)["credentialSubject"]["capability"] = value;
            },
        );
    }
    for (name, value) in [
        ("null", json!(null)),
        ("text", json!("refund:create")),
        ("array", json!([])),
    ] {
        corpus.direct(
            &format!("read_entry_is_{name}"),
            "parse.structure",
            "An entry is an object.",
            |scene| {
                scene.paper(0)["credentialSubject"]["capability"] = json!([value]);
            },
        );
    }
}
