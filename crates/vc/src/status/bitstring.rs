//! The bit string of a status list: `u` + base64url of one gzip member (section 3.2 and 3.3).
//!
//! Index 0 is the left-most bit. Inflating stops at a limit before memory is spent.
//!
//! INVARIANT: at most the limit is ever inflated, from exactly one gzip member (RFC 1952) with nothing behind
//! it, and no list that is read is shorter than [`MIN_ENTRIES`].

use std::io::{Read, Write};

use chancery_proof::multibase;
use flate2::bufread::GzDecoder;
use flate2::{Compression, GzBuilder};

use super::StatusError;

/// The fewest entries that a list may have, so that an index tells little about its holder.
pub const MIN_ENTRIES: u64 = 131_072;

/// Inflates an `encodedList` to at most `limit` bytes.
pub(super) fn inflate(encoded: &str, limit: usize) -> Result<Vec<u8>, StatusError> {
    if !encoded.starts_with('u') {
        return Err(StatusError::Malformed(
            "`encodedList` is not multibase `u`".into(),
        ));
    }
    let compressed = multibase::decode_u(encoded)
        .map_err(|_| StatusError::Malformed("`encodedList` is not canonical base64url".into()))?;
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = GzDecoder::new(compressed.as_slice()).take(most);
    let mut bits = Vec::new();
    decoder
        .read_to_end(&mut bits)
        .map_err(|_| StatusError::Malformed("`encodedList` is not gzip".into()))?;
    if bits.len() > limit {
        return Err(StatusError::Decompression("more bytes than the limit"));
    }
    if !decoder.into_inner().into_inner().is_empty() {
        return Err(StatusError::Decompression("more than one gzip member"));
    }
    match entries(&bits, 1) {
        entries if entries < MIN_ENTRIES => Err(StatusError::Length { entries }),
        _ => Ok(bits),
    }
}

/// How many entries of this size fit.
pub(super) fn entries(bits: &[u8], size: u8) -> u64 {
    let length = u64::try_from(bits.len()).unwrap_or(u64::MAX).saturating_mul(8);
    length.checked_div(u64::from(size)).unwrap_or_default()
}

/// Reads the entry of `size` bits (1 to 8) at `index`, the left-most bit the most significant.
pub(super) fn read(bits: &[u8], index: u64, size: u8) -> Result<u8, StatusError> {
    let entries = entries(bits, size);
    if entries < MIN_ENTRIES {
        return Err(StatusError::Length { entries });
    }
    let range = || StatusError::Range { index, entries };
    if index >= entries {
        return Err(range());
    }
    let first = index.checked_mul(u64::from(size)).ok_or_else(range)?;
    let mut value = 0_u8;
    for offset in 0..u64::from(size) {
        let at = first.checked_add(offset).ok_or_else(range)?;
        value = value.wrapping_shl(1) | u8::from(bit(bits, at).ok_or_else(range)?);
    }
    Ok(value)
}

fn bit(bits: &[u8], at: u64) -> Option<bool> {
    let byte = bits.get(usize::try_from(at >> 3).ok()?)?;
    Some(byte & mask(at) != 0)
}

fn mask(at: u64) -> u8 {
    0x80_u8.wrapping_shr(u32::try_from(at & 7).unwrap_or_default())
}

/// The bits of a list in the making, one per entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusBits {
    bits: Vec<u8>,
}

impl StatusBits {
    /// Makes a list of at least `entries` entries, none of them set; never shorter than [`MIN_ENTRIES`].
    pub fn new(entries: usize) -> Self {
        let least = usize::try_from(MIN_ENTRIES).unwrap_or(usize::MAX);
        Self {
            bits: vec![0; entries.max(least).div_ceil(8)],
        }
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        entries(&self.bits, 1)
    }

    /// Sets or clears the entry at an index.
    ///
    /// # Errors
    /// [`StatusError::Range`] beyond the end.
    pub fn set(&mut self, index: u64, value: bool) -> Result<(), StatusError> {
        let entries = self.entries();
        let range = StatusError::Range { index, entries };
        let Some(byte) = usize::try_from(index >> 3)
            .ok()
            .and_then(|at| self.bits.get_mut(at))
        else {
            return Err(range);
        };
        *byte = if value {
            *byte | mask(index)
        } else {
            *byte & !mask(index)
        };
        Ok(())
    }

    /// Whether the entry at an index is set; nothing is beyond the end.
    pub fn is_set(&self, index: u64) -> Option<bool> {
        bit(&self.bits, index)
    }

    /// Encodes the list as `encodedList`; the same bits always give the same text.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] when the bits could not be compressed.
    pub fn encode(&self) -> Result<String, StatusError> {
        let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        let compressed = encoder.write_all(&self.bits).and_then(|()| encoder.finish());
        let compressed = compressed.map_err(|error| StatusError::Malformed(error.to_string()))?;
        Ok(multibase::encode_u(&compressed))
    }
}
