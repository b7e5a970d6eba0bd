//! Which status lists came stapled with a presentation, before anything of it is judged.
//!
//! Profile, "Bundles": of the lists that are known the newest counts. INVARIANT: nothing is trusted by being named
//! here; a host looks up what it knows itself of these lists (its floors, a newer text) and brings that as evidence,
//! so that nobody can staple an older list than the host has seen.

use chancery_proof::{Limits, base64url, json};
use chancery_vc::Stapled;
use serde_json::Value;

use crate::needs::Need;

/// Names the status lists that are stapled to a presentation, as the needs that they may meet; none for a text
/// that cannot be read, which [`verify`](crate::verify()) refuses.
#[must_use]
pub fn stapled_lists(presentation: &[u8]) -> Vec<Need> {
    let limits = Limits::default();
    let text = presentation.trim_ascii_start();
    let document = if text.starts_with(b"{") {
        json::parse(text, &limits).ok()
    } else {
        payload(text, &limits)
    };
    let stapled = document.as_ref().and_then(|document| document.get("stapled"));
    let stapled = stapled.and_then(|value| Stapled::parse(value, "/stapled").ok());
    stapled.map(|stapled| lists_of(&stapled)).unwrap_or_default()
}

/// The payload of a compact JWS.
fn payload(text: &[u8], limits: &Limits) -> Option<Value> {
    if text.len() > limits.jose_bytes {
        return None;
    }
    let part = std::str::from_utf8(text).ok()?.split('.').nth(1)?;
    json::parse(&base64url::decode(part).ok()?, limits).ok()
}

/// The needs that stapled lists may meet.
pub(crate) fn lists_of(stapled: &Stapled) -> Vec<Need> {
    let lists = stapled.status_lists.keys().cloned().map(Need::StatusList);
    let token = stapled.token_status_lists.keys().cloned();
    lists.chain(token.map(Need::TokenStatusList)).collect()
}
