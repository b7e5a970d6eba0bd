//! The verifier for JavaScript hosts.
