//! The service's randomness: nonces, tokens and status indices from the operating system.
//!
//! INVARIANT: when the system has no randomness nothing is made; there is no fallback.

use chancery_proof::base64url;
use getrandom::SysRng;
use rand_core::TryRng as _;
use zeroize::Zeroizing;

/// The operating system gave no randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub(crate) struct NoRandomness;

/// Makes 256 random bits as base64url, 43 characters.
pub(crate) fn secret() -> Result<Zeroizing<String>, NoRandomness> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    SysRng
        .try_fill_bytes(bytes.as_mut_slice())
        .map_err(|_| NoRandomness)?;
    Ok(Zeroizing::new(base64url::encode(bytes.as_slice())))
}

/// Makes a random number below `bound`; the bias of the remainder is below 2^-32.
pub(crate) fn below(bound: u32) -> Result<u32, NoRandomness> {
    let number = SysRng.try_next_u64().map_err(|_| NoRandomness)?;
    let rest = number.checked_rem(u64::from(bound)).ok_or(NoRandomness)?;
    u32::try_from(rest).map_err(|_| NoRandomness)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_256_bits_and_differ() {
        let (one, other) = (secret().unwrap(), secret().unwrap());
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }

    #[test]
    fn number_stays_below_its_bound() {
        assert!((0..1000).all(|_| below(7).unwrap() < 7));
        assert!(below(0).is_err());
    }
}
