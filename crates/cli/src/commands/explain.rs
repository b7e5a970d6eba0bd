//! `chancery explain CODE`: what a code means, from the verifier's one table.

use clap::Args;
use serde_json::json;

use chancery_verifier::rejection;

use crate::console::Console;
use crate::exit::{Exit, Failure};

/// Say what a code means and what to do about it.
#[derive(Debug, Args)]
pub struct Explain {
    /// The code, for example `status.revoked`; without one, all codes are listed.
    code: Option<String>,
}

pub(super) fn run(command: &Explain, console: &mut Console) -> Result<Exit, Failure> {
    match &command.code {
        None => {
            for row in rejection::TABLE {
                if console.is_json() {
                    console.json(&json!({"code": row.code, "meaning": row.meaning, "remedy": row.remedy}));
                } else {
                    console.line(format_args!("{:<32} {}", row.code, row.meaning));
                }
            }
            Ok(Exit::Yes)
        }
        Some(code) => {
            let row = rejection::explain(code).ok_or_else(|| {
                Failure::usage("usage.unknown_code", format!("no code `{code}`"))
                    .with_help("`chancery explain` lists all codes")
            })?;
            if console.is_json() {
                console.json(&json!({
                    "apiVersion": "chancery.v1", "kind": "Explanation",
                    "code": row.code, "step": row.step, "verdict": row.verdict.as_str(),
                    "meaning": row.meaning, "remedy": row.remedy,
                }));
            } else {
                console.line(format_args!(
                    "{}  ({}, step {})",
                    row.code,
                    row.verdict.as_str(),
                    row.step
                ));
                console.line(format_args!("  {}", row.meaning));
                console.line(format_args!("  what to do: {}", row.remedy));
            }
            Ok(Exit::Yes)
        }
    }
}
