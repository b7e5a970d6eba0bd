//! The text as JWS.

use serde_json::json;

use super::rewritten_token;
use crate::corpus::Corpus;

pub(in crate::corpus) fn tokens(corpus: &mut Corpus) {
    for (name, code, comment, rewrite) in [
        (
            "jws_two_parts",
            "parse.jose",
            "The signature's part is gone.",
            (|token| token.rsplit_once('.').unwrap().0.to_owned()) as fn(String) -> String,
        ),
        ("jws_four_parts", "parse.jose", "A part too many.", |token| {
            token + ".AA"
        }),
        ("jwe_five_parts", "parse.jose", "Five parts are a JWE.", |token| {
            token + ".AA.AA"
        }),
        ("jws_only_dots", "parse.jose", "Nothing but dots.", |_| {
            ".".repeat(100_000)
        }),
        ("jws_empty_parts", "parse.json", "Three empty parts.", |_| {
            "..".to_owned()
        }),
        (
            "jws_empty_payload",
            "parse.jose",
            "The payload's part is empty.",
            |token| {
                let parts: Vec<&str> = token.split('.').collect();
                format!("{}..{}", parts[0], parts[2])
            },
        ),
        (
            "jws_padded",
            "parse.base64url",
            "Padding after the signature.",
            |token| token + "==",
        ),
        (
            "jws_line_break",
            "parse.base64url",
            "A line break at the end.",
            |token| token + "\n",
        ),
        (
            "jws_space_before",
            "parse.base64url",
            "A space at the start.",
            |token| format!(" {token}"),
        ),
        (
            "jws_plus",
            "parse.base64url",
            "The other base64 alphabet.",
            |token| format!("{}+", &token[..token.len() - 1]),
        ),
        (
            "jws_slash",
            "parse.base64url",
            "The other base64 alphabet.",
            |token| format!("{}/", &token[..token.len() - 1]),
        ),
        (
            "jws_question_mark",
            "parse.base64url",
            "A character of no base64 alphabet.",
            |token| token + "?",
        ),
        (
            "jws_exclamation_marks_in_the_header",
            "parse.base64url",
            "Four characters of no alphabet.",
            |token| format!("!!!!{token}"),
        ),
        (
            "jws_payload_padded",
            "parse.base64url",
            "Padding after the payload.",
            |token| token.replacen('.', ".=", 2).replacen(".=", ".", 1),
        ),
        (
            "jws_loose_bits",
            "parse.base64url",
            "The last character has bits that no byte needs.",
            |token| {
                let last = token.as_bytes()[token.len() - 1];
                let next = if last == b'A' { 'B' } else { char::from(last + 1) };
                format!("{}{next}", &token[..token.len() - 1])
            },
        ),
        (
            "jws_one_character_over",
            "parse.base64url",
            "A length that no bytes have.",
            |token| token + "AAA",
        ),
        (
            "jws_beyond_ascii",
            "parse.base64url",
            "A letter beyond ASCII.",
            |token| token + "\u{e9}",
        ),
    ] {
        rewritten_token(corpus, name, code, comment, rewrite);
    }
    for (name, member, value) in [
        ("jws_compressed", "zip", json!("DEF")),
        ("jws_encrypted", "enc", json!("A256GCM")),
        ("jws_password_count", "p2c", json!(2_147_483_648_u64)),
        ("jws_ephemeral_key", "epk", json!({})),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            "parse.jose",
            "The header asks for compression or encryption.",
            |scene| {
                scene.jose();
                scene.presentation.header[member] = value;
            },
        );
    }
    for (name, header, code) in [
        ("jws_header_not_json", "alg=EdDSA", "parse.json"),
        ("jws_header_array", "[]", "parse.structure"),
        ("jws_header_null", "null", "parse.structure"),
        ("jws_header_open", "{\"alg\":\"EdDSA\"", "parse.json"),
        (
            "jws_header_duplicate_alg",
            "{\"alg\":\"EdDSA\",\"alg\":\"none\",\"typ\":\"vp+jwt\"}",
            "parse.duplicate_member",
        ),
        (
            "jws_header_escaped_duplicate",
            "{\"alg\":\"EdDSA\",\"\\u0061lg\":\"none\",\"typ\":\"vp+jwt\"}",
            "parse.duplicate_member",
        ),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            code,
            "The header is not the JSON object that it has to be.",
            |scene| {
                scene.jose();
                scene.presentation.header_text = Some(std::rc::Rc::new(move |_| header.to_owned()));
            },
        );
    }
    for (name, payload, code) in [
        ("jws_payload_not_json", "present", "parse.json"),
        ("jws_payload_array", "[]", "parse.structure"),
        ("jws_payload_text", "\"present\"", "parse.structure"),
        ("jws_payload_empty_object", "{}", "parse.structure"),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            code,
            "The payload is not the JSON object that it has to be.",
            |scene| {
                scene.jose();
                scene.presentation.payload_text = Some(std::rc::Rc::new(move |_| payload.to_owned()));
            },
        );
    }
    for (name, from, to, code) in [
        (
            "jws_payload_duplicate_member",
            "\"nonce\":",
            "\"nonce\":\"nonce-0002\",\"nonce\":",
            "parse.duplicate_member",
        ),
        (
            "jws_payload_lone_surrogate",
            "\"nonce-0001\"",
            "\"nonce-\\ud800\"",
            "parse.utf8",
        ),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            code,
            "The payload is not strict JSON, and is signed so.",
            |scene| {
                scene.jose();
                scene.presentation.payload_text =
                    Some(std::rc::Rc::new(move |text| text.replacen(from, to, 1)));
            },
        );
    }
    for (name, from, to, code) in [
        (
            "jws_paper_duplicate_member",
            "\"issuer\":",
            "\"issuer\":\"did:web:mallory.example\",\"issuer\":",
            "parse.duplicate_member",
        ),
        (
            "jws_paper_duplicate_member_deep",
            "\"fact\":\"amount\"",
            "\"fact\":\"amount\",\"fact\":\"other\"",
            "parse.duplicate_member",
        ),
        (
            "jws_paper_lone_surrogate",
            "\"amount\"",
            "\"\\udfff\"",
            "parse.utf8",
        ),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            code,
            "The capability's payload is not strict JSON, and is signed so.",
            |scene| {
                scene.jose();
                scene.papers[0].payload_text = Some(std::rc::Rc::new(move |text| text.replacen(from, to, 1)));
            },
        );
    }
    for (name, code, rewrite) in [
        (
            "jws_paper_two_parts",
            "parse.jose",
            (|token: String| token.rsplit_once('.').unwrap().0.to_owned()) as fn(String) -> String,
        ),
        ("jws_paper_five_parts", "parse.jose", |token| token + ".AA.AA"),
        ("jws_paper_padded", "parse.base64url", |token| token + "="),
        ("jws_paper_empty", "parse.jose", |_| String::new()),
    ] {
        corpus.direct(
            &format!("read_{name}"),
            code,
            "The capability is enveloped as what is no compact JWS.",
            |scene| {
                scene.jose();
                scene.papers[0].token = Some(std::rc::Rc::new(rewrite));
            },
        );
    }
}
