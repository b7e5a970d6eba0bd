//! A DID resolved by what is at hand: for hosts that ask for a document and not for a verdict.
//!
//! DID 1.0, section 7.1. INVARIANT: nothing is fetched; what is not there is `evidence.needed`, and that a document is
//! here makes nobody trusted.

use chancery_did::{Did, Document, Timestamp, When};

use crate::evidence::Evidence;
use crate::rejection::Rejection;
use crate::verify::{Book, Resolved, resolve};

/// Gives the document that a DID has at `at`, by its own text or by the evidence.
///
/// # Errors
/// `evidence.needed` where the evidence lacks it, else the code of the class `resolve` of what is wrong with it.
pub fn resolve_did(did: &Did, evidence: &Evidence, at: Timestamp) -> Result<Document, Rejection> {
    match resolve(did, evidence, When::Now(at), &mut Book::default())? {
        Resolved::Document(document) => Ok(*document),
        Resolved::Wanted(_) => {
            let detail = format!("wanted: the document of `{did}`");
            Err(Rejection::new("evidence.needed", detail))
        }
    }
}
