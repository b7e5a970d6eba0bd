//! `cargo xtask <task>`: set-up and checks as one command each.
//!
//! A task says what it installs, runs, and fails with the exit code 1 at the first step that fails.

mod bench;
mod ci;
mod conformance;
mod doors;
mod interop;
mod matrix;
mod python;
mod step;
mod stories;
mod test;
mod vectors;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  test         everything that must hold: wasm module, doc tests, all tests (the README's command)
  ci           what CI runs: fmt, clippy, docs, deny, then test
  wasm         build the verifier as a wasm module and check that it imports nothing
               (--test: then run the npm package's tests;
               --matrix: then import it in every runtime and bundler)
  vectors      write tests/vectors anew from the named cast (fixed keys, fixed times)
  conformance  run the official vector sets and print the counts per set
  interop      other people's libraries (npm, Python, Rust), both ways, as one table (--skip-oracles)
  python       build the Python wheel, install it into an empty environment, and test it
  stories      the npm package's adapters against the real SDKs, and the stories in JavaScript
               (names of stories, or `adapters`: only those; --write, --built)
  doors        the corpus through every door, as one table of counts: no differences
  bench        one table of ratios against the raw signature work (release build)
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let mut rest: Vec<String> = arguments.collect();
    let outcome = match task.as_str() {
        "test" => test::run(&rest),
        "ci" => ci::run(),
        "wasm" if rest.iter().any(|word| word == "--matrix") => {
            rest.retain(|word| word != "--matrix");
            matrix::run(&rest)
        }
        "wasm" if rest.iter().any(|word| word == "--test") => wasm::test(),
        "wasm" => wasm::run().map(|_| ()),
        "vectors" => vectors::run(&rest),
        "conformance" => conformance::run(),
        "interop" => interop::run(&rest),
        "bench" => bench::run(&rest),
        "python" => python::run(&rest),
        "stories" => stories::run(&rest),
        "doors" => doors::run(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        other => {
            eprintln!("error: no task `{other}`\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\nxtask {task}: {message}");
            ExitCode::FAILURE
        }
    }
}
