//! The official vector sets, with the counts per set.

use crate::step::{self, Outcome};

/// The packages whose tests read official sets.
const PACKAGES: [&str; 5] = [
    "chancery-did",
    "chancery-did-key",
    "chancery-proof",
    "chancery-vc",
    "chancery-trust",
];

/// Runs the tests that read official sets; each set prints one line `vectors <set>: <counts>`.
pub(crate) fn run() -> Outcome {
    let mut words = vec!["test", "--lib", "--tests"];
    words.extend(PACKAGES.iter().flat_map(|package| ["--package", package]));
    words.extend(["--", "--nocapture"]);
    eprintln!("\n$ cargo {}", words.join(" "));
    let output = std::process::Command::new("cargo")
        .args(&words)
        .current_dir(step::root())
        .output()
        .map_err(|error| format!("cargo: {error}"))?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let mut lines: Vec<&str> = text
        .lines()
        .filter_map(|line| {
            line.find("vectors ")
                .or_else(|| line.find("not run: "))
                .and_then(|at| line.get(at..))
        })
        .collect();
    lines.sort_unstable();
    lines.dedup();
    for line in &lines {
        println!("{line}");
    }
    if !output.status.success() {
        eprintln!("{text}");
        return Err("an official vector failed".to_owned());
    }
    if lines.is_empty() {
        Err("no official set was run".to_owned())
    } else {
        Ok(())
    }
}
