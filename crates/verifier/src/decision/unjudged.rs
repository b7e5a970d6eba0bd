//! The decision about what never came before the eleven steps: a request that cannot be formed, a bundle that ended.
//!
//! INVARIANT: it never allows, and its verdict is never valid, for nobody looked at a paper.

use chancery_did::Timestamp;

use super::{Decision, Step, Verdict};
use crate::rejection::{self, Rejection};
use crate::verify::{Book, Moment};

impl Decision {
    /// Makes the denial for a refusal that came before anything was judged.
    #[must_use]
    pub fn unjudged(rejection: Rejection, at: Timestamp) -> Decision {
        let mut book = Book::default();
        let row = rejection::ruling(rejection.code);
        let step = row.and_then(|row| Step::ALL.into_iter().find(|step| step.as_str() == row.step));
        book.begin(step.unwrap_or(Step::Read));
        let mut decision = book.halt(rejection.into(), Moment::Now(at));
        if decision.verdict == Verdict::Valid {
            decision.verdict = Verdict::Indeterminate;
        }
        decision
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cast::now;

    #[test]
    fn what_was_not_judged_never_allows_and_is_never_valid() {
        for row in rejection::TABLE
            .iter()
            .filter(|row| rejection::ruling(row.code).is_some())
        {
            let decision = Decision::unjudged(Rejection::new(row.code, "x"), now());
            assert!(!decision.allow && decision.commit.is_empty(), "{}", row.code);
            assert_ne!(decision.verdict, Verdict::Valid, "{}", row.code);
            assert_eq!((decision.code, decision.checks.len()), (row.code, 11));
        }
    }
}
