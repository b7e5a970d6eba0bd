//! One gzip member around a deflate stream, [RFC 1952](https://www.rfc-editor.org/rfc/rfc1952) section 2.3.
//!
//! INVARIANT: the header's reserved bits are zero, its checksum holds where it has one, and the checksum and
//! the length behind the stream are those of the bytes that came out.

const MAGIC_DEFLATE: [u8; 3] = [0x1f, 0x8b, 8];

const HEADER_CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;
const RESERVED: u8 = 0b1110_0000;

/// The longest name or comment that is passed over, in bytes.
const MAX_TEXT: usize = 65_535;

/// Passes over a member's header.
pub(super) fn body(member: &[u8]) -> Option<&[u8]> {
    let (&[a, b, method, flags, ..], mut rest) = member.split_first_chunk::<10>()?;
    if [a, b, method] != MAGIC_DEFLATE || flags & RESERVED != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (length, tail) = rest.split_first_chunk()?;
        rest = tail.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest
                .iter()
                .take(MAX_TEXT.saturating_add(1))
                .position(|&byte| byte == 0)?;
            rest = rest.get(end.saturating_add(1)..)?;
        }
    }
    if flags & HEADER_CHECKSUM != 0 {
        let (checksum, tail) = rest.split_first_chunk()?;
        let header = member.get(..member.len().saturating_sub(rest.len()))?;
        if u32::from(u16::from_le_bytes(*checksum)) != crc32(header) & 0xffff {
            return None;
        }
        rest = tail;
    }
    Some(rest)
}

/// Checks what stands behind the deflate stream against the inflated bytes, and gives what follows.
pub(super) fn after_trailer<'a>(behind: &'a [u8], inflated: &[u8]) -> Option<&'a [u8]> {
    let (checksum, rest) = behind.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    // The length is that of the bytes modulo 2^32.
    let holds = u32::from_le_bytes(*checksum) == crc32(inflated)
        && u32::from_le_bytes(*length) == inflated.len() as u32;
    holds.then_some(rest)
}

/// The checksum of RFC 1952 section 8, eight bytes at a time. The tables are made anew each time: that is four
/// thousand steps, a list has sixteen thousand bytes, and a module that carries the tables is larger by them.
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "eight tables, and a byte for each of their 256 entries"
)]
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let mut tables = [[0_u32; 256]; 8];
    for byte in 0..=u8::MAX {
        let mut sum = u32::from(byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (POLYNOMIAL * (sum & 1));
        }
        tables[0][usize::from(byte)] = sum;
    }
    for depth in 1..8 {
        for byte in 0..=u8::MAX {
            let sum = tables[depth - 1][usize::from(byte)];
            tables[depth][usize::from(byte)] = (sum >> 8) ^ tables[0][usize::from(sum as u8)];
        }
    }
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(u32::MAX, |sum, word| {
        let mixed = u64::from_le_bytes(*word) ^ u64::from(sum);
        let places = mixed.to_le_bytes().into_iter().zip(tables.iter().rev());
        places.fold(0, |sum, (byte, table)| sum ^ table[usize::from(byte)])
    });
    !rest.iter().fold(sum, |sum, byte| {
        (sum >> 8) ^ tables[0][usize::from(sum as u8 ^ byte)]
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use flate2::bufread::GzDecoder;
    use flate2::{Compression, GzBuilder};
    use proptest::prelude::*;

    use super::super::deflate::gunzip;
    use super::*;

    /// What the reader of another make says.
    fn theirs(member: &[u8]) -> Option<Vec<u8>> {
        let mut decoder = GzDecoder::new(member);
        let mut bytes = Vec::new();
        decoder.read_to_end(&mut bytes).ok()?;
        decoder.into_inner().is_empty().then_some(bytes)
    }

    fn ours(member: &[u8]) -> Option<Vec<u8>> {
        gunzip(member, 1 << 20).ok()
    }

    /// A member with every part that a header can have.
    fn full(bytes: &[u8]) -> Vec<u8> {
        let builder = GzBuilder::new()
            .extra(b"extra".to_vec())
            .filename("a name")
            .comment("a comment");
        let mut encoder = builder.write(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        let mut member = encoder.finish().unwrap();
        let end = member.len().checked_sub(body(&member).unwrap().len()).unwrap();
        member[3] |= HEADER_CHECKSUM;
        let checksum = (crc32(&member[..end]) as u16).to_le_bytes();
        member.splice(end..end, checksum);
        member
    }

    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(crc32(b""), 0);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn every_part_of_a_header_is_passed_over_and_checked() {
        let member = full(b"bits");
        assert_eq!(ours(&member).unwrap(), b"bits");
        for at in 0..member.len() {
            for bit in 0..8 {
                let mut other = member.clone();
                other[at] ^= 1 << bit;
                assert_eq!(ours(&other), theirs(&other), "bit {bit} of byte {at}");
            }
            assert_eq!(ours(&member[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn nothing_may_follow_the_member() {
        let member = full(b"bits");
        assert_eq!(ours(&[&member[..], b"\0"].concat()), None);
        assert_eq!(ours(&[&member[..], &member[..]].concat()), None);
    }

    proptest! {
        #[test]
        fn the_independent_reader_agrees(bytes in prop::collection::vec(0_u8..4, 0..5_000), cut: prop::sample::Index) {
            let member = full(&bytes);
            prop_assert_eq!(ours(&member), Some(bytes));
            let cut = &member[..cut.index(member.len())];
            prop_assert_eq!(ours(cut), theirs(cut));
        }
    }
}
