//! The one time at which the story plays, and times around it.

use chancery_did::Timestamp;

/// A Wednesday, 10:00 in Berlin, in summer.
pub const NOW: &str = "2026-06-17T08:00:00Z";

/// The instant so many seconds after `at`, as text.
pub fn after(at: &str, seconds: i64) -> String {
    instant(at).saturating_add_millis(seconds * 1_000).to_string()
}

/// The instant so many seconds after [`NOW`], as text.
pub fn later(seconds: i64) -> String {
    after(NOW, seconds)
}

/// Reads an instant of the cast.
pub fn instant(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}
