//! The tests of RDF Dataset Canonicalization.

use serde_json::{Value, json};

use super::{folder, nquads, report};
use crate::canonical::{Hash, canonicalize};
use crate::error::LdError;
use crate::work::Work;

#[test]
fn rdf_canon() {
    let Some(root) = folder("rdf-canon") else { return };
    let tests = super::json(root.join("rdfc10.json"));
    let (mut passed, mut failed) = (0, Vec::new());
    for test in tests.as_array().unwrap() {
        if holds(test) {
            passed += 1;
        } else {
            failed.push(test["id"].as_str().unwrap().to_owned());
        }
    }
    report(
        "rdf-canon",
        format_args!("{passed} passed, {} failed", failed.len()),
    );
    assert_eq!((passed, failed), (54, Vec::new()));
}

fn holds(test: &Value) -> bool {
    let hash = match test["hash"].as_str().unwrap() {
        "SHA256" => Hash::Sha256,
        "SHA384" => Hash::Sha384,
        other => panic!("the hash {other}"),
    };
    let quads = nquads::read(test["input"].as_str().unwrap());
    let canonical = canonicalize(&quads, hash, Work::default().hashes);
    match test["type"].as_str().unwrap() {
        "RDFC10EvalTest" => canonical.unwrap().lines.concat() == test["expected"].as_str().unwrap(),
        "RDFC10MapTest" => {
            let labels = canonical.unwrap().labels;
            let labels: Value = labels
                .iter()
                .map(|(from, to)| (from.to_string(), json!(**to)))
                .collect();
            labels == serde_json::from_str::<Value>(test["expected"].as_str().unwrap()).unwrap()
        }
        "RDFC10NegativeEvalTest" => matches!(canonical, Err(LdError::Work)),
        other => panic!("the kind {other}"),
    }
}
