//! The pipeline: eleven steps in the profile's order, one function each.
//!
//! Profile, "Judging". INVARIANT: a step is reached only when every step before it passed; the first that
//! is undecided says what it needs and nothing later is asked for. Only [`admit`] makes a [`Verified`], and
//! only for papers that every step up to the tenth held for; the eleventh takes nothing else.

mod attestation;
mod binding;
mod book;
mod constraints;
mod key;
mod kinds;
mod link;
mod read;
mod signature;
mod status;
mod time;
mod trust;

use chancery_did::{SortedMap, Timestamp, When};
use chancery_proof::{Limits, NoSuites, Proven, Suites};
use chancery_trust::Policy;
use chancery_vc::{Paper, Presentation};

use crate::decision::{Decision, Step};
use crate::evidence::Evidence;
use crate::request::Request;

pub(crate) use binding::{Expected, commit};
pub(crate) use book::{Book, Halt};
pub(crate) use constraints::Asked;
pub(crate) use key::{KeyRing, PaperKeys, Resolved, method, resolve};
pub(crate) use link::Layout;
pub(crate) use read::refused;
pub(crate) use status::{Entry, ListUse, Lists};
pub(crate) use time::window;
pub(crate) use trust::Anchored;

/// Says which moment is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Now, by the host's clock.
    Now(Timestamp),
    /// Another moment; such a decision never allows.
    Historical(Timestamp),
}

impl Moment {
    /// The instant that is judged.
    #[must_use]
    pub fn at(self) -> Timestamp {
        match self {
            Moment::Now(at) | Moment::Historical(at) => at,
        }
    }

    /// The moment as a DID method's log is judged for it.
    pub(crate) fn when(self) -> When {
        match self {
            Moment::Now(at) => When::Now(at),
            Moment::Historical(at) => When::Then(at),
        }
    }

    /// Whether it is another moment than now.
    #[must_use]
    pub fn is_historical(self) -> bool {
        matches!(self, Moment::Historical(_))
    }
}

/// Holds a value that every step of this verifier held for; nothing else can make one.
#[derive(Debug, Clone)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The value.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.0
    }
}

/// The papers of one presentation, all signatures of which held.
#[derive(Debug, Clone)]
pub(crate) struct Papers {
    /// The presentation itself.
    pub(crate) presentation: Proven<Presentation>,
    /// Its papers, in order.
    pub(crate) papers: Vec<Proven<Paper>>,
    /// Where in it the chain, the cited path and the passports are.
    pub(crate) layout: Layout,
    /// The documents of everyone who signed.
    pub(crate) ring: KeyRing,
}

impl Papers {
    /// When the first of the papers ends.
    pub(crate) fn end(&self) -> Option<Timestamp> {
        self.papers.iter().map(time::end_of).min()
    }

    /// The papers' values, in order.
    pub(crate) fn values(&self) -> Vec<&Paper> {
        self.papers.iter().map(Proven::value).collect()
    }
}

/// What the verifier brings to every step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The facts that the host gathered.
    pub(crate) evidence: &'a Evidence,
    /// The verifier's own policy.
    pub(crate) policy: &'a Policy,
    /// The moment judged.
    pub(crate) moment: Moment,
    /// The status lists that the session was admitted on, by their signing times.
    pub(crate) seen: Option<&'a SortedMap<String, Timestamp>>,
    /// The cryptosuites that the host handed in.
    pub(crate) suites: &'a dyn Suites,
}

impl Frame<'_> {
    /// The instant that is judged.
    pub(crate) fn at(&self) -> Timestamp {
        self.moment.at()
    }

    /// The newest signing time known of a status list.
    pub(crate) fn floor(&self, url: &str) -> Option<Timestamp> {
        let brought = self.evidence.status_floors.get(url);
        let seen = self.seen.and_then(|seen| seen.get(url));
        brought.max(seen).copied()
    }
}

/// Judges one presentation against one request, at one moment, under the verifier's own policy.
///
/// Reads no mutable state and never panics. An allow carries what the host must commit, in one atomic
/// step, before it acts; an indeterminate decision names in `needs` what to gather before asking again.
/// A proof of a cryptosuite that needs JSON-LD is `alg.unsupported_here`; see [`verify_with`].
#[must_use]
pub fn verify(
    presentation: &[u8],
    evidence: &Evidence,
    policy: &Policy,
    request: &Request,
    at: Moment,
) -> Decision {
    verify_with(presentation, evidence, policy, request, at, &NoSuites)
}

/// As [`verify`], with the cryptosuites that the host hands in.
#[must_use]
pub fn verify_with(
    presentation: &[u8],
    evidence: &Evidence,
    policy: &Policy,
    request: &Request,
    at: Moment,
    suites: &dyn Suites,
) -> Decision {
    let frame = Frame {
        evidence,
        policy,
        moment: at,
        seen: None,
        suites,
    };
    let mut book = Book::default();
    let asked = Asked::from(request);
    let expected = Expected {
        audience: &request.audience,
        nonce: &request.nonce,
    };
    let end = admit(&mut book, presentation, &frame, &expected, Some(&asked))
        .and_then(|papers| authorize(&mut book, &papers, &frame, &asked, &request.audience).map(|()| papers));
    match end {
        Ok(papers) => book.allow(commit(&papers, policy), at),
        Err(halt) => book.halt(halt, at),
    }
}

/// Steps 1 to 10: everything but the request's own constraints.
pub(crate) fn admit(
    book: &mut Book,
    presentation: &[u8],
    frame: &Frame<'_>,
    expected: &Expected<'_>,
    asked: Option<&Asked<'_>>,
) -> Result<Verified<Papers>, Halt> {
    let limits = Limits::default();
    book.begin(Step::Read);
    let read =
        read::read(presentation, &limits, frame.suites).map_err(|rejection| book.reading(rejection))?;
    book.rely(
        "presentation",
        &read.unverified().holder.to_string(),
        read.digest().clone(),
    );
    book.begin(Step::Type);
    let parts = kinds::kinds(read.unverified())?;
    kinds::shown(read.unverified(), &frame.policy.require)?;
    book.begin(Step::Link);
    let unproven: Vec<&Paper> = read
        .unverified()
        .papers
        .iter()
        .map(|paper| paper.unverified())
        .collect();
    let layout = link::link(read.unverified(), &unproven, parts, frame.policy)?;
    book.trace(&unproven, &read.unverified().papers, &layout);
    book.begin(Step::Trust);
    let stapled = &read.unverified().stapled;
    let trusted = trust::trust(&unproven, &layout, (frame, stapled), asked)?;
    book.trusted(&trusted);
    book.note(trusted.told());
    book.begin(Step::Key);
    let ring = key::keys(&read, &unproven, &layout, &trusted, frame, book)?;
    book.begin(Step::Signature);
    let papers = signature::signatures(&read, layout, ring, &trusted, book)?;
    book.proven(&papers);
    book.begin(Step::Time);
    time::papers(&papers.papers, frame.policy, frame.at())?;
    time::presentation(&papers.presentation, frame.policy, frame.at())?;
    book.lives_until(&papers);
    book.begin(Step::Binding);
    binding::binding(&papers, expected, frame.policy)?;
    book.begin(Step::Status);
    status::status(&papers, &trusted, frame, book)?;
    book.begin(Step::Attestation);
    attestation::attestation(&papers, frame.policy, book)?;
    Ok(Verified(papers))
}

/// Step 11: the conjunction of the cited path and the verifier's grant, against what is asked.
pub(crate) fn authorize(
    book: &mut Book,
    papers: &Verified<Papers>,
    frame: &Frame<'_>,
    asked: &Asked<'_>,
    audience: &str,
) -> Result<(), Halt> {
    book.begin(Step::Constraints);
    constraints::constraints(papers, frame, asked, audience, book)
}

/// Steps 4, 5, 7, 9 and 10 once more, for a call within a session.
pub(crate) fn recheck(
    book: &mut Book,
    papers: &Verified<Papers>,
    frame: &Frame<'_>,
    asked: &Asked<'_>,
) -> Result<(), Halt> {
    let held = papers.value();
    let values = held.values();
    book.held(&[Step::Read, Step::Type, Step::Link]);
    book.retrace(held);
    book.begin(Step::Trust);
    let stapled = &held.presentation.value().stapled;
    let trusted = trust::trust(&values, &held.layout, (frame, stapled), Some(asked))?;
    book.trusted(&trusted);
    book.note(trusted.told());
    // The signatures held, and hold; whether their keys still count may have changed with a registry's word.
    book.begin(Step::Key);
    key::count(&held.papers, &held.ring, &trusted)?;
    book.note("held when the session was admitted");
    book.held(&[Step::Signature]);
    book.begin(Step::Time);
    time::papers(&held.papers, frame.policy, frame.at())?;
    book.papers_until(held);
    book.held(&[Step::Binding]);
    book.begin(Step::Status);
    status::status(held, &trusted, frame, book)?;
    book.begin(Step::Attestation);
    attestation::attestation(held, frame.policy, book)
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
