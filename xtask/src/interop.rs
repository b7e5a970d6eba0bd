//! Other people's libraries as judges: a workspace of its own, in no lockfile that ships.

use crate::step::{self, Outcome};

/// Runs the oracles' tests.
pub(crate) fn run() -> Outcome {
    step::run(
        "cargo",
        &[
            "test",
            "--release",
            "--manifest-path",
            "tests/oracles/Cargo.toml",
            "--",
            "--nocapture",
        ],
    )
}
