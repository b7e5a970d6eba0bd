//! `eddsa-jcs-2022` (Data Integrity EdDSA Cryptosuites 1.0, section 3.3).
//!
//! INVARIANT: the signed bytes are the SHA-256 of the canonical proof options, then that of the canonical
//! document; 64 bytes.

use sha2::{Digest as _, Sha256};

/// The name of the suite.
pub(super) const NAME: &str = "eddsa-jcs-2022";

/// Joins the two hashes (section 3.3.4). ECDSA over P-256 does the same.
pub(super) fn hash_data(config: &[u8], document: &[u8], sha256: Option<[u8; 32]>) -> Vec<u8> {
    let document = sha256.unwrap_or_else(|| Sha256::digest(document).into());
    [Sha256::digest(config).as_slice(), document.as_slice()].concat()
}
