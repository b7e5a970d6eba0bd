//! Proof sets and chains (Data Integrity 1.0, sections 4.4 and 4.6).
//!
//! INVARIANT: no two proofs share an `id`, every named previous proof is there, and no proof stands above itself.
//! A proof without an `id` may stand twice, as two signers of one key make it within one second; both are checked.

use super::Proof;
use crate::ProofError;
use chancery_did::try_map;

/// For each proof, the places of the proofs that it is made over.
pub(super) fn previous(proofs: &[Proof]) -> Result<Vec<Vec<usize>>, ProofError> {
    for (at, proof) in proofs.iter().enumerate() {
        for other in proofs.iter().take(at) {
            if proof.info.id.is_some() && proof.info.id == other.info.id {
                return Err(ProofError::Chain("two proofs share an id"));
            }
        }
    }
    let find = |name: &String| {
        let found = proofs
            .iter()
            .position(|proof| proof.info.id.as_ref() == Some(name));
        found.ok_or(ProofError::Chain("a previous proof is missing"))
    };
    let previous = try_map(proofs, |proof| try_map(&proof.previous, find))?;
    refuse_circles(&previous)?;
    Ok(previous)
}

/// Lays the proofs down one after another, each after those that it names; a circle leaves some over.
fn refuse_circles(previous: &[Vec<usize>]) -> Result<(), ProofError> {
    let mut laid = vec![false; previous.len()];
    for _ in previous {
        for (at, named) in previous.iter().enumerate() {
            let ready = named
                .iter()
                .all(|&below| laid.get(below).copied().unwrap_or(false));
            if let Some(place) = laid.get_mut(at) {
                *place = *place || ready;
            }
        }
    }
    if laid.into_iter().all(|laid| laid) {
        Ok(())
    } else {
        Err(ProofError::ChainCycle)
    }
}
