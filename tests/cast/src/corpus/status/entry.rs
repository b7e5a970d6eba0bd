//! Bits that are set, and entries.

use serde_json::json;

use super::{revoked, suspended};
use crate::corpus::{Corpus, remove, slug};
use crate::paper::{list, status_entries, status_entry};
use crate::party::{ACME, BOB, INITECH};
use crate::seal::Securing;
use crate::time::after;

pub(in crate::corpus) fn set(corpus: &mut Corpus) {
    for jose in [false, true] {
        let securing = if jose { "_jose" } else { "" };
        for (name, index) in [
            ("root", 100_u64),
            ("passport_of_the_first", 120),
            ("passport_of_the_middle", 121),
            ("passport_of_the_last", 122),
        ] {
            for (word, url, code) in [
                ("revoked", revoked(), "status.revoked"),
                ("suspended", suspended(), "status.suspended"),
            ] {
                corpus.three_hops(
                    &format!("status_{name}_{word}{securing}"),
                    code,
                    "Everything below a revoked or suspended paper is refused.",
                    |scene| {
                        if jose {
                            scene.jose();
                            scene
                                .lists
                                .values_mut()
                                .for_each(|list| list.securing = Securing::Jose);
                        }
                        scene.set(&url, &[index]);
                    },
                );
            }
        }
    }
    corpus.three_hops(
        "status_middle_hop_of_another_organization_suspended",
        "status.suspended",
        "Initech has suspended Bob, in the middle of Acme's chain.",
        |scene| {
            scene.of_initech(1, BOB);
            scene.set(&list(INITECH, "s"), &[151]);
        },
    );
    corpus.three_hops(
        "status_middle_hop_of_another_organization_suspended_jose",
        "status.suspended",
        "The same as JWS throughout.",
        |scene| {
            scene.of_initech(1, BOB);
            scene.jose();
            scene.set(&list(INITECH, "s"), &[151]);
        },
    );
    corpus.three_hops(
        "status_middle_hop_of_another_organization_revoked",
        "status.revoked",
        "Initech has revoked Bob's passport.",
        |scene| {
            scene.of_initech(1, BOB);
            scene.set(&list(INITECH, "r"), &[151]);
        },
    );
    corpus.direct(
        "status_revoked_and_suspended",
        "status.revoked",
        "Both are set; the one that does not end is told.",
        |scene| {
            scene.set(&revoked(), &[100]);
            scene.set(&suspended(), &[100]);
        },
    );
    corpus.direct(
        "status_suspended_after_a_resumption",
        "status.suspended",
        "Resumed once, suspended again in the newest list.",
        |scene| {
            scene.publish(&suspended(), "suspension", -10, &[100]);
            let floor = after(&scene.at, -60);
            scene.evidence(move |evidence| evidence["statusFloors"][suspended()] = json!(floor));
        },
    );
    corpus.direct(
        "status_revoked_while_another_list_is_missing",
        "status.revoked",
        "What is known to be revoked is not asked about again.",
        |scene| {
            scene.set(&revoked(), &[100]);
            scene.lists.remove(&suspended());
        },
    );
    corpus.direct(
        "status_every_bit_set",
        "status.revoked",
        "A list on which everything is revoked.",
        |scene| {
            let everything: Vec<u64> = (0..131_072).collect();
            scene.set(&revoked(), &everything);
        },
    );
    corpus.direct(
        "status_last_bit_set",
        "status.revoked",
        "The last index of the list.",
        |scene| {
            scene.paper(0)["credentialStatus"] = status_entries(ACME, 131_071);
            scene.set(&revoked(), &[131_071]);
        },
    );
    corpus.direct(
        "status_first_bit_set",
        "status.revoked",
        "Index 0 is the left-most bit.",
        |scene| {
            scene.paper(0)["credentialStatus"] = status_entries(ACME, 0);
            scene.set(&revoked(), &[0]);
        },
    );
    corpus.direct(
        "status_third_entry_set",
        "status.revoked",
        "All entries are looked at, not the first of a kind.",
        |scene| {
            scene.paper(0)["credentialStatus"]
                .as_array_mut()
                .unwrap()
                .push(status_entry("revocation", &list(ACME, "r"), 700));
            scene.set(&revoked(), &[700]);
        },
    );
}

pub(in crate::corpus) fn missing(corpus: &mut Corpus) {
    let code = "status.missing";
    for (place, paper) in [(0_usize, "capability"), (1, "passport")] {
        corpus.direct(
            &format!("status_{paper}_without_entries"),
            code,
            "A paper that must have a status and has none.",
            |scene| remove(scene.paper(place), "credentialStatus"),
        );
        for (gone, purpose) in [(0_usize, "revocation"), (1, "suspension")] {
            corpus.direct(
                &format!("status_{paper}_without_{purpose}"),
                code,
                "One of the two entries is missing.",
                |scene| {
                    scene.paper(place)["credentialStatus"]
                        .as_array_mut()
                        .unwrap()
                        .remove(gone);
                },
            );
        }
        corpus.direct(
            &format!("status_{paper}_with_one_entry_as_an_object"),
            code,
            "A single entry is one purpose only.",
            |scene| {
                scene.paper(place)["credentialStatus"] = status_entry("revocation", &list(ACME, "r"), 100);
            },
        );
        corpus.direct(
            &format!("status_{paper}_with_two_revocations"),
            code,
            "Twice the same purpose is not both.",
            |scene| {
                scene.paper(place)["credentialStatus"][1]["statusPurpose"] = json!("revocation");
                scene.paper(place)["credentialStatus"][1]["statusListCredential"] = json!(list(ACME, "r"));
            },
        );
    }
    corpus.three_hops(
        "status_middle_passport_without_entries",
        code,
        "The middle hop's passport must have a status.",
        |scene| remove(scene.paper(4), "credentialStatus"),
    );
}

pub(in crate::corpus) fn entries(corpus: &mut Corpus) {
    let code = "status.unknown";
    for (name, member, value) in [
        ("index_negative", "statusListIndex", json!("-1")),
        ("index_fraction", "statusListIndex", json!("1.5")),
        ("index_word", "statusListIndex", json!("abc")),
        ("index_hexadecimal", "statusListIndex", json!("0x10")),
        ("index_exponent", "statusListIndex", json!("1e3")),
        (
            "index_two_to_the_64",
            "statusListIndex",
            json!("18446744073709551616"),
        ),
        ("index_leading_zero", "statusListIndex", json!("0100")),
        ("index_plus", "statusListIndex", json!("+100")),
        ("index_with_a_space", "statusListIndex", json!(" 100")),
        ("index_empty", "statusListIndex", json!("")),
        ("index_number", "statusListIndex", json!(100)),
        ("index_null", "statusListIndex", json!(null)),
        ("index_array", "statusListIndex", json!(["100"])),
        (
            "index_of_other_digits",
            "statusListIndex",
            json!("\u{661}\u{660}\u{660}"),
        ),
        ("index_at_the_end", "statusListIndex", json!("131072")),
        (
            "index_far_beyond",
            "statusListIndex",
            json!("18446744073709551615"),
        ),
        ("type_unknown", "type", json!("StatusList2021Entry")),
        ("type_revocation_list", "type", json!("RevocationList2020Status")),
        ("type_token_list", "type", json!("TokenStatusListEntry")),
        ("type_number", "type", json!(1)),
        ("type_null", "type", json!(null)),
        ("purpose_unknown", "statusPurpose", json!("deletion")),
        ("purpose_upper_case", "statusPurpose", json!("Revocation")),
        ("purpose_array", "statusPurpose", json!(["revocation"])),
        ("purpose_number", "statusPurpose", json!(1)),
        ("list_relative", "statusListCredential", json!("/status-lists/r")),
        (
            "list_plain_http",
            "statusListCredential",
            json!("http://acme.example/status-lists/r"),
        ),
        ("list_file", "statusListCredential", json!("file:///etc/passwd")),
        ("list_number", "statusListCredential", json!(1)),
        ("list_empty", "statusListCredential", json!("")),
        ("size_two", "statusSize", json!(2)),
        ("member_unknown", "priority", json!("high")),
        (
            "id_of_the_list",
            "id",
            json!("https://acme.example/status-lists/r"),
        ),
    ] {
        corpus.direct(
            &format!("status_entry_{name}"),
            code,
            "An entry that cannot be judged is unknown, never valid.",
            |scene| scene.paper(0)["credentialStatus"][0][member] = value,
        );
    }
    for member in ["type", "statusPurpose", "statusListIndex", "statusListCredential"] {
        corpus.direct(
            &format!("status_entry_without_{}", slug(member)),
            code,
            "An entry that cannot be judged is unknown, never valid.",
            |scene| remove(&mut scene.paper(0)["credentialStatus"][0], member),
        );
    }
    for (name, value) in [
        ("text", json!("none")),
        ("null", json!(null)),
        ("number", json!(1)),
        ("array_of_text", json!(["none"])),
    ] {
        corpus.direct(
            &format!("status_is_{name}"),
            code,
            "What stands for the status is no entry.",
            |scene| scene.paper(0)["credentialStatus"] = value,
        );
    }
}
