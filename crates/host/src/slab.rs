//! Things under numbers, as many and as large as they may be.
//!
//! INVARIANT: a number that was given out is given out again only after all others were, so that an old one finds
//! nothing; 0 is never one.

use std::collections::BTreeMap;

/// Things under numbers.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    most: usize,
    most_bytes: usize,
    bytes: usize,
    last: u32,
    held: BTreeMap<u32, (T, usize)>,
}

impl<T> Slab<T> {
    /// Room for so many, which take so many bytes together.
    pub(crate) fn new(most: usize, most_bytes: usize) -> Self {
        Self {
            most,
            most_bytes,
            bytes: 0,
            last: 0,
            held: BTreeMap::new(),
        }
    }

    /// Whether one more of this size has room.
    pub(crate) fn has_room(&self, size: usize) -> bool {
        self.held.len() < self.most && self.bytes.saturating_add(size) <= self.most_bytes
    }

    /// Takes one in, if there is room.
    pub(crate) fn insert(&mut self, value: T, size: usize) -> Option<u32> {
        if !self.has_room(size) {
            return None;
        }
        let mut handle = self.last;
        loop {
            handle = handle.wrapping_add(1).max(1);
            if !self.held.contains_key(&handle) {
                break;
            }
        }
        self.last = handle;
        self.bytes = self.bytes.saturating_add(size);
        self.held.insert(handle, (value, size));
        Some(handle)
    }

    pub(crate) fn get(&self, handle: u32) -> Option<&T> {
        self.held.get(&handle).map(|(value, _)| value)
    }

    pub(crate) fn get_mut(&mut self, handle: u32) -> Option<&mut T> {
        self.held.get_mut(&handle).map(|(value, _)| value)
    }

    pub(crate) fn remove(&mut self, handle: u32) -> Option<T> {
        let (value, size) = self.held.remove(&handle)?;
        self.bytes = self.bytes.saturating_sub(size);
        Some(value)
    }

    /// Counts one anew that has another size now.
    pub(crate) fn resize(&mut self, handle: u32, size: usize) {
        if let Some((_, known)) = self.held.get_mut(&handle) {
            self.bytes = self.bytes.saturating_sub(*known).saturating_add(size);
            *known = size;
        }
    }

    /// The numbers of those of which this holds.
    pub(crate) fn find(&self, holds: impl Fn(&T) -> bool) -> Vec<u32> {
        let held = self.held.iter().filter(|(_, (value, _))| holds(value));
        held.map(|(handle, _)| *handle).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_that_was_given_out_is_not_given_out_again() {
        let mut slab = Slab::new(2, 100);
        assert_eq!(slab.insert("a", 1), Some(1));
        assert_eq!(slab.remove(1), Some("a"));
        assert_eq!(slab.insert("b", 1), Some(2));
        assert_eq!((slab.get(1), slab.get(0), slab.get(2)), (None, None, Some(&"b")));
    }

    #[test]
    fn after_the_last_number_the_free_ones_come_again_and_never_zero() {
        let mut slab = Slab::new(4, 100);
        slab.last = u32::MAX - 1;
        assert_eq!(slab.insert("a", 1), Some(u32::MAX));
        assert_eq!(slab.insert("b", 1), Some(1));
        slab.last = u32::MAX - 1;
        assert_eq!(slab.insert("c", 1), Some(2));
    }

    #[test]
    fn no_more_than_its_room_is_held() {
        let mut slab = Slab::new(3, 10);
        assert_eq!(slab.insert("a", 11), None);
        assert_eq!(slab.insert("a", 6), Some(1));
        assert_eq!(slab.insert("b", 5), None);
        assert_eq!(slab.insert("b", 4), Some(2));
        slab.resize(1, 1);
        assert_eq!(slab.insert("c", 5), Some(3));
        assert_eq!(slab.insert("d", 0), None);
        for other in slab.find(|value| *value != "c") {
            slab.remove(other);
        }
        assert!(slab.has_room(5) && !slab.has_room(6));
    }
}
