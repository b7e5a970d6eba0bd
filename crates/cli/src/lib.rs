//! The chancery command: client, issuer and registry in one binary.
//!
//! Noun and verb for management, bare verbs for what everyone runs. Data goes to standard output,
//! talk to standard error, and every command ends with one of the codes of [`Exit`].

mod bundle_file;
mod commands;
mod console;
mod decision_view;
mod demo;
mod edge;
mod exit;
mod hints;
mod home;
mod input;
mod joining;
mod office;
mod rehearsal;
mod table;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use chancery::{Clock, SystemClock};
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser};

pub use crate::commands::Command;
pub use crate::console::{Console, Format};
pub use crate::demo::{Options as DemoOptions, play as play_demo};
pub use crate::exit::{Exit, Failure};

/// The office that issues, seals, checks and records the passports of AI agents.
#[derive(Debug, Parser)]
#[command(
    name = "chancery",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
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
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// How data is printed on standard output.
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        env = "CHANCERY_OUTPUT",
        hide_env_values = true,
        default_value = "table"
    )]
    pub output: Format,
    /// Say nothing on standard error but failures.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// The folder with this organization's configuration, keys and database.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_HOME",
        hide_env_values = true,
        default_value = "chancery-home",
        value_name = "DIR"
    )]
    pub home: PathBuf,
    /// A file whose first line is the passphrase of the key store.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_PASSPHRASE_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub passphrase_file: Option<PathBuf>,
    /// A certificate authority to trust instead of the system's, as PEM; may be given more than once.
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Vec<PathBuf>,
    /// Try it out on this machine: requests may go to `localhost` on the ports that the command names,
    /// and the home's own certificate authority, made by `serve --dev`, is trusted.
    #[arg(long, global = true)]
    pub dev: bool,
    /// Check everything, then say what would be changed, here or at the registry, and change nothing.
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// The registry to talk to; without it, the one that the home's configuration names.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_REGISTRY",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub registry: Option<String>,
    /// A file that holds the registry's admin token.
    #[arg(
        long,
        global = true,
        env = "CHANCERY_TOKEN_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    pub token_file: Option<PathBuf>,
    #[arg(skip)]
    clock: edge::RunClock,
    /// The flags above as they were typed, to be repeated in a hint.
    #[arg(skip)]
    typed: String,
}

/// Runs one command and gives the process's exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>, console: &mut Console) -> u8 {
    run_at(arguments, console, Arc::new(SystemClock))
}

/// Like [`run`], by a clock that the caller brings: what it shows is *now*.
pub fn run_at(
    arguments: impl IntoIterator<Item = OsString>,
    console: &mut Console,
    clock: Arc<dyn Clock>,
) -> u8 {
    let mut cli = match parsed(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Yes
            };
            let text = error
                .render()
                .to_string()
                .replacen("error: ", "error[usage.arguments]: ", 1);
            if error.use_stderr() {
                console.say(text.trim_end())
            } else {
                console.line(text.trim_end())
            }
            return exit.number();
        }
    };
    cli.global.clock = edge::RunClock(clock);
    console.format = cli.global.output;
    console.talk = !cli.global.quiet;
    let global = cli.global;
    match commands::run(cli.command, &global, console) {
        Ok(exit) => exit.number(),
        Err(failure) => {
            let failure = hints::for_failure(failure, &global);
            console.failure(&failure);
            failure.exit().number()
        }
    }
}

fn parsed(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(arguments)?;
    let mut cli = Cli::from_arg_matches(&matches)?;
    cli.global.typed = typed(&cli.global, &matches);
    Ok(cli)
}

/// The flags that reach the same home and the same registry again, as far as they were typed.
fn typed(global: &Global, matches: &ArgMatches) -> String {
    let was = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let mut text = String::new();
    let mut add = |flag: &str, value: String| {
        text.push_str(flag);
        text.push_str(&value);
    };
    if was("home") {
        add(" --home ", hints::quoted(&global.home));
    }
    if global.dev {
        add(" --dev", String::new());
    }
    if let Some(file) = global.passphrase_file.as_ref().filter(|_| was("passphrase_file")) {
        add(" --passphrase-file ", hints::quoted(file));
    }
    for file in &global.ca_file {
        add(" --ca-file ", hints::quoted(file));
    }
    if let Some(registry) = global.registry.as_ref().filter(|_| was("registry")) {
        add(" --registry ", registry.clone());
    }
    if let Some(file) = global.token_file.as_ref().filter(|_| was("token_file")) {
        add(" --token-file ", hints::quoted(file));
    }
    text
}
