//! What an agent signs and what it refuses to sign.

use chancery_did::{Document, Method, Relationship};
use chancery_proof::{Expectation, Keys};
use chancery_vc::{PaperType, read_presentation};

use super::*;
use crate::cast::{AUDIENCE, Authority, HOUR, agent, handover, refunds, wednesday};

/// The keys of the agents' own documents.
struct OwnKeys;

impl Keys for OwnKeys {
    fn key(
        &self,
        method: &DidUrl,
        relationship: Relationship,
    ) -> Result<chancery_did::PublicKey, (&'static str, String)> {
        let chancery_did::Plan::Local(document) = chancery_did_key::DidKey.plan(method.did()).unwrap() else {
            panic!("a did:key is local");
        };
        let document: Box<Document> = document;
        document
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}

fn expect(agent: &Agent, purpose: Relationship) -> Expectation {
    Expectation {
        purpose,
        issuer: agent.did().clone(),
    }
}

fn capability() -> String {
    Authority::acme("acme.example").capability(agent(11).did(), wednesday())
}

#[test]
fn an_agent_is_the_did_key_of_its_own_key() {
    let agent = Agent::make(KeyType::P256, &mut OsRandom).unwrap();
    assert!(agent.did().as_str().starts_with("did:key:zDn"));
    assert_eq!(agent.method().did(), agent.did());
    assert_ne!(
        agent.did(),
        Agent::make(KeyType::P256, &mut OsRandom).unwrap().did()
    );
}

#[test]
fn a_key_that_cannot_sign_makes_no_agent() {
    assert!(Agent::make(KeyType::X25519, &mut OsRandom).is_err());
}

#[test]
fn a_method_of_another_did_is_refused() {
    let (one, other) = (agent(11), agent(12));
    let made = Agent::with_signer(
        one.did().clone(),
        other.method().clone(),
        Arc::new(crate::cast::key(11)),
    );
    assert_eq!(made.map(|_| ()).unwrap_err().code(), "key.issuer_mismatch");
}

#[test]
fn possession_is_proved_to_one_registry_with_one_nonce() {
    let agent = agent(11);
    let challenge = PossessionChallenge {
        audience: "did:web:acme.example".to_owned(),
        nonce: "n-1".to_owned(),
        instance_of: "urn:uuid:00000000-0000-4000-8000-000000000099".to_owned(),
    };
    let token = agent.prove_possession(&challenge, wednesday()).unwrap();
    let proof = PossessionProof::read(&token, &Limits::default()).unwrap();
    let proven = proof
        .prove(&expect(&agent, Relationship::Authentication), &OwnKeys)
        .unwrap();
    assert_eq!(proven.value().instance, *agent.did());
    assert_eq!(proven.value().nonce, "n-1");
    assert_eq!(
        proven.value().expires_at.millis_since(proven.value().issued_at),
        REQUEST_LIFE_MS
    );
}

#[test]
fn a_delegation_is_signed_by_the_delegator_over_the_exact_parent() {
    let (first, second) = (agent(11), agent(12));
    let parent = capability();
    for securing in [Securing::DataIntegrity, Securing::Jose] {
        let first = first.clone().secured_by(securing);
        let text = first
            .delegate(
                &parent,
                &handover(second.did(), "40.00", wednesday()),
                None,
                wednesday(),
            )
            .unwrap();
        let paper = read_paper(text.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(paper.securing(), securing);
        let proven = paper
            .prove(&expect(&first, Relationship::CapabilityDelegation), &OwnKeys)
            .unwrap();
        assert_eq!(proven.value().kind, PaperType::Delegation);
        assert_eq!(proven.value().subject, *second.did());
    }
}

#[test]
fn what_widens_its_parent_is_not_signed() {
    let (first, second) = (agent(11), agent(12));
    let (parent, at) = (capability(), wednesday());
    let code =
        |agent: &Agent, handover: &Handover| agent.delegate(&parent, handover, None, at).unwrap_err().code();
    let narrow = handover(second.did(), "40.00", at);
    assert_eq!(code(&second, &narrow), "delegation.not_linked");
    assert_eq!(
        code(&first, &handover(second.did(), "100.01", at)),
        "delegation.widens_constraint"
    );
    let late = Handover {
        valid_until: at.saturating_add_millis(9 * HOUR),
        ..narrow.clone()
    };
    assert_eq!(code(&first, &late), "delegation.widens_window");
    let long = Handover {
        valid_until: at.saturating_add_millis(HOUR + 1),
        ..narrow.clone()
    };
    assert_eq!(
        code(&first, &long),
        "time.too_long",
        "without a status entry an hour is the most"
    );
    let deep = Handover {
        capability: refunds("40.00", Some(0), Some(1)),
        ..narrow.clone()
    };
    assert_eq!(code(&first, &deep), "delegation.depth");
    let nowhere = Handover {
        capability: refunds("40.00", Some(7), None),
        ..narrow
    };
    assert_eq!(code(&first, &nowhere), "delegation.entry");
    assert!(first.delegate("not a paper", &nowhere, None, at).is_err());
}

#[test]
fn requests_to_a_registry_are_single_use_and_short() {
    let (first, second) = (agent(11), agent(12));
    let acme = Did::parse("did:web:acme.example").unwrap();
    let (parent, at) = (capability(), wednesday());
    let order = handover(second.did(), "40.00", at);
    let token = first.request_delegation(&acme, &parent, &order, at).unwrap();
    assert_ne!(
        token,
        first.request_delegation(&acme, &parent, &order, at).unwrap()
    );
    let request = DelegationRequest::read(&token, &Limits::default()).unwrap();
    assert_eq!(request.unverified().audience, acme.as_str());
    assert!(
        request
            .prove(&expect(&first, Relationship::CapabilityDelegation), &OwnKeys)
            .is_ok()
    );
    let id = OsRandom::urn_uuid();
    let token = first.request_revocation(&acme, &id, Some("lost"), at).unwrap();
    let request = RevocationRequest::read(&token, &Limits::default()).unwrap();
    assert_eq!(request.unverified().credential, id);
    assert!(first.request_revocation(&acme, "not an id", None, at).is_err());
}

#[test]
fn a_presentation_is_for_one_audience_and_one_nonce() {
    let first = agent(11);
    for securing in [Securing::DataIntegrity, Securing::Jose] {
        let first = first.clone().secured_by(securing);
        let text = first
            .present(vec![capability()], &Occasion::new(AUDIENCE, "n-1"), wednesday())
            .unwrap();
        let read = read_presentation(text.as_bytes(), &Limits::default()).unwrap();
        let proven = read
            .prove(&expect(&first, Relationship::Authentication), &OwnKeys)
            .unwrap();
        assert_eq!(proven.value().audience.as_deref(), Some(AUDIENCE));
        assert_eq!(proven.value().nonce.as_deref(), Some("n-1"));
        assert_eq!(proven.value().holder, *first.did());
    }
}

#[test]
fn a_presentation_that_lives_too_long_or_holds_nothing_is_not_signed() {
    let first = agent(11);
    let long = Occasion {
        life_ms: 300_001,
        ..Occasion::new(AUDIENCE, "n-1")
    };
    assert_eq!(
        first
            .present(vec![capability()], &long, wednesday())
            .unwrap_err()
            .code(),
        "binding.too_long"
    );
    assert!(
        first
            .present(vec![], &Occasion::new(AUDIENCE, "n-1"), wednesday())
            .is_err()
    );
}
