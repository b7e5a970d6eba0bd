//! The official vectors of did:webvh, logs of several implementations, with their counts.
//!
//! They are found by [`chancery_official`]. Where their makers disagree with each other or with the
//! specification, the specification is followed, and each such place is argued in [`differs`].

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chancery_did::{Did, LogFiles, ResolveError, Timestamp};
use chancery_official::{folder, report};
use chancery_proof::{Limits, json};
use serde_json::{Value, json};

use crate::{Identifier, Query, Resolution, resolve};

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn value(path: &Path) -> Value {
    json::parse(text(path).as_bytes(), &Limits::default()).unwrap()
}

fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T00:00:00Z").unwrap()
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn files(maker: &Path) -> LogFiles {
    let witness = maker.join("did-witness.json");
    LogFiles {
        log: text(&maker.join("did.jsonl")),
        witness: witness.is_file().then(|| text(&witness)),
    }
}

/// The DID that the last entry of a log is about.
fn subject(log: &str) -> Did {
    let last = log.lines().last().unwrap();
    let entry = json::parse(last.as_bytes(), &Limits::default()).unwrap();
    Did::parse(entry["state"]["id"].as_str().unwrap()).unwrap()
}

/// Which version a file of expectations is about: `resolutionResult.2.json` is about number 2.
fn query(file: &str) -> Query {
    Query {
        version_number: file.split('.').nth(1).and_then(|number| number.parse().ok()),
        ..Query::default()
    }
}

/// A document with what the makers spell in two ways spelled in one: whole service ids, and no slash at the end
/// of the place of `#files`.
fn spelled(document: &Value) -> Value {
    let mut document = document.clone();
    let id = document["id"].as_str().unwrap_or_default().to_owned();
    for service in document["service"].as_array_mut().into_iter().flatten() {
        let own = service["id"].as_str().unwrap_or_default().to_owned();
        if own.starts_with('#') {
            service["id"] = json!(format!("{id}{own}"));
        }
        if let Some(endpoint) = service["serviceEndpoint"].as_str() {
            service["serviceEndpoint"] = json!(endpoint.trim_end_matches('/').to_owned());
        }
    }
    document
}

/// Compares one expected result with what was resolved, and names the first difference that nothing argues for.
fn differs(maker: &str, query: &Query, expected: &Value, found: &Resolution) -> Option<String> {
    // Every maker gives the document of a deactivated DID; the specification forbids it ("a resolver MUST NOT
    // return the DIDDoc"), so here its last version has to be asked for by name.
    let gone = found.metadata["deactivated"] == json!(true) && found.document.is_none();
    if !gone && spelled(&expected["didDocument"]) != spelled(found.document.as_ref().unwrap()) {
        return Some("didDocument".to_owned());
    }
    let queried = *query != Query::default();
    for (name, value) in expected["didDocumentMetadata"].as_object().unwrap() {
        let own = found.metadata.get(name).unwrap_or(&Value::Null);
        let same = match (name.as_str(), value) {
            // The default of a list is an empty one; one maker writes null.
            ("watchers", Value::Null) => *own == json!([]),
            ("witness", Value::Null) => *own == json!({}),
            // Metadata has no numbers, and witnesses are did:keys ("The `threshold` ... is a string").
            ("witness", value) if value["threshold"].is_u64() => {
                let mut value = value.clone();
                value["threshold"] = json!(value["threshold"].to_string());
                for witness in value["witnesses"].as_array_mut().into_iter().flatten() {
                    let id = witness["id"].as_str().unwrap_or_default();
                    witness["id"] = json!(format!("did:key:{}", id.trim_start_matches("did:key:")));
                }
                value == *own
            }
            ("ttl", Value::Number(seconds)) => *own == json!(seconds.to_string()),
            // "The timestamp of the DID's last valid log entry", not of the version asked for.
            ("updated", value) if queried && maker != "rust" => {
                *value == found.metadata["versionTime"] || value == own
            }
            (_, value) => value == own,
        };
        if !same {
            return Some(format!("{name}: {value} and not {own}"));
        }
    }
    None
}

#[test]
fn valid_logs_resolve_as_published() {
    let Some(root) = folder("didwebvh") else { return };
    let (mut logs, mut results, mut refused, mut argued, mut wrong) = (0, 0, 0, Vec::new(), Vec::new());
    for scenario in below(&root) {
        if !scenario.is_dir() || name(&scenario).starts_with("negative-") {
            continue;
        }
        for maker in below(&scenario).into_iter().filter(|path| path.is_dir()) {
            logs += 1;
            let (files, who) = (files(&maker), name(&maker));
            let did = subject(&files.log);
            for file in below(&maker) {
                if !name(&file).starts_with("resolutionResult") {
                    continue;
                }
                let (expected, mut query) = (value(&file), query(&name(&file)));
                let case = format!("{}/{who}/{}", name(&scenario), name(&file));
                // One maker publishes its newest version for every version asked for; the others publish the one.
                let newest = maker.join("resolutionResult.json");
                if who == "python" && query != Query::default() && expected == value(&newest) {
                    query = Query::default();
                }
                match resolve(&did, &files, &query, now(), None) {
                    // Neither a document nor an error: its maker published nothing to compare with.
                    Ok(_)
                        if expected["didDocument"].is_null()
                            && expected["didResolutionMetadata"]["error"].is_null() =>
                    {
                        argued.push(case);
                    }
                    Ok(found) => match differs(&who, &query, &expected, &found) {
                        None if expected["didDocument"].is_object() => results += 1,
                        None => wrong.push(format!("{case}: resolves")),
                        Some(difference) => wrong.push(format!("{case}: {difference}")),
                    },
                    // Two makers publish that their own log does not resolve.
                    Err(error) if expected["didDocument"].is_null() => {
                        assert_eq!(error.code(), "resolve.witness", "{case}");
                        refused += 1;
                    }
                    // The same log shape by two others, who count the new list for the entry that brings it
                    // ("takes effect only after the entry in which they are defined has been published").
                    Err(ResolveError::Witness {
                        entry: 2,
                        found: 1,
                        threshold: 2,
                    }) if matches!(
                        case.as_str(),
                        "witness-update/java/resolutionResult.json"
                            | "witness-update/ts/resolutionResult.json"
                    ) =>
                    {
                        argued.push(case);
                    }
                    Err(error) => wrong.push(format!("{case}: {error}")),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(logs > 0 && results > 0);
    report(
        "didwebvh valid",
        format!(
            "{} passed, 0 failed ({logs} logs; {results} results as published, {refused} refused as published; {} argued: {})",
            results + refused,
            argued.len(),
            argued.join(", "),
        ),
    );
}

/// The DID that a scenario without a log asks for, under an SCID that is one: theirs, of zeros, is refused before
/// anything else is looked at.
fn asked(scenario: &Path) -> String {
    let script = text(&scenario.join("script.yaml"));
    let line = script
        .lines()
        .find_map(|line| line.trim().strip_prefix("did: "))
        .unwrap();
    let zeros = format!("Qm{}", "0".repeat(46));
    line.trim_matches('"')
        .replace(&zeros, "QmXq3qKkf4miH65SnSpkaMbAcXixyR6JU4yt8p4W8ftGWx")
}

#[test]
fn negative_logs_are_refused_for_the_rule_that_they_break() {
    let Some(root) = folder("didwebvh") else { return };
    let reasons: BTreeMap<&str, &str> = [
        (
            "negative-cross-did-witness-replay",
            "version 2 of the log has the proofs of 0 of its witnesses",
        ),
        (
            "negative-did-key-body-fragment-mismatch",
            "does not name one did:key",
        ),
        ("negative-fragment-leaks-into-domain", "may not stand there"),
        ("negative-lowercase-pct-port-ip", "upper-case hexadecimal"),
        ("negative-path-traversal-did", "`.` or `..`"),
        ("negative-pre-rotation-omit-updatekeys", "has no `updateKeys`"),
        ("negative-scid-mismatch-genesis", "its SCID is not the hash of it"),
        ("negative-unknown-method-version", "`method` of the first entry"),
        ("negative-versiontime-non-monotonic", "not later than"),
        ("negative-wrong-cryptosuite", "not of the cryptosuite"),
    ]
    .into();
    let (mut passed, mut wrong) = (0, Vec::new());
    for scenario in below(&root) {
        if !name(&scenario).starts_with("negative-") {
            continue;
        }
        for maker in below(&scenario).into_iter().filter(|path| path.is_dir()) {
            let (files, case) = (files(&maker), name(&scenario));
            let refusal = if files.log.trim().is_empty() {
                let asked = asked(&scenario);
                let parsed = Did::parse(&asked).and_then(|did| Identifier::read(&did).map(|_| ()));
                parsed.map_err(ResolveError::from).err()
            } else {
                let first =
                    json::parse(files.log.lines().next().unwrap().as_bytes(), &Limits::default()).unwrap();
                let scid = first["parameters"]["scid"].as_str().unwrap();
                let did = Did::parse(&format!("did:webvh:{scid}:example.com")).unwrap();
                let did = first["state"]["id"]
                    .as_str()
                    .and_then(|id| Did::parse(id).ok())
                    .filter(|did| Identifier::read(did).is_ok())
                    .unwrap_or(did);
                resolve(&did, &files, &Query::default(), now(), None).err()
            };
            let told = refusal.map(|error| error.to_string());
            let reason = reasons.get(case.as_str()).copied().unwrap_or_default();
            match told {
                Some(told) if told.contains(reason) => passed += 1,
                told => wrong.push(format!("{case}/{}: {told:?}", name(&maker))),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(passed > 0);
    report("didwebvh negative", format!("{passed} passed, 0 failed"));
}
