//! What crosses crates: the corpus of `tests/vectors`, and the doors that it goes through.

#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "support code of tests: a broken corpus must stop them"
)]

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One vector: what a peer sends, what the verifier knows, and what must come out.
#[derive(Debug, Clone)]
pub struct Vector {
    /// The file's name without its ending: part and defect.
    pub name: String,
    /// The whole document, exactly as the wasm module takes it.
    pub document: Value,
}

/// What must come out of every door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the host may act.
    pub allow: bool,
    /// `valid`, `invalid` or `indeterminate`.
    pub verdict: String,
    /// The stable code.
    pub code: String,
}

impl Vector {
    /// What the vector expects.
    #[must_use]
    pub fn expected(&self) -> Outcome {
        Outcome::of(&self.document["expect"])
    }

    /// What a door without the suites that the vector needs must say: that it cannot tell.
    #[must_use]
    pub fn expected_without(&self, suites: &str) -> Outcome {
        let needs = self.document["needs"].as_array();
        if !needs.is_some_and(|needs| needs.iter().any(|need| need == suites)) {
            return self.expected();
        }
        Outcome {
            allow: false,
            verdict: "indeterminate".to_owned(),
            code: "alg.unsupported_here".to_owned(),
        }
    }

    /// A member of the document as text.
    #[must_use]
    pub fn text(&self, member: &str) -> &str {
        self.document[member].as_str().unwrap()
    }
}

impl Outcome {
    /// Reads an outcome off a decision, or off a vector's `expect`.
    #[must_use]
    pub fn of(decision: &Value) -> Self {
        Self {
            allow: decision["allow"].as_bool().unwrap_or_default(),
            verdict: decision["verdict"].as_str().unwrap_or("none").to_owned(),
            code: decision["code"].as_str().unwrap_or("none").to_owned(),
        }
    }
}

/// The workspace's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

/// The whole corpus, by name.
#[must_use]
pub fn corpus() -> Vec<Vector> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(root().join("tests/vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| Vector {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            document: serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap(),
        })
        .collect()
}

/// Compares what a door said with what the corpus expects, and names every difference.
pub fn compare(door: &str, said: &[(Vector, Outcome)]) {
    compare_with(door, said, Vector::expected);
}

/// Compares what a door said with what is expected of this door.
pub fn compare_with(door: &str, said: &[(Vector, Outcome)], expected: impl Fn(&Vector) -> Outcome) {
    let wrong: Vec<String> = said
        .iter()
        .map(|(vector, outcome)| (vector, outcome, expected(vector)))
        .filter(|(_, outcome, expected)| expected != *outcome)
        .map(|(vector, outcome, expected)| {
            format!("{}: expected {expected:?}, {door} said {outcome:?}", vector.name)
        })
        .collect();
    println!(
        "vectors {door}: {} judged, {} as expected",
        said.len(),
        said.len().saturating_sub(wrong.len())
    );
    assert!(!said.is_empty(), "the corpus is empty");
    assert!(
        wrong.is_empty(),
        "{} of {} differ:\n{}",
        wrong.len(),
        said.len(),
        wrong.join("\n")
    );
}
