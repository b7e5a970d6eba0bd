//! Step 1: sizes, strict JSON, structure, schema version.

use serde_json::{Value, json};

use super::{Corpus, remove, slug};
use crate::paper::{digest, schema};
use crate::party::{ACME, ADA};
use crate::scene::Scene;

pub(super) fn vectors(corpus: &mut Corpus) {
    texts(corpus);
    json_texts(corpus);
    tokens(corpus);
    limits(corpus);
    duplicates(corpus);
    unknown_members(corpus);
    shapes(corpus);
    schemas(corpus);
    names(corpus);
    capabilities(corpus);
}

/// The presentation's text replaced or rewritten.
fn rewritten(corpus: &mut Corpus, name: &str, code: &str, comment: &str, rewrite: impl Fn(String) -> String + 'static) {
    corpus.direct(&format!("read_{name}"), code, comment, |scene| scene.rewrite(rewrite));
}

/// The same for a presentation that is a JWS throughout.
fn rewritten_token(corpus: &mut Corpus, name: &str, code: &str, comment: &str, rewrite: impl Fn(String) -> String + 'static) {
    corpus.direct(&format!("read_{name}"), code, comment, |scene| {
        scene.jose();
        scene.rewrite(rewrite);
    });
}

fn texts(corpus: &mut Corpus) {
    for (name, text) in [
        ("empty", ""), ("white_space", " \n "), ("null", "null"), ("number", "1"), ("array", "[]"), ("string", "\"presentation\""), ("plain_text", "present"),
    ] {
        rewritten(corpus, name, "parse.jose", "Neither a JSON object nor a compact JWS.", move |_| text.to_owned());
    }
    rewritten(corpus, "truncated", "parse.json", "The text ends in the middle.", |text| text[..text.len() / 2].to_owned());
    rewritten(corpus, "last_brace_missing", "parse.json", "The last character is missing.", |text| text[..text.len() - 1].to_owned());
    rewritten(corpus, "trailing_text", "parse.json", "Something follows the document.", |text| text + "x");
    rewritten(corpus, "two_documents", "parse.json", "Two documents, one after another.", |text| format!("{text}{text}"));
    rewritten(corpus, "byte_order_mark", "parse.jose", "A byte order mark stands before the document.", |text| format!("\u{feff}{text}"));
    rewritten(corpus, "json_in_an_array", "parse.jose", "The document stands in an array.", |text| format!("[{text}]"));
    rewritten(corpus, "empty_object", "signature.missing", "An object without a proof.", |_| "{}".to_owned());
    rewritten_token(corpus, "json_serialization", "signature.missing", "The JSON serialization of JWS is not taken.", |token| {
        let parts: Vec<&str> = token.split('.').collect();
        json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]}).to_string()
    });
}

fn json_texts(corpus: &mut Corpus) {
    let replaced = |from: &'static str, to: &'static str| move |text: String| {
        assert!(text.contains(from), "`{from}` is not in the text");
        text.replacen(from, to, 1)
    };
    let entry = "\"capabilityEntry\":0";
    for (name, to, code) in [
        ("number_too_large", "\"capabilityEntry\":1e400", "parse.number"),
        ("number_too_small_exponent_form", "\"capabilityEntry\":-1e999", "parse.number"),
        ("number_nan", "\"capabilityEntry\":NaN", "parse.json"),
        ("number_infinity", "\"capabilityEntry\":Infinity", "parse.json"),
        ("number_leading_zero", "\"capabilityEntry\":00", "parse.json"),
        ("number_plus", "\"capabilityEntry\":+0", "parse.json"),
        ("number_bare_fraction", "\"capabilityEntry\":.0", "parse.json"),
        ("number_open_fraction", "\"capabilityEntry\":0.", "parse.json"),
        ("number_hexadecimal", "\"capabilityEntry\":0x0", "parse.json"),
        ("number_open_exponent", "\"capabilityEntry\":0e", "parse.json"),
        ("literal_upper_case", "\"capabilityEntry\":True", "parse.json"),
        ("literal_undefined", "\"capabilityEntry\":undefined", "parse.json"),
        ("comment", "\"capabilityEntry\":0/*first*/", "parse.json"),
        ("trailing_comma", "\"capabilityEntry\":[0,]", "parse.json"),
        ("single_quotes", "'capabilityEntry':0", "parse.json"),
        ("bare_name", "capabilityEntry:0", "parse.json"),
        ("missing_colon", "\"capabilityEntry\" 0", "parse.json"),
        ("missing_value", "\"capabilityEntry\":", "parse.json"),
        ("control_character", "\"capabilityEntry\":0,\"x\":\"a\nb\"", "parse.json"),
        ("null_character", "\"capabilityEntry\":0,\"x\":\"a\u{0}b\"", "parse.json"),
        ("escape_unknown", "\"capabilityEntry\":0,\"x\":\"\\x41\"", "parse.json"),
        ("escape_short", "\"capabilityEntry\":0,\"x\":\"\\u004\"", "parse.json"),
        ("escape_not_hexadecimal", "\"capabilityEntry\":0,\"x\":\"\\u00zz\"", "parse.json"),
        ("string_open", "\"capabilityEntry\":0,\"x\":\"", "parse.json"),
        ("surrogate_high_alone", "\"capabilityEntry\":0,\"x\":\"\\ud83d\"", "parse.utf8"),
        ("surrogate_low_alone", "\"capabilityEntry\":0,\"x\":\"\\ude00\"", "parse.utf8"),
        ("surrogates_reversed", "\"capabilityEntry\":0,\"x\":\"\\ude00\\ud83d\"", "parse.utf8"),
        ("surrogate_high_twice", "\"capabilityEntry\":0,\"x\":\"\\ud83d\\ud83d\"", "parse.utf8"),
        ("surrogate_in_a_name", "\"capabilityEntry\":0,\"\\ud800\":1", "parse.utf8"),
        ("form_feed_as_white_space", "\"capabilityEntry\":\u{c}0", "parse.json"),
        ("no_break_space_as_white_space", "\"capabilityEntry\":\u{a0}0", "parse.json"),
    ] {
        rewritten(corpus, name, code, "The text is not strict JSON.", replaced(entry, to));
    }
    for (name, value) in [
        ("entry_negative", json!(-1)), ("entry_fraction", json!(0.5)), ("entry_text", json!("0")),
        ("entry_null", json!(null)), ("entry_array", json!([0])), ("entry_true", json!(true)),
    ] {
        corpus.direct(&format!("read_{name}"), "parse.structure", "`capabilityEntry` is no index.", |scene| {
            scene.presentation.document["capabilityEntry"] = value;
        });
    }
}

fn tokens(corpus: &mut Corpus) {
    for (name, code, comment, rewrite) in [
        ("jws_two_parts", "parse.jose", "The signature's part is gone.", (|token| token.rsplit_once('.').unwrap().0.to_owned()) as fn(String) -> String),
        ("jws_four_parts", "parse.jose", "A part too many.", |token| token + ".AA"),
        ("jwe_five_parts", "parse.jose", "Five parts are a JWE.", |token| token + ".AA.AA"),
        ("jws_only_dots", "parse.jose", "Nothing but dots.", |_| ".".repeat(100_000)),
        ("jws_empty_parts", "parse.jose", "Three empty parts.", |_| "..".to_owned()),
        ("jws_empty_payload", "parse.jose", "The payload's part is empty.", |token| {
            let parts: Vec<&str> = token.split('.').collect();
            format!("{}..{}", parts[0], parts[2])
        }),
        ("jws_padded", "parse.base64url", "Padding after the signature.", |token| token + "=="),
        ("jws_line_break", "parse.base64url", "A line break at the end.", |token| token + "\n"),
        ("jws_space_before", "parse.base64url", "A space at the start.", |token| format!(" {token}")),
        ("jws_plus", "parse.base64url", "The other base64 alphabet.", |token| format!("{}+", &token[..token.len() - 1])),
        ("jws_slash", "parse.base64url", "The other base64 alphabet.", |token| format!("{}/", &token[..token.len() - 1])),
        ("jws_question_mark", "parse.base64url", "A character of no base64 alphabet.", |token| token + "?"),
        ("jws_exclamation_marks_in_the_header", "parse.base64url", "Four characters of no alphabet.", |token| format!("!!!!{token}")),
        ("jws_payload_padded", "parse.base64url", "Padding after the payload.", |token| token.replacen('.', ".=", 2).replacen(".=", ".", 1)),
        ("jws_loose_bits", "parse.base64url", "The last character has bits that no byte needs.", |token| {
            let last = token.as_bytes()[token.len() - 1];
            let next = if last == b'A' { 'B' } else { char::from(last + 1) };
            format!("{}{next}", &token[..token.len() - 1])
        }),
        ("jws_one_character_over", "parse.base64url", "A length that no bytes have.", |token| token + "A"),
        ("jws_beyond_ascii", "parse.base64url", "A letter beyond ASCII.", |token| token + "\u{e9}"),
    ] {
        rewritten_token(corpus, name, code, comment, rewrite);
    }
    for (name, member, value) in [
        ("jws_compressed", "zip", json!("DEF")), ("jws_encrypted", "enc", json!("A256GCM")),
        ("jws_password_count", "p2c", json!(2_147_483_648_u64)), ("jws_ephemeral_key", "epk", json!({})),
    ] {
        corpus.direct(&format!("read_{name}"), "parse.jose", "The header asks for compression or encryption.", |scene| {
            scene.jose();
            scene.presentation.header[member] = value;
        });
    }
    for (name, header, code) in [
        ("jws_header_not_json", "alg=EdDSA", "parse.json"), ("jws_header_array", "[]", "parse.structure"),
        ("jws_header_null", "null", "parse.structure"), ("jws_header_open", "{\"alg\":\"EdDSA\"", "parse.json"),
        ("jws_header_duplicate_alg", "{\"alg\":\"EdDSA\",\"alg\":\"none\",\"typ\":\"vp+jwt\"}", "parse.duplicate_member"),
        ("jws_header_escaped_duplicate", "{\"alg\":\"EdDSA\",\"\\u0061lg\":\"none\",\"typ\":\"vp+jwt\"}", "parse.duplicate_member"),
    ] {
        corpus.direct(&format!("read_{name}"), code, "The header is not the JSON object that it has to be.", |scene| {
            scene.jose();
            scene.presentation.header_text = Some(std::rc::Rc::new(move |_| header.to_owned()));
        });
    }
    for (name, payload, code) in [
        ("jws_payload_not_json", "present", "parse.json"), ("jws_payload_array", "[]", "parse.structure"),
        ("jws_payload_text", "\"present\"", "parse.structure"), ("jws_payload_empty_object", "{}", "parse.structure"),
    ] {
        corpus.direct(&format!("read_{name}"), code, "The payload is not the JSON object that it has to be.", |scene| {
            scene.jose();
            scene.presentation.payload_text = Some(std::rc::Rc::new(move |_| payload.to_owned()));
        });
    }
    for (name, from, to, code) in [
        ("jws_payload_duplicate_member", "\"nonce\":", "\"nonce\":\"nonce-0002\",\"nonce\":", "parse.duplicate_member"),
        ("jws_payload_lone_surrogate", "\"nonce-0001\"", "\"nonce-\\ud800\"", "parse.utf8"),
    ] {
        corpus.direct(&format!("read_{name}"), code, "The payload is not strict JSON, and is signed so.", |scene| {
            scene.jose();
            scene.presentation.payload_text = Some(std::rc::Rc::new(move |text| text.replacen(from, to, 1)));
        });
    }
    for (name, from, to, code) in [
        ("jws_paper_duplicate_member", "\"issuer\":", "\"issuer\":\"did:web:mallory.example\",\"issuer\":", "parse.duplicate_member"),
        ("jws_paper_duplicate_member_deep", "\"fact\":\"amount\"", "\"fact\":\"amount\",\"fact\":\"other\"", "parse.duplicate_member"),
        ("jws_paper_lone_surrogate", "\"amount\"", "\"\\udfff\"", "parse.utf8"),
    ] {
        corpus.direct(&format!("read_{name}"), code, "The capability's payload is not strict JSON, and is signed so.", |scene| {
            scene.jose();
            scene.papers[0].payload_text = Some(std::rc::Rc::new(move |text| text.replacen(from, to, 1)));
        });
    }
    for (name, code, rewrite) in [
        ("jws_paper_two_parts", "parse.jose", (|token: String| token.rsplit_once('.').unwrap().0.to_owned()) as fn(String) -> String),
        ("jws_paper_five_parts", "parse.jose", |token| token + ".AA.AA"),
        ("jws_paper_padded", "parse.base64url", |token| token + "="),
        ("jws_paper_empty", "parse.jose", |_| String::new()),
    ] {
        corpus.direct(&format!("read_{name}"), code, "The capability is enveloped as what is no compact JWS.", |scene| {
            scene.jose();
            scene.papers[0].token = Some(std::rc::Rc::new(rewrite));
        });
    }
}

fn limits(corpus: &mut Corpus) {
    rewritten(corpus, "longer_than_the_limit", "limit.size", "256 KiB and one byte.", |text| {
        let length = 256 * 1024 + 1 - text.len();
        text + &" ".repeat(length)
    });
    rewritten_token(corpus, "jws_longer_than_the_limit", "limit.size", "A token of 256 KiB and one byte.", |_| "A".repeat(256 * 1024 + 1));
    let nested = |depth: usize| move |text: String| {
        let deep = format!("\"x\":{}{},\"capabilityEntry\"", "[".repeat(depth), "]".repeat(depth));
        text.replacen("\"capabilityEntry\"", &deep, 1)
    };
    rewritten(corpus, "deeper_than_the_limit", "limit.depth", "65 levels, the object itself counted.", nested(64));
    rewritten(corpus, "as_deep_as_the_limit", "parse.unknown_member", "64 levels are read; the member is unknown.", nested(63));
    rewritten(corpus, "ten_thousand_levels", "limit.depth", "Ten thousand levels.", nested(10_000));
    rewritten(corpus, "ten_thousand_open_levels", "limit.depth", "Ten thousand objects that never end.", |_| "{\"a\":".repeat(10_000));
    let many = |count: usize| move |text: String| {
        let items = vec!["0"; count].join(",");
        text.replacen("\"capabilityEntry\"", &format!("\"x\":[{items}],\"capabilityEntry\""), 1)
    };
    rewritten(corpus, "more_items_than_the_limit", "limit.items", "An array of 10,001 items.", many(10_001));
    rewritten(corpus, "as_many_items_as_the_limit", "parse.unknown_member", "10,000 items are read; the member is unknown.", many(10_000));
    rewritten(corpus, "more_members_than_the_limit", "limit.items", "An object of 10,001 members.", |text| {
        let members: Vec<String> = (0..10_001).map(|number| format!("\"m{number}\":0")).collect();
        text.replacen("\"capabilityEntry\"", &format!("\"x\":{{{}}},\"capabilityEntry\"", members.join(",")), 1)
    });
    for (name, count) in [("nine_proofs", 9_usize), ("a_thousand_proofs", 1_000)] {
        corpus.direct(&format!("read_{name}"), "limit.proofs", "More proofs than the limit of eight.", |scene| {
            scene.papers[0].afterwards(move |item| {
                let proof = item["proof"].clone();
                item["proof"] = (0..count).map(|at| {
                    let mut one = if count > 100 { json!({"type": "DataIntegrityProof"}) } else { proof.clone() };
                    one["id"] = json!(crate::paper::urn(u64::try_from(at).unwrap()));
                    one
                }).collect();
            });
        });
    }
    corpus.direct("read_chain_longer_than_the_limit", "limit.chain", "A capability of more than 64 KiB.", |scene| {
        let entry = scene.entry(0).clone();
        let mut long = entry.clone();
        long["constraint"] = json!((0..32).map(|number| json!({
            "type": "OneOf", "fact": format!("fact-{number}"), "values": ["x".repeat(1_000)],
        })).collect::<Vec<_>>());
        scene.paper(0)["credentialSubject"]["capability"] = json!([entry, long, long]);
    });
    corpus.direct("read_twenty_one_papers", "limit.papers", "One paper more than the limit of twenty.", |scene| {
        let passport = scene.papers[1].clone();
        scene.papers.extend(std::iter::repeat_n(passport, 19));
    });
    corpus.direct("read_no_papers", "parse.structure", "An empty presentation.", |scene| {
        scene.presentation.document["verifiableCredential"] = json!([]);
    });
}

/// Places at which a member is named twice, by what stands there.
fn duplicates(corpus: &mut Corpus) {
    for (name, from, to) in [
        ("presentation", "\"holder\":", "\"holder\":\"did:web:mallory.example\",\"holder\":"),
        ("presentation_alike", "\"capabilityEntry\":0", "\"capabilityEntry\":0,\"capabilityEntry\":0"),
        ("presentation_escaped", "\"capabilityEntry\":0", "\"capabilityEntry\":0,\"capability\\u0045ntry\":1"),
        ("papers", "\"verifiableCredential\":", "\"verifiableCredential\":[],\"verifiableCredential\":"),
        ("proof", "\"proofPurpose\":", "\"proofPurpose\":\"authentication\",\"proofPurpose\":"),
        ("proof_value", "\"proofValue\":", "\"proofValue\":\"z1\",\"proofValue\":"),
        ("proofs", "\"proof\":", "\"proof\":{},\"proof\":"),
        ("paper", "\"issuer\":", "\"issuer\":\"did:web:mallory.example\",\"issuer\":"),
        ("subject", "\"capability\":", "\"capability\":[],\"capability\":"),
        ("entry", "\"resource\":", "\"resource\":[],\"resource\":"),
        ("constraint", "\"max\":", "\"max\":\"999999.00\",\"max\":"),
        ("right_to_delegate", "\"statusListIndex\":", "\"statusListIndex\":\"5\",\"statusListIndex\":"),
        ("schema", "\"type\":\"JsonSchema\"", "\"type\":\"JsonSchema\",\"type\":\"JsonSchema\""),
        ("unknown_member", "\"capabilityEntry\":0", "\"capabilityEntry\":0,\"x\":1,\"x\":1"),
    ] {
        rewritten(corpus, &format!("duplicate_in_{name}"), "parse.duplicate_member", "One object names a member twice.", move |text| {
            assert!(text.contains(from), "`{from}` is not in the text");
            text.replacen(from, to, 1)
        });
    }
}

fn unknown_members(corpus: &mut Corpus) {
    let code = "parse.unknown_member";
    corpus.direct("read_unknown_member_of_the_presentation", code, "The profile names no such member.", |scene| {
        scene.presentation.document["note"] = json!("hello");
    });
    corpus.direct("read_unknown_claim_of_the_presentation", code, "The profile names no such claim.", |scene| {
        scene.jose();
        scene.presentation.claims["sub"] = json!(ADA.did());
    });
    for member in ["name", "description", "termsOfUse", "refreshService", "evidence", "relatedResource", "issuanceDate", "expirationDate", "sub", "__proto__", "constructor"] {
        corpus.direct(&format!("read_unknown_member_{}_of_a_paper", slug(member)), code, "The profile names no such member of a capability credential.", |scene| {
            scene.paper(0)[member] = json!({"type": "X", "id": "https://acme.example/x"});
        });
    }
    for (name, place) in [("capability", 0_usize), ("passport", 1)] {
        corpus.direct(&format!("read_unknown_claim_of_a_{name}"), code, "The profile names no such claim.", |scene| {
            scene.paper(place)["credentialSubject"]["admin"] = json!(true);
        });
    }
    corpus.delegated("read_unknown_claim_of_a_delegation", code, "The profile names no such claim.", |scene| {
        scene.paper(1)["credentialSubject"]["admin"] = json!(true);
    });
    corpus.direct("read_unknown_member_of_an_entry", code, "The profile names no such member of an entry.", |scene| {
        scene.entry(0)["except"] = json!(["refund:cancel"]);
    });
    corpus.delegated("read_unknown_member_of_the_right_to_delegate", code, "The profile names no such member.", |scene| {
        scene.entry(0)["delegation"]["to"] = json!("anyone");
    });
    corpus.direct("read_unknown_member_of_the_schema", code, "The profile names no such member.", |scene| {
        scene.paper(0)["credentialSchema"]["digestSRI"] = json!("sha256-x");
    });
    corpus.direct("read_unknown_member_of_the_composite", code, "The profile names no such part.", |scene| {
        scene.paper(1)["credentialSubject"]["composite"] = json!({"model": digest("m"), "weights": digest("w")});
    });
    corpus.direct("read_unknown_member_of_an_envelope", code, "An envelope has context, type and id.", |scene| {
        scene.jose();
        scene.papers[0].afterwards(|item| item["issuer"] = json!(ACME.did()));
    });
    corpus.direct("read_decoded_paper_beside_its_envelope", code, "A decoded copy stands beside the token.", |scene| {
        scene.jose();
        let copy = scene.paper(0).clone();
        scene.papers[0].afterwards(move |item| item["credentialSubject"] = copy["credentialSubject"].clone());
    });
    for claim in ["iss", "iat", "exp", "nbf", "jti", "vc", "cnf", "_sd", "_sd_alg"] {
        corpus.direct(&format!("read_claim_{}_in_an_enveloped_paper", slug(claim)), code, "The payload of a paper is the paper alone.", |scene| {
            scene.jose();
            scene.papers[0].claims[claim] = match claim {
                "iat" | "nbf" => json!(1_781_600_000),
                "exp" => json!(1_791_600_000),
                "iss" => json!(ACME.did()),
                _ => json!("x"),
            };
        });
    }
}

fn shapes(corpus: &mut Corpus) {
    for member in ["@context", "type", "holder", "verifiableCredential"] {
        corpus.direct(&format!("read_presentation_without_{}", slug(member)), "parse.structure", "A member that has to be there is not.", |scene| {
            let papers = scene.papers.iter().map(crate::seal::Slip::item).collect();
            scene.presentation.document["verifiableCredential"] = papers;
            remove(&mut scene.presentation.document, member);
            if member == "verifiableCredential" {
                scene.presentation.document[member] = json!(null);
                scene.presentation.document["verifiableCredential"] = json!({});
            }
        });
    }
    for member in ["@context", "id", "type", "credentialSchema", "issuer", "validFrom", "validUntil", "credentialSubject"] {
        corpus.direct(&format!("read_capability_without_{}", slug(member)), "parse.structure", "A member that has to be there is not.", |scene| {
            remove(scene.paper(0), member);
        });
    }
    for member in ["id", "name", "version", "instanceOf", "organization", "owner", "riskLevel", "autonomyLevel"] {
        corpus.direct(&format!("read_passport_without_{}", slug(member)), "parse.structure", "A passport has to say it.", |scene| {
            remove(&mut scene.paper(1)["credentialSubject"], member);
        });
    }
    for member in ["id", "parent", "capability"] {
        corpus.delegated(&format!("read_delegation_without_{}", slug(member)), "parse.structure", "A delegation has to say it.", |scene| {
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest("x"));
            scene.papers[1].afterwards(|_| {});
            remove(&mut scene.paper(1)["credentialSubject"], member);
            if member == "parent" {
                scene.paper(1)["credentialSubject"]["parent"] = json!(null);
            }
        });
    }
    let wrong = [json!(7), json!(null), json!(true), json!([]), json!({})];
    for (member, values) in [
        ("id", &wrong[..]), ("issuer", &wrong[..]), ("validFrom", &wrong[..3]), ("validUntil", &wrong[..3]),
        ("credentialSubject", &wrong[..4]), ("credentialSchema", &wrong[..4]), ("credentialStatus", &wrong[3..4]),
    ] {
        for value in values {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "a_boolean",
                Value::Number(_) => "a_number",
                Value::Array(_) => "an_empty_array",
                _ => "an_empty_object",
            };
            corpus.direct(&format!("read_capability_{}_is_{kind}", slug(member)), "parse.structure", "A member is of another type than it has to be.", |scene| {
                scene.paper(0)[member] = value.clone();
            });
        }
    }
    for (name, member, value) in [
        ("issuer_as_an_object", "issuer", json!({"id": ACME.did(), "name": "Acme"})),
        ("subject_in_an_array", "credentialSubject", json!([{"id": ADA.did()}])),
        ("id_that_is_no_uuid", "id", json!("urn:uuid:1")),
        ("id_in_upper_case", "id", json!("urn:uuid:00000000-0000-4000-8000-00000000ABCD")),
        ("id_that_is_a_url", "id", json!("https://acme.example/credentials/1")),
        ("id_empty", "id", json!("")),
        ("validity_of_no_time", "validUntil", json!("2026-06-17T06:00:00Z")),
        ("validity_reversed", "validUntil", json!("2026-06-17T05:59:59Z")),
        ("five_status_entries", "credentialStatus", json!(vec![crate::paper::status_entry("revocation", "https://acme.example/status-lists/r", 5); 5])),
    ] {
        corpus.direct(&format!("read_{name}"), "parse.structure", "A member is not as the schema has it.", |scene| {
            scene.paper(0)[member] = value;
        });
    }
    for (name, member, value) in [
        ("risk_level_unknown", "riskLevel", json!("extreme")), ("risk_level_upper_case", "riskLevel", json!("Low")),
        ("autonomy_level_too_high", "autonomyLevel", json!(5)), ("autonomy_level_negative", "autonomyLevel", json!(-1)),
        ("autonomy_level_fraction", "autonomyLevel", json!(1.5)), ("autonomy_level_text", "autonomyLevel", json!("2")),
        ("owner_empty", "owner", json!("")), ("owner_null", "owner", json!(null)), ("owner_object", "owner", json!({"name": "Ann"})),
        ("name_too_long", "name", json!("x".repeat(4_097))), ("tools_empty", "tools", json!([])), ("tools_text", "tools", json!("refund")),
        ("tools_twice", "tools", json!(["refund", "refund"])), ("data_access_number", "dataAccess", json!([1])),
        ("composite_empty", "composite", json!({})), ("composite_not_a_digest", "composite", json!({"model": "sha256:abc"})),
        ("composite_other_multihash", "composite", json!({"model": "zQmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMn"})),
        ("composite_text", "composite", json!("gpt")), ("platform_null", "platform", json!(null)),
    ] {
        corpus.direct(&format!("read_passport_{name}"), "parse.structure", "A claim of the passport is not as the schema has it.", |scene| {
            scene.paper(1)["credentialSubject"][member] = value;
        });
    }
    for (name, value) in [
        ("text", json!("yesterday's")), ("number", json!(1)), ("object", json!({"id": "x"})), ("null", json!(null)),
        ("base64url_digest", json!("uEiBzbmlwc25pcHNuaXBzbmlwc25pcHNuaXBzbmlwc25pcA")), ("hexadecimal_digest", json!("1220aa")),
    ] {
        corpus.delegated(&format!("read_parent_is_a_{name}"), "parse.structure", "The parent is named by something else than its digest.", |scene| {
            scene.paper(1)["credentialSubject"]["parent"] = value;
        });
    }
    for (name, number) in [("two_to_the_53", json!(9_007_199_254_740_992_u64)), ("two_to_the_64_less_one", json!(u64::MAX)), ("negative", json!(-9_007_199_254_740_992_i64)), ("as_a_double", json!(1e20))] {
        corpus.direct(&format!("read_integer_{name}"), "parse.number", "An integer beyond 2^53-1 in a paper.", |scene| {
            scene.constraints(0, json!([{"type": "AtMost", "fact": "amount", "scale": "Size", "max": number}]));
        });
    }
}

fn schemas(corpus: &mut Corpus) {
    let name = "AgentCapabilityCredential";
    for version in [0, 2, 9, 11] {
        corpus.direct(&format!("read_schema_version_{version}"), "parse.schema_version", "A major version that is not known.", |scene| {
            scene.paper(0)["credentialSchema"]["id"] = json!(schema(version, name));
        });
    }
    for (case, id, type_) in [
        ("of_another_paper", schema(1, "AgentPassportCredential"), "JsonSchema"),
        ("of_no_paper", schema(1, "Everything"), "JsonSchema"),
        ("with_a_query", schema(1, name) + "?x=1", "JsonSchema"),
        ("of_another_type", schema(1, name), "JsonSchemaCredential"),
        ("of_another_type_in_lower_case", schema(1, name), "jsonschema"),
    ] {
        corpus.direct(&format!("read_schema_{case}"), "parse.structure", "The schema is not that of the paper's own type.", |scene| {
            scene.paper(0)["credentialSchema"] = json!({"id": id, "type": type_});
        });
    }
    corpus.direct("read_schema_in_an_array", "parse.structure", "One schema, as an object.", |scene| {
        scene.paper(0)["credentialSchema"] = json!([{"id": schema(1, name), "type": "JsonSchema"}]);
    });
}

fn names(corpus: &mut Corpus) {
    for (name, did) in [
        ("upper_case_scheme", "DID:web:acme.example"), ("upper_case_method", "did:Web:acme.example"), ("without_a_method", "did::acme.example"),
        ("without_a_name", "did:web:"), ("with_a_fragment", "did:web:acme.example#key-1"), ("with_a_query", "did:web:acme.example?x=1"),
        ("with_a_path", "did:web:acme.example/x"), ("lower_case_percent", "did:web:acme.example%3a443"), ("half_a_percent", "did:web:acme.example%3"),
        ("with_a_space", "did:web:acme .example"), ("beyond_ascii", "did:web:acm\u{e9}.example"), ("a_url", "https://acme.example"),
        ("empty", ""), ("with_a_backslash", "did:web:acme\\example"), ("with_an_at_sign", "did:web:user@acme.example"),
    ] {
        let code = if did.is_empty() { "parse.structure" } else { "parse.did" };
        corpus.direct(&format!("read_issuer_did_{name}"), code, "The issuer is no DID in canonical spelling.", |scene| {
            scene.paper(0)["issuer"] = json!(did);
        });
    }
    for (name, time) in [
        ("without_a_zone", "2026-06-17T06:00:00"), ("date_only", "2026-06-17"), ("thirtieth_of_february", "2026-02-30T06:00:00Z"),
        ("hour_24", "2026-06-16T24:00:00Z"), ("leap_second", "2026-06-16T23:59:60Z"), ("year_10000", "10000-01-01T00:00:00Z"),
        ("space_for_t", "2026-06-17 06:00:00Z"), ("month_13", "2026-13-01T00:00:00Z"), ("minute_60", "2026-06-17T05:60:00Z"),
        ("offset_of_25_hours", "2026-06-17T06:00:00+25:00"), ("trailing_text", "2026-06-17T06:00:00Z "), ("number_in_a_text", "1781676000"),
        ("fraction_without_digits", "2026-06-17T06:00:00.Z"), ("negative_year", "-2026-06-17T06:00:00Z"),
    ] {
        corpus.direct(&format!("read_time_{name}"), "parse.timestamp", "`validFrom` is no dateTimeStamp.", |scene| {
            scene.paper(0)["validFrom"] = json!(time);
        });
    }
    for (name, method) in [("no_did_url", "key-1"), ("empty_fragment", "did:web:acme.example#"), ("space", "did:web:acme.example#key 1"), ("url", "https://acme.example/keys/1")] {
        for jose in [false, true] {
            let securing = if jose { "_jose" } else { "" };
            corpus.direct(&format!("read_method_{name}{securing}"), "parse.did_url", "The proof's method is no DID URL.", |scene| {
                if jose {
                    scene.jose();
                }
                scene.papers[0].method(method);
            });
        }
    }
    for (name, value) in [
        ("base64url", "uAAAA"), ("without_its_prefix", "3FXQ"), ("with_a_character_of_no_alphabet", "z0OIl"), ("with_padding", "z3FXQ="), ("with_a_space", "z3F XQ"), ("hexadecimal", "f00ff"), ("empty", ""),
    ] {
        corpus.direct(&format!("read_proof_value_{name}"), "parse.multibase", "The proof's value is not canonical base58btc.", |scene| {
            scene.papers[0].afterwards(move |item| item["proof"]["proofValue"] = json!(value));
        });
    }
}

fn capabilities(corpus: &mut Corpus) {
    for (name, action) in [
        ("one_word", "refund"), ("star", "*"), ("star_noun", "*:create"), ("two_stars", "*:*"), ("three_words", "refund:create:now"),
        ("upper_case", "Refund:create"), ("half_a_star", "refund:cre*"), ("space", "refund: create"), ("empty", ""), ("encoded", "refund%3Acreate"), ("beyond_ascii", "refund:cr\u{e9}ate"),
    ] {
        corpus.direct(&format!("read_action_{name}"), "parse.action", "The action is not `noun:verb`.", |scene| {
            scene.entry(0)["action"] = json!([action]);
        });
    }
    for (name, resource) in [
        ("upper_case_host", "https://API.globex.example/orders/*"), ("default_port", "https://api.globex.example:443/orders/*"),
        ("query", "https://api.globex.example/orders/*?x=1"), ("fragment", "https://api.globex.example/orders/*#x"),
        ("user", "https://ann@api.globex.example/orders/*"), ("empty_segment", "https://api.globex.example//orders/*"),
        ("dot_segment", "https://api.globex.example/x/../orders/*"), ("single_dot", "https://api.globex.example/./orders/*"),
        ("semicolon", "https://api.globex.example/orders;v=1/*"), ("encoded_slash", "https://api.globex.example/orders%2F*"),
        ("encoded_letter", "https://api.globex.example/%6Frders/*"), ("lower_case_percent", "https://api.globex.example/%c3%bc/*"),
        ("encoded_dots", "https://api.globex.example/%2E%2E/*"), ("star_inside", "https://api.globex.example/*/lines"),
        ("star_in_a_segment", "https://api.globex.example/orders*"), ("two_stars", "https://api.globex.example/orders/**"),
        ("star_host", "https://*.globex.example/orders"), ("trailing_dot", "https://api.globex.example./orders/*"),
        ("no_path", "https://api.globex.example"), ("trailing_slash", "https://api.globex.example/orders/"), ("relative", "/orders/*"),
        ("backslash", "https://api.globex.example/orders\\1"), ("encoded_percent", "https://api.globex.example/%25/*"), ("star_alone", "*"),
        ("beyond_ascii_host", "https://api.gl\u{f6}bex.example/orders/*"), ("zero_port", "https://api.globex.example:0/orders/*"),
    ] {
        corpus.direct(&format!("read_resource_{name}"), "parse.resource", "The resource is not in normal form.", |scene| {
            scene.entry(0)["resource"] = json!([resource]);
        });
    }
    for (name, member, value) in [
        ("action_text", "action", json!("refund:create")), ("action_number", "action", json!([1])), ("resource_text", "resource", json!("https://api.globex.example/orders/*")),
        ("resource_null_item", "resource", json!([null])), ("constraint_object", "constraint", json!({"type": "Amount"})), ("constraint_text", "constraint", json!("none")),
        ("delegation_true", "delegation", json!(true)), ("delegation_number", "delegation", json!(1)), ("delegation_without_depth", "delegation", json!({})),
        ("depth_negative", "delegation", json!({"maxDepth": -1})), ("depth_fraction", "delegation", json!({"maxDepth": 1.5})), ("depth_text", "delegation", json!({"maxDepth": "1"})),
        ("depth_256", "delegation", json!({"maxDepth": 256})), ("depth_null", "delegation", json!({"maxDepth": null})), ("delegation_null", "delegation", json!(null)),
        ("from_text", "from", json!("0")), ("from_negative", "from", json!(-1)), ("from_null", "from", json!(null)), ("from_array", "from", json!([0])),
        ("sixty_five_actions", "action", json!((0..65).map(|number| format!("refund:v{number}")).collect::<Vec<_>>())),
        ("thirty_three_constraints", "constraint", json!((0..33).map(|max| crate::paper::amount(&max.to_string())).collect::<Vec<_>>())),
    ] {
        corpus.direct(&format!("read_entry_{name}"), "parse.structure", "A member of the entry is not as the schema has it.", |scene| {
            scene.entry(0)[member] = value;
        });
    }
    for member in ["action", "resource"] {
        corpus.direct(&format!("read_entry_without_{member}"), "parse.structure", "An entry names actions and resources.", |scene| remove(scene.entry(0), member));
    }
    for (name, value) in [("text", json!("all")), ("object", json!({})), ("number", json!(1))] {
        corpus.direct(&format!("read_capability_is_a_{name}"), "parse.structure", "A capability is an array of entries.", |scene: &mut Scene| {
            scene.paper(0)["credentialSubject"]["capability"] = value;
        });
    }
    for (name, value) in [("null", json!(null)), ("text", json!("refund:create")), ("array", json!([]))] {
        corpus.direct(&format!("read_entry_is_{name}"), "parse.structure", "An entry is an object.", |scene| {
            scene.paper(0)["credentialSubject"]["capability"] = json!([value]);
        });
    }
}
