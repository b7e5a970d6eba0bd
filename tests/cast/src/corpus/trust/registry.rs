//! What the registry was asked and said.

use serde_json::json;

use super::{recognizing, stated};
use crate::corpus::{Corpus, slug};
use crate::paper::{self, CONTEXT};
use crate::party::{ACME, BOB, CY, GLOBEX, GLOBEX_TRQP, INITECH, MALLORY};
use crate::scene::Scene;
use crate::seal::Slip;
use crate::time::{after, instant};
use crate::trust;

pub(in crate::corpus) fn questions(corpus: &mut Corpus) {
    let code = "evidence.needed";
    corpus.delegated(
        "trust_recognition_is_asked_for",
        code,
        "The registry has not been asked.",
        |scene| scene.policy = trust::by_recognition(),
    );
    corpus.delegated(
        "trust_recognition_is_asked_for_before_documents",
        code,
        "Nothing else is asked for before the trust is decided.",
        |scene| {
            scene.policy = trust::by_recognition();
            scene.documents.clear();
            scene.lists.clear();
        },
    );
    for (name, member, value) in [
        ("another_action", "action", json!("refund:cancel")),
        ("a_wildcard_action", "action", json!("refund:*")),
        (
            "another_resource",
            "resource",
            json!("https://api.globex.example/orders/1002"),
        ),
        (
            "a_wildcard_resource",
            "resource",
            json!("https://api.globex.example/orders/*"),
        ),
        ("another_entity", "entity_id", json!("did:web:initech.example")),
        (
            "an_entity_that_begins_alike",
            "entity_id",
            json!("did:web:acme.example.evil.example"),
        ),
        (
            "another_authority",
            "authority_id",
            json!("did:web:initech.example"),
        ),
        ("another_registry", "iss", json!("did:web:initech.example:trqp")),
        ("another_time", "time_requested", json!("2026-01-01T00:00:00Z")),
    ] {
        corpus.delegated(
            &format!("trust_statement_about_{name}"),
            code,
            "The statement answers another question.",
            |scene| {
                recognizing(scene, |claims| claims[member] = value);
            },
        );
    }
    corpus.delegated(
        "trust_authorization_for_a_recognition",
        code,
        "The registry answered the other query.",
        |scene| {
            recognizing(scene, |claims| {
                claims["query"] = json!("authorization");
                crate::corpus::remove(claims, "recognized");
                claims["authorized"] = json!(true);
            });
        },
    );
    corpus.delegated(
        "trust_statement_of_the_authority_about_itself",
        code,
        "Acme's own opinion of itself is nobody's anchor.",
        |scene| {
            let mut claims = trust::recognition(&scene.at);
            claims["iss"] = json!(ACME.did());
            claims["authority_id"] = json!(ACME.did());
            stated(
                scene,
                &claims,
                &json!({"alg": "EdDSA", "kid": ACME.method(), "typ": "chancery-trqp+jwt"}),
                GLOBEX_TRQP,
            );
        },
    );
}

pub(in crate::corpus) fn statements(corpus: &mut Corpus) {
    corpus.delegated(
        "trust_not_recognized",
        "trust.not_recognized",
        "The registry says no.",
        |scene| {
            recognizing(scene, |claims| claims["recognized"] = json!(false));
        },
    );
    corpus.delegated(
        "trust_recognition_withdrawn",
        "trust.not_recognized",
        "A newer statement says no.",
        |scene| {
            recognizing(scene, |_| {});
            let mut newer = trust::recognition(&scene.at);
            (newer["recognized"], newer["time_evaluated"]) = (json!(false), json!(after(&scene.at, -2)));
            let newer = trust::statement(&newer, &trust::header(), GLOBEX_TRQP);
            scene.evidence(move |evidence| {
                evidence["trustStatements"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!(newer))
            });
        },
    );
    corpus.delegated(
        "trust_registry_asked_about_its_own_authority",
        "trust.not_recognized",
        "Globex's registry says that Globex is recognized.",
        |scene| {
            recognizing(scene, |claims| claims["entity_id"] = json!(GLOBEX.did()));
            scene.paper(0)["issuer"] = json!(GLOBEX.did());
        },
    );
    let code = "trust.statement_invalid";
    for (name, member, value) in [
        ("without_an_end", "exp", None),
        ("without_a_beginning", "iat", None),
        ("without_an_outcome", "recognized", None),
        ("without_a_query", "query", None),
        ("without_its_time", "time_evaluated", None),
        ("that_ends_before_it_begins", "exp", Some(json!(1))),
        ("of_two_days", "exp", Some(json!(1_781_856_000))),
        ("with_an_outcome_as_text", "recognized", Some(json!("true"))),
        ("with_an_outcome_as_number", "recognized", Some(json!(1))),
        ("with_two_outcomes", "authorized", Some(json!(true))),
        ("with_an_unknown_claim", "scope", Some(json!("all"))),
        ("of_an_unknown_query", "query", Some(json!("membership"))),
        ("with_a_key_that_is_none", "keys", Some(json!(["key-1"]))),
    ] {
        corpus.delegated(
            &format!("trust_statement_{name}"),
            code,
            "The statement is not as its form has it.",
            |scene| {
                recognizing(scene, |claims| match value {
                    None => crate::corpus::remove(claims, member),
                    Some(value) => claims[member] = value,
                });
            },
        );
    }
    corpus.delegated(
        "trust_statement_without_an_issuer",
        "evidence.needed",
        "A statement of nobody is not the registry's.",
        |scene| {
            recognizing(scene, |claims| crate::corpus::remove(claims, "iss"));
        },
    );
    corpus.delegated(
        "trust_statement_with_an_end_as_text",
        "evidence.needed",
        "A token that cannot be read is no statement.",
        |scene| {
            recognizing(scene, |claims| claims["exp"] = json!("1781683790"));
        },
    );
    corpus.delegated(
        "trust_statement_of_the_future",
        code,
        "Evaluated two minutes from now.",
        |scene| {
            let at = scene.at.clone();
            recognizing(scene, |claims| claims["time_evaluated"] = json!(after(&at, 120)));
        },
    );
    corpus.delegated(
        "trust_statement_under_another_key",
        code,
        "Mallory signs in the registry's name.",
        |scene| {
            let claims = trust::recognition(&scene.at);
            stated(scene, &claims, &trust::header(), MALLORY);
        },
    );
    corpus.delegated(
        "trust_statement_under_the_authoritys_key",
        code,
        "Globex's own key is not its registry's.",
        |scene| {
            let claims = trust::recognition(&scene.at);
            stated(scene, &claims, &trust::header(), GLOBEX);
        },
    );
    // A statement is looked at when it says that it is about this issuer; one that cannot even be read says nothing.
    for (name, header) in [
        (
            "as_none",
            json!({"alg": "none", "kid": GLOBEX_TRQP.method(), "typ": "chancery-trqp+jwt"}),
        ),
        (
            "as_a_paper",
            json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method(), "typ": "vc+jwt"}),
        ),
        (
            "as_a_description",
            json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method(), "typ": "chancery-description+jwt"}),
        ),
        (
            "without_a_type",
            json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method()}),
        ),
        (
            "with_its_own_key",
            json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method(), "typ": "chancery-trqp+jwt", "jwk": GLOBEX_TRQP.public().to_jwk()}),
        ),
        (
            "with_a_critical_extension",
            json!({"alg": "EdDSA", "kid": GLOBEX_TRQP.method(), "typ": "chancery-trqp+jwt", "crit": ["exp"]}),
        ),
    ] {
        corpus.delegated(
            &format!("trust_statement_{name}"),
            "evidence.needed",
            "No statement of the registry's kind, so the question stands.",
            |scene| {
                let claims = trust::recognition(&scene.at);
                stated(scene, &claims, &header, GLOBEX_TRQP);
            },
        );
    }
    corpus.delegated(
        "trust_statement_as_another_algorithm",
        code,
        "The algorithm follows from the pinned key.",
        |scene| {
            let claims = trust::recognition(&scene.at);
            stated(
                scene,
                &claims,
                &json!({"alg": "ES256", "kid": GLOBEX_TRQP.method(), "typ": "chancery-trqp+jwt"}),
                GLOBEX_TRQP,
            );
        },
    );
    corpus.delegated(
        "trust_statement_byte_changed",
        code,
        "The last byte of the signature is another.",
        |scene| {
            recognizing(scene, |_| {});
            scene.evidence(|evidence| {
                let text = evidence["trustStatements"][0].as_str().unwrap().to_owned();
                let (kept, last) = text.split_at(text.len() - 4);
                evidence["trustStatements"][0] =
                    json!(format!("{kept}{}", if last == "AAAA" { "AAAQ" } else { "AAAA" }));
            });
        },
    );
    corpus.delegated(
        "trust_statement_ended",
        "evidence.needed",
        "The statement ended; the question stands.",
        ended,
    );
    corpus.delegated(
        "trust_statement_older_than_the_policy_takes",
        "evidence.needed",
        "Not ended, but older than the registry's `maxAge`.",
        |scene| {
            let at = scene.at.clone();
            recognizing(scene, |claims| {
                claims["time_evaluated"] = json!(after(&at, -301));
                claims["iat"] = json!(instant(&at).seconds() - 301);
                claims["exp"] = json!(instant(&at).seconds() + 3_000);
            });
        },
    );
    corpus.delegated(
        "trust_statement_ended_and_no_newer_one",
        "trust.statement_expired",
        "The statement ended and the registry does not answer.",
        |scene| {
            ended(scene);
            scene.failed(trust::question(), "fetch.timeout");
        },
    );
    corpus.delegated(
        "trust_recognized_key_is_another",
        "trust.key_changed",
        "The registry announces another key of Acme's.",
        |scene| {
            recognizing(scene, |claims| {
                claims["keys"] = json!([MALLORY.public().thumbprint()])
            });
        },
    );
    corpus.delegated(
        "trust_recognized_without_a_key",
        "trust.key_changed",
        "A did:web key that is neither pinned nor announced.",
        |scene| {
            recognizing(scene, |claims| crate::corpus::remove(claims, "keys"));
        },
    );
    corpus.delegated(
        "trust_recognized_for_nothing_granted",
        "constraint.not_granted",
        "Recognition alone grants nothing here.",
        |scene| {
            recognizing(scene, |_| {});
            scene.policy["anchors"][0]["grant"] = json!([]);
        },
    );
    corpus.three_hops(
        "trust_recognition_is_one_deep",
        "evidence.needed",
        "Acme is recognized; that Acme knows Initech does not count.",
        |scene| {
            recognizing(scene, |_| {});
            let document = paper::passport(&scene.at, 151, INITECH, BOB);
            scene.papers[4] = Slip::new(document, INITECH, "assertionMethod", &after(&scene.at, -1_800));
            let mut claims = trust::recognition(&scene.at);
            (claims["iss"], claims["authority_id"], claims["entity_id"]) =
                (json!(ACME.did()), json!(ACME.did()), json!(INITECH.did()));
            let own = trust::statement(
                &claims,
                &json!({"alg": "EdDSA", "kid": ACME.method(), "typ": "chancery-trqp+jwt"}),
                ACME,
            );
            scene.evidence(move |evidence| {
                evidence["trustStatements"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!(own))
            });
            assert_eq!(scene.paper(0)["@context"][0], json!(CONTEXT));
            assert_eq!(scene.paper(2)["credentialSubject"]["id"], json!(CY.did()));
        },
    );
}

pub(in crate::corpus) fn ended(scene: &mut Scene) {
    let at = scene.at.clone();
    recognizing(scene, |claims| {
        claims["time_evaluated"] = json!(after(&at, -200));
        claims["iat"] = json!(instant(&at).seconds() - 200);
        claims["exp"] = json!(instant(&at).seconds() - 100);
    });
}

pub(in crate::corpus) fn failures(corpus: &mut Corpus) {
    for code in [
        "fetch.timeout",
        "fetch.tls",
        "fetch.status",
        "fetch.blocked",
        "fetch.offline",
    ] {
        corpus.delegated(
            &format!("trust_registry_{}", slug(code)),
            code,
            "The registry could not be asked.",
            |scene| {
                scene.policy = trust::by_recognition();
                scene.failed(trust::question(), code);
            },
        );
    }
}
