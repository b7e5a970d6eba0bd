//! One corpus, every door: the library, the command, the service, wasm (bare, and as the npm package), and Python.
//!
//! Each door judges every vector of `tests/vectors` and compares verdict and code with what the vector expects, so
//! that two doors that pass say the same. INVARIANT: a door that did not run, that differs anywhere, or that left a
//! vector uncounted fails the task.

use std::collections::BTreeMap;

use crate::python;
use crate::step::{self, Outcome};
use crate::wasm;

/// The doors in the order of the table: the name under which each prints its counts, and what it is.
const DOORS: &[(&str, &str)] = &[
    ("library", "library (Rust)"),
    ("command", "command line"),
    ("http", "HTTP service"),
    ("wasm", "wasm (bare module)"),
    ("npm", "wasm (npm package, Node)"),
    ("python", "Python wheel"),
];

/// What one door said.
#[derive(Debug, Default)]
struct Door {
    judged: usize,
    as_expected: usize,
    apart: Vec<(usize, String)>,
}

/// Runs every door and prints one table.
pub(crate) fn run() -> Outcome {
    let module = wasm::run()?.to_string_lossy().into_owned();
    let mut said = String::new();
    let mut broken = Vec::new();
    let runs: [(&str, &dyn Fn() -> Outcome<String>); 3] = [
        ("the Rust doors", &|| rust(&module)),
        ("npm", &npm),
        ("python", &python::corpus),
    ];
    for (name, run) in runs {
        match run() {
            Ok(text) => said.push_str(&text),
            Err(why) => broken.push(format!("{name}: {why}")),
        }
    }
    let doors = read(&said);
    let total = vectors()?;
    print(&doors, total);
    broken.extend(
        DOORS
            .iter()
            .filter_map(|(name, _)| wrong(name, doors.get(*name), total)),
    );
    match broken.as_slice() {
        [] => Ok(()),
        broken => Err(broken.join("\n")),
    }
}

/// The four doors that are tests in Rust.
fn rust(module: &str) -> Outcome<String> {
    let mut words = vec!["test", "--quiet", "--package", "chancery-tests", "--no-fail-fast"];
    for door in ["library_door", "command_door", "http_door", "wasm_door"] {
        words.extend(["--test", door]);
    }
    words.extend(["--", "the_corpus_gets_its_verdict_and_code", "--nocapture"]);
    step::output_in(&step::root(), "cargo", &words, &[("CHANCERY_WASM", module)])
}

/// The npm package in Node, as `cargo xtask wasm` left it.
fn npm() -> Outcome<String> {
    let folder = step::root().join("wasm").join("npm");
    step::output_in(&folder, "node", &["test.mjs", "corpus"], &[])
}

/// How many vectors there are.
fn vectors() -> Outcome<usize> {
    let folder = step::root().join("tests").join("vectors");
    let found = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(found
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "json"))
        .count())
}

/// Reads `vectors <door>: <N> judged, <M> as expected` and `vectors <door>: <K> <why>`.
fn read(said: &str) -> BTreeMap<String, Door> {
    let mut doors = BTreeMap::<String, Door>::new();
    for line in said.lines() {
        let Some((_, line)) = line.split_once("vectors ") else {
            continue;
        };
        let Some((name, counts)) = line.split_once(": ") else {
            continue;
        };
        let Some((count, what)) = counts.split_once(' ') else {
            continue;
        };
        let Ok(count) = count.parse::<usize>() else {
            continue;
        };
        let door = doors.entry(name.to_owned()).or_default();
        match what.strip_prefix("judged, ") {
            Some(rest) => {
                let apart = without_rdfc(rest);
                let held: Option<usize> = rest.split(' ').next().and_then(|held| held.parse().ok());
                door.judged = count.saturating_sub(apart);
                door.as_expected = held.unwrap_or_default().saturating_sub(apart);
                if apart > 0 {
                    let why = "that need RDFC: alg.unsupported_here, indeterminate";
                    door.apart.push((apart, why.to_owned()));
                }
            }
            None => door.apart.push((count, what.to_owned())),
        }
    }
    doors
}

/// How many of the judged were judged as what this door does not have, where it counts them together:
/// `<M> as expected, <K> of them without rdfc`.
fn without_rdfc(rest: &str) -> usize {
    let count = rest
        .strip_suffix(" of them without rdfc")
        .and_then(|rest| rest.rsplit(", ").next());
    count.and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// What is wrong with a door, if anything is.
fn wrong(name: &str, door: Option<&Door>, total: usize) -> Option<String> {
    let Some(door) = door else {
        return Some(format!("{name}: did not run"));
    };
    let apart: usize = door.apart.iter().map(|(count, _)| count).sum();
    let differ = door.judged.saturating_sub(door.as_expected);
    if differ > 0 {
        return Some(format!("{name}: {differ} vectors differ"));
    }
    let counted = door.judged.saturating_add(apart);
    (counted != total).then(|| format!("{name}: {counted} of {total} vectors are counted"))
}

fn print(doors: &BTreeMap<String, Door>, total: usize) {
    println!("\n{total} vectors             judged   same   differ   apart");
    for (name, title) in DOORS {
        match doors.get(*name) {
            Some(door) => {
                let apart: usize = door.apart.iter().map(|(count, _)| count).sum();
                let differ = door.judged.saturating_sub(door.as_expected);
                println!(
                    "{title:<25}{:>7}{:>7}{differ:>9}{apart:>8}",
                    door.judged, door.as_expected
                );
                for (count, why) in &door.apart {
                    println!("{:<27}{count} {why}", "");
                }
            }
            None => println!("{title:<25}did not run"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "\
running 1 test
.vectors http: 7 decided further
vectors http: 93 judged, 93 as expected
vectors library without rdfc: 100 judged, 100 as expected
# vectors npm: 100 judged, 100 as expected, 8 of them without rdfc
vectors wasm: 8 that need RDFC
vectors wasm: 92 judged, 91 as expected
";

    #[test]
    fn counts_are_read_off_what_a_door_prints() {
        let doors = read(SAID);
        let counts = |name: &str| {
            doors
                .get(name)
                .map(|door| (door.judged, door.as_expected, door.apart.len()))
        };
        assert_eq!(counts("http"), Some((93, 93, 1)));
        assert_eq!(counts("npm"), Some((92, 92, 1)));
        assert_eq!(counts("library"), None);
    }

    #[test]
    fn door_that_differs_or_leaves_a_vector_out_or_does_not_run_is_wrong() {
        let doors = read(SAID);
        assert_eq!(wrong("http", doors.get("http"), 100), None);
        assert_eq!(wrong("npm", doors.get("npm"), 100), None);
        assert!(wrong("http", doors.get("http"), 101).is_some_and(|why| why.contains("100 of 101")));
        assert!(wrong("wasm", doors.get("wasm"), 100).is_some_and(|why| why.contains("1 vectors differ")));
        assert!(wrong("library", doors.get("library"), 100).is_some_and(|why| why.contains("did not run")));
    }
}
