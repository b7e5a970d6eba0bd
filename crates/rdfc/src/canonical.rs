//! [RDF Dataset Canonicalization 1.0](https://www.w3.org/TR/rdf-canon/): RDFC-1.0, section 4.
//!
//! Graphs of blank nodes can be built on which this takes longer than anyone has. INVARIANT: each hash and each
//! permutation costs, and a document that asks for more than the limit is refused (section 7.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use sha2::{Digest as _, Sha256, Sha384};

use crate::error::{LdError, Result};
use crate::rdf::{Quad, Term};

/// How far one blank node's name may hang on another's: the stack is bounded by it.
const DEPTH: usize = 128;

/// The hash of a canonicalization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha256,
    Sha384,
}

impl Hash {
    pub(crate) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
        }
    }
}

/// A canonicalized dataset.
#[derive(Debug, Clone)]
pub(crate) struct Canonical {
    /// The lines of canonical N-Quads, in order.
    pub(crate) lines: Vec<String>,
    /// The canonical name of each blank node.
    pub(crate) labels: BTreeMap<Arc<str>, Arc<str>>,
}

/// Canonicalizes a dataset with no more than so much work.
pub(crate) fn canonicalize(quads: &[Quad], hash: Hash, limit: usize) -> Result<Canonical> {
    let mut work = Canonicalizer {
        hash,
        left: limit,
        quads: BTreeMap::new(),
        first: BTreeMap::new(),
        canonical: Issuer::new("c14n"),
    };
    for quad in quads {
        for (_, label) in quad.blanks() {
            let known = work.quads.entry(Arc::clone(label)).or_default();
            // A quad with one node in two places stands once in the node's list.
            if known.last().is_none_or(|last| !std::ptr::eq(*last, quad)) {
                known.push(quad);
            }
        }
    }
    work.run()?;
    let labels = work.canonical.issued;
    let mut lines: Vec<String> = quads.iter().map(|quad| quad.labelled(&labels)).collect();
    lines.sort_unstable();
    lines.dedup();
    Ok(Canonical { lines, labels })
}

/// Gives out names (section 4.5).
#[derive(Debug, Clone)]
struct Issuer {
    prefix: &'static str,
    issued: BTreeMap<Arc<str>, Arc<str>>,
    order: Vec<Arc<str>>,
}

impl Issuer {
    fn new(prefix: &'static str) -> Self {
        Self {
            prefix,
            issued: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    fn issue(&mut self, label: &Arc<str>) -> Arc<str> {
        if let Some(known) = self.issued.get(label) {
            return Arc::clone(known);
        }
        let name: Arc<str> = format!("{}{}", self.prefix, self.order.len()).into();
        self.issued.insert(Arc::clone(label), Arc::clone(&name));
        self.order.push(Arc::clone(label));
        name
    }

    fn has(&self, label: &str) -> bool {
        self.issued.contains_key(label)
    }
}

struct Canonicalizer<'a> {
    hash: Hash,
    left: usize,
    quads: BTreeMap<Arc<str>, Vec<&'a Quad>>,
    /// The first-degree hashes.
    first: BTreeMap<Arc<str>, Arc<str>>,
    canonical: Issuer,
}

impl Canonicalizer<'_> {
    fn spend(&mut self, cost: usize) -> Result<()> {
        self.left = self.left.checked_sub(cost).ok_or(LdError::Work)?;
        Ok(())
    }

    fn hex(&mut self, text: &str) -> Result<String> {
        // One unit for a hash of up to about a kilobyte.
        self.spend((text.len() >> 10).saturating_add(1))?;
        let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        let digest = self.hash.digest(text.as_bytes());
        Ok(digest
            .iter()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)])
            .collect())
    }

    /// Section 4.4.3.
    fn run(&mut self) -> Result<()> {
        let labels: Vec<Arc<str>> = self.quads.keys().cloned().collect();
        let mut by_hash: BTreeMap<Arc<str>, Vec<Arc<str>>> = BTreeMap::new();
        for label in labels {
            let hash: Arc<str> = self.first_degree(&label)?.into();
            self.first.insert(Arc::clone(&label), Arc::clone(&hash));
            by_hash.entry(hash).or_default().push(label);
        }
        for labels in by_hash.values() {
            if let [only] = labels.as_slice() {
                self.canonical.issue(only);
            }
        }
        for labels in by_hash.values().filter(|labels| labels.len() > 1) {
            let mut paths: Vec<(String, Issuer)> = Vec::new();
            for label in labels {
                if self.canonical.has(label) {
                    continue;
                }
                let mut issuer = Issuer::new("b");
                issuer.issue(label);
                paths.push(self.n_degree(label, issuer, 0)?);
            }
            paths.sort_by(|(one, _), (other, _)| one.cmp(other));
            for (_, issuer) in paths {
                for label in issuer.order {
                    self.canonical.issue(&label);
                }
            }
        }
        Ok(())
    }

    /// Section 4.6.
    fn first_degree(&mut self, label: &Arc<str>) -> Result<String> {
        let quads = self.quads.get(label).map(Vec::as_slice).unwrap_or_default();
        let mut name = |other: &Arc<str>| Arc::from(if other == label { "a" } else { "z" });
        let mut lines: Vec<String> = quads.iter().map(|quad| quad.line(&mut name)).collect();
        lines.sort_unstable();
        self.hex(&lines.concat())
    }

    /// Section 4.7.
    fn related(&mut self, other: &Arc<str>, quad: &Quad, issuer: &Issuer, place: char) -> Result<String> {
        let mut input = String::from(place);
        if place != 'g'
            && let Term::Iri(predicate) = &quad.predicate
        {
            input.extend(["<", predicate, ">"]);
        }
        let named = self
            .canonical
            .issued
            .get(other)
            .or_else(|| issuer.issued.get(other));
        match named {
            Some(name) => input.extend(["_:", name]),
            None => input.push_str(self.first.get(other).map(AsRef::as_ref).unwrap_or_default()),
        }
        self.hex(&input)
    }

    /// Section 4.8.
    fn n_degree(&mut self, label: &Arc<str>, mut issuer: Issuer, depth: usize) -> Result<(String, Issuer)> {
        if depth > DEPTH {
            return Err(LdError::Work);
        }
        let mut by_hash: BTreeMap<String, Vec<Arc<str>>> = BTreeMap::new();
        for quad in self.quads.get(label).cloned().unwrap_or_default() {
            for (place, other) in quad.blanks() {
                if other == label {
                    continue;
                }
                let hash = self.related(other, quad, &issuer, place)?;
                by_hash.entry(hash).or_default().push(Arc::clone(other));
            }
        }
        let mut data = String::new();
        for (hash, mut others) in by_hash {
            data.push_str(&hash);
            let mut chosen: Option<(String, Issuer)> = None;
            others.sort_unstable();
            loop {
                if let Some(path) = self.path(
                    &others,
                    &issuer,
                    chosen.as_ref().map(|(path, _)| path.as_str()),
                    depth,
                )? {
                    chosen = Some(path);
                }
                if !next_permutation(&mut others) {
                    break;
                }
            }
            let Some((path, next)) = chosen else { continue };
            data.push_str(&path);
            issuer = next;
        }
        Ok((self.hex(&data)?, issuer))
    }

    /// Walks one permutation (section 4.8.2, step 5.4); none if it is no better than what was chosen.
    fn path(
        &mut self,
        order: &[Arc<str>],
        issuer: &Issuer,
        chosen: Option<&str>,
        depth: usize,
    ) -> Result<Option<(String, Issuer)>> {
        self.spend(order.len().saturating_add(issuer.order.len() >> 4))?;
        let mut issuer = issuer.clone();
        let mut path = String::new();
        let mut recursion = Vec::new();
        let worse = |path: &str| chosen.is_some_and(|chosen| path.len() >= chosen.len() && path > chosen);
        for other in order {
            if let Some(name) = self.canonical.issued.get(other) {
                path.extend(["_:", name]);
            } else {
                if !issuer.has(other) {
                    recursion.push(Arc::clone(other));
                }
                path.extend(["_:", &issuer.issue(other)]);
            }
            if worse(&path) {
                return Ok(None);
            }
        }
        for other in recursion {
            let (hash, next) = self.n_degree(&other, issuer, depth.saturating_add(1))?;
            issuer = next;
            path.extend(["_:", &issuer.issue(&other), "<", &hash, ">"]);
            if worse(&path) {
                return Ok(None);
            }
        }
        Ok(chosen
            .is_none_or(|chosen| path.as_str() < chosen)
            .then_some((path, issuer)))
    }
}

/// Puts the items into the next order; false after the last.
fn next_permutation(items: &mut [Arc<str>]) -> bool {
    let Some(pivot) = items
        .windows(2)
        .rposition(|pair| matches!(pair, [one, other] if one < other))
    else {
        return false;
    };
    let (head, tail) = items.split_at_mut(pivot.saturating_add(1));
    let Some(pivot) = head.last_mut() else {
        return false;
    };
    if let Some(larger) = tail.iter_mut().rev().find(|item| *item > pivot) {
        std::mem::swap(pivot, larger);
    }
    tail.reverse();
    true
}
