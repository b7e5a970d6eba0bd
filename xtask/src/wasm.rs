//! The verifier as a wasm module, with both its faces: built, made small, measured, and put into the npm package.
//!
//! INVARIANT: the glue is written by exactly the `wasm-bindgen` that the module is built with, and `wasm-opt` is told
//! which features it may use, so that every engine from Node 20 on can load what comes out.

mod package;
mod size;

use std::path::PathBuf;

use crate::step::{self, Outcome};
use crate::test::wasm_target;

/// Builds both faces and the npm package; gives the path of the module that imports nothing.
pub(crate) fn run() -> Outcome<PathBuf> {
    let module = raw()?;
    package::build()?;
    Ok(module)
}

/// Builds everything, and runs the npm package's own tests over it.
pub(crate) fn test() -> Outcome {
    run()?;
    let package = step::root().join("wasm").join("npm");
    step::run_in(&package, "node", &["test.mjs"])
}

/// Builds the face that imports nothing. That it does, and that the vectors hold inside it, is asserted by
/// `tests/doors/wasm.rs`, which reads the path from `CHANCERY_WASM`.
pub(crate) fn raw() -> Outcome<PathBuf> {
    wasm_target()?;
    module(&[], "raw")
}

/// Builds one face of the crate, and puts it aside under the name of the face: features do not change a file's name.
fn module(more: &[&str], face: &str) -> Outcome<PathBuf> {
    let mut words = vec![
        "build",
        "--quiet",
        "--package",
        "chancery-wasm",
        "--profile",
        "wasm",
        "--target",
        "wasm32-unknown-unknown",
    ];
    words.extend(more);
    step::run("cargo", &words)?;
    let folder = step::target()?.join("wasm32-unknown-unknown").join("wasm");
    let (built, aside) = (
        folder.join("chancery_wasm.wasm"),
        folder.join(format!("chancery_{face}.wasm")),
    );
    std::fs::copy(&built, &aside).map_err(|error| format!("{}: {error}", built.display()))?;
    Ok(aside)
}
