//! `chancery credential check`: one credential of any kind, or a stream of them, one a line.
//!
//! Document rules, proof, time and status are judged. Trust is not asked, and the answer never says
//! allow.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chancery::gather::Strangers;
use chancery::{Gatherer, Guarded, MemoryLedger};
use chancery_did::{PublicKey, Timestamp};
use chancery_rdfc::Rdfc;
use chancery_verifier::{CheckStatus, CredentialPolicy, CredentialReport, Evidence, Verdict};
use clap::Args;
use serde_json::Value;

use crate::Global;
use crate::console::{Console, Format};
use crate::exit::{Exit, Failure};
use crate::{edge, input};

/// Judge single credentials of any kind: document rules, proof, time, status. Trust is not asked.
#[derive(Debug, Args)]
pub struct Check {
    /// The credential: a file, or `-` for standard input.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    file: Option<PathBuf>,
    /// A stream of credentials, one a line (an object, or a string with a JWS); one result a line comes out.
    #[arg(long, value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// The one key to trust for an issuer that is not a DID: a file with a JWK or a multikey.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Evidence that you bring.
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Fetch nothing.
    #[arg(long)]
    offline: bool,
    /// The moment to judge, instead of now.
    #[arg(long, value_parser = input::time, value_name = "TIME")]
    at: Option<Timestamp>,
}

pub(super) async fn run(command: &Check, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    let key = command.key.as_deref().map(read_key).transpose()?;
    let evidence = match &command.evidence {
        None => Evidence::default(),
        Some(file) => Evidence::parse(&input::read(file)?)
            .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", file.display())))?,
    };
    let at = command.at.unwrap_or_else(|| global.clock.0.now());
    let client = if command.offline {
        Guarded::offline()
    } else {
        edge::guarded(global, &edge::own(global))?
    };
    let judge = Judge {
        gatherer: Gatherer::new(client, global.clock.0.clone(), Arc::new(MemoryLedger::default())),
        policy: CredentialPolicy {
            pinned: key,
            ..CredentialPolicy::strict().with_suites(Arc::new(Rdfc::new()))
        },
        evidence,
        at,
    };
    match (&command.jsonl, &command.file) {
        (Some(stream), _) => many(&judge, stream, console).await,
        (None, Some(file)) => {
            let report = judge.check(&input::read(file)?).await;
            show(&report, console);
            if !report.checked {
                console.say(format_args!("help: chancery explain {}", report.code));
            }
            Ok(exit(&report))
        }
        (None, None) => Err(Failure::usage("usage.argument", "no credential is named")),
    }
}

async fn many(judge: &Judge, stream: &Path, console: &mut Console) -> Result<Exit, Failure> {
    let mut lines = input::lines(stream)?;
    let mut worst = Exit::Yes;
    while let Some(line) = lines.next()? {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let report = judge.check(&unquoted(&line)).await;
        console.line(report.to_value());
        worst = match (worst, exit(&report)) {
            (_, Exit::No) | (Exit::No, _) => Exit::No,
            (_, Exit::CannotTell) | (Exit::CannotTell, _) => Exit::CannotTell,
            (worst, _) => worst,
        };
    }
    Ok(worst)
}

/// A line is the credential itself, or a JSON string with a compact JWS in it.
fn unquoted(line: &[u8]) -> Vec<u8> {
    let line = line.trim_ascii();
    match chancery_proof::json::parse(line, &chancery_proof::Limits::default()) {
        Ok(Value::String(token)) => token.into_bytes(),
        _ => line.to_vec(),
    }
}

struct Judge {
    gatherer: Gatherer,
    policy: CredentialPolicy,
    evidence: Evidence,
    at: Timestamp,
}

impl Judge {
    /// Judges one credential, fetching what its own issuer's document and status lists need.
    async fn check(&self, text: &[u8]) -> CredentialReport {
        let evidence = self.evidence.clone();
        self.gatherer
            .check_credential(text, evidence, &self.policy, Strangers::Resolve, self.at)
            .await
    }
}

fn show(report: &CredentialReport, console: &mut Console) {
    if console.is_json() {
        console.json(&report.to_value());
        return;
    }
    if console.format == Format::Raw {
        console.line(report.code);
        return;
    }
    let word = match report.verdict {
        Verdict::Valid => "HOLDS",
        Verdict::Invalid => "DOES NOT HOLD",
        Verdict::Indeterminate => "CANNOT TELL",
    };
    console.line(format_args!("{word}  {}  {}", report.code, report.reason));
    for check in &report.checks {
        let outcome = match check.status {
            CheckStatus::Pass => "pass",
            CheckStatus::Fail if report.verdict == Verdict::Indeterminate => "?",
            CheckStatus::Fail => "FAIL",
            CheckStatus::Skip => "-",
            CheckStatus::Stale => "stale",
        };
        let line = format!("  {:<12} {outcome:<6} {}", check.id.as_str(), check.detail);
        console.line(line.trim_end());
    }
    console.line("  trust        not asked: this says nothing about whether to believe the issuer");
}

fn exit(report: &CredentialReport) -> Exit {
    match (report.checked, report.verdict) {
        (true, _) => Exit::Yes,
        (false, Verdict::Indeterminate) => Exit::CannotTell,
        (false, Verdict::Valid | Verdict::Invalid) => Exit::No,
    }
}

fn read_key(path: &Path) -> Result<PublicKey, Failure> {
    let text = input::read_text(path)?;
    let key = if text.starts_with('{') {
        let value = input::read_json(path)?;
        let jwk = value.get("publicKeyJwk").unwrap_or(&value);
        PublicKey::from_jwk(jwk)
    } else {
        PublicKey::from_multikey(&text)
    };
    key.map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", path.display())))
}
