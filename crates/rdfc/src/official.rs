//! The official vectors, with their counts.
//!
//! They are found by [`chancery_official`].

#![expect(
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod data_integrity;
mod json_ld;
mod nquads;
mod rdf_canon;
mod selective;

use std::path::Path;

use chancery_official::{folder, report};
use serde_json::Value;

fn text(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}
