//! Why a document could not become canonical RDF.
//!
//! The words for JSON-LD's own errors are those of the
//! [JSON-LD API](https://www.w3.org/TR/json-ld11-api/#dom-jsonlderrorcode). INVARIANT: the text that leaves this
//! crate repeats names that a peer sent, cut short, and never values.

use chancery_proof::{ProofError, ReadError};

/// What went wrong between a document and its quads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LdError {
    /// The address of a context that is not bundled.
    UnknownContext(String),
    /// A context is not one, by JSON-LD's error code.
    Context(&'static str),
    /// The document is not JSON-LD, by JSON-LD's error code.
    Document(&'static str),
    /// Something that the document says would be lost.
    Lost(Loss, String),
    /// More work than the limit.
    Work,
    /// A JSON literal has no canonical form.
    Read(ReadError),
}

/// What would be lost (Data Integrity 1.0, section 5.3.1, Securing Data Losslessly).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A member that no context defines.
    Term,
    /// A type that no context defines.
    Type,
    /// A reference that is relative, and there is no base.
    Relative,
    /// A value that RDF does not carry.
    Value,
}

pub(crate) type Result<T> = std::result::Result<T, LdError>;

impl From<LdError> for ProofError {
    fn from(error: LdError) -> Self {
        let (code, detail) = match error {
            LdError::UnknownContext(url) => (
                "context.unknown",
                format!("the context `{}` is not bundled", short(&url)),
            ),
            LdError::Context(code) => ("context.invalid", code.to_owned()),
            LdError::Document(code) => return ReadError::Structure(format!("not JSON-LD: {code}")).into(),
            LdError::Read(error) => return error.into(),
            LdError::Lost(loss, name) => {
                let (code, what) = match loss {
                    Loss::Term => ("data_loss.undefined_term", "no context defines the member"),
                    Loss::Type => ("data_loss.undefined_type", "no context defines the type"),
                    Loss::Relative => ("data_loss.relative_iri", "not an absolute address:"),
                    Loss::Value => ("data_loss.dropped_value", "the signature would not cover"),
                };
                (code, format!("{what} `{}`", short(&name)))
            }
            LdError::Work => (
                "limit.canonicalization",
                "the document asks for more work than one may".to_owned(),
            ),
        };
        Self::Suite { code, detail }
    }
}

/// Cuts a peer's word to a length that an error text may carry.
fn short(text: &str) -> String {
    const SHOWN: usize = 64;
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push_str("..");
    }
    shown
}
