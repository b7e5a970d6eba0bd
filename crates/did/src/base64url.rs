//! Base64url without padding, [RFC 4648 section 5](https://www.rfc-editor.org/rfc/rfc4648#section-5).
//!
//! INVARIANT: one byte string has one spelling; padding, white space and dangling bits are refused.

use multibase::Base;

pub(crate) fn encode(bytes: &[u8]) -> String {
    Base::Base64Url.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let bytes = Base::Base64Url.decode(text).ok()?;
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_string_has_one_spelling() {
        assert_eq!(decode("AQ"), Some(vec![1]));
        for other in ["AR", "AQ==", "AQ=", " AQ", "AQ\n", "A", "A+", "A/", "\u{c4}Q"] {
            assert_eq!(decode(other), None, "{other}");
        }
    }
}
