//! Writes `tests/vectors` anew; with `--check` says which files are not what the cast makes, and exits 1.

use std::collections::BTreeSet;
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

/// The names of the vectors that are there.
fn present() -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") {
            names.insert(name);
        }
    }
    Ok(names)
}

fn write() -> io::Result<ExitCode> {
    fs::create_dir_all(folder())?;
    let files = chancery_cast::corpus().files();
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
    let files = chancery_cast::corpus().files();
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
