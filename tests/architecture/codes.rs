//! Every code that a door can print is explained in the verifier's one table.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chancery_verifier::rejection::TABLE;

/// Folders with the sources of everything that prints codes.
const SOURCES: &[&str] = &["crates", "did-methods", "wasm"];
/// Endings by which a text is the name of a file and not a code.
const FILES: &[&str] = &[
    "bundle", "html", "jose", "json", "jwe", "jwk", "jws", "jwt", "log", "md", "pem", "toml", "txt", "wasm",
];
/// Codes that nobody gives yet: of stricter readers.
const RESERVED: &[&str] = &["parse.constraint"];
/// Texts of a code's shape that are none: made up by tests.
const MADE_UP: &[&str] = &["parse.something_new"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "pkg", "dist"].contains(&name.as_str()) {
                sources(&path, found);
            }
        } else if name.ends_with(".rs")
            || name.ends_with(".py")
            || (name.ends_with(".ts") && name != "code.ts")
        {
            // `code.ts` is made from the table.
            found.push(path);
        }
    }
}

/// The text between quotes, of each literal that stands on one line: double ones in Rust and Python, single ones in TypeScript.
fn literals(text: &str, quote: char) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(move |line| line.split(quote).skip(1).step_by(2))
}

/// Class and reason of a text that is shaped like a code.
fn code(text: &str) -> Option<(&str, &str)> {
    let word = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_lowercase())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.split_once('.')
        .filter(|(class, reason)| word(class) && word(reason))
}

/// The codes in the sources that belong to a class of the table, and the first file that names each.
fn codes() -> BTreeMap<String, PathBuf> {
    let classes: BTreeSet<&str> = TABLE
        .iter()
        .filter_map(|row| row.code.split_once('.'))
        .map(|(class, _)| class)
        .collect();
    let mut files = Vec::new();
    for folder in SOURCES {
        sources(&root().join(folder), &mut files);
    }
    let mut found = BTreeMap::new();
    for file in files {
        // The table itself proves nothing.
        if file.ends_with("rejection/table.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let script = file.extension().is_some_and(|ending| ending == "ts");
        for literal in literals(&text, if script { '\'' } else { '"' }) {
            let Some((class, reason)) = code(literal) else {
                continue;
            };
            // `parse.json` is a code, `delegation.json` the name of a file: the table tells.
            let file_name = FILES.contains(&reason) && !TABLE.iter().any(|row| row.code == literal);
            if classes.contains(class) && !file_name && !MADE_UP.contains(&literal) {
                found.entry(literal.to_owned()).or_insert_with(|| file.clone());
            }
        }
    }
    found
}

#[test]
fn every_code_in_the_sources_is_in_the_table() {
    let found = codes();
    assert!(found.len() > 150, "only {} codes were found", found.len());
    let unknown: Vec<_> = found
        .iter()
        .filter(|(code, _)| !TABLE.iter().any(|row| row.code == code.as_str()))
        .collect();
    assert!(unknown.is_empty(), "not in the verifier's table: {unknown:#?}");
}

#[test]
fn every_row_of_the_table_is_given_by_somebody() {
    let found = codes();
    let unused: Vec<&str> = TABLE
        .iter()
        .map(|row| row.code)
        .filter(|code| code.contains('.') && !found.contains_key(*code) && !RESERVED.contains(code))
        .collect();
    assert!(unused.is_empty(), "nobody gives {unused:?}");
}

#[test]
fn a_class_of_codes_is_known_by_the_table() {
    // A refusal of a class that the table does not have at all would pass the search above.
    let classes: BTreeSet<&str> = TABLE
        .iter()
        .filter_map(|row| row.code.split_once('.'))
        .map(|(class, _)| class)
        .collect();
    for class in [
        "parse",
        "limit",
        "type",
        "delegation",
        "trust",
        "resolve",
        "fetch",
        "key",
        "alg",
        "crit",
        "context",
        "signature",
        "time",
        "binding",
        "status",
        "attestation",
        "constraint",
        "approval",
        "evidence",
        "replay",
        "policy",
        "config",
        "issue",
        "auth",
        "request",
        "service",
        "usage",
        "agent",
        "instance",
        "credential",
        "recognition",
        "token",
        "demo",
        "commit",
        "host",
    ] {
        assert!(classes.contains(class), "{class}");
    }
}
