//! Who must sign an organization's bundles, by its own description.
//!
//! Profile, "Bundles" and "Trust policy of a verifier". INVARIANT: the chain begins at a key that the policy pins:
//! that key signed the description, and the description names the bundle's DID and the thumbprint of its key. An
//! anchor without pinned keys vouches for no signer.

use chancery_did::{Timestamp, When};
use chancery_proof::Limits;
use chancery_trust::Policy;
use chancery_trust::bundle::ExpectedSigner;
use chancery_trust::description::{Description, DescriptionError};

use super::SKEW;
use crate::evidence::Evidence;
use crate::rejection::Rejection;
use crate::verify::{Anchored, Book, KeyRing, PaperKeys, Resolved, resolve};

pub(super) fn by_description(
    policy: &Policy,
    token: &str,
    evidence: &Evidence,
    at: Timestamp,
) -> Result<ExpectedSigner, Rejection> {
    let refused = |error: DescriptionError| Rejection::new(error.code(), error.to_string());
    let limits = Limits::default();
    let did = Description::read(token, &limits)
        .map_err(refused)?
        .unverified()
        .did
        .clone();
    let pinned = |detail: &str| Rejection::new("bundle.signer", format!("`{did}`: {detail}"));
    let anchors = policy.anchors.iter();
    let anchor = anchors
        .filter(|anchor| anchor.issuer.as_ref() == Some(&did))
        .find(|anchor| !anchor.keys.is_empty())
        .ok_or_else(|| pinned("the policy pins no key of it"))?;
    let mut ring = KeyRing::default();
    match resolve(&did, evidence, When::Now(at), &mut Book::default())? {
        Resolved::Document(document) => ring.insert(*document),
        Resolved::Wanted(_) => return Err(pinned("its document is not at hand")),
    }
    let anchored = Anchored {
        anchor,
        announced: Vec::new(),
    };
    let keys = PaperKeys {
        ring: &ring,
        anchored: Some(&anchored),
    };
    let description = Description::verify(token, &did, &keys, &limits, at, SKEW).map_err(refused)?;
    description
        .to_bundle_signer()
        .map_err(|error| pinned(&error.to_string()))
}
