//! The demo is the story that the project promises: both of its endings are played, over real HTTPS
//! and real databases, and every decision must have its exact code.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chancery_cli::{Console, run};
use serde_json::Value;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn play(words: &[&str]) -> (u8, String, String) {
    let (out, err) = (Shared::default(), Shared::default());
    let mut console = Console::new(Box::new(out.clone()), Box::new(err.clone()));
    let exit = run(words.iter().map(OsString::from), &mut console);
    let text = |shared: Shared| String::from_utf8(shared.0.lock().unwrap().clone()).unwrap();
    (exit, text(out), text(err))
}

fn codes(lines: &str) -> Vec<String> {
    lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("every line is JSON"))
        .filter(|value| value["kind"] == "Asked")
        .map(|value| value["decision"]["code"].as_str().unwrap().to_owned())
        .collect()
}

const UNTIL_THE_MORNING: [&str; 9] = [
    "ok",
    "constraint.amount",
    "constraint.action",
    "constraint.amount",
    "replay.presentation",
    "signature.invalid",
    "delegation.widens_action",
    "constraint.hours",
    "ok",
];

#[test]
fn the_story_that_ends_with_a_revocation_has_its_codes_and_names_the_hop() {
    let (exit, out, err) = play(&["chancery", "demo", "--output", "json"]);
    assert_eq!(exit, 0, "{err}");
    let mut due: Vec<&str> = UNTIL_THE_MORNING.to_vec();
    due.extend(["status.revoked", "ok"]);
    assert_eq!(codes(&out), due);
    let refusal: Value = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|value| value["decision"]["code"] == "status.revoked")
        .unwrap();
    let checks = refusal["decision"]["checks"].as_array().unwrap();
    let status = checks.iter().find(|check| check["id"] == "status").unwrap();
    assert_eq!(status["hop"], 0, "{status}");
}

#[test]
fn the_story_that_ends_with_a_suspension_has_its_codes_and_leaves_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let (exit, out, err) = play(&[
        "chancery",
        "demo",
        "--ending",
        "suspend",
        "--output",
        "json",
        "--keep",
        kept.to_str().unwrap(),
    ]);
    assert_eq!(exit, 0, "{err}");
    let mut due: Vec<&str> = UNTIL_THE_MORNING.to_vec();
    due.extend(["status.suspended", "ok"]);
    assert_eq!(codes(&out), due);
    for file in [
        "acme/registry.db",
        "acme/keys/issue.jwe",
        "acme/delegation.json",
        "globex/policy.toml",
    ] {
        assert!(kept.join(file).is_file(), "{file}");
    }
    let key = std::fs::read_to_string(kept.join("acme/keys/issue.jwe")).unwrap();
    assert!(!key.contains("\"d\""), "the secret key is encrypted");
}

#[test]
fn a_folder_that_is_there_already_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, _, err) = play(&["chancery", "demo", "--keep", folder.path().to_str().unwrap()]);
    assert_eq!(exit, 2, "{err}");
    assert!(err.starts_with("error[usage.write]"), "{err}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_readme_shows_the_codes_of_the_story() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md")).unwrap();
    let (_, rest) = readme.split_once("<!-- demo -->").unwrap();
    let (demo, _) = rest.split_once("<!-- /demo -->").unwrap();
    let shown: Vec<&str> = demo
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("ALLOWED") || line.starts_with("REFUSED"))
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    let mut due: Vec<&str> = UNTIL_THE_MORNING.to_vec();
    due.extend(["status.revoked", "ok"]);
    assert_eq!(shown, due);
}
