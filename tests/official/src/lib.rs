//! Finding the official vectors, and saying what was run of them.
//!
//! The standards' own data is not copied into the project. It is found by the environment variable
//! `CHANCERY_VECTORS`, or in `shared/vectors` beside the checkout. INVARIANT: where a set is absent a
//! test says `not run: <set>` and passes, save under `CI=true`, where its absence is a failure.

#![expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the vectors are"
)]

use std::fmt;
use std::path::{Path, PathBuf};

/// Gives the folder of a set, or says that it was not run.
///
/// # Panics
/// Under `CI=true`, when the set is absent.
#[must_use]
pub fn folder(set: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("CHANCERY_VECTORS")
        .map_or_else(beside, PathBuf::from)
        .join(set);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var("CI").as_deref() != Ok("true"),
        "the official vectors {set} are absent"
    );
    println!("not run: {set}");
    None
}

/// Prints the counts of a set that was run; `cargo xtask conformance` collects these lines.
pub fn report(set: &str, counts: impl fmt::Display) {
    println!("vectors {set}: {counts}");
}
