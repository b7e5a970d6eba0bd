//! Writing `tests/vectors` anew.

use crate::step::{self, Outcome};

/// Writes the vectors (`--check` compares with what is there and fails on a difference).
pub(crate) fn run(rest: &[String]) -> Outcome {
    let mut words = vec![
        "run",
        "--quiet",
        "--package",
        "chancery-cast",
        "--bin",
        "vectors",
        "--",
    ];
    words.extend(rest.iter().map(String::as_str));
    step::run("cargo", &words)
}
