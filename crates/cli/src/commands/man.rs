//! `chancery man --out DIR`: one manual page per command.

use std::path::PathBuf;

use clap::{Args, CommandFactory};

use crate::console::Console;
use crate::exit::{Exit, Failure};
use crate::rehearsal::rehearsed;
use crate::{Cli, Global};

/// Write the manual pages.
#[derive(Debug, Args)]
pub struct Man {
    /// The folder to write them to; it must exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(super) fn run(command: &Man, global: &Global, console: &mut Console) -> Result<Exit, Failure> {
    if !command.out.is_dir() {
        return Err(Failure::usage(
            "usage.no_folder",
            format!("`{}` is not a folder", command.out.display()),
        ));
    }
    let page = |name: &str| name.starts_with("chancery") && name.ends_with(".1");
    let there = std::fs::read_dir(&command.out).into_iter().flatten().flatten();
    if there
        .filter_map(|entry| entry.file_name().into_string().ok())
        .any(|name| page(&name))
    {
        let message = format!("manual pages are in `{}` already", command.out.display());
        return Err(Failure::usage("usage.write", message).with_help("name an empty folder"));
    }
    let change = format!("write the manual pages to {}", command.out.display());
    if let Some(exit) = rehearsed(global, &[change], console) {
        return Ok(exit);
    }
    clap_mangen::generate_to(Cli::command(), &command.out).map_err(|error| {
        Failure::usage(
            "usage.write",
            format!("`{}` cannot be written: {error}", command.out.display()),
        )
    })?;
    console.say(format_args!("manual pages are in {}", command.out.display()));
    Ok(Exit::Yes)
}
