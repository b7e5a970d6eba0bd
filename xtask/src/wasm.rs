//! The verifier as a wasm module: built, measured, and looked at for imports.

use std::path::PathBuf;

use crate::step::{self, Outcome};
use crate::test::wasm_target;

/// Builds the module and gives its path. That it imports nothing, and that the vectors hold inside
/// it, is asserted by `tests/wasm.rs`, which reads the path from `CHANCERY_WASM`.
pub(crate) fn run() -> Outcome<PathBuf> {
    wasm_target()?;
    step::run(
        "cargo",
        &[
            "build",
            "--quiet",
            "--package",
            "chancery-wasm",
            "--profile",
            "wasm",
            "--target",
            "wasm32-unknown-unknown",
        ],
    )?;
    let module = step::target()?
        .join("wasm32-unknown-unknown")
        .join("wasm")
        .join("chancery_wasm.wasm");
    let size = std::fs::metadata(&module)
        .map_err(|error| format!("{}: {error}", module.display()))?
        .len();
    eprintln!("verifier as wasm: {} KiB before wasm-opt", size.div_euclid(1024));
    Ok(module)
}
