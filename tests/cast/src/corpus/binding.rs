//! Step 8: holder, audience, nonce, and a short life.

use serde_json::{Value, json};

use super::{Corpus, remove};
use crate::paper::AUDIENCE;
use crate::party::{ADA, BOB, CY, TRUDY};
use crate::scene::{Scene, presentation};

pub(super) fn vectors(corpus: &mut Corpus) {
    for jose in [false, true] {
        holders(corpus, jose);
        audiences(corpus, jose);
        nonces(corpus, jose);
        lives(corpus, jose);
    }
    expectations(corpus);
}

/// A delegated scene under one of the securings.
fn bent(
    corpus: &mut Corpus,
    name: &str,
    jose: bool,
    code: &str,
    comment: &str,
    bend: impl FnOnce(&mut Scene),
) {
    let name = format!("binding_{name}{}", if jose { "_jose" } else { "" });
    corpus.delegated(&name, code, comment, |scene| {
        bend(scene);
        if jose {
            scene.jose();
        }
    });
}

fn holders(corpus: &mut Corpus, jose: bool) {
    let code = "binding.holder";
    for (name, holder, comment) in [
        ("the_delegator", ADA, "Ada presents what she handed on."),
        (
            "a_stranger",
            TRUDY,
            "Somebody who found the papers presents them.",
        ),
        ("a_later_hop", CY, "Cy was never delegated to."),
        (
            "the_same_key_under_another_name",
            BOB.jwk(),
            "Bob's key, but as a did:jwk.",
        ),
    ] {
        bent(
            corpus,
            &format!("presented_by_{name}"),
            jose,
            code,
            comment,
            |scene| scene.presentation = presentation(&scene.at, holder),
        );
    }
}

fn audiences(corpus: &mut Corpus, jose: bool) {
    let code = "binding.audience";
    for (name, audience) in [
        ("another", json!("https://api.initech.example")),
        ("longer", json!("https://api.globex.example.evil.example")),
        ("shorter", json!("https://api.globex.exampl")),
        ("with_a_slash", json!("https://api.globex.example/")),
        ("in_upper_case", json!("HTTPS://API.GLOBEX.EXAMPLE")),
        ("with_a_space", json!("https://api.globex.example ")),
        ("with_a_port", json!("https://api.globex.example:443")),
        ("plain_host", json!("api.globex.example")),
        ("of_two", json!([AUDIENCE, "https://api.initech.example"])),
        ("twice", json!([AUDIENCE, AUDIENCE])),
        ("the_authoritys_did", json!("did:web:globex.example")),
    ] {
        bent(
            corpus,
            &format!("audience_{name}"),
            jose,
            code,
            "The presentation is not for exactly this service.",
            |scene| audience_is(scene, audience),
        );
    }
    bent(
        corpus,
        "audience_missing",
        jose,
        code,
        "The presentation is for nobody in particular.",
        |scene| {
            remove(&mut scene.presentation.claims, "aud");
            remove(&mut scene.presentation.proof, "domain");
        },
    );
    if jose {
        for (name, value, code) in [
            ("empty_array", json!([]), code),
            ("empty_text", json!(""), code),
            ("null", json!(null), "parse.structure"),
            ("number", json!(1), "parse.structure"),
            ("array_of_a_number", json!([1]), "parse.structure"),
        ] {
            let part = if code == "binding.audience" {
                "binding"
            } else {
                "read"
            };
            corpus.direct(
                &format!("{part}_claim_aud_{name}"),
                code,
                "`aud` names no service.",
                |scene| {
                    scene.jose();
                    scene.presentation.claims["aud"] = value;
                },
            );
        }
    }
}

fn audience_is(scene: &mut Scene, audience: Value) {
    scene.presentation.claims["aud"] = audience.clone();
    scene.presentation.proof["domain"] = audience;
}

fn nonces(corpus: &mut Corpus, jose: bool) {
    for (name, nonce) in [
        ("another", "nonce-0002"),
        ("longer", "nonce-00010"),
        ("shorter", "nonce-000"),
        ("in_upper_case", "NONCE-0001"),
        ("with_a_space", "nonce-0001 "),
    ] {
        bent(
            corpus,
            &format!("nonce_{name}"),
            jose,
            "binding.nonce",
            "The presentation does not answer this nonce.",
            |scene| {
                scene.presentation.claims["nonce"] = json!(nonce);
                scene.presentation.proof["challenge"] = json!(nonce);
            },
        );
    }
    bent(
        corpus,
        "nonce_missing",
        jose,
        "binding.nonce",
        "The presentation answers nothing.",
        |scene| {
            remove(&mut scene.presentation.claims, "nonce");
            remove(&mut scene.presentation.proof, "challenge");
        },
    );
    bent(
        corpus,
        "nonce_of_the_last_occasion",
        jose,
        "binding.nonce",
        "The service gave another nonce this time.",
        |scene| scene.request["nonce"] = json!("nonce-0009"),
    );
}

fn lives(corpus: &mut Corpus, jose: bool) {
    for (name, created, expires) in [("a_second", -5, 296), ("a_day", -5, 86_400)] {
        bent(
            corpus,
            &format!("life_longer_by_{name}"),
            jose,
            "binding.too_long",
            "A presentation lives at most 300 s.",
            |scene| super::time::presented(scene, created, expires),
        );
    }
}

fn expectations(corpus: &mut Corpus) {
    for member in ["audience", "nonce"] {
        corpus.direct(
            &format!("binding_no_{member}_expected"),
            "binding.expectation_missing",
            "A verifier without an expectation accepts nothing.",
            |scene| scene.request[member] = json!(""),
        );
    }
    corpus.direct(
        "binding_no_nonce_expected_and_none_given",
        "binding.expectation_missing",
        "Two empty nonces are no match.",
        |scene| {
            scene.request["nonce"] = json!("");
            scene.presentation.proof["challenge"] = json!("");
        },
    );
    corpus.direct(
        "binding_asked_for_another_service",
        "binding.audience",
        "The request is for a service that the policy is not of.",
        |scene| {
            scene.request["audience"] = json!("https://api.initech.example");
            audience_is(scene, json!("https://api.initech.example"));
        },
    );
    corpus.direct(
        "binding_policy_of_another_service",
        "binding.audience",
        "The policy is of another service than the one asked.",
        |scene| scene.policy["audience"] = json!("https://api.initech.example"),
    );
}
