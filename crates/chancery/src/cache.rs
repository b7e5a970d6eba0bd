//! A small cache whose entries end at a time that whoever put them in said.
//!
//! INVARIANT: an entry is never given out at or after its end, nor before the moment at which it was put in (a
//! clock set back empties the cache in effect), and there are never more entries than the bound.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use chancery_did::Timestamp;

/// A bounded map with an end for each entry.
pub struct Cache<K, V> {
    most: usize,
    entries: Mutex<HashMap<K, Entry<V>>>,
}

struct Entry<V> {
    since: Timestamp,
    until: Timestamp,
    value: V,
}

impl<K, V> fmt::Debug for Cache<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Cache<K, V> {
    /// Makes a cache of at most `most` entries.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            entries: Mutex::new(HashMap::new()),
        }
    }

    /// Gives the entry of `key` if its time is not over at `now`.
    pub fn find(&self, key: &K, now: Timestamp) -> Option<V> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .get(key)
            .filter(|entry| entry.since <= now && now < entry.until)
            .map(|entry| entry.value.clone())
    }

    /// Puts an entry in, good from `now` for `lifetime_ms`; when full, the one that would end first leaves.
    pub fn insert(&self, key: K, value: V, now: Timestamp, lifetime_ms: i64) {
        let until = now.saturating_add_millis(lifetime_ms);
        if until <= now || self.most == 0 {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.most && !entries.contains_key(&key) {
            entries.retain(|_, entry| entry.since <= now && now < entry.until);
            if entries.len() >= self.most {
                let first = entries
                    .iter()
                    .min_by_key(|(_, entry)| entry.until)
                    .map(|(key, _)| key.clone());
                first.and_then(|key| entries.remove(&key));
            }
        }
        entries.insert(
            key,
            Entry {
                since: now,
                until,
                value,
            },
        );
    }

    /// Takes an entry out before its time.
    pub fn remove(&self, key: &K) {
        self.entries
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }

    /// How many entries are held, ended ones included.
    pub fn len(&self) -> usize {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[test]
    fn an_entry_ends_exactly_at_its_end() {
        let cache = Cache::new(4);
        cache.insert("a", 1, at(100), 50);
        assert_eq!(cache.find(&"a", at(149)), Some(1));
        assert_eq!(cache.find(&"a", at(150)), None);
    }

    #[test]
    fn a_clock_set_back_finds_nothing() {
        let cache = Cache::new(4);
        cache.insert("a", 1, at(100), 50);
        assert_eq!(cache.find(&"a", at(99)), None);
    }

    #[test]
    fn an_entry_without_lifetime_is_not_kept() {
        let cache = Cache::new(4);
        cache.insert("a", 1, at(100), 0);
        cache.insert("b", 1, at(100), -5);
        cache.insert("c", 1, at(i64::MAX), 5);
        assert!(cache.is_empty());
    }

    #[test]
    fn the_bound_holds_and_the_first_to_end_leaves() {
        let cache = Cache::new(2);
        cache.insert("long", 1, at(0), 1000);
        cache.insert("short", 2, at(0), 10);
        cache.insert("new", 3, at(0), 500);
        assert_eq!(cache.len(), 2);
        assert_eq!(cache.find(&"short", at(0)), None);
        assert_eq!(cache.find(&"long", at(0)), Some(1));
        cache.insert("long", 4, at(1), 5);
        assert_eq!(cache.find(&"long", at(2)), Some(4));
        assert_eq!(cache.len(), 2);
    }
}
