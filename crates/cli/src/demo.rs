//! `chancery demo`: two organizations, two registries, two agents, real HTTPS on this machine.
//!
//! Acme issues, Globex verifies. The clock is the story's own: it starts on a Wednesday at 10:00 in
//! Berlin. INVARIANT: every decision's exact code is asserted; any other ends the demo with a
//! failure.

mod organization;
mod stage;
mod story;
mod telling;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::console::Console;
use crate::exit::{Exit, Failure};
use stage::Stage;
use telling::Teller;

/// What the demo takes.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Leave keys, databases and papers in this new folder for a look.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// How the story ends.
    #[arg(long, value_enum, default_value = "revoke")]
    pub ending: Ending,
}

/// How Acme takes back what it gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ending {
    /// Acme revokes the first instance's capability.
    Revoke,
    /// Acme suspends the first instance.
    Suspend,
}

/// Plays the story.
///
/// # Errors
/// A stage that cannot be set, and a decision with another code than the story's.
pub async fn play(options: &Options, console: &mut Console) -> Result<Exit, Failure> {
    let mut teller = Teller::new(console);
    let stage = Stage::set(options.keep.as_deref()).await?;
    let played = story::play(&stage, options.ending, &mut teller).await;
    let struck = stage.strike().await;
    played?;
    struck?;
    teller.end(options.keep.as_deref());
    Ok(Exit::Yes)
}
