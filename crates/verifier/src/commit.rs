//! What an allow asks the host to commit in one atomic step before it acts (profile, "Judging").
//!
//! INVARIANT: a decision that does not allow carries no commit; a commit that fails turns the allow
//! into `replay.*` or `constraint.exhausted`, at the host.

use chancery_did::{Did, Timestamp, object};
use serde_json::Value;

/// Names one effect that the host applies, together with all others of the decision, before acting.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Commit {
    /// Uses up the nonce of a presentation; a second use is `replay.presentation`.
    ConsumeNonce {
        /// The audience that the presentation was made for.
        audience: String,
        /// The nonce that the presentation answers.
        nonce: String,
        /// Until when the ledger must remember it.
        until: Timestamp,
    },
    /// Debits a counter; a counter without room is `constraint.exhausted`.
    Debit {
        /// The root issuer, whose counter it is.
        root: Did,
        /// The constraint's `id`, stable over renewal.
        constraint: String,
        /// The window, in the constraint's own words.
        window: String,
        /// How much is taken, as an exact decimal.
        amount: String,
    },
    /// Uses up an approval; a second use is `replay.approval`.
    ConsumeApproval {
        /// The approver.
        issuer: Did,
        /// The approval's id.
        id: String,
        /// Until when the ledger must remember it.
        until: Timestamp,
    },
}

impl Commit {
    /// Gives the JSON form, `kind` first.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Commit::ConsumeNonce {
                audience,
                nonce,
                until,
            } => object([
                ("kind", "consumeNonce".into()),
                ("audience", audience.as_str().into()),
                ("nonce", nonce.as_str().into()),
                ("until", until.to_string().into()),
            ]),
            Commit::Debit {
                root,
                constraint,
                window,
                amount,
            } => object([
                ("kind", "debit".into()),
                ("root", root.as_str().into()),
                ("constraint", constraint.as_str().into()),
                ("window", window.as_str().into()),
                ("amount", amount.as_str().into()),
            ]),
            Commit::ConsumeApproval { issuer, id, until } => object([
                ("kind", "consumeApproval".into()),
                ("issuer", issuer.as_str().into()),
                ("id", id.as_str().into()),
                ("until", until.to_string().into()),
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumed_nonce_says_for_whom_and_until_when() {
        let commit = Commit::ConsumeNonce {
            audience: "https://api.globex.example".into(),
            nonce: "n".into(),
            until: Timestamp::from_seconds(1_800_000_000),
        };
        let value = commit.to_value();
        assert_eq!(value["kind"], "consumeNonce");
        assert_eq!(value["audience"], "https://api.globex.example");
        assert_eq!(value["until"], "2027-01-15T08:00:00Z");
    }
}
