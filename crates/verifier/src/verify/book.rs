//! The book that a decision is written from: which step stands open, what was found and relied on.
//!
//! INVARIANT: one check per step, in order; a step is passed when the next begins, and what was never
//! begun is skipped.

use chancery_did::{Did, SortedMap, Timestamp};
use chancery_proof::{Digest, Secured};
use chancery_vc::Paper;

use crate::commit::Commit;
use crate::decision::{
    Check, CheckStatus, Decision, Hop, HopConstraint, HopRef, Principal, Reliance, Step, Verdict,
};
use crate::needs::Need;
use crate::rejection::{self, Rejection};
use crate::trace;
use crate::verify::trust::Trusted;
use crate::verify::{Layout, Moment, Papers, time};

/// Why the pipeline stopped before its end.
#[derive(Debug)]
pub(crate) enum Halt {
    /// A step refused, or cannot be decided by any evidence that is to be had.
    Refused(Rejection),
    /// A step wants evidence.
    Wanting {
        /// What it wants.
        needs: Vec<Need>,
        /// `evidence.needed`, or a more exact code when what is there does not do.
        code: &'static str,
    },
}

impl From<Rejection> for Halt {
    fn from(rejection: Rejection) -> Halt {
        Halt::Refused(rejection)
    }
}

impl Halt {
    /// A step that wants evidence.
    pub(crate) fn wanting(needs: Vec<Need>) -> Halt {
        Halt::Wanting {
            needs,
            code: "evidence.needed",
        }
    }
}

/// Collects what the decision will say.
#[derive(Debug, Default)]
pub(crate) struct Book {
    open: Option<Step>,
    checks: Vec<Check>,
    note: String,
    skipped: bool,
    chain: Vec<Hop>,
    agent: Option<Did>,
    principal: Option<Principal>,
    reliance: Vec<Reliance>,
    expires_at: Option<Timestamp>,
    status_as_of: Option<Timestamp>,
    status_floors: SortedMap<String, Timestamp>,
    did_floors: SortedMap<Did, String>,
    stapled: SortedMap<String, String>,
    signatures: usize,
    effective: Vec<HopConstraint>,
}

impl Book {
    /// Opens a step; the one before it has passed.
    pub(crate) fn begin(&mut self, step: Step) {
        self.close();
        self.open = Some(step);
    }

    /// Marks steps that were passed when the session was admitted.
    pub(crate) fn held(&mut self, steps: &[Step]) {
        self.close();
        for step in steps {
            self.checks.push(check(
                *step,
                CheckStatus::Pass,
                "held when the session was admitted",
            ));
        }
    }

    /// Says in one line what the open step found.
    pub(crate) fn note(&mut self, note: impl Into<String>) {
        self.note = note.into();
    }

    /// Says that nothing asked for the open step.
    pub(crate) fn skip(&mut self, note: impl Into<String>) {
        self.note = note.into();
        self.skipped = true;
    }

    fn close(&mut self) {
        let note = std::mem::take(&mut self.note);
        let status = if std::mem::take(&mut self.skipped) {
            CheckStatus::Skip
        } else {
            CheckStatus::Pass
        };
        if let Some(step) = self.open.take() {
            self.checks.push(check(step, status, note));
        }
    }

    /// Puts a refusal of the reader under the step that it belongs to: what has the wrong type was read.
    pub(crate) fn reading(&mut self, rejection: Rejection) -> Halt {
        if rejection::ruling(rejection.code).is_some_and(|row| row.step == Step::Type.as_str()) {
            self.begin(Step::Type);
        }
        Halt::Refused(rejection)
    }

    /// Records a text that the decision relies on.
    pub(crate) fn rely(&mut self, kind: &'static str, id: &str, digest: Digest) {
        let reliance = Reliance {
            kind,
            id: id.to_owned(),
            digest,
        };
        if !self.reliance.contains(&reliance) {
            self.reliance.push(reliance);
        }
    }

    /// Records until when the decision holds at most.
    pub(crate) fn until(&mut self, end: Option<Timestamp>) {
        self.expires_at = match (self.expires_at, end) {
            (Some(known), Some(end)) => Some(known.min(end)),
            (known, end) => known.or(end),
        };
    }

    /// Counts signature verifications.
    pub(crate) fn count(&mut self, signatures: usize) {
        self.signatures = self.signatures.saturating_add(signatures);
    }

    /// Records what registries said.
    pub(crate) fn trusted(&mut self, trusted: &Trusted<'_>) {
        self.until(trusted.good_until);
        self.count(trusted.signatures);
        for (registry, digest) in &trusted.statements {
            self.rely("trustStatement", registry, digest.clone());
        }
    }

    /// How many signature verifications were done.
    pub(crate) fn signatures(&self) -> usize {
        self.signatures
    }

    /// The signing time of every status list that may be remembered, and the stapled lists among them.
    pub(crate) fn into_lists(self) -> (SortedMap<String, Timestamp>, SortedMap<String, String>) {
        (self.status_floors, self.stapled)
    }

    /// Shows the chain as read, not yet proven.
    pub(crate) fn trace(&mut self, papers: &[&Paper], secured: &[Secured<Paper>], layout: &Layout) {
        let digests: Vec<&Digest> = secured.iter().map(Secured::digest).collect();
        self.chain = trace::chain(papers, &digests, layout, false);
    }

    /// Shows the chain, its agent and its principal as proven.
    pub(crate) fn proven(&mut self, papers: &Papers) {
        self.retrace(papers);
        for paper in &papers.papers {
            self.rely("paper", &paper.value().id, paper.digest().clone());
        }
    }

    /// As [`Book::proven`], without counting the papers among what was relied on anew.
    pub(crate) fn retrace(&mut self, papers: &Papers) {
        let digests: Vec<&Digest> = papers.papers.iter().map(|paper| paper.digest()).collect();
        let values = papers.values();
        self.chain = trace::chain(&values, &digests, &papers.layout, true);
        self.agent = Some(papers.presentation.value().holder.clone());
        self.principal = trace::principal(&values, &papers.layout);
    }

    /// Records how long the papers and the presentation live.
    pub(crate) fn lives_until(&mut self, papers: &Papers) {
        self.papers_until(papers);
        self.until(papers.presentation.value().expires);
    }

    /// Records how long the papers live.
    pub(crate) fn papers_until(&mut self, papers: &Papers) {
        for paper in &papers.papers {
            self.until(Some(time::end_of(paper)));
        }
    }

    /// Records a status list whose signature held, as the newest seen of its address.
    pub(crate) fn list(&mut self, url: &str, signed: Timestamp) {
        let newest = self
            .status_floors
            .get(url)
            .map_or(signed, |known| signed.max(*known));
        self.status_floors.insert(url.to_owned(), newest);
        self.as_of(signed);
    }

    /// Records the age of a status list that counted.
    pub(crate) fn as_of(&mut self, signed: Timestamp) {
        self.status_as_of = Some(self.status_as_of.map_or(signed, |known| known.min(signed)));
    }

    /// Records a stapled list that counted and may be remembered, by the key of its floor.
    pub(crate) fn stapled(&mut self, floor: &str, text: &str) {
        self.stapled.insert(floor.to_owned(), text.to_owned());
    }

    /// Records the newest version of a DID's log that held.
    pub(crate) fn did_log(&mut self, did: &Did, head: String) {
        self.did_floors.insert(did.clone(), head);
    }

    /// Records the conjunction.
    pub(crate) fn effective(&mut self, effective: Vec<HopConstraint>) {
        self.effective = effective;
    }

    /// Ends with every step passed.
    pub(crate) fn allow(mut self, commit: Vec<Commit>, moment: Moment) -> Decision {
        self.close();
        let historical = moment.is_historical();
        let (code, commit) = if historical {
            ("historical", Vec::new())
        } else {
            ("ok", commit)
        };
        let reason = match rejection::ruling(code) {
            Some(row) => row.meaning.to_owned(),
            None => String::new(),
        };
        self.decision(
            Verdict::Valid,
            code,
            reason,
            commit,
            Vec::new(),
            moment,
            !historical,
        )
    }

    /// Ends at the step that stands open.
    pub(crate) fn halt(mut self, halt: Halt, moment: Moment) -> Decision {
        self.note.clear();
        self.skipped = false;
        let (rejection, verdict, needs, status) = match halt {
            Halt::Refused(rejection) => {
                let verdict = rejection.verdict();
                let stale = rejection.code == "status.stale";
                (
                    rejection,
                    verdict,
                    Vec::new(),
                    if stale {
                        CheckStatus::Stale
                    } else {
                        CheckStatus::Fail
                    },
                )
            }
            Halt::Wanting { needs, code } => {
                let stale = code == "status.stale";
                let rejection = Rejection::new(code, wanted(&needs));
                let status = if stale {
                    CheckStatus::Stale
                } else {
                    CheckStatus::Fail
                };
                (rejection, Verdict::Indeterminate, needs, status)
            }
        };
        let step = self.open.take().unwrap_or(Step::Read);
        let row = rejection::ruling(rejection.code);
        self.checks.push(Check {
            id: step,
            status,
            code: Some(rejection.code),
            pointer: rejection.pointer.clone(),
            hop: rejection.hop,
            detail: rejection.detail.clone(),
            hint: row.map(|row| row.remedy),
        });
        let reason = reason(&rejection, row.map_or("", |row| row.meaning), self.chain.len());
        self.decision(verdict, rejection.code, reason, Vec::new(), needs, moment, false)
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the one place that puts a decision together"
    )]
    fn decision(
        mut self,
        verdict: Verdict,
        code: &'static str,
        reason: String,
        commit: Vec<Commit>,
        needs: Vec<Need>,
        moment: Moment,
        allow: bool,
    ) -> Decision {
        let mut checks = Vec::with_capacity(self.checks.len().saturating_add(Step::ALL.len()));
        for step in Step::ALL {
            let before = checks.len();
            while let Some(at) = self.checks.iter().position(|check| check.id == step) {
                checks.push(self.checks.remove(at));
            }
            if checks.len() == before {
                checks.push(check(step, CheckStatus::Skip, "not reached"));
            }
        }
        Decision {
            allow,
            verdict,
            code,
            reason,
            agent: self.agent,
            principal: self.principal,
            chain: self.chain,
            effective: self.effective,
            checks,
            expires_at: self.expires_at,
            status_as_of: self.status_as_of,
            status_floors: self.status_floors,
            did_floors: self.did_floors,
            stapled: self.stapled,
            evidence: self.reliance,
            commit,
            needs,
            historical: moment.is_historical(),
            signatures: self.signatures,
        }
    }
}

fn check(id: Step, status: CheckStatus, detail: impl Into<String>) -> Check {
    Check {
        id,
        status,
        code: None,
        pointer: None,
        hop: None,
        detail: detail.into(),
        hint: None,
    }
}

fn reason(rejection: &Rejection, meaning: &str, chain: usize) -> String {
    let hop = match rejection.hop {
        Some(HopRef::Paper(index)) if index < chain => format!(" (hop {index})"),
        Some(HopRef::Paper(index)) => format!(" (paper {index})"),
        Some(HopRef::Grant) => " (the verifier's grant)".to_owned(),
        None => String::new(),
    };
    if rejection.detail.is_empty() {
        return format!("{meaning}{hop}");
    }
    format!("{meaning}{hop}: {}", rejection.detail)
}

fn wanted(needs: &[Need]) -> String {
    let names: Vec<String> = needs
        .iter()
        .map(|need| match need {
            Need::TrustStatement {
                registry, question, ..
            } => {
                format!("the word of registry `{registry}` about `{}`", question.entity_id)
            }
            Need::Document(did) => format!("the document of `{did}`"),
            Need::StatusList(url) => format!("the status list `{url}`"),
            Need::TokenStatusList(url) => format!("the token status list `{url}`"),
            Need::ZoneOffset { zone, .. } => format!("the offset of `{zone}`"),
        })
        .collect();
    format!("wanted: {}", names.join(", "))
}
