//! The order of judging: the presentation itself first, then each credential in it.
//!
//! VC Data Model 2.0, sections 4.13 and 7.1; Data Integrity 1.0, section 2.1. INVARIANT: a presentation that is
//! refused by itself asks for nothing about its credentials; and a credential without a proof of its own counts
//! only under the proven signature of a holder who is its issuer (section 4.13.3).

use chancery_did::{Did, Relationship, Timestamp};
use chancery_proof::{Limits, Proven, Secured};
use chancery_vc::Credential;
use chancery_vc::credential::{Held as Holding, Presented};
use serde_json::Value;

use super::open::{Occasion, Opened, open};
use super::{Named, PresentationPolicy, PresentationReport};
use crate::credential_check::{
    self, CredentialReport, Held, Input, Judging, Signers, accepted, prove, signers,
};
use crate::decision::{Step, Verdict};
use crate::evidence::Evidence;
use crate::rejection::Rejection;
use crate::verify::{Book, Halt, KeyRing, Moment, refused};

/// Judges all of it.
pub(super) fn report(
    value: &[u8],
    evidence: &Evidence,
    policy: &PresentationPolicy,
    at: Timestamp,
) -> PresentationReport {
    let judging = Judging {
        evidence,
        policy: &policy.credential,
        at,
    };
    let (mut book, mut named) = (Book::default(), Named::default());
    let moment = Moment::Now(at);
    let read = read(value, policy, &mut book);
    let opened = match read {
        Ok(opened) => opened,
        Err(halt) => return PresentationReport::of(named, book.halt(halt, moment), Vec::new()),
    };
    let (presented, end) = match &opened {
        Opened::Signed(secured) => {
            let occasion = secured.unverified();
            named.signed = true;
            named.holder = occasion.holder().map(str::to_owned);
            (
                &occasion.presented,
                proven(secured, policy, &judging, &mut book).map(Some),
            )
        }
        Opened::Unsigned(presented) => {
            named.holder.clone_from(&presented.holder);
            unsigned(&mut book);
            (presented, Ok(None))
        }
    };
    let (own, signer) = match end {
        Ok(signer) => (book.allow(Vec::new(), moment), signer),
        Err(halt) => (book.halt(halt, moment), None),
    };
    if own.verdict == Verdict::Invalid {
        return PresentationReport::of(named, own, Vec::new());
    }
    let credentials = credentials(presented, signer.as_ref(), &judging);
    PresentationReport::of(named, own, credentials)
}

fn read(value: &[u8], policy: &PresentationPolicy, book: &mut Book) -> Result<Opened, Halt> {
    book.begin(Step::Read);
    let opened = open(value, policy, &Limits::default()).map_err(|rejection| book.reading(rejection))?;
    book.begin(Step::Type);
    Ok(opened)
}

/// Notes that there is nothing to prove.
fn unsigned(book: &mut Book) {
    for step in [Step::Key, Step::Signature, Step::Time, Step::Binding] {
        book.begin(step);
        book.skip("the presentation has no proof, and the policy lets it");
    }
}

/// Proves the presentation under the holder's keys, and judges its times and its occasion; gives who signed.
fn proven(
    secured: &Secured<Occasion>,
    policy: &PresentationPolicy,
    judging: &Judging<'_>,
    book: &mut Book,
) -> Result<Did, Halt> {
    book.begin(Step::Key);
    let holder = secured.unverified().holder();
    let did = match holder.map(Did::parse) {
        None => None,
        Some(Ok(did)) => Some(did),
        Some(Err(_)) => {
            let detail = "the holder is not a DID, so nobody can sign as the holder";
            return Err(Rejection::new("binding.holder", detail)
                .pointing("/holder")
                .into());
        }
    };
    if let Some(did) = &did {
        let mut signed_by = secured
            .proofs()
            .iter()
            .map(|proof| proof.verification_method.did());
        if let Some(other) = signed_by.find(|other| *other != did) {
            let detail = format!("signed by `{other}`, presented by `{did}`");
            return Err(Rejection::new("binding.holder", detail)
                .pointing("/holder")
                .into());
        }
    }
    let who = did.as_ref().map_or(Signers::Anyone, Signers::Of);
    let ring = signers(judging, secured, who, book)?;
    let proven = prove(secured, who, Relationship::Authentication, &ring, book)?;
    book.begin(Step::Time);
    for proof in proven.proofs() {
        proof
            .check_time(judging.at, judging.policy.skew)
            .map_err(|error| Rejection::new(error.code(), error.to_string()))?;
    }
    book.begin(Step::Binding);
    binding(&proven, policy)?;
    let signer = proven
        .proofs()
        .first()
        .map(|proof| proof.verification_method.did());
    let missing = || Rejection::new("signature.missing", "there is no proof");
    Ok(signer.ok_or_else(missing)?.clone())
}

/// The challenge and the domain that were asked for stand in every proof, exactly and alone.
fn binding(proven: &Proven<Occasion>, policy: &PresentationPolicy) -> Result<(), Rejection> {
    let occasion = proven.value();
    for proof in proven.proofs() {
        if let Some(expected) = &policy.challenge
            && occasion.challenge(proof) != Some(expected.as_str())
        {
            return Err(Rejection::new(
                "binding.nonce",
                "the challenge is not the expected one",
            ));
        }
        if let Some(expected) = &policy.domain
            && occasion.domain(proof) != std::slice::from_ref(expected)
        {
            return Err(Rejection::new(
                "binding.audience",
                "the domain is not the expected one",
            ));
        }
    }
    Ok(())
}

/// Judges every credential, each by itself.
fn credentials(presented: &Presented, signer: Option<&Did>, judging: &Judging<'_>) -> Vec<CredentialReport> {
    let report = |value: &Value| {
        credential_check::report(Input::Value(value), judging.evidence, judging.policy, judging.at)
    };
    let judge = |held: &Holding| match held {
        Holding::Document(value) if value.get("proof").is_none() && signer.is_some() => {
            self_asserted(value, presented, judging)
        }
        Holding::Document(value) | Holding::Envelope(value) => report(value),
        Holding::Token(token) => report(&Value::String(token.clone())),
    };
    presented.credentials.iter().map(judge).collect()
}

/// A credential that is secured by the proof of the presentation, which has been proven.
fn self_asserted(value: &Value, presented: &Presented, judging: &Judging<'_>) -> CredentialReport {
    let (mut book, mut named) = (Book::default(), credential_check::Named::default());
    let mut judge = || {
        book.begin(Step::Read);
        let credential = Credential::parse_any(value).map_err(|error| book.reading(refused(&error)))?;
        accepted(credential.model, judging.policy)?;
        named.note(&credential);
        book.begin(Step::Key);
        let own = presented.holder.as_deref() == Some(credential.issuer.as_str());
        let authority = Did::parse(&credential.issuer).ok().filter(|_| own);
        let Some(authority) = authority else {
            let detail = "it has no proof of its own, and its issuer is not the holder who signed";
            return Err(Rejection::new("signature.missing", detail).into());
        };
        book.begin(Step::Signature);
        book.skip("asserted by the holder, under the proof of the presentation");
        let held = Held {
            credential,
            proofs: Vec::new(),
            authority,
            ring: KeyRing::default(),
        };
        judging.rest(&held, &mut book)
    };
    let end = judge();
    let moment = Moment::Now(judging.at);
    named.report(match end {
        Ok(()) => book.allow(Vec::new(), moment),
        Err(halt) => book.halt(halt, moment),
    })
}
