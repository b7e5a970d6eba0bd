//! The commands, one file per noun.

mod agent;
mod challenge;
mod check;
mod completions;
mod conformance;
mod credential;
mod delegate;
mod did;
mod doctor;
mod explain;
mod init;
mod inspect;
mod key;
mod man;
mod present;
mod replay;
mod serve;
mod status;
mod trust;
mod verify;

use std::future::Future;

use clap::Subcommand;

use crate::Global;
use crate::console::Console;
use crate::demo;
use crate::exit::{Exit, Failure};

/// Everything that the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Play the story of two organizations: issue, delegate, verify, revoke.
    Demo(demo::Options),
    /// Make an organization's home: keys, configuration, an empty database.
    Init(init::Init),
    /// Run this organization's registry.
    Serve(serve::Serve),
    /// Make a fresh nonce for one presenter.
    Challenge(challenge::Challenge),
    /// Decide about one action: one presentation, one policy, one verdict.
    Verify(Box<verify::Verify>),
    /// Reach the verdict of a saved decision again, offline, and say whether it is the recorded one.
    Replay(replay::Replay),
    /// Hand a narrower part of a capability to another agent.
    Delegate(delegate::Delegate),
    /// Show papers to one audience, for one nonce.
    Present(present::Present),
    /// Agents, their owners and their running instances.
    #[command(subcommand)]
    Agent(agent::Agent),
    /// Papers: issue, list, renew, suspend, resume, revoke, check.
    #[command(subcommand)]
    Credential(credential::Credential),
    /// Keys in the encrypted key store.
    #[command(subcommand)]
    Key(key::Key),
    /// Decentralized identifiers and their documents.
    #[command(subcommand)]
    Did(did::Did),
    /// Status lists.
    #[command(subcommand)]
    Status(status::Status),
    /// Whom this organization believes.
    #[command(subcommand)]
    Trust(trust::Trust),
    /// Look inside a paper without believing it.
    Inspect(inspect::Inspect),
    /// Say what a code means and what to do about it.
    Explain(explain::Explain),
    /// Look for what is wrong with this set-up.
    Doctor(doctor::Doctor),
    /// What the official test suites talk to; with throw-away keys, on this machine only.
    #[command(subcommand)]
    Conformance(conformance::Conformance),
    /// Print completions for a shell.
    Completions(completions::Completions),
    /// Write the manual pages.
    Man(man::Man),
}

/// Runs one command.
pub(crate) fn run(command: Command, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    match command {
        Command::Demo(options) => block_on(demo::play(&options, console))?,
        Command::Init(command) => init::run(&command, global, console),
        Command::Serve(command) => block_on(serve::run(&command, global, console))?,
        Command::Challenge(command) => block_on(challenge::run(&command, global, console))?,
        Command::Verify(command) => block_on(verify::run(&command, global, console))?,
        Command::Delegate(command) => block_on(delegate::run(&command, global, console))?,
        Command::Replay(command) => replay::run(&command, console),
        Command::Present(command) => block_on(present::run(&command, global, console))?,
        Command::Agent(command) => block_on(agent::run(&command, global, console))?,
        Command::Credential(command) => block_on(credential::run(&command, global, console))?,
        Command::Key(command) => key::run(&command, global, console),
        Command::Did(command) => block_on(did::run(&command, global, console))?,
        Command::Status(command) => block_on(status::run(&command, global, console))?,
        Command::Trust(command) => block_on(trust::run(&command, global, console))?,
        Command::Inspect(command) => inspect::run(&command, console),
        Command::Explain(command) => explain::run(&command, console),
        Command::Doctor(command) => block_on(doctor::run(&command, global, console))?,
        Command::Conformance(command) => block_on(conformance::run(&command, global, console))?,
        Command::Completions(command) => completions::run(&command, console),
        Command::Man(command) => man::run(&command, global, console),
    }
}

/// Runs a future on a runtime of its own: only the commands that talk to others need one.
fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| {
        Failure::new(
            Exit::Configuration,
            "config.runtime",
            format!("no runtime: {error}"),
        )
    })?;
    Ok(runtime.block_on(future))
}
