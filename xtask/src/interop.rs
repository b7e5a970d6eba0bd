//! Other people's libraries, both ways: they verify what Chancery issues, Chancery verifies what they issue,
//! and refuses it changed.
//!
//! The npm and Python peers stand in `tests/interop` with exact versions and meet Chancery through its own
//! doors: `chancery conformance serve`, and the command. The Rust peers are `tests/oracles`, a workspace of
//! its own that ships in no lockfile.
//!
//! INVARIANT: every peer is in the table, with its counts or as `not run`; under `CI=true` a peer that was not
//! run is a failure.

mod oracles;
mod scripts;
mod server;
mod table;

use crate::step::{self, Outcome};
use table::Table;

pub(crate) use self::scripts::node;

/// Runs every peer (`--skip-oracles`: all but the Rust ones) and prints the table.
pub(crate) fn run(rest: &[String]) -> Outcome {
    let mut table = Table::default();
    step::run(
        "cargo",
        &[
            "build",
            "--quiet",
            "--package",
            "chancery-cli",
            "--bin",
            "chancery",
        ],
    )?;
    let command = step::target()?
        .join("debug")
        .join(format!("chancery{}", std::env::consts::EXE_SUFFIX));
    scripts::run(&command, &mut table)?;
    if rest.iter().any(|word| word == "--skip-oracles") {
        table.not_run("Rust oracles", "left out with --skip-oracles");
    } else {
        oracles::run(&mut table)?;
    }
    table.print();
    table.verdict(ci())
}

/// Whether this is CI, where a missing tool is a failure and not an excuse.
#[expect(
    clippy::disallowed_methods,
    reason = "tasks are told by the environment that they run in CI"
)]
fn ci() -> bool {
    std::env::var("CI").as_deref() == Ok("true")
}
