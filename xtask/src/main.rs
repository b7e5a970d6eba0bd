//! `cargo xtask <task>`: set-up and checks as one command each.
//!
//! A task says what it installs, runs, and fails with the exit code 1 at the first step that fails.

mod bench;
mod ci;
mod conformance;
mod interop;
mod step;
mod test;
mod vectors;
mod wasm;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  test         everything that must hold: wasm module, doc tests, all tests (the README's command)
  ci           what CI runs: fmt, clippy, docs, deny, then test
  wasm         build the verifier as a wasm module and check that it imports nothing
  vectors      write tests/vectors anew from the named cast (fixed keys, fixed times)
  conformance  run the official vector sets and print the counts per set
  interop      other people's libraries (npm, Python, Rust), both ways, as one table (--skip-oracles)
  bench        one table of ratios against the raw signature work (release build)
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<String> = arguments.collect();
    let outcome = match task.as_str() {
        "test" => test::run(&rest),
        "ci" => ci::run(),
        "wasm" => wasm::run().map(|_| ()),
        "vectors" => vectors::run(&rest),
        "conformance" => conformance::run(),
        "interop" => interop::run(&rest),
        "bench" => bench::run(&rest),
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
