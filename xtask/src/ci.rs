//! What CI runs, and a developer before a push: formatting, lints, documentation, the dependency
//! policy, then every test.

use crate::step::{self, Outcome, answers, run_with};
use crate::test;

const DENY: &str = "0.20.2";

/// Runs every check; the first failure ends it.
pub(crate) fn run() -> Outcome {
    test::wasm_target()?;
    step::run("cargo", &["fmt", "--all", "--", "--check"])?;
    step::run(
        "cargo",
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    run_with(
        "cargo",
        &[
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--document-private-items",
        ],
        &[("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links")],
    )?;
    deny()?;
    test::run(&[])
}

fn deny() -> Outcome {
    if !answers("cargo", &["deny", "--version"]) {
        eprintln!("installing cargo-deny {DENY}");
        step::run(
            "cargo",
            &["install", "--quiet", "--locked", "cargo-deny", "--version", DENY],
        )?;
    }
    step::run(
        "cargo",
        &[
            "deny",
            "--log-level",
            "error",
            "check",
            "bans",
            "licenses",
            "sources",
        ],
    )?;
    let database = std::process::Command::new("cargo")
        .args(["deny", "fetch", "db"])
        .current_dir(step::root())
        .output()
        .is_ok_and(|output| output.status.success());
    if database {
        step::run("cargo", &["deny", "--log-level", "error", "check", "advisories"])
    } else {
        eprintln!("not run: advisories (the advisory database cannot be fetched from here)");
        Ok(())
    }
}
