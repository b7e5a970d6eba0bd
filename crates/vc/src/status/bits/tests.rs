//! One store, two views: what one writes the other reads, bit by bit.

use std::io::Read as _;

use flate2::read::{GzDecoder, ZlibDecoder};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any};
use proptest::sample::select;

use super::*;

const LIMIT: usize = 4 * 1024 * 1024;

/// The bytes that the Bitstring view publishes, by another decoder.
fn left_first(bits: &StatusBits) -> Vec<u8> {
    let compressed = multibase::decode_u(&bits.encode().unwrap()).unwrap();
    let mut bytes = Vec::new();
    GzDecoder::new(compressed.as_slice())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// The bytes that the token view publishes, by another decoder.
fn right_first(bits: &StatusBits) -> Vec<u8> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(bits.lst().unwrap().as_slice())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// Reads a value as section 4.1 of the token draft counts: from the least significant bit of each byte.
fn by_the_draft(bytes: &[u8], index: usize, size: u8) -> u8 {
    let first = index * usize::from(size);
    (bytes[first / 8] >> (first % 8)) & u8::try_from((1_u16 << size) - 1).unwrap()
}

/// Reads a value as section 3 of the recommendation counts: bit by bit from the left.
fn by_the_recommendation(bytes: &[u8], index: usize, size: u8) -> u8 {
    let first = index * usize::from(size);
    (first..first + usize::from(size)).fold(0, |value, at| {
        (value << 1) | ((bytes[at / 8] >> (7 - at % 8)) & 1)
    })
}

/// A list of a size that both views have, and some values to put in it.
fn statuses() -> impl Strategy<Value = (u8, Vec<(u64, u8)>)> {
    let values = vec((0..MIN_ENTRIES, any::<u8>()), 0..64);
    (select(vec![1_u8, 2, 4, 8]), values)
}

fn made(size: u8, values: &[(u64, u8)]) -> StatusBits {
    let mut bits = StatusBits::of_size(usize::try_from(MIN_ENTRIES).unwrap(), size).unwrap();
    for (index, value) in values {
        let fitting = value & u8::try_from((1_u16 << size) - 1).unwrap();
        bits.put(*index, fitting).unwrap();
    }
    bits
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn what_one_view_writes_the_other_reads((size, values) in statuses()) {
        let bits = made(size, &values);
        let of_token = StatusBits::from_lst(&bits.lst().unwrap(), size, LIMIT).unwrap();
        let of_bitstring = StatusBits::from_encoded(&bits.encode().unwrap(), size, LIMIT).unwrap();
        proptest::prop_assert_eq!(&of_token, &bits);
        proptest::prop_assert_eq!(&of_bitstring, &bits);
        proptest::prop_assert_eq!(of_token.encode().unwrap(), bits.encode().unwrap());
        proptest::prop_assert_eq!(of_bitstring.lst().unwrap(), bits.lst().unwrap());
    }

    #[test]
    fn each_view_has_the_bit_order_of_its_standard((size, values) in statuses()) {
        let bits = made(size, &values);
        let (left, right) = (left_first(&bits), right_first(&bits));
        for (index, _) in values {
            let value = bits.value(index).unwrap();
            let index = usize::try_from(index).unwrap();
            proptest::prop_assert_eq!(by_the_recommendation(&left, index, size), value);
            proptest::prop_assert_eq!(by_the_draft(&right, index, size), value);
        }
    }

    #[test]
    fn the_last_value_put_is_the_one_read_and_neighbours_keep_theirs(
        size in 1_u8..=8, index in 1_u64..1_000, old in any::<u8>(), new in any::<u8>()
    ) {
        let most = u8::try_from((1_u16 << size) - 1).unwrap();
        let mut bits = StatusBits::of_size(2_000, size).unwrap();
        for near in [index - 1, index, index + 1] {
            bits.put(near, old & most).unwrap();
        }
        bits.put(index, new & most).unwrap();
        let read = |at| bits.value(at).unwrap();
        proptest::prop_assert_eq!((read(index - 1), read(index), read(index + 1)), (old & most, new & most, old & most));
    }
}

#[test]
fn a_value_that_does_not_fit_is_not_put() {
    for size in 1..8_u8 {
        let mut bits = StatusBits::of_size(64, size).unwrap();
        let before = bits.clone();
        let least = 1_u8 << size;
        for value in [least, least + 1, 255] {
            assert!(bits.put(0, value).is_err(), "{value} in {size} bits");
        }
        assert_eq!(bits, before);
    }
}

#[test]
fn nothing_is_beyond_the_end() {
    for size in [1_u8, 2, 4, 8] {
        let mut bits = StatusBits::of_size(16, size).unwrap();
        assert_eq!(bits.entries(), 16);
        for index in [16, 17, u64::MAX / 8, u64::MAX / 2, u64::MAX] {
            assert_eq!(bits.value(index), None);
            assert_eq!(bits.put(index, 0), Err(StatusError::Range { index, entries: 16 }));
        }
    }
    assert_eq!(StatusBits::of_size(0, 1).unwrap().value(0), None);
}

#[test]
fn a_size_that_is_none_makes_no_list() {
    for size in [0, 9, 16, 255] {
        assert!(StatusBits::of_size(8, size).is_err());
        assert!(StatusBits::from_encoded("u", size, LIMIT).is_err());
    }
    assert!(StatusBits::of_size(usize::MAX, 2).is_err());
}

#[test]
fn a_token_list_has_no_values_of_odd_sizes() {
    for size in [3, 5, 6, 7] {
        let bits = StatusBits::of_size(16, size).unwrap();
        assert_eq!(bits.lst().unwrap_err().code(), "status.unknown");
        let whole = StatusBits::of_size(16, 8).unwrap().lst().unwrap();
        assert_eq!(
            StatusBits::from_lst(&whole, size, LIMIT).unwrap_err().code(),
            "status.unknown"
        );
    }
}

#[test]
fn a_bitstring_that_is_too_short_is_neither_written_nor_read() {
    let short = StatusBits::of_size(131_064, 1).unwrap();
    assert_eq!(short.encode(), Err(StatusError::Length { entries: 131_064 }));
    // As many bits, but of two bits each they are half as many entries.
    let single = StatusBits::new(0).encode().unwrap();
    assert_eq!(
        StatusBits::from_encoded(&single, 2, LIMIT),
        Err(StatusError::Length { entries: 65_536 })
    );
}

#[test]
fn both_views_stop_inflating_at_the_limit() {
    let large = StatusBits::of_size(LIMIT, 8).unwrap();
    let larger = StatusBits::of_size(LIMIT + 1, 8).unwrap();
    assert!(StatusBits::from_lst(&large.lst().unwrap(), 8, LIMIT).is_ok());
    assert!(StatusBits::from_encoded(&large.encode().unwrap(), 8, LIMIT).is_ok());
    for error in [
        StatusBits::from_lst(&larger.lst().unwrap(), 8, LIMIT).unwrap_err(),
        StatusBits::from_encoded(&larger.encode().unwrap(), 8, LIMIT).unwrap_err(),
    ] {
        assert_eq!(error.code(), "limit.decompression");
    }
}

#[test]
fn nothing_may_follow_the_compressed_bytes() {
    let good = StatusBits::new(0).lst().unwrap();
    for tail in [b"\0".as_slice(), b"x", &good, b"\x78\xda\x03\x00\x00\x00\x00\x01"] {
        let error = StatusBits::from_lst(&[&good, tail].concat(), 1, LIMIT).unwrap_err();
        assert_eq!(error.code(), "limit.decompression");
    }
}

#[test]
fn damaged_or_foreign_compression_is_no_list() {
    let good = StatusBits::new(0).lst().unwrap();
    for cut in 0..good.len() {
        assert!(StatusBits::from_lst(&good[..cut], 1, LIMIT).is_err(), "{cut}");
    }
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 0x10;
        let read = StatusBits::from_lst(&bent, 1, LIMIT);
        assert!(read != StatusBits::from_lst(&good, 1, LIMIT) || at == 1, "{at}");
    }
    let raw = vec![0; 16_384];
    for bytes in [gzip(&raw).unwrap(), raw.clone(), Vec::new(), good[2..].to_vec()] {
        assert_eq!(
            StatusBits::from_lst(&bytes, 1, LIMIT).unwrap_err().code(),
            "status.unknown"
        );
    }
}
