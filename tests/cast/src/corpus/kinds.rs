//! Step 2: typ, media type, credential types, contexts, and the place of each paper.

use std::rc::Rc;

use serde_json::{Value, json};

use super::{Corpus, slug};
use crate::paper::{self, CONTEXT, PROFILE};
use crate::party::{ACME, ADA, TRUDY};
use crate::scene::Scene;

/// Every other type of JWS that somebody might offer.
const FOREIGN: [&str; 22] = [
    "JWT",
    "jwt",
    "kb+jwt",
    "vc+sd-jwt",
    "dc+sd-jwt",
    "statuslist+jwt",
    "entity-statement+jwt",
    "trust-mark+jwt",
    "at+jwt",
    "chancery-action+jwt",
    "chancery-receipt+jwt",
    "chancery-trqp+jwt",
    "chancery-description+jwt",
    "chancery-bundle+jwt",
    "chancery-possession+jwt",
    "chancery-delegation-request+jwt",
    "chancery-revocation+jwt",
    "application/vc+jwt",
    "application/vp+jwt",
    "VC+JWT",
    "VP+JWT",
    "vc+cose",
];

pub(super) fn vectors(corpus: &mut Corpus) {
    typ(corpus);
    media(corpus);
    names(corpus);
    contexts(corpus);
    order(corpus);
}

/// A part of a name that keeps capital letters apart.
fn named(typ: &str) -> String {
    let upper = typ.contains(|letter: char| letter.is_ascii_uppercase());
    format!(
        "{}{}",
        slug(&typ.to_ascii_lowercase()),
        if upper { "_upper_case" } else { "" }
    )
}

fn typ(corpus: &mut Corpus) {
    let code = "type.typ";
    for typ in FOREIGN.into_iter().chain(["vc+jwt", ""]) {
        corpus.direct(
            &format!(
                "type_presentation_as_{}",
                if typ.is_empty() {
                    "nothing".into()
                } else {
                    named(typ)
                }
            ),
            code,
            "A presentation's `typ` is `vp+jwt` and nothing else.",
            |scene| {
                scene.jose();
                scene.presentation.header["typ"] = json!(typ);
            },
        );
    }
    for typ in FOREIGN.into_iter().chain(["vp+jwt", ""]) {
        corpus.direct(
            &format!(
                "type_paper_as_{}",
                if typ.is_empty() {
                    "nothing".into()
                } else {
                    named(typ)
                }
            ),
            code,
            "A paper's `typ` is `vc+jwt` and nothing else.",
            |scene| {
                scene.jose();
                scene.papers[0].header["typ"] = json!(typ);
            },
        );
    }
    for (name, typ) in [
        ("absent", None),
        ("null", Some(json!(null))),
        ("number", Some(json!(1))),
        ("array", Some(json!(["vp+jwt"]))),
    ] {
        corpus.direct(
            &format!("type_typ_{name}"),
            code,
            "The `typ` is no text.",
            |scene| {
                scene.jose();
                match typ {
                    None => super::remove(&mut scene.presentation.header, "typ"),
                    Some(typ) => scene.presentation.header["typ"] = typ,
                }
            },
        );
    }
    corpus.direct(
        "type_paper_in_place_of_the_presentation",
        code,
        "The capability itself is sent.",
        |scene| {
            scene.jose();
            let token = scene.papers[0].jws();
            scene.rewrite(move |_| token.clone());
        },
    );
    corpus.direct(
        "type_data_integrity_paper_in_place_of_the_presentation",
        "type.presentation",
        "The capability itself is sent.",
        |scene| {
            let text = scene.papers[0].text();
            scene.rewrite(move |_| text.clone());
        },
    );
}

fn media(corpus: &mut Corpus) {
    for (name, media) in [
        ("dc_sd_jwt", "data:application/dc+sd-jwt,"),
        ("presentation", "data:application/vp+jwt,"),
        ("jwt", "data:application/jwt,"),
        ("text", "data:text/plain,"),
        ("base64", "data:application/vc+jwt;base64,"),
        ("upper_case", "data:application/VC+JWT,"),
        ("upper_case_scheme", "DATA:application/vc+jwt,"),
        ("space", "data:application/vc+jwt, "),
        ("none", "data:,"),
        ("no_scheme", ""),
        ("url", "https://acme.example/credentials/"),
        ("cose", "data:application/vc+cose,"),
        ("parameter", "data:application/vc+jwt;x=1,"),
    ] {
        let code = if name == "space" {
            "parse.base64url"
        } else {
            "type.media"
        };
        corpus.direct(
            &format!("type_media_{name}"),
            code,
            "An envelope holds `application/vc+jwt` or `application/vc+sd-jwt`, spelled so.",
            |scene| {
                scene.jose();
                scene.papers[0].afterwards(move |item| {
                    let token = item["id"].as_str().unwrap().split_once(',').unwrap().1.to_owned();
                    item["id"] = json!(format!("{media}{token}"));
                });
            },
        );
    }
    corpus.direct(
        "type_envelope_of_two_types",
        "type.media",
        "An envelope is an envelope only.",
        |scene| {
            scene.jose();
            scene.papers[0].afterwards(|item| {
                item["type"] = json!(["EnvelopedVerifiableCredential", "VerifiableCredential"])
            });
        },
    );
    corpus.direct(
        "type_envelope_id_is_a_number",
        "type.media",
        "The token stands in a data URL.",
        |scene| {
            scene.jose();
            scene.papers[0].afterwards(|item| item["id"] = json!(7));
        },
    );
}

fn names(corpus: &mut Corpus) {
    let vc = "VerifiableCredential";
    for (name, value) in [
        ("foreign", json!([vc, "UniversityDegreeCredential"])),
        ("base_only", json!([vc])),
        ("base_as_text", json!(vc)),
        ("without_the_base", json!(["AgentCapabilityCredential"])),
        ("reversed", json!(["AgentCapabilityCredential", vc])),
        ("three", json!([vc, "AgentCapabilityCredential", "Extra"])),
        ("twice", json!([vc, vc])),
        ("empty", json!([])),
        ("lower_case", json!([vc, "agentCapabilityCredential"])),
        ("number", json!(1)),
        ("null", json!(null)),
        ("status_list", json!([vc, "BitstringStatusListCredential"])),
        (
            "presentation",
            json!(["VerifiablePresentation", "AgentPresentation"]),
        ),
        ("object", json!({"type": vc})),
    ] {
        corpus.direct(
            &format!("type_of_a_paper_{name}"),
            "type.credential",
            "The types are not those of one of the five papers.",
            |scene| {
                scene.paper(0)["type"] = value;
            },
        );
    }
    for (name, value) in [
        ("base_only", json!(["VerifiablePresentation"])),
        ("text", json!("AgentPresentation")),
        ("reversed", json!(["AgentPresentation", "VerifiablePresentation"])),
        (
            "three",
            json!(["VerifiablePresentation", "AgentPresentation", "Extra"]),
        ),
        ("credential", json!([vc, "AgentPassportCredential"])),
        ("empty", json!([])),
        ("null", json!(null)),
        ("other", json!(["VerifiablePresentation", "agentPresentation"])),
    ] {
        corpus.direct(
            &format!("type_of_the_presentation_{name}"),
            "type.presentation",
            "The types are not those of an agent presentation.",
            |scene| {
                scene.presentation.document["type"] = value;
            },
        );
    }
}

fn contexts(corpus: &mut Corpus) {
    let cases: [(&str, Value); 14] = [
        ("base_only", json!([CONTEXT])),
        ("profile_only", json!([PROFILE])),
        ("reversed", json!([PROFILE, CONTEXT])),
        ("text", json!(CONTEXT)),
        ("a_third", json!([CONTEXT, PROFILE, "https://evil.example/v1"])),
        (
            "old_data_model",
            json!(["https://www.w3.org/2018/credentials/v1", PROFILE]),
        ),
        (
            "another_version",
            json!([CONTEXT, "https://w3id.org/chancery/v2"]),
        ),
        (
            "inline",
            json!([CONTEXT, PROFILE, {"capability": "https://evil.example/capability"}]),
        ),
        (
            "inline_import",
            json!([CONTEXT, PROFILE, {"@import": "https://127.0.0.1/context"}]),
        ),
        (
            "internal_url",
            json!([CONTEXT, "https://169.254.169.254/context"]),
        ),
        (
            "plain_http",
            json!(["http://www.w3.org/ns/credentials/v2", PROFILE]),
        ),
        ("twice", json!([CONTEXT, PROFILE, PROFILE])),
        ("null", json!(null)),
        ("empty", json!([])),
    ];
    for (name, context) in &cases {
        corpus.direct(
            &format!("type_context_of_a_paper_{name}"),
            "context.mismatch",
            "The contexts are the two of the profile, in order.",
            |scene| {
                scene.paper(0)["@context"] = context.clone();
            },
        );
        corpus.direct(
            &format!("type_context_of_the_presentation_{name}"),
            "context.mismatch",
            "The contexts are the two of the profile, in order.",
            |scene| {
                scene.presentation.document["@context"] = context.clone();
            },
        );
    }
    corpus.direct(
        "type_context_in_a_subtree",
        "parse.unknown_member",
        "A context deeper down would redefine signed words.",
        |scene| {
            scene.paper(0)["credentialSubject"]["@context"] = json!({"capability": "https://evil.example/x"});
        },
    );
    corpus.direct(
        "type_context_of_an_envelope",
        "context.mismatch",
        "An envelope has the base context.",
        |scene| {
            scene.jose();
            scene.papers[0].afterwards(|item| item["@context"] = json!([CONTEXT, "https://evil.example/v1"]));
        },
    );
    corpus.direct(
        "type_context_of_the_proof_another",
        "context.mismatch",
        "The proof was made under another context.",
        |scene| {
            scene.papers[0].proof["@context"] = json!([CONTEXT, "https://evil.example/v1"]);
        },
    );
}

fn order(corpus: &mut Corpus) {
    let second = |scene: &mut Scene| {
        let root = scene.papers[0].clone();
        scene.papers.insert(1, root);
    };
    corpus.direct(
        "type_two_capabilities",
        "type.presentation",
        "A chain has one root.",
        second,
    );
    corpus.delegated(
        "type_chain_begins_with_a_delegation",
        "type.credential",
        "The capability is left out.",
        |scene| {
            scene.paper(1)["credentialSubject"]["parent"] = json!(paper::digest("gone"));
            scene.papers.remove(0);
        },
    );
    corpus.delegated(
        "type_capability_after_the_delegation",
        "type.credential",
        "The chain stands upside down.",
        |scene| {
            let digest = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest);
            scene.papers.swap(0, 1);
        },
    );
    corpus.delegated(
        "type_passports_first",
        "type.credential",
        "The chain comes first.",
        |scene| {
            let digest = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest);
            scene.papers.rotate_left(2);
        },
    );
    corpus.delegated(
        "type_passport_inside_the_chain",
        "type.presentation",
        "A passport stands between capability and delegation.",
        |scene| {
            let digest = scene.papers[0].digest();
            scene.paper(1)["credentialSubject"]["parent"] = json!(digest);
            scene.papers.swap(1, 2);
        },
    );
    corpus.direct(
        "type_passport_of_a_stranger",
        "type.presentation",
        "A passport of somebody who is not in the chain.",
        |scene| {
            scene.append(paper::passport(&scene.at, 190, ACME, TRUDY), ACME);
        },
    );
    corpus.direct(
        "type_passport_twice",
        "type.presentation",
        "Two passports of one subject.",
        |scene| {
            scene.append(paper::passport(&scene.at, 190, ACME, ADA), ACME);
        },
    );
    corpus.direct(
        "type_attestation_before_the_passport",
        "type.presentation",
        "Attestations come last.",
        |scene| {
            let document = paper::attestation(
                &scene.at,
                300,
                ACME,
                ADA,
                json!({"model": paper::digest("model")}),
            );
            scene.append(document, ACME);
            scene.papers.swap(1, 2);
        },
    );
    corpus.direct(
        "type_only_a_passport",
        "type.credential",
        "Who it is, but not what it may do.",
        |scene| {
            scene.papers.remove(0);
        },
    );
    corpus.direct(
        "type_capability_in_place_of_the_passport",
        "type.presentation",
        "A capability stands where the passport has to stand.",
        |scene| {
            let document = paper::capability(&scene.at, ACME, ADA, 0);
            *scene.paper(1) = document;
        },
    );
    corpus.direct(
        "type_status_list_among_the_papers",
        "type.credential",
        "A status list is no paper.",
        |scene| {
            let list = scene.lists.values().next().unwrap().clone();
            scene.papers.push(list);
            scene.papers[2].document["@context"] = json!([CONTEXT, PROFILE]);
        },
    );
    corpus.direct(
        "type_presentation_among_the_papers",
        "type.credential",
        "A presentation is no paper.",
        |scene| {
            let mut inner = scene.presentation.clone();
            inner.document["verifiableCredential"] = json!([]);
            inner.by = None;
            scene.papers.push(inner);
            scene.papers[0].after = Some(Rc::new(|_| {}));
        },
    );
}
