//! What comes stapled: judged like what was fetched, the newest known counts, and nothing but lists and statements.
//!
//! A staple that does not hold counts as if it were not there; what then is missing is asked for.

use serde_json::{Value, json};

use super::status::{revoked, suspended};
use super::token_status::{direct as on_a_token_list, publish as publish_token, url as token_url};
use super::{Corpus, remove};
use crate::party::{ACME, ACME_STATUS, ADA, GLOBEX_TRQP, INITECH, INITECH_STATUS, MALLORY, Party};
use crate::scene::{Scene, status_list};
use crate::time::after;
use crate::trust;

pub(super) fn vectors(corpus: &mut Corpus) {
    allowed(corpus);
    shapes(corpus);
    limits(corpus);
    tampered(corpus);
    newest(corpus);
    forged(corpus);
    ages(corpus);
    statements(corpus);
}

/// A member of what is stapled.
fn staple(scene: &mut Scene, member: &str, key: &str, value: Value) {
    scene.presentation.document["stapled"][member][key] = value;
}

/// A revocation list of this age by this signer with these bits, as text.
fn list(scene: &Scene, seconds: i64, signer: Party, set: &[u64]) -> String {
    status_list(&revoked(), "revocation", signer, &after(&scene.at, seconds), set).text()
}

/// Staples a revocation list.
fn stapling(scene: &mut Scene, seconds: i64, signer: Party, set: &[u64]) {
    let text = list(scene, seconds, signer, set);
    staple(scene, "statusLists", &revoked(), json!(text));
}

/// Moves the lists that Globex gathered into the presentation.
fn moved(scene: &mut Scene) {
    for (url, list) in std::mem::take(&mut scene.lists) {
        staple(scene, "statusLists", &url, json!(list.text()));
    }
}

fn allowed(corpus: &mut Corpus) {
    corpus.delegated(
        "allow_stapled_lists",
        "ok",
        "Nothing of status was gathered: both lists came with the presentation.",
        moved,
    );
    corpus.delegated("allow_stapled_lists_jose", "ok", "The same in JWTs.", |scene| {
        scene.jose();
        moved(scene);
    });
    corpus.direct(
        "allow_stapled_list_newer_than_a_stale_one",
        "ok",
        "The list that was gathered is too old, the stapled one is not.",
        |scene| {
            scene.publish(&revoked(), "revocation", -400, &[]);
            stapling(scene, -10, ACME_STATUS, &[]);
        },
    );
    corpus.direct(
        "allow_stapled_list_that_was_gathered_too",
        "ok",
        "The same text came twice.",
        |scene| {
            let text = scene.lists[&revoked()].text();
            staple(scene, "statusLists", &revoked(), json!(text));
        },
    );
    corpus.direct(
        "allow_stapled_list_older_than_the_gathered_one",
        "ok",
        "The suspension that the stapled list tells of was lifted since.",
        |scene| {
            let made = after(&scene.at, -200);
            let text = status_list(&suspended(), "suspension", ACME_STATUS, &made, &[100]).text();
            staple(scene, "statusLists", &suspended(), json!(text));
        },
    );
    corpus.direct(
        "allow_stapled_forgery_beside_a_gathered_list",
        "ok",
        "Nobody can revoke a paper with a list of their own.",
        |scene| stapling(scene, -1, MALLORY, &[100]),
    );
    corpus.direct(
        "allow_stapled_list_that_no_paper_names",
        "ok",
        "It is not looked at.",
        |scene| {
            staple(
                scene,
                "statusLists",
                "https://mallory.example/l",
                json!("no list"),
            )
        },
    );
    corpus.direct(
        "allow_stapled_list_at_its_floor",
        "ok",
        "As new as the newest that was seen.",
        |scene| {
            moved(scene);
            let floor = after(&scene.at, -30);
            scene.evidence(move |evidence| evidence["statusFloors"][revoked()] = json!(floor));
        },
    );
    on_a_token_list(
        corpus,
        "allow_stapled_token_list",
        "ok",
        "A Token Status List comes with the presentation.",
        moved_token,
    );
    corpus.delegated(
        "allow_stapled_statement",
        "ok",
        "The word of Globex's own registry comes with the presentation.",
        |scene| stated(scene, GLOBEX_TRQP, |_| {}),
    );
    corpus.delegated(
        "allow_stapled_statement_forged_beside_a_gathered_one",
        "ok",
        "A forgery ends no question that was answered.",
        |scene| {
            gathered(scene, |_| {});
            stated(scene, MALLORY, |claims| claims["recognized"] = json!(false));
        },
    );
}

/// Moves the Token Status List that was gathered into the presentation.
fn moved_token(scene: &mut Scene) {
    for (url, list) in std::mem::take(&mut scene.token_lists) {
        staple(scene, "tokenStatusLists", &url, json!(list.text()));
    }
}

fn shapes(corpus: &mut Corpus) {
    let listed = |value: Value| json!({"statusLists": value});
    for (name, value) in [
        ("null", json!(null)),
        ("text", json!("x")),
        ("array", json!([])),
        ("empty", json!({})),
        ("lists_empty", listed(json!({}))),
        ("lists_array", listed(json!(["x"]))),
        ("list_embedded", listed(json!({revoked(): {"type": "x"}}))),
        ("list_null", listed(json!({revoked(): null}))),
        ("list_of_no_bytes", listed(json!({revoked(): ""}))),
        (
            "list_of_a_plain_address",
            listed(json!({"http://acme.example/r": "x"})),
        ),
        ("list_of_no_address", listed(json!({"": "x"}))),
        ("token_lists_array", json!({"tokenStatusLists": []})),
        ("statements_empty", json!({"trustStatements": []})),
        ("statements_object", json!({"trustStatements": {}})),
        ("statement_number", json!({"trustStatements": [7]})),
    ] {
        corpus.direct(
            &format!("read_stapled_{name}"),
            "parse.structure",
            "What is stapled has one shape.",
            |scene| scene.presentation.document["stapled"] = value,
        );
    }
    let document = json!({ACME.did(): ACME.document().to_string()});
    for (name, member, value) in [
        ("documents", "documents", document),
        ("did_logs", "didLogs", json!({})),
        ("did_floors", "didFloors", json!({})),
        (
            "status_floors",
            "statusFloors",
            json!({revoked(): "2020-01-01T00:00:00Z"}),
        ),
        ("zone_offsets", "zoneOffsets", json!([])),
        ("failures", "failures", json!([])),
        ("anchors", "anchors", json!([])),
        ("a_bundle", "bundle", json!("a.b.c")),
    ] {
        corpus.direct(
            &format!("read_stapled_{name}"),
            "parse.unknown_member",
            "No keys, no floors and no failures come from a presenter.",
            |scene| {
                moved(scene);
                scene.presentation.document["stapled"][member] = value;
            },
        );
    }
}

fn limits(corpus: &mut Corpus) {
    let lists = |count: usize| -> Value {
        let list = |number| (format!("https://acme.example/l{number}"), json!("x"));
        Value::Object((0..count).map(list).collect())
    };
    for (name, value) in [
        ("seventeen_lists", json!({"statusLists": lists(17)})),
        (
            "seventeen_lists_of_two_kinds",
            json!({"statusLists": lists(9), "tokenStatusLists": lists(8)}),
        ),
        ("nine_statements", json!({"trustStatements": vec!["x"; 9]})),
        (
            "too_many_bytes",
            json!({"statusLists": {revoked(): "x".repeat(128 * 1024)}}),
        ),
    ] {
        corpus.direct(
            &format!("read_stapled_{name}"),
            "limit.stapled",
            "A presentation carries so much and no more.",
            |scene| scene.presentation.document["stapled"] = value,
        );
    }
}

fn tampered(corpus: &mut Corpus) {
    corpus.direct(
        "signature_stapled_on_the_way",
        "signature.invalid",
        "What is stapled stands under the holder's signature.",
        |scene| {
            let text = list(scene, -10, ACME_STATUS, &[]);
            scene.rewrite(move |presentation| {
                let mut value: Value = serde_json::from_str(&presentation).unwrap();
                value["stapled"]["statusLists"][revoked()] = json!(text);
                value.to_string()
            });
        },
    );
    corpus.direct(
        "signature_staple_taken_off_on_the_way",
        "signature.invalid",
        "So nobody takes off a list that tells of a revocation.",
        |scene| {
            stapling(scene, -10, ACME_STATUS, &[100]);
            scene.rewrite(|presentation| {
                let mut value: Value = serde_json::from_str(&presentation).unwrap();
                remove(&mut value, "stapled");
                value.to_string()
            });
        },
    );
}

fn newest(corpus: &mut Corpus) {
    corpus.direct(
        "status_stapled_list_revokes",
        "status.revoked",
        "The stapled list is newer than the gathered one.",
        |scene| stapling(scene, -10, ACME_STATUS, &[100]),
    );
    corpus.direct(
        "status_stapled_list_revokes_alone",
        "status.revoked",
        "Nothing was gathered.",
        |scene| {
            scene.set(&revoked(), &[100]);
            moved(scene);
        },
    );
    corpus.direct(
        "status_stapled_list_older_than_the_revocation",
        "status.revoked",
        "Fresh enough by itself, but a newer one is known.",
        |scene| {
            scene.publish(&revoked(), "revocation", -30, &[100]);
            stapling(scene, -200, ACME_STATUS, &[]);
        },
    );
    corpus.direct(
        "status_stapled_list_as_old_as_the_revocation",
        "status.revoked",
        "Of two that are equally new the gathered one counts.",
        |scene| {
            scene.publish(&revoked(), "revocation", -30, &[100]);
            stapling(scene, -30, ACME_STATUS, &[]);
        },
    );
    corpus.direct(
        "status_stapled_forgery_beside_the_revocation",
        "status.revoked",
        "A newer list of a stranger puts nothing aside.",
        |scene| {
            scene.publish(&revoked(), "revocation", -30, &[100]);
            stapling(scene, -1, MALLORY, &[]);
        },
    );
    corpus.direct(
        "status_stapled_list_suspends",
        "status.suspended",
        "The stapled list is newer than the gathered one.",
        |scene| {
            let made = after(&scene.at, -10);
            let text = status_list(&suspended(), "suspension", ACME_STATUS, &made, &[100]).text();
            staple(scene, "statusLists", &suspended(), json!(text));
        },
    );
    on_a_token_list(
        corpus,
        "status_stapled_token_list_revokes",
        "status.revoked",
        "As with the other kind of list.",
        |scene| {
            publish_token(scene, -10, &[(100, 1)]);
            moved_token(scene);
        },
    );
    on_a_token_list(
        corpus,
        "status_stapled_token_list_as_a_bitstring_list",
        "evidence.needed",
        "A list of one kind is none of the other.",
        |scene| {
            let text = scene.token_lists.remove(&token_url()).unwrap().text();
            staple(scene, "statusLists", &token_url(), json!(text));
        },
    );
}

/// Lists that do not hold, and nothing else: the list is asked for, as if nothing had been stapled.
fn forged(corpus: &mut Corpus) {
    let mut alone = |name: &str, comment: &str, text: &dyn Fn(&Scene) -> String| {
        corpus.direct(
            &format!("status_stapled_list_{name}"),
            "evidence.needed",
            comment,
            |scene| {
                let text = text(scene);
                scene.lists.remove(&revoked());
                staple(scene, "statusLists", &revoked(), json!(text));
            },
        );
    };
    for (name, signer) in [
        ("of_a_stranger", MALLORY),
        ("of_the_agent", ADA),
        ("of_another_authority", INITECH),
        ("of_another_status_did", INITECH_STATUS),
    ] {
        alone(name, "Signed by somebody else than Acme's.", &|scene| {
            list(scene, -10, signer, &[])
        });
    }
    alone("of_text", "No list at all.", &|_| "hello".to_owned());
    alone("of_the_future", "Made two minutes from now.", &|scene| {
        list(scene, 120, ACME_STATUS, &[])
    });
    alone(
        "of_another_purpose",
        "Of the suspensions, under its address.",
        &|scene| scene.lists[&suspended()].text(),
    );
    alone("changed", "One bit was taken back after signing.", &|scene| {
        let mut value: Value = serde_json::from_str(&list(scene, -10, ACME_STATUS, &[100])).unwrap();
        let clean: Value = serde_json::from_str(&list(scene, -10, ACME_STATUS, &[])).unwrap();
        value["credentialSubject"] = clean["credentialSubject"].clone();
        value.to_string()
    });
    alone("unsigned", "Without a proof.", &|scene| {
        let mut value: Value = serde_json::from_str(&list(scene, -10, ACME_STATUS, &[])).unwrap();
        remove(&mut value, "proof");
        value.to_string()
    });
    alone(
        "of_a_status_did_that_is_not_named",
        "Acme's document names another.",
        &|scene| {
            let other = Party {
                seed: 60,
                ..ACME_STATUS
            };
            list(scene, -10, other, &[])
        },
    );
    corpus.direct(
        "status_stapled_list_one_of_two",
        "evidence.needed",
        "The other is asked for.",
        |scene| {
            moved(scene);
            let stapled = &mut scene.presentation.document["stapled"]["statusLists"];
            remove(stapled, &suspended());
        },
    );
    corpus.direct(
        "status_stapled_list_without_its_signers_document",
        "evidence.needed",
        "The key of a list does not come from whoever staples it.",
        |scene| {
            moved(scene);
            scene.documents.remove(&ACME_STATUS.did());
        },
    );
    corpus.direct(
        "status_stapled_forgery_and_no_list_to_be_had",
        "fetch.timeout",
        "The forgery is as good as nothing.",
        |scene| {
            stapling(scene, -10, MALLORY, &[]);
            scene.lists.remove(&revoked());
            scene.failed(json!({"kind": "statusList", "url": revoked()}), "fetch.timeout");
        },
    );
}

fn ages(corpus: &mut Corpus) {
    corpus.direct(
        "status_stapled_list_too_old",
        "status.stale",
        "A newer one is asked for.",
        |scene| {
            stapling(scene, -301, ACME_STATUS, &[]);
            scene.lists.remove(&revoked());
        },
    );
    corpus.direct(
        "status_stapled_list_too_old_for_a_strict_policy",
        "status.stale",
        "The policy takes lists of one second, wherever they come from.",
        |scene| {
            moved(scene);
            scene.policy["maxStatusAge"] = json!("1s");
        },
    );
    corpus.direct(
        "status_stapled_list_older_than_seen",
        "evidence.needed",
        "A newer one was seen: the stapled one is as good as nothing.",
        |scene| {
            moved(scene);
            let floor = after(&scene.at, -29);
            scene.evidence(move |evidence| evidence["statusFloors"][revoked()] = json!(floor));
        },
    );
    corpus.direct(
        "status_stapled_list_and_gathered_list_older_than_seen",
        "status.rollback",
        "Neither does.",
        |scene| {
            stapling(scene, -40, ACME_STATUS, &[]);
            let floor = after(&scene.at, -29);
            scene.evidence(move |evidence| evidence["statusFloors"][revoked()] = json!(floor));
        },
    );
}

/// Globex takes whom its registry recognizes; the statement was bent and stapled.
fn stated(scene: &mut Scene, signer: Party, bend: impl FnOnce(&mut Value)) {
    let mut claims = trust::recognition(&scene.at);
    bend(&mut claims);
    scene.policy = trust::by_recognition();
    let token = trust::statement(&claims, &trust::header(), signer);
    scene.presentation.document["stapled"]["trustStatements"] = json!([token]);
}

/// A statement that Globex gathered itself.
fn gathered(scene: &mut Scene, bend: impl FnOnce(&mut Value)) {
    super::trust::recognizing(scene, bend);
}

fn statements(corpus: &mut Corpus) {
    for (name, signer) in [
        ("a_stranger", MALLORY),
        ("the_agent", ADA),
        ("the_authority", ACME),
    ] {
        corpus.delegated(
            &format!("trust_stapled_statement_of_{name}"),
            "evidence.needed",
            "A forgery is as good as nothing: the registry is asked.",
            |scene| stated(scene, signer, |_| {}),
        );
    }
    for (name, member, value) in [
        ("another_action", "action", json!("refund:cancel")),
        ("another_entity", "entity_id", json!("did:web:initech.example")),
        ("another_registry", "iss", json!("did:web:initech.example:trqp")),
    ] {
        corpus.delegated(
            &format!("trust_stapled_statement_about_{name}"),
            "evidence.needed",
            "It answers another question.",
            |scene| stated(scene, GLOBEX_TRQP, |claims| claims[member] = value),
        );
    }
    corpus.delegated(
        "trust_stapled_statement_that_says_no",
        "trust.not_recognized",
        "What is stapled counts against the presenter too.",
        |scene| stated(scene, GLOBEX_TRQP, |claims| claims["recognized"] = json!(false)),
    );
    corpus.delegated(
        "trust_stapled_statement_older_than_the_withdrawal",
        "trust.not_recognized",
        "The newest counts, wherever it comes from.",
        |scene| {
            gathered(scene, |claims| claims["recognized"] = json!(false));
            let made = after(&scene.at, -200);
            stated(scene, GLOBEX_TRQP, |claims| {
                claims["time_evaluated"] = json!(made)
            });
        },
    );
    corpus.delegated(
        "trust_stapled_statement_too_old",
        "evidence.needed",
        "It has ended; the registry is asked.",
        |scene| {
            let made = after(&scene.at, -400);
            let iat = crate::time::instant(&made).seconds();
            stated(scene, GLOBEX_TRQP, |claims| {
                claims["time_evaluated"] = json!(made);
                claims["iat"] = json!(iat);
                claims["exp"] = json!(iat + 300);
            });
        },
    );
}
