//! The paved road: agents, resolving, gathering evidence, guarded HTTP and the key store.
//!
//! Below this crate everything is a pure function. Here is the one wall clock ([`clock`]), the one random
//! source ([`random`]), the one door to strangers' hosts ([`http`]) and the loop that fetches what a verdict
//! still needs ([`gather`]).

pub mod agent;
pub mod cache;
#[cfg(test)]
mod cast;
pub mod clock;
pub mod gather;
pub mod http;
pub mod keystore;
pub mod nonce;
pub mod random;
pub mod resolution;
pub mod resolver;
pub mod staple;
pub mod zone;

pub use agent::Agent;
pub use clock::{Clock, SettableClock, SystemClock};
pub use gather::Gatherer;
pub use http::{FetchError, GuardLimits, Guarded, Roots};
pub use keystore::{KeyStore, Passphrase};
pub use nonce::{Ledger, MemoryLedger};
pub use random::OsRandom;
pub use resolver::Resolver;
pub use staple::staple;
