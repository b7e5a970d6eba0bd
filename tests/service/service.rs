//! The registry service over real TLS on loopback: what must hold when many come at once, when somebody means
//! harm, and when it stops and starts again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: a helper that fails fails its test"
)]

mod auth;
mod bitstring;
mod bundle;
mod cors;
mod garbage;
mod issuing;
mod lists;
mod logs;
mod middle_hop;
mod papers;
mod rate;
mod replay;
mod restart;
mod revocation;
mod routes;
mod secrets;
mod slow;
mod stage;
mod stopping;
mod trqp;
mod wire;
