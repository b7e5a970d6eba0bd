//! `chancery completions SHELL`.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell as Classic;
use clap_complete_nushell::Nushell;

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

/// The shells that completions can be written for.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    /// Bash.
    Bash,
    /// Elvish.
    Elvish,
    /// fish.
    Fish,
    /// Nushell.
    Nushell,
    /// PowerShell.
    Powershell,
    /// Zsh.
    Zsh,
}

pub(super) fn run(command: &Completions, console: &mut Console) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    let mut cli = Cli::command();
    let mut write =
        |shell: Classic, cli: &mut clap::Command| clap_complete::generate(shell, cli, "chancery", &mut text);
    match command.shell {
        Shell::Bash => write(Classic::Bash, &mut cli),
        Shell::Elvish => write(Classic::Elvish, &mut cli),
        Shell::Fish => write(Classic::Fish, &mut cli),
        Shell::Powershell => write(Classic::PowerShell, &mut cli),
        Shell::Zsh => write(Classic::Zsh, &mut cli),
        Shell::Nushell => clap_complete::generate(Nushell, &mut cli, "chancery", &mut text),
    }
    console.line(String::from_utf8_lossy(&text).trim_end());
    Ok(Exit::Yes)
}
