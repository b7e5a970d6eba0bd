//! The did:key method: what to fetch, and judging what came back.
