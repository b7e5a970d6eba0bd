//! Who may speak for what: trust policy, TRQP, recognition, registry description.
//!
//! Follows `docs/profile.md` ("Trust policy of a verifier") and the Trust Registry Query Protocol v2.0.
//! INVARIANT: the policy is the only source of trust. Statements and descriptions are evidence: they are judged
//! under an anchor that the policy already names, and never add one.

pub mod authority;
pub mod bundle;
pub mod description;
mod members;
mod policy;
pub mod recognition;
pub mod trqp;

pub use authority::TrustError;
pub use members::{Fault, MemberError};
pub use policy::anchor::Anchor;
pub use policy::registry::RegistryAnchor;
pub use policy::tool::{Currency, FactKind, FactSource, Tool, ToolError};
pub use policy::{Policy, PolicyBuilder, PolicyError, Requirements};
