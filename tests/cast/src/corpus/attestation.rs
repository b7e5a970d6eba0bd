//! Step 10: when the policy asks, the presenting instance was measured.

use serde_json::{Value, json};

use super::{Corpus, allow};
use crate::paper::{attestation, digest};
use crate::party::{ADA, ATTESTER, BOB, Party};
use crate::scene::Scene;

pub(super) fn vectors(corpus: &mut Corpus) {
    corpus.direct(
        "attestation_missing",
        "attestation.missing",
        "The policy asks for an attestation.",
        |scene| scene.policy["require"] = json!({"attestation": true}),
    );
    corpus.direct(
        "attestation_missing_jose",
        "attestation.missing",
        "The policy asks for an attestation.",
        |scene| {
            scene.jose();
            scene.policy["require"] = json!({"attestation": true});
        },
    );
    corpus.delegated(
        "attestation_of_the_delegator_only",
        "attestation.missing",
        "Ada was measured; Bob presents.",
        |scene| {
            measured(scene, ADA, json!({"model": digest("model")}));
        },
    );
    for (name, composite) in [
        (
            "of_another_model",
            json!({"model": digest("other"), "runtime": digest("runtime")}),
        ),
        (
            "of_another_runtime",
            json!({"model": digest("model"), "runtime": digest("other")}),
        ),
        ("of_a_part_only", json!({"model": digest("model")})),
        ("of_something_else", json!({"toolManifest": digest("tools")})),
    ] {
        corpus.direct(
            &format!("attestation_{name}"),
            "attestation.mismatch",
            "What was measured is not what the passport names.",
            |scene| {
                allow::attested(scene, ATTESTER);
                scene.paper(2)["credentialSubject"]["composite"] = composite;
            },
        );
    }
    corpus.direct(
        "attestation_of_two_one_differs",
        "attestation.mismatch",
        "A second attestation measured something else.",
        |scene| {
            allow::attested(scene, ATTESTER);
            let second = attestation(
                &scene.at,
                301,
                ATTESTER,
                ADA,
                json!({"model": digest("other"), "runtime": digest("runtime")}),
            );
            scene.append(second, ATTESTER);
        },
    );
    corpus.direct(
        "attestation_for_another_instance_beside_it",
        "attestation.missing",
        "Only a stranger was measured.",
        |scene| {
            allow::attested(scene, ATTESTER);
            scene.paper(2)["credentialSubject"]["id"] = json!(BOB.did());
        },
    );
}

/// The policy asks for an attestation; this instance was measured so.
fn measured(scene: &mut Scene, subject: Party, composite: Value) {
    scene.policy["require"] = json!({"attestation": true});
    let mut anchor = crate::trust::anchor(ATTESTER);
    anchor["papers"] = json!(["AgentAttestationCredential"]);
    anchor["grant"] = json!([]);
    scene.policy["anchors"].as_array_mut().unwrap().push(anchor);
    scene.documents.insert(ATTESTER.did(), ATTESTER.document());
    let paper = attestation(&scene.at, 300, ATTESTER, subject, composite);
    scene.append(paper, ATTESTER);
}
