//! Public keys and the signatures that they check,
//! [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey), [RFC 7517](https://www.rfc-editor.org/rfc/rfc7517),
//! [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032), [FIPS 186-5](https://doi.org/10.6028/NIST.FIPS.186-5).
//!
//! INVARIANT: a `PublicKey` is a point on its curve in canonical encoding and never of small order, and
//! every backend gives the same verdict on every signature.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

mod ecdsa;
mod ed25519;
pub(crate) mod jwk;
mod multikey;
mod x25519;

#[cfg(not(target_arch = "wasm32"))]
use self::ecdsa::P521Key;
use self::ecdsa::{P256Key, P384Key};
use self::ed25519::Ed25519Key;

/// The kind of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyType {
    /// Ed25519, for signatures.
    Ed25519,
    /// NIST P-256, for signatures.
    P256,
    /// NIST P-384, for signatures.
    P384,
    /// NIST P-521, for signatures; native only, in wasm such a key is not supported.
    P521,
    /// X25519, for key agreement only.
    X25519,
}

impl KeyType {
    /// Returns the one signature algorithm of this kind of key, or none if it cannot sign.
    #[must_use]
    pub fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Ed25519 => Some(Algorithm::EdDsa),
            Self::P256 => Some(Algorithm::Es256),
            Self::P384 => Some(Algorithm::Es384),
            Self::P521 => Some(Algorithm::Es512),
            Self::X25519 => None,
        }
    }

    /// Returns the name of the curve as a JWK's `crv` spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::X25519 => "X25519",
        }
    }
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A signature algorithm as a JOSE `alg` spells it; it always follows from the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// `EdDSA` over Ed25519.
    EdDsa,
    /// `ES256`: ECDSA over P-256 with SHA-256.
    Es256,
    /// `ES384`: ECDSA over P-384 with SHA-384.
    Es384,
    /// `ES512`: ECDSA over P-521 with SHA-512.
    Es512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Es384, Self::Es512];

    /// Returns the JOSE name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The code that does a signature's arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The pure Rust crates, which also run in wasm.
    Pure,
    /// aws-lc-rs, the faster one, native only.
    #[cfg(not(target_arch = "wasm32"))]
    AwsLc,
}

impl Backend {
    #[cfg(not(target_arch = "wasm32"))]
    const DEFAULT: Self = Self::AwsLc;
    #[cfg(target_arch = "wasm32")]
    const DEFAULT: Self = Self::Pure;
}

/// Says why a key is refused; it never holds any part of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The encoding is not the canonical one of a point on the curve.
    #[error("the key is not valid: {0}")]
    Invalid(&'static str),
    /// The point has small order, so that anyone could sign for it.
    #[error("the key is a point of small order")]
    Weak,
    /// A private key stands where a public one belongs.
    #[error("a private key stands where a public key belongs")]
    PrivateMember,
    /// The key says, or its kind says, that it is not for this use.
    #[error("the key is not for this use")]
    Use,
    /// The key is of a kind that is not known here.
    #[error("the key is of a kind that is not supported")]
    Unsupported,
    /// The key is of a kind that is known, and not built in on this machine: P-521 in wasm.
    #[error("the key is of a kind that is not supported here")]
    UnsupportedHere,
}

impl KeyError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "key.invalid",
            Self::Weak => "key.weak",
            Self::PrivateMember => "key.private_member",
            Self::Use => "key.use",
            Self::Unsupported => "key.unsupported",
            Self::UnsupportedHere => "alg.unsupported_here",
        }
    }
}

/// Says that a signature does not hold, and on purpose nothing more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not hold")]
pub struct SignatureError;

impl SignatureError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "signature.invalid"
    }
}

/// A public key, checked when it was made and parsed once for all its signatures.
#[derive(Clone)]
pub struct PublicKey(Arc<Parsed>);

struct Parsed {
    raw: Vec<u8>,
    point: Point,
}

enum Point {
    Ed25519(Ed25519Key),
    P256(P256Key),
    P384(P384Key),
    #[cfg(not(target_arch = "wasm32"))]
    P521(P521Key),
    X25519,
}

impl PublicKey {
    /// Makes a key from its raw bytes: 32 for Ed25519 and X25519, a compressed SEC1 point for the
    /// NIST curves.
    pub fn from_raw(key_type: KeyType, raw: &[u8]) -> Result<Self, KeyError> {
        let point = match key_type {
            KeyType::Ed25519 => Point::Ed25519(Ed25519Key::parse(raw)?),
            KeyType::P256 => Point::P256(P256Key::parse(raw)?),
            KeyType::P384 => Point::P384(P384Key::parse(raw)?),
            #[cfg(not(target_arch = "wasm32"))]
            KeyType::P521 => Point::P521(P521Key::parse(raw)?),
            #[cfg(target_arch = "wasm32")]
            KeyType::P521 => return Err(KeyError::UnsupportedHere),
            KeyType::X25519 => {
                x25519::check(raw)?;
                Point::X25519
            }
        };
        Ok(Self(Arc::new(Parsed {
            raw: raw.to_vec(),
            point,
        })))
    }

    /// Returns the raw bytes that [`PublicKey::from_raw`] takes.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        match self.0.point {
            Point::Ed25519(_) => KeyType::Ed25519,
            Point::P256(_) => KeyType::P256,
            Point::P384(_) => KeyType::P384,
            #[cfg(not(target_arch = "wasm32"))]
            Point::P521(_) => KeyType::P521,
            Point::X25519 => KeyType::X25519,
        }
    }

    /// Checks that `signature` is this key's over `message`.
    ///
    /// Ed25519 is strict: `S < L`, a canonical `R`, and no point of small order. ECDSA signatures are
    /// `r || s` of fixed length with both in `1..n`; a high `s` is accepted.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        self.verify_with(Backend::DEFAULT, message, signature)
    }

    /// Checks like [`PublicKey::verify`], with the named backend doing the arithmetic.
    pub fn verify_with(
        &self,
        backend: Backend,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        match &self.0.point {
            Point::Ed25519(key) => key.verify(backend, message, signature),
            Point::P256(key) => key.verify(backend, message, signature),
            Point::P384(key) => key.verify(backend, message, signature),
            #[cfg(not(target_arch = "wasm32"))]
            Point::P521(key) => key.verify(backend, message, signature),
            Point::X25519 => Err(SignatureError),
        }
    }

    /// Returns the X25519 key of the same point ([RFC 7748 section 4.1](https://www.rfc-editor.org/rfc/rfc7748#section-4.1)),
    /// which did:key derives for key agreement; none unless this is an Ed25519 key.
    #[must_use]
    pub fn to_x25519(&self) -> Option<Self> {
        match &self.0.point {
            Point::Ed25519(key) => Self::from_raw(KeyType::X25519, &key.montgomery()).ok(),
            #[cfg(not(target_arch = "wasm32"))]
            Point::P521(_) => None,
            Point::P256(_) | Point::P384(_) | Point::X25519 => None,
        }
    }

    /// Returns the affine coordinates of a NIST point, each as long as the field.
    fn coordinates(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        match &self.0.point {
            Point::P256(key) => key.coordinates(),
            Point::P384(key) => key.coordinates(),
            #[cfg(not(target_arch = "wasm32"))]
            Point::P521(key) => key.coordinates(),
            Point::Ed25519(_) | Point::X25519 => None,
        }
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.key_type() == other.key_type() && self.raw() == other.raw()
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key_type().hash(state);
        self.raw().hash(state);
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.to_multikey())
    }
}
