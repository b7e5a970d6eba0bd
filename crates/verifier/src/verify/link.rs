//! Step 3, link: the chain as such, offline and before anything is resolved.
//!
//! Profile, "Judging" and "Chain and presentation": length (its bytes are the reader's), depth,
//! issuer(n) = subject(n-1), parent digests, entry paths, inclusion of action, resource, audience and window, no
//! repeated subject, a passport for every subject. INVARIANT: every entry of a delegation lies within the one parent entry that it names, so the
//! cited path only ever shrinks; the constraints are left to their conjunction in step 11.

use chancery_did::{Did, try_map};
use chancery_proof::Digest;
use chancery_trust::Policy;
use chancery_vc::capability::{Entry, link_path};
use chancery_vc::{Paper, Presentation};

use crate::rejection::Rejection;
use crate::verify::kinds::Parts;

/// The most delegations of a chain.
const MOST_DELEGATIONS: usize = 4;

/// Where in a presentation everything is.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// How many papers the chain has, from the first on.
    pub(crate) chain: usize,
    /// The cited entry of each paper of the chain.
    pub(crate) path: Vec<usize>,
    /// The place of the passport of each subject of the chain.
    pub(crate) passports: Vec<usize>,
}

impl Layout {
    /// The cited entries of the chain, from the root.
    pub(crate) fn entries<'a>(&self, papers: &[&'a Paper]) -> Vec<&'a Entry> {
        let cited =
            |(paper, at): (&&'a Paper, &usize)| paper.capability().and_then(|all| all.entries().get(*at));
        papers.iter().zip(&self.path).filter_map(cited).collect()
    }
}

/// Judges how the papers of the chain hang together.
pub(crate) fn link(
    presentation: &Presentation,
    papers: &[&Paper],
    parts: Parts,
    policy: &Policy,
) -> Result<Layout, Rejection> {
    let chain = papers.get(..parts.chain).unwrap_or_default();
    lengths(chain, policy)?;
    subjects(chain)?;
    for (index, pair) in chain.windows(2).enumerate() {
        let at = index.saturating_add(1);
        if let (Some(parent), Some(child), Some(secured)) =
            (pair.first(), pair.get(1), presentation.papers.get(index))
        {
            pair_holds(parent, child, secured.digest()).map_err(|rejection| rejection.at(at))?;
        }
    }
    let path = path(chain, presentation.entry)?;
    let passports = passports(chain, papers, parts)?;
    let layout = Layout {
        chain: parts.chain,
        path,
        passports,
    };
    link_path(&layout.entries(papers))
        .map_err(|(hop, widening)| Rejection::new(widening.code(), widening.to_string()).at(hop))?;
    Ok(layout)
}

fn lengths(chain: &[&Paper], policy: &Policy) -> Result<(), Rejection> {
    let delegations = chain.len().saturating_sub(1);
    if delegations > MOST_DELEGATIONS {
        let detail = format!("{delegations} delegations, at most {MOST_DELEGATIONS}");
        return Err(Rejection::new("limit.chain", detail));
    }
    if delegations > usize::from(policy.max_delegation_depth) {
        let detail = format!(
            "{delegations} delegations, the policy takes {}",
            policy.max_delegation_depth
        );
        return Err(Rejection::new("delegation.depth", detail).at(delegations));
    }
    // An entry without action or resource gives nothing, at the root as much as below it.
    let gives = |entry: &Entry| !entry.action.is_empty() && !entry.resource.is_empty();
    let whole = |paper: &Paper| {
        paper
            .capability()
            .is_some_and(|all| !all.entries().is_empty() && all.entries().iter().all(gives))
    };
    match chain.iter().position(|paper| !whole(paper)) {
        Some(index) => Err(Rejection::new("delegation.empty", "the paper gives nothing").at(index)),
        None => Ok(()),
    }
}

fn subjects(chain: &[&Paper]) -> Result<(), Rejection> {
    let mut seen: Vec<&Did> = chain.first().map(|root| &root.issuer).into_iter().collect();
    for (index, paper) in chain.iter().enumerate() {
        if seen.contains(&&paper.subject) {
            let detail = format!("`{}` stands in the chain twice", paper.subject);
            return Err(Rejection::new("delegation.repeated_subject", detail).at(index));
        }
        seen.push(&paper.subject);
    }
    Ok(())
}

/// Judges one delegation against the exact paper before it.
fn pair_holds(parent: &Paper, child: &Paper, digest: &Digest) -> Result<(), Rejection> {
    if child.issuer != parent.subject {
        let detail = format!(
            "issued by `{}`, the parent is held by `{}`",
            child.issuer, parent.subject
        );
        return Err(Rejection::new("delegation.not_linked", detail));
    }
    if child.parent() != Some(digest) {
        return Err(Rejection::new(
            "delegation.parent_digest",
            "the parent's digest is another",
        ));
    }
    let (Some(held), Some(given)) = (parent.capability(), child.capability()) else {
        return Err(Rejection::new("delegation.empty", "the paper gives nothing"));
    };
    for (index, entry) in given.entries().iter().enumerate() {
        let pointer = format!("/credentialSubject/capability/{index}");
        let Some(over) = entry.from.and_then(|from| held.entries().get(from)) else {
            let detail = "the entry names no entry of the parent in `from`";
            return Err(Rejection::new("delegation.entry", detail).pointing(pointer));
        };
        entry_holds(entry, over).map_err(|rejection| rejection.pointing(pointer))?;
    }
    if child.valid_from < parent.valid_from || child.valid_until > parent.valid_until {
        let detail = format!(
            "{} to {} is not within {} to {}",
            child.valid_from, child.valid_until, parent.valid_from, parent.valid_until
        );
        return Err(Rejection::new("delegation.widens_window", detail));
    }
    Ok(())
}

/// Judges one entry against the parent's entry that it names.
fn entry_holds(entry: &Entry, over: &Entry) -> Result<(), Rejection> {
    let Some(right) = &over.delegation else {
        return Err(Rejection::new(
            "delegation.not_delegable",
            "the parent's entry may not be handed on",
        ));
    };
    let next = entry.delegation.as_ref().map_or(0, |next| next.max_depth);
    // Each hop lowers: the parent's right must cover this hop and all that this hop allows below it.
    if next >= right.max_depth {
        let detail = format!("hands on depth {next} of {}", right.max_depth);
        return Err(Rejection::new("delegation.depth", detail));
    }
    entry
        .link(over)
        .map_err(|widening| Rejection::new(widening.code(), widening.to_string()))
}

/// Follows the cited entry up to the root.
fn path(chain: &[&Paper], leaf: usize) -> Result<Vec<usize>, Rejection> {
    let mut cited = leaf;
    let mut path = Vec::with_capacity(chain.len());
    for (index, paper) in chain.iter().enumerate().rev() {
        let missing = || Rejection::new("delegation.entry", format!("there is no entry {cited}")).at(index);
        let entry = paper
            .capability()
            .and_then(|all| all.entries().get(cited))
            .ok_or_else(missing)?;
        path.push(cited);
        match (index, entry.from) {
            (0, None) => {}
            (0, Some(_)) => {
                let detail = "an entry of the root names a parent entry";
                return Err(Rejection::new("delegation.entry", detail).at(0));
            }
            (_, Some(from)) => cited = from,
            (_, None) => return Err(missing()),
        }
    }
    path.reverse();
    Ok(path)
}

/// Finds the one passport of each subject; a passport of anybody else has no place here.
fn passports(chain: &[&Paper], papers: &[&Paper], parts: Parts) -> Result<Vec<usize>, Rejection> {
    let given = || papers.iter().enumerate().take(parts.passports).skip(parts.chain);
    for (index, passport) in given() {
        let subject = &passport.subject;
        let known = chain.iter().any(|paper| paper.subject == *subject);
        let twice = given()
            .take_while(|(at, _)| *at < index)
            .any(|(_, other)| other.subject == *subject);
        if !known || twice {
            let detail = format!("a passport too many, of `{subject}`");
            return Err(Rejection::new("type.presentation", detail).at(index));
        }
    }
    let of = |(index, paper): (usize, &&Paper)| {
        let found = given().find(|(_, passport)| passport.subject == paper.subject);
        found.map(|(at, _)| at).ok_or_else(|| {
            let detail = format!("`{}` has no passport here", paper.subject);
            Rejection::new("delegation.passport_missing", detail).at(index)
        })
    };
    try_map(chain.iter().enumerate(), of)
}

#[cfg(test)]
mod tests {
    use chancery_did::Did;
    use serde_json::{Value, json};

    use crate::cast::{Scene, Who, delegation, later, passport, refuses};
    use crate::decision::{HopRef, Step};

    /// The delegated scene with its delegation's first entry bent.
    fn bent(bend: impl Fn(&mut Value)) -> Scene {
        let mut scene = Scene::delegated();
        bend(&mut scene.chain[1].0["credentialSubject"]["capability"][0]);
        scene
    }

    /// A chain of so many delegations through fresh instances, each allowing enough below it.
    fn long(delegations: u8, depth: u8) -> Scene {
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["capability"][0]["delegation"]["maxDepth"] = json!(depth);
        let cast = [
            Who::First,
            Who::Second,
            Who::Third,
            Who::Mallory,
            Who::Hosted,
            Who::Initech,
        ];
        for (index, pair) in cast.windows(2).take(usize::from(delegations)).enumerate() {
            let number = u8::try_from(index).unwrap();
            let left = depth.saturating_sub(number).saturating_sub(1);
            scene.chain.push(delegation(
                number.saturating_add(40),
                pair[0],
                pair[1],
                "40.00",
                (left > 0).then_some(left),
            ));
            scene
                .passports
                .push(passport(number.saturating_add(60), Who::Acme, pair[1], 110));
            scene.holder = pair[1];
            scene.presenter = pair[1];
        }
        scene
    }

    #[test]
    fn three_hops_within_their_depth_are_allowed() {
        let decision = long(2, 2).decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
    }

    #[test]
    fn a_refusal_names_the_hop_and_the_entry() {
        let decision = bent(|entry| entry["action"] = json!(["refund:create", "refund:cancel"])).decide();
        refuses(&decision, "delegation.widens_action");
        let check = decision.check(Step::Link).unwrap();
        assert_eq!(check.hop, Some(HopRef::Paper(1)));
        assert_eq!(check.pointer.as_deref(), Some("/credentialSubject/capability/0"));
    }

    #[test]
    fn a_child_may_not_add_an_action_a_resource_or_an_audience() {
        let resource = |text: &str| {
            let text = text.to_owned();
            bent(move |entry| entry["resource"] = json!([text])).decide()
        };
        refuses(
            &bent(|entry| entry["action"] = json!(["refund:*"])).decide(),
            "delegation.widens_action",
        );
        refuses(
            &resource("https://api.globex.example/*"),
            "delegation.widens_resource",
        );
        refuses(
            &resource("https://api.globex.example/customers/1"),
            "delegation.widens_resource",
        );
        refuses(
            &resource("https://api.globex.example/orders2/*"),
            "delegation.widens_resource",
        );
        let mut scene = bent(|entry| {
            entry["constraint"]
                .as_array_mut()
                .unwrap()
                .push(json!({"type": "Audience", "services": ["https://evil.example"]}));
        });
        scene.chain[0].0["credentialSubject"]["capability"][0]["constraint"]
            .as_array_mut()
            .unwrap()
            .push(json!({"type": "Audience", "services": ["https://api.globex.example"]}));
        refuses(&scene.decide(), "delegation.widens_audience");
    }

    #[test]
    fn an_entry_that_widens_is_refused_though_another_is_cited() {
        let mut scene = Scene::delegated();
        let entries = scene.chain[1].0["credentialSubject"]["capability"]
            .as_array_mut()
            .unwrap();
        let mut wide = entries[0].clone();
        wide["action"] = json!(["customer:read"]);
        entries.push(wide);
        refuses(&scene.decide(), "delegation.widens_action");
    }

    #[test]
    fn child_may_not_extend_its_parents_window() {
        for (name, at) in [("validUntil", later(10_801)), ("validFrom", later(-3_601))] {
            let mut scene = Scene::delegated();
            scene.chain[1].0[name] = json!(at.to_string());
            refuses(&scene.decide(), "delegation.widens_window");
        }
    }

    #[test]
    fn a_delegation_is_issued_by_the_subject_of_its_parent() {
        let mut scene = Scene::delegated();
        scene.chain[1] = delegation(12, Who::Mallory, Who::Second, "40.00", None);
        refuses(&scene.decide(), "delegation.not_linked");
    }

    #[test]
    fn a_delegation_names_the_exact_parent() {
        let mut scene = Scene::delegated();
        scene.bind_parents = false;
        scene.chain[1].0["credentialSubject"]["parent"] =
            json!(chancery_proof::Digest::of_bytes(b"other").as_str());
        refuses(&scene.decide(), "delegation.parent_digest");
    }

    #[test]
    fn an_entry_names_one_entry_of_its_parent() {
        refuses(
            &bent(|entry| entry["from"] = json!(1)).decide(),
            "delegation.entry",
        );
        refuses(
            &bent(|entry| {
                entry.as_object_mut().unwrap().remove("from");
            })
            .decide(),
            "delegation.entry",
        );
        let mut scene = Scene::delegated();
        scene.presented["capabilityEntry"] = json!(1);
        refuses(&scene.decide(), "delegation.entry");
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["capability"][0]["from"] = json!(0);
        refuses(&scene.decide(), "delegation.entry");
    }

    #[test]
    fn what_may_not_be_delegated_is_not() {
        let mut scene = Scene::delegated();
        scene.chain[0].0["credentialSubject"]["capability"][0]
            .as_object_mut()
            .unwrap()
            .remove("delegation");
        refuses(&scene.decide(), "delegation.not_delegable");
    }

    #[test]
    fn each_hop_lowers_the_depth() {
        refuses(
            &bent(|entry| entry["delegation"] = json!({"maxDepth": 1})).decide(),
            "delegation.depth",
        );
        let mut scene = Scene::delegated();
        scene.chain[0].0["credentialSubject"]["capability"][0]["delegation"]["maxDepth"] = json!(0);
        refuses(&scene.decide(), "delegation.depth");
        let mut scene = long(2, 2);
        scene.policy.max_delegation_depth = 1;
        refuses(&scene.decide(), "delegation.depth");
    }

    #[test]
    fn a_chain_has_at_most_four_delegations() {
        refuses(&long(5, 9).decide(), "limit.chain");
    }

    #[test]
    fn no_subject_stands_in_a_chain_twice() {
        let mut scene = long(2, 2);
        scene.chain[2] = delegation(41, Who::Second, Who::First, "40.00", None);
        refuses(&scene.decide(), "delegation.repeated_subject");
        let mut scene = Scene::delegated();
        scene.chain[1].0["credentialSubject"]["id"] = json!(Who::Acme.did().as_str());
        refuses(&scene.decide(), "delegation.repeated_subject");
    }

    #[test]
    fn every_subject_needs_its_passport() {
        for gone in [0, 1] {
            let mut scene = Scene::delegated();
            scene.passports.remove(gone);
            let decision = scene.decide();
            refuses(&decision, "delegation.passport_missing");
            assert_eq!(decision.check(Step::Link).unwrap().hop, Some(HopRef::Paper(gone)));
        }
    }

    #[test]
    fn a_paper_that_gives_nothing_is_refused() {
        for (paper, empty) in [(0, json!([])), (0, json!(null)), (1, json!([]))] {
            let mut scene = Scene::delegated();
            scene.chain[paper].0["credentialSubject"]["capability"] = empty;
            refuses(&scene.decide(), "delegation.empty");
        }
    }

    #[test]
    fn an_entry_without_an_action_or_a_resource_is_refused() {
        for (paper, name) in [(0, "action"), (0, "resource"), (1, "action"), (1, "resource")] {
            let mut scene = Scene::delegated();
            scene.chain[paper].0["credentialSubject"]["capability"][0][name] = json!([]);
            let decision = scene.decide();
            refuses(&decision, "delegation.empty");
            assert_eq!(
                decision.check(Step::Link).unwrap().hop,
                Some(HopRef::Paper(paper))
            );
        }
        let mut scene = Scene::direct();
        scene.chain[0].0["credentialSubject"]["capability"][0]["resource"] = json!([]);
        refuses(&scene.decide(), "delegation.empty");
    }

    #[test]
    fn a_refused_link_asks_for_nothing() {
        let mut scene = bent(|entry| entry["from"] = json!(7));
        scene.evidence = crate::Evidence::default();
        let decision = scene.decide();
        refuses(&decision, "delegation.entry");
        assert!(decision.needs.is_empty() && decision.signatures == 0);
        assert_eq!(decision.agent, None::<Did>);
    }
}
