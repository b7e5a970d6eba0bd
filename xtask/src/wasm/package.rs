//! The npm package's module: wasm-bindgen's glue, `wasm-opt`, and the package's own build.

use std::path::{Path, PathBuf};

use super::{module, size};
use crate::step::{self, Outcome, answers};

/// What `wasm-opt` may use, which is what Rust's own target uses: all of it is in Node 20, in browsers since 2023
/// and in workerd. `--all-features` would let it write what Node 20 refuses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the module and its glue into `wasm/npm/build`, measures it, and builds the package of it.
pub(super) fn build() -> Outcome {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    if !answers("node", &["--version"]) || !answers(npm, &["--version"]) {
        return Err("the npm package needs node 20 or newer, and npm".to_owned());
    }
    let package = step::root().join("wasm").join("npm");
    install(npm, &package)?;
    let built = module(&["--features", "bindgen"], "bindgen")?;
    let glue = step::target()?.join("wasm-glue");
    glue_of(&built, &glue)?;
    let out = package.join("build");
    std::fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let optimized = out.join("verifier.wasm");
    optimize(&package, &glue.join("verifier_bg.wasm"), &optimized)?;
    let (from, to) = (glue.join("verifier.js"), out.join("glue.js"));
    std::fs::copy(&from, &to).map_err(|error| format!("{}: {error}", from.display()))?;
    step::run_in(&package, "node", &["build.mjs"])?;
    size::check(&optimized)
}

/// Installs the package's tools, where the lockfile is younger than what is installed.
fn install(npm: &str, package: &Path) -> Outcome {
    let changed = |path: PathBuf| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let locked = changed(package.join("package-lock.json"));
    let installed = changed(package.join("node_modules").join(".package-lock.json"));
    if matches!((locked, installed), (Some(locked), Some(installed)) if installed >= locked) {
        return Ok(());
    }
    eprintln!("\ninstalling the tools of wasm/npm (TypeScript, binaryen, publint, attw) at exact versions");
    step::run_in(
        package,
        npm,
        &[
            "ci",
            "--ignore-scripts",
            "--no-fund",
            "--no-audit",
            "--loglevel=error",
        ],
    )
}

/// Builds the tool that writes the glue, in its own workspace with its own lockfile, and runs it.
fn glue_of(module: &Path, into: &Path) -> Outcome {
    let tool = step::root().join("wasm").join("bindgen");
    let folder = step::target()?.join("wasm-bindgen");
    let manifest = tool.join("Cargo.toml").to_string_lossy().into_owned();
    let target = folder.to_string_lossy().into_owned();
    let binary = folder
        .join("debug")
        .join(format!("chancery-wasm-bindgen{}", std::env::consts::EXE_SUFFIX));
    if !binary.exists() {
        eprintln!("\nbuilding wasm-bindgen's command (once, about a minute)");
    }
    step::run(
        "cargo",
        &[
            "build",
            "--quiet",
            "--locked",
            "--manifest-path",
            &manifest,
            "--target-dir",
            &target,
        ],
    )?;
    step::run(
        &binary.to_string_lossy(),
        &[&module.to_string_lossy(), &into.to_string_lossy(), "verifier"],
    )
}

fn optimize(package: &Path, from: &Path, to: &Path) -> Outcome {
    let program = package
        .join("node_modules")
        .join("binaryen")
        .join("bin")
        .join("wasm-opt");
    let (program, from, to) = (
        program.to_string_lossy().into_owned(),
        from.to_string_lossy().into_owned(),
        to.to_string_lossy().into_owned(),
    );
    let mut words = vec![program.as_str(), from.as_str(), "-o", to.as_str()];
    words.extend(FEATURES);
    words.extend([
        "-Oz",
        "--strip-debug",
        "--strip-producers",
        "--strip-target-features",
    ]);
    step::run("node", &words)
}
