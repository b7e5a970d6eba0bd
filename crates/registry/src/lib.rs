//! The registry service: agents, papers, status lists, DID hosting and TRQP, in one process over one database.
//!
//! [`App`] is the whole service as a value; [`Client`] speaks to one. Routes parse and shape, the modules named
//! after what they do decide, [`store`] remembers.

mod agents;
pub mod app;
pub mod auth;
mod body;
mod bundles;
pub mod certificate;
pub mod client;
pub mod config;
mod delegations;
mod instance_keys;
mod issuing;
pub mod limits;
mod listener;
pub mod logs;
mod organization;
mod peer;
mod peers;
pub mod problem;
mod random;
mod rate_limit;
mod resolution;
mod routes;
mod status_lists;
pub mod store;
mod trust_registry;
pub mod vcalm;
mod verification;
mod webvh;

pub use app::{App, Keys, OpenError};
pub use auth::{MintedToken, Scope};
pub use certificate::DevAuthority;
pub use client::{Client, ClientError};
pub use config::{Config, ConfigError};
pub use listener::stop_signal;
