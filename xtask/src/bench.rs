//! Speed, as ratios against the raw signature work in the same run.

use crate::step::{self, Outcome};

/// Builds the bench in release mode, beside the oracles it measures against, and runs it.
pub(crate) fn run(rest: &[String]) -> Outcome {
    let mut words = vec![
        "run",
        "--quiet",
        "--release",
        "--manifest-path",
        "tests/oracles/Cargo.toml",
        "--bin",
        "bench",
        "--",
    ];
    words.extend(rest.iter().map(String::as_str));
    step::run("cargo", &words)
}
