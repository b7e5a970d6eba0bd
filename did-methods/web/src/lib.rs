//! The did:web method: what to fetch, and judging what came back.
