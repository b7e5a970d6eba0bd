//! Lists that could not be had, and who signed them.

use std::rc::Rc;

use serde_json::json;

use super::{revocation, revoked, suspended};
use crate::corpus::{Corpus, remove, slug};
use crate::party::{ACME, ACME_STATUS, ADA, GLOBEX, INITECH, INITECH_STATUS, MALLORY};
use crate::scene::{encoded, status_list};
use crate::seal::Securing;
use crate::time::after;

pub(in crate::corpus) fn retrieval(corpus: &mut Corpus) {
    corpus.direct(
        "status_lists_missing",
        "evidence.needed",
        "Neither list has been fetched.",
        |scene| scene.lists.clear(),
    );
    corpus.direct(
        "status_list_missing",
        "evidence.needed",
        "One of the two lists has not been fetched.",
        |scene| {
            scene.lists.remove(&suspended());
        },
    );
    corpus.direct(
        "status_document_of_the_signer_missing",
        "evidence.needed",
        "The status DID's document has not been fetched.",
        |scene| {
            scene.documents.remove(&ACME_STATUS.did());
        },
    );
    for code in [
        "fetch.blocked",
        "fetch.timeout",
        "fetch.too_large",
        "fetch.tls",
        "fetch.status",
        "fetch.media_type",
        "fetch.redirect",
        "fetch.offline",
        "fetch.failed",
    ] {
        corpus.direct(
            &format!("status_list_{}", slug(code)),
            code,
            "The list could not be had.",
            |scene| {
                scene.lists.remove(&revoked());
                scene.failed(json!({"kind": "statusList", "url": revoked()}), code);
            },
        );
    }
    corpus.direct(
        "status_signer_fetch_timeout",
        "fetch.timeout",
        "The status DID's document could not be had.",
        |scene| {
            scene.documents.remove(&ACME_STATUS.did());
            scene.failed(
                json!({"kind": "document", "did": ACME_STATUS.did()}),
                "fetch.timeout",
            );
        },
    );
    corpus.direct(
        "status_list_under_another_address",
        "evidence.needed",
        "The list is there under an address that nobody asked for.",
        |scene| {
            let list = scene.lists.remove(&revoked()).unwrap();
            scene.lists.insert(format!("{}/", revoked()), list);
        },
    );
}

pub(in crate::corpus) fn signers(corpus: &mut Corpus) {
    let code = "status.unknown";
    corpus.direct("status_list_unsigned", code, "The list has no proof.", |scene| {
        revocation(scene).afterwards(|item| remove(item, "proof"))
    });
    corpus.direct(
        "status_list_byte_changed",
        code,
        "The list's bits were changed after it was signed.",
        |scene| {
            scene.set(&revoked(), &[100]);
            revocation(scene)
                .afterwards(|item| item["credentialSubject"]["encodedList"] = json!(encoded(131_072, &[])));
        },
    );
    corpus.direct(
        "status_list_date_changed",
        code,
        "The list was made to look fresh after it was signed.",
        |scene| {
            scene.publish(&revoked(), "revocation", -900, &[]);
            let fresh = after(&scene.at, -5);
            revocation(scene).afterwards(move |item| item["validFrom"] = json!(fresh));
        },
    );
    corpus.direct(
        "status_list_byte_changed_jose",
        code,
        "The last byte of the list's signature is another.",
        |scene| {
            let list = revocation(scene);
            list.securing = Securing::Jose;
            list.token = Some(Rc::new(|token| {
                format!(
                    "{}{}",
                    &token[..token.len() - 4],
                    if token.ends_with("AAAA") { "AAAQ" } else { "AAAA" }
                )
            }));
        },
    );
    for (name, signer) in [
        ("a_stranger", MALLORY),
        ("another_anchor", INITECH),
        ("another_status_did", INITECH_STATUS),
        ("the_verifier", GLOBEX),
        ("the_agent", ADA),
    ] {
        corpus.direct(
            &format!("status_list_of_{name}"),
            code,
            "The list is signed by somebody who does not speak for Acme.",
            |scene| {
                scene.documents.insert(signer.did(), signer.document());
                if signer == ADA {
                    scene.documents.remove(&signer.did());
                }
                let made = after(&scene.at, -30);
                scene.lists.insert(
                    revoked(),
                    status_list(&revoked(), "revocation", signer, &made, &[]),
                );
            },
        );
    }
    corpus.direct(
        "status_list_in_another_name",
        code,
        "Mallory signs under the status DID's method.",
        |scene| revocation(scene).signer = MALLORY,
    );
    corpus.direct(
        "status_list_issuer_not_the_signer",
        code,
        "The list names Acme's status DID, Mallory signed with her own.",
        |scene| revocation(scene).sign_by(MALLORY),
    );
    corpus.direct(
        "status_list_of_a_service_of_another_type",
        code,
        "A service of another type names no signer of lists.",
        |scene| {
            scene.documents.get_mut(&ACME.did()).unwrap()["service"][0]["type"] = json!("LinkedDomains");
        },
    );
    corpus.direct(
        "status_list_of_a_did_no_longer_named",
        code,
        "Acme has taken its status DID back.",
        |scene| {
            remove(scene.documents.get_mut(&ACME.did()).unwrap(), "service");
        },
    );
    corpus.direct(
        "status_list_key_for_logins_only",
        code,
        "The status DID's key is not in `assertionMethod`.",
        |scene| {
            scene.documents.get_mut(&ACME_STATUS.did()).unwrap()["assertionMethod"] = json!([]);
        },
    );
    corpus.direct(
        "status_list_key_rotated",
        code,
        "The status DID's document has another key now.",
        |scene| {
            let document = scene.documents.get_mut(&ACME_STATUS.did()).unwrap();
            document["verificationMethod"][0]["publicKeyMultibase"] = json!(MALLORY.public().to_multikey());
        },
    );
    for purpose in ["authentication", "capabilityDelegation"] {
        corpus.direct(
            &format!("status_list_purpose_{}", slug(purpose)),
            code,
            "A list is an assertion.",
            |scene| revocation(scene).proof["proofPurpose"] = json!(purpose),
        );
    }
    for typ in [
        "vp+jwt",
        "statuslist+jwt",
        "JWT",
        "chancery-trqp+jwt",
        "vc+sd-jwt",
    ] {
        corpus.direct(
            &format!("status_list_as_{}", slug(&typ.to_ascii_lowercase())),
            code,
            "Another type of JWS where a list is expected.",
            |scene| {
                let list = revocation(scene);
                list.securing = Securing::Jose;
                list.header["typ"] = json!(typ);
            },
        );
    }
    for alg in ["none", "HS256", "ES256"] {
        corpus.direct(
            &format!("status_list_alg_{}", slug(&alg.to_ascii_lowercase())),
            code,
            "An algorithm that does not belong to the key.",
            |scene| {
                let list = revocation(scene);
                list.securing = Securing::Jose;
                list.header["alg"] = json!(alg);
            },
        );
    }
}
