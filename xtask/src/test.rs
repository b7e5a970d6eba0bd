//! The README's one test command.

use crate::step::{self, Outcome, answers, run_with};
use crate::wasm;

/// Builds the wasm module, then runs the doc tests and every test; `rest` goes to the test runner.
pub(crate) fn run(rest: &[String]) -> Outcome {
    let module = wasm::raw()?;
    let module = module.to_string_lossy().into_owned();
    let environment = [("CHANCERY_WASM", module.as_str())];
    run_with(
        "cargo",
        &["test", "--quiet", "--workspace", "--doc"],
        &environment,
    )?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if answers("cargo", &["nextest", "--version"]) {
        let mut arguments = vec!["nextest", "run", "--workspace", "--no-fail-fast"];
        arguments.extend(rest);
        run_with("cargo", &arguments, &environment)
    } else {
        eprintln!("\ncargo-nextest is not installed; cargo's own runner does the same, a little slower");
        let mut arguments = vec![
            "test",
            "--workspace",
            "--lib",
            "--bins",
            "--tests",
            "--no-fail-fast",
            "--exclude",
            "chancery-python", // nothing but what Python loads: `cargo xtask python` tests it
        ];
        arguments.extend(rest);
        run_with("cargo", &arguments, &environment)
    }
}

/// Makes sure that the wasm target is there, and says so when it installs it.
pub(crate) fn wasm_target() -> Outcome {
    let has = std::process::Command::new("rustup")
        .args(["target", "list", "--installed"])
        .current_dir(crate::step::root())
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("wasm32-unknown-unknown"));
    if has {
        return Ok(());
    }
    eprintln!("installing the Rust target wasm32-unknown-unknown");
    step::run("rustup", &["target", "add", "wasm32-unknown-unknown"])
}
