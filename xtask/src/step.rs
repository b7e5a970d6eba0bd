//! Running one step: the command is shown, its output is the user's, a failure names the step.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a task gives back: nothing, or one sentence on what failed.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// The folder that cargo builds into, as cargo itself says.
pub(crate) fn target() -> Outcome<PathBuf> {
    target_of(&root())
}

/// Like [`target`], for the workspace in another folder.
pub(crate) fn target_of(folder: &Path) -> Outcome<PathBuf> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(folder)
        .output()
        .map_err(|error| format!("cargo metadata: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let marker = "\"target_directory\":\"";
    text.split_once(marker)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(folder, _)| PathBuf::from(folder))
        .ok_or_else(|| "cargo metadata named no target folder".to_owned())
}

/// A command in the workspace's root, with its words shown before it runs.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Outcome {
    run_with(program, arguments, &[])
}

/// Like [`run`], with more of the environment set.
pub(crate) fn run_with(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    run_all(&root(), program, arguments, environment)
}

/// Like [`run`], in another folder.
pub(crate) fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Outcome {
    run_all(folder, program, arguments, &[])
}

fn run_all(folder: &Path, program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Outcome {
    eprintln!("\n$ {program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{program} {}` failed ({status})", arguments.join(" ")))
    }
}

/// Runs a command in another folder, shows what it says on standard error, and gives what it says on standard output.
pub(crate) fn output_in(
    folder: &Path,
    program: &str,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Outcome<String> {
    eprintln!("\n$ {program} {}", arguments.join(" "));
    let output = Command::new(program)
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(folder)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    eprintln!("{said}");
    Err(format!(
        "`{program} {}` failed ({})",
        arguments.join(" "),
        output.status
    ))
}

/// Whether a command exists and answers.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
