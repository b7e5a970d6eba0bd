//! From signed payload and disclosures to claims (RFC 9901, section 7.1, steps 3 to 5).
//!
//! INVARIANT: every digest stands in one place, every disclosure is referred to by one digest, and nothing comes
//! out that is neither plain in the payload nor in a disclosure. The work is linear in the text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::disclosure::RESERVED;
use super::{Disclosure, Path, SdJwtError};
use crate::{Limits, ProofError, ReadError, error::short};

/// Claims that decide whether the SD-JWT is valid, so that nothing of them may be withheld (RFC 9901, section 9.7;
/// SD-JWT VC, section 2.2.2.3).
const PROTECTED: [&str; 8] = [
    "iss",
    "nbf",
    "exp",
    "cnf",
    "vct",
    "vct#integrity",
    "aka_vcts",
    "status",
];

/// What was shown of what can be withheld, and where more may stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Disclosed {
    shown: Vec<Shown>,
    places: Vec<(Path, usize)>,
}

/// One disclosure in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) path: Path,
    /// Which disclosure, in the order of the SD-JWT.
    pub(super) at: usize,
    /// The disclosure that its digest stands in, if any.
    pub(super) within: Option<usize>,
}

impl Disclosed {
    /// Where what was shown stands in the claims.
    pub fn shown(&self) -> impl Iterator<Item = &Path> {
        self.shown.iter().map(|shown| &shown.path)
    }

    /// The objects and arrays that have digests, with how many of them nothing was shown for: members or elements
    /// that are withheld, or decoys.
    pub fn places(&self) -> impl Iterator<Item = (&Path, usize)> {
        self.places.iter().map(|(path, withheld)| (path, *withheld))
    }

    /// How many digests nothing was shown for.
    #[must_use]
    pub fn withheld(&self) -> usize {
        self.places
            .iter()
            .fold(0, |sum, (_, withheld)| sum.saturating_add(*withheld))
    }

    pub(super) fn in_place(&self) -> &[Shown] {
        &self.shown
    }
}

/// Works out the claims.
pub(super) fn process(
    payload: &Value,
    disclosures: &[Disclosure],
    limits: &Limits,
) -> Result<(Value, Disclosed), ProofError> {
    let mut known = BTreeMap::new();
    for (at, disclosure) in disclosures.iter().enumerate() {
        if known.insert(disclosure.digest(), at).is_some() {
            return Err(SdJwtError::RepeatedDisclosure.into());
        }
    }
    if let Some(name) = payload.get("_sd_alg")
        && name.as_str() != Some("sha-256")
    {
        return Err(SdJwtError::HashAlgorithm(name.as_str().map(short)).into());
    }
    let mut processing = Processing {
        disclosures,
        known,
        seen: BTreeSet::new(),
        path: Path::default(),
        within: None,
        disclosed: Disclosed::default(),
        most: limits.digests,
    };
    let claims = processing.value(payload, limits.depth.min(Limits::DEPTH_CEILING))?;
    if processing.disclosed.shown.len() != disclosures.len() {
        return Err(SdJwtError::Unreferenced.into());
    }
    Ok((claims, processing.disclosed))
}

struct Processing<'a> {
    disclosures: &'a [Disclosure],
    known: BTreeMap<&'a str, usize>,
    /// Every digest met, matched or not.
    seen: BTreeSet<&'a str>,
    /// Where the reader stands in the claims.
    path: Path,
    within: Option<usize>,
    disclosed: Disclosed,
    most: usize,
}

impl<'a> Processing<'a> {
    /// Processes a value that may open `depth` more levels.
    fn value(&mut self, value: &'a Value, depth: usize) -> Result<Value, ProofError> {
        match value {
            Value::Object(members) => self.object(members, deeper(depth)?).map(Value::Object),
            Value::Array(items) => self.array(items, deeper(depth)?).map(Value::Array),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(value.clone()),
        }
    }

    fn object(
        &mut self,
        members: &'a Map<String, Value>,
        depth: usize,
    ) -> Result<Map<String, Value>, ProofError> {
        let mut claims = Map::new();
        for (name, value) in members {
            if RESERVED.contains(&name.as_str()) {
                match name.as_str() {
                    "_sd" => continue,
                    "_sd_alg" if self.path.steps().is_empty() => continue,
                    "_sd_alg" => return Err(self.malformed("`_sd_alg` below the top level")),
                    _ => return Err(self.malformed("`...` outside of an array's element")),
                }
            }
            let value = self.at(Arc::from(name.as_str()), |processing| {
                processing.value(value, depth)
            })?;
            claims.insert(name.clone(), value);
        }
        let Some(digests) = members.get("_sd") else {
            return Ok(claims);
        };
        let Value::Array(digests) = digests else {
            return Err(self.malformed("`_sd` is no array"));
        };
        let mut withheld = 0_usize;
        for digest in digests {
            let Value::String(digest) = digest else {
                return Err(self.malformed("a digest in `_sd` is no text"));
            };
            let Some((at, disclosure)) = self.meet(digest)? else {
                withheld = withheld.saturating_add(1);
                continue;
            };
            let Some(name) = disclosure.name() else {
                return Err(SdJwtError::Misplaced("two elements in an object").into());
            };
            if claims.contains_key(name) {
                return Err(SdJwtError::Collision(name.to_owned()).into());
            }
            let value = self.at(Arc::from(name), |processing| {
                processing.shown(at, disclosure, depth)
            })?;
            claims.insert(name.to_owned(), value);
        }
        if !digests.is_empty() {
            self.place(withheld)?;
        }
        Ok(claims)
    }

    fn array(&mut self, items: &'a [Value], depth: usize) -> Result<Vec<Value>, ProofError> {
        let mut claims = Vec::with_capacity(items.len());
        let (mut digests, mut withheld) = (0_usize, 0_usize);
        for item in items {
            let here = Arc::from(claims.len().to_string());
            let Some(digest) = item.as_object().and_then(|members| members.get("...")) else {
                claims.push(self.at(here, |processing| processing.value(item, depth))?);
                continue;
            };
            let Value::String(digest) = digest else {
                return Err(self.malformed("a digest in `...` is no text"));
            };
            if item.as_object().is_some_and(|members| members.len() > 1) {
                return Err(self.malformed("`...` has members beside it"));
            }
            digests = digests.saturating_add(1);
            let Some((at, disclosure)) = self.meet(digest)? else {
                withheld = withheld.saturating_add(1);
                continue;
            };
            if disclosure.name().is_some() {
                return Err(SdJwtError::Misplaced("three elements in an array").into());
            }
            claims.push(self.at(here, |processing| processing.shown(at, disclosure, depth))?);
        }
        if digests > 0 {
            self.place(withheld)?;
        }
        Ok(claims)
    }

    /// Notes a digest and finds its disclosure.
    fn meet(&mut self, digest: &'a str) -> Result<Option<(usize, &'a Disclosure)>, ProofError> {
        if self.seen.len() >= self.most {
            return Err(ReadError::Disclosures { limit: self.most }.into());
        }
        if !self.seen.insert(digest) {
            return Err(SdJwtError::RepeatedDigest.into());
        }
        let found = self.known.get(digest).copied();
        Ok(found.and_then(|at| self.disclosures.get(at).map(|disclosure| (at, disclosure))))
    }

    /// Processes what is disclosed at the place that the reader stands at.
    fn shown(&mut self, at: usize, disclosure: &'a Disclosure, depth: usize) -> Result<Value, ProofError> {
        self.check_protected(self.path.steps().len() == 1)?;
        self.disclosed.shown.push(Shown {
            path: self.path.clone(),
            at,
            within: self.within,
        });
        let outer = self.within.replace(at);
        let value = self.value(disclosure.value(), depth);
        self.within = outer;
        value
    }

    /// Notes that the object or array that the reader stands at has digests.
    fn place(&mut self, withheld: usize) -> Result<(), ProofError> {
        self.check_protected(false)?;
        self.disclosed.places.push((self.path.clone(), withheld));
        Ok(())
    }

    /// Refuses to have a claim withheld that decides about validity, or a part of it. Of `aud` single elements may
    /// be withheld, not the claim (RFC 9901, section 9.7).
    fn check_protected(&self, whole: bool) -> Result<(), ProofError> {
        match self.path.steps().first() {
            Some(name) if PROTECTED.contains(&&**name) || (whole && **name == *"aud") => {
                Err(SdJwtError::Protected(name.to_string()).into())
            }
            _ => Ok(()),
        }
    }

    /// Does something one step further in.
    fn at<T>(&mut self, step: Arc<str>, then: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let done = then(self);
        self.path.pop();
        done
    }

    fn malformed(&self, reason: &'static str) -> ProofError {
        SdJwtError::Digests {
            pointer: short(&self.path.to_string()),
            reason,
        }
        .into()
    }
}

fn deeper(depth: usize) -> Result<usize, ProofError> {
    depth.checked_sub(1).ok_or_else(|| {
        ReadError::Depth {
            limit: Limits::DEPTH_CEILING,
        }
        .into()
    })
}
