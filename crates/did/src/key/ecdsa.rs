//! ECDSA over P-256, P-384 and, natively, P-521, [FIPS 186-5](https://doi.org/10.6028/NIST.FIPS.186-5), signatures as
//! `r || s` ([RFC 7518 section 3.4](https://www.rfc-editor.org/rfc/rfc7518#section-3.4)).
//!
//! INVARIANT: a key is a compressed point on the curve, and `r` and `s` were found in `1..n` here before any
//! backend sees the signature. A high `s` is accepted on both.

macro_rules! nist_key {
    ($name:ident, $curve:ident, $coordinate:literal, $native:ident) => {
        pub(super) struct $name {
            pure: $curve::ecdsa::VerifyingKey,
            #[cfg(not(target_arch = "wasm32"))]
            native: aws_lc_rs::signature::ParsedPublicKey,
        }

        impl $name {
            /// Parses a compressed SEC1 point.
            pub(super) fn parse(raw: &[u8]) -> Result<Self, KeyError> {
                let compressed = matches!(raw.split_first(), Some((2 | 3, x)) if x.len() == $coordinate);
                if !compressed {
                    return Err(KeyError::Invalid("it is not a compressed point of its curve's length"));
                }
                let pure = $curve::ecdsa::VerifyingKey::from_sec1_bytes(raw)
                    .map_err(|_| KeyError::Invalid("it is not a point on the curve"))?;
                Ok(Self {
                    #[cfg(not(target_arch = "wasm32"))]
                    native: aws_lc_rs::signature::ParsedPublicKey::new(
                        &aws_lc_rs::signature::$native,
                        pure.to_sec1_point(false).as_bytes(),
                    )
                    .map_err(|_| KeyError::Invalid("it is not a point on the curve"))?,
                    pure,
                })
            }

            pub(super) fn verify(
                &self,
                backend: Backend,
                message: &[u8],
                signature: &[u8],
            ) -> Result<(), SignatureError> {
                // Reads `r` and `s`, of fixed length and each in `1..n`.
                let parsed = $curve::ecdsa::Signature::from_slice(signature).map_err(|_| SignatureError)?;
                match backend {
                    Backend::Pure => self.pure.verify(message, &parsed).map_err(|_| SignatureError),
                    #[cfg(not(target_arch = "wasm32"))]
                    Backend::AwsLc => self.native.verify_sig(message, signature).map_err(|_| SignatureError),
                }
            }

            /// Returns the affine coordinates.
            pub(super) fn coordinates(&self) -> Option<(Vec<u8>, Vec<u8>)> {
                let point = self.pure.to_sec1_point(false);
                let (x, y) = point.as_bytes().get(1..)?.split_at_checked($coordinate)?;
                Some((x.to_vec(), y.to_vec()))
            }
        }
    };
}

use p256::ecdsa::signature::Verifier;

use super::{Backend, KeyError, SignatureError};

nist_key!(P256Key, p256, 32, ECDSA_P256_SHA256_FIXED);
nist_key!(P384Key, p384, 48, ECDSA_P384_SHA384_FIXED);
#[cfg(not(target_arch = "wasm32"))]
nist_key!(P521Key, p521, 66, ECDSA_P521_SHA512_FIXED);
