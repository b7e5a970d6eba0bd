//! Properties: whatever the bytes, nothing panics and nothing but the exact presentation is allowed.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::Value;

use crate::cast::Scene;
use crate::decision::Verdict;
use crate::{Decision, Evidence};

static SCENE: LazyLock<Scene> = LazyLock::new(Scene::delegated);
static TEXT: LazyLock<String> = LazyLock::new(|| SCENE.presentation());
static TOKEN: LazyLock<String> = LazyLock::new(|| SCENE.token());

fn decide(bytes: &[u8]) -> Decision {
    crate::verify(
        bytes,
        &SCENE.evidence,
        &SCENE.policy,
        &SCENE.request,
        SCENE.moment,
    )
}

/// What holds of every decision.
fn sound(decision: &Decision) {
    assert_eq!(decision.allow, decision.code == "ok");
    assert!(!decision.allow || (decision.verdict == Verdict::Valid && decision.needs.is_empty()));
    assert_eq!(decision.allow, !decision.commit.is_empty());
    assert_eq!(decision.checks.len(), 11);
    assert!(crate::explain(decision.code).is_some());
    assert!(decision.needs.is_empty() || decision.verdict == Verdict::Indeterminate);
}

/// Replaces the value at the `pick`th place of a document by another.
fn bend(value: &mut Value, pick: &mut usize, with: &Value) -> bool {
    if *pick == 0 {
        let changed = value != with;
        *value = with.clone();
        return changed;
    }
    *pick = pick.saturating_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().any(|item| bend(item, pick, with)),
        Value::Object(members) => members.values_mut().any(|item| bend(item, pick, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic_and_never_allow(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let decision = decide(&bytes);
        sound(&decision);
        prop_assert!(!decision.allow);
    }

    #[test]
    fn one_changed_byte_never_allows(at in any::<prop::sample::Index>(), byte in any::<u8>(), token in any::<bool>()) {
        let text: &str = if token { &TOKEN } else { &TEXT };
        let mut bytes = text.as_bytes().to_vec();
        let at = at.index(bytes.len());
        let before = bytes[at];
        bytes[at] = byte;
        let decision = decide(&bytes);
        sound(&decision);
        prop_assert_eq!(decision.allow, byte == before);
    }

    #[test]
    fn a_cut_text_never_allows(at in any::<prop::sample::Index>(), token in any::<bool>()) {
        let text: &str = if token { &TOKEN } else { &TEXT };
        let decision = decide(&text.as_bytes()[..at.index(text.len())]);
        sound(&decision);
        prop_assert!(!decision.allow);
    }

    #[test]
    fn a_member_replaced_by_anything_never_allows(pick in 1_usize..220, which in 0_usize..8) {
        let others = [
            Value::Null, Value::Bool(true), Value::from(0), Value::from(-1), Value::from("x"), Value::from(""),
            Value::Array(Vec::new()), Value::Object(serde_json::Map::new()),
        ];
        let mut document: Value = serde_json::from_str(&TEXT).unwrap();
        let mut pick = pick;
        if bend(&mut document, &mut pick, &others[which]) {
            let decision = decide(document.to_string().as_bytes());
            sound(&decision);
            prop_assert!(!decision.allow);
        }
    }

    #[test]
    fn arbitrary_evidence_never_panics_and_never_allows(text in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let mut evidence = Evidence::default();
        for did in SCENE.evidence.documents.keys() {
            evidence.documents.insert(did.clone(), text.clone());
        }
        let decision = crate::verify(TEXT.as_bytes(), &evidence, &SCENE.policy, &SCENE.request, SCENE.moment);
        sound(&decision);
        prop_assert!(!decision.allow);
        let mut evidence = SCENE.evidence.clone();
        for list in evidence.status_lists.values_mut() {
            list.clone_from(&text);
        }
        evidence.trust_statements.push(text.clone());
        let decision = crate::verify(TEXT.as_bytes(), &evidence, &SCENE.policy, &SCENE.request, SCENE.moment);
        sound(&decision);
        prop_assert!(!decision.allow);
        prop_assert!(Evidence::parse(&bytes).is_err());
        let report = crate::check_credential(&bytes, &evidence, None, SCENE.moment.at());
        prop_assert!(!report.checked);
    }

    #[test]
    fn less_evidence_never_allows_more(keep in 0_u8..16) {
        let mut evidence = SCENE.evidence.clone();
        if keep & 1 == 0 { evidence.documents.pop_first(); }
        if keep & 2 == 0 { evidence.documents.pop_last(); }
        if keep & 4 == 0 { evidence.status_lists.pop_first(); }
        if keep & 8 == 0 { evidence.zone_offsets.clear(); }
        let decision = crate::verify(TEXT.as_bytes(), &evidence, &SCENE.policy, &SCENE.request, SCENE.moment);
        sound(&decision);
        prop_assert_eq!(decision.allow, keep == 15);
        prop_assert_eq!(decision.needs.is_empty(), keep == 15);
    }
}
