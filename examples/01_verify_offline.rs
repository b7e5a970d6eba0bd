//! Story 1: a decision without a network. A presentation, the verifier's policy and the evidence that somebody
//! gathered lie in one file; the decision is a function of them and of the time.
//!
//! `cargo run -p chancery-examples --example 01_verify_offline [VECTOR.json]`

#![expect(clippy::indexing_slicing, reason = "absent reads as null")]

use std::error::Error;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chancery_did::Timestamp;
use chancery_trust::Policy;
use chancery_verifier::{CheckStatus, Decision, Evidence, Moment, Request, verify};
use serde_json::Value;

type Outcome = Result<(), Box<dyn Error>>;

/// Judges the file, then the same papers for another amount.
pub(crate) fn story(file: &Path, out: &mut dyn Write) -> Outcome {
    let vector: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let text = |name: &str| {
        vector[name]
            .as_str()
            .ok_or_else(|| format!("`{name}` is no text"))
    };

    // What a peer sent stays text until the verifier reads it; what is ours is parsed here.
    let presentation = text("presentation")?;
    let evidence = Evidence::parse_value(&vector["evidence"])?;
    let policy = Policy::parse_value(&vector["policy"])?;
    let at = Moment::Now(Timestamp::parse(text("at")?)?);

    let mut asked = vector["request"].clone();
    for amount in ["35.00", "60.00"] {
        asked["facts"]["amount"]["value"] = amount.into();
        let request = Request::parse(&asked)?;
        let decision = verify(presentation.as_bytes(), &evidence, &policy, &request, at);
        print(amount, &decision, out)?;
    }
    Ok(())
}

fn print(amount: &str, decision: &Decision, out: &mut dyn Write) -> Outcome {
    let word = if decision.allow { "allowed" } else { "refused" };
    writeln!(
        out,
        "{amount} EUR: {word}, verdict {}, code {}",
        decision.verdict.as_str(),
        decision.code
    )?;
    for hop in &decision.chain {
        writeln!(out, "  {}: {}", hop.paper_type.as_str(), hop.narrowed.join("; "))?;
    }
    for check in &decision.checks {
        let mark = match check.status {
            CheckStatus::Pass => "pass",
            CheckStatus::Fail => "FAIL",
            CheckStatus::Skip => "skip",
            CheckStatus::Stale => "stale",
        };
        writeln!(out, "  {mark} {}", check.id.as_str())?;
    }
    // An allow names what must be used up, in one step, before anybody acts on it.
    writeln!(out, "  to commit first: {}\n", decision.commit.len())?;
    Ok(())
}

fn main() -> Outcome {
    let file = std::env::args().nth(1).map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/allow_delegated.json"),
        PathBuf::from,
    );
    story(&file, &mut io::stdout())
}
