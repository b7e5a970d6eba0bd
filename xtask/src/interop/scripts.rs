//! The npm and Python peers of `tests/interop`: installed with exact versions, each run as one script.
//!
//! INVARIANT: a script that ends badly, or that checked nothing, is a failure and not an empty row.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::server::Server;
use super::table::Table;
use crate::step::{self, Outcome, answers};

/// The scripts for node, each with its peer.
const NODE: [(&str, &str); 7] = [
    ("digitalbazaar.mjs", "@digitalbazaar/vc"),
    ("jose.mjs", "jose"),
    ("sd_jwt.mjs", "@sd-jwt/core"),
    ("did_jwt_vc.mjs", "did-jwt-vc"),
    ("veramo.mjs", "veramo"),
    ("webvh.mjs", "didwebvh-ts"),
    ("status_list.mjs", "@sd-jwt/jwt-status-list"),
];

/// The scripts for Python, each with its peer.
const PYTHON: [(&str, &str); 2] = [("pyld_rdfc.py", "PyLD"), ("sd_jwt_python.py", "sd-jwt (Python)")];

/// Runs every script against one `chancery conformance serve`.
pub(super) fn run(command: &Path, table: &mut Table) -> Outcome {
    let node = node()?;
    let python = if node.is_ok() {
        python()?
    } else {
        Err("PyLD reads its contexts through node")
    };
    if let Err(reason) = &node {
        NODE.iter().for_each(|(_, peer)| table.not_run(peer, reason));
    }
    if let Err(reason) = &python {
        PYTHON.iter().for_each(|(_, peer)| table.not_run(peer, reason));
    }
    let mut runs: Vec<(PathBuf, &str)> = Vec::new();
    if node.is_ok() {
        runs.extend(NODE.iter().map(|(script, _)| (PathBuf::from("node"), *script)));
    }
    if let Ok(python) = &python {
        runs.extend(PYTHON.iter().map(|(script, _)| (python.clone(), *script)));
    }
    if runs.is_empty() {
        return Ok(());
    }
    let server = Server::start(command)?;
    for (program, script) in runs {
        script_run(&program, script, command, &server, table)?;
    }
    Ok(())
}

fn script_run(program: &Path, script: &str, command: &Path, server: &Server, table: &mut Table) -> Outcome {
    eprintln!("\n$ {} {script}", program.display());
    let output = Command::new(program)
        .arg(script)
        .current_dir(folder())
        .env("CHANCERY", command)
        .env("CHANCERY_URL", server.url())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    let checks = table.read(&String::from_utf8_lossy(&output.stdout));
    eprintln!("{script}: {checks} checks");
    if checks == 0 || !output.status.success() {
        table.broken(format!("{script} ({})", output.status));
    }
    Ok(())
}

fn folder() -> PathBuf {
    step::root().join("tests").join("interop")
}

/// Installs the npm peers; a missing tool is a reason, a failed installation a failure.
pub(crate) fn node() -> Outcome<Result<(), &'static str>> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !answers("node", &["--version"]) || !answers(npm, &["--version"]) {
        return Ok(Err("node 20 or newer and npm are missing"));
    }
    step::run_in(
        &folder(),
        npm,
        &["ci", "--no-fund", "--no-audit", "--loglevel=error"],
    )?;
    Ok(Ok(()))
}

/// Installs the Python peers into an environment in the target folder; gives its interpreter.
fn python() -> Outcome<Result<PathBuf, &'static str>> {
    if !answers("python3", &["-c", "import venv, ensurepip"]) {
        return Ok(Err("python3 with venv is missing"));
    }
    let environment = step::target()?.join("interop-python");
    let interpreter = environment
        .join(if cfg!(windows) { "Scripts" } else { "bin" })
        .join("python");
    let text = environment.to_string_lossy();
    step::run_in(&folder(), "python3", &["-m", "venv", &text])?;
    let words = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--requirement",
        "requirements.txt",
    ];
    step::run_in(&folder(), &interpreter.to_string_lossy(), &words)?;
    Ok(Ok(interpreter))
}
