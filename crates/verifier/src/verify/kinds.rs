//! Step 2, type: typ, media type, credential types, and the place of each paper.
//!
//! Profile, "Chain and presentation". The reader refuses foreign types and media types under this step's
//! codes; here the order is judged, and that the passports show what the policy needs to see. INVARIANT: after
//! this step the chain is one capability credential followed by delegations, and nothing but passports,
//! attestations and approvals follows.

use chancery_trust::Requirements;
use chancery_vc::passport::Member;
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

/// Judges whether every passport shows what the policy needs to see.
///
/// A member that is withheld and one that there never was look the same, so both are refused alike. Where the
/// policy asks for an attestation, the presenter's passport may not withhold what was to be compared with it.
pub(crate) fn shown(presentation: &Presentation, require: &Requirements) -> Result<(), Rejection> {
    for (index, paper) in presentation.papers.iter().enumerate() {
        let paper = paper.unverified();
        let Some(passport) = paper.passport() else {
            continue;
        };
        let mut absent = require
            .passport_shows
            .iter()
            .copied()
            .filter(|member| !passport.shows(*member));
        let compared = require.attestation && paper.subject == presentation.holder && passport.withheld > 0;
        let composite = (compared && !passport.shows(Member::Composite)).then_some(Member::Composite);
        if let Some(member) = absent.next().or(composite) {
            let detail = format!("the passport does not show `{}`", member.as_str());
            return Err(Rejection::new("type.withheld", detail)
                .at(index)
                .pointing(member.pointer()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use chancery_vc::passport::Member;
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

    #[test]
    fn every_passport_shows_what_the_policy_needs_to_see() {
        let mut scene = Scene::delegated();
        scene.policy.require.passport_shows = [Member::Owner, Member::Name].into();
        assert!(scene.decide().allow);
        // What nobody withheld and what nobody ever said look the same.
        scene.policy.require.passport_shows.push(Member::Tools);
        let decision = scene.decide();
        refuses(&decision, "type.withheld");
        let check = decision.check(Step::Type).unwrap();
        assert_eq!(check.pointer.as_deref(), Some("/credentialSubject/tools"));
        assert_eq!(decision.check(Step::Link).unwrap().status, CheckStatus::Skip);
        // One passport of two is not enough.
        scene.passports[0].0["credentialSubject"]["tools"] = json!(["refund"]);
        refuses(&scene.decide(), "type.withheld");
        scene.passports[1].0["credentialSubject"]["tools"] = json!(["refund"]);
        assert!(scene.decide().allow);
    }
}
