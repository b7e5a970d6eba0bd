//! Writes `tests/vectors` anew; with `--check` says which files are not what the cast makes, and exits 1.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    let flags: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = flags.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] => write(),
        ["--check"] => check(),
        other => {
            eprintln!(
                "vectors: unknown argument `{}`; there is only --check",
                other.join(" ")
            );
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::from(2)
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors")
}

/// Everything that the cast makes, by its path below the folder: vectors, and under `host/` the cases of hosts.
fn made() -> BTreeMap<String, String> {
    let mut files = chancery_cast::corpus().files();
    let cases = chancery_cast::host_corpus().files();
    files.extend(
        cases
            .into_iter()
            .map(|(name, text)| (format!("host/{name}"), text)),
    );
    files
}

/// The paths of the vectors and cases that are there.
fn present() -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for below in ["", "host/"] {
        for entry in fs::read_dir(folder().join(below))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".json") {
                names.insert(format!("{below}{name}"));
            }
        }
    }
    Ok(names)
}

fn write() -> io::Result<ExitCode> {
    fs::create_dir_all(folder().join("host"))?;
    let files = made();
    for (name, text) in &files {
        fs::write(folder().join(name), text)?;
    }
    for name in present()?.iter().filter(|name| !files.contains_key(*name)) {
        fs::remove_file(folder().join(name))?;
    }
    println!("{} vectors", files.len());
    Ok(ExitCode::SUCCESS)
}

fn check() -> io::Result<ExitCode> {
    let files = made();
    let mut differing: BTreeSet<String> = present()?
        .into_iter()
        .filter(|name| !files.contains_key(name))
        .collect();
    for (name, text) in &files {
        match fs::read_to_string(folder().join(name)) {
            Ok(found) if found == *text => {}
            Ok(_) => drop(differing.insert(name.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => drop(differing.insert(name.clone())),
            Err(error) => return Err(error),
        }
    }
    if differing.is_empty() {
        println!("{} vectors are what the cast makes", files.len());
        return Ok(ExitCode::SUCCESS);
    }
    for name in differing {
        println!("{name}");
    }
    Ok(ExitCode::FAILURE)
}
