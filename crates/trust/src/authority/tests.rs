//! Anchors: which issuer may say what about whom, under which key.

use super::*;
use chancery_did::{KeyType, SecretKey};

fn did(text: &str) -> Did {
    Did::parse(text).unwrap()
}

fn key(seed: u8) -> PublicKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32])
        .unwrap()
        .public_key()
        .clone()
}

fn acme() -> Anchor {
    Anchor {
        papers: vec![PaperType::Passport, PaperType::Capability],
        keys: vec![key(1).thumbprint()],
        subjects: vec!["did:web:acme.example:agents".to_owned()],
        ..Anchor::issuer(did("did:web:acme.example"))
    }
}

fn open() -> Anchor {
    Anchor {
        papers: vec![PaperType::Passport],
        subjects: vec!["did:key".to_owned()],
        ..Anchor::recognized_by("federation")
    }
}

fn policy(anchors: Vec<Anchor>) -> Policy {
    Policy {
        anchors,
        ..Policy::new("https://api.globex.example")
    }
}

#[test]
fn anchored_issuer_may_issue_its_papers_about_its_subjects() {
    let policy = policy(vec![acme()]);
    let subject = did("did:web:acme.example:agents:refunds");
    for paper in [PaperType::Passport, PaperType::Capability] {
        assert!(
            policy
                .may_issue(&did("did:web:acme.example"), paper, &subject)
                .is_ok()
        );
    }
}

#[test]
fn issuer_that_no_anchor_names_is_unknown() {
    let subject = did("did:web:acme.example:agents:refunds");
    for issuer in [
        "did:web:acme.example.evil",
        "did:web:acme.exampl",
        "did:web:acme.example:status",
        "did:web:acme.example%3A8443",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ] {
        let refusal = policy(vec![acme()])
            .may_issue(&did(issuer), PaperType::Passport, &subject)
            .unwrap_err();
        assert_eq!(refusal.code(), "trust.unknown_issuer", "{issuer}");
    }
    let nobody = policy(vec![]);
    let refusal = nobody
        .may_issue(&did("did:web:acme.example"), PaperType::Passport, &subject)
        .unwrap_err();
    assert_eq!(refusal.code(), "trust.unknown_issuer");
}

#[test]
fn paper_that_the_anchor_does_not_list_is_refused() {
    let subject = did("did:web:acme.example:agents:refunds");
    for paper in [PaperType::Attestation, PaperType::Approval, PaperType::Delegation] {
        let refusal = policy(vec![acme()])
            .may_issue(&did("did:web:acme.example"), paper, &subject)
            .unwrap_err();
        assert_eq!(refusal.code(), "trust.paper_not_allowed");
    }
}

/// Organization A's anchor vouches for organization B's namespace.
#[test]
fn anchor_of_one_organization_never_vouches_for_anothers_subjects() {
    for subject in [
        "did:web:globex.example:agents:refunds",
        "did:web:acme.example",
        "did:web:acme.example:agentsx:refunds",
        "did:web:acme.example:agent",
        "did:web:acme.example.evil:agents:refunds",
        "did:web:evil.example:acme.example:agents",
        "did:web:acme.example%3A8443:agents:refunds",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
    ] {
        let issuer = did("did:web:acme.example");
        let refusal = policy(vec![acme()])
            .may_issue(&issuer, PaperType::Passport, &did(subject))
            .unwrap_err();
        assert_eq!(refusal.code(), "trust.subject_outside_namespace", "{subject}");
    }
}

#[test]
fn anchor_without_subjects_speaks_about_nobody() {
    let anchor = Anchor {
        subjects: vec![],
        ..acme()
    };
    let issuer = did("did:web:acme.example");
    let refusal = anchor
        .may_issue(&issuer, PaperType::Passport, &issuer)
        .unwrap_err();
    assert_eq!(refusal.code(), "trust.subject_outside_namespace");
}

#[test]
fn open_anchor_does_not_widen_a_named_one() {
    let policy = policy(vec![open(), acme()]);
    let subject = did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let refusal = policy
        .may_issue(&did("did:web:acme.example"), PaperType::Passport, &subject)
        .unwrap_err();
    assert_eq!(refusal.code(), "trust.subject_outside_namespace");
    assert!(
        policy
            .may_issue(&did("did:web:initech.example"), PaperType::Passport, &subject)
            .is_ok()
    );
}

#[test]
fn agent_is_never_a_root_issuer() {
    let agent = did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let authority = did("did:web:acme.example");
    let policy = policy(vec![acme()]);
    assert!(policy.may_be_root(&authority, [&agent]).is_ok());
    assert_eq!(
        policy
            .may_be_root(&agent, [&authority, &agent])
            .unwrap_err()
            .code(),
        "trust.agent_as_root"
    );
}

#[test]
fn key_that_is_not_pinned_has_changed() {
    let issuer = did("did:web:acme.example");
    assert!(acme().accepts_key(&issuer, &key(1), &[]).is_ok());
    assert_eq!(
        acme().accepts_key(&issuer, &key(2), &[]).unwrap_err().code(),
        "trust.key_changed"
    );
    let other = [key(3).thumbprint()];
    assert_eq!(
        acme().accepts_key(&issuer, &key(2), &other).unwrap_err().code(),
        "trust.key_changed"
    );
}

#[test]
fn key_announced_by_a_pinned_key_is_taken() {
    assert!(
        acme()
            .accepts_key(&did("did:web:acme.example"), &key(2), &[key(2).thumbprint()])
            .is_ok()
    );
}

#[test]
fn did_web_without_a_pin_is_never_taken_for_a_named_issuer() {
    let issuer = did("did:web:acme.example");
    let anchor = Anchor {
        keys: vec![],
        ..acme()
    };
    assert_eq!(
        anchor.accepts_key(&issuer, &key(1), &[]).unwrap_err().code(),
        "trust.key_changed"
    );
    assert!(
        anchor
            .accepts_key(&issuer, &key(1), &[key(1).thumbprint()])
            .is_ok()
    );
}

#[test]
fn did_that_binds_its_key_needs_no_pin_and_obeys_one() {
    let issuer = did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let anchor = Anchor {
        keys: vec![],
        ..Anchor::issuer(issuer.clone())
    };
    assert!(anchor.accepts_key(&issuer, &key(1), &[]).is_ok());
    let pinned = Anchor {
        keys: vec![key(2).thumbprint()],
        ..anchor
    };
    assert!(pinned.accepts_key(&issuer, &key(1), &[]).is_err());
}

#[test]
fn recognition_that_announces_no_key_takes_no_key_of_did_web() {
    let issuer = did("did:web:initech.example");
    assert_eq!(
        open().accepts_key(&issuer, &key(1), &[]).unwrap_err().code(),
        "trust.key_changed"
    );
    // A method that this crate knows nothing of binds nothing either.
    for issuer in ["did:ion:abc", "did:webs:abc", "did:keys:abc"] {
        assert_eq!(
            open().accepts_key(&did(issuer), &key(1), &[]).unwrap_err().code(),
            "trust.key_changed",
            "{issuer}"
        );
    }
    let bound = did("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    assert!(open().accepts_key(&bound, &key(1), &[]).is_ok());
}

#[test]
fn recognized_issuers_keys_are_the_announced_ones() {
    let issuer = did("did:web:initech.example");
    assert!(
        open()
            .accepts_key(&issuer, &key(1), &[key(1).thumbprint()])
            .is_ok()
    );
    assert_eq!(
        open()
            .accepts_key(&issuer, &key(2), &[key(1).thumbprint()])
            .unwrap_err()
            .code(),
        "trust.key_changed"
    );
}
