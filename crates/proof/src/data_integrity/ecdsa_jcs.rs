//! `ecdsa-jcs-2019` (Data Integrity ECDSA Cryptosuites 1.0, section 3.3).
//!
//! The hash follows the curve of the key: SHA-256 for P-256, SHA-384 for P-384. Before the key is known the
//! length of the signature tells which curve is meant. INVARIANT: a key of the other curve fails, because
//! ECDSA signatures are of one length per curve.

use sha2::{Digest as _, Sha384};

/// The name of the suite.
pub(super) const NAME: &str = "ecdsa-jcs-2019";

/// The length of a P-384 signature, `r` and `s` of 48 bytes each.
pub(super) const P384_SIGNATURE: usize = 96;

/// Joins the two SHA-384 hashes (section 3.3.4).
pub(super) fn hash_data_p384(config: &[u8], document: &[u8]) -> Vec<u8> {
    [
        Sha384::digest(config).as_slice(),
        Sha384::digest(document).as_slice(),
    ]
    .concat()
}
