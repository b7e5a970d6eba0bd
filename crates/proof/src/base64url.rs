//! Base64url without padding (RFC 4648, section 5), in its one canonical spelling.
//!
//! INVARIANT: `encode(decode(text)) == text` for every text that decodes. Padding, white space, the
//! alphabet of plain base64, a dangling character and non-zero unused bits are refused, so that one token
//! has one spelling.

pub use chancery_did::base64url::encode;

use crate::ReadError;

/// Decodes canonical unpadded base64url.
///
/// # Errors
///
/// [`ReadError::Base64Url`] for anything but the one spelling of some bytes.
pub fn decode(text: &str) -> Result<Vec<u8>, ReadError> {
    chancery_did::base64url::decode(text).ok_or(ReadError::Base64Url)
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
    fn every_other_spelling_is_refused() {
        let texts = [
            "Zg==", "Zg=", "Zm8=", "Z", "Zm9vY", "+_-_", "/_-_", "Zm9v ", " Zm9v", "Zm\n9v", "Zm9v\r\n",
            "!!!!", "Zm9?", "Zh", "Zm9", "Zm9vYh", "Zé", "Zm\0v", "=", "Zm9v.", "AB", "AAB",
        ];
        for text in texts {
            assert_eq!(decode(text), Err(ReadError::Base64Url), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }

        #[test]
        fn what_decodes_is_spelled_the_one_way(text in "[A-Za-z0-9_=+/-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
