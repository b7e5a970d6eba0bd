//! Step 7, time: every paper and the presentation are valid at the moment judged.
//!
//! Profile, "Papers" and "Judging": skew as the policy has it (60 s), a validity of at most a day unless
//! the policy says otherwise, and at most an hour for a delegation that no status list can end.

use chancery_did::Timestamp;
use chancery_proof::{ProofInfo, Proven};
use chancery_trust::Policy;
use chancery_vc::{Paper, PaperType, Presentation, StatusPurpose};

use crate::rejection::Rejection;

/// Judges every paper.
pub(crate) fn papers(papers: &[Proven<Paper>], policy: &Policy, at: Timestamp) -> Result<(), Rejection> {
    for (index, proven) in papers.iter().enumerate() {
        let paper = proven.value();
        window(paper.valid_from, paper.valid_until, policy.skew, at)
            .map_err(|rejection| rejection.at(index))?;
        life(paper, policy).map_err(|rejection| rejection.at(index))?;
        proofs(proven.proofs(), policy.skew, at).map_err(|rejection| rejection.at(index))?;
    }
    Ok(())
}

/// Judges the presentation's own times; how long it may live is the binding's question.
pub(crate) fn presentation(
    proven: &Proven<Presentation>,
    policy: &Policy,
    at: Timestamp,
) -> Result<(), Rejection> {
    let presentation = proven.value();
    let (Some(created), Some(expires)) = (presentation.created, presentation.expires) else {
        return Err(Rejection::new(
            "time.malformed",
            "the presentation does not say when it begins and ends",
        ));
    };
    window(created, expires, policy.skew, at)?;
    proofs(proven.proofs(), policy.skew, at)
}

/// When a paper ends: by its own word or, where that is earlier, by one of its proofs'.
pub(crate) fn end_of(proven: &Proven<Paper>) -> Timestamp {
    let ends = proven.proofs().iter().filter_map(|proof| proof.expires);
    ends.fold(proven.value().valid_until, Timestamp::min)
}

/// Judges a window of validity, both ends included, with `skew` milliseconds of difference between clocks.
pub(crate) fn window(from: Timestamp, until: Timestamp, skew: i64, at: Timestamp) -> Result<(), Rejection> {
    if from > at.saturating_add_millis(skew) {
        return Err(Rejection::new(
            "time.not_yet_valid",
            format!("begins at {from}, judged at {at}"),
        ));
    }
    if at > until.saturating_add_millis(skew) {
        return Err(Rejection::new(
            "time.expired",
            format!("ended at {until}, judged at {at}"),
        ));
    }
    Ok(())
}

fn life(paper: &Paper, policy: &Policy) -> Result<(), Rejection> {
    let life = paper.valid_until.millis_since(paper.valid_from);
    // An entry that tells of a refresh or carries a message ends nothing.
    let unregistered = paper.kind == PaperType::Delegation
        && !paper
            .status
            .iter()
            .any(|entry| entry.purpose == StatusPurpose::Revocation);
    let most = if unregistered {
        policy.unregistered_delegation_life.min(policy.max_validity)
    } else {
        policy.max_validity
    };
    if life > most {
        let detail = format!("lives {} s, at most {} s", seconds(life), seconds(most));
        return Err(Rejection::new("time.too_long", detail));
    }
    Ok(())
}

fn proofs(proofs: &[ProofInfo], skew: i64, at: Timestamp) -> Result<(), Rejection> {
    for proof in proofs {
        proof
            .check_time(at, skew)
            .map_err(|error| Rejection::new(error.code(), error.to_string()))?;
    }
    Ok(())
}

/// Whole seconds of milliseconds, for a reader.
pub(crate) fn seconds(millis: i64) -> i64 {
    millis.checked_div(1_000).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Moment;
    use crate::cast::{Scene, berlin, later, now, refuses};
    use crate::decision::{HopRef, Step};

    fn at(seconds: i64) -> Scene {
        let mut scene = Scene::delegated();
        scene.moment = Moment::Now(later(seconds));
        scene.evidence.zone_offsets.push(berlin(later(seconds)));
        scene
    }

    #[test]
    fn clocks_may_differ_by_the_skew_and_no_more() {
        // Presented from -5 s to 120 s.
        assert!(at(179).decide().allow);
        refuses(&at(181).decide(), "time.expired");
        refuses(&at(-66).decide(), "time.not_yet_valid");
        assert_ne!(at(-64).decide().code, "time.not_yet_valid");
    }

    #[test]
    fn every_paper_must_be_valid_and_the_hop_is_named() {
        for (paper, hop) in [(0, 0), (1, 1)] {
            let mut scene = Scene::delegated();
            scene.chain[paper].0["validUntil"] = json!(later(-61).to_string());
            scene.chain[1].0["validFrom"] = json!(later(-3_000).to_string());
            if paper == 0 {
                scene.chain[1].0["validUntil"] = json!(later(-61).to_string());
            }
            let decision = scene.decide();
            refuses(&decision, "time.expired");
            assert_eq!(decision.check(Step::Time).unwrap().hop, Some(HopRef::Paper(hop)));
        }
        let mut scene = Scene::delegated();
        scene.passports[1].0["validFrom"] = json!(later(61).to_string());
        let decision = scene.decide();
        refuses(&decision, "time.not_yet_valid");
        assert_eq!(decision.check(Step::Time).unwrap().hop, Some(HopRef::Paper(3)));
    }

    #[test]
    fn a_paper_lives_no_longer_than_the_policy_allows() {
        let mut scene = Scene::direct();
        scene.chain[0].0["validUntil"] = json!(later(86_400).to_string());
        refuses(&scene.decide(), "time.too_long");
        scene.policy.max_validity = 172_800_000;
        assert!(scene.decide().allow);
    }

    #[test]
    fn a_delegation_that_no_list_can_end_lives_at_most_an_hour() {
        let mut scene = Scene::delegated();
        scene.chain[1].0["validUntil"] = json!(later(3_541).to_string());
        let decision = scene.decide();
        refuses(&decision, "time.too_long");
        assert_eq!(decision.check(Step::Time).unwrap().hop, Some(HopRef::Paper(1)));
        scene.chain[1].0["credentialStatus"] = crate::cast::entries(104);
        assert!(scene.decide().allow);
    }

    #[test]
    fn a_presentation_without_times_is_refused() {
        let mut claims = Scene::direct().document();
        claims["iss"] = json!(crate::cast::Who::First.did().as_str());
        claims["aud"] = json!(crate::cast::GLOBEX);
        claims["nonce"] = json!("nonce-1");
        let who = crate::cast::Who::First;
        let token = chancery_proof::jose::sign("vp+jwt", &who.method(), &claims, &who.key()).unwrap();
        refuses(&Scene::direct().decide_on(&token), "time.malformed");
        assert_eq!(now(), later(0));
    }

    #[test]
    fn an_entry_that_ends_nothing_does_not_make_a_delegation_last() {
        for purpose in ["refresh", "message", "suspension"] {
            let mut scene = Scene::delegated();
            scene.chain[1].0["validUntil"] = json!(later(3_541).to_string());
            let mut entry = crate::cast::entries(104)[0].clone();
            entry["statusPurpose"] = json!(purpose);
            scene.chain[1].0["credentialStatus"] = json!([entry]);
            let decision = scene.decide();
            refuses(&decision, "time.too_long");
            assert_eq!(decision.check(Step::Time).unwrap().hop, Some(HopRef::Paper(1)));
        }
    }

    #[test]
    fn a_paper_ends_with_its_proof() {
        let mut scene = Scene::direct();
        let (document, who) = scene.chain[0].clone();
        let mut options = crate::cast::options(who, chancery_did::Relationship::AssertionMethod);
        options.expires = Some(later(60));
        let capability = crate::cast::sealed_with(document, &options, who);
        let papers: Vec<serde_json::Value> = [capability, scene.papers()[1].clone()]
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        scene.presented["verifiableCredential"] = json!(papers);
        let decision = scene.decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
        assert_eq!(decision.expires_at, Some(later(60)));
        let session = crate::admit(
            scene.presentation().as_bytes(),
            &scene.evidence,
            &scene.policy,
            &scene.audience,
            &scene.nonce,
            now(),
        );
        assert_eq!(session.unwrap().expires_at(), later(60));
        scene.moment = Moment::Now(later(120));
        refuses(&scene.decide(), "time.expired");
    }
}
