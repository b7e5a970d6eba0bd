//! `chancery did witness|append`: a version that waits for its witnesses, approved and added.

use std::path::PathBuf;

use chancery_did_webvh::{Candidate, approve};
use clap::Args;
use serde_json::Value;

use super::log_file::{LogFile, refused};
use super::webvh::{LogMethod, written};
use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::home::Home;
use crate::input;

/// Approve, as a witness, the version that waits in `did.jsonl.next`, and print the proof.
#[derive(Debug, Args)]
pub struct Witness {
    /// The witness's key, by its name in the key store.
    key: String,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    #[command(flatten)]
    file: LogFile,
}

/// Add the version that waits in `did.jsonl.next`, with its witnesses' proofs, to the log.
#[derive(Debug, Args)]
pub struct Append {
    /// A file with a proof that `chancery did witness` printed; may be given more than once.
    #[arg(long, value_name = "FILE")]
    proof: Vec<PathBuf>,
    /// The method.
    #[arg(long, value_enum, default_value = "webvh")]
    method: LogMethod,
    #[command(flatten)]
    file: LogFile,
}

impl Witness {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let signer = Home::open(global)?.key(global, &self.key)?;
        let (own, line) = (self.file.read()?, self.file.waiting()?);
        let proof = approve(&own, &line, global.clock.0.now(), &signer).map_err(|error| refused(&error))?;
        console.json(&proof);
        Ok(Exit::Yes)
    }
}

impl Append {
    pub(super) fn run(&self, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
        let LogMethod::Webvh = self.method;
        let (before, line, now) = (self.file.read()?, self.file.waiting()?, global.clock.0.now());
        let candidate = if before.log.is_empty() {
            Candidate::receive(&line, now)
        } else {
            self.file.open(now)?.receive(&line, now)
        };
        let candidate = candidate.map_err(|error| refused(&error))?;
        let proofs: Vec<Value> = self
            .proof
            .iter()
            .map(|path| input::read_json(path))
            .collect::<Result<_, _>>()?;
        let writer = candidate.publish(&proofs, now).map_err(|error| refused(&error))?;
        written(&writer, &self.file, &before, global, console)
    }
}
