//! The official vectors, with their counts.
//!
//! They are found by `CHANCERY_VECTORS`, or beside the workspace. Where they are absent a test says so and
//! passes, save under `CI=true`.

mod data_integrity;
mod jcs;
mod wycheproof;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The folder of a set, if it is there.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the vectors are"
)]
fn folder(set: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var("CHANCERY_VECTORS")
        .map_or_else(|_| beside(), PathBuf::from)
        .join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("not run: {set}");
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "the vectors {set} are absent"
    );
    None
}

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn json(path: impl AsRef<Path>) -> Value {
    let limits = crate::Limits {
        bytes: 16 << 20,
        ..crate::Limits::default()
    };
    crate::json::parse(text(path).as_bytes(), &limits).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
