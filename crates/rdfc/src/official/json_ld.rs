//! The tests of the JSON-LD API: expansion, and deserialization to RDF.
//!
//! They are run on the plain algorithms, which drop what RDF does not carry; signing and verifying go through the
//! careful ones, which refuse it.

use std::cell::Cell;

use serde_json::Value;

use super::{folder, nquads, report};
use crate::canonical::{Hash, canonicalize};
use crate::context::Processor;
use crate::error::{LdError, Result};
use crate::expansion::Expander;
use crate::library::Library;
use crate::rdf::to_rdf;

/// What is left out, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("processingMode", "json-ld-1.0"),
    ("rdfDirection", "compound-literal"),
];

struct Set {
    tests: Value,
    base: String,
    files: Value,
    library: Library,
}

impl Set {
    fn read(name: &str) -> Option<Self> {
        let set = super::json(folder("json-ld-api")?.join(name));
        let base = set["baseIri"].as_str().unwrap().to_owned();
        let texts = set["files"].as_object().unwrap().iter().map(|(path, text)| {
            let url: &'static str = String::leak(format!("{base}{path}"));
            let text: &'static str = String::leak(text.as_str().unwrap_or_default().to_owned());
            (url, text)
        });
        let library = Library::of(texts.collect::<Vec<_>>(), false);
        Some(Self {
            tests: set["tests"].clone(),
            files: set["files"].clone(),
            base,
            library,
        })
    }

    fn file(&self, name: &Value) -> &str {
        self.files[name.as_str().unwrap()].as_str().unwrap()
    }

    fn expand(&self, test: &Value) -> Result<Vec<Value>> {
        let expander = Expander {
            processor: Processor {
                library: &self.library,
                left: Cell::new(1_000_000),
            },
            careful: false,
        };
        let path = test["input"].as_str().unwrap();
        let address = test["option"]["base"]
            .as_str()
            .map_or_else(|| format!("{}{path}", self.base), str::to_owned);
        let document = serde_json::from_str(self.file(&test["input"])).unwrap();
        expander.expand(&document, Some(&address))
    }

    fn run(&self, name: &str, expected: usize, holds: impl Fn(&Value) -> std::result::Result<(), String>) {
        let (mut passed, mut left_out, mut failed) = (0, 0, Vec::new());
        for test in self.tests.as_array().unwrap() {
            let option = |name: &str| {
                let value = &test["option"][name];
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            };
            if EXCEPTIONS.iter().any(|(name, value)| option(name) == *value) {
                left_out += 1;
                continue;
            }
            match holds(test) {
                Ok(()) => passed += 1,
                Err(why) => failed.push(format!("{} {}: {why}", test["id"], test["name"])),
            }
        }
        report(
            name,
            format_args!("{passed} passed, {} failed, {left_out} left out", failed.len()),
        );
        assert!(failed.is_empty(), "{failed:#?}");
        assert_eq!(passed, expected);
    }
}

fn refused<T>(result: Result<T>, test: &Value) -> std::result::Result<(), String> {
    let expected = test["expectErrorCode"].as_str().unwrap();
    match result {
        Ok(_) => Err(format!("not refused with {expected}")),
        Err(LdError::UnknownContext(_)) if expected == "loading remote context failed" => Ok(()),
        Err(LdError::Context(code) | LdError::Document(code)) if code == expected => Ok(()),
        Err(other) => Err(format!("{other:?}, not {expected}")),
    }
}

fn is_negative(test: &Value) -> bool {
    test["type"]
        .as_array()
        .unwrap()
        .contains(&Value::from("jld:NegativeEvaluationTest"))
}

#[test]
fn expansion() {
    let Some(set) = Set::read("expand.json") else {
        return;
    };
    set.run("json-ld-api expand", 242, |test| {
        let expanded = set.expand(test);
        if is_negative(test) {
            return refused(expanded, test);
        }
        let expanded = expanded.map_err(|error| format!("{error:?}"))?;
        let expected: Value = serde_json::from_str(set.file(&test["expect"])).unwrap();
        let found = sorted(&Value::Array(expanded));
        (found == sorted(&expected))
            .then_some(())
            .ok_or_else(|| format!("\n{found}\nnot\n{}", sorted(&expected)))
    });
}

/// The order of values means nothing, save in lists, and that of members nowhere.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match (name.as_str(), value) {
                ("@list", Value::Array(items)) => (name.clone(), items.iter().map(sorted).collect()),
                ("@value", _) => (name.clone(), value.clone()),
                _ => (name.clone(), sorted(value)),
            })
            .collect::<std::collections::BTreeMap<_, _>>()
            .into_iter()
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn deserialization_to_rdf() {
    let Some(set) = Set::read("toRdf.json") else {
        return;
    };
    set.run("json-ld-api to-rdf", 247, |test| {
        let quads = set
            .expand(test)
            .and_then(|expanded| to_rdf(&expanded, false, 10_000, 1 << 20));
        if is_negative(test) {
            return refused(quads, test);
        }
        let quads = quads.map_err(|error| format!("{error:?}"))?;
        let lines = |quads: &[_]| canonicalize(quads, Hash::Sha256, 100_000).unwrap().lines.concat();
        if test["expect"].is_null() {
            return Ok(());
        }
        let expected = lines(&nquads::read(set.file(&test["expect"])));
        let found = lines(&quads);
        (found == expected)
            .then_some(())
            .ok_or_else(|| format!("\n{found}\nnot\n{expected}"))
    });
}
