//! X25519 public keys, [RFC 7748](https://www.rfc-editor.org/rfc/rfc7748#section-6.1), for key agreement.
//!
//! INVARIANT: the `u` coordinate is below `p` and not one of the points of small order, whose shared secret
//! is zero for everyone.

use super::KeyError;

/// The `u` coordinates of small order below `p`, little-endian: 0, 1, -1 and the two of order eight.
const SMALL_ORDER_U: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = [0xff; 32];
        minus_one[0] = 0xec;
        minus_one[31] = 0x7f;
        minus_one
    },
    [
        0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda,
        0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
    ],
    [
        0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04,
        0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
    ],
];

/// Checks the 32 bytes of a public key.
pub(super) fn check(raw: &[u8]) -> Result<(), KeyError> {
    let bytes: &[u8; 32] = raw
        .try_into()
        .map_err(|_| KeyError::Invalid("an X25519 key has 32 bytes"))?;
    if SMALL_ORDER_U.contains(bytes) {
        return Err(KeyError::Weak);
    }
    let mut p = [0xff_u8; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    if !bytes.iter().rev().lt(p.iter().rev()) {
        return Err(KeyError::Invalid("its encoding is not canonical"));
    }
    Ok(())
}
