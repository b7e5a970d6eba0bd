//! The life of a did:webvh on files: begun, changed, rotated, witnessed, moved and ended, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

/// A home with keys, and a folder with logs.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(keys: &[&str]) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        desk.write("passphrase", "correct horse battery staple");
        desk.says("init --org did:web:acme.example --name Acme");
        for key in keys {
            desk.says(&format!("key generate {key}"));
        }
        desk
    }

    fn run(&self, line: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_chancery"))
            .args(line.split_whitespace())
            .args(["--home", "acme", "--passphrase-file", "passphrase"])
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn says(&self, line: &str) -> String {
        let output = self.run(line);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{line}: {}\n{talk}", output.status);
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What is refused, by its code, and that nothing was written.
    fn refuses(&self, line: &str, exit: i32, code: &str) {
        let before = self.files();
        let output = self.run(line);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(exit), "{line}: {talk}");
        assert!(talk.contains(&format!("error[{code}]")), "{line}: {talk}");
        assert!(self.files() == before, "`{line}` wrote something");
    }

    fn did_of(&self, key: &str) -> String {
        let shown = self.says(&format!("key show {key} --output json"));
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        shown.get("did").unwrap().as_str().unwrap().to_owned()
    }

    fn versions(&self) -> Vec<serde_json::Value> {
        let log: serde_json::Value = serde_json::from_str(&self.says("did log --output json")).unwrap();
        log.get("versions").unwrap().as_array().unwrap().clone()
    }

    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_log_is_begun_changed_moved_and_ended() {
    let desk = Desk::new(&["one", "two"]);
    desk.write(
        "document.json",
        r#"{"id": "did:web:acme.example", "service": [{"id": "did:web:acme.example#home", "type": "Home", "serviceEndpoint": "https://acme.example"}]}"#,
    );
    let did = desk.says("did create one --method webvh --at acme.example --assert issue --portable");
    assert!(
        did.starts_with("did:webvh:Qm") && did.ends_with(":acme.example"),
        "{did}"
    );
    let first = desk.read("did.jsonl");
    assert_eq!(desk.says("did update one --document document.json --ttl 60"), did);
    let second = desk.read("did.jsonl");
    assert!(second.starts_with(&first) && second.contains(&format!("{did}#home")));
    desk.says("did rotate one --to two");
    desk.refuses("did update one --ttl 61", 1, "resolve.invalid_log");
    desk.refuses("did deactivate two", 2, "usage.unconfirmed");
    let moved = desk.says("did update two --move-to globex.example:acme");
    assert!(moved.ends_with(":globex.example:acme") && desk.read("did.jsonl").contains("alsoKnownAs"));
    desk.says("did deactivate two --yes");
    desk.refuses("did update two --ttl 61", 1, "resolve.invalid_log");
    let versions = desk.versions();
    assert_eq!(versions.len(), 5);
    assert_eq!(versions.last().unwrap().get("deactivated"), Some(&true.into()));
    assert!(desk.says("did log").contains("deactivated"));
}

#[test]
fn promised_keys_come_next_and_no_others() {
    let desk = Desk::new(&["one", "two", "three"]);
    desk.says("did create one --method webvh --at acme.example --assert issue --next two");
    desk.refuses("did update one --ttl 5", 1, "resolve.invalid_log");
    desk.refuses("did rotate one --to three --next two", 1, "resolve.invalid_log");
    desk.refuses("did rotate two", 1, "resolve.invalid_log");
    desk.says("did rotate two --next three");
    desk.refuses("did rotate two --next one", 1, "resolve.invalid_log");
    desk.says("did update three --ttl 5 --no-next");
    desk.says("did update three --ttl 6");
    assert_eq!(desk.versions().len(), 4);
}

#[test]
fn a_promised_did_is_ended_by_its_promised_key() {
    let desk = Desk::new(&["one", "two"]);
    desk.says("did create one --method webvh --at acme.example --assert issue --next two");
    desk.refuses("did deactivate one --yes", 1, "resolve.invalid_log");
    desk.says("did deactivate two --yes");
    assert_eq!(desk.versions().len(), 2);
}

#[test]
fn a_witnessed_version_waits_for_its_witnesses() {
    let desk = Desk::new(&["one", "ann", "ben", "cat"]);
    let (ann, ben) = (desk.did_of("ann"), desk.did_of("ben"));
    let begin = format!(
        "did create one --method webvh --at acme.example --assert issue --witness {ann} --witness {ben}"
    );
    assert_eq!(desk.run(&begin).status.code(), Some(3));
    assert!(!desk.folder.path().join("did.jsonl").exists());
    desk.refuses("did append", 1, "resolve.witness");
    desk.refuses("did witness cat", 1, "resolve.invalid_log");
    for key in ["ann", "ben"] {
        desk.write(&format!("{key}.json"), &desk.says(&format!("did witness {key}")));
    }
    desk.refuses("did append --proof ann.json", 1, "resolve.witness");
    desk.refuses(
        "did append --proof ann.json --proof ann.json",
        1,
        "resolve.witness",
    );
    desk.says("did append --proof ann.json --proof ben.json");
    assert!(!desk.folder.path().join("did.jsonl.next").exists());
    // Two of the witnesses' keys are at hand here.
    desk.says("did update one --no-witnesses --witness-key ann --witness-key ben");
    desk.says("did update one --ttl 5");
    assert_eq!(desk.versions().len(), 3);
    assert!(
        desk.read("did-witness.json")
            .contains(ann.trim_start_matches("did:key:"))
    );
}

#[test]
fn what_is_not_meant_is_not_begun() {
    let desk = Desk::new(&["one"]);
    for (line, exit, code) in [
        (
            "did create one --method webvh --assert issue",
            2,
            "usage.argument",
        ),
        (
            "did create one --method webvh --at acme.example",
            2,
            "usage.argument",
        ),
        ("did create one --at acme.example", 2, "usage.argument"),
        ("did create one --method jwk --portable", 2, "usage.argument"),
        (
            "did create one --method webvh --at localhost --assert issue",
            1,
            "parse.did",
        ),
        (
            "did create one --method webvh --at 127.0.0.1 --assert issue",
            1,
            "parse.did",
        ),
        (
            "did create one --method webvh --at acme.example:.. --assert issue",
            1,
            "parse.did",
        ),
        ("did log", 2, "usage.read"),
        ("did append", 2, "usage.read"),
        ("did update one", 2, "usage.read"),
    ] {
        desk.refuses(line, exit, code);
    }
    desk.says("did create one --method webvh --at acme.example --assert issue");
    desk.refuses(
        "did create one --method webvh --at acme.example --assert issue",
        2,
        "usage.write",
    );
    desk.write(
        "did.jsonl",
        &desk.read("did.jsonl").replace("acme.example", "evil.example"),
    );
    desk.refuses("did log", 1, "resolve.invalid_log");
    desk.refuses("did update one --ttl 5", 1, "resolve.invalid_log");
}
