//! `POST /verify`: this service as the relying party's verifier, with its policy, its challenges, its ledger.
//!
//! INVARIANT: the request's facts come from the caller and from the policy's tools, never from the
//! presentation; no allow leaves before its nonce was used up in the store, in one atomic step; a nonce that
//! this service did not hand out is never good (unless the configuration says that others do). What a caller
//! brings as evidence is good for that one decision, and nothing of it is remembered for another.

use std::sync::Arc;

use async_trait::async_trait;
use chancery::{Clock, Gatherer, Guarded, Ledger, nonce::CommitError};
use chancery_did::Timestamp;
use chancery_rdfc::Rdfc;
use chancery_trust::Policy;
use chancery_verifier::{Commit, Decision, Evidence, EvidenceBundle, Moment, Request};
use serde_json::{Map, Value, json};

use crate::{
    app::App,
    body::Members,
    config::Config,
    problem::Problem,
    store::{ChallengePurpose, Once, Store, StoreError},
};

/// What a verifier needs beside the request.
pub(crate) struct Verification {
    policy: Policy,
    gatherer: Gatherer,
    client: Guarded,
    clock: Arc<dyn Clock>,
    ledger: Arc<StoreLedger>,
}

impl Verification {
    /// Builds it over the store's ledger.
    pub(crate) fn new(
        policy: Policy,
        client: Guarded,
        clock: Arc<dyn Clock>,
        store: Arc<dyn Store>,
        config: &Config,
    ) -> Self {
        let ledger = Arc::new(StoreLedger {
            store,
            own_challenges: config.own_challenges,
        });
        Self {
            policy,
            gatherer: Gatherer::new(client.clone(), Arc::clone(&clock), ledger.clone())
                .with_suites(Arc::new(Rdfc::new())),
            client,
            clock,
            ledger,
        }
    }

    /// Decides, with what the caller brought if it brought something: by a gatherer of its own then, which knows
    /// the newest lists seen and hands nothing on. Gives all the evidence back too.
    async fn decide(
        &self,
        presentation: &[u8],
        evidence: Option<Evidence>,
        request: &Request,
        moment: Moment,
    ) -> (Decision, Evidence) {
        let Some(evidence) = evidence else {
            return self
                .gatherer
                .decide_with(presentation, Evidence::default(), &self.policy, request, moment)
                .await;
        };
        let (client, clock) = (self.client.clone(), Arc::clone(&self.clock));
        Gatherer::resume(client, clock, self.ledger.clone(), self.gatherer.floors())
            .with_suites(Arc::new(Rdfc::new()))
            .decide_with(presentation, evidence, &self.policy, request, moment)
            .await
    }

    /// The audience that presentations must name.
    pub(crate) fn audience(&self) -> &str {
        &self.policy.audience
    }
}

impl std::fmt::Debug for Verification {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verification")
            .field("gatherer", &self.gatherer)
            .finish_non_exhaustive()
    }
}

/// Decides about one request; that its caller may bring evidence, and have it, was asked before. Gives the decision,
/// or with `save_evidence` both the `decision` and the `evidence_bundle` that leads to it.
pub(crate) async fn verify(app: &App, body: Map<String, Value>) -> Result<Value, Problem> {
    let verification = app.verification().ok_or_else(Problem::not_found)?;
    let mut members = Members::new(body);
    let presentation = match members.take("presentation") {
        Some(Value::String(text)) => text,
        Some(Value::Object(_)) => {
            return Err(Problem::malformed(
                "parse.structure",
                "`presentation` is the exact text as a string, not a parsed object",
            ));
        }
        _ => {
            return Err(Problem::malformed(
                "request.missing_member",
                "`presentation` is required, as a string",
            ));
        }
    };
    let malformed = |problem: Problem| Problem {
        status: http::StatusCode::BAD_REQUEST,
        ..problem
    };
    let nonce = members.text("nonce").map_err(malformed)?;
    let evidence = members
        .take("evidence")
        .map(|value| Evidence::parse_value(&value))
        .transpose()
        .map_err(|error| Problem::malformed(error.code(), error.to_string()))?;
    let save = match members.take("save_evidence") {
        None => false,
        Some(Value::Bool(save)) => save,
        Some(_) => {
            return Err(Problem::malformed(
                "request.member",
                "`save_evidence` is true or false",
            ));
        }
    };
    let audience = verification.audience().to_owned();
    let tool = members.optional_text("tool").map_err(malformed)?;
    let arguments = members.take("arguments");
    let request = match tool {
        Some(tool) => {
            members.finish()?;
            let arguments = arguments.unwrap_or_else(|| json!({}));
            Request::for_tool(&verification.policy, &tool, arguments, &audience, &nonce)
        }
        None => {
            let mut value = Map::new();
            for name in ["action", "resource", "facts"] {
                if let Some(member) = members.take(name) {
                    value.insert(name.to_owned(), member);
                }
            }
            members.finish()?;
            if let Some(arguments) = arguments {
                value.insert("arguments".to_owned(), arguments);
            }
            value.insert("audience".to_owned(), audience.into());
            value.insert("nonce".to_owned(), nonce.into());
            Request::parse(&Value::Object(value))
        }
    }
    .map_err(|error| Problem::malformed(error.code(), error.to_string()))?;
    let (presentation, moment) = (presentation.as_bytes(), Moment::Now(app.now()));
    let (decision, evidence) = verification
        .decide(presentation, evidence, &request, moment)
        .await;
    if !save {
        return Ok(decision.to_value());
    }
    let rdfc = Rdfc::new();
    let judged = (&decision, &rdfc as &dyn chancery_proof::Suites);
    let policy = &verification.policy;
    let bundle = EvidenceBundle::of(presentation, &evidence, policy, &request, moment, judged);
    Ok(json!({ "decision": decision.to_value(), "evidence_bundle": bundle.to_value() }))
}

/// The ledger in the store: what one node used up is used up for all that share the store.
#[derive(Debug)]
struct StoreLedger {
    store: Arc<dyn Store>,
    own_challenges: bool,
}

#[async_trait]
impl Ledger for StoreLedger {
    async fn commit(&self, commits: &[Commit], now: Timestamp) -> Result<(), CommitError> {
        let mut values = Vec::with_capacity(commits.len());
        for commit in commits {
            values.push(match commit {
                Commit::ConsumeNonce {
                    audience,
                    nonce,
                    until,
                } => Once {
                    kind: "presentation",
                    scope: audience.clone(),
                    key: nonce.clone(),
                    until: *until,
                    code: "replay.presentation",
                    challenge: self.own_challenges.then_some(ChallengePurpose::Presentation),
                },
                Commit::ConsumeApproval { issuer, id, until } => Once {
                    kind: "approval",
                    scope: issuer.as_str().to_owned(),
                    key: id.clone(),
                    until: *until,
                    code: "replay.approval",
                    challenge: None,
                },
                // Counters come with their own issue; what this ledger cannot keep is not allowed.
                Commit::Debit { .. } | _ => return Err(CommitError::NoState),
            });
        }
        // What has ended could have been forgotten: it is refused, not looked up.
        if let Some(ended) = values.iter().find(|value| value.until < now) {
            return Err(used_up(ended.code));
        }
        self.store
            .consume(values, now)
            .await
            .map_err(|error| match error {
                StoreError::Replay { code } => used_up(code),
                StoreError::NotFound
                | StoreError::Conflict { .. }
                | StoreError::Crowded
                | StoreError::Unavailable { .. } => {
                    tracing::error!(%error, "ledger unavailable");
                    CommitError::Unavailable("the store did not answer".to_owned())
                }
            })
    }
}

fn used_up(code: &str) -> CommitError {
    if code == "replay.approval" {
        CommitError::Approval
    } else {
        CommitError::Presentation
    }
}
