//! The pipeline as a whole: what is allowed, in which order things are asked, and that nothing panics.

use serde_json::json;

use super::*;
use crate::Need;
use crate::cast::{GLOBEX, Scene, Who, later, now, refuses};
use crate::decision::{CheckStatus, HopRef, Verdict};

#[test]
fn a_direct_presentation_within_chain_and_grant_is_allowed() {
    let decision = Scene::direct().decide();
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    assert_eq!((decision.code, decision.verdict), ("ok", Verdict::Valid));
    assert_eq!(decision.agent, Some(Who::First.did()));
    assert_eq!(
        decision.principal.as_ref().map(|p| p.authority.clone()),
        Some(Who::Acme.did())
    );
    // Two papers, the presentation, two lists.
    assert_eq!(decision.signatures, 5);
    assert_eq!(decision.commit.len(), 1);
}

#[test]
fn a_delegated_presentation_within_every_hop_is_allowed() {
    let decision = Scene::delegated().decide();
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    assert_eq!(decision.chain.len(), 2);
    assert!(decision.chain.iter().all(|hop| hop.proven));
    assert_eq!(
        decision.chain[1].narrowed,
        ["amount at most 40.00 EUR", "may not be delegated further"]
    );
    assert_eq!(decision.signatures, 7);
    assert_eq!(decision.effective.len(), 4);
    assert_eq!(decision.effective[3].hop, HopRef::Grant);
    assert_eq!(decision.expires_at, Some(later(120)));
    assert_eq!(decision.status_as_of, Some(later(-30)));
    assert_eq!(decision.status_floors.len(), 2);
}

#[test]
fn a_jose_presentation_is_judged_alike() {
    let decision = Scene::delegated().decide_on(&Scene::delegated().token());
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
}

#[test]
fn checks_stand_in_the_order_of_the_profile() {
    for decision in [
        Scene::delegated().decide(),
        Scene::delegated().asking("60.00").decide(),
    ] {
        let ids: Vec<Step> = decision.checks.iter().map(|check| check.id).collect();
        assert_eq!(ids, Step::ALL);
    }
}

#[test]
fn a_step_after_the_first_refusal_is_skipped() {
    let mut scene = Scene::delegated();
    scene.holder = Who::Mallory;
    scene.presenter = Who::Mallory;
    let decision = scene.decide();
    refuses(&decision, "binding.holder");
    let status = |step| decision.check(step).unwrap().status;
    assert_eq!(status(Step::Signature), CheckStatus::Pass);
    assert_eq!(status(Step::Binding), CheckStatus::Fail);
    assert_eq!(status(Step::Status), CheckStatus::Skip);
    assert_eq!(status(Step::Constraints), CheckStatus::Skip);
}

#[test]
fn nothing_is_asked_for_before_the_chain_and_its_issuers_hold() {
    let mut scene = Scene::delegated();
    scene.evidence = Evidence::default();
    let mut broken = scene.clone();
    broken.bind_parents = false;
    broken.chain[1].0["credentialSubject"]["parent"] = json!(chancery_proof::Digest::of_bytes(b"x").as_str());
    let decision = broken.decide();
    refuses(&decision, "delegation.parent_digest");
    assert!(decision.needs.is_empty());
    scene.policy.anchors.clear();
    let decision = scene.decide();
    refuses(&decision, "trust.unknown_issuer");
    assert!(decision.needs.is_empty());
}

#[test]
fn evidence_is_asked_for_step_by_step() {
    let full = Scene::delegated();
    let mut scene = full.clone();
    scene.evidence = Evidence::default();
    let mut rounds = Vec::new();
    loop {
        let decision = scene.decide();
        if decision.needs.is_empty() {
            assert!(decision.allow, "{} {}", decision.code, decision.reason);
            break;
        }
        assert_eq!(decision.verdict, Verdict::Indeterminate);
        rounds.push(decision.needs.len());
        for need in decision.needs {
            match need {
                Need::Document(did) => {
                    scene
                        .evidence
                        .documents
                        .insert(did.clone(), full.evidence.documents.get(&did).unwrap().clone());
                }
                Need::StatusList(url) => {
                    scene
                        .evidence
                        .status_lists
                        .insert(url.clone(), full.evidence.status_lists.get(&url).unwrap().clone());
                }
                Need::TokenStatusList(url) => panic!("nobody named the token list `{url}`"),
                Need::ZoneOffset { .. } => scene
                    .evidence
                    .zone_offsets
                    .clone_from(&full.evidence.zone_offsets),
                Need::TrustStatement { .. } => panic!("nobody asked for recognition"),
            }
        }
    }
    // Acme's document; two lists and the document of who signs them; the zone.
    assert_eq!(rounds, [1, 3, 1]);
}

#[test]
fn another_moment_never_allows() {
    let mut scene = Scene::delegated();
    scene.moment = Moment::Historical(now());
    let decision = scene.decide();
    assert_eq!((decision.code, decision.verdict), ("historical", Verdict::Valid));
    assert!(decision.historical && !decision.allow && decision.commit.is_empty());
}

#[test]
fn a_decision_is_deterministic() {
    let scene = Scene::delegated();
    let text = scene.presentation();
    assert_eq!(
        scene.decide_on(&text).to_value(),
        scene.decide_on(&text).to_value()
    );
}

#[test]
fn an_allow_says_what_to_commit() {
    let value = Scene::direct().decide().to_value();
    assert_eq!(value["commit"][0]["kind"], "consumeNonce");
    assert_eq!(value["commit"][0]["audience"], GLOBEX);
    assert_eq!(value["commit"][0]["nonce"], "nonce-1");
    // The nonce is remembered for as long as the presentation could be shown again.
    assert_eq!(
        value["commit"][0]["until"],
        later(180).saturating_add_millis(1).to_string()
    );
}

#[test]
fn enveloped_papers_are_judged_alike() {
    let scene = Scene::direct();
    let signed = scene.chain.iter().chain(&scene.passports);
    let papers: Vec<_> = signed
        .map(|(document, who)| {
            let token = chancery_proof::jose::sign("vc+jwt", &who.method(), document, &who.key()).unwrap();
            json!({
                "@context": "https://www.w3.org/ns/credentials/v2",
                "id": format!("data:application/vc+jwt,{token}"),
                "type": "EnvelopedVerifiableCredential",
            })
        })
        .collect();
    let mut with = scene.clone();
    with.presented["verifiableCredential"] = json!(papers);
    let decision = with.decide();
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    // A token of another type is no paper.
    let (document, who) = &scene.chain[0];
    let token = chancery_proof::jose::sign("vp+jwt", &who.method(), document, &who.key()).unwrap();
    with.presented["verifiableCredential"][0]["id"] = json!(format!("data:application/vc+jwt,{token}"));
    refuses(&with.decide(), "type.typ");
}

/// An attestation of the presenter that nothing asks for.
fn unasked() -> Scene {
    let mut scene = Scene::direct();
    scene.policy.anchors[0]
        .papers
        .push(chancery_vc::PaperType::Attestation);
    let digest = chancery_proof::Digest::of_bytes(b"m").to_string();
    let claims = json!({ "composite": { "model": digest } });
    let (issuer, subject) = (Who::Acme.did(), Who::First.did());
    let kind = chancery_vc::PaperType::Attestation;
    let mut document = crate::cast::paper(kind, 70, &issuer, &subject, claims);
    document["evidence"] = json!([{ "type": "TpmQuote", "digestMultibase": digest }]);
    scene.extra.push((document, Who::Acme));
    scene
}

#[test]
fn a_paper_that_nothing_asks_for_must_hold_all_the_same() {
    assert!(unasked().decide().allow);
    let mut forged = unasked();
    forged.extra[0].1 = Who::Mallory;
    refuses(&forged.decide(), "key.issuer_mismatch");
    let mut ended = unasked();
    ended.extra[0].0["validUntil"] = json!(later(-61).to_string());
    refuses(&ended.decide(), "time.expired");
    let mut revoked = unasked();
    revoked.extra[0].0["credentialStatus"] = crate::cast::entries(104);
    let purpose = chancery_vc::StatusPurpose::Revocation;
    let text = crate::cast::list(crate::cast::REVOKED, purpose, Who::AcmeStatus, later(-30), &[104]);
    revoked
        .evidence
        .status_lists
        .insert(crate::cast::REVOKED.into(), text);
    refuses(&revoked.decide(), "status.revoked");
    let mut strange = unasked();
    strange.extra[0].0["issuer"] = json!(Who::Mallory.did().as_str());
    strange.extra[0].1 = Who::Mallory;
    refuses(&strange.decide(), "trust.unknown_issuer");
    let mut own = unasked();
    own.extra[0].0["issuer"] = json!(Who::First.did().as_str());
    own.extra[0].1 = Who::First;
    own.policy.anchors.push(crate::cast::anchor(Who::First));
    refuses(&own.decide(), "trust.agent_as_root");
}

#[test]
fn a_decision_names_nobody_whose_papers_are_not_proven() {
    let mut scene = Scene::delegated();
    scene.chain[1].1 = Who::Mallory;
    let decision = scene.decide();
    refuses(&decision, "key.issuer_mismatch");
    assert_eq!((&decision.agent, &decision.principal), (&None, &None));
    assert!(decision.chain.iter().all(|hop| !hop.proven));
    assert!(decision.status_floors.is_empty() && decision.effective.is_empty());
}

#[test]
fn a_presentation_that_another_signed_with_the_holders_name_is_refused() {
    let scene = Scene::direct();
    let mut options = crate::cast::options(Who::First, chancery_did::Relationship::Authentication);
    options.created = Some(scene.created);
    options.expires = Some(scene.expires);
    options.challenge = Some(scene.nonce.clone());
    options.domain = vec![scene.audience.clone()];
    // The method is the holder's, the key is another's.
    let text = crate::cast::sealed_with(scene.document(), &options, Who::Mallory);
    refuses(&scene.decide_on(&text), "signature.invalid");
}

#[test]
fn a_presentation_for_another_purpose_is_no_presentation() {
    let scene = Scene::direct();
    let mut options = crate::cast::options(Who::First, chancery_did::Relationship::AssertionMethod);
    options.created = Some(scene.created);
    options.expires = Some(scene.expires);
    options.challenge = Some(scene.nonce.clone());
    options.domain = vec![scene.audience.clone()];
    let text = crate::cast::sealed_with(scene.document(), &options, Who::First);
    refuses(&scene.decide_on(&text), "key.relationship");
}

#[test]
fn no_other_moment_allows_whatever_holds_at_it() {
    for seconds in [-3_000, -1, 0, 1, 100] {
        let mut scene = Scene::delegated();
        scene.moment = Moment::Historical(later(seconds));
        scene
            .evidence
            .zone_offsets
            .push(crate::cast::berlin(later(seconds)));
        let decision = scene.decide();
        assert!(!decision.allow && decision.commit.is_empty() && decision.historical);
    }
}
