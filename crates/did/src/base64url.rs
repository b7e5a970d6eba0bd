//! Base64url without padding, [RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5), in its
//! one canonical spelling.
//!
//! INVARIANT: `encode(decode(text)) == text` for every text that decodes. Padding, white space, the
//! alphabet of plain base64, a dangling character and non-zero unused bits are refused, so that one token
//! has one spelling.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Encodes bytes as unpadded base64url.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(4).div_ceil(3));
    for chunk in bytes.chunks(3) {
        let group = match *chunk {
            [a, b, c] => u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c),
            [a, b] => u32::from(a) << 16 | u32::from(b) << 8,
            [a] => u32::from(a) << 16,
            _ => 0,
        };
        for shift in [18, 12, 6, 0].into_iter().take(chunk.len().saturating_add(1)) {
            let symbol = ALPHABET
                .get((group >> shift & 0x3f) as usize)
                .copied()
                .unwrap_or(b'A');
            text.push(char::from(symbol));
        }
    }
    text
}

/// Decodes canonical unpadded base64url.
///
/// Gives nothing for anything but the one spelling of some bytes.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len().saturating_mul(3) / 4);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for &symbol in chunk {
            group = group << 6 | u32::from(value(symbol)?);
        }
        // The group is right-aligned: four symbols carry 24 bits, three 18 (two unused), two 12 (four unused).
        let [_, a, b, c] = match chunk.len() {
            4 => group.to_be_bytes(),
            3 if group & 0b11 == 0 => (group << 6).to_be_bytes(),
            2 if group & 0b1111 == 0 => (group << 12).to_be_bytes(),
            _ => return None,
        };
        bytes.extend([a, b, c].iter().take(chunk.len().saturating_sub(1)));
    }
    Some(bytes)
}

/// The six bits that a symbol stands for.
fn value(symbol: u8) -> Option<u8> {
    VALUES
        .get(usize::from(symbol))
        .copied()
        .filter(|&value| value < 64)
}

/// The inverse of [`ALPHABET`]; 255 marks what is not in it.
const VALUES: [u8; 256] = values();

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, over constants"
)]
const fn values() -> [u8; 256] {
    let mut table = [255_u8; 256];
    let mut at = 0_u8;
    while at < 64 {
        table[ALPHABET[at as usize] as usize] = at;
        at += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_examples_of_rfc_4648_hold_without_padding() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(encode(&[0xfb, 0xff, 0xbf]), "-_-_");
    }

    #[test]
    fn one_byte_string_has_one_spelling() {
        assert_eq!(decode("AQ"), Some(vec![1]));
        let texts = [
            "AR", "AQ==", "AQ=", " AQ", "AQ\n", "A", "A+", "A/", "\u{c4}Q", "Zg==", "Zg=", "Zm8=", "Z",
            "Zm9vY", "+_-_", "/_-_", "Zm9v ", " Zm9v", "Zm\n9v", "Zm9v\r\n", "!!!!", "Zm9?", "Zh", "Zm9",
            "Zm9vYh", "Zé", "Zm\0v", "=", "Zm9v.", "AB", "AAB",
        ];
        for text in texts {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_independent_codec_agrees(bytes: Vec<u8>) {
            let text = multibase::Base::Base64Url.encode(&bytes);
            prop_assert_eq!(encode(&bytes), text.as_str());
            prop_assert_eq!(decode(&text), Some(bytes));
        }

        #[test]
        fn what_decodes_is_spelled_the_one_way(text in "[A-Za-z0-9_=+/-]{0,12}") {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
