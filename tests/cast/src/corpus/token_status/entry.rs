//! What the list says at the paper's index, and what the paper says of the list.

use serde_json::{Value, json};

use super::{INDEX, carrying, direct, scene, set, url};
use crate::corpus::Corpus;
use crate::paper::{list, status_entry};
use crate::party::{ACME, ADA};
use crate::scene::Scene;
use crate::seal::Securing;

pub(super) fn values(corpus: &mut Corpus) {
    for bits in [1_u8, 2, 4, 8] {
        direct(
            corpus,
            &format!("token_status_invalid_in_{bits}_bits"),
            "status.revoked",
            "INVALID is revoked.",
            |scene| set(scene, bits, &[(INDEX, 1)]),
        );
    }
    for bits in [2_u8, 4, 8] {
        direct(
            corpus,
            &format!("token_status_suspended_in_{bits}_bits"),
            "status.suspended",
            "SUSPENDED is suspended.",
            |scene| set(scene, bits, &[(INDEX, 2)]),
        );
    }
    for value in [3_u8, 4, 5, 11, 12, 13, 14, 15, 16, 127, 128, 255] {
        direct(
            corpus,
            &format!("token_status_of_0x{value:02x}"),
            "status.unknown",
            "Application specific or reserved: nobody here has given it a meaning, so it is not valid.",
            |scene| set(scene, 8, &[(INDEX, value)]),
        );
    }
    direct(
        corpus,
        "token_status_of_three_in_two_bits",
        "status.unknown",
        "Application specific.",
        |scene| set(scene, 2, &[(INDEX, 3)]),
    );
    for (name, index) in [("first", 0_u64), ("last", 131_071)] {
        direct(
            corpus,
            &format!("token_status_{name}_index_revoked"),
            "status.revoked",
            "Bits count from the least significant of each byte.",
            |scene| {
                scene.papers[0].claims["status"]["status_list"]["idx"] = json!(index);
                set(scene, 2, &[(index, 1)]);
            },
        );
    }
    let mut passport = Scene::of(&[ADA]);
    let place = passport.passport(0);
    carrying(&mut passport, place, INDEX);
    corpus.bent(
        "token_status_passport_suspended",
        "status.suspended",
        "The agent's passport is suspended.",
        passport,
        |scene| set(scene, 2, &[(INDEX, 2)]),
    );
    let mut both = scene();
    let place = both.passport(0);
    carrying(&mut both, place, 7);
    corpus.bent(
        "token_status_revocation_is_told_before_a_suspension",
        "status.revoked",
        "The capability is suspended and the passport revoked.",
        both,
        |scene| set(scene, 2, &[(INDEX, 2), (7, 1)]),
    );
    direct(
        corpus,
        "token_status_valid_beside_a_revoked_bitstring_entry",
        "status.revoked",
        "Every entry is looked at; one kind does not excuse the other.",
        |scene| {
            scene.paper(0)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), INDEX)]);
            scene.set(&list(ACME, "r"), &[INDEX]);
        },
    );
    direct(
        corpus,
        "token_status_revoked_beside_a_valid_bitstring_entry",
        "status.revoked",
        "Every entry is looked at; one kind does not excuse the other.",
        |scene| {
            scene.paper(0)["credentialStatus"] = crate::paper::status_entries(ACME, INDEX);
            set(scene, 1, &[(INDEX, 1)]);
        },
    );
    direct(
        corpus,
        "token_status_revoked_while_another_list_is_missing",
        "status.revoked",
        "What is known to be revoked is not asked about again.",
        |scene| {
            set(scene, 2, &[(INDEX, 1)]);
            scene.lists.clear();
        },
    );
}

pub(super) fn entries(corpus: &mut Corpus) {
    let code = "status.unknown";
    let at = |index: Value| json!({"status_list": {"idx": index, "uri": url()}});
    let on = |uri: Value| json!({"status_list": {"idx": INDEX, "uri": uri}});
    let cases: [(&str, Value); 29] = [
        ("index_at_the_end", at(json!(131_072))),
        ("index_far_beyond", at(json!(9_007_199_254_740_991_u64))),
        ("index_negative", at(json!(-1))),
        ("index_fraction", at(json!(1.5))),
        ("index_text", at(json!("100"))),
        ("index_null", at(json!(null))),
        ("index_array", at(json!([100]))),
        ("index_exponent", at(json!(1e300))),
        ("uri_relative", on(json!("/status-lists/t"))),
        ("uri_plain_http", on(json!("http://acme.example/status-lists/t"))),
        ("uri_file", on(json!("file:///etc/passwd"))),
        (
            "uri_with_a_fragment",
            on(json!("https://acme.example/status-lists/t#1")),
        ),
        (
            "uri_with_a_user",
            on(json!("https://acme@acme.example/status-lists/t")),
        ),
        ("uri_number", on(json!(1))),
        ("uri_empty", on(json!(""))),
        ("uri_null", on(json!(null))),
        ("without_an_index", json!({"status_list": {"uri": url()}})),
        ("without_a_uri", json!({"status_list": {"idx": INDEX}})),
        (
            "member_unknown",
            json!({"status_list": {"idx": INDEX, "uri": url(), "bits": 1}}),
        ),
        ("list_null", json!({"status_list": null})),
        (
            "list_array",
            json!({"status_list": [{"idx": INDEX, "uri": url()}]}),
        ),
        ("list_text", json!({"status_list": url()})),
        ("empty", json!({})),
        ("null", json!(null)),
        ("text", json!("valid")),
        ("array", json!([{"status_list": {"idx": INDEX, "uri": url()}}])),
        (
            "mechanism_unknown",
            json!({"status_assertion": {"credential_hash_alg": "sha-256"}}),
        ),
        (
            "identifier_list",
            json!({"identifier_list": {"id": "00", "uri": url()}}),
        ),
        (
            "mechanism_unknown_beside",
            json!({"status_list": {"idx": INDEX, "uri": url()}, "identifier_list": {}}),
        ),
    ];
    for (name, value) in cases {
        direct(
            corpus,
            &format!("token_status_entry_{name}"),
            code,
            "A `status` claim that cannot be judged is unknown, never valid.",
            |scene| scene.papers[0].claims["status"] = value,
        );
    }
    direct(
        corpus,
        "token_status_entry_with_a_malformed_bitstring_entry",
        code,
        "One good entry does not excuse another.",
        |scene| {
            let mut bad = status_entry("revocation", &list(ACME, "r"), INDEX);
            bad["statusListIndex"] = json!("-1");
            scene.paper(0)["credentialStatus"] = json!([bad]);
        },
    );
}

pub(super) fn instead(corpus: &mut Corpus) {
    direct(
        corpus,
        "token_status_list_of_single_bits_alone",
        "status.missing",
        "Nothing could tell that the capability is suspended.",
        |scene| set(scene, 1, &[]),
    );
    direct(
        corpus,
        "token_status_list_of_single_bits_beside_revocation",
        "status.missing",
        "Nothing could tell that the capability is suspended.",
        |scene| {
            scene.paper(0)["credentialStatus"] = json!([status_entry("revocation", &list(ACME, "r"), INDEX)]);
            set(scene, 1, &[]);
        },
    );
    direct(
        corpus,
        "token_status_entry_gone",
        "status.missing",
        "Without its claim the capability has no status at all.",
        |scene| crate::corpus::remove(&mut scene.papers[0].claims, "status"),
    );
    direct(
        corpus,
        "token_status_in_a_data_integrity_paper",
        "parse.unknown_member",
        "`status` is a claim of tokens; a paper with a proof has no such member.",
        |scene| {
            let slip = &mut scene.papers[0];
            slip.securing = Securing::DataIntegrity;
            slip.document["status"] = slip.claims["status"].clone();
        },
    );
}
