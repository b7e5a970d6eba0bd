//! Step 6, signature: the algorithm from the key, critical extensions understood, every proof verifies.
//!
//! Profile, "Papers" (purposes) and "Judging". INVARIANT: this is the only place that makes [`Papers`],
//! and it makes them only when the proofs of the presentation and of every paper in it held.

use chancery_did::Relationship;
use chancery_proof::{Expectation, Proven, Secured};
use chancery_vc::{Paper, Presentation};

use crate::rejection::Rejection;
use crate::verify::key::PaperKeys;
use crate::verify::trust::Trusted;
use crate::verify::{Book, KeyRing, Layout, Papers};

/// Proves every paper, then the presentation.
pub(crate) fn signatures(
    read: &Secured<Presentation>,
    layout: Layout,
    ring: KeyRing,
    trusted: &Trusted<'_>,
    book: &mut Book,
) -> Result<Papers, Rejection> {
    let mut papers = Vec::with_capacity(read.unverified().papers.len());
    for (index, secured) in read.unverified().papers.iter().enumerate() {
        let keys = PaperKeys {
            ring: &ring,
            anchored: trusted.of(index),
        };
        papers.push(paper(secured, &keys, book).map_err(|rejection| rejection.at(index))?);
    }
    let expect = Expectation {
        purpose: Relationship::Authentication,
        issuer: read.unverified().holder.clone(),
    };
    let keys = PaperKeys {
        ring: &ring,
        anchored: None,
    };
    let presentation = prove(read, &expect, &keys, book)?;
    book.note(format!("{} papers and the presentation", papers.len()));
    Ok(Papers {
        presentation,
        papers,
        layout,
        ring,
    })
}

/// Proves one paper under the purpose of its kind.
pub(crate) fn paper(
    secured: &Secured<Paper>,
    keys: &PaperKeys<'_, '_>,
    book: &mut Book,
) -> Result<Proven<Paper>, Rejection> {
    let paper = secured.unverified();
    let expect = Expectation {
        purpose: paper.kind.purpose(),
        issuer: paper.issuer.clone(),
    };
    prove(secured, &expect, keys, book)
}

fn prove<T: Clone>(
    secured: &Secured<T>,
    expect: &Expectation,
    keys: &PaperKeys<'_, '_>,
    book: &mut Book,
) -> Result<Proven<T>, Rejection> {
    match secured.prove(expect, keys) {
        Ok(proven) => {
            book.count(proven.signatures());
            Ok(proven)
        }
        Err(error) => {
            if error.code() == "signature.invalid" {
                book.count(1);
            }
            Err(Rejection::new(error.code(), error.to_string()))
        }
    }
}

#[cfg(test)]
mod tests {
    use chancery_did::Relationship;
    use serde_json::{Value, json};

    use crate::cast::{Scene, Who, refuses, sealed};
    use crate::decision::{CheckStatus, Step};

    #[test]
    fn one_changed_character_anywhere_in_a_paper_is_refused() {
        let scene = Scene::delegated();
        let text = scene.presentation();
        for (from, to) in [
            ("\"100.00\"", "\"900.00\""),
            ("\"17:00\"", "\"23:00\""),
            ("Ada Example", "Eve Example"),
            ("\"riskLevel\":\"medium\"", "\"riskLevel\":\"low\""),
        ] {
            let changed = text.replacen(from, to, 1);
            assert_ne!(changed, text, "{from}");
            let decision = scene.decide_on(&changed);
            assert!(!decision.allow);
            // A changed parent is seen at the link already: its digest is another.
            assert!(
                ["signature.invalid", "delegation.parent_digest"].contains(&decision.code),
                "{}",
                decision.code
            );
            assert_eq!(decision.agent, None, "an unproven agent is not named");
        }
    }

    #[test]
    fn a_changed_presentation_is_refused() {
        let scene = Scene::delegated();
        let changed =
            scene
                .presentation()
                .replacen("\"challenge\":\"nonce-1\"", "\"challenge\":\"nonce-2\"", 1);
        refuses(&scene.decide_on(&changed), "signature.invalid");
    }

    #[test]
    fn a_proof_for_another_purpose_is_refused() {
        // A delegation signed as an assertion, an assertion used as login.
        let scene = Scene::delegated();
        let mut document: Value = serde_json::from_str(&scene.presentation()).unwrap();
        let mut delegation = document["verifiableCredential"][1].clone();
        delegation.as_object_mut().unwrap().remove("proof");
        let text = sealed(delegation, Who::First, Relationship::AssertionMethod);
        document["verifiableCredential"][1] = serde_json::from_str(&text).unwrap();
        document.as_object_mut().unwrap().remove("proof");
        let text = sealed(document, Who::Second, Relationship::Authentication);
        let decision = scene.decide_on(&text);
        refuses(&decision, "key.relationship");
        assert_eq!(decision.check(Step::Key).unwrap().status, CheckStatus::Pass);
    }

    #[test]
    fn a_second_proof_by_a_stranger_is_refused() {
        let scene = Scene::direct();
        let mut document: Value = serde_json::from_str(&scene.presentation()).unwrap();
        let paper = &mut document["verifiableCredential"][0];
        let own = paper["proof"].clone();
        let mut bare = paper.clone();
        bare.as_object_mut().unwrap().remove("proof");
        let other: Value =
            serde_json::from_str(&sealed(bare, Who::Mallory, Relationship::AssertionMethod)).unwrap();
        paper["proof"] = json!([own, other["proof"]]);
        document.as_object_mut().unwrap().remove("proof");
        let text = sealed(document, Who::First, Relationship::Authentication);
        refuses(&scene.decide_on(&text), "key.issuer_mismatch");
    }

    #[test]
    fn a_paper_without_a_proof_is_refused() {
        let scene = Scene::direct();
        let mut document: Value = serde_json::from_str(&scene.presentation()).unwrap();
        document["verifiableCredential"][1]
            .as_object_mut()
            .unwrap()
            .remove("proof");
        refuses(&scene.decide_on(&document.to_string()), "signature.missing");
    }
}
