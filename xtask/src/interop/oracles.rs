//! The Rust peers: the tests of `tests/oracles`, one file a peer and a subject.
//!
//! A test's name says what it shows: `we_verify_...`, `..._verifies_our_...`, `..._refuse...`.
//! INVARIANT: a test counts in the column that its name says first, and in exactly one.

use std::process::Command;

use super::table::Table;
use crate::step::{self, Outcome};

/// The test files: the peer and the format of each.
const FILES: [(&str, &str, &str); 5] = [
    ("did_key", "did-key 0.2 (Rust)", "did:key"),
    ("josekit", "josekit 0.10 (Rust)", "vc+jwt"),
    ("ssi_did", "ssi 0.16 (Rust)", "did:key, did:jwk"),
    ("ssi_jws", "ssi 0.16 (Rust)", "vc+jwt"),
    ("ssi_rdfc", "ssi 0.16 (Rust)", "eddsa-rdfc-2022"),
];

/// Runs every file's tests and counts them.
pub(super) fn run(table: &mut Table) -> Outcome {
    for (file, peer, format) in FILES {
        let words = [
            "test",
            "--release",
            "--manifest-path",
            "tests/oracles/Cargo.toml",
            "--test",
            file,
        ];
        eprintln!("\n$ cargo {}", words.join(" "));
        let output = Command::new("cargo")
            .args(words)
            .current_dir(step::root())
            .output()
            .map_err(|error| format!("cargo: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let mut ran = false;
        for (name, passed) in text.lines().filter_map(outcome) {
            ran = true;
            table.add(peer, format, way(name), passed);
        }
        if !ran || !output.status.success() {
            eprintln!("{text}{}", String::from_utf8_lossy(&output.stderr));
            table.broken(format!("tests/oracles {file}"));
        }
    }
    Ok(())
}

/// `test name ... ok`: the name, and whether it passed.
fn outcome(line: &str) -> Option<(&str, bool)> {
    let (name, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    match outcome {
        "ok" => Some((name, true)),
        "FAILED" => Some((name, false)),
        _ => None,
    }
}

/// The column of the table.
fn way(name: &str) -> usize {
    if name.contains("our_") || name.contains("both_") || name.contains("is_the_same") {
        0
    } else if name.contains("refused") || name.contains("neither") {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_test_runner_gives_name_and_outcome() {
        assert_eq!(outcome("test a_b ... ok"), Some(("a_b", true)));
        assert_eq!(outcome("test a_b ... FAILED"), Some(("a_b", false)));
        assert_eq!(outcome("test result: ok. 3 passed"), None);
        assert_eq!(outcome("running 3 tests"), None);
    }

    #[test]
    fn a_name_says_its_column() {
        assert_eq!(way("josekit_verifies_our_tokens_and_refuses_them_tampered"), 0);
        assert_eq!(way("we_verify_josekits_tokens_and_refuse_them_tampered"), 1);
        assert_eq!(way("a_public_key_used_as_an_hmac_secret_is_refused"), 2);
    }
}
