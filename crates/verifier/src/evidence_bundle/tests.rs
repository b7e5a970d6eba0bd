//! What is taken down leads to the same decision, and what is no bundle is refused.

use chancery_proof::NoSuites;

use super::*;
use crate::cast::{self, Scene};

fn taken(scene: &Scene, presentation: &[u8], moment: Moment) -> (Decision, EvidenceBundle) {
    let (evidence, policy, request) = (&scene.evidence, &scene.policy, &scene.request);
    let decision = verify_with(presentation, evidence, policy, request, moment, &NoSuites);
    let bundle = EvidenceBundle::of(
        presentation,
        evidence,
        policy,
        request,
        moment,
        (&decision, &NoSuites),
    );
    (decision, bundle)
}

fn sent(bundle: &EvidenceBundle) -> EvidenceBundle {
    EvidenceBundle::parse(bundle.to_value().to_string().as_bytes()).unwrap()
}

#[test]
fn what_is_taken_down_leads_to_the_same_decision_to_the_byte() {
    let scene = Scene::delegated();
    let text = scene.presentation();
    let now = cast::now();
    for (presentation, moment, code) in [
        (text.as_bytes(), Moment::Now(now), "ok"),
        (text.as_bytes(), Moment::Historical(now), "historical"),
        (text.as_bytes(), Moment::Now(cast::later(100_000)), "time.expired"),
        (b"\xff\xfe".as_slice(), Moment::Now(now), "parse.jose"),
        (b"".as_slice(), Moment::Now(now), "parse.jose"),
    ] {
        let (decision, bundle) = taken(&scene, presentation, moment);
        assert_eq!(decision.code, code);
        let again = sent(&bundle);
        assert!(again.holds(&NoSuites), "{code}");
        assert_eq!(again.replay(&NoSuites), decision);
        assert_eq!(again.recorded(), decision.to_value().to_string());
        assert_eq!((again.at(), again.evidence()), (moment.at(), &scene.evidence));
    }
}

#[test]
fn decision_that_the_host_refused_is_refused_again() {
    let scene = Scene::delegated();
    let text = scene.presentation();
    let (decision, _) = taken(&scene, text.as_bytes(), Moment::Now(cast::now()));
    for code in [
        "replay.presentation",
        "constraint.state_missing",
        "evidence.needed",
    ] {
        let refused = decision.clone().refused_at_commit(code, "said the host");
        assert!(!refused.allow && refused.commit.is_empty());
        let bundle = EvidenceBundle::of(
            text.as_bytes(),
            &scene.evidence,
            &scene.policy,
            &scene.request,
            Moment::Now(cast::now()),
            (&refused, &NoSuites),
        );
        let again = sent(&bundle);
        assert!(again.holds(&NoSuites), "{code}");
        assert_eq!(again.replay(&NoSuites), refused);
    }
}

#[test]
fn recorded_decision_that_the_evidence_does_not_lead_to_does_not_hold() {
    let scene = Scene::delegated();
    let (_, bundle) = taken(&scene, b"{}", Moment::Now(cast::now()));
    let mut forged = bundle.to_value();
    let allowed = scene.decide().to_value();
    forged["decision"] = allowed.to_string().into();
    let forged = EvidenceBundle::parse_value(&forged).unwrap();
    assert!(!forged.holds(&NoSuites));
    assert!(
        !forged.replay(&NoSuites).allow,
        "what is recorded counts for nothing"
    );
}

#[test]
fn ending_can_only_refuse() {
    let scene = Scene::delegated();
    let text = scene.presentation();
    let (_, bundle) = taken(&scene, text.as_bytes(), Moment::Now(cast::now()));
    for code in ["ok", "historical", "no.code", ""] {
        let mut value = bundle.to_value();
        value["ending"] = json!({"code": code, "reason": "x"});
        assert!(EvidenceBundle::parse_value(&value).is_err(), "{code}");
    }
    let mut value = bundle.to_value();
    value["presentation"] = "{}".into();
    value["ending"] = json!({"code": "replay.presentation", "reason": "x"});
    let replayed = EvidenceBundle::parse_value(&value).unwrap().replay(&NoSuites);
    assert_eq!(
        (replayed.allow, replayed.code),
        (false, "signature.missing"),
        "the verifier's own refusal stays"
    );
}

#[test]
fn member_that_is_missing_unknown_or_wrong_is_refused() {
    let scene = Scene::direct();
    let (_, bundle) = taken(&scene, scene.presentation().as_bytes(), Moment::Now(cast::now()));
    let whole = bundle.to_value();
    assert!(EvidenceBundle::is_named(whole.to_string().as_bytes()));
    assert!(!EvidenceBundle::is_named(
        scene.evidence.to_value().to_string().as_bytes()
    ));
    let code = |value: &Value| EvidenceBundle::parse_value(value).unwrap_err().code();
    for name in whole.as_object().unwrap().keys() {
        let mut bent = whole.clone();
        bent.as_object_mut().unwrap().remove(name);
        let due = if name == "policy" {
            "policy.invalid"
        } else {
            "parse.structure"
        };
        assert!([due, "parse.structure"].contains(&code(&bent)), "{name}");
        bent[name] = json!([7]);
        let found = code(&bent);
        assert!(
            ["parse.structure", "policy.invalid"].contains(&found),
            "{name}: {found}"
        );
    }
    let mut bent = whole.clone();
    bent["anchors"] = json!([]);
    assert_eq!(code(&bent), "parse.unknown_member");
    for (name, value) in [
        ("version", json!(2)),
        ("kind", json!("Decision")),
        ("historical", json!("yes")),
        ("presentationBytes", json!("AA")),
    ] {
        let mut bent = whole.clone();
        bent[name] = value;
        assert_eq!(code(&bent), "parse.structure", "{name}");
    }
    assert_eq!(EvidenceBundle::parse(b"{").unwrap_err().code(), "parse.json");
}
