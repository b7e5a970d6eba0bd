//! One verifier: a bundle of the expected signer, the relying party's policy, and what was learned since.
//!
//! Profile, "Bundles". INVARIANT: the bundle's end is looked at before every judgement, and a refresh that is refused
//! changes nothing.

use chancery_did::{Did, Document, SortedMap, Timestamp, object as object_of};
use chancery_trust::Policy;
use chancery_verifier::{
    CardReport, Decision, Evidence, Moment, Rejection, Session, TrustBundle, admit, check_card, resolve_did,
    verify,
};
use serde_json::{Map, Value};

use crate::answer::named;
use crate::call;
use crate::evidence::{self, Known, Proven};
use crate::http_request::HttpRequest;
use crate::members::{object, only, text};
use crate::options::Options;

/// The most bytes of texts that a bundle and its changes may come to.
const MOST_EVIDENCE: usize = 16 * 1024 * 1024;

/// One verifier.
#[derive(Debug)]
pub(crate) struct Verifier {
    bundle: TrustBundle,
    known: Known,
    policy: Policy,
    thumbprint: String,
}

/// What was judged, or the refusal that came before.
type Judged<T> = Result<T, Rejection>;

impl Verifier {
    pub(crate) fn open(options: Options, at: Timestamp) -> Judged<Self> {
        let bundle = TrustBundle::open(&options.bundle, options.signer, at, options.seen)?;
        Ok(Self {
            known: Known::new(bundle.evidence(at)?.clone()),
            bundle,
            policy: options.policy,
            thumbprint: options.thumbprint,
        })
    }

    /// Takes a later bundle or a change.
    pub(crate) fn refresh(&mut self, token: &str, at: Timestamp) -> Judged<()> {
        let later = self.bundle.updated(token, at)?;
        let evidence = later.evidence(at)?;
        if evidence::size(evidence) > MOST_EVIDENCE {
            let detail = format!("the changes add up to more than {MOST_EVIDENCE} bytes");
            return Err(Rejection::new("limit.size", detail));
        }
        self.known.refresh(evidence.clone());
        self.bundle = later;
        Ok(())
    }

    /// How many bytes of texts it holds.
    pub(crate) fn size(&self) -> usize {
        evidence::size(self.known.evidence())
    }

    /// Gives the JSON form.
    pub(crate) fn to_value(&self, handle: u32) -> Value {
        let did = self.bundle.signer().did().as_str();
        named(
            "Verifier",
            object_of([
                ("verifier", handle.into()),
                ("issuedAt", self.bundle.issued_at().to_string().into()),
                ("expiresAt", self.bundle.expires_at().to_string().into()),
                (
                    "signer",
                    object_of([
                        ("did", did.into()),
                        ("thumbprint", self.thumbprint.as_str().into()),
                    ]),
                ),
                ("audience", self.policy.audience.as_str().into()),
                ("maxStatusAge", self.policy.max_status_age.into()),
            ]),
        )
    }

    pub(crate) fn verify(
        &mut self,
        presentation: &str,
        request: &str,
        extra: &str,
        at: Timestamp,
    ) -> Judged<Decision> {
        let request = call::request(request, &self.policy)?;
        self.judge(presentation, &request, extra, at)
    }

    pub(crate) fn verify_request(&mut self, request: &str, extra: &str, at: Timestamp) -> Judged<Decision> {
        let request = HttpRequest::parse(request)?;
        let presentation = request.presentation(&self.policy.audience)?;
        let asked = call::of_members(request.call, &self.policy)?;
        self.judge(&presentation, &asked, extra, at)
    }

    fn judge(
        &mut self,
        presentation: &str,
        request: &chancery_verifier::Request,
        extra: &str,
        at: Timestamp,
    ) -> Judged<Decision> {
        self.by_evidence(extra, at, decision_proved, |evidence, policy| {
            verify(
                presentation.as_bytes(),
                evidence,
                policy,
                request,
                Moment::Now(at),
            )
        })
    }

    /// Admits a presentation, or gives the Decision that does not.
    pub(crate) fn admit(
        &mut self,
        presentation: &str,
        options: &str,
        extra: &str,
        at: Timestamp,
    ) -> Judged<Result<Session, Box<Decision>>> {
        const CODE: &str = "parse.structure";
        let options: Map<String, Value> = object(options, &chancery_proof::Limits::default(), "the options")?;
        only(&options, &["nonce"], "parse.unknown_member")?;
        let nonce = text(&options, "nonce", CODE)?;
        self.by_evidence(extra, at, admission_proved, |evidence, policy| {
            admit(
                presentation.as_bytes(),
                evidence,
                policy,
                &policy.audience,
                nonce,
                at,
            )
        })
    }

    pub(crate) fn authorize(
        &mut self,
        session: &Session,
        asked: &str,
        extra: &str,
        at: Timestamp,
    ) -> Judged<Decision> {
        let asked = call::call(asked, &self.policy)?;
        self.by_evidence(extra, at, decision_proved, |evidence, _| {
            session.authorize(&asked, evidence, at)
        })
    }

    pub(crate) fn verify_card(&self, card: &str, at: Timestamp) -> Judged<CardReport> {
        self.bundle.evidence(at)?;
        Ok(check_card(
            card.as_bytes(),
            self.known.evidence(),
            &self.policy,
            at,
        ))
    }

    pub(crate) fn resolve(&self, did: &str, at: Timestamp) -> Judged<Document> {
        self.bundle.evidence(at)?;
        let did = Did::parse(did).map_err(|error| Rejection::new(error.code(), error.to_string()))?;
        resolve_did(&did, self.known.evidence(), at)
    }

    /// Judges by the bundle's evidence and what is added, and remembers what that proved.
    fn by_evidence<T>(
        &mut self,
        extra: &str,
        at: Timestamp,
        proved: fn(&T) -> Proven<'_>,
        judge: impl FnOnce(&Evidence, &Policy) -> T,
    ) -> Judged<T> {
        self.bundle.evidence(at)?;
        let added = self.known.add(evidence::parse(extra)?);
        let judged = judge(self.known.evidence(), &self.policy);
        self.known.take_back(added, &proved(&judged));
        Ok(judged)
    }
}

/// A session does not say which versions of logs it proved.
static NO_LOGS: SortedMap<Did, String> = SortedMap::new();

fn decision_proved(decision: &Decision) -> Proven<'_> {
    Proven {
        status_floors: &decision.status_floors,
        did_floors: &decision.did_floors,
        stapled: &decision.stapled,
    }
}

fn admission_proved(admission: &Result<Session, Box<Decision>>) -> Proven<'_> {
    match admission {
        Ok(session) => Proven {
            status_floors: session.status_floors(),
            did_floors: &NO_LOGS,
            stapled: session.stapled(),
        },
        Err(decision) => decision_proved(decision),
    }
}
