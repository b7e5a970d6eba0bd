//! Signing with a key held here or elsewhere: [RFC 8032](https://www.rfc-editor.org/rfc/rfc8032), and
//! [RFC 6979](https://www.rfc-editor.org/rfc/rfc6979) for ECDSA, so that no randomness is needed.
//!
//! INVARIANT: a `SecretKey` cannot be copied or printed, and its bytes are wiped when it is dropped.

use std::fmt;

use p256::ecdsa::signature::Signer as _;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{KeyError, KeyType, PublicKey};

/// Signs messages with one key, here or at a remote key store.
pub trait Signer: Send + Sync {
    /// Returns the public half of the key that signs.
    fn public_key(&self) -> &PublicKey;

    /// Signs `message`; the signature has 64 bytes for Ed25519 and is `r || s` for ECDSA.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Says why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignError {
    /// The key agrees on secrets and cannot sign.
    #[error("a key of type {0} cannot sign")]
    NotForSigning(KeyType),
    /// The signer is elsewhere and did not answer with a signature.
    #[error("the signer failed: {0}")]
    Signer(String),
}

/// A private signing key: Ed25519, P-256, P-384 or, natively, P-521.
pub struct SecretKey {
    secret: Secret,
    public: PublicKey,
}

// Each of them wipes itself on drop.
enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(Box<p256::ecdsa::SigningKey>),
    P384(Box<p384::ecdsa::SigningKey>),
    #[cfg(not(target_arch = "wasm32"))]
    P521(Box<p521::ecdsa::SigningKey>),
}

impl SecretKey {
    /// Makes a new key from the given source of randomness.
    pub fn generate(key_type: KeyType, random: &mut dyn CryptoRng) -> Result<Self, KeyError> {
        // A random number is at or above the order of P-256 once in 2^32 tries, of P-384 never in practice.
        const TRIES: usize = 8;
        let mut bytes = Zeroizing::new(vec![0_u8; secret_length(key_type)?]);
        for _ in 0..TRIES {
            random.fill_bytes(&mut bytes);
            if let (KeyType::P521, Some(first)) = (key_type, bytes.first_mut()) {
                *first &= 1; // 66 bytes are seven bits more than the field has
            }
            if let Ok(key) = Self::from_bytes(key_type, &bytes) {
                return Ok(key);
            }
        }
        Err(KeyError::Invalid(
            "the source of randomness gives no usable number",
        ))
    }

    /// Makes a key from its bytes: the seed of RFC 8032 for Ed25519, the big-endian number for ECDSA.
    pub fn from_bytes(key_type: KeyType, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != secret_length(key_type)? {
            return Err(KeyError::Invalid("a private key has the length of its field"));
        }
        let out_of_range = |_| KeyError::Invalid("the number is not in the range of private keys");
        let (secret, raw) = match key_type {
            KeyType::Ed25519 => {
                let seed = bytes
                    .try_into()
                    .map_err(|_| KeyError::Invalid("a seed has 32 bytes"))?;
                let key = ed25519_dalek::SigningKey::from_bytes(seed);
                let raw = key.verifying_key().to_bytes().to_vec();
                (Secret::Ed25519(Box::new(key)), raw)
            }
            KeyType::P256 => {
                let key = p256::ecdsa::SigningKey::from_slice(bytes).map_err(out_of_range)?;
                let raw = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (Secret::P256(Box::new(key)), raw)
            }
            KeyType::P384 => {
                let key = p384::ecdsa::SigningKey::from_slice(bytes).map_err(out_of_range)?;
                let raw = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (Secret::P384(Box::new(key)), raw)
            }
            #[cfg(not(target_arch = "wasm32"))]
            KeyType::P521 => {
                let key = p521::ecdsa::SigningKey::from_slice(bytes).map_err(out_of_range)?;
                let raw = key.verifying_key().to_sec1_point(true).as_bytes().to_vec();
                (Secret::P521(Box::new(key)), raw)
            }
            #[cfg(target_arch = "wasm32")]
            KeyType::P521 => return Err(KeyError::UnsupportedHere),
            KeyType::X25519 => return Err(KeyError::Use),
        };
        Ok(Self {
            secret,
            public: PublicKey::from_raw(key_type, &raw)?,
        })
    }

    /// Returns the bytes that [`SecretKey::from_bytes`] takes, wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        match &self.secret {
            Secret::Ed25519(key) => Zeroizing::new(key.as_bytes().to_vec()),
            Secret::P256(key) => Zeroizing::new(Zeroizing::new(key.to_bytes()).to_vec()),
            Secret::P384(key) => Zeroizing::new(Zeroizing::new(key.to_bytes()).to_vec()),
            #[cfg(not(target_arch = "wasm32"))]
            Secret::P521(key) => Zeroizing::new(Zeroizing::new(key.to_bytes()).to_vec()),
        }
    }

    /// Returns the public half.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl Signer for SecretKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Signer("the key gives no signature".to_owned());
        match &self.secret {
            Secret::Ed25519(key) => {
                let signature: ed25519_dalek::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_vec())
            }
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_vec())
            }
            Secret::P384(key) => {
                let signature: p384::ecdsa::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_vec())
            }
            #[cfg(not(target_arch = "wasm32"))]
            Secret::P521(key) => {
                let signature: p521::ecdsa::Signature = key.try_sign(message).map_err(failed)?;
                Ok(signature.to_vec())
            }
        }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

fn secret_length(key_type: KeyType) -> Result<usize, KeyError> {
    match key_type {
        KeyType::Ed25519 | KeyType::P256 => Ok(32),
        KeyType::P384 => Ok(48),
        KeyType::P521 => Ok(66),
        KeyType::X25519 => Err(KeyError::Use),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNING: [KeyType; 4] = [KeyType::Ed25519, KeyType::P256, KeyType::P384, KeyType::P521];

    fn key(key_type: KeyType, fill: u8) -> SecretKey {
        let mut bytes = vec![fill; secret_length(key_type).unwrap()];
        if key_type == KeyType::P521 {
            bytes[0] = 0;
        }
        SecretKey::from_bytes(key_type, &bytes).unwrap()
    }

    /// A source that gives the same bytes for ever.
    struct Stuck(u8);

    impl rand_core::TryRng for Stuck {
        type Error = std::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Ok(u32::from_ne_bytes([self.0; 4]))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Ok(u64::from_ne_bytes([self.0; 8]))
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    impl rand_core::TryCryptoRng for Stuck {}

    #[test]
    fn a_signature_holds_for_its_message_and_key_only() {
        for key_type in SIGNING {
            let (alice, bob) = (key(key_type, 1), key(key_type, 2));
            let signature = alice.sign(b"message").unwrap();
            assert_eq!(alice.public_key().verify(b"message", &signature), Ok(()));
            assert!(alice.public_key().verify(b"massage", &signature).is_err());
            assert!(bob.public_key().verify(b"message", &signature).is_err());
            assert_eq!(
                alice.sign(b"message").unwrap(),
                signature,
                "{key_type} signs deterministically"
            );
        }
    }

    #[test]
    fn ecdsa_signatures_follow_rfc_6979() {
        // RFC 6979 section A.2.5, P-256 with SHA-256, message `sample`.
        let secret = hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
        let signature = SecretKey::from_bytes(KeyType::P256, &secret)
            .unwrap()
            .sign(b"sample")
            .unwrap();
        let r = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716";
        let s = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";
        assert_eq!(signature, hex(&format!("{r}{s}")));
    }

    #[test]
    fn ecdsa_over_p_521_follows_rfc_6979() {
        // RFC 6979 section A.2.7, P-521 with SHA-512, message `sample`.
        let secret = hex(
            "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6\
             D8FBEC67DB89EC0C08B0E996B83538",
        );
        let signature = SecretKey::from_bytes(KeyType::P521, &secret)
            .unwrap()
            .sign(b"sample")
            .unwrap();
        let r = "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7\
                 D4E8455CC91F9B15BF05EC36E377FA";
        let s = "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20\
                 F8CCB1DCCC43997F1EE0E44DA4A67A";
        assert_eq!(signature, hex(&format!("{r}{s}")));
    }

    #[test]
    fn bytes_come_back_as_they_went_in() {
        for key_type in SIGNING {
            let key = key(key_type, 7);
            let again = SecretKey::from_bytes(key_type, &key.to_bytes()).unwrap();
            assert_eq!(again.public_key(), key.public_key());
        }
    }

    #[test]
    fn a_secret_key_prints_nothing_of_itself() {
        for key_type in SIGNING {
            assert_eq!(format!("{:?}", key(key_type, 3)), "SecretKey(..)");
        }
    }

    #[test]
    fn numbers_outside_the_range_are_no_private_keys() {
        for key_type in [KeyType::P256, KeyType::P384, KeyType::P521] {
            let length = secret_length(key_type).unwrap();
            for bytes in [
                vec![0; length],
                vec![0xff; length],
                vec![1; length + 1],
                vec![1; length - 1],
                vec![],
            ] {
                assert!(matches!(
                    SecretKey::from_bytes(key_type, &bytes),
                    Err(KeyError::Invalid(_))
                ));
            }
        }
        for length in [0, 31, 33, 64] {
            assert!(SecretKey::from_bytes(KeyType::Ed25519, &vec![1; length]).is_err());
        }
    }

    #[test]
    fn a_broken_source_of_randomness_ends_in_an_error() {
        assert!(SecretKey::generate(KeyType::P256, &mut Stuck(0)).is_err());
        assert!(SecretKey::generate(KeyType::P384, &mut Stuck(0xff)).is_err());
        assert!(SecretKey::generate(KeyType::P384, &mut Stuck(9)).is_ok());
        assert!(SecretKey::generate(KeyType::P521, &mut Stuck(0xff)).is_err());
        assert!(SecretKey::generate(KeyType::P521, &mut Stuck(9)).is_ok());
    }

    #[test]
    fn x25519_keys_do_not_sign() {
        assert_eq!(
            SecretKey::from_bytes(KeyType::X25519, &[1; 32]).unwrap_err(),
            KeyError::Use
        );
        assert_eq!(
            SecretKey::generate(KeyType::X25519, &mut Stuck(1)).unwrap_err(),
            KeyError::Use
        );
    }

    fn hex(text: &str) -> Vec<u8> {
        multibase::Base::Base16Upper.decode(text).unwrap()
    }
}
