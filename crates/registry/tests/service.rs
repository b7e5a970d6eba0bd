//! The registry over its routes: what each admits, what each refuses, and what is left behind.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests: what fails here fails its test"
)]

#[path = "service/admin.rs"]
mod admin;
#[path = "service/bundle.rs"]
mod bundle;
#[path = "service/cast.rs"]
mod cast;
#[path = "service/codes.rs"]
mod codes;
#[path = "service/delegations.rs"]
mod delegations;
#[path = "service/evidence.rs"]
mod evidence;
#[path = "service/faults.rs"]
mod faults;
#[path = "service/garbage.rs"]
mod garbage;
#[path = "service/lists.rs"]
mod lists;
#[path = "service/papers.rs"]
mod papers;
#[path = "service/rate.rs"]
mod rate;
#[path = "service/resolution.rs"]
mod resolution;
#[path = "service/token_lists.rs"]
mod token_lists;
#[path = "service/trqp.rs"]
mod trqp;
#[path = "service/vcalm.rs"]
mod vcalm;
#[path = "service/webvh.rs"]
mod webvh;
#[path = "service/wire.rs"]
mod wire;
#[path = "service/withheld.rs"]
mod withheld;
