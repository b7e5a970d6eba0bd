//! The text as JSON.

use serde_json::json;

use super::{rewritten, rewritten_token};
use crate::corpus::Corpus;

pub(in crate::corpus) fn texts(corpus: &mut Corpus) {
    for (name, text) in [
        ("empty", ""),
        ("white_space", " \n "),
        ("null", "null"),
        ("number", "1"),
        ("array", "[]"),
        ("string", "\"presentation\""),
        ("plain_text", "present"),
    ] {
        rewritten(
            corpus,
            name,
            "parse.jose",
            "Neither a JSON object nor a compact JWS.",
            move |_| text.to_owned(),
        );
    }
    rewritten(
        corpus,
        "truncated",
        "parse.json",
        "The text ends in the middle.",
        |text| text[..text.len() / 2].to_owned(),
    );
    rewritten(
        corpus,
        "last_brace_missing",
        "parse.json",
        "The last character is missing.",
        |text| text[..text.len() - 1].to_owned(),
    );
    rewritten(
        corpus,
        "trailing_text",
        "parse.json",
        "Something follows the document.",
        |text| text + "x",
    );
    rewritten(
        corpus,
        "two_documents",
        "parse.json",
        "Two documents, one after another.",
        |text| format!("{text}{text}"),
    );
    rewritten(
        corpus,
        "byte_order_mark",
        "parse.jose",
        "A byte order mark stands before the document.",
        |text| format!("\u{feff}{text}"),
    );
    rewritten(
        corpus,
        "json_in_an_array",
        "parse.jose",
        "The document stands in an array.",
        |text| format!("[{text}]"),
    );
    rewritten(
        corpus,
        "empty_object",
        "signature.missing",
        "An object without a proof.",
        |_| "{}".to_owned(),
    );
    rewritten_token(
        corpus,
        "json_serialization",
        "signature.missing",
        "The JSON serialization of JWS is not taken.",
        |token| {
            let parts: Vec<&str> = token.split('.').collect();
            json!({"protected": parts[0], "payload": parts[1], "signature": parts[2]}).to_string()
        },
    );
}

pub(in crate::corpus) fn json_texts(corpus: &mut Corpus) {
    let replaced = |from: &'static str, to: &'static str| {
        move |text: String| {
            assert!(text.contains(from), "`{from}` is not in the text");
            text.replacen(from, to, 1)
        }
    };
    let entry = "\"capabilityEntry\":0";
    for (name, to, code) in [
        ("number_too_large", "\"capabilityEntry\":1e400", "parse.number"),
        (
            "number_too_small_exponent_form",
            "\"capabilityEntry\":-1e999",
            "parse.number",
        ),
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
        (
            "control_character",
            "\"capabilityEntry\":0,\"x\":\"a\nb\"",
            "parse.json",
        ),
        (
            "null_character",
            "\"capabilityEntry\":0,\"x\":\"a\u{0}b\"",
            "parse.json",
        ),
        (
            "escape_unknown",
            "\"capabilityEntry\":0,\"x\":\"\\x41\"",
            "parse.json",
        ),
        (
            "escape_short",
            "\"capabilityEntry\":0,\"x\":\"\\u004\"",
            "parse.json",
        ),
        (
            "escape_not_hexadecimal",
            "\"capabilityEntry\":0,\"x\":\"\\u00zz\"",
            "parse.json",
        ),
        ("string_open", "\"capabilityEntry\":0,\"x\":\"", "parse.json"),
        (
            "surrogate_high_alone",
            "\"capabilityEntry\":0,\"x\":\"\\ud83d\"",
            "parse.utf8",
        ),
        (
            "surrogate_low_alone",
            "\"capabilityEntry\":0,\"x\":\"\\ude00\"",
            "parse.utf8",
        ),
        (
            "surrogates_reversed",
            "\"capabilityEntry\":0,\"x\":\"\\ude00\\ud83d\"",
            "parse.utf8",
        ),
        (
            "surrogate_high_twice",
            "\"capabilityEntry\":0,\"x\":\"\\ud83d\\ud83d\"",
            "parse.utf8",
        ),
        (
            "surrogate_in_a_name",
            "\"capabilityEntry\":0,\"\\ud800\":1",
            "parse.utf8",
        ),
        (
            "form_feed_as_white_space",
            "\"capabilityEntry\":\u{c}0",
            "parse.json",
        ),
        (
            "no_break_space_as_white_space",
            "\"capabilityEntry\":\u{a0}0",
            "parse.json",
        ),
    ] {
        rewritten(
            corpus,
            name,
            code,
            "The text is not strict JSON.",
            replaced(entry, to),
        );
    }
    for (name, value) in [
        ("entry_negative", json!(-1)),
        ("entry_fraction", json!(0.5)),
        ("entry_text", json!("0")),
        ("entry_null", json!(null)),
        ("entry_array", json!([0])),
        ("entry_true", json!(true)),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            "parse.structure",
            "`capabilityEntry` is no index.",
            |scene| {
                scene.presentation.document["capabilityEntry"] = value;
            },
        );
    }
}

/// Places at which a member is named twice, by what stands there.
pub(in crate::corpus) fn duplicates(corpus: &mut Corpus) {
    for (name, from, to) in [
        (
            "presentation",
            "\"holder\":",
            "\"holder\":\"did:web:mallory.example\",\"holder\":",
        ),
        (
            "presentation_alike",
            "\"capabilityEntry\":0",
            "\"capabilityEntry\":0,\"capabilityEntry\":0",
        ),
        (
            "presentation_escaped",
            "\"capabilityEntry\":0",
            "\"capabilityEntry\":0,\"capability\\u0045ntry\":1",
        ),
        (
            "papers",
            "\"verifiableCredential\":",
            "\"verifiableCredential\":[],\"verifiableCredential\":",
        ),
        (
            "proof",
            "\"proofPurpose\":",
            "\"proofPurpose\":\"authentication\",\"proofPurpose\":",
        ),
        (
            "proof_value",
            "\"proofValue\":",
            "\"proofValue\":\"z1\",\"proofValue\":",
        ),
        ("proofs", "\"proof\":", "\"proof\":{},\"proof\":"),
        (
            "paper",
            "\"issuer\":",
            "\"issuer\":\"did:web:mallory.example\",\"issuer\":",
        ),
        ("subject", "\"capability\":", "\"capability\":[],\"capability\":"),
        ("entry", "\"resource\":", "\"resource\":[],\"resource\":"),
        ("constraint", "\"max\":", "\"max\":\"999999.00\",\"max\":"),
        (
            "right_to_delegate",
            "\"statusListIndex\":",
            "\"statusListIndex\":\"5\",\"statusListIndex\":",
        ),
        (
            "schema",
            "\"type\":\"JsonSchema\"",
            "\"type\":\"JsonSchema\",\"type\":\"JsonSchema\"",
        ),
        (
            "unknown_member",
            "\"capabilityEntry\":0",
            "\"capabilityEntry\":0,\"x\":1,\"x\":1",
        ),
    ] {
        rewritten(
            corpus,
            &format!("duplicate_in_{name}"),
            "parse.duplicate_member",
            "One object names a member twice.",
            move |text| {
                assert!(text.contains(from), "`{from}` is not in the text");
                text.replacen(from, to, 1)
            },
        );
    }
}
