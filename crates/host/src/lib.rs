//! The verifier as a host language holds it: texts in, JSON text out, nothing thrown.
//!
//! JavaScript and Python hold a [`Host`] with verifiers and sessions under numbers, and hand in texts and the time.
//! Profile, "Bundles", "Judging" and "Chain and presentation". INVARIANT: every function answers with one JSON object,
//! whatever it is given; nothing here panics, reads a clock or fetches; and only an answer whose `allow` is `true`
//! allows anything. An answer is a Decision, an Admission, a report, or an Error with a code of the verifier's table.

mod answer;
mod call;
mod case;
mod chain;
mod evidence;
mod host;
mod http_request;
mod inspect;
mod members;
mod options;
mod sessions;
mod settle;
mod slab;
mod verifier;

pub use case::{CASE_LIMIT, decide};
pub use chain::render_chain;
pub use host::Host;
pub use inspect::inspect;

/// The version of this verifier.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
