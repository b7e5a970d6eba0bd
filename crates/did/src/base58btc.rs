//! Base58 in the alphabet of Bitcoin, [the base58 draft](https://datatracker.ietf.org/doc/html/draft-msporny-base58-03):
//! `base58btc` of multibase.
//!
//! INVARIANT: `encode(decode(text)) == text` for every text that decodes; a leading `1` is a leading zero byte.
//! The work is quadratic in the length, so whoever decodes bounds the text first.

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Encodes bytes as base58btc, without a multibase prefix.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    // The number in base 58, its lowest digit first.
    let mut digits = Vec::with_capacity(bytes.len().saturating_mul(7).div_ceil(5));
    for &byte in bytes {
        push(&mut digits, 256, byte, 58);
    }
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    digits.resize(digits.len().saturating_add(zeros), 0);
    let symbol = |digit: &u8| char::from(ALPHABET.get(usize::from(*digit)).copied().unwrap_or(b'1'));
    digits.iter().rev().map(symbol).collect()
}

/// Decodes base58btc, without a multibase prefix.
///
/// Gives nothing for a text with a character outside the alphabet.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    // The number in base 256, its lowest byte first.
    let mut bytes = Vec::with_capacity(text.len());
    for symbol in text.bytes() {
        let digit = ALPHABET.iter().position(|&own| own == symbol)?;
        push(&mut bytes, 58, u8::try_from(digit).ok()?, 256);
    }
    let zeros = text.bytes().take_while(|&symbol| symbol == b'1').count();
    bytes.resize(bytes.len().saturating_add(zeros), 0);
    bytes.reverse();
    Some(bytes)
}

/// Multiplies a number by `by` and adds `digit`; the number stands in `base`, lowest digit first, without
/// zeros at its end.
fn push(number: &mut Vec<u8>, by: u32, digit: u8, base: u32) {
    let mut carry = u32::from(digit);
    for place in number.iter_mut() {
        // INVARIANT: below 256 * 256, since a digit is below `base`, and `base` and `by` are at most 256.
        let value = u32::from(*place).saturating_mul(by).saturating_add(carry);
        (carry, *place) = split(value, base);
    }
    while carry > 0 {
        let digit;
        (carry, digit) = split(carry, base);
        number.push(digit);
    }
}

/// Splits a value into what is carried on and the lowest digit in `base`.
fn split(value: u32, base: u32) -> (u32, u8) {
    let digit = value.checked_rem(base).unwrap_or_default() as u8;
    (value.checked_div(base).unwrap_or_default(), digit)
}

#[cfg(test)]
mod tests {
    use multibase::Base;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_the_draft_hold() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
            (
                b"The quick brown fox jumps over the lazy dog.",
                "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
            ),
            (&[0, 0, 0x28, 0x7f, 0xb4, 0xcd], "11233QC4"),
            (&[0], "1"),
            (&[0, 0, 0], "111"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).unwrap(), bytes);
        }
    }

    #[test]
    fn a_character_outside_the_alphabet_is_refused() {
        for text in [
            "0",
            "O",
            "I",
            "l",
            " ",
            "1 ",
            "2\n",
            "-",
            "_",
            "+",
            "é",
            "z\0",
            "2NEpo7TZRRrLZSi2U=",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_independent_codec_agrees(zeros in 0_usize..4, bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let bytes = [vec![0; zeros], bytes].concat();
            let text = Base::Base58Btc.encode(&bytes);
            prop_assert_eq!(encode(&bytes), text.as_str());
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn what_decodes_is_spelled_the_one_way(text in "[0-9A-Za-z]{0,24}") {
            let bytes = decode(&text);
            prop_assert_eq!(bytes.clone(), Base::Base58Btc.decode(&text).ok());
            if let Some(bytes) = bytes {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
