//! What crosses crates: vectors, conformance, journeys and the architecture.
