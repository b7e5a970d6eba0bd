//! Status lists that were proven, kept as long as they are young enough, and the newest time seen of each.
//!
//! Follows Bitstring Status List v1.0 (`ttl`) and the profile ("Status"): a list's age is counted from its own
//! signed time. INVARIANT: only what a decision proved is kept or raises a floor, so that no host can put a
//! list or a far future in here; a floor never falls.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chancery_did::Timestamp;
use chancery_proof::Limits;
use chancery_vc::status::read_status_list;
use chancery_verifier::Evidence;

use crate::cache::Cache;

const MOST_LISTS: usize = 64;
const MOST_FLOORS: usize = 16_384;

#[derive(Debug, Clone)]
struct Kept {
    text: String,
    valid_from: Timestamp,
}

/// What is remembered about status lists.
#[derive(Debug)]
pub(super) struct StatusMemory {
    lists: Cache<String, Kept>,
    floors: Mutex<BTreeMap<String, Timestamp>>,
}

impl StatusMemory {
    pub(super) fn new(floors: BTreeMap<String, Timestamp>) -> Self {
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
    pub(super) fn floors(&self) -> BTreeMap<String, Timestamp> {
        self.floors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds what is known of `url` to the floors that a decision is given.
    pub(super) fn add_floor(&self, url: &str, known: &mut BTreeMap<String, Timestamp>) {
        let floors = self.floors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(floor) = floors.get(url) {
            let given = known.entry(url.to_owned()).or_insert(*floor);
            *given = (*given).max(*floor);
        }
    }

    /// Remembers what was proven out of `evidence`: these lists, by the times that they were signed at.
    pub(super) fn learn(&self, proven: &BTreeMap<String, Timestamp>, evidence: &Evidence, at: Timestamp) {
        for (url, seen) in proven {
            self.raise(url, *seen);
            if let Some(text) = evidence.status_lists.get(url) {
                self.keep(url, text, at);
            }
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
        let floor = floors.entry(url.to_owned()).or_insert(seen);
        *floor = seen.max(*floor);
    }

    /// Keeps a list for its `ttl`, counted from its signing however often it is used, and not beyond its end.
    fn keep(&self, url: &str, text: &str, at: Timestamp) {
        if self
            .lists
            .find(&url.to_owned(), at)
            .is_some_and(|kept| kept.text == text)
        {
            return;
        }
        let Ok(secured) = read_status_list(text.as_bytes(), &Limits::default()) else {
            return;
        };
        let list = secured.unverified();
        let ttl = i64::try_from(list.ttl_ms).unwrap_or(i64::MAX);
        let ends = list.valid_from.saturating_add_millis(ttl);
        let ends = list.valid_until.map_or(ends, |end| end.min(ends));
        let lifetime = ends.millis_since(at).min(ttl);
        let kept = Kept {
            text: text.to_owned(),
            valid_from: list.valid_from,
        };
        self.lists.insert(url.to_owned(), kept, at, lifetime);
    }
}
