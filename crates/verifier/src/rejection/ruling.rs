//! The rows of the table that judging can give out: all but those of the registry and of the command.
//!
//! They are picked out at compile time, so that a module which only judges carries no others. INVARIANT: a row is
//! left out only by the place that gives it, and never one that a host may record as the failure of a need.

use super::Explanation;
use super::table::TABLE;
use crate::decision::Verdict;

/// Finds the explanation of a code that judging can give out.
#[must_use]
pub fn ruling(code: &str) -> Option<&'static Explanation> {
    ROWS.iter().find(|row| row.code == code)
}

static ROWS: [Explanation; COUNT] = rows();

const COUNT: usize = count();

/// The places that judge nothing: the registry with its store, the command with its files.
const ELSEWHERE: [&str; 6] = [
    "command",
    "configuration",
    "keystore",
    "request",
    "resolving",
    "service",
];

/// The one code of those places that a host gives as well, for a request that cannot be read.
const SHARED: &str = "request.malformed";

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, over constants"
)]
const fn is_ruling(row: &Explanation) -> bool {
    if matches!(row.verdict, Verdict::Indeterminate) {
        return true;
    }
    let mut at = 0;
    while at < ELSEWHERE.len() {
        if same(row.step, ELSEWHERE[at]) {
            return same(row.code, SHARED);
        }
        at += 1;
    }
    true
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, over constants"
)]
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, over constants"
)]
const fn count() -> usize {
    let (mut at, mut count) = (0, 0);
    while at < TABLE.len() {
        count += is_ruling(&TABLE[at]) as usize;
        at += 1;
    }
    count
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "runs at compile time, over constants"
)]
const fn rows() -> [Explanation; COUNT] {
    let mut rows = [TABLE[0]; COUNT];
    let (mut at, mut count) = (0, 0);
    while at < TABLE.len() {
        if is_ruling(&TABLE[at]) {
            rows[count] = TABLE[at];
            count += 1;
        }
        at += 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_here_but_those_of_the_other_places() {
        for row in TABLE {
            let decided = row.verdict != Verdict::Indeterminate;
            let elsewhere = decided && ELSEWHERE.contains(&row.step) && row.code != SHARED;
            assert_eq!(ruling(row.code), (!elsewhere).then_some(row), "{}", row.code);
            assert!(!row.by_verify || !elsewhere, "{} is a verdict", row.code);
        }
        assert_eq!(ruling("no.code"), None);
    }
}
