//! Other people's libraries as judges of Chancery, and the bench beside them.
//!
//! `tests/*.rs` are the judges (`cargo xtask interop`): josekit, ssi and did-key read what Chancery writes,
//! Chancery reads what they write, and each must refuse the other's tampered work. `src/bench/` is the bench
//! (`cargo xtask bench`).
//!
//! INVARIANT: keys, times and identifiers are fixed, so every run judges and measures the same bytes.

pub mod beside;
pub mod fixture;
pub mod peer;
pub mod rounds;
pub mod tamper;
