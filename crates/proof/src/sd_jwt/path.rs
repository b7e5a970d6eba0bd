//! Where something stands in the claims: the reference tokens of a JSON Pointer (RFC 6901).

use chancery_did::try_map;
use std::fmt;
use std::sync::Arc;

use crate::ProofError;

use super::SdJwtError;

/// A place in a JSON document, outermost first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path(Vec<Arc<str>>);

impl Path {
    /// Reads a JSON Pointer.
    ///
    /// # Errors
    ///
    /// `sd_jwt.pointer` for text that is neither empty nor begins with `/`, or that escapes what needs none.
    pub fn parse(pointer: &str) -> Result<Self, ProofError> {
        let refused = || ProofError::from(SdJwtError::Pointer(pointer.to_owned()));
        if pointer.is_empty() {
            return Ok(Self::default());
        }
        let rest = pointer.strip_prefix('/').ok_or_else(refused)?;
        let step = |token| unescape(token).map(Arc::from).ok_or_else(refused);
        try_map(rest.split('/'), step).map(Self)
    }

    /// The names and indices on the way, outermost first.
    #[must_use]
    pub fn steps(&self) -> &[Arc<str>] {
        &self.0
    }

    /// The place that this one stands in, and its own name there; nothing for the whole document.
    #[must_use]
    pub fn parent(&self) -> Option<(Self, &str)> {
        let (last, rest) = self.0.split_last()?;
        Some((Self(rest.to_vec()), last))
    }

    /// Whether this is `other` or stands in it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    pub(super) fn push(&mut self, step: Arc<str>) {
        self.0.push(step);
    }

    pub(super) fn pop(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| write!(f, "/{}", escape(step)))
    }
}

/// What a token says; nothing where it escapes another character than the two that need it.
fn unescape(token: &str) -> Option<String> {
    let mut step = String::with_capacity(token.len());
    let mut symbols = token.chars();
    while let Some(symbol) = symbols.next() {
        step.push(match symbol {
            '~' => match symbols.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            plain => plain,
        });
    }
    Some(step)
}

fn escape(step: &str) -> String {
    step.replace('~', "~0").replace('/', "~1")
}
