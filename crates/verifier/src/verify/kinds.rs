//! Step 2, type: typ, media type, credential types, and the place of each paper.
//!
//! Profile, "Chain and presentation". The reader refuses foreign types and media types under this step's
//! codes; here the order is judged. INVARIANT: after this step the chain is one capability credential
//! followed by delegations, and nothing but passports, attestations and approvals follows.

use chancery_vc::{PaperType, Presentation};

use crate::rejection::Rejection;

/// Where the parts of a presentation begin and end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts {
    /// How many papers the chain has, from the first on.
    pub(crate) chain: usize,
    /// Where the passports end.
    pub(crate) passports: usize,
}

/// Judges the order of the papers.
pub(crate) fn kinds(presentation: &Presentation) -> Result<Parts, Rejection> {
    let kinds: Vec<PaperType> = presentation
        .papers
        .iter()
        .map(|paper| paper.unverified().kind)
        .collect();
    let Some((first, rest)) = kinds.split_first() else {
        return Err(Rejection::new(
            "type.presentation",
            "the presentation holds no papers",
        ));
    };
    if *first != PaperType::Capability {
        let detail = format!("the chain begins with `{}`", first.as_str());
        return Err(Rejection::new("type.credential", detail).at(0));
    }
    let delegations = rest
        .iter()
        .take_while(|kind| **kind == PaperType::Delegation)
        .count();
    let chain = delegations.saturating_add(1);
    let after = kinds.get(chain..).unwrap_or_default();
    let passports = after
        .iter()
        .take_while(|kind| **kind == PaperType::Passport)
        .count();
    let end = chain.saturating_add(passports);
    for (index, kind) in kinds.iter().enumerate().skip(end) {
        if !matches!(kind, PaperType::Attestation | PaperType::Approval) {
            let detail = format!(
                "`{}` stands where an attestation or approval may stand",
                kind.as_str()
            );
            return Err(Rejection::new("type.presentation", detail).at(index));
        }
    }
    Ok(Parts {
        chain,
        passports: end,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cast::{Scene, Who, passport, refuses};
    use crate::decision::{CheckStatus, Step};

    #[test]
    fn a_presentation_of_another_type_is_refused_at_this_step() {
        let mut scene = Scene::direct();
        scene.presented["type"] = json!(["VerifiablePresentation"]);
        let decision = scene.decide();
        refuses(&decision, "type.presentation");
        assert_eq!(decision.check(Step::Read).unwrap().status, CheckStatus::Pass);
        assert_eq!(decision.check(Step::Type).unwrap().status, CheckStatus::Fail);
    }

    #[test]
    fn a_context_beyond_the_two_is_refused() {
        let mut scene = Scene::direct();
        scene.presented["@context"] =
            json!(["https://www.w3.org/ns/credentials/v2", "https://evil.example/v1"]);
        refuses(&scene.decide(), "context.mismatch");
    }

    #[test]
    fn a_chain_begins_with_a_capability() {
        let mut scene = Scene::delegated();
        scene.chain.remove(0);
        refuses(&scene.decide(), "type.credential");
        let mut scene = Scene::direct();
        scene.chain.clear();
        refuses(&scene.decide(), "type.credential");
    }

    #[test]
    fn a_chain_paper_after_the_passports_is_refused() {
        let mut scene = Scene::delegated();
        let delegation = scene.chain.pop().unwrap();
        scene.extra.push(delegation);
        scene.extra[0].0["credentialSubject"]["parent"] =
            json!(chancery_proof::Digest::of_bytes(b"").as_str());
        refuses(&scene.decide(), "type.presentation");
    }

    #[test]
    fn a_second_root_is_refused() {
        let mut scene = Scene::direct();
        let root = scene.chain[0].clone();
        scene.chain.push(root);
        refuses(&scene.decide(), "type.presentation");
    }

    #[test]
    fn a_passport_of_a_stranger_or_a_second_one_is_refused() {
        for who in [Who::First, Who::Third] {
            let mut scene = Scene::direct();
            scene.passports.push(passport(23, Who::Acme, who, 103));
            refuses(&scene.decide(), "type.presentation");
        }
    }
}
