//! Step 4, trust: who may issue what about whom, under the verifier's policy.
//!
//! Profile, "Judging" and "Trust policy of a verifier". The root paper's issuer and each passport's,
//! attestation's and approval's must be anchored; a delegation's issuer stands on the link alone.
//! INVARIANT: nothing is asked of anybody but a registry that the policy names, and only about an issuer
//! that the policy's anchors already take; and the root's subject is vouched for by the root's own issuer.

use chancery_did::{Did, SortedMap, Timestamp};
use chancery_proof::{Digest, Limits, Secured};
use chancery_trust::recognition::{Standing, recognize};
use chancery_trust::trqp::{STATEMENT_TYP, Statement};
use chancery_trust::{Anchor, RegistryAnchor, TrustError};
use chancery_vc::{Paper, PaperType, Stapled};
use serde_json::Value;

use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::{Asked, Frame, Halt, Layout};

/// The most statements that are looked at for one issuer.
const MOST_STATEMENTS: usize = 16;
/// The most issuers about whom registries are asked for one presentation, which is not proven yet.
const MOST_QUESTIONS: usize = 8;

/// The anchors under which the papers stand.
#[derive(Debug)]
pub(crate) struct Trusted<'p> {
    anchors: SortedMap<usize, Anchored<'p>>,
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
    /// Says on whose word the issuers are trusted: the policy's own, or a registry's as well.
    pub(crate) fn told(&self) -> String {
        let mut registries = SortedMap::new();
        for found in self.anchors.values() {
            if let Some(name) = found.anchor.recognized_by.as_deref() {
                registries.insert(name, ());
            }
        }
        if registries.is_empty() {
            return "anchored in the policy".to_owned();
        }
        let named: Vec<String> = registries.keys().map(|name| format!("`{name}`")).collect();
        format!(
            "anchored in the policy, and recognized by {} over TRQP",
            named.join(", ")
        )
    }

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
    (frame, stapled): (&Frame<'p>, &Stapled),
    asked: Option<&Asked<'_>>,
) -> Result<Trusted<'p>, Halt> {
    let subjects = layout
        .passports
        .iter()
        .filter_map(|at| papers.get(*at))
        .map(|passport| &passport.subject);
    let mut trusted = Trusted {
        anchors: SortedMap::new(),
        good_until: None,
        signatures: 0,
        statements: Vec::new(),
    };
    let mut needs: Vec<Need> = Vec::new();
    // One registry is asked about one issuer once, however many papers it issued.
    let mut words: SortedMap<(&Did, Option<&str>), Vec<String>> = SortedMap::new();
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
                match words.get(&about) {
                    Some(announced) => announced.clone(),
                    None => {
                        let word = word(anchor, &paper.issuer, (frame, stapled), asked)
                            .map_err(|rejection| rejection.at(index))?;
                        trusted.hear(&word);
                        needs.extend(word.need.clone());
                        if needs.len() > MOST_QUESTIONS {
                            let detail =
                                format!("registries would be asked about more than {MOST_QUESTIONS} issuers");
                            return Err(Rejection::new("limit.papers", detail).at(index).into());
                        }
                        words.insert(about, word.announced.clone());
                        word.announced
                    }
                }
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
    own_passport(papers, layout)?;
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

/// INVARIANT: the authority that gives the root capability vouches for its subject itself. Else another's
/// passport would stand in for one that this authority revoked or suspended.
fn own_passport(papers: &[&Paper], layout: &Layout) -> Result<(), Rejection> {
    let (Some(root), Some(at)) = (papers.first(), layout.passports.first()) else {
        return Err(Rejection::new("delegation.empty", "there is no paper"));
    };
    match papers.get(*at) {
        Some(passport) if passport.issuer == root.issuer => Ok(()),
        found => {
            let by = found.map_or("nobody", |passport| passport.issuer.as_str());
            let detail = format!(
                "`{by}` vouches for `{}`, to whom `{}` gives its capability",
                root.subject, root.issuer
            );
            Err(Rejection::new("trust.subject_outside_namespace", detail).at(*at))
        }
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

fn word(
    anchor: &Anchor,
    issuer: &Did,
    (frame, stapled): (&Frame<'_>, &Stapled),
    asked: &Asked<'_>,
) -> Result<Word, Rejection> {
    let limits = Limits::default();
    let (action, resource) = (asked.action.to_string(), asked.resource.to_string());
    let registry = anchor.recognized_by.as_deref();
    let registry = registry.and_then(|name| frame.policy.registry(name));
    let statements = match registry {
        Some(registry) => {
            let gathered = &frame.evidence.trust_statements;
            let mut known = about(gathered, &registry.did, issuer, &limits);
            known.extend(held(stapled, registry, issuer, &limits));
            known
        }
        None => Vec::new(),
    };
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

/// Picks the statements that say they are of this registry and about `issuer`, before any signature is looked
/// at: those of another registry are nobody's fault.
fn about(statements: &[String], registry: &Did, issuer: &Did, limits: &Limits) -> Vec<String> {
    let names = |token: &&String| {
        Secured::<Value>::jose(token, &[STATEMENT_TYP], limits).is_ok_and(|read| {
            let says = |name: &str, did: &Did| {
                read.unverified().get(name).and_then(Value::as_str) == Some(did.as_str())
            };
            says("entity_id", issuer) && says("iss", registry)
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

/// Picks the stapled statements that this registry signed about `issuer`. INVARIANT: one that does not verify is
/// passed over, so that nobody can end a question by stapling a forgery; of those that do the newest counts.
fn held(stapled: &Stapled, registry: &RegistryAnchor, issuer: &Did, limits: &Limits) -> Vec<String> {
    let mut found = about(&stapled.trust_statements, &registry.did, issuer, limits);
    found.retain(|token| Statement::verify(token, registry, limits).is_ok());
    found
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
        announcing(action, outcome, at, who, Who::Acme)
    }

    fn announcing(action: &str, outcome: bool, at: Timestamp, who: Who, announced: Who) -> String {
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
            .with_keys(vec![announced.public().thumbprint()])
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
    fn a_key_that_the_registry_does_not_announce_is_refused() {
        let mut scene = federated();
        let text = announcing("refund:create", true, later(-5), Who::Initech, Who::Mallory);
        scene.evidence.trust_statements = vec![text];
        refuses(&scene.decide(), "trust.key_changed");
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

    #[test]
    fn anothers_passport_does_not_stand_in_for_the_roots_own() {
        // Acme revoked the passport; the instance is registered with Initech too and shows that one.
        let mut scene = Scene::direct();
        scene.passports[0] = passport(21, Who::Initech, Who::First, 101);
        scene.policy.anchors.push(anchor(Who::Initech));
        let document = Who::Initech.document().to_string();
        scene.evidence.documents.insert(Who::Initech.did(), document);
        let decision = scene.decide();
        refuses(&decision, "trust.subject_outside_namespace");
        assert_eq!(decision.check(Step::Trust).unwrap().hop, Some(HopRef::Paper(1)));
        assert!(decision.needs.is_empty());
    }

    #[test]
    fn a_statement_about_another_resource_or_for_another_authority_is_no_answer() {
        for (resource, authority) in [
            ("https://api.globex.example/orders/1002", Who::Initech.did()),
            ("https://api.globex.example/orders/1001", Who::Acme.did()),
            ("https://api.globex.example/orders/1001", Who::Second.did()),
        ] {
            let mut scene = federated();
            let action = "refund:create";
            let (entity, authority) = (Who::Acme.did(), authority.as_str());
            let question = Question::new(Query::Recognition, entity.as_str(), authority, action, resource);
            let registry = Did::parse("did:web:initech.example:trqp").unwrap();
            let kid = registry.with_fragment("key-1").unwrap();
            let text = Statement::new(registry, question.unwrap(), true, later(-5), 300_000)
                .sign(&kid, &Who::Initech.key())
                .unwrap();
            scene.evidence.trust_statements = vec![text];
            refuses(&scene.decide(), "evidence.needed");
        }
    }

    #[test]
    fn an_authorization_is_no_recognition() {
        let mut scene = federated();
        let question = Question::new(
            Query::Authorization,
            Who::Acme.did().as_str(),
            Who::Initech.did().as_str(),
            "refund:create",
            "https://api.globex.example/orders/1001",
        );
        let registry = Did::parse("did:web:initech.example:trqp").unwrap();
        let kid = registry.with_fragment("key-1").unwrap();
        let text = Statement::new(registry, question.unwrap(), true, later(-5), 300_000)
            .sign(&kid, &Who::Initech.key())
            .unwrap();
        scene.evidence.trust_statements = vec![text];
        refuses(&scene.decide(), "evidence.needed");
    }

    #[test]
    fn a_statement_of_another_registry_neither_helps_nor_harms() {
        let question = Question::new(
            Query::Recognition,
            Who::Acme.did().as_str(),
            Who::Initech.did().as_str(),
            "refund:create",
            "https://api.globex.example/orders/1001",
        )
        .unwrap();
        let registry = Did::parse("did:web:mallory.example:trqp").unwrap();
        let kid = registry.with_fragment("key-1").unwrap();
        let strange = Statement::new(registry, question, true, later(-5), 300_000)
            .sign(&kid, &Who::Mallory.key())
            .unwrap();
        let mut scene = federated();
        scene.evidence.trust_statements = vec![strange; 40];
        refuses(&scene.decide(), "evidence.needed");
        let own = statement("refund:create", true, later(-5), Who::Initech);
        scene.evidence.trust_statements.insert(0, own);
        assert!(scene.decide().allow, "a crowd of others does not hide it");
    }

    #[test]
    fn registries_are_not_asked_about_a_crowd_of_strangers() {
        let mut scene = federated();
        scene.policy.anchors[0].papers.push(PaperType::Attestation);
        scene.evidence = crate::Evidence::default();
        let digest = chancery_proof::Digest::of_bytes(b"m").to_string();
        let stranger = |number: u8| {
            let issuer = Did::parse(&format!("did:web:s{number}.example")).unwrap();
            let claims = json!({ "composite": { "model": digest } });
            let subject = Who::Second.did();
            let mut document = crate::cast::paper(PaperType::Attestation, number, &issuer, &subject, claims);
            document["evidence"] = json!([{ "type": "TpmQuote", "digestMultibase": digest }]);
            (document, Who::Mallory)
        };
        scene.extra = (70..77).map(stranger).collect();
        assert_eq!(scene.decide().needs.len(), 8);
        scene.extra = (70..84).map(stranger).collect();
        let decision = scene.decide();
        refuses(&decision, "limit.papers");
        assert!(decision.needs.is_empty());
    }
}
