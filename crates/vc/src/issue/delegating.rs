//! What a delegation has to keep to, checked before it is signed (`docs/profile.md`, Capability and Chain).
//!
//! The verifier checks the link again hop by hop; here the stricter rule holds that no constraint may be loosened
//! even though the conjunction would still bind it.
//!
//! INVARIANT: each entry of a delegation that is drafted is within exactly the one entry of the parent that it
//! names, one level less deep, and the whole is within the parent's time.

use super::{IssueError, Terms};
use crate::capability::{Capability, Entry};
use crate::paper::Paper;

/// The longest life in milliseconds of a delegation without a status entry: one hour.
pub const MAX_UNREGISTERED_LIFE: i64 = 60 * 60 * 1000;

/// Checks that `capability`, handed on under `terms`, follows from the parent.
pub(super) fn check_link(terms: &Terms, parent: &Paper, capability: &Capability) -> Result<(), IssueError> {
    let Some(held) = parent.capability() else {
        return Err(link(
            "delegation.not_linked",
            "the parent is neither a capability nor a delegation",
        ));
    };
    if terms.issuer != parent.subject {
        return Err(link(
            "delegation.not_linked",
            "the delegator is not the parent's subject",
        ));
    }
    if terms.subject == terms.issuer || terms.subject == parent.issuer {
        return Err(link(
            "delegation.repeated_subject",
            "the delegation goes back to where it came from",
        ));
    }
    if terms.valid_from < parent.valid_from || terms.valid_until > parent.valid_until {
        return Err(link(
            "delegation.widens_window",
            "the delegation holds when its parent does not",
        ));
    }
    if terms.status.is_empty() {
        terms.check_life(MAX_UNREGISTERED_LIFE)?;
    }
    for (at, entry) in capability.entries().iter().enumerate() {
        check_entry(at, entry, held)?;
    }
    Ok(())
}

fn check_entry(at: usize, entry: &Entry, held: &Capability) -> Result<(), IssueError> {
    let named = entry.from.and_then(|from| held.entries().get(from));
    let Some(parent) = named else {
        return Err(link(
            "delegation.entry",
            &format!("entry {at} names no entry of the parent"),
        ));
    };
    let within = parent.delegable(entry).and_then(|()| entry.attenuates(parent));
    within.map_err(|source| IssueError::Widens { entry: at, source })
}

fn link(code: &'static str, detail: &str) -> IssueError {
    IssueError::Link {
        code,
        detail: detail.to_owned(),
    }
}
