//! The pure verifier: presentation, evidence, policy, request and time in, a [`Decision`] out.
//!
//! The order of judging is that of the Chancery profile, version 1, "Judging": eleven steps, one
//! function each in `verify/`. INVARIANT: nothing here reads a clock, the network, the environment,
//! randomness, files or threads, so the same input gives the same decision everywhere; what is
//! missing is named as a [`Need`], never fetched.

mod commit;
mod credential_check;
mod decision;
mod evidence;
mod needs;
pub mod rejection;
mod request;
pub mod session;
mod trace;
mod verify;

#[cfg(test)]
mod cast;

pub use commit::Commit;
pub use credential_check::{CredentialReport, check_credential};
pub use decision::{
    Check, CheckStatus, Decision, Hop, HopConstraint, HopRef, Principal, Reliance, Step, Verdict,
};
pub use evidence::{Evidence, EvidenceError, Failure, ZoneOffset};
pub use needs::Need;
pub use rejection::{Explanation, Rejection, explain};
pub use request::{Request, RequestError};
pub use session::{Call, Session, admit};
pub use verify::{Moment, Verified, verify};
