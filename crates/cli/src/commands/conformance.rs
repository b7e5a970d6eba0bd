//! `chancery conformance`: what the field's own test suites talk to.
//!
//! INVARIANT: nothing here is part of an ordinary service: keys are thrown away at the end, and no listener is
//! opened beyond this machine.

mod forms;
mod jose_cose;
mod serve;

use clap::Subcommand;

use crate::Global;
use crate::console::Console;
use crate::exit::{Exit, Failure};

/// What the official test suites talk to; with throw-away keys, on this machine only.
#[derive(Debug, Subcommand)]
pub enum Conformance {
    /// Serve issuers, verifiers, a resolver and status lists without asking who calls.
    Serve(serve::Serve),
    /// One task of the VC-JOSE-COSE suite, from file to file.
    JoseCose(jose_cose::JoseCose),
}

pub(super) async fn run(
    command: &Conformance,
    global: &Global,
    console: &mut Console,
) -> Result<Exit, Failure> {
    match command {
        Conformance::Serve(command) => serve::run(command, global, console).await,
        Conformance::JoseCose(command) => jose_cose::run(command, console),
    }
}
