//! The `@context` rule of the JCS suites (eddsa-jcs-2022 and ecdsa-jcs-2019, section 3.3.2).
//!
//! A proof may carry the `@context` that it was made under. The document's must begin with it, and what was
//! appended later is not under the signature. INVARIANT: the document that leaves here has no context that
//! some proof does not cover.

use serde_json::Value;

use super::{Members, Proof};
use crate::ProofError;

/// Cuts the document's `@context` to what every proof covers.
pub(super) fn narrow(members: &mut Members, proofs: &[Proof]) -> Result<(), ProofError> {
    let whole = members.get("@context").map_or(&[][..], entries);
    let mut covered = None;
    for context in proofs.iter().filter_map(Proof::context) {
        let count = entries(context).len();
        if members.get("@context").is_none() || !whole.starts_with(entries(context)) {
            return Err(ProofError::Context);
        }
        if covered.is_none_or(|covered| count < entries(covered).len()) {
            covered = Some(context);
        }
    }
    match covered {
        Some(context) if members.get("@context") != Some(context) => {
            members.insert("@context".to_owned(), context.clone());
        }
        _ => {}
    }
    Ok(())
}

/// A context as a list: one that stands alone is a list of one.
fn entries(context: &Value) -> &[Value] {
    context
        .as_array()
        .map_or(std::slice::from_ref(context), Vec::as_slice)
}
