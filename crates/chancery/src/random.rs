//! Randomness: the only place in the project that asks the operating system for it.
//!
//! INVARIANT: a caller gets unpredictable bytes or nothing; there is no weaker source to fall back to.

use std::convert::Infallible;

use chancery_proof::base64url;
use rand_core::{TryCryptoRng, TryRng};

/// The operating system's random source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl OsRandom {
    /// Makes a nonce of 192 random bits in base64url, which nobody guesses and no two callers share.
    pub fn nonce() -> String {
        let mut bytes = [0; 24];
        fill(&mut bytes);
        base64url::encode(&bytes)
    }

    /// Makes a random name, `urn:uuid:` with a version 4 UUID (RFC 9562 section 5.4).
    pub fn urn_uuid() -> String {
        let mut bytes = [0; 16];
        fill(&mut bytes);
        let bits = u128::from_be_bytes(bytes);
        let versioned = (bits & !(0xf << 76) & !(0b11 << 62)) | (4 << 76) | (0b10 << 62);
        let mut text = String::from("urn:uuid:");
        for (place, digit) in format!("{versioned:032x}").chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }
}

impl TryRng for OsRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        fill(target);
        Ok(())
    }
}

impl TryCryptoRng for OsRandom {}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that asks the system for randomness"
)]
#[expect(
    clippy::panic,
    reason = "a system without randomness cannot make keys or nonces, and must not pretend to"
)]
fn fill(target: &mut [u8]) {
    if getrandom::fill(target).is_err() {
        panic!("the operating system gives no randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonces_are_long_and_differ() {
        let nonces: std::collections::BTreeSet<_> = (0..1000).map(|_| OsRandom::nonce()).collect();
        assert_eq!(nonces.len(), 1000);
        assert!(nonces.iter().all(|nonce| nonce.len() == 32));
    }

    #[test]
    fn a_random_name_is_a_version_four_uuid() {
        for _ in 0..100 {
            let name = OsRandom::urn_uuid();
            let uuid = name.strip_prefix("urn:uuid:").unwrap();
            let parts: Vec<&str> = uuid.split('-').collect();
            assert_eq!(
                parts.iter().map(|part| part.len()).collect::<Vec<_>>(),
                [8, 4, 4, 4, 12]
            );
            assert!(
                parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']),
                "{uuid}"
            );
            assert!(
                uuid.bytes()
                    .all(|byte| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_lowercase())
            );
        }
    }

    #[test]
    fn filled_bytes_are_not_left_as_they_were() {
        let mut bytes = [0; 64];
        assert_eq!(OsRandom.try_fill_bytes(&mut bytes), Ok(()));
        assert_ne!(bytes, [0; 64]);
    }
}
