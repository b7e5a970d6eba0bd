//! Step 11, constraints: the conjunction of the cited path, and the verifier's grant, against the request.
//!
//! Profile, "Capability" ("Conjunction, not cleverness") and "Grant". INVARIANT: every hop must cover the
//! action and the resource and every constraint of every hop must permit; the grant is one more hop, and
//! without it nothing is allowed. Authority is the cited path, never a union.

use chancery_did::SortedMap;
use chancery_trust::Anchor;
use chancery_vc::capability::{Action, Entry, Resource, conjunction_permits};
use chancery_vc::constraint::{Constraint, Fact, Facts, Refusal};
use chancery_vc::{Paper, PaperType};
use serde_json::Value;

use crate::decision::{HopConstraint, HopRef};
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::request::Request;
use crate::session::Call;
use crate::verify::{Book, Frame, Halt, Papers, Verified};

/// What is asked, apart from audience and nonce.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The action.
    pub(crate) action: &'a Action,
    /// The resource.
    pub(crate) resource: &'a Resource,
    /// The call's arguments.
    pub(crate) arguments: Option<&'a Value>,
    /// The facts.
    pub(crate) facts: &'a SortedMap<String, Fact>,
}

impl<'a> From<&'a Request> for Asked<'a> {
    fn from(request: &'a Request) -> Asked<'a> {
        Asked {
            action: &request.action,
            resource: &request.resource,
            arguments: request.arguments.as_ref(),
            facts: &request.facts,
        }
    }
}

impl<'a> From<&'a Call> for Asked<'a> {
    fn from(call: &'a Call) -> Asked<'a> {
        Asked {
            action: &call.action,
            resource: &call.resource,
            arguments: call.arguments.as_ref(),
            facts: &call.facts,
        }
    }
}

/// Judges what is asked against every hop and the grant.
pub(crate) fn constraints(
    papers: &Verified<Papers>,
    frame: &Frame<'_>,
    asked: &Asked<'_>,
    audience: &str,
    book: &mut Book,
) -> Result<(), Halt> {
    let held = papers.value();
    let values = held.values();
    let path = held.layout.entries(&values);
    let offset = |zone: &str| frame.evidence.zone_offset(zone, frame.at());
    let facts = Facts {
        action: asked.action,
        resource: asked.resource,
        arguments: asked.arguments,
        audience: Some(audience),
        facts: asked.facts,
        at: frame.at(),
        zone_offset: &offset,
    };
    let granted = granted(&values, frame, &facts);
    book.effective(effective(&path, granted.as_deref().unwrap_or_default()));
    concrete(asked)?;
    for (index, entry) in path.iter().enumerate() {
        entry
            .names(&facts)
            .map_err(|refusal| refused(refusal, HopRef::Paper(index)))?;
    }
    let granted = granted?;
    zones(&path, &granted, frame)?;
    conjunction(&path, &granted, &facts)?;
    book.note(format!(
        "{} hops and the grant permit `{}`",
        path.len(),
        asked.action
    ));
    Ok(())
}

/// INVARIANT: what is asked is one action on one resource, never a pattern.
fn concrete(asked: &Asked<'_>) -> Result<(), Rejection> {
    let (action, resource) = (asked.action.to_string(), asked.resource.to_string());
    if action.contains('*') {
        return Err(Rejection::new(
            "constraint.action",
            format!("`{action}` is a pattern"),
        ));
    }
    if resource.contains('*') {
        return Err(Rejection::new(
            "constraint.resource",
            format!("`{resource}` is a pattern"),
        ));
    }
    Ok(())
}

/// The entries of the grant that cover what is asked: each is an alternative of the verifier's own.
fn granted<'p>(values: &[&Paper], frame: &Frame<'p>, facts: &Facts<'_>) -> Result<Vec<&'p Entry>, Rejection> {
    let root = values.first();
    let anchor: Option<&Anchor> = root.and_then(|root| {
        frame
            .policy
            .may_issue(&root.issuer, PaperType::Capability, &root.subject)
            .ok()
    });
    let entries = anchor.map(|anchor| anchor.grant.as_slice()).unwrap_or_default();
    let granted: Vec<&Entry> = entries
        .iter()
        .filter(|entry| entry.names(facts).is_ok())
        .collect();
    if granted.is_empty() {
        let detail = format!("no grant covers `{}` on `{}`", facts.action, facts.resource);
        return Err(Rejection::new("constraint.not_granted", detail).on(HopRef::Grant));
    }
    Ok(granted)
}

/// Wants the offset of every zone that any hop names, so that the outcome does not depend on which of
/// them were known before.
fn zones(path: &[&Entry], granted: &[&Entry], frame: &Frame<'_>) -> Result<(), Halt> {
    let mut needs = Vec::new();
    for constraint in path.iter().chain(granted).flat_map(|entry| &entry.constraint) {
        let Some(zone) = constraint.zone() else { continue };
        if frame.evidence.zone_offset(zone, frame.at()).is_some() {
            continue;
        }
        let need = Need::ZoneOffset {
            zone: zone.to_owned(),
            at: frame.at(),
        };
        if let Some(code) = frame.evidence.failure(&need) {
            return Err(Rejection::new(code, format!("the offset of `{zone}` could not be had")).into());
        }
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    if needs.is_empty() {
        Ok(())
    } else {
        Err(Halt::wanting(needs))
    }
}

/// The whole path must permit together with one of the grant's alternatives; else the refusal under the
/// first of them is told, which is the path's own where the path refuses.
fn conjunction(path: &[&Entry], granted: &[&Entry], facts: &Facts<'_>) -> Result<(), Rejection> {
    let hops: Vec<(usize, &Entry)> = path.iter().copied().enumerate().collect();
    let mut first = None;
    for grant in granted {
        let mut all = hops.clone();
        all.push((hops.len(), grant));
        match conjunction_permits(&all, facts) {
            Ok(()) => return Ok(()),
            Err((hop, refusal)) => {
                let hop = if hop == hops.len() {
                    HopRef::Grant
                } else {
                    HopRef::Paper(hop)
                };
                first = first.or(Some(refused(refusal, hop)));
            }
        }
    }
    let none = || Rejection::new("constraint.not_granted", "the grant is empty").on(HopRef::Grant);
    Err(first.unwrap_or_else(none))
}

fn refused(refusal: Refusal, hop: HopRef) -> Rejection {
    Rejection::new(refusal.code, refusal.detail).on(hop)
}

/// The conjunction as it stands, exact duplicates dropped.
fn effective(path: &[&Entry], granted: &[&Entry]) -> Vec<HopConstraint> {
    let hops = path
        .iter()
        .enumerate()
        .map(|(index, entry)| (HopRef::Paper(index), entry));
    // With several alternatives in the grant, no single one of them is in force.
    let grant = granted
        .iter()
        .filter(|_| granted.len() == 1)
        .map(|entry| (HopRef::Grant, entry));
    let mut effective: Vec<HopConstraint> = Vec::new();
    for (hop, entry) in hops.chain(grant) {
        for constraint in entry.constraint.iter().map(Constraint::to_value) {
            if !effective.iter().any(|known| known.constraint == constraint) {
                effective.push(HopConstraint { hop, constraint });
            }
        }
    }
    effective
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Moment;
    use crate::cast::Who;
    use crate::cast::{BERLIN, Scene, anchor, berlin, later, refuses};
    use crate::decision::{Decision, Step, Verdict};
    use crate::evidence::Failure;

    fn hop(decision: &Decision) -> Option<HopRef> {
        decision.check(Step::Constraints).unwrap().hop
    }

    /// The direct scene with its capability's constraints replaced.
    fn under(constraint: &Value) -> Scene {
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["capability"][0]["constraint"] = constraint.clone();
        scene
    }

    #[test]
    fn the_narrowest_hop_decides_and_is_named() {
        let decision = Scene::delegated().asking("60.00").decide();
        refuses(&decision, "constraint.amount");
        assert_eq!(hop(&decision), Some(HopRef::Paper(1)));
        assert_eq!(decision.verdict, Verdict::Valid);
        assert_eq!(decision.agent, Some(Who::Second.did()));
        let decision = Scene::direct().asking("90.00").decide();
        refuses(&decision, "constraint.amount");
        assert_eq!(hop(&decision), Some(HopRef::Grant));
        let decision = Scene::direct().asking("100.01").decide();
        refuses(&decision, "constraint.amount");
        assert_eq!(hop(&decision), Some(HopRef::Paper(0)));
        assert!(Scene::direct().asking("80.00").decide().allow);
        assert!(Scene::delegated().asking("40.00").decide().allow);
        refuses(&Scene::delegated().asking("40.01").decide(), "constraint.amount");
    }

    #[test]
    fn a_parents_constraint_holds_though_the_child_leaves_it_out() {
        // The delegation has no hours of its own.
        let mut scene = Scene::delegated();
        let mut evening = berlin(scene.moment.at());
        evening.offset = 11 * 3_600;
        scene.evidence.zone_offsets = vec![evening];
        let decision = scene.decide();
        refuses(&decision, "constraint.hours");
        assert_eq!(hop(&decision), Some(HopRef::Paper(0)));
    }

    #[test]
    fn what_was_never_given_is_refused() {
        let customers = "https://api.globex.example/customers/7";
        refuses(
            &Scene::delegated().asking_for("customer:read", customers).decide(),
            "constraint.action",
        );
        refuses(
            &Scene::delegated().asking_for("refund:create", customers).decide(),
            "constraint.resource",
        );
        let orders = "https://api.globex.example/orders";
        refuses(
            &Scene::delegated().asking_for("refund:create", orders).decide(),
            "constraint.resource",
        );
    }

    #[test]
    fn without_a_grant_nothing_is_allowed() {
        let mut scene = Scene::direct();
        scene.policy.anchors[0].grant.clear();
        let decision = scene.decide();
        refuses(&decision, "constraint.not_granted");
        assert_eq!(hop(&decision), Some(HopRef::Grant));
        let mut scene = Scene::direct();
        let mut other = anchor(Who::Acme);
        other.grant[0].action = vec![Action::parse("refund:cancel").unwrap()];
        scene.policy.anchors = vec![other];
        refuses(&scene.decide(), "constraint.not_granted");
    }

    #[test]
    fn an_alternative_of_the_grant_may_permit() {
        let mut scene = Scene::direct().asking("90.00");
        let mut wider = scene.policy.anchors[0].grant[0].clone();
        wider.constraint.clear();
        scene.policy.anchors[0].grant.push(wider);
        assert!(scene.decide().allow);
        // The chain still counts.
        refuses(&scene.asking("101.00").decide(), "constraint.amount");
    }

    #[test]
    fn a_fact_that_is_missing_or_of_another_currency_denies() {
        let mut scene = Scene::direct();
        scene.request.facts.clear();
        refuses(&scene.decide(), "constraint.fact_missing");
        let usd = Fact::Amount {
            value: "1.00".into(),
            currency: "USD".into(),
        };
        scene.request.facts.insert("amount".into(), usd);
        refuses(&scene.decide(), "constraint.amount");
    }

    #[test]
    fn an_unknown_constraint_denies() {
        refuses(
            &under(&json!([{"type": "Weather", "is": "fine"}])).decide(),
            "constraint.unknown",
        );
        refuses(
            &under(&json!([{"type": "Amount", "fact": "amount", "max": "9", "currency": "EUR", "x": 1}]))
                .decide(),
            "constraint.unknown",
        );
        refuses(&under(&json!([])).decide(), "constraint.empty");
        refuses(&under(&json!(null)).decide(), "constraint.empty");
    }

    #[test]
    fn a_stateful_constraint_denies_for_want_of_state() {
        let scene = under(&json!([{"type": "Uses", "id": "u1", "count": 3}]));
        refuses(&scene.decide(), "constraint.state_missing");
    }

    #[test]
    fn a_zone_is_asked_for_and_its_failure_is_indeterminate() {
        let mut scene = Scene::direct();
        scene.evidence.zone_offsets.clear();
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        let need = Need::ZoneOffset {
            zone: BERLIN.into(),
            at: scene.moment.at(),
        };
        assert_eq!(decision.needs, std::slice::from_ref(&need));
        // An offset of another moment does not do.
        scene.evidence.zone_offsets.push(berlin(later(1)));
        refuses(&scene.decide(), "evidence.needed");
        scene.evidence.failures.push(Failure {
            need,
            code: "evidence.needed".into(),
        });
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        assert!(decision.needs.is_empty());
    }

    #[test]
    fn the_same_papers_deny_outside_of_the_hours() {
        let mut scene = Scene::direct();
        scene.created = later(36_000);
        scene.expires = later(36_100);
        scene.moment = Moment::Now(later(36_000));
        scene.chain[0].0["validUntil"] = json!(later(40_000).to_string());
        scene.passports[0].0["validUntil"] = json!(later(40_000).to_string());
        scene.evidence.zone_offsets = vec![berlin(later(36_000))];
        scene.policy.max_status_age = 86_400_000;
        for (url, purpose) in [
            (crate::cast::REVOKED, chancery_vc::StatusPurpose::Revocation),
            (crate::cast::SUSPENDED, chancery_vc::StatusPurpose::Suspension),
        ] {
            let text = crate::cast::list(url, purpose, Who::AcmeStatus, later(36_000), &[]);
            scene.evidence.status_lists.insert(url.into(), text);
        }
        refuses(&scene.decide(), "constraint.hours");
    }

    #[test]
    fn a_request_is_never_a_pattern() {
        let mut scene = Scene::direct();
        scene.request.action = Action::parse("refund:*").unwrap();
        refuses(&scene.decide(), "constraint.action");
        let mut scene = Scene::direct();
        scene.request.resource = Resource::parse("https://api.globex.example/orders/*").unwrap();
        refuses(&scene.decide(), "constraint.resource");
    }

    #[test]
    fn authority_is_the_cited_path_and_never_a_union() {
        let mut scene = Scene::direct();
        let entries = scene.chain[0].0["credentialSubject"]["capability"]
            .as_array_mut()
            .unwrap();
        let mut other = entries[0].clone();
        other["action"] = json!(["refund:cancel"]);
        entries.push(other);
        scene.presented = json!({ "capabilityEntry": 1 });
        refuses(&scene.decide(), "constraint.action");
        scene.presented = json!({ "capabilityEntry": 0 });
        assert!(scene.decide().allow);
    }
}
