//! Keys as [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey) text: base58btc of a multicodec prefix and the
//! raw bytes.
//!
//! INVARIANT: one key has one text; another base, another spelling of the prefix or a longer text is refused.

use super::{KeyError, KeyType, PublicKey};
use crate::base58btc;

/// The longest text that is decoded, in characters; base58 takes time quadratic in the length.
const MAX_CHARACTERS: usize = 256;

impl KeyType {
    const ALL: [Self; 5] = [Self::Ed25519, Self::P256, Self::P384, Self::P521, Self::X25519];

    /// Returns the multicodec of the public key, as an unsigned varint.
    const fn multicodec(self) -> [u8; 2] {
        match self {
            Self::Ed25519 => [0xed, 0x01],
            Self::X25519 => [0xec, 0x01],
            Self::P256 => [0x80, 0x24],
            Self::P384 => [0x81, 0x24],
            Self::P521 => [0x82, 0x24],
        }
    }
}

impl PublicKey {
    /// Parses the Multikey text of a public key, such as `z6Mk..`.
    pub fn from_multikey(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_CHARACTERS {
            return Err(KeyError::Invalid("its Multikey text is too long"));
        }
        let Some(base58) = text.strip_prefix('z') else {
            return Err(KeyError::Invalid("a Multikey text starts with `z`"));
        };
        let bytes =
            base58btc::decode(base58).ok_or(KeyError::Invalid("its Multikey text is not base58btc"))?;
        let Some((codec, raw)) = bytes.split_first_chunk::<2>() else {
            return Err(KeyError::Invalid("its Multikey text is too short"));
        };
        if is_private(*codec) {
            return Err(KeyError::PrivateMember);
        }
        for key_type in KeyType::ALL {
            if key_type.multicodec() == *codec {
                return Self::from_raw(key_type, raw);
            }
        }
        check_varint(&bytes)?;
        Err(KeyError::Unsupported)
    }

    /// Returns the Multikey text.
    #[must_use]
    pub fn to_multikey(&self) -> String {
        let mut bytes = self.key_type().multicodec().to_vec();
        bytes.extend_from_slice(self.raw());
        format!("z{}", base58btc::encode(&bytes))
    }
}

/// Says whether a multicodec is one of the private keys (0x1300 to 0x130f in the table).
fn is_private(codec: [u8; 2]) -> bool {
    matches!(codec, [0x80..=0x8f, 0x26])
}

/// Refuses a prefix that is not a minimal varint; any other is a codec that is merely unknown.
fn check_varint(bytes: &[u8]) -> Result<(), KeyError> {
    const MAX_VARINT: usize = 9;
    let end = bytes.iter().take(MAX_VARINT).position(|byte| byte & 0x80 == 0);
    match end.and_then(|end| bytes.get(end).map(|last| (end, *last))) {
        Some((0, _)) => Ok(()),
        Some((_, last)) if last != 0 => Ok(()),
        _ => Err(KeyError::Invalid("its multicodec is not a minimal varint")),
    }
}
