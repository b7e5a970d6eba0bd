//! The pure verifier: presentation, evidence and policy in, a decision out.
