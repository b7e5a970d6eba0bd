//! The verifier as a wasm module, with two faces.
//!
//! Without features the module imports nothing and takes one whole case at a time (`raw`): any wasm runtime can hold
//! it, and the corpus goes through it. With `bindgen` it is the module of the npm package: the host's verbs as
//! functions over strings. INVARIANT: both faces are thin; whatever is decided is decided in `chancery-host`.

#[cfg(feature = "bindgen")]
mod bindgen;
#[cfg(not(feature = "bindgen"))]
mod raw;

#[cfg(feature = "bindgen")]
pub use bindgen::*;
#[cfg(not(feature = "bindgen"))]
pub use raw::{INPUT_LIMIT, chancery_input, chancery_output_length, chancery_verify};
