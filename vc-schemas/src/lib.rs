//! The normative JSON Schemas and JSON-LD contexts, embedded.
