//! The official vectors, with their counts.
//!
//! They are found by [`chancery_official`].

mod data_integrity;
mod jcs;
mod sd_jwt;
mod wycheproof;

use std::path::Path;

use chancery_official::{folder, report};
use serde_json::Value;

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
