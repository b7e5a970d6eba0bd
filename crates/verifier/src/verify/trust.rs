//! Step 4, trust: who may issue what about whom, under the verifier's policy.
//!
//! Profile, "Judging" and "Trust policy of a verifier". The root paper's issuer and each passport's,
//! attestation's and approval's must be anchored; a delegation's issuer stands on the link alone.
//! INVARIANT: nothing is asked of anybody but a registry that the policy names, and only about an issuer
//! that the policy's anchors already take.

use std::collections::BTreeMap;

use chancery_did::{Did, Timestamp};
use chancery_proof::{Digest, Limits, Secured};
use chancery_trust::recognition::{Standing, recognize};
use chancery_trust::trqp::{STATEMENT_TYP, Statement};
use chancery_trust::{Anchor, TrustError};
use chancery_vc::{Paper, PaperType};
use serde_json::Value;

use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::{Asked, Frame, Halt, Layout};

/// The most statements that are looked at for one issuer.
const MOST_STATEMENTS: usize = 16;

/// The anchors under which the papers stand.
#[derive(Debug)]
pub(crate) struct Trusted<'p> {
    anchors: BTreeMap<usize, Anchored<'p>>,
    /// The instant at which the first registry's word ends.
    pub(crate) good_until: Option<Timestamp>,
    /// How many signatures of registries were verified.
    pub(crate) signatures: usize,
    /// The registries' statements that were relied on, by the registry's name.
    pub(crate) statements: Vec<(String, Digest)>,
}

/// One anchored paper.
#[derive(Debug, Clone)]
pub(crate) struct Anchored<'p> {
    /// The anchor that takes it.
    pub(crate) anchor: &'p Anchor,
    /// Thumbprints of the issuer's keys that a registry announced.
    pub(crate) announced: Vec<String>,
}

impl<'p> Trusted<'p> {
    /// Takes down what a registry said.
    fn hear(&mut self, word: &Word) {
        self.good_until = match (self.good_until, word.good_until) {
            (Some(known), Some(end)) => Some(known.min(end)),
            (known, end) => known.or(end),
        };
        self.signatures = self.signatures.saturating_add(word.signatures);
        self.statements.extend(word.statements.iter().cloned());
    }

    /// The anchor of the paper at this place; none for a delegation.
    pub(crate) fn of(&self, paper: usize) -> Option<&Anchored<'p>> {
        self.anchors.get(&paper)
    }
}

/// Judges every issuer but the delegations'.
///
/// Without a request (at the admission of a session) no registry can be asked the concrete question, so an
/// issuer that is known through a registry alone is refused then.
pub(crate) fn trust<'p>(
    papers: &[&Paper],
    layout: &Layout,
    frame: &Frame<'p>,
    asked: Option<&Asked<'_>>,
) -> Result<Trusted<'p>, Halt> {
    let subjects = layout
        .passports
        .iter()
        .filter_map(|at| papers.get(*at))
        .map(|passport| &passport.subject);
    let mut trusted = Trusted {
        anchors: BTreeMap::new(),
        good_until: None,
        signatures: 0,
        statements: Vec::new(),
    };
    let mut needs: Vec<Need> = Vec::new();
    // One registry is asked about one issuer once, however many papers it issued.
    let mut words: BTreeMap<(&Did, Option<&str>), Word> = BTreeMap::new();
    for (index, paper) in papers.iter().enumerate() {
        if paper.kind == PaperType::Delegation {
            continue;
        }
        let refused = |error: TrustError| Rejection::new(error.code(), error.to_string()).at(index);
        frame
            .policy
            .may_be_root(&paper.issuer, subjects.clone())
            .map_err(refused)?;
        let anchor = frame
            .policy
            .may_issue(&paper.issuer, paper.kind, &paper.subject)
            .map_err(refused)?;
        organization(paper).map_err(|rejection| rejection.at(index))?;
        let announced = match asked {
            Some(asked) => {
                let about = (&paper.issuer, anchor.recognized_by.as_deref());
                let known = match words.get(&about) {
                    Some(known) => known,
                    None => {
                        let word = word(anchor, &paper.issuer, frame, asked)
                            .map_err(|rejection| rejection.at(index))?;
                        trusted.hear(&word);
                        needs.extend(word.need.clone());
                        words.entry(about).or_insert(word)
                    }
                };
                known.announced.clone()
            }
            None if anchor.issuer.is_none() => {
                let detail = format!(
                    "`{}` is known through a registry alone: judge each call",
                    paper.issuer
                );
                return Err(Rejection::new("trust.not_recognized", detail).at(index).into());
            }
            None => Vec::new(),
        };
        trusted.anchors.insert(index, Anchored { anchor, announced });
    }
    if needs.is_empty() {
        Ok(trusted)
    } else {
        Err(Halt::wanting(needs))
    }
}

/// INVARIANT: one organization never speaks for another, not even in the words of a passport.
fn organization(paper: &Paper) -> Result<(), Rejection> {
    match paper.passport() {
        Some(passport) if passport.organization != paper.issuer => {
            let detail = format!("`{}` speaks for `{}`", paper.issuer, passport.organization);
            Err(Rejection::new("trust.subject_outside_namespace", detail))
        }
        _ => Ok(()),
    }
}

/// What a registry said about an issuer, or what to ask it.
#[derive(Debug, Default)]
struct Word {
    announced: Vec<String>,
    good_until: Option<Timestamp>,
    signatures: usize,
    statements: Vec<(String, Digest)>,
    need: Option<Need>,
}

fn word(anchor: &Anchor, issuer: &Did, frame: &Frame<'_>, asked: &Asked<'_>) -> Result<Word, Rejection> {
    let limits = Limits::default();
    let (action, resource) = (asked.action.to_string(), asked.resource.to_string());
    let statements = about(&frame.evidence.trust_statements, issuer, &limits);
    let question = (action.as_str(), resource.as_str());
    match recognize(
        frame.policy,
        anchor,
        issuer,
        question,
        &statements,
        frame.at(),
        &limits,
    ) {
        Ok(Standing::NotAsked) => Ok(Word::default()),
        Ok(Standing::Recognized { registry, statement }) => {
            let same = |token: &&String| says(token, &statement, &limits);
            let name = || registry.name.clone();
            Ok(Word {
                good_until: Some(statement.good_until(registry)),
                signatures: statements.len(),
                statements: statements
                    .iter()
                    .filter(same)
                    .map(|token| (name(), Digest::of_bytes(token.as_bytes())))
                    .collect(),
                announced: statement.keys,
                need: None,
            })
        }
        Ok(Standing::Ask {
            registry,
            question,
            because,
        }) => {
            let need = Need::TrustStatement {
                registry: registry.name.clone(),
                endpoint: registry.endpoint.clone(),
                question,
            };
            match (frame.evidence.failure(&need), because) {
                (Some(_), Some(error)) => Err(Rejection::new(error.code(), error.to_string())),
                (Some(code), None) => Err(Rejection::new(code, format!("registry `{}`", registry.name))),
                (None, Some(error)) if error.code() == "trust.statement_invalid" => {
                    Err(Rejection::new(error.code(), error.to_string()))
                }
                (None, _) => Ok(Word {
                    need: Some(need),
                    ..Word::default()
                }),
            }
        }
        Err(error) => Err(Rejection::new(error.code(), error.to_string())),
    }
}

/// Whether a token is the text of a statement that was relied on.
fn says(token: &str, statement: &Statement, limits: &Limits) -> bool {
    let Ok(read) = Secured::<Value>::jose(token, &[STATEMENT_TYP], limits) else {
        return false;
    };
    let text = |name: &str| read.unverified().get(name).and_then(Value::as_str);
    text("action") == Some(&statement.question.action)
        && text("resource") == Some(&statement.question.resource)
        && text("time_evaluated") == Some(&statement.time_evaluated.to_string())
}

/// Picks the statements that say they are about `issuer`, before any signature is looked at.
fn about(statements: &[String], issuer: &Did, limits: &Limits) -> Vec<String> {
    let names = |token: &&String| {
        Secured::<Value>::jose(token, &[STATEMENT_TYP], limits).is_ok_and(|read| {
            read.unverified().get("entity_id").and_then(Value::as_str) == Some(issuer.as_str())
        })
    };
    // The newest are brought last.
    statements
        .iter()
        .rev()
        .filter(names)
        .take(MOST_STATEMENTS)
        .cloned()
        .collect()
}

#[cfg(test)]
mod tests {
    use chancery_did::{Did, Timestamp};
    use chancery_trust::trqp::{Query, Question, Statement};
    use chancery_trust::{Anchor, RegistryAnchor};
    use chancery_vc::PaperType;
    use serde_json::json;

    use crate::Need;
    use crate::cast::{Scene, Who, anchor, later, passport, refuses};
    use crate::decision::{HopRef, Step};
    use crate::evidence::Failure;

    /// A policy that takes any issuer that Initech's registry recognizes.
    fn federated() -> Scene {
        let mut scene = Scene::delegated();
        let mut any = Anchor::recognized_by("initech");
        let exact = anchor(Who::Acme);
        any.papers = exact.papers;
        any.subjects = exact.subjects;
        any.grant = exact.grant;
        scene.policy.anchors = vec![any];
        scene.policy.registries = vec![RegistryAnchor {
            name: "initech".into(),
            did: Did::parse("did:web:initech.example:trqp").unwrap(),
            key: Who::Initech.public(),
            authority: Who::Initech.did(),
            endpoint: "https://initech.example/trqp".into(),
            max_age_ms: 300_000,
        }];
        scene
    }

    fn statement(action: &str, outcome: bool, at: Timestamp, who: Who) -> String {
        let question = Question::new(
            Query::Recognition,
            Who::Acme.did().as_str(),
            Who::Initech.did().as_str(),
            action,
            "https://api.globex.example/orders/1001",
        )
        .unwrap();
        let registry = Did::parse("did:web:initech.example:trqp").unwrap();
        let kid = registry.with_fragment("key-1").unwrap();
        Statement::new(registry, question, outcome, at, 300_000)
            .sign(&kid, &who.key())
            .unwrap()
    }

    #[test]
    fn a_recognized_issuer_is_trusted() {
        let mut scene = federated();
        scene.evidence.trust_statements = vec![statement("refund:create", true, later(-5), Who::Initech)];
        let decision = scene.decide();
        assert!(decision.allow, "{} {}", decision.code, decision.reason);
        // Four papers, the presentation, two lists, and the registry once, not once per paper.
        assert_eq!(decision.signatures, 8);
        let statements = decision
            .evidence
            .iter()
            .filter(|part| part.kind == "trustStatement");
        assert_eq!(statements.count(), 1);
    }

    #[test]
    fn the_registry_is_asked_the_concrete_question_and_nothing_else_is() {
        let mut scene = federated();
        scene.evidence = crate::Evidence::default();
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        let [
            Need::TrustStatement {
                registry,
                endpoint,
                question,
            },
        ] = decision.needs.as_slice()
        else {
            panic!("{:?}", decision.needs);
        };
        assert_eq!(
            (registry.as_str(), endpoint.as_str()),
            ("initech", "https://initech.example/trqp")
        );
        assert_eq!(question.action, "refund:create");
        assert_eq!(question.entity_id, Who::Acme.did().as_str());
        assert_eq!(question.authority_id, Who::Initech.did().as_str());
        // What is asked can be written down and read back.
        assert_eq!(
            Need::parse(&decision.needs[0].to_value()).unwrap(),
            decision.needs[0]
        );
    }

    #[test]
    fn a_registry_that_says_no_is_believed() {
        let mut scene = federated();
        scene.evidence.trust_statements = vec![statement("refund:create", false, later(-5), Who::Initech)];
        refuses(&scene.decide(), "trust.not_recognized");
    }

    #[test]
    fn a_statement_about_another_action_is_no_answer() {
        let mut scene = federated();
        scene.evidence.trust_statements = vec![statement("refund:cancel", true, later(-5), Who::Initech)];
        refuses(&scene.decide(), "evidence.needed");
    }

    #[test]
    fn a_statement_under_another_key_is_refused() {
        let mut scene = federated();
        scene.evidence.trust_statements = vec![statement("refund:create", true, later(-5), Who::Mallory)];
        refuses(&scene.decide(), "trust.statement_invalid");
    }

    #[test]
    fn an_expired_statement_is_asked_for_once_more_and_then_refused() {
        let mut scene = federated();
        scene.evidence.trust_statements = vec![statement("refund:create", true, later(-1_000), Who::Initech)];
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        let need = decision.needs[0].clone();
        scene.evidence.failures.push(Failure {
            need,
            code: "fetch.timeout".into(),
        });
        refuses(&scene.decide(), "trust.statement_expired");
        scene.evidence.trust_statements.clear();
        refuses(&scene.decide(), "fetch.timeout");
    }

    #[test]
    fn an_issuer_without_an_anchor_is_refused() {
        let mut scene = Scene::delegated();
        scene.policy.anchors = vec![anchor(Who::Initech)];
        let decision = scene.decide();
        refuses(&decision, "trust.unknown_issuer");
        assert_eq!(decision.check(Step::Trust).unwrap().hop, Some(HopRef::Paper(0)));
    }

    #[test]
    fn an_anchor_issues_only_the_papers_that_it_may() {
        let mut scene = Scene::delegated();
        scene.policy.anchors[0].papers = vec![PaperType::Passport];
        refuses(&scene.decide(), "trust.paper_not_allowed");
        scene.policy.anchors[0].papers = vec![PaperType::Capability];
        let decision = scene.decide();
        refuses(&decision, "trust.paper_not_allowed");
        assert_eq!(decision.check(Step::Trust).unwrap().hop, Some(HopRef::Paper(2)));
    }

    #[test]
    fn an_anchor_speaks_only_about_its_own_subjects() {
        let mut scene = Scene::direct();
        scene.policy.anchors[0].subjects = vec!["did:web:acme.example".into()];
        refuses(&scene.decide(), "trust.subject_outside_namespace");
        // A name that only begins alike is another's.
        scene.policy.anchors[0].subjects = vec!["did:ke".into()];
        refuses(&scene.decide(), "trust.subject_outside_namespace");
    }

    #[test]
    fn an_organization_does_not_speak_for_another() {
        let mut scene = Scene::direct();
        scene.passports[0].0["credentialSubject"]["organization"] = json!(Who::Initech.did().as_str());
        refuses(&scene.decide(), "trust.subject_outside_namespace");
    }

    #[test]
    fn an_agent_is_never_a_root() {
        let mut scene = Scene::direct();
        scene.chain[0].0["issuer"] = json!(Who::Second.did().as_str());
        scene.chain[0].1 = Who::Second;
        scene
            .chain
            .push(crate::cast::delegation(12, Who::First, Who::Third, "40.00", None));
        scene.passports.push(passport(22, Who::Acme, Who::Third, 102));
        refuses(&scene.decide(), "trust.unknown_issuer");
        // Not even when the policy names it by mistake.
        let mut agent = anchor(Who::First);
        agent.subjects = vec!["did:key".into()];
        let mut scene = Scene::direct();
        scene.policy.anchors.push(agent);
        scene.passports[0].0["issuer"] = json!(Who::First.did().as_str());
        scene.passports[0].0["credentialSubject"]["organization"] = json!(Who::First.did().as_str());
        scene.passports[0].1 = Who::First;
        refuses(&scene.decide(), "trust.agent_as_root");
    }

    #[test]
    fn a_middle_hop_of_another_organization_needs_its_own_anchor() {
        let mut scene = Scene::delegated();
        scene.passports[1] = passport(22, Who::Initech, Who::Second, 102);
        let decision = scene.decide();
        refuses(&decision, "trust.unknown_issuer");
        assert_eq!(decision.check(Step::Trust).unwrap().hop, Some(HopRef::Paper(3)));
        scene.policy.anchors.push(anchor(Who::Initech));
        let decision = scene.decide();
        refuses(&decision, "evidence.needed");
        assert_eq!(decision.needs, [Need::Document(Who::Initech.did())]);
    }
}
