//! The did:jwk method: what to fetch, and judging what came back.
