//! Numbered stories, each one file and one idea; `tests/stories.rs` holds what they print.
//!
//! Run one with `cargo run -p chancery-examples --example 01_verify_offline`.
