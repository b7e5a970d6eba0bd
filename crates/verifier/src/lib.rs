//! The pure verifier: presentation, evidence, policy, request and time in, a [`Decision`] out.
//!
//! The order of judging is that of the Chancery profile, version 1, "Judging": eleven steps, one
//! function each in `verify/`. INVARIANT: nothing here reads a clock, the network, the environment,
//! randomness, files or threads, so the same input gives the same decision everywhere; what is
//! missing is named as a [`Need`], never fetched.

mod card_check;
mod commit;
mod credential_check;
mod decision;
mod evidence;
mod evidence_bundle;
mod needs;
mod presentation_check;
pub mod rejection;
mod request;
mod resolving;
pub mod session;
mod stapled;
mod trace;
mod trust_bundle;
mod verify;

#[cfg(test)]
mod cast;

pub use card_check::{CardReport, check_card};
pub use commit::Commit;
pub use credential_check::{
    CredentialPolicy, CredentialReport, IssuerRule, Models, check_credential, check_credential_under,
};
pub use decision::{
    Check, CheckStatus, Decision, Hop, HopConstraint, HopRef, Principal, Reliance, Step, Verdict,
};
pub use evidence::{Evidence, EvidenceError, Failure, ZoneOffset};
pub use evidence_bundle::{EvidenceBundle, EvidenceBundleError};
pub use needs::Need;
pub use presentation_check::{PresentationPolicy, PresentationReport, check_presentation};
pub use rejection::{Explanation, Problem, Rejection, explain};
pub use request::{Request, RequestError};
pub use resolving::resolve_did;
pub use session::{Call, Session, admit, admit_with};
pub use stapled::stapled_lists;
pub use trust_bundle::TrustBundle;
pub use verify::{Moment, Verified, verify, verify_with};
