//! `chancery replay`: reach the verdict of an evidence bundle again, offline, and compare it with the recorded one.
//!
//! INVARIANT: nothing is fetched and no clock is asked; what is printed is a record, and nobody may act on it.

use std::path::PathBuf;

use chancery_rdfc::Rdfc;
use chancery_verifier::EvidenceBundle;
use clap::Args;

use crate::bundle_file::FILE_LIMIT;
use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::{decision_view, input};

/// Reach the verdict of a saved decision again, offline, and say whether it is the recorded one.
#[derive(Debug, Args)]
pub struct Replay {
    /// What `chancery verify --save-evidence` wrote: a file, or `-` for standard input.
    file: PathBuf,
}

pub(super) fn run(command: &Replay, console: &mut Console) -> Result<Exit, Failure> {
    let bytes = input::read_within(&command.file, FILE_LIMIT)?;
    let bundle = EvidenceBundle::parse(&bytes)
        .map_err(|error| Failure::usage(error.code(), format!("`{}`: {error}", command.file.display())))?;
    let decision = bundle.replay(&Rdfc::new());
    let again = decision.to_value().to_string();
    if again != bundle.recorded() {
        let message = format!(
            "the evidence leads to `{}`, and to another decision than the one that is recorded with it",
            decision.code
        );
        return Err(Failure::new(Exit::No, "bundle.not_reached", message));
    }
    decision_view::print(&decision, console);
    console.say(format_args!(
        "this is the decision of {}, byte for byte; nobody may act on it now",
        bundle.at()
    ));
    Ok(Exit::Yes)
}
