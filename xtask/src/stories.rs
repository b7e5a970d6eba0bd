//! The adapters of the npm package against the real SDKs, and the stories in JavaScript, on the packed package.
//!
//! INVARIANT: a story's output is the text beside the other stories', line by line; the SDKs are of exact versions, and
//! none of their install scripts runs. Under `CI=true` what cannot be run is a failure.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::step::{self, Outcome, answers};
use crate::wasm;

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
/// The most lines of a story.
const PAGE: usize = 80;
/// The stories in JavaScript, in order.
const STORIES: [&str; 4] = ["04_mcp_refund", "05_a2a", "06_edge_worker", "07_passport_page"];

/// Runs the adapters' tests and every story; with names of stories (or `adapters`) only those, with `--write` the texts
/// are written instead of compared, and with `--built` the package is taken as it stands.
pub(crate) fn run(rest: &[String]) -> Outcome {
    if !answers("node", &["--version"]) || !answers(NPM, &["--version"]) {
        return Err("the stories need node 20 or newer, and npm".to_owned());
    }
    let flag = |name: &str| rest.iter().any(|word| word == name);
    let named: Vec<&String> = rest.iter().filter(|word| !word.starts_with("--")).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|word| *word == name);
    if let Some(odd) = named
        .iter()
        .find(|word| *word != &"adapters" && !STORIES.contains(&word.as_str()))
    {
        return Err(format!("no story `{odd}`"));
    }
    if !flag("--built") {
        wasm::run()?;
    }
    let adapters = folder(&["wasm", "npm", "adapter-tests"]);
    install(
        &adapters,
        "the SDKs that the adapters are tested against (about 330 MB)",
    )?;
    install(&folder(&["wasm", "matrix"]), "the tools of wasm/matrix")?;
    step::run("node", &["examples/link.mjs"])?;
    if wanted("adapters") {
        step::run_in(&adapters, NPM, &["test"])?;
        step::run_in(&adapters, NPM, &["run", "types"])?;
    }
    let stories: Vec<&str> = STORIES.into_iter().filter(|name| wanted(name)).collect();
    if stories.is_empty() {
        return Ok(());
    }
    let chancery = command()?;
    stories
        .into_iter()
        .try_for_each(|name| story(name, &chancery, flag("--write")))
}

fn folder(parts: &[&str]) -> PathBuf {
    parts.iter().fold(step::root(), |path, part| path.join(part))
}

/// Installs what a folder's lockfile names, where that is younger than what is installed.
fn install(folder: &Path, what: &str) -> Outcome {
    let changed = |path: PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let locked = changed(folder.join("package-lock.json"));
    let installed = changed(folder.join("node_modules").join(".package-lock.json"));
    if matches!((locked, installed), (Some(locked), Some(installed)) if installed >= locked) {
        return Ok(());
    }
    eprintln!("\ninstalling {what} at exact versions");
    let words = [
        "ci",
        "--ignore-scripts",
        "--no-fund",
        "--no-audit",
        "--loglevel=error",
    ];
    step::run_in(folder, NPM, &words)
}

/// Builds the command, which the stories' organizations run.
fn command() -> Outcome<PathBuf> {
    let words = [
        "build",
        "--quiet",
        "--package",
        "chancery-cli",
        "--bin",
        "chancery",
    ];
    step::run("cargo", &words)?;
    let name = format!("chancery{}", std::env::consts::EXE_SUFFIX);
    Ok(step::target()?.join("debug").join(name))
}

/// Runs one story and compares what it prints.
fn story(name: &str, chancery: &Path, write: bool) -> Outcome {
    let examples = folder(&["examples"]);
    let script = format!("{name}/story.mjs");
    let text =
        std::fs::read_to_string(examples.join(&script)).map_err(|error| format!("{script}: {error}"))?;
    if text.lines().count() > PAGE {
        return Err(format!("{script} does not fit on a page of {PAGE} lines"));
    }
    eprintln!("\n$ node examples/{script}");
    let output = Command::new("node")
        .arg(&script)
        .env("CHANCERY", chancery)
        .env("NODE_NO_WARNINGS", "1")
        .current_dir(&examples)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("node: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
    print!("{said}");
    if !output.status.success() {
        return Err(format!("the story {name} failed ({})", output.status));
    }
    let expected = examples.join("tests").join(format!("{name}.txt"));
    if write {
        return std::fs::write(&expected, said).map_err(|error| format!("{}: {error}", expected.display()));
    }
    let told =
        std::fs::read_to_string(&expected).map_err(|error| format!("{}: {error}", expected.display()))?;
    match differs(&told, &said) {
        None => Ok(()),
        Some((line, was, is)) => Err(format!(
            "the story {name}, line {line}: `{was}` was expected, it says `{is}`"
        )),
    }
}

/// The first line in which two texts differ, counted from 1.
fn differs<'t>(told: &'t str, said: &'t str) -> Option<(usize, &'t str, &'t str)> {
    let longest = told.lines().count().max(said.lines().count());
    let mut pairs = told
        .lines()
        .chain(std::iter::repeat(""))
        .zip(said.lines().chain(std::iter::repeat("")));
    let first = pairs
        .by_ref()
        .take(longest)
        .enumerate()
        .find(|(_, (was, is))| was != is);
    first.map(|(index, (was, is))| (index.saturating_add(1), was, is))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn the_first_line_that_differs_is_named_and_a_missing_one_is_empty() {
        assert_eq!(differs("a\nb\n", "a\nb\n"), None);
        assert_eq!(differs("a\nb\n", "a\nc\n"), Some((2, "b", "c")));
        assert_eq!(differs("a\nb\n", "a\n"), Some((2, "b", "")));
        assert_eq!(differs("", "a"), Some((1, "", "a")));
    }
}
