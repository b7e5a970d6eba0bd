//! Ed25519, [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032), with the strict rules.
//!
//! INVARIANT: the encodings of `A` and `R`, their order, and `S < L` are judged here, before any backend
//! sees the signature; both backends then check the same equation without cofactor. So they cannot differ.

use ed25519_dalek::{Signature, VerifyingKey};

use super::{Backend, KeyError, SignatureError};

pub(super) struct Ed25519Key {
    pure: VerifyingKey,
    #[cfg(not(target_arch = "wasm32"))]
    native: aws_lc_rs::signature::ParsedPublicKey,
}

impl Ed25519Key {
    pub(super) fn parse(raw: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = raw
            .try_into()
            .map_err(|_| KeyError::Invalid("an Ed25519 key has 32 bytes"))?;
        match judge_point(bytes) {
            Encoding::Usual => {}
            Encoding::SmallOrder => return Err(KeyError::Weak),
            Encoding::NotCanonical => return Err(KeyError::Invalid("its encoding is not canonical")),
        }
        let pure = VerifyingKey::from_bytes(bytes)
            .map_err(|_| KeyError::Invalid("it is not a point on the curve"))?;
        // INVARIANT: the table below and the curve arithmetic agree; this is the second lock.
        if pure.is_weak() {
            return Err(KeyError::Weak);
        }
        Ok(Self {
            pure,
            #[cfg(not(target_arch = "wasm32"))]
            native: aws_lc_rs::signature::ParsedPublicKey::new(&aws_lc_rs::signature::ED25519, bytes)
                .map_err(|_| KeyError::Invalid("it is not a point on the curve"))?,
        })
    }

    /// Returns the `u` coordinate of the same point on the Montgomery form of the curve.
    pub(super) fn montgomery(&self) -> [u8; 32] {
        self.pure.to_montgomery().to_bytes()
    }

    pub(super) fn verify(
        &self,
        backend: Backend,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let signature: &[u8; 64] = signature.try_into().map_err(|_| SignatureError)?;
        let (r, s) = signature.split_first_chunk::<32>().ok_or(SignatureError)?;
        let s: &[u8; 32] = s.try_into().map_err(|_| SignatureError)?;
        if !below(s, &L) || judge_point(r) != Encoding::Usual {
            return Err(SignatureError);
        }
        match backend {
            Backend::Pure => self
                .pure
                .verify_strict(message, &Signature::from_bytes(signature))
                .map_err(|_| SignatureError),
            #[cfg(not(target_arch = "wasm32"))]
            Backend::AwsLc => self
                .native
                .verify_sig(message, signature)
                .map_err(|_| SignatureError),
        }
    }
}

/// The order of the base point, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The prime `p = 2^255 - 19` of the field, little-endian.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// The `y` coordinates of the eight points of small order: 0, 1, -1 and the two of order eight.
const SMALL_ORDER_Y: [[u8; 32]; 5] = [
    [0; 32],
    {
        let mut one = [0; 32];
        one[0] = 1;
        one
    },
    {
        let mut minus_one = P;
        minus_one[0] = 0xec;
        minus_one
    },
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Usual,
    SmallOrder,
    NotCanonical,
}

/// Judges the encoding of a point by its `y` alone, for either sign of `x`.
fn judge_point(encoded: &[u8; 32]) -> Encoding {
    let mut y = *encoded;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    if SMALL_ORDER_Y.contains(&y) {
        // The two points with x = 0 are among these, so a sign on a zero x is refused too.
        Encoding::SmallOrder
    } else if !below(&y, &P) {
        Encoding::NotCanonical
    } else {
        Encoding::Usual
    }
}

/// Compares two little-endian numbers; signatures and public keys are no secrets.
fn below(number: &[u8; 32], limit: &[u8; 32]) -> bool {
    number.iter().rev().lt(limit.iter().rev())
}
