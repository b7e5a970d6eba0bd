//! The npm package in every runtime and bundler that it is meant for: `wasm/matrix`, at exact versions.
//!
//! INVARIANT: no install script of a tool runs, and what cannot be installed is in the table with its reason;
//! under `CI=true` that is a failure unless `wasm/matrix/allowed.json` names it.

use std::path::{Path, PathBuf};

use crate::step::{self, Outcome, answers};
use crate::wasm;

/// Builds the package (`--built`: it is already), installs the runtimes, and runs the matrix; the other words go to
/// the runner.
pub(crate) fn run(rest: &[String]) -> Outcome {
    if !rest.iter().any(|word| word == "--built") {
        wasm::run()?;
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !answers("node", &["--version"]) || !answers(npm, &["--version"]) {
        return Err("the matrix needs node 20 or newer, and npm".to_owned());
    }
    let folder = folder();
    if !is_installed(&folder) {
        eprintln!("\ninstalling the runtimes and bundlers of wasm/matrix");
        let words = [
            "ci",
            "--ignore-scripts",
            "--no-fund",
            "--no-audit",
            "--loglevel=error",
        ];
        step::run_in(&folder, npm, &words)?;
    }
    step::run_in(&folder, "node", &["--test"])?;
    let mut words = vec!["run.mjs"];
    words.extend(rest.iter().map(String::as_str).filter(|word| *word != "--built"));
    step::run_in(&folder, "node", &words)
}

fn folder() -> PathBuf {
    step::root().join("wasm").join("matrix")
}

/// Whether npm's own note of what it installed is younger than the lockfile.
fn is_installed(folder: &Path) -> bool {
    let changed = |path: PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let locked = changed(folder.join("package-lock.json"));
    let installed = changed(folder.join("node_modules").join(".package-lock.json"));
    matches!((locked, installed), (Some(locked), Some(installed)) if installed >= locked)
}
