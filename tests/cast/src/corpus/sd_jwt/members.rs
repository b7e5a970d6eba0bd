//! What may be withheld, and what a policy needs to see.

use super::allow::about_policy;
use super::*;
use crate::paper::attestation;
use crate::party::{ACME, ADA};

pub(super) fn vectors(corpus: &mut Corpus) {
    policies(corpus);
    never(corpus);
    other_papers(corpus);
    absent(corpus);
}

fn policies(corpus: &mut Corpus) {
    let code = "type.withheld";
    for (at, name) in REQUIRED.into_iter().enumerate() {
        let slug = super::super::slug(name);
        about_policy(
            corpus,
            &format!("type_withheld_{slug}"),
            code,
            json!([name]),
            |slip| drop(slip.disclosures.remove(at)),
        );
    }
    for (name, value) in optional() {
        let slug = super::super::slug(name);
        about_policy(
            corpus,
            &format!("type_withheld_{slug}"),
            code,
            json!(["owner", name]),
            |slip| {
                claims(slip)[name] = value;
                slip.conceal(&[name]);
                slip.disclosures.pop();
            },
        );
        corpus.direct(
            &format!("type_absent_{slug}"),
            code,
            "What a plain passport does not say is not shown either.",
            |scene| scene.policy["require"] = json!({"passportShows": [name]}),
        );
    }
    corpus.delegated(
        "type_withheld_by_the_delegator",
        code,
        "The policy needs to see the owner of every agent in the chain.",
        |scene| {
            scene.policy["require"] = json!({"passportShows": ["owner"]});
            let at = scene.passport(0);
            scene.papers[at].conceal(&["owner"]);
            scene.papers[at].disclosures.clear();
        },
    );
    corpus.direct(
        "type_withheld_composite_under_an_attestation",
        code,
        "What the attestation is to be compared with may not be withheld.",
        |scene| {
            scene.policy["require"] = json!({"attestation": true});
            let measured = json!({"model": crate::paper::digest("another model")});
            scene.append(attestation(&scene.at.clone(), 300, ACME, ADA, measured), ACME);
            let at = scene.passport(0);
            let slip = &mut scene.papers[at];
            claims(slip)["composite"] = json!({"model": crate::paper::digest("model")});
            slip.conceal(&["composite"]);
            slip.disclosures.clear();
        },
    );
}

/// Members and places that nobody lets anybody withhold, shown or not.
fn never(corpus: &mut Corpus) {
    let code = "sd_jwt.not_withholdable";
    for name in ["id", "organization", "instanceOf", "riskLevel"] {
        let slug = super::super::slug(name);
        corpus.direct(
            &format!("sd_jwt_{slug}_may_be_withheld"),
            code,
            "A passport says who it is about, for whom and how risky it is.",
            |scene| {
                let at = scene.passport(0);
                scene.papers[at].conceal(&[name]);
            },
        );
        corpus.direct(
            &format!("sd_jwt_{slug}_withheld"),
            "parse.structure",
            "The same, not shown: it is missing.",
            |scene| {
                let at = scene.passport(0);
                scene.papers[at].conceal(&[name]);
                scene.papers[at].disclosures.clear();
            },
        );
    }
    for name in [
        "id",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialStatus",
        "credentialSchema",
        "@context",
    ] {
        for shown in [true, false] {
            let what = if shown { "may_be_withheld" } else { "withheld" };
            let slug = super::super::slug(name);
            // Without its context it is no paper at all; that is seen after what may be withheld.
            about(
                corpus,
                &format!("sd_jwt_document_{slug}_{what}"),
                code,
                "Nothing of the document outside of its subject may be withheld.",
                |slip| {
                    let value = slip.document[name].clone();
                    remove(&mut slip.document, name);
                    let text = disclosure(&json!(["salt-document", name, value]));
                    append(&mut slip.document, &text);
                    if shown {
                        slip.disclosures.push(text);
                    }
                },
            );
        }
    }
    about(
        corpus,
        "sd_jwt_decoy_outside_of_the_subject",
        code,
        "A digest in the document could stand for anything.",
        |slip| append(&mut slip.document, "decoy"),
    );
    for shown in [true, false] {
        let what = if shown { "shown" } else { "withheld" };
        about(
            corpus,
            &format!("sd_jwt_tool_{what}"),
            code,
            "A list of which part is withheld says something else than the whole.",
            |slip| {
                let text = disclosure(&json!(["salt-tool", "refund"]));
                claims(slip)["tools"] = json!(["lookup", {"...": disclosure_digest(&text)}]);
                if shown {
                    slip.disclosures.push(text);
                }
            },
        );
        about(
            corpus,
            &format!("sd_jwt_part_of_the_composite_{what}"),
            code,
            "So does an object.",
            |slip| {
                let digest = crate::paper::digest("m");
                claims(slip)["composite"] = json!({"model": digest});
                let text = disclosure(&json!(["salt-part", "runtime", digest]));
                append(&mut claims(slip)["composite"], &text);
                if shown {
                    slip.disclosures.push(text);
                }
            },
        );
    }
    about(
        corpus,
        "sd_jwt_member_that_no_passport_has",
        code,
        "A disclosed member is one that may be withheld.",
        |slip| add(slip, &json!(["salt", "karma", 1])),
    );
}

fn other_papers(corpus: &mut Corpus) {
    let code = "sd_jwt.not_withholdable";
    corpus.direct(
        "sd_jwt_capability",
        code,
        "No part of a capability is withheld.",
        |scene| scene.papers[0].conceal(&["capability"]),
    );
    corpus.direct(
        "sd_jwt_capability_without_digests",
        code,
        "Nor is it an SD-JWT of which nothing is withheld.",
        |scene| {
            scene.papers[0].conceal(&[]);
            remove(&mut scene.papers[0].document, "_sd_alg");
        },
    );
    corpus.direct(
        "sd_jwt_capability_with_a_decoy",
        code,
        "Nor one with a digest of nothing.",
        |scene| {
            scene.papers[0].conceal(&[]);
            append(&mut scene.papers[0].document["credentialSubject"], "decoy");
        },
    );
    corpus.delegated(
        "sd_jwt_delegation",
        code,
        "No part of a delegation is withheld.",
        |scene| scene.papers[1].conceal(&["parent"]),
    );
    corpus.direct("sd_jwt_attestation", code, "Nor of an attestation.", |scene| {
        let measured = json!({"model": crate::paper::digest("model")});
        scene.append(attestation(&scene.at.clone(), 300, ACME, ADA, measured), ACME);
        scene.papers.last_mut().unwrap().conceal(&["composite"]);
    });
}

/// What is withheld is absent, and a digest stands for it.
fn absent(corpus: &mut Corpus) {
    for name in REQUIRED {
        let slug = super::super::slug(name);
        about(
            corpus,
            &format!("sd_jwt_{slug}_missing"),
            "parse.structure",
            "Every digest is matched, and a member that every passport has is not there.",
            |slip| {
                let at = REQUIRED.iter().position(|other| *other == name).unwrap();
                let text = slip.disclosures.remove(at);
                let gone = json!(disclosure_digest(&text));
                let digests = claims(slip)["_sd"].as_array_mut().unwrap();
                digests.retain(|digest| *digest != gone);
            },
        );
    }
    about(
        corpus,
        "sd_jwt_two_missing_for_one_digest",
        "parse.structure",
        "One digest stands for one member.",
        |slip| {
            let texts: Vec<String> = slip.disclosures.drain(0..2).collect();
            let gone = json!(disclosure_digest(&texts[0]));
            claims(slip)["_sd"]
                .as_array_mut()
                .unwrap()
                .retain(|digest| *digest != gone);
        },
    );
    for (name, value) in [
        ("empty", json!("")),
        ("null", json!(null)),
        ("number", json!(7)),
        ("object", json!({})),
    ] {
        about(
            corpus,
            &format!("sd_jwt_owner_disclosed_as_{name}"),
            "parse.structure",
            "A disclosed member obeys the rules of a plain one.",
            |slip| {
                let text = disclosure(&json!(["salt-owner", "owner", value]));
                let old = json!(disclosure_digest(&slip.disclosures[2]));
                for digest in claims(slip)["_sd"].as_array_mut().unwrap() {
                    if *digest == old {
                        *digest = json!(disclosure_digest(&text));
                    }
                }
                slip.disclosures[2] = text;
            },
        );
    }
}
