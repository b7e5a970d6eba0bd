//! The table: peer and format down, the three ways across, with counts.
//!
//! INVARIANT: a check counts in exactly one cell, and a failed one is printed with what it was.

use std::collections::BTreeMap;

use crate::step::Outcome;

/// The ways across; what a script prints is one of these.
const WAYS: [&str; 3] = ["they verify ours", "we verify theirs", "we refuse tampered"];

/// Passed and all checks of one cell.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
struct Count {
    passed: usize,
    all: usize,
}

/// Everything that was run, and what was not.
#[derive(Default, Debug)]
pub(super) struct Table {
    rows: BTreeMap<(String, String), [Count; WAYS.len()]>,
    failures: Vec<String>,
    not_run: Vec<String>,
}

impl Table {
    /// Counts one check.
    pub(super) fn add(&mut self, peer: &str, format: &str, way: usize, passed: bool) {
        let row = self.rows.entry((peer.to_owned(), format.to_owned())).or_default();
        if let Some(cell) = row.get_mut(way) {
            cell.all = cell.all.saturating_add(1);
            cell.passed = cell.passed.saturating_add(usize::from(passed));
        }
        if !passed {
            self.failures.push(format!("{peer}, {format}"));
        }
    }

    /// Reads the lines of a script; gives how many checks there were.
    pub(super) fn read(&mut self, text: &str) -> usize {
        let mut checks: usize = 0;
        for line in text.lines() {
            let words: Vec<&str> = line.split('\t').collect();
            let ["interop", peer, format, way, outcome, rest @ ..] = words.as_slice() else {
                continue;
            };
            let Some(way) = WAYS.iter().position(|known| known == way) else {
                continue;
            };
            checks = checks.saturating_add(1);
            self.add(peer, format, way, *outcome == "pass");
            if *outcome != "pass" {
                eprintln!(
                    "FAILED {}: {peer}, {format}: {}",
                    WAYS.get(way).unwrap_or(&""),
                    rest.join(": ")
                );
            }
        }
        checks
    }

    /// Notes that something which was to be run failed as a whole.
    pub(super) fn broken(&mut self, what: String) {
        self.failures.push(what);
    }

    /// Notes a peer that could not be run here.
    pub(super) fn not_run(&mut self, peer: &str, reason: &str) {
        self.not_run.push(format!("{peer} ({reason})"));
    }

    /// Prints the table in Markdown, as the README shows it.
    pub(super) fn print(&self) {
        println!("| peer | format | {} |", WAYS.join(" | "));
        println!("|---|---|{}", "---|".repeat(WAYS.len()));
        for ((peer, format), cells) in &self.rows {
            let cells: Vec<String> = cells.iter().map(|count| count.cell()).collect();
            println!("| {peer} | {format} | {} |", cells.join(" | "));
        }
        for peer in &self.not_run {
            println!("not run: {peer}");
        }
    }

    /// Success, or what failed; under `strict` a peer that was not run is a failure too.
    pub(super) fn verdict(&self, strict: bool) -> Outcome {
        if !self.failures.is_empty() {
            return Err(format!("{} checks failed", self.failures.len()));
        }
        if strict && !self.not_run.is_empty() {
            return Err(format!("not run: {}", self.not_run.join(", ")));
        }
        if self.rows.is_empty() {
            return Err("no peer was run".to_owned());
        }
        Ok(())
    }
}

impl Count {
    fn cell(self) -> String {
        match self {
            Self { all: 0, .. } => "-".to_owned(),
            Self { passed, all } if passed == all => all.to_string(),
            Self { passed, all } => format!("**{passed} of {all}**"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(outcome: &str, way: &str) -> String {
        ["interop", "jose", "vc+jwt", way, outcome, "small", ""].join("\t")
    }

    #[test]
    fn each_line_counts_in_one_cell() {
        let mut table = Table::default();
        let text = [
            line("pass", WAYS[0]),
            line("pass", WAYS[2]),
            "other output".to_owned(),
        ]
        .join("\n");
        assert_eq!(table.read(&text), 2);
        let row = table.rows[&("jose".to_owned(), "vc+jwt".to_owned())];
        assert_eq!(row.map(|cell| cell.all), [1, 0, 1]);
        assert!(table.verdict(true).is_ok());
    }

    #[test]
    fn a_failed_check_fails_the_whole() {
        let mut table = Table::default();
        table.read(&line("FAIL", WAYS[1]));
        assert!(table.verdict(false).is_err());
    }

    #[test]
    fn a_line_with_an_unknown_way_is_no_check() {
        assert_eq!(Table::default().read(&line("pass", "sideways")), 0);
    }

    #[test]
    fn a_peer_that_was_not_run_fails_only_under_ci() {
        let mut table = Table::default();
        table.read(&line("pass", WAYS[0]));
        table.not_run("PyLD", "python3 is missing");
        assert!(table.verdict(false).is_ok());
        assert!(table.verdict(true).is_err());
    }

    #[test]
    fn nothing_run_is_a_failure() {
        assert!(Table::default().verdict(false).is_err());
    }

    #[test]
    fn a_cell_says_how_many_or_what_part() {
        assert_eq!(Count { passed: 0, all: 0 }.cell(), "-");
        assert_eq!(Count { passed: 3, all: 3 }.cell(), "3");
        assert_eq!(Count { passed: 2, all: 3 }.cell(), "**2 of 3**");
    }
}
