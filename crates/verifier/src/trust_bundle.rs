//! Evidence out of a trust bundle that the expected signer signed.
//!
//! Profile, "Bundles". INVARIANT: what is here was signed by the expected key, holds at the moment asked, and is not
//! older than what was seen before; it is evidence like any other and makes nobody trusted. A bundle records no
//! failures: only the host knows what could not be had.

mod signer;

use chancery_did::{Timestamp, When};
use chancery_proof::Secured;
use chancery_trust::Policy;
use chancery_trust::bundle::{Bundle, BundleError, ExpectedSigner};
use serde_json::Value;

use crate::evidence::Evidence;
use crate::rejection::Rejection;
use crate::verify::{Book, KeyRing, PaperKeys, Resolved, resolve};

/// How far the signer's clock may be ahead, in milliseconds.
const SKEW: i64 = 60_000;

/// A bundle that was verified, and its evidence.
#[derive(Debug, Clone)]
pub struct TrustBundle {
    expected: ExpectedSigner,
    bundle: Bundle,
    evidence: Evidence,
}

impl TrustBundle {
    /// Verifies a whole bundle at `at`; `seen` is when the newest one was signed that the host ever accepted.
    ///
    /// # Errors
    /// A rejection with a code of the class `bundle`, or that of the proof or of the key that failed.
    pub fn open(
        token: &str,
        expected: ExpectedSigner,
        at: Timestamp,
        seen: Option<Timestamp>,
    ) -> Result<Self, Rejection> {
        let read = read(token)?;
        if read.unverified().base().is_some() {
            return Err(refused(&BundleError::Base));
        }
        let evidence = evidence(read.unverified())?;
        let bundle = verified(token, &expected, &evidence, at, seen)?;
        Ok(Self {
            expected,
            bundle,
            evidence,
        })
    }

    /// Verifies what a host kept: a whole bundle and the changes that followed it, each signed by the expected key and
    /// each of the state before. How old the last state is, and whether it has ended, says [`TrustBundle::judge`].
    ///
    /// # Errors
    /// As [`TrustBundle::open`].
    pub fn kept(tokens: &[&str], expected: &ExpectedSigner) -> Result<Self, Rejection> {
        let (whole, changes) = tokens.split_first().ok_or_else(|| refused(&BundleError::Base))?;
        let signed_at = |token: &str| read(token).map(|read| read.unverified().issued_at());
        let mut held = Self::open(whole, expected.clone(), signed_at(whole)?, None)?;
        for token in changes {
            held = held.updated(token, signed_at(token)?)?;
        }
        Ok(held)
    }

    /// Judges the times: not of a moment yet to come, not ended at `at`, not older than the newest `seen`.
    ///
    /// # Errors
    /// `bundle.not_yet_valid`, `bundle.expired` or `bundle.rollback`.
    pub fn judge(&self, at: Timestamp, seen: Option<Timestamp>) -> Result<(), Rejection> {
        let found = self.bundle.issued_at();
        if found > at.saturating_add_millis(SKEW) {
            return Err(refused(&BundleError::NotYet(found)));
        }
        self.evidence(at)?;
        match seen {
            Some(seen) if seen > found => Err(refused(&BundleError::Rollback { found, seen })),
            _ => Ok(()),
        }
    }

    /// Says who must sign an organization's bundles, on the word of its description, which a key that the policy pins
    /// has signed; `bundle` is a whole one, whose documents may hold that key and are not believed for being there.
    ///
    /// # Errors
    /// That of the description or of its key; `bundle.signer` when the policy pins no key of that organization, or
    /// the description names no such service.
    pub fn signer_by(
        policy: &Policy,
        description: &str,
        bundle: &str,
        at: Timestamp,
    ) -> Result<ExpectedSigner, Rejection> {
        signer::by_description(policy, description, &evidence(read(bundle)?.unverified())?, at)
    }

    /// Verifies a later bundle, or a change of this one, and gives what holds from then on.
    ///
    /// # Errors
    /// As [`TrustBundle::open`]; this bundle stays as it is.
    pub fn updated(&self, token: &str, at: Timestamp) -> Result<Self, Rejection> {
        let read = read(token)?;
        let seen = Some(self.bundle.issued_at());
        if read.unverified().base().is_none() {
            return Self::open(token, self.expected.clone(), at, seen);
        }
        // The signer's own document may be among what did not change.
        let change = verified(token, &self.expected, &self.evidence, at, seen)?;
        let bundle = self
            .bundle
            .clone()
            .updated_by(change)
            .map_err(|error| refused(&error))?;
        let evidence = evidence(&bundle)?;
        Ok(Self {
            expected: self.expected.clone(),
            bundle,
            evidence,
        })
    }

    /// The evidence, if the bundle holds at `at`.
    ///
    /// # Errors
    /// `bundle.expired` once it has ended.
    pub fn evidence(&self, at: Timestamp) -> Result<&Evidence, Rejection> {
        if at >= self.bundle.expires_at() {
            return Err(refused(&BundleError::Expired(self.bundle.expires_at())));
        }
        Ok(&self.evidence)
    }

    /// When it was signed, to be remembered by the host.
    #[must_use]
    pub fn issued_at(&self) -> Timestamp {
        self.bundle.issued_at()
    }

    /// When it ends.
    #[must_use]
    pub fn expires_at(&self) -> Timestamp {
        self.bundle.expires_at()
    }

    /// Whose bundle it is.
    #[must_use]
    pub fn signer(&self) -> &ExpectedSigner {
        &self.expected
    }
}

fn read(token: &str) -> Result<Secured<Bundle>, Rejection> {
    Bundle::read(token).map_err(|error| refused(&error))
}

fn evidence(bundle: &Bundle) -> Result<Evidence, Rejection> {
    let malformed = |why: String| Rejection::new("bundle.malformed", why).pointing("/evidence");
    let evidence = Evidence::parse_value(&Value::Object(bundle.evidence().clone()))
        .map_err(|error| malformed(error.to_string()))?;
    if evidence.failures.is_empty() {
        Ok(evidence)
    } else {
        Err(malformed("a bundle records no failures".to_owned()))
    }
}

fn verified(
    token: &str,
    expected: &ExpectedSigner,
    evidence: &Evidence,
    at: Timestamp,
    seen: Option<Timestamp>,
) -> Result<Bundle, Rejection> {
    let mut ring = KeyRing::default();
    // Without the signer's document no key is found, and the bundle is refused for that.
    if let Resolved::Document(document) =
        resolve(expected.did(), evidence, When::Now(at), &mut Book::default())?
    {
        ring.insert(*document);
    }
    let keys = PaperKeys {
        ring: &ring,
        anchored: None,
    };
    Bundle::verify(token, expected, &keys, at, SKEW, seen).map_err(|error| refused(&error))
}

fn refused(error: &BundleError) -> Rejection {
    Rejection::new(error.code(), error.to_string())
}

#[cfg(test)]
mod tests;
