//! Step 10, attestation: when the policy asks, the presenting instance was measured.
//!
//! Profile, "Papers". INVARIANT: an attestation of another instance, or one that measured something else
//! than the passport names, is none.

use chancery_trust::Policy;
use chancery_vc::passport::Composite;
use chancery_vc::{Body, Paper};

use crate::rejection::Rejection;
use crate::verify::{Book, Halt, Papers};

/// Judges the attestation of the presenting instance.
pub(crate) fn attestation(papers: &Papers, policy: &Policy, book: &mut Book) -> Result<(), Halt> {
    if !policy.require.attestation {
        book.skip("the policy asks for none");
        return Ok(());
    }
    let holder = &papers.presentation.value().holder;
    let values = papers.values();
    let named = values
        .iter()
        .filter(|paper| paper.subject == *holder)
        .find_map(|paper| paper.passport())
        .and_then(|passport| passport.composite.as_ref());
    let mut found = false;
    for (index, paper) in values
        .iter()
        .enumerate()
        .filter(|(_, paper)| paper.subject == *holder)
    {
        if let Some(measured) = measured(paper) {
            found = true;
            if named.is_some_and(|named| differs(named, measured)) {
                let detail = "the measured digests are not those of the passport";
                return Err(Rejection::new("attestation.mismatch", detail).at(index).into());
            }
        }
    }
    if found {
        return Ok(());
    }
    Err(Rejection::new(
        "attestation.missing",
        format!("`{holder}` presents no attestation"),
    )
    .into())
}

fn measured(paper: &Paper) -> Option<&Composite> {
    match &paper.body {
        Body::Attestation(attestation) => Some(&attestation.composite),
        Body::Passport(_) | Body::Capability(_) | Body::Delegation(_) | Body::Approval(_) => None,
    }
}

/// Whether something that the passport names was not measured, or was measured as something else.
fn differs(named: &Composite, measured: &Composite) -> bool {
    let parts = [
        (&named.model, &measured.model),
        (&named.configuration, &measured.configuration),
        (&named.tool_manifest, &measured.tool_manifest),
        (&named.runtime, &measured.runtime),
    ];
    parts
        .into_iter()
        .any(|(named, measured)| named.is_some() && named != measured)
}

#[cfg(test)]
mod tests {
    use chancery_proof::Digest;
    use chancery_vc::PaperType;
    use serde_json::json;

    use crate::cast::{Scene, Signed, Who, paper, refuses};
    use crate::decision::{CheckStatus, Step};

    fn digest(text: &str) -> String {
        Digest::of_bytes(text.as_bytes()).to_string()
    }

    fn attestation(subject: Who, model: &str) -> Signed {
        let claims = json!({ "composite": { "model": digest(model) } });
        let mut document = paper(
            PaperType::Attestation,
            70,
            &Who::Acme.did(),
            &subject.did(),
            claims,
        );
        document["evidence"] = json!([{ "type": "TpmQuote", "digestMultibase": digest("quote") }]);
        (document, Who::Acme)
    }

    fn asked() -> Scene {
        let mut scene = Scene::direct();
        scene.policy.require.attestation = true;
        scene.policy.anchors[0].papers.push(PaperType::Attestation);
        scene.passports[0].0["credentialSubject"]["composite"] = json!({ "model": digest("m1") });
        scene
    }

    #[test]
    fn an_attestation_of_the_presenter_is_taken() {
        let mut scene = asked();
        scene.extra.push(attestation(Who::First, "m1"));
        let decision = scene.decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
    }

    #[test]
    fn what_the_policy_asks_for_must_be_there() {
        refuses(&asked().decide(), "attestation.missing");
        let mut scene = asked();
        scene.extra.push(attestation(Who::Second, "m1"));
        refuses(&scene.decide(), "attestation.missing");
    }

    #[test]
    fn another_model_than_the_passports_is_refused() {
        let mut scene = asked();
        scene.extra.push(attestation(Who::First, "m2"));
        refuses(&scene.decide(), "attestation.mismatch");
    }

    #[test]
    fn an_attester_must_be_anchored_for_it() {
        let mut scene = asked();
        scene.policy.anchors[0].papers.pop();
        scene.extra.push(attestation(Who::First, "m1"));
        refuses(&scene.decide(), "trust.paper_not_allowed");
    }

    #[test]
    fn nobody_asked_is_a_skip() {
        let decision = Scene::direct().decide();
        assert_eq!(
            decision.check(Step::Attestation).unwrap().status,
            CheckStatus::Skip
        );
    }
}
