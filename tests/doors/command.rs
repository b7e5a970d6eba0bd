//! The corpus through the command line: the same verdict, the same code, the documented exit code.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use chancery::Clock;
use chancery_cli::{Console, run_at};
use chancery_did::Timestamp;
use chancery_tests::{Outcome, Vector, compare, corpus};

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

/// A clock that stands still: a vector's moment is exact.
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn judge(vector: &Vector) -> (u8, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string()
    };
    let document = &vector.document;
    let mut words: Vec<OsString> = vec!["chancery".into(), "verify".into()];
    words.push(file("presentation", vector.text("presentation")));
    words.extend([
        "--policy".into(),
        file("policy.json", &document["policy"].to_string()),
    ]);
    words.extend([
        "--evidence".into(),
        file("evidence.json", &document["evidence"].to_string()),
    ]);
    words.extend([
        "--request".into(),
        file("request.json", &document["request"].to_string()),
    ]);
    words.extend(["--offline".into(), "--output".into(), "json".into()]);
    let at = Timestamp::parse(vector.text("at")).unwrap();
    let now = if document["historical"] == true {
        words.extend(["--at".into(), vector.text("at").into()]);
        at.saturating_add_millis(86_400_000)
    } else {
        at
    };
    let out = Shared::default();
    let mut console = Console::new(Box::new(out.clone()), Box::new(Shared::default()));
    let exit = run_at(words, &mut console, Arc::new(Standing(now)));
    let text = out.0.lock().unwrap().clone();
    let value = serde_json::from_slice(&text).unwrap_or_else(|_| {
        panic!(
            "{}: no JSON on standard output: {}",
            vector.name,
            String::from_utf8_lossy(&text)
        )
    });
    (exit, value)
}

#[test]
fn the_corpus_gets_its_verdict_and_code_from_the_command() {
    let mut said = Vec::new();
    for vector in corpus() {
        let (exit, decision) = judge(&vector);
        let outcome = Outcome::of(&decision);
        let due = match (outcome.allow, outcome.verdict.as_str()) {
            (true, _) => 0,
            (false, "valid" | "invalid") => 1,
            (false, _) => 3,
        };
        assert_eq!(exit, due, "{}", vector.name);
        said.push((vector, outcome));
    }
    compare("command", &said);
}
