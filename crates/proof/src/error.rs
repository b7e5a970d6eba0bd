//! Why the front door turned something away.
//!
//! [`ReadError`] is about bytes that do not parse, [`ProofError`] about a proof that does not hold. Each has
//! a stable code of the form `class.reason`. The text never repeats what a peer sent beyond names of
//! members and algorithms, and those are cut short.

use chancery_did::ParseError;
use thiserror::Error;

use crate::sd_jwt::SdJwtError;

/// Bytes that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is not JSON (RFC 8259).
    #[error("not JSON at byte {offset}: {reason}")]
    Json {
        /// Where the reader stopped, counted in bytes.
        offset: usize,
        /// What it met.
        reason: &'static str,
    },
    /// One object names a member twice, after unescaping.
    #[error("the member `{0}` appears twice in one object")]
    DuplicateMember(String),
    /// The text is not UTF-8, begins with a byte order mark, or escapes a lone surrogate.
    #[error("not Unicode text at byte {offset}: {reason}")]
    Utf8 {
        /// Where the reader stopped, counted in bytes.
        offset: usize,
        /// What it met.
        reason: &'static str,
    },
    /// A number is not a finite IEEE 754 double.
    #[error("the number at byte {offset} is not a finite double")]
    Number {
        /// Where the number begins.
        offset: usize,
    },
    /// Not canonical unpadded base64url (RFC 4648, section 5).
    #[error("not canonical unpadded base64url")]
    Base64Url,
    /// Not canonical multibase.
    #[error("not canonical multibase: {0}")]
    Multibase(&'static str),
    /// Not a compact JWS of the accepted kind.
    #[error("not a compact JWS: {0}")]
    Jose(&'static str),
    /// Not CBOR in preferred serialization (RFC 8949).
    #[error("not CBOR as it is read here: {0}")]
    Cbor(&'static str),
    /// Not a `COSE_Sign1` of the accepted kind.
    #[error("not a COSE_Sign1: {0}")]
    Cose(&'static str),
    /// Well-formed JSON of the wrong shape.
    #[error("{0}")]
    Structure(String),
    /// More bytes than the limit.
    #[error("more than {limit} bytes")]
    Size {
        /// The limit that was passed.
        limit: usize,
    },
    /// Nested deeper than the limit.
    #[error("nested more than {limit} levels deep")]
    Depth {
        /// The limit that was passed.
        limit: usize,
    },
    /// More items in one array or object than the limit.
    #[error("more than {limit} items in one array or object")]
    Items {
        /// The limit that was passed.
        limit: usize,
    },
    /// More disclosures or digests than the limit.
    #[error("more than {limit} disclosures or digests")]
    Disclosures {
        /// The limit that was passed.
        limit: usize,
    },
    /// More proofs than the limit.
    #[error("more than {limit} proofs")]
    Proofs {
        /// The limit that was passed.
        limit: usize,
    },
}

impl ReadError {
    /// The stable code of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json { .. } => "parse.json",
            Self::DuplicateMember(_) => "parse.duplicate_member",
            Self::Utf8 { .. } => "parse.utf8",
            Self::Number { .. } => "parse.number",
            Self::Base64Url => "parse.base64url",
            Self::Multibase(_) => "parse.multibase",
            Self::Jose(_) => "parse.jose",
            Self::Cbor(_) => "parse.cbor",
            Self::Cose(_) => "parse.cose",
            Self::Structure(_) => "parse.structure",
            Self::Size { .. } => "limit.size",
            Self::Depth { .. } => "limit.depth",
            Self::Items { .. } => "limit.items",
            Self::Disclosures { .. } => "limit.disclosures",
            Self::Proofs { .. } => "limit.proofs",
        }
    }
}

/// A proof that could not be read, or that did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The bytes could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Disclosures, digests or key binding of an SD-JWT are not as they have to be.
    #[error(transparent)]
    SdJwt(#[from] SdJwtError),
    /// A DID, DID URL or time in the proof could not be read.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// The `typ` of a JWS is not one that is expected here.
    #[error("the `typ` {} not expected here", named(.0.as_deref()))]
    Typ(Option<String>),
    /// The algorithm, proof type or cryptosuite is unknown.
    #[error("the algorithm {} not known", named(.0.as_deref()))]
    AlgorithmUnknown(Option<String>),
    /// The algorithm does not belong to the key.
    #[error("the algorithm `{algorithm}` does not belong to a key of type {key}")]
    AlgorithmMismatch {
        /// What the proof names.
        algorithm: String,
        /// The type of the key that the verification method holds.
        key: String,
    },
    /// The cryptosuite exists, but this build has no code for it.
    #[error("the cryptosuite `{0}` is not supported here")]
    AlgorithmUnsupportedHere(String),
    /// The header names an extension that must be understood and is not.
    #[error("the header asks for an extension that is not understood")]
    Critical,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    SignatureInvalid,
    /// There is no proof or no signature.
    #[error("there is no signature")]
    SignatureMissing,
    /// A proof names a previous proof that is not there, or two proofs share an `id`.
    #[error("the proofs do not form a chain: {0}")]
    Chain(&'static str),
    /// The proofs name each other in a circle.
    #[error("the proofs name each other in a circle")]
    ChainCycle,
    /// The proof names no verification method that a key could be found for.
    #[error("the proof names no verification method")]
    KeyNotFound,
    /// The proof's purpose is not the expected one.
    #[error("the proof purpose {} not expected here", named(.0.as_deref()))]
    Relationship(Option<String>),
    /// The verification method does not belong to the expected issuer.
    #[error("the verification method belongs to `{found}`, not to `{expected}`")]
    IssuerMismatch {
        /// Who should have signed.
        expected: String,
        /// Whose key is named.
        found: String,
    },
    /// The header carries a key or points to one.
    #[error("the header member `{0}` offers a key, and keys are never taken from a header")]
    KeyInHeader(&'static str),
    /// The caller could not supply the key.
    #[error("no key: {detail}")]
    Key {
        /// The code that the caller gave.
        code: &'static str,
        /// What the caller said.
        detail: String,
    },
    /// The proof's `@context` is not the beginning of the document's.
    #[error("the document's `@context` does not begin with the proof's")]
    Context,
    /// A time is not a time.
    #[error("the time `{0}` is malformed")]
    TimeMalformed(&'static str),
    /// The proof is not valid yet.
    #[error("the proof is not valid yet")]
    TimeNotYetValid,
    /// The proof has expired.
    #[error("the proof has expired")]
    TimeExpired,
    /// A cryptosuite of the host refused, for a reason of its own.
    #[error("{detail}")]
    Suite {
        /// The code that the suite gave.
        code: &'static str,
        /// What the suite said.
        detail: String,
    },
    /// The signer could not sign.
    #[error("the signer failed: {0}")]
    Signer(String),
}

impl ProofError {
    /// The stable code of this refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read(error) => error.code(),
            Self::SdJwt(error) => error.code(),
            Self::Parse(error) => error.code(),
            Self::Typ(_) => "type.typ",
            Self::AlgorithmUnknown(_) => "alg.unknown",
            Self::AlgorithmMismatch { .. } => "alg.mismatch",
            Self::AlgorithmUnsupportedHere(_) => "alg.unsupported_here",
            Self::Critical => "crit.unknown",
            Self::SignatureInvalid => "signature.invalid",
            Self::SignatureMissing | Self::Signer(_) => "signature.missing",
            Self::Chain(_) => "signature.chain",
            Self::ChainCycle => "limit.proofs",
            Self::KeyNotFound => "key.not_found",
            Self::Relationship(_) => "key.relationship",
            Self::IssuerMismatch { .. } => "key.issuer_mismatch",
            Self::KeyInHeader(_) => "key.header",
            Self::Key { code, .. } | Self::Suite { code, .. } => code,
            Self::Context => "context.mismatch",
            Self::TimeMalformed(_) => "time.malformed",
            Self::TimeNotYetValid => "time.not_yet_valid",
            Self::TimeExpired => "time.expired",
        }
    }
}

/// Cuts a peer's word to a length that an error text may carry, with what does not print escaped.
///
/// A did:jwk can carry a private key in its text, so nothing of its identifier is shown.
pub(crate) fn short(text: &str) -> String {
    const SHOWN: usize = 64;
    const JWK: &str = "did:jwk:";
    if text.starts_with(JWK) {
        return format!("{JWK}..");
    }
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("..");
    }
    shown
}

fn named(word: Option<&str>) -> String {
    word.map_or_else(|| "is absent or".to_owned(), |word| format!("`{word}` is"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peers_word_is_cut_and_escaped() {
        assert_eq!(short("none"), "none");
        assert_eq!(short("a\n\u{1b}[2J"), "a\\n\\u{1b}[2J");
        assert_eq!(short(&"x".repeat(1_000)).len(), 66);
        assert_eq!(short("did:jwk:eyJkIjoic2VjcmV0In0"), "did:jwk:..");
    }

    #[test]
    fn every_code_is_a_class_and_a_reason() {
        let codes = [
            ProofError::from(ReadError::Base64Url).code(),
            ProofError::Typ(None).code(),
            ProofError::ChainCycle.code(),
            ProofError::Key {
                code: "key.relationship",
                detail: String::new(),
            }
            .code(),
            ProofError::Signer(String::new()).code(),
        ];
        assert_eq!(
            codes,
            [
                "parse.base64url",
                "type.typ",
                "limit.proofs",
                "key.relationship",
                "signature.missing"
            ]
        );
    }

    #[test]
    fn an_absent_word_is_said_to_be_absent() {
        assert_eq!(
            ProofError::AlgorithmUnknown(None).to_string(),
            "the algorithm is absent or not known"
        );
        let named = ProofError::AlgorithmUnknown(Some("none".to_owned()));
        assert_eq!(named.to_string(), "the algorithm `none` is not known");
    }
}
