//! Every code that the service gives stands in the one table of codes.

use std::{collections::BTreeSet, fs, path::Path};

use chancery_verifier::rejection::explain;

/// Classes of codes, as they occur in the service's source.
const CLASSES: &[&str] = &[
    "agent",
    "auth",
    "binding",
    "config",
    "credential",
    "delegation",
    "instance",
    "issue",
    "limit",
    "parse",
    "recognition",
    "replay",
    "request",
    "resolve",
    "service",
    "status",
    "time",
    "token",
    "trust",
    "type",
];

fn collect(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for literal in text.split('"').skip(1).step_by(2) {
            let plain = |part: &str| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            };
            if let Some((class, reason)) = literal.split_once('.')
                && CLASSES.contains(&class)
                && plain(reason)
            {
                found.insert(literal.to_owned());
            }
        }
    }
}

#[test]
fn every_code_of_the_service_is_explained() {
    let mut found = BTreeSet::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    for known in [
        "auth.required",
        "limit.rate",
        "request.not_found",
        "service.internal",
    ] {
        assert!(found.contains(known), "{known} was not found in the source");
    }
    let unknown: Vec<_> = found.iter().filter(|code| explain(code).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
