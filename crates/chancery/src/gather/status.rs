//! Status lists that were proven, kept as long as they are young enough, and the newest time seen of each.
//!
//! Follows Bitstring Status List v1.0 and Token Status List (`ttl`) and the profile ("Status"): a list's age is
//! counted from its own signed time. A list is known by its key in the floors of evidence. INVARIANT: only what a decision proved is kept or raises a floor, so that no host can put a
//! list or a far future in here; a floor never falls.

use std::sync::{Mutex, PoisonError};

use chancery_did::{SortedMap, Timestamp};
use chancery_proof::Limits;
use chancery_vc::status::{read_status_list, read_token_status_text};
use chancery_verifier::{Decision, Evidence};

use crate::cache::Cache;

const MOST_LISTS: usize = 64;
const MOST_FLOORS: usize = 16_384;

#[derive(Debug, Clone)]
struct Kept {
    text: String,
    valid_from: Timestamp,
}

/// What a decision proved of status lists.
#[derive(Debug, Clone, Copy)]
pub(super) struct Proven<'a> {
    /// When each was signed.
    pub(super) floors: &'a SortedMap<String, Timestamp>,
    /// The texts of those that came stapled.
    pub(super) stapled: &'a SortedMap<String, String>,
}

impl<'a> From<&'a Decision> for Proven<'a> {
    fn from(decision: &'a Decision) -> Self {
        Self {
            floors: &decision.status_floors,
            stapled: &decision.stapled,
        }
    }
}

/// What is remembered about status lists.
#[derive(Debug)]
pub(super) struct StatusMemory {
    lists: Cache<String, Kept>,
    floors: Mutex<SortedMap<String, Timestamp>>,
}

impl StatusMemory {
    pub(super) fn new(floors: SortedMap<String, Timestamp>) -> Self {
        Self {
            lists: Cache::new(MOST_LISTS),
            floors: Mutex::new(floors),
        }
    }

    /// The kept list of `url`, unless it is older than `max_age_ms` at `at` or than the newest seen.
    pub(super) fn find(&self, url: &str, at: Timestamp, max_age_ms: i64) -> Option<String> {
        let kept = self.lists.find(&url.to_owned(), at)?;
        let floor = self
            .floors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(url)
            .copied();
        let young = at.millis_since(kept.valid_from) <= max_age_ms;
        (young && floor.is_none_or(|floor| kept.valid_from >= floor)).then_some(kept.text)
    }

    /// The newest signed time seen of each list.
    pub(super) fn floors(&self) -> SortedMap<String, Timestamp> {
        self.floors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what is known of `url` to the floors that a decision is given.
    pub(super) fn add_floor(&self, url: &str, known: &mut SortedMap<String, Timestamp>) {
        let floors = self.floors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(floor) = floors.get(url) {
            let newest = known.get(url).map_or(*floor, |given| (*given).max(*floor));
            known.insert(url.to_owned(), newest);
        }
    }

    /// Remembers what was proven out of `evidence`, by the times that it was signed at, and what counted of the lists
    /// that came stapled.
    pub(super) fn learn(&self, proven: &Proven<'_>, evidence: &Evidence, at: Timestamp) {
        let Proven {
            floors: proven,
            stapled,
        } = *proven;
        for (url, seen) in proven {
            self.raise(url, *seen);
            if let Some(text) = evidence.status_lists.get(url) {
                self.keep(url, text, bitstring(text), at);
            }
        }
        for (url, text) in &evidence.token_status_lists {
            let key = Evidence::token_floor(url);
            if proven.contains_key(&key) {
                self.keep(&key, text, token(text), at);
            }
        }
        for (key, text) in stapled {
            let life = if key.starts_with("token ") {
                token(text)
            } else {
                bitstring(text)
            };
            self.keep(key, text, life, at);
        }
    }

    fn raise(&self, url: &str, seen: Timestamp) {
        let mut floors = self.floors.lock().unwrap_or_else(PoisonError::into_inner);
        if floors.len() >= MOST_FLOORS && !floors.contains_key(url) {
            let oldest = floors
                .iter()
                .min_by_key(|(_, floor)| **floor)
                .map(|(url, _)| url.clone());
            oldest.and_then(|oldest| floors.remove(&oldest));
        }
        let newest = floors.get(url).map_or(seen, |floor| seen.max(*floor));
        floors.insert(url.to_owned(), newest);
    }

    /// Keeps a list for its `ttl`, counted from its signing however often it is used, and not beyond its end.
    fn keep(&self, key: &str, text: &str, life: Option<Life>, at: Timestamp) {
        let known = self.lists.find(&key.to_owned(), at);
        if known.is_some_and(|kept| kept.text == text) {
            return;
        }
        let Some(Life { made, until, ttl_ms }) = life else {
            return;
        };
        let ttl = i64::try_from(ttl_ms).unwrap_or(i64::MAX);
        let ends = made.saturating_add_millis(ttl);
        let ends = until.map_or(ends, |end| end.min(ends));
        let lifetime = ends.millis_since(at).min(ttl);
        let kept = Kept {
            text: text.to_owned(),
            valid_from: made,
        };
        self.lists.insert(key.to_owned(), kept, at, lifetime);
    }
}

/// What a list says of its own life.
struct Life {
    made: Timestamp,
    until: Option<Timestamp>,
    ttl_ms: u64,
}

fn bitstring(text: &str) -> Option<Life> {
    let secured = read_status_list(text.as_bytes(), &Limits::default()).ok()?;
    let list = secured.unverified();
    Some(Life {
        made: list.valid_from,
        until: list.valid_until,
        ttl_ms: list.ttl_ms,
    })
}

fn token(text: &str) -> Option<Life> {
    let secured = read_token_status_text(text, &Limits::default()).ok()?;
    let list = secured.unverified();
    Some(Life {
        made: list.issued_at,
        until: list.expires_at,
        ttl_ms: list.ttl_ms,
    })
}
