//! The house's rules, held: who may depend on whom, what the pure layers never pull in, and how a
//! source file looks.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Every edge that exists between the workspace's packages, and no other.
const ALLOWED: &[(&str, &[&str])] = &[
    ("chancery-did", &[]),
    ("chancery-vc-schemas", &[]),
    ("chancery-proof", &["chancery-did"]),
    (
        "chancery-rdfc",
        &["chancery-did", "chancery-proof", "chancery-vc-schemas"],
    ),
    ("chancery-did-key", &["chancery-did"]),
    ("chancery-did-jwk", &["chancery-did", "chancery-proof"]),
    ("chancery-did-web", &["chancery-did"]),
    ("chancery-did-webvh", &["chancery-did", "chancery-proof"]),
    (
        "chancery-vc",
        &["chancery-did", "chancery-proof", "chancery-vc-schemas"],
    ),
    (
        "chancery-trust",
        &["chancery-did", "chancery-proof", "chancery-vc"],
    ),
    (
        "chancery-verifier",
        &[
            "chancery-did",
            "chancery-did-jwk",
            "chancery-did-key",
            "chancery-did-web",
            "chancery-did-webvh",
            "chancery-proof",
            "chancery-trust",
            "chancery-vc",
        ],
    ),
    (
        "chancery",
        &[
            "chancery-did",
            "chancery-did-jwk",
            "chancery-did-key",
            "chancery-did-web",
            "chancery-did-webvh",
            "chancery-proof",
            "chancery-trust",
            "chancery-vc",
            "chancery-verifier",
        ],
    ),
    (
        "chancery-registry",
        &[
            "chancery",
            "chancery-did",
            "chancery-did-jwk",
            "chancery-did-key",
            "chancery-did-web",
            "chancery-did-webvh",
            "chancery-proof",
            "chancery-rdfc",
            "chancery-trust",
            "chancery-vc",
            "chancery-verifier",
        ],
    ),
    (
        "chancery-cli",
        &[
            "chancery",
            "chancery-did",
            "chancery-did-jwk",
            "chancery-did-key",
            "chancery-did-web",
            "chancery-did-webvh",
            "chancery-proof",
            "chancery-rdfc",
            "chancery-registry",
            "chancery-trust",
            "chancery-vc",
            "chancery-vc-schemas",
            "chancery-verifier",
        ],
    ),
    (
        "chancery-host",
        &[
            "chancery-did",
            "chancery-proof",
            "chancery-trust",
            "chancery-vc",
            "chancery-verifier",
        ],
    ),
    ("chancery-wasm", &["chancery-host"]),
    ("chancery-python", &["chancery-host"]),
    ("xtask", &[]),
];

/// Layers L0 to L2: no clock, no network, no threads, no files, no system randomness.
const PURE: &[&str] = &[
    "chancery-did",
    "chancery-did-key",
    "chancery-did-jwk",
    "chancery-did-web",
    "chancery-did-webvh",
    "chancery-proof",
    "chancery-vc-schemas",
    "chancery-vc",
    "chancery-trust",
    "chancery-verifier",
    "chancery-host",
    "chancery-wasm",
];

/// What the pure layers never reach, directly or through others.
const IMPURE: &[&str] = &[
    "tokio",
    "reqwest",
    "hyper",
    "axum",
    "sqlx",
    "clap",
    "rustls",
    "openssl",
    "josekit",
    "jiff",
    "chrono",
    "rand",
    "wasm-bindgen",
    "js-sys",
    "mio",
    "socket2",
    "ssi",
];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_path_buf()
}

#[test]
fn packages_depend_only_on_the_allowed_edges() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| package.name.as_str())
        .collect();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let outside: BTreeSet<&str> = [
        "chancery-tests",
        "chancery-examples",
        "chancery-cast",
        "chancery-official",
    ]
    .into();
    let mut unknown = Vec::new();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        if outside.contains(name) {
            continue;
        }
        let Some(edges) = allowed.get(name) else {
            unknown.push(format!("{name} stands in no layer"));
            continue;
        };
        for dependency in &package.dependencies {
            let to = dependency.name.as_str();
            let ships = dependency.kind != DependencyKind::Development;
            if members.contains(to) && ships && !edges.contains(&to) {
                unknown.push(format!("{name} -> {to}"));
            }
        }
    }
    assert!(
        unknown.is_empty(),
        "edges that the plan does not know: {unknown:#?}"
    );
}

#[test]
fn the_pure_layers_reach_no_clock_no_network_and_no_runtime() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let names: BTreeMap<_, _> = metadata
        .packages
        .iter()
        .map(|package| (&package.id, package.name.as_str()))
        .collect();
    let nodes: BTreeMap<_, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    for pure in PURE {
        let start = metadata
            .packages
            .iter()
            .find(|package| package.name.as_str() == *pure)
            .unwrap();
        let mut reached = BTreeSet::new();
        let mut open = vec![&start.id];
        while let Some(id) = open.pop() {
            if !reached.insert(id) {
                continue;
            }
            for dependency in &nodes[id].deps {
                if dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
                {
                    open.push(&dependency.pkg);
                }
            }
        }
        let found: Vec<&str> = reached
            .iter()
            .map(|id| names[*id])
            .filter(|name| IMPURE.contains(name))
            .collect();
        assert!(found.is_empty(), "{pure} reaches {found:?}");
    }
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                sources(&path, into);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in [
        "crates",
        "did-methods",
        "vc-schemas",
        "wasm",
        "tests",
        "examples",
        "xtask",
    ] {
        sources(&root().join(folder), &mut files);
    }
    files
}

#[test]
fn files_are_named_by_an_idea() {
    const NAMELESS: &[&str] = &[
        "mod", "util", "utils", "common", "helpers", "misc", "types", "prelude", "manager",
    ];
    let bad: Vec<PathBuf> = all_sources()
        .into_iter()
        .filter(|path| NAMELESS.contains(&path.file_stem().unwrap().to_string_lossy().as_ref()))
        .collect();
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn every_file_says_what_it_is() {
    let silent: Vec<PathBuf> = all_sources()
        .into_iter()
        .filter(|path| !std::fs::read_to_string(path).unwrap().starts_with("//!"))
        .collect();
    assert!(silent.is_empty(), "no `//!` at the head of {silent:?}");
}

#[test]
fn folders_go_at_most_two_deep_below_src() {
    let deep: Vec<PathBuf> = all_sources()
        .into_iter()
        .filter(|path| {
            let parts: Vec<_> = path
                .components()
                .map(|part| part.as_os_str().to_string_lossy().into_owned())
                .collect();
            parts
                .iter()
                .rposition(|part| part == "src")
                .is_some_and(|at| parts.len() > at + 4)
        })
        .collect();
    assert!(deep.is_empty(), "{deep:?}");
}
