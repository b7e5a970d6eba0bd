//! How large the module is, raw and as it travels.
//!
//! INVARIANT: a module above either limit fails the build. The limits are where the module stands; the aim is lower,
//! and `docs/decisions/0008-hosts.md` says what stands between.

use std::path::Path;
use std::process::Command;

use crate::step::Outcome;

/// The most bytes of the module as it is, and the aim.
const MOST_RAW: u64 = 840 * 1024;
const AIM_RAW: u64 = 350 * 1024;
/// The most bytes of the module in gzip, and the aim.
const MOST_GZIP: u64 = 375 * 1024;
const AIM_GZIP: u64 = 150 * 1024;

/// Prints both sizes against their limits, and fails above one.
pub(super) fn check(module: &Path) -> Outcome {
    let raw = std::fs::metadata(module)
        .map_err(|error| format!("{}: {error}", module.display()))?
        .len();
    let gzip = gzipped(module)?;
    eprintln!(
        "\nverifier as wasm: {raw} bytes (limit {MOST_RAW}, aim {AIM_RAW}), in gzip {gzip} (limit {MOST_GZIP}, aim {AIM_GZIP})"
    );
    if raw > MOST_RAW || gzip > MOST_GZIP {
        return Err("the module is larger than it may be".to_owned());
    }
    Ok(())
}

/// What node's zlib makes of it at its best level.
fn gzipped(module: &Path) -> Outcome<u64> {
    const SCRIPT: &str = "const z = require('node:zlib'), f = require('node:fs'); \
        console.log(z.gzipSync(f.readFileSync(process.argv[1]), { level: 9 }).length)";
    let output = Command::new("node")
        .args(["-e", SCRIPT])
        .arg(module)
        .output()
        .map_err(|error| format!("node: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim()
        .parse()
        .map_err(|_| "node could not measure the module".to_owned())
}
