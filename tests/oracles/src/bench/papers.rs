//! Papers of the profile: read and proven, presented, issued.
//!
//! INVARIANT: what a row counts as its signatures is what Chancery counted in that very work.

use chancery_did::KeyType;
use chancery_oracles::fixture::{self, Actor, Scene, limits, now, passport, sealed, sealed_passport};
use chancery_oracles::rounds::{Reference, Work};
use chancery_proof::{Proven, Secured, Securing, json};
use chancery_vc::passport::Member;
use chancery_vc::{Paper, read_paper};
use chancery_verifier::{Call, admit, verify};

use crate::drawn::Drawn;

/// One passport, from text to proven paper, under a key that is at hand.
pub fn passports<'a>(issuer: &'a Actor, p256: &'a Actor) -> Vec<Work<'a>> {
    let row = |name: &str, reference, issuer: &'a Actor, text: String| {
        let signatures = prove(&text, issuer).signatures();
        Work::new(name, reference, signatures, move || prove(&text, issuer))
    };
    let bare = sealed_passport(issuer, Securing::DataIntegrity);
    bare_prove(&bare, issuer);
    let selective = selective_passport(issuer);
    vec![
        Work::new(
            "passport, eddsa-jcs: read JSON, prove",
            Reference::Verify,
            1,
            move || bare_prove(&bare, issuer),
        ),
        row(
            "passport, eddsa-jcs: read paper, prove",
            Reference::Verify,
            issuer,
            sealed_passport(issuer, Securing::DataIntegrity),
        ),
        row(
            "passport, ecdsa-jcs (P-256): read paper, prove",
            Reference::VerifyP256,
            p256,
            sealed_passport(p256, Securing::DataIntegrity),
        ),
        row(
            "passport, vc+jwt: read paper, prove",
            Reference::Verify,
            issuer,
            sealed_passport(issuer, Securing::Jose),
        ),
        row(
            "passport, vc+sd-jwt: read paper, prove",
            Reference::Verify,
            issuer,
            selective,
        ),
    ]
}

/// A passport as SD-JWT that shows all of its members, each of which its holder could withhold.
pub fn selective_passport(issuer: &Actor) -> String {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let draft = passport(issuer, &subject, 1).withholdable(&Member::ALL, &mut Drawn::default());
    sealed(
        &draft.expect("members that may be withheld"),
        issuer,
        Securing::SdJwt,
    )
}

fn prove(text: &str, issuer: &Actor) -> Proven<Paper> {
    let read = read_paper(text.as_bytes(), &limits()).expect("a passport");
    read.prove(&issuer.expectation(), issuer)
        .expect("its proof holds")
}

/// The signature alone: no rule of the passport's own is looked at.
fn bare_prove(text: &str, issuer: &Actor) -> usize {
    let document = json::parse(text.as_bytes(), &limits()).expect("JSON");
    let read = Secured::data_integrity(document, &limits()).expect("a secured document");
    read.prove(&issuer.expectation(), issuer)
        .expect("its proof holds")
        .signatures()
}

/// The chain of three hops: judged cold, admitted, and one call of a session.
pub fn presentations() -> Vec<Work<'static>> {
    let scene: &'static Scene = Box::leak(Box::new(Scene::three_hops()));
    let text = scene.presentation.as_bytes();
    let cold = || {
        verify(
            text,
            &scene.evidence,
            &scene.policy,
            &scene.request,
            Scene::moment(),
        )
    };
    let decision = cold();
    assert!(decision.allow, "{} {}", decision.code, decision.reason);
    let enter = || {
        let admitted = admit(
            text,
            &scene.evidence,
            &scene.policy,
            fixture::AUDIENCE,
            fixture::NONCE,
            now(),
        );
        admitted.unwrap_or_else(|decision| panic!("{} {}", decision.code, decision.reason))
    };
    let session = enter();
    let call = Call::from(&scene.request);
    let admission = session.signatures();
    let authorized = session.authorize(&call, &scene.evidence, now());
    assert!(authorized.allow, "{} {}", authorized.code, authorized.reason);
    vec![
        Work::new(
            "three-hop presentation: verify, cold",
            Reference::Verify,
            decision.signatures,
            cold,
        ),
        Work::new(
            "three-hop presentation: admit to a session",
            Reference::Verify,
            admission,
            enter,
        ),
        Work::new(
            "one call inside the session: authorize",
            Reference::Verify,
            authorized.signatures,
            move || session.authorize(&call, &scene.evidence, now()),
        ),
    ]
}

/// Issuing a passport: draft, prepare, sign, seal.
pub fn issuing(issuer: &Actor) -> Vec<Work<'_>> {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    let row = |name: &str, securing| {
        let subject = subject.clone();
        Work::new(name, Reference::Sign, 1, move || {
            sealed(&passport(issuer, &subject, 1), issuer, securing)
        })
    };
    vec![
        row("issue a passport, eddsa-jcs", Securing::DataIntegrity),
        row("issue a passport, vc+jwt", Securing::Jose),
    ]
}
