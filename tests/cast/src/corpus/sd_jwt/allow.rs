//! What holds.

use chancery_did::KeyType;
use chancery_proof::base64url;

use super::*;
use crate::party::{ACME, ACME_STATUS, ADA, BOB};

pub(super) fn vectors(corpus: &mut Corpus) {
    let ok = "ok";
    about(
        corpus,
        "allow_sd_jwt_passport",
        ok,
        "A passport shown whole; everything that may be withheld could be.",
        |_| {},
    );
    corpus.direct(
        "allow_sd_jwt_passport_in_a_jose_presentation",
        ok,
        "The presentation's own signature binds it.",
        |scene| {
            scene.jose();
            concealed(scene);
        },
    );
    corpus.direct(
        "allow_sd_jwt_without_digests",
        ok,
        "An SD-JWT of which nothing may be withheld.",
        |scene| {
            let at = scene.passport(0);
            scene.papers[at].conceal(&[]);
            remove(&mut scene.papers[at].document, "_sd_alg");
        },
    );
    about(
        corpus,
        "allow_sd_jwt_all_withheld",
        ok,
        "Nothing is shown but what may not be withheld.",
        |slip| slip.disclosures.clear(),
    );
    for (at, name) in REQUIRED.into_iter().enumerate() {
        let slug = super::super::slug(name);
        about(
            corpus,
            &format!("allow_sd_jwt_{slug}_withheld"),
            ok,
            "One member is withheld.",
            |slip| drop(slip.disclosures.remove(at)),
        );
    }
    for (name, value) in optional() {
        let slug = super::super::slug(name);
        for shown in [true, false] {
            let what = if shown { "shown" } else { "withheld" };
            corpus.direct(
                &format!("allow_sd_jwt_{slug}_{what}"),
                ok,
                "A member that a passport need not have.",
                |scene| {
                    let at = scene.passport(0);
                    let slip = &mut scene.papers[at];
                    claims(slip)[name] = value.clone();
                    slip.conceal(&[name]);
                    if !shown {
                        slip.disclosures.clear();
                    }
                },
            );
        }
    }
    about(
        corpus,
        "allow_sd_jwt_disclosures_in_another_order",
        ok,
        "The order of disclosures says nothing.",
        |slip| slip.disclosures.reverse(),
    );
    about(corpus, "allow_sd_jwt_decoys", ok, "Digests of nothing.", |slip| {
        for decoy in ["a", "b", "c"] {
            let digest = json!(disclosure_digest(decoy));
            claims(slip)["_sd"].as_array_mut().unwrap().push(digest);
        }
    });
    about(
        corpus,
        "allow_sd_jwt_default_hash",
        ok,
        "Without `_sd_alg` the function is sha-256.",
        |slip| remove(&mut slip.document, "_sd_alg"),
    );
    about(
        corpus,
        "allow_sd_jwt_disclosure_with_spaces",
        ok,
        "The issuer may write the JSON of a disclosure as it likes.",
        |slip| {
            slip.disclosures.clear();
            remove(claims(slip), "_sd");
            for array in [
                "[\"salt-1\", \"name\", \"Refund\\u0020desk\"]",
                "[ \"salt-2\" ,\"version\",\n\"1.4.0\"]",
                "[\"salt-3\",\"owner\",\"Ann Example <ann@acme.example>\"]",
                "[\"\",\"autonomyLevel\",2]",
            ] {
                let text = base64url::encode(array.as_bytes());
                append(claims(slip), &text);
                slip.disclosures.push(text);
            }
        },
    );
    corpus.delegated(
        "allow_sd_jwt_passports_of_a_chain",
        ok,
        "Ada withholds her owner, Bob his tools.",
        |scene| {
            let (ada, bob) = (scene.passport(0), scene.passport(1));
            scene.papers[ada].conceal(&["owner"]);
            scene.papers[ada].disclosures.clear();
            claims(&mut scene.papers[bob])["tools"] = json!(["refund"]);
            scene.papers[bob].conceal(&["tools"]);
            scene.papers[bob].disclosures.clear();
        },
    );
    corpus.direct(
        "allow_sd_jwt_of_an_ecdsa_authority",
        ok,
        "Acme signs with a P-256 key.",
        |scene| {
            let acme = ACME.with(KeyType::P256);
            scene
                .documents
                .insert(ACME.did(), acme.document_with_status(ACME_STATUS));
            scene.policy["anchors"][0]["keys"] = json!([acme.public().thumbprint()]);
            scene.papers.iter_mut().for_each(|slip| slip.sign_by(acme));
            concealed(scene);
        },
    );
    for shows in [
        json!(["owner"]),
        json!(["owner", "name", "version", "autonomyLevel"]),
        json!([]),
    ] {
        let count = shows.as_array().unwrap().len();
        about_policy(
            corpus,
            &format!("allow_sd_jwt_policy_sees_{count}"),
            ok,
            shows,
            |_| {},
        );
    }
    corpus.bent(
        "allow_policy_sees_the_owner_of_a_plain_passport",
        ok,
        "What is not withheld is shown.",
        Scene::of(&[ADA, BOB]),
        |scene| scene.policy["require"] = json!({"passportShows": ["owner"]}),
    );
}

/// A vector about Ada's SD-JWT passport under a policy that needs to see these members.
pub(super) fn about_policy(
    corpus: &mut Corpus,
    name: &str,
    code: &str,
    shows: Value,
    bend: impl FnOnce(&mut Slip),
) {
    corpus.direct(
        name,
        code,
        "The policy says what it needs to see of a passport.",
        |scene| {
            scene.policy["require"] = json!({ "passportShows": shows });
            bend(concealed(scene));
        },
    );
}
