//! The statuses of a list, packed: one store under both kinds of list.
//!
//! Bitstring Status List v1.0 (section 3) counts bits from the most significant of each byte, Token Status
//! List (section 4.1) from the least significant. The store keeps the order of the former; the latter is the
//! mirror image of each byte, value by value.
//!
//! INVARIANT: every value takes the same number of bits, 1 to 8, and what one view writes the other reads.

use chancery_proof::multibase;

use super::StatusError;
use super::deflate::{deflate, gunzip, gzip, inflate};

/// The fewest entries that a Bitstring list may have, so that an index tells little about its holder.
pub const MIN_ENTRIES: u64 = 131_072;

/// The statuses of a list, each of the same number of bits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBits {
    size: u8,
    bytes: Vec<u8>,
}

impl StatusBits {
    /// Makes a list of at least `entries` single bits, none of them set; never shorter than [`MIN_ENTRIES`].
    pub fn new(entries: usize) -> Self {
        let least = usize::try_from(MIN_ENTRIES).unwrap_or(usize::MAX);
        let bytes = vec![0; entries.max(least).div_ceil(8)];
        Self { size: 1, bytes }
    }

    /// Makes a list of `entries` values of `size` bits each, rounded up to a whole byte, all of them zero.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] when the size is not between 1 and 8, or the list would be beyond counting.
    pub fn of_size(entries: usize, size: u8) -> Result<Self, StatusError> {
        check(size)?;
        let bits = entries.checked_mul(usize::from(size));
        let bits = bits.ok_or_else(|| StatusError::Malformed("the list is beyond counting".into()))?;
        let bytes = vec![0; bits.div_ceil(8)];
        Ok(Self { size, bytes })
    }

    /// Reads an `encodedList` of values of `size` bits: multibase `u` of one gzip member.
    ///
    /// # Errors
    /// [`StatusError::Malformed`], [`StatusError::Decompression`] beyond `limit` bytes or with anything behind the
    /// member, [`StatusError::Length`] below [`MIN_ENTRIES`].
    pub fn from_encoded(encoded: &str, size: u8, limit: usize) -> Result<Self, StatusError> {
        check(size)?;
        if !encoded.starts_with('u') {
            return Err(StatusError::Malformed(
                "`encodedList` is not multibase `u`".into(),
            ));
        }
        let compressed = multibase::decode_u(encoded)
            .map_err(|_| StatusError::Malformed("`encodedList` is not canonical base64url".into()))?;
        let bits = Self {
            size,
            bytes: gunzip(&compressed, limit)?,
        };
        bits.check_length().map(|()| bits)
    }

    /// Reads the compressed bytes of `lst`: one zlib stream of values of 1, 2, 4 or 8 bits.
    ///
    /// # Errors
    /// [`StatusError::Malformed`], or [`StatusError::Decompression`] beyond `limit` bytes or with anything behind
    /// the stream.
    pub fn from_lst(compressed: &[u8], bits: u8, limit: usize) -> Result<Self, StatusError> {
        check_whole(bits)?;
        let mut bytes = inflate(compressed, limit)?;
        bytes.iter_mut().for_each(|byte| *byte = mirror(*byte, bits));
        Ok(Self { size: bits, bytes })
    }

    /// How many bits one value takes.
    pub fn size(&self) -> u8 {
        self.size
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        entries(&self.bytes, self.size)
    }

    /// The value at an index; nothing is beyond the end.
    pub fn value(&self, index: u64) -> Option<u8> {
        read(&self.bytes, index, self.size)
    }

    /// Puts a value at an index.
    ///
    /// # Errors
    /// [`StatusError::Range`] beyond the end, [`StatusError::Malformed`] for a value that does not fit.
    pub fn put(&mut self, index: u64, value: u8) -> Result<(), StatusError> {
        if u16::from(value) >= 1_u16.wrapping_shl(u32::from(self.size)) {
            return Err(StatusError::Malformed("the value does not fit its bits".into()));
        }
        let range = StatusError::Range {
            index,
            entries: self.entries(),
        };
        let places = places(&self.bytes, index, self.size).ok_or(range)?;
        let (mut rest, bytes) = (value, &mut self.bytes);
        for at in places.rev() {
            let byte = usize::try_from(at >> 3).ok().and_then(|at| bytes.get_mut(at));
            if let Some(byte) = byte {
                *byte = if rest & 1 == 1 {
                    *byte | mask(at)
                } else {
                    *byte & !mask(at)
                };
            }
            rest >>= 1;
        }
        Ok(())
    }

    /// Sets or clears the entry at an index.
    ///
    /// # Errors
    /// [`StatusError::Range`] beyond the end.
    pub fn set(&mut self, index: u64, value: bool) -> Result<(), StatusError> {
        self.put(index, u8::from(value))
    }

    /// Whether the entry at an index is set; nothing is beyond the end.
    pub fn is_set(&self, index: u64) -> Option<bool> {
        self.value(index).map(|value| value != 0)
    }

    /// Encodes the list as `encodedList`; the same values always give the same text.
    ///
    /// # Errors
    /// [`StatusError::Length`] when there are fewer than [`MIN_ENTRIES`], [`StatusError::Malformed`] when the bits
    /// could not be compressed.
    pub fn encode(&self) -> Result<String, StatusError> {
        self.check_length()?;
        Ok(multibase::encode_u(&gzip(&self.bytes)?))
    }

    /// The compressed bytes of `lst`; the same values always give the same bytes.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] when values are not of 1, 2, 4 or 8 bits, or could not be compressed.
    pub fn lst(&self) -> Result<Vec<u8>, StatusError> {
        check_whole(self.size)?;
        let bytes: Vec<u8> = self.bytes.iter().map(|byte| mirror(*byte, self.size)).collect();
        deflate(&bytes)
    }

    /// The value at an index of the same bits read as values of a size that an entry names.
    pub(super) fn value_of(&self, index: u64, size: u8) -> Result<u8, StatusError> {
        let entries = entries(&self.bytes, size);
        if entries < MIN_ENTRIES {
            return Err(StatusError::Length { entries });
        }
        read(&self.bytes, index, size).ok_or(StatusError::Range { index, entries })
    }

    fn check_length(&self) -> Result<(), StatusError> {
        match self.entries() {
            entries if entries < MIN_ENTRIES => Err(StatusError::Length { entries }),
            _ => Ok(()),
        }
    }
}

/// How many entries of this size fit.
fn entries(bytes: &[u8], size: u8) -> u64 {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_mul(8);
    length.checked_div(u64::from(size)).unwrap_or_default()
}

/// The places of a value's bits, the most significant first; none when it is beyond the end.
fn places(bytes: &[u8], index: u64, size: u8) -> Option<std::ops::Range<u64>> {
    if index >= entries(bytes, size) {
        return None;
    }
    let first = index.checked_mul(u64::from(size))?;
    Some(first..first.checked_add(u64::from(size))?)
}

/// The value at an index, its first bit the most significant.
fn read(bytes: &[u8], index: u64, size: u8) -> Option<u8> {
    let mut value = 0_u8;
    for at in places(bytes, index, size)? {
        value = value.wrapping_shl(1) | u8::from(bit(bytes, at)?);
    }
    Some(value)
}

fn bit(bytes: &[u8], at: u64) -> Option<bool> {
    let byte = bytes.get(usize::try_from(at >> 3).ok()?)?;
    Some(byte & mask(at) != 0)
}

fn mask(at: u64) -> u8 {
    0x80_u8.wrapping_shr(u32::try_from(at & 7).unwrap_or_default())
}

/// The byte with its values of `size` bits in the opposite order, each value as it was.
fn mirror(byte: u8, size: u8) -> u8 {
    match size {
        1 => byte.reverse_bits(),
        2 => ((byte & 0x03) << 6) | ((byte & 0x0c) << 2) | ((byte & 0x30) >> 2) | ((byte & 0xc0) >> 6),
        4 => byte.rotate_left(4),
        _ => byte,
    }
}

fn check(size: u8) -> Result<(), StatusError> {
    if (1..=8).contains(&size) {
        return Ok(());
    }
    Err(StatusError::Malformed("the size is not between 1 and 8".into()))
}

fn check_whole(bits: u8) -> Result<(), StatusError> {
    if matches!(bits, 1 | 2 | 4 | 8) {
        return Ok(());
    }
    Err(StatusError::Malformed("`bits` is not 1, 2, 4 or 8".into()))
}

#[cfg(test)]
#[expect(
    clippy::arithmetic_side_effects,
    reason = "tests: the arithmetic of bits is small"
)]
mod tests;
