//! Statements of a document, and which of them a selection makes (Data Integrity ECDSA Cryptosuites 1.0, sections
//! 3.4.6 to 3.4.14).
//!
//! Each object of the document carries a mark, from which its blank node gets the same name in the whole and in every
//! selection; that takes the place of the specification's skolemization. INVARIANT: what a selection says, the whole
//! says too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_proof::{ProofError, base64url};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::select::{mark, select};
use crate::canonical::{Hash, canonicalize};
use crate::expansion::unmarked;
use crate::rdf::Quad;
use crate::rdfc::Rdfc;

/// The statements of a whole document.
#[derive(Debug)]
pub(crate) struct Groups {
    marked: Value,
    /// The names of the blank nodes: a keyed hash of the canonical one.
    pub(crate) labels: BTreeMap<Arc<str>, Arc<str>>,
    /// The statements under these names, in order.
    pub(crate) lines: Vec<String>,
}

/// What a selection shows.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    /// The document; none if nothing was selected.
    pub(crate) document: Option<Map<String, Value>>,
    pub(crate) quads: Vec<Quad>,
    /// Which statements of the whole they are.
    pub(crate) indexes: BTreeSet<usize>,
}

impl Groups {
    pub(crate) fn of(
        rdfc: &Rdfc,
        document: &Map<String, Value>,
        hmac_key: &[u8],
    ) -> Result<Self, ProofError> {
        let marked = mark(&Value::Object(document.clone()))?;
        let quads = rdfc.quads(&marked)?;
        let canonical = canonicalize(&quads, Hash::Sha256, rdfc.work.hashes)?;
        let name = |(input, name): (Arc<str>, Arc<str>)| {
            let hash = hmac(hmac_key, name.as_bytes());
            (input, Arc::from(format!("u{}", base64url::encode(&hash))))
        };
        let labels = canonical.labels.into_iter().map(name).collect();
        let lines = lines(&quads, &labels);
        Ok(Self {
            marked,
            labels,
            lines,
        })
    }

    /// The quads of the whole, with the names that the marks give.
    #[cfg(test)]
    pub(crate) fn quads(&self, rdfc: &Rdfc) -> Result<Vec<Quad>, ProofError> {
        Ok(rdfc.quads(&self.marked)?)
    }

    /// Selects by JSON pointers.
    pub(crate) fn select(&self, rdfc: &Rdfc, pointers: &[String]) -> Result<Selection, ProofError> {
        let Some(marked) = select(&self.marked, pointers)? else {
            return Ok(Selection::default());
        };
        let quads = rdfc.quads(&marked)?;
        let mut indexes = BTreeSet::new();
        for line in lines(&quads, &self.labels) {
            let index = self.lines.binary_search(&line);
            indexes
                .insert(index.map_err(|_| pointer("a part of a list cannot be disclosed without the rest"))?);
        }
        let Value::Object(document) = unmarked(&marked) else {
            return Ok(Selection::default());
        };
        Ok(Selection {
            document: Some(document),
            quads,
            indexes,
        })
    }

    /// The statements with these indexes, and the others.
    pub(crate) fn split(&self, indexes: &BTreeSet<usize>) -> (Vec<&str>, Vec<&str>) {
        let (some, others): (Vec<_>, Vec<_>) = self
            .lines
            .iter()
            .map(String::as_str)
            .enumerate()
            .partition(|(at, _)| indexes.contains(at));
        let line = |(_, line)| line;
        (
            some.into_iter().map(line).collect(),
            others.into_iter().map(line).collect(),
        )
    }
}

/// The lines of quads under these names, in order and each once.
pub(crate) fn lines(quads: &[Quad], labels: &BTreeMap<Arc<str>, Arc<str>>) -> Vec<String> {
    let mut lines: Vec<String> = quads.iter().map(|quad| quad.labelled(labels)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

pub(super) fn pointer(detail: &str) -> ProofError {
    ProofError::Suite {
        code: "disclosure.pointer",
        detail: detail.to_owned(),
    }
}

/// HMAC with SHA-256 (RFC 2104) under a key of no more than 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let padded = |with: u8| {
        key.iter()
            .copied()
            .chain(std::iter::repeat(0))
            .take(BLOCK)
            .map(move |byte| byte ^ with)
    };
    let inner = padded(0x36).chain(message.iter().copied()).collect::<Vec<_>>();
    let outer = padded(0x5c).chain(Sha256::digest(&inner)).collect::<Vec<_>>();
    Sha256::digest(&outer).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyed_hash_is_that_of_rfc_4231() {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(
            hex(hmac(b"Jefe", b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hex(hmac(&[0x0b; 20], b"Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }
}
