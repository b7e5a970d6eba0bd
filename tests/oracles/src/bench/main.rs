//! `cargo xtask bench`: one table of ratios against the raw signature work, in one run.
//!
//! The first rows are aws-lc-rs by itself; everything else is given in multiples of it, with the signatures
//! that one run verifies as Chancery itself counts them (`Proven::signatures`, `Decision::signatures`), and
//! every format stands against the raw verification of its own kind of key.
//! Microseconds come last: they are this machine's, and nothing asserts on them.
//!
//! INVARIANT: each work is run once and its outcome checked before it is timed.

use std::process::ExitCode;
use std::time::Duration;

use chancery_did::KeyType;
use chancery_oracles::beside;
use chancery_oracles::fixture::Actor;
use chancery_oracles::rounds::{Row, measure};

mod drawn;
mod formats;
mod lists;
mod logs;
mod papers;
mod parts;
mod raw;

const USAGE: &str = "\
bench [--quick] [--parts] [--only TEXT] | --beside

  --quick  about 3 seconds in all instead of about 20
  --parts  also the parts of which one passport's verification is made
  --only   only the rows whose name contains the text
  --beside time on demand, for the bench that runs in Node (tests/interop/bench.mjs)
";

fn main() -> ExitCode {
    let (mut total, mut parts) = (Duration::from_secs(19), false);
    let mut only = String::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => total = Duration::from_secs(2),
            "--parts" => parts = true,
            "--beside" => {
                beside::serve().expect("Node on the other end");
                return ExitCode::SUCCESS;
            }
            "--only" => match arguments.next() {
                Some(text) => only = text,
                None => return misused("`--only` wants a text"),
            },
            "--help" | "-h" => {
                print!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => return misused(&format!("unknown argument `{other}`")),
        }
    }
    let [issuer, p256] = [KeyType::Ed25519, KeyType::P256].map(|key_type| Actor::new(key_type, 1));
    let mut works = raw::rows();
    works.extend(papers::passports(&issuer, &p256));
    works.extend(papers::presentations());
    works.extend(papers::issuing(&issuer));
    works.extend(formats::rows(&issuer, &p256));
    works.extend(lists::rows(&issuer));
    works.push(logs::row());
    if parts {
        works.extend(parts::rows(&issuer));
    }
    works.retain(|work| work.name.contains(&only));
    if works.is_empty() {
        return misused(&format!("no row has `{only}` in its name"));
    }
    let (rows, rounds) = measure(&mut raw::references(), &mut works, total);
    print_table(&rows, rounds);
    ExitCode::SUCCESS
}

fn misused(message: &str) -> ExitCode {
    eprintln!("error: {message}\n\n{USAGE}");
    ExitCode::from(2)
}

fn print_table(rows: &[Row], rounds: usize) {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    println!("medians of {rounds} rounds; 1.00 is one raw Ed25519 verify beside the row\n");
    println!(
        "{:width$}  {:>10}  {:>13}  {:>14}  {:>9}",
        "work", "signatures", "of its raw", "of one verify", "median µs"
    );
    for row in rows {
        let own = row
            .of_own_work
            .map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        println!(
            "{:width$}  {:>10}  {:>13}  {:>14.2}  {:>9.1}",
            row.name, row.signatures, own, row.of_one_verify, row.micros
        );
    }
    println!(
        "\nsignatures: verified in one run, as Chancery counts them (issuing: made; sd-2023: with one per statement)."
    );
    println!("of its raw: time over as many raw operations of the kind as the row needs.");
}
