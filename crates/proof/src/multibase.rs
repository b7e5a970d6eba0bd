//! Multibase in the two bases of the Controlled Identifiers specification (section 2.4): `z` for base58btc
//! and `u` for unpadded base64url.
//!
//! INVARIANT: `encode(decode(text)) == text` for every text that decodes.

use chancery_did::base58btc;

use crate::{ReadError, base64url};

/// The longest base58btc text that is decoded. Decoding base58 takes quadratic time, and no key, digest or
/// signature comes near this length.
pub const MAX_BASE58_CHARS: usize = 512;

/// Encodes bytes as base58btc with the prefix `z`.
#[must_use]
pub fn encode_z(bytes: &[u8]) -> String {
    format!("z{}", base58btc::encode(bytes))
}

/// Encodes bytes as base64url with the prefix `u`.
#[must_use]
pub fn encode_u(bytes: &[u8]) -> String {
    let mut text = String::from("u");
    text.push_str(&base64url::encode(bytes));
    text
}

/// Decodes base58btc with the prefix `z`.
///
/// # Errors
///
/// [`ReadError::Multibase`] for another prefix or another alphabet, [`ReadError::Size`] above
/// [`MAX_BASE58_CHARS`].
pub fn decode_z(text: &str) -> Result<Vec<u8>, ReadError> {
    let digits = text
        .strip_prefix('z')
        .ok_or(ReadError::Multibase("base58btc begins with z"))?;
    if text.len() > MAX_BASE58_CHARS {
        return Err(ReadError::Size {
            limit: MAX_BASE58_CHARS,
        });
    }
    base58btc::decode(digits).ok_or(ReadError::Multibase("not base58btc"))
}

/// Decodes base64url with the prefix `u`.
///
/// # Errors
///
/// [`ReadError::Multibase`] for another prefix or a spelling that is not canonical.
pub fn decode_u(text: &str) -> Result<Vec<u8>, ReadError> {
    let digits = text
        .strip_prefix('u')
        .ok_or(ReadError::Multibase("base64url begins with u"))?;
    base64url::decode(digits).map_err(|_| ReadError::Multibase("not canonical base64url"))
}

/// Decodes either base by its prefix.
///
/// # Errors
///
/// As [`decode_z`] and [`decode_u`]; any other prefix is [`ReadError::Multibase`].
pub fn decode(text: &str) -> Result<Vec<u8>, ReadError> {
    match text.as_bytes().first() {
        Some(b'z') => decode_z(text),
        Some(b'u') => decode_u(text),
        _ => Err(ReadError::Multibase("the prefix is neither z nor u")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn leading_zeros_are_kept() {
        assert_eq!(encode_z(&[0, 0, 1]), "z112");
        assert_eq!(decode_z("z112").unwrap(), [0, 0, 1]);
        assert_eq!(decode("z").unwrap(), [0_u8; 0]);
        assert_eq!(decode("uAAE").unwrap(), [0, 1]);
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for text in [
            "", "Z11", "m", "f00", "zO", "z0", "zI", "zl", "z1 ", "z 1", "zé", "uAB", "uAA=", "u+A", "z1\n",
        ] {
            assert_eq!(decode(text).unwrap_err().code(), "parse.multibase", "{text:?}");
        }
        assert_eq!(decode_z("uAAE").unwrap_err().code(), "parse.multibase");
        assert_eq!(decode_u("z112").unwrap_err().code(), "parse.multibase");
    }

    #[test]
    fn base58_of_any_length_is_not_worked_through() {
        assert!(decode_z(&format!("z{}", "2".repeat(MAX_BASE58_CHARS - 1))).is_ok());
        let long = format!("z{}", "2".repeat(200_000));
        assert_eq!(decode_z(&long).unwrap_err().code(), "limit.size");
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            prop_assert_eq!(&decode(&encode_z(&bytes)).unwrap(), &bytes);
            prop_assert_eq!(&decode(&encode_u(&bytes)).unwrap(), &bytes);
        }

        #[test]
        fn what_decodes_is_spelled_the_one_way(text in "[zu][1-9A-Za-z0_-]{0,16}") {
            if let Ok(bytes) = decode(&text) {
                let again = if text.starts_with('z') { encode_z(&bytes) } else { encode_u(&bytes) };
                prop_assert_eq!(again, text);
            }
        }
    }
}
