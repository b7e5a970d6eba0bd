//! Speed, as ratios: against the raw signature work, and the wasm package in Node against the native verifier and
//! against other libraries, each in one run of its own.

use std::path::Path;

use crate::interop;
use crate::step::{self, Outcome};

const ORACLES: &str = "tests/oracles/Cargo.toml";
const PACKAGE: &str = "wasm/npm/dist/index.js";

/// Builds the bench in release mode, beside the oracles it measures against, and runs it; then the bench in Node,
/// which needs the npm package (`cargo xtask wasm`). With `--only` the one in Node is left out.
pub(crate) fn run(rest: &[String]) -> Outcome {
    let mut words = vec!["build", "--quiet", "--release", "--manifest-path", ORACLES];
    words.extend(["--bin", "bench"]);
    step::run("cargo", &words)?;
    let binary = step::target_of(&step::root().join("tests").join("oracles"))?
        .join("release")
        .join(format!("bench{}", std::env::consts::EXE_SUFFIX));
    let binary = binary.to_string_lossy();
    let words: Vec<&str> = rest.iter().map(String::as_str).collect();
    step::run(&binary, &words)?;
    if words.contains(&"--only") {
        return Ok(());
    }
    in_node(&binary, words.contains(&"--quick"))
}

fn in_node(binary: &str, quick: bool) -> Outcome {
    if !step::root().join(PACKAGE).exists() {
        return Err(format!("{PACKAGE} is not built: run `cargo xtask wasm` first"));
    }
    interop::node()?.map_err(str::to_owned)?;
    let mut words = vec!["bench.mjs", binary];
    words.extend(quick.then_some("--quick"));
    step::run_in(&step::root().join(Path::new("tests/interop")), "node", &words)
}
