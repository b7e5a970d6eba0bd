//! The Python wheel: built as it ships, installed where nothing else is, and tested there.
//!
//! INVARIANT: what the tests import is the wheel that was just built, never the sources beside them; a step that could
//! not run is a failure under `CI=true`.

use std::path::{Path, PathBuf};

use crate::step::{self, Outcome, answers};

/// The newest features of the type checker and the SDKs want this Python; the wheel itself takes 3.10 and newer.
const OLDEST: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
const PACKAGE: &str = "crates/python";

/// Builds the wheel, installs it into an empty environment and into the one of the tests, and runs them.
pub(crate) fn run(rest: &[String]) -> Outcome {
    let python = ready()?;
    snippet_alone()?;
    let tests = tests();
    let tests = tests.to_string_lossy();
    mypy(&python, &tests)?;
    let mut words = vec!["-m", "pytest", tests.as_ref()];
    words.extend(rest.iter().map(String::as_str));
    run_python(&python, &words)
}

/// The corpus through the wheel, as the table of the doors wants it: what the door said on standard output.
pub(crate) fn corpus() -> Outcome<String> {
    let python = ready()?;
    let script = tests().join("corpus.py");
    step::output_in(&std::env::temp_dir(), &python, &[&script.to_string_lossy()], &[])
}

/// Makes the environment of the tests, builds the wheel, and installs it there; gives the interpreter.
fn ready() -> Outcome<String> {
    if !answers("python3", &["-c", OLDEST]) {
        return Err("python3 (3.11 or newer, with venv) is missing".to_owned());
    }
    let environment = step::target()?.join("python");
    let python = interpreter(&environment);
    if !answers(&python, &["--version"]) {
        step::run("python3", &["-m", "venv", &environment.to_string_lossy()])?;
    }
    let requirements = tests().join("requirements.txt");
    let requirements = requirements.to_string_lossy();
    pip(&python, &["--no-deps", "--requirement", requirements.as_ref()])?;
    let wheel = build(&python)?;
    pip(
        &python,
        &["--no-deps", "--force-reinstall", &wheel.to_string_lossy()],
    )?;
    Ok(python)
}

/// Builds the wheel as it ships, in release mode, and gives its path.
fn build(python: &str) -> Outcome<PathBuf> {
    let wheels = wheels()?;
    if wheels.exists() {
        std::fs::remove_dir_all(&wheels).map_err(|error| format!("{}: {error}", wheels.display()))?;
    }
    let out = wheels.to_string_lossy();
    let manifest = format!("{PACKAGE}/Cargo.toml");
    let words = ["-m", "maturin", "build", "--release", "--locked", "--quiet"];
    let more = [
        "--manifest-path",
        &manifest,
        "--interpreter",
        python,
        "--out",
        out.as_ref(),
    ];
    step::run(python, &[words.as_slice(), more.as_slice()].concat())?;
    let wheel = newest(&wheels)?;
    let size = std::fs::metadata(&wheel).map_or(0, |wheel| wheel.len());
    eprintln!("{}: {} KiB", wheel.display(), size.div_euclid(1024));
    Ok(wheel)
}

fn wheels() -> Outcome<PathBuf> {
    Ok(step::target()?.join("python-wheels"))
}

fn newest(wheels: &Path) -> Outcome<PathBuf> {
    let failed = |error: std::io::Error| format!("{}: {error}", wheels.display());
    let mut found = std::fs::read_dir(wheels).map_err(failed)?;
    let only = found
        .next()
        .ok_or("maturin left no wheel")?
        .map_err(failed)?
        .path();
    match only.to_string_lossy().contains("-cp310-abi3-") {
        true => Ok(only),
        false => Err(format!("{} is not for every Python from 3.10 on", only.display())),
    }
}

/// Installs the wheel alone into an empty environment outside the repository, and runs the README's snippet there.
fn snippet_alone() -> Outcome {
    let wheel = newest(&wheels()?)?;
    let empty = std::env::temp_dir().join(format!("chancery-wheel-{}", std::process::id()));
    let script = tests().join("snippet.py");
    let outcome = step::run("python3", &["-m", "venv", &empty.to_string_lossy()])
        .and_then(|()| {
            pip(
                &interpreter(&empty),
                &["--no-index", "--no-deps", &wheel.to_string_lossy()],
            )
        })
        .and_then(|()| step::run_in(&empty, &interpreter(&empty), &[&script.to_string_lossy()]));
    let removed = std::fs::remove_dir_all(&empty).map_err(|error| format!("{}: {error}", empty.display()));
    outcome.and(removed)
}

/// Checks the types of the installed package, of the tests that use it, and of the stub against the compiled half.
fn mypy(python: &str, tests: &str) -> Outcome {
    let cache = step::target()?.join("python-types");
    let cache = cache.to_string_lossy();
    let strict = ["-m", "mypy", "--strict", "--cache-dir", cache.as_ref()];
    run_python(python, &[strict.as_slice(), &["--package", "chancery"]].concat())?;
    run_python(python, &[strict.as_slice(), &[tests]].concat())?;
    run_python(python, &["-m", "mypy.stubtest", "chancery._native"])
}

fn pip(python: &str, more: &[&str]) -> Outcome {
    let words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    step::run(python, &[words.as_slice(), more].concat())
}

/// In the folder of temporary files, so that nothing of the repository can be imported by accident.
fn run_python(python: &str, words: &[&str]) -> Outcome {
    step::run_in(&std::env::temp_dir(), python, words)
}

fn interpreter(environment: &Path) -> String {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    environment
        .join(folder)
        .join("python")
        .to_string_lossy()
        .into_owned()
}

fn tests() -> PathBuf {
    step::root().join(PACKAGE).join("tests")
}
