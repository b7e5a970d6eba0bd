//! Multihash of SHA-256 (Controlled Identifiers, section 2.5): the code 0x12, the length 0x20, the hash.

use sha2::{Digest as _, Sha256};

use crate::ReadError;

/// The code of sha2-256 and the length of its output.
const HEADER: [u8; 2] = [0x12, 0x20];

/// Hashes bytes with SHA-256 and puts the multihash header before the hash.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Vec<u8> {
    wrap(&Sha256::digest(bytes).into())
}

/// Puts the multihash header before a SHA-256 hash.
#[must_use]
pub(crate) fn wrap(hash: &[u8; 32]) -> Vec<u8> {
    [HEADER.as_slice(), hash.as_slice()].concat()
}

/// Takes the SHA-256 hash out of a multihash.
///
/// # Errors
///
/// [`ReadError::Multibase`] for another hash function or another length.
pub fn parse_sha256(multihash: &[u8]) -> Result<[u8; 32], ReadError> {
    multihash
        .strip_prefix(HEADER.as_slice())
        .and_then(|hash| hash.try_into().ok())
        .ok_or(ReadError::Multibase("not a sha2-256 multihash"))
}
