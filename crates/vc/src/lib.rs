//! Credentials, the agent papers of the Chancery profile, capabilities, constraints and status.
//!
//! Everything here is pure: text becomes a [`chancery_proof::Secured`] value that nobody trusts yet, and drafts
//! become signed text. Whether a paper holds is decided in `chancery-verifier` alone.
//!
//! INVARIANT: no clock, network, environment or randomness; times and identifiers come in as arguments.

pub mod approval;
pub mod attestation;
pub mod capability;
#[cfg(test)]
mod cast;
pub mod constraint;
pub mod credential;
pub mod delegation;
pub mod invocation;
pub mod issue;
mod members;
pub mod paper;
pub mod passport;
pub mod possession;
pub mod presentation;
pub mod request;
pub mod sd_jwt_vc;
pub mod stapled;
pub mod status;
mod uri;

pub use chancery_vc_schemas::{CONTEXT_CHANCERY, CONTEXT_V2};
pub use credential::{Credential, read_credential, read_credential_with};
pub use paper::{Body, Paper, PaperError, PaperType, read_paper};
pub use passport::Passport;
pub use presentation::{Presentation, read_presentation, read_presentation_with};
pub use stapled::Stapled;
pub use status::{StatusEntry, StatusError, StatusPurpose};
