//! What a document has to hash to: integrity metadata of W3C SRI (section 3), as SD-JWT VC uses it (section 5).
//!
//! INVARIANT: of several digests only those of the strongest function count, and one of these has to match.

use chancery_proof::base64url;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// The digests of one document, all of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integrity {
    function: Function,
    digests: Vec<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Function {
    Sha256,
    Sha384,
    Sha512,
}

impl Function {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "sha256" => Some(Self::Sha256),
            "sha384" => Some(Self::Sha384),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

impl Integrity {
    /// Reads integrity metadata; nothing if any of it is malformed, or of a function that is not known here.
    pub fn parse(text: &str) -> Option<Self> {
        let mut read = Vec::new();
        for expression in text.split_ascii_whitespace() {
            // What follows a question mark are options, of which none is defined.
            let expression = expression.split('?').next()?;
            let (name, digest) = expression.split_once('-')?;
            let function = Function::parse(name)?;
            let digest = base64(digest).filter(|digest| digest.len() == function.length())?;
            read.push((function, digest));
        }
        let function = read.iter().map(|(function, _)| *function).max()?;
        let strongest = read.into_iter().filter(|(found, _)| *found == function);
        Some(Self {
            function,
            digests: strongest.map(|(_, digest)| digest).collect(),
        })
    }

    /// Whether these are the bytes that were meant.
    pub fn holds_for(&self, document: &[u8]) -> bool {
        self.digests.contains(&self.function.digest(document))
    }
}

/// Standard base64 with its padding (RFC 4648, section 4).
fn base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) || text.contains(['-', '_']) {
        return None;
    }
    let plain = text.strip_suffix("==").or_else(|| text.strip_suffix('='));
    let plain = plain.unwrap_or(text);
    base64url::decode(&plain.replace('+', "-").replace('/', "_")).ok()
}
