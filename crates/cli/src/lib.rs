//! The chancery command: client, issuer and registry in one binary.
//!
//! Noun and verb for management, bare verbs for what everyone runs. Data goes to standard output,
//! talk to standard error, and every command ends with one of the codes of [`Exit`].

mod commands;
mod console;
mod decision_view;
mod demo;
mod edge;
mod exit;
mod home;
mod input;
mod joining;
mod office;
mod table;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use chancery::{Clock, SystemClock};
use clap::{Args, Parser};

pub use crate::commands::Command;
pub use crate::console::{Console, Format};
pub use crate::demo::{Options as DemoOptions, play as play_demo};
pub use crate::exit::{Exit, Failure};

/// The office that issues, seals, checks and records the passports of AI agents.
#[derive(Debug, Parser)]
#[command(name = "chancery", version, propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// How data is printed on standard output.
    #[arg(short, long, global = true, value_enum, env = "CHANCERY_OUTPUT", default_value = "table")]
    pub output: Format,
    /// Say nothing on standard error but failures.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// The folder with this organization's configuration, keys and database.
    #[arg(long, global = true, env = "CHANCERY_HOME", default_value = "chancery-home", value_name = "DIR")]
    pub home: PathBuf,
    /// A file whose first line is the passphrase of the key store.
    #[arg(long, global = true, env = "CHANCERY_PASSPHRASE_FILE", value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// A certificate authority to trust besides the system's, as PEM; may be given more than once.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    /// Let requests go to services on this machine (`localhost` on the ports that the command names).
    #[arg(long, global = true)]
    pub dev: bool,
    /// The registry to talk to; without it, the one that the home's configuration names.
    #[arg(long, global = true, env = "CHANCERY_REGISTRY", value_name = "URL")]
    pub registry: Option<String>,
    /// A file that holds the registry's admin token.
    #[arg(long, global = true, env = "CHANCERY_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    #[arg(skip)]
    clock: edge::RunClock,
}

/// Runs one command and gives the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console) -> u8 {
    run_at(arguments, console, Arc::new(SystemClock))
}

/// Like [`run`], by a clock that the caller brings: what it shows is *now*.
pub fn run_at(arguments: impl IntoIterator<Item = OsString>, console: &mut Console, clock: Arc<dyn Clock>) -> u8 {
    let mut cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Yes };
            let text = error.render().to_string();
            if error.use_stderr() { console.say(text.trim_end()) } else { console.line(text.trim_end()) }
            return exit.number();
        }
    };
    cli.global.clock = edge::RunClock(clock);
    console.format = cli.global.output;
    console.talk = !cli.global.quiet;
    match commands::run(cli.command, &cli.global, console) {
        Ok(exit) => exit.number(),
        Err(failure) => {
            console.failure(&failure);
            failure.exit().number()
        }
    }
}
