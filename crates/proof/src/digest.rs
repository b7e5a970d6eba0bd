//! The digest that names a paper: `digestMultibase` of VC Data Model 2.0, section 5.3.
//!
//! INVARIANT: the text is base58btc multibase of a sha2-256 multihash, so equal digests have equal texts.

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::{ReadError, multibase, multihash};

/// The SHA-256 digest of a paper, spelled as base58btc multibase of its multihash (`zQm…`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

impl Digest {
    /// Hashes bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self::of_hash(&Sha256::digest(bytes).into())
    }

    /// Spells a SHA-256 hash that is known already.
    #[must_use]
    pub fn of_hash(hash: &[u8; 32]) -> Self {
        Self(multibase::encode_z(&multihash::wrap(hash)))
    }

    /// Reads the canonical text of a digest.
    ///
    /// # Errors
    ///
    /// [`ReadError::Multibase`] for another base, another hash function or another length.
    pub fn parse(text: &str) -> Result<Self, ReadError> {
        let hash = multihash::parse_sha256(&multibase::decode_z(text)?)?;
        Ok(Self::of_hash(&hash))
    }

    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_a_multihash_in_base58btc() {
        // SHA-256 of nothing; the text is the well-known CIDv0 of the empty block.
        let digest = Digest::of_bytes(b"");
        assert_eq!(digest.as_str(), "zQmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n");
        assert_eq!(Digest::parse(digest.as_str()).unwrap(), digest);
        assert_eq!(
            multibase::decode_z(digest.as_str()).unwrap(),
            multihash::sha256(b"")
        );
    }

    #[test]
    fn another_hash_base_or_length_is_refused() {
        let whole = multihash::sha256(b"");
        let (mut sha512, mut long) = (whole.clone(), whole.clone());
        sha512[0] = 0x13;
        long.push(0);
        let texts = [
            String::new(),
            "Qmdf".to_owned(),
            multibase::encode_u(&whole),
            multibase::encode_z(&whole[..33]),
            multibase::encode_z(&whole[2..]),
            multibase::encode_z(&sha512),
            multibase::encode_z(&long),
            format!("{} ", Digest::of_bytes(b"")),
        ];
        for text in texts {
            assert_eq!(
                Digest::parse(&text).unwrap_err().code(),
                "parse.multibase",
                "{text}"
            );
        }
    }
}
