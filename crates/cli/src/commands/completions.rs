//! `chancery completions SHELL`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Cli;
use crate::console::Console;
use crate::exit::{Exit, Failure};

/// Print completions for a shell.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(command: &Completions, console: &mut Console) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(command.shell, &mut Cli::command(), "chancery", &mut text);
    console.line(String::from_utf8_lossy(&text).trim_end());
    Ok(Exit::Yes)
}
