//! The official vector sets: one table of what was run of each, and a reason for each that was not.
//!
//! INVARIANT: every folder of the vectors is in the table, run or with a reason; a folder that no test reads
//! and no reason names is a failure, and so is a failing test.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::step::{self, Outcome};

/// Folders of the vectors that no test reads yet, each with the reason.
const NOT_YET: [(&str, &str); 5] = [
    (
        "bbs-signatures",
        "bbs-2023 is not built in, docs/decisions/0006-rdfc.md",
    ),
    ("openid-federation-figures", "OpenID Federation comes later"),
    ("openid-federation-policy", "OpenID Federation comes later"),
    ("rfc9421", "HTTP message signatures come later"),
    ("web-bot-auth", "HTTP message signatures come later"),
];

/// What one test said of one set.
struct Line<'a> {
    set: &'a str,
    counts: &'a str,
}

/// Runs the tests of every package that reads official sets, and prints the table.
pub(crate) fn run() -> Outcome {
    let packages = readers()?;
    let mut words = vec!["test", "--lib", "--bins", "--tests"];
    words.extend(packages.iter().flat_map(|package| ["--package", package]));
    words.extend(["--no-fail-fast", "--", "--nocapture"]);
    eprintln!("\n$ cargo {}", words.join(" "));
    let output = Command::new("cargo")
        .args(&words)
        .current_dir(step::root())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let missing = print(&lines(&text), &folders(&vectors()));
    if !output.status.success() {
        eprintln!("{text}");
        return Err("an official vector failed".to_owned());
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("no test reads {}", missing.join(", ")))
    }
}

/// The packages whose manifest names `chancery-official`.
fn readers() -> Outcome<Vec<String>> {
    let mut packages = Vec::new();
    for folder in ["crates", "did-methods", "."] {
        for entry in folders(&step::root().join(folder)) {
            let manifest = step::root().join(folder).join(&entry).join("Cargo.toml");
            let text = std::fs::read_to_string(manifest).unwrap_or_default();
            if text.contains("chancery-official") {
                packages.extend(name_of(&text));
            }
        }
    }
    packages.sort();
    if packages.is_empty() {
        Err("no package reads official sets".to_owned())
    } else {
        Ok(packages)
    }
}

/// The package's name: the first `name = "..."` of its manifest.
fn name_of(manifest: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.starts_with("name = "))?;
    line.split('"').nth(1).map(str::to_owned)
}

/// Where the vectors are, as `chancery-official` finds them.
#[expect(
    clippy::disallowed_methods,
    reason = "tasks are told by the environment where the vectors are"
)]
fn vectors() -> PathBuf {
    std::env::var_os("CHANCERY_VECTORS").map_or_else(|| step::root().join("../shared/vectors"), PathBuf::from)
}

/// The names of the folders in a folder, sorted.
fn folders(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The lines that `chancery_official` printed; a test's own progress may stand before them.
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = text
        .lines()
        .filter_map(|line| {
            let said = |word: &str| line.find(word).and_then(|at| line.get(at..)?.strip_prefix(word));
            if let Some((set, counts)) = said("vectors ").and_then(|rest| rest.split_once(": ")) {
                Some(Line { set, counts })
            } else {
                said("not run: ").map(|set| Line {
                    set,
                    counts: "not run: the set is absent",
                })
            }
        })
        .collect();
    lines.sort_unstable_by_key(|line| (line.set, line.counts));
    lines.dedup_by_key(|line| (line.set, line.counts));
    lines
}

/// Whether what a test calls the set stands in this folder: `did-key NIST curves` is of `did-key`.
fn is_of(said: &str, folder: &str) -> bool {
    let said = said.to_lowercase().replace([' ', '/'], "-");
    said == folder
        || said
            .strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('-'))
}

/// Prints the table; gives the folders that neither a test nor a reason names.
fn print(lines: &[Line<'_>], folders: &[String]) -> Vec<String> {
    let width = lines.iter().map(|line| line.set.len());
    let width = width.chain(folders.iter().map(String::len)).max().unwrap_or(0);
    for line in lines {
        println!("{:width$}  {}", line.set, line.counts);
    }
    let mut missing = Vec::new();
    for folder in folders {
        if lines.iter().any(|line| is_of(line.set, folder)) {
            continue;
        }
        if let Some((_, reason)) = NOT_YET.iter().find(|(set, _)| set == folder) {
            println!("not yet: {folder} ({reason})");
        } else {
            missing.push(folder.clone());
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_found_behind_the_progress_of_a_test() {
        let text =
            "test a ... vectors jcs: 6 passed, 0 failed\nok\nvectors did-key NIST curves: 7\nnot run: vcdm2";
        let found = lines(text);
        let found: Vec<_> = found.iter().map(|line| (line.set, line.counts)).collect();
        assert_eq!(
            found,
            [
                ("did-key NIST curves", "7"),
                ("jcs", "6 passed, 0 failed"),
                ("vcdm2", "not run: the set is absent")
            ]
        );
    }

    #[test]
    fn a_report_belongs_to_the_folder_it_begins_with() {
        assert!(is_of("TRQP v2 schemas", "trqp-v2"));
        assert!(is_of("vc-di-ecdsa/sd", "vc-di-ecdsa"));
        assert!(!is_of("sd-jwts", "sd-jwt"));
        assert!(!is_of("vc-di-ecdsa", "vc-di-eddsa"));
    }

    #[test]
    fn a_folder_without_a_test_and_without_a_reason_is_missing() {
        let folders = ["jcs", "bbs-signatures", "new-set"].map(str::to_owned);
        let said = [Line {
            set: "jcs",
            counts: "6 passed",
        }];
        assert_eq!(print(&said, &folders), ["new-set"]);
    }

    #[test]
    fn a_manifest_gives_its_package_name() {
        let manifest = "[package]\nname = \"chancery-vc\"\ndescription = \"x\"\n";
        assert_eq!(name_of(manifest).as_deref(), Some("chancery-vc"));
        assert_eq!(name_of("[workspace]\n"), None);
    }
}
