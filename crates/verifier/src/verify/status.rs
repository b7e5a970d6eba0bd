//! Step 9, status: every entry of every paper whose signature held, fresh enough.
//!
//! Profile, "Status". A delegation's entry stands on a list of the root authority, every other paper's on
//! one of its issuer's. INVARIANT: what is unknown, stale or unsigned is never taken for good, and a set bit
//! is told before anything is asked for.

mod kind;
mod lists;
mod place;

use chancery_trust::Policy;
use chancery_vc::{Paper, PaperType, StatusPurpose};

use crate::rejection::Rejection;
use crate::verify::trust::Trusted;
use crate::verify::{Book, Frame, Halt, Papers};

pub(crate) use kind::Entry;
pub(crate) use lists::{ListUse, Lists};

/// Judges every entry of every paper.
pub(crate) fn status(
    papers: &Papers,
    anchors: &Trusted<'_>,
    frame: &Frame<'_>,
    book: &mut Book,
) -> Result<(), Halt> {
    let values = papers.values();
    let Some(root) = values.first() else {
        return Err(Rejection::new("delegation.empty", "there is no paper").into());
    };
    let mut uses = Vec::new();
    for (index, paper) in values.iter().enumerate() {
        required(paper).map_err(|rejection| rejection.at(index))?;
        let delegated = paper.kind == PaperType::Delegation;
        let (authority, anchored) = if delegated {
            (&root.issuer, anchors.of(0))
        } else {
            (&paper.issuer, anchors.of(index))
        };
        let bitstring = paper.status.iter().map(Entry::from);
        let token = paper.token_status.iter().map(|entry| Entry::Token {
            entry,
            alone: must_end(paper) && !has(paper, StatusPurpose::Suspension),
        });
        for entry in bitstring.chain(token) {
            let (list, _) = entry.list();
            if delegated && !own_lists(root).any(|own| beside(own, list)) {
                let detail = format!("`{list}` is not where the root authority keeps its lists");
                return Err(Rejection::new("status.issuer", detail).at(index).into());
            }
            uses.push(ListUse {
                paper: index,
                entry,
                authority,
                anchored,
            });
        }
    }
    let Policy {
        max_status_age, skew, ..
    } = frame.policy;
    let floor = |url: &str| frame.floor(url);
    let lists = Lists {
        evidence: frame.evidence,
        stapled: Some(&papers.presentation.value().stapled),
        ring: &papers.ring,
        most_age: *max_status_age,
        skew: *skew,
        at: frame.at(),
        floor: &floor,
        suites: frame.suites,
    };
    lists.judge(&uses, book)
}

/// Passports and capability credentials can always be revoked and suspended; an entry of a Token Status List tells
/// both.
fn required(paper: &Paper) -> Result<(), Rejection> {
    if !must_end(paper) || paper.token_status.is_some() {
        return Ok(());
    }
    for purpose in [StatusPurpose::Revocation, StatusPurpose::Suspension] {
        if !has(paper, purpose) {
            let detail = format!("`{}` has no {} entry", paper.kind.as_str(), purpose.as_str());
            return Err(Rejection::new("status.missing", detail).pointing("/credentialStatus"));
        }
    }
    Ok(())
}

fn must_end(paper: &Paper) -> bool {
    matches!(paper.kind, PaperType::Passport | PaperType::Capability)
}

fn has(paper: &Paper, purpose: StatusPurpose) -> bool {
    paper.status.iter().any(|entry| entry.purpose == purpose)
}

/// The addresses of the lists that a paper names.
fn own_lists(paper: &Paper) -> impl Iterator<Item = &str> {
    let token = paper.token_status.iter().map(|entry| entry.uri.as_str());
    paper.status.iter().map(|entry| entry.list.as_str()).chain(token)
}

/// Whether an agent's delegation may name `list` where its root authority uses `own`: the same list, or one
/// under a plain name in the same folder. So no agent chooses what else is fetched from the authority's host.
fn beside(own: &str, list: &str) -> bool {
    if own == list {
        return true;
    }
    let (Some((folder, _)), Some((same, name))) = (folder(own), folder(list)) else {
        return false;
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    folder == same && !name.trim_matches('.').is_empty() && name.bytes().all(plain)
}

/// An https URL cut behind the last `/` of its path.
fn folder(url: &str) -> Option<(&str, &str)> {
    let path_end = url.find(['?', '#']).unwrap_or(url.len());
    let cut = url.get(..path_end)?.rfind('/')?.checked_add(1)?;
    let (folder, name) = url.split_at_checked(cut)?;
    let host_and_path = folder.strip_prefix("https://")?;
    (!host_and_path.is_empty() && !host_and_path.starts_with('/')).then_some((folder, name))
}

#[cfg(test)]
mod wide;

#[cfg(test)]
mod tests {
    use chancery_did::Relationship;
    use serde_json::json;

    use super::*;
    use crate::Need;
    use crate::cast::{REVOKED, SUSPENDED, Scene, Who, anchor, entries, later, list, passport, refuses};
    use crate::decision::{CheckStatus, HopRef, Step, Verdict};
    use crate::evidence::Failure;

    fn set(scene: &mut Scene, url: &str, index: u64) {
        let purpose = if url == REVOKED {
            StatusPurpose::Revocation
        } else {
            StatusPurpose::Suspension
        };
        let text = list(url, purpose, Who::AcmeStatus, later(-30), &[index]);
        scene.evidence.status_lists.insert(url.into(), text);
    }

    #[test]
    fn any_paper_that_is_revoked_or_suspended_refuses_everything_below_it() {
        for (index, hop) in [(100, 0), (101, 2), (102, 3)] {
            for (url, code) in [(REVOKED, "status.revoked"), (SUSPENDED, "status.suspended")] {
                let mut scene = Scene::delegated();
                set(&mut scene, url, index);
                let decision = scene.decide();
                refuses(&decision, code);
                assert_eq!(
                    decision.check(Step::Status).unwrap().hop,
                    Some(HopRef::Paper(hop))
                );
                assert_eq!(
                    decision.status_floors.len(),
                    2,
                    "proven lists are remembered all the same"
                );
            }
        }
    }

    #[test]
    fn a_neighbours_bit_is_nobody_elses() {
        for index in [0, 99, 103, 131_071] {
            let mut scene = Scene::delegated();
            set(&mut scene, REVOKED, index);
            assert!(scene.decide().allow);
        }
    }

    #[test]
    fn a_revocation_is_told_before_a_suspension() {
        let mut scene = Scene::delegated();
        set(&mut scene, SUSPENDED, 100);
        set(&mut scene, REVOKED, 102);
        refuses(&scene.decide(), "status.revoked");
    }

    #[test]
    fn a_revocation_is_told_though_another_list_is_missing() {
        let mut scene = Scene::delegated();
        set(&mut scene, REVOKED, 100);
        scene.evidence.status_lists.remove(SUSPENDED);
        refuses(&scene.decide(), "status.revoked");
    }

    #[test]
    fn a_registered_delegation_is_revoked_on_the_roots_list() {
        let mut scene = Scene::delegated();
        scene.chain[1].0["credentialStatus"] = entries(104);
        assert!(scene.decide().allow);
        set(&mut scene, REVOKED, 104);
        let decision = scene.decide();
        refuses(&decision, "status.revoked");
        assert_eq!(decision.check(Step::Status).unwrap().hop, Some(HopRef::Paper(1)));
    }

    #[test]
    fn a_delegation_may_not_bring_a_list_of_its_own() {
        let mut scene = Scene::delegated();
        for list in [
            "https://acme.example.evil.example/status-lists/r",
            "https://evil.example/status-lists/r",
            "https://acme.example/admin/delete?all=1",
            "https://acme.example/status-lists/r?bust=1",
            "https://acme.example/status-lists/../admin",
            "https://acme.example:8443/status-lists/r",
        ] {
            let mut own = entries(104);
            own[0]["statusListCredential"] = json!(list);
            scene.chain[1].0["credentialStatus"] = own;
            let decision = scene.decide();
            refuses(&decision, "status.issuer");
            assert!(decision.needs.is_empty(), "{list}");
        }
    }

    #[test]
    fn a_paper_that_must_have_both_entries_has_them() {
        for gone in [0, 1] {
            for paper in [0, 1] {
                let mut scene = Scene::direct();
                let document = if paper == 0 {
                    &mut scene.chain[0].0
                } else {
                    &mut scene.passports[0].0
                };
                document["credentialStatus"].as_array_mut().unwrap().remove(gone);
                refuses(&scene.decide(), "status.missing");
            }
        }
        let mut scene = Scene::direct();
        scene.chain[0]
            .0
            .as_object_mut()
            .unwrap()
            .remove("credentialStatus");
        refuses(&scene.decide(), "status.missing");
    }

    #[test]
    fn an_old_list_is_asked_for_again_and_then_stale() {
        let mut scene = Scene::delegated();
        scene.policy.max_status_age = 1_000;
        let decision = scene.decide();
        refuses(&decision, "status.stale");
        assert_eq!(decision.check(Step::Status).unwrap().status, CheckStatus::Stale);
        let lists = [
            Need::StatusList(REVOKED.into()),
            Need::StatusList(SUSPENDED.into()),
        ];
        assert_eq!(decision.needs, lists);
        for need in lists {
            scene.evidence.failures.push(Failure {
                need,
                code: "fetch.timeout".into(),
            });
        }
        let decision = scene.decide();
        refuses(&decision, "status.stale");
        assert!(decision.needs.is_empty());
    }

    #[test]
    fn age_is_counted_from_the_signed_time() {
        let mut scene = Scene::delegated();
        scene.policy.max_status_age = 30_000;
        assert!(scene.decide().allow);
        scene.policy.max_status_age = 29_999;
        refuses(&scene.decide(), "status.stale");
    }

    #[test]
    fn a_list_that_has_ended_is_stale_however_young_it_may_be() {
        let mut scene = Scene::delegated();
        scene.policy.max_status_age = 86_400_000;
        for (url, purpose) in [
            (REVOKED, StatusPurpose::Revocation),
            (SUSPENDED, StatusPurpose::Suspension),
        ] {
            let text = list(url, purpose, Who::AcmeStatus, later(-601), &[]);
            scene.evidence.status_lists.insert(url.into(), text);
        }
        refuses(&scene.decide(), "status.stale");
    }

    #[test]
    fn a_list_of_the_future_tells_nothing() {
        let mut scene = Scene::delegated();
        let text = list(
            REVOKED,
            StatusPurpose::Revocation,
            Who::AcmeStatus,
            later(61),
            &[],
        );
        scene.evidence.status_lists.insert(REVOKED.into(), text);
        refuses(&scene.decide(), "status.unknown");
    }

    #[test]
    fn an_older_list_than_one_seen_is_a_rollback() {
        let mut scene = Scene::delegated();
        scene.evidence.status_floors.insert(REVOKED.into(), later(-30));
        assert!(scene.decide().allow);
        scene.evidence.status_floors.insert(REVOKED.into(), later(-29));
        refuses(&scene.decide(), "status.rollback");
    }

    #[test]
    fn a_list_that_cannot_be_had_is_indeterminate() {
        let mut scene = Scene::delegated();
        scene.evidence.status_lists.remove(REVOKED);
        let need = Need::StatusList(REVOKED.into());
        assert_eq!(scene.decide().needs, std::slice::from_ref(&need));
        scene.evidence.failures.push(Failure {
            need,
            code: "fetch.status".into(),
        });
        let decision = scene.decide();
        refuses(&decision, "fetch.status");
        assert_eq!(decision.verdict, Verdict::Indeterminate);
    }

    #[test]
    fn a_list_of_a_stranger_or_changed_or_of_another_kind_is_unknown() {
        let good = list(
            REVOKED,
            StatusPurpose::Revocation,
            Who::AcmeStatus,
            later(-30),
            &[],
        );
        let bad = [
            list(REVOKED, StatusPurpose::Revocation, Who::Mallory, later(-30), &[]),
            list(
                REVOKED,
                StatusPurpose::Suspension,
                Who::AcmeStatus,
                later(-30),
                &[],
            ),
            list(
                SUSPENDED,
                StatusPurpose::Revocation,
                Who::AcmeStatus,
                later(-30),
                &[],
            ),
            good.replace("600000", "600001")
                .replacen("2026-11-18T08:59:30Z", "2026-11-18T08:59:31Z", 1),
            good.replacen("\"proof\"", "\"prof\"", 1),
            crate::cast::sealed(
                Scene::direct().chain[0].0.clone(),
                Who::Acme,
                Relationship::AssertionMethod,
            ),
            "{}".to_owned(),
            String::new(),
        ];
        for text in bad {
            assert_ne!(text, good);
            let mut scene = Scene::delegated();
            scene.evidence.status_lists.insert(REVOKED.into(), text);
            let decision = scene.decide();
            refuses(&decision, "status.unknown");
        }
    }

    #[test]
    fn only_a_proven_list_of_this_address_raises_the_floor() {
        for text in [
            list(REVOKED, StatusPurpose::Revocation, Who::Mallory, later(-10), &[]),
            list(
                SUSPENDED,
                StatusPurpose::Revocation,
                Who::AcmeStatus,
                later(-10),
                &[],
            ),
            list(
                REVOKED,
                StatusPurpose::Revocation,
                Who::AcmeStatus,
                later(100),
                &[],
            ),
        ] {
            let mut scene = Scene::delegated();
            scene.evidence.status_lists.insert(REVOKED.into(), text);
            let floors = scene.decide().status_floors;
            assert_eq!(floors.keys().collect::<Vec<_>>(), [SUSPENDED]);
        }
    }

    #[test]
    fn the_authority_itself_may_sign_its_list() {
        let mut scene = Scene::delegated();
        let text = list(REVOKED, StatusPurpose::Revocation, Who::Acme, later(-30), &[]);
        scene.evidence.status_lists.insert(REVOKED.into(), text);
        assert!(scene.decide().allow);
    }

    #[test]
    fn a_suspended_middle_hop_of_another_organization_is_felt() {
        const OTHER: &str = "https://initech.example/status-lists/";
        let mut scene = Scene::delegated();
        let mut passport = passport(22, Who::Initech, Who::Second, 7);
        for (entry, name) in passport.0["credentialStatus"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(["r", "s"])
        {
            entry["statusListCredential"] = json!(format!("{OTHER}{name}"));
        }
        scene.passports[1] = passport;
        scene.policy.anchors.push(anchor(Who::Initech));
        scene
            .evidence
            .documents
            .insert(Who::Initech.did(), Who::Initech.document().to_string());
        for (name, purpose) in [("r", StatusPurpose::Revocation), ("s", StatusPurpose::Suspension)] {
            let url = format!("{OTHER}{name}");
            let text = list(&url, purpose, Who::Initech, later(-30), &[]);
            scene.evidence.status_lists.insert(url, text);
        }
        let decision = scene.decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
        // The owner that Initech names is Initech's to answer for, not Acme's.
        assert_eq!(decision.principal.unwrap().authority, Who::Initech.did());
        let url = format!("{OTHER}s");
        let text = list(&url, StatusPurpose::Suspension, Who::Initech, later(-30), &[7]);
        scene.evidence.status_lists.insert(url.clone(), text);
        let decision = scene.decide();
        refuses(&decision, "status.suspended");
        assert_eq!(decision.check(Step::Status).unwrap().hop, Some(HopRef::Paper(3)));
        // Acme's status key does not speak for Initech.
        let text = list(&url, StatusPurpose::Suspension, Who::AcmeStatus, later(-30), &[]);
        scene.evidence.status_lists.insert(url, text);
        refuses(&scene.decide(), "status.unknown");
    }

    #[test]
    fn a_list_of_one_purpose_tells_nothing_about_the_other() {
        let mut scene = Scene::direct();
        let mut crossed = entries(100);
        crossed[0]["statusListCredential"] = json!(SUSPENDED);
        scene.chain[0].0["credentialStatus"] = crossed;
        refuses(&scene.decide(), "status.unknown");
    }

    #[test]
    fn nobody_judges_its_own_status() {
        // The holder, the delegator, and another anchored authority sign a clean list.
        for who in [Who::First, Who::Second, Who::Initech] {
            let mut scene = Scene::delegated();
            scene.policy.anchors.push(anchor(Who::Initech));
            let document = Who::Initech.document().to_string();
            scene.evidence.documents.insert(Who::Initech.did(), document);
            let text = list(REVOKED, StatusPurpose::Revocation, who, later(-30), &[]);
            scene.evidence.status_lists.insert(REVOKED.into(), text);
            refuses(&scene.decide(), "status.unknown");
        }
    }

    #[test]
    fn a_list_that_names_no_end_lives_by_its_age_alone() {
        let endless = |at| {
            let text = list(REVOKED, StatusPurpose::Revocation, Who::AcmeStatus, at, &[]);
            let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
            let members = document.as_object_mut().unwrap();
            members.remove("proof");
            members.remove("validUntil");
            crate::cast::sealed(document, Who::AcmeStatus, Relationship::AssertionMethod)
        };
        let mut scene = Scene::delegated();
        scene
            .evidence
            .status_lists
            .insert(REVOKED.into(), endless(later(-299)));
        assert!(scene.decide().allow);
        scene
            .evidence
            .status_lists
            .insert(REVOKED.into(), endless(later(-301)));
        refuses(&scene.decide(), "status.stale");
    }

    #[test]
    fn the_skew_lengthens_no_lists_life() {
        let mut scene = Scene::delegated();
        let stale = list(
            REVOKED,
            StatusPurpose::Revocation,
            Who::AcmeStatus,
            later(-301),
            &[],
        );
        scene.evidence.status_lists.insert(REVOKED.into(), stale);
        refuses(&scene.decide(), "status.stale");
        // A clock ahead by the skew is taken, and counts as new, no newer.
        let ahead = list(
            REVOKED,
            StatusPurpose::Revocation,
            Who::AcmeStatus,
            later(60),
            &[],
        );
        scene.evidence.status_lists.insert(REVOKED.into(), ahead);
        assert!(scene.decide().allow);
    }

    #[test]
    fn an_index_beyond_the_end_is_unknown() {
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialStatus"] = entries(131_072);
        refuses(&scene.decide(), "status.unknown");
    }

    #[test]
    fn a_delegations_list_lies_beside_one_of_the_roots() {
        let own = "https://a.example/status-lists/r1";
        for list in [
            own,
            "https://a.example/status-lists/r2",
            "https://a.example/status-lists/a.b-c_d~e",
        ] {
            assert!(beside(own, list), "{list}");
        }
        for list in [
            "https://a.example/status-lists/",
            "https://a.example/status-lists/..",
            "https://a.example/status-lists/.",
            "https://a.example/status-lists/%2e%2e",
            "https://a.example/status-lists/../logout",
            "https://a.example/status-lists/r1/",
            "https://a.example/status-lists/r1?x=1",
            "https://a.example/status-lists/r1?x=/",
            "https://a.example/status-lists/r1#x",
            "https://a.example/status-lists/r1;x",
            "https://a.example/other/r1",
            "https://a.example/r1",
            "https://a.example:8443/status-lists/r1",
            "https://a.example.b/status-lists/r1",
            "http://a.example/status-lists/r1",
            "https:///status-lists/r1",
            "https://a.example",
            "",
        ] {
            assert!(!beside(own, list), "{list}");
        }
        // The root's own spelling does, whatever it is.
        assert!(beside("https://a.example/l?id=1", "https://a.example/l?id=1"));
        assert!(!beside("https://a.example/l?id=1", "https://a.example/l?id=2"));
        assert!(!beside("https://a.example", "https://b.example"));
    }
}
