//! The compact serialization (RFC 7515, section 7.1): three parts of canonical base64url, two dots.
//!
//! INVARIANT: size is checked before anything is decoded, and at most four parts are ever looked for, so a
//! token of nothing but dots costs nothing.

use super::header::Header;
use crate::{Limits, ProofError, ReadError, base64url};

/// A token taken apart.
#[derive(Debug)]
pub(super) struct Compact<'a> {
    pub(super) header: Header,
    pub(super) payload: Vec<u8>,
    /// The ASCII of `header.payload`.
    pub(super) signing_input: &'a [u8],
    pub(super) signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    /// Takes a token apart and checks its header; `typ` lists the accepted types, `None` accepts any.
    pub(super) fn parse(token: &'a str, typ: Option<&[&str]>, limits: &Limits) -> Result<Self, ProofError> {
        if token.len() > limits.jose_bytes {
            return Err(ReadError::Size {
                limit: limits.jose_bytes,
            }
            .into());
        }
        let refused = |reason| ProofError::from(ReadError::Jose(reason));
        let mut parts = token.splitn(4, '.');
        let (Some(header), Some(payload), Some(signature)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(refused("fewer than three parts"));
        };
        if parts.next().is_some() {
            return Err(refused("more than three parts"));
        }
        let header = Header::parse(&base64url::decode(header)?, typ, limits)?;
        if payload.is_empty() || signature.is_empty() {
            return Err(refused("an empty part"));
        }
        let signed = token.len().saturating_sub(signature.len()).saturating_sub(1);
        Ok(Self {
            header,
            payload: base64url::decode(payload)?,
            signing_input: token.as_bytes().get(..signed).unwrap_or_default(),
            signature: base64url::decode(signature)?,
        })
    }
}
