//! Numbered stories, each one file and one idea; `tests/stories.rs` holds what they print.
//!
//! Run one with `cargo run -p chancery-examples --example 01_verify_offline`. What several stories need stands
//! here: the [`guard`] of a service, the [`desk`] of an MCP server, and the [`scene`] that they are played in.

pub mod desk;
pub mod guard;
pub mod scene;
