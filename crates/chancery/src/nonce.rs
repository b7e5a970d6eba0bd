//! The ledger: what must happen at most once.
//!
//! Follows the profile, "Judging": an allow carries what the host commits in one atomic step before it acts.
//! INVARIANT: [`Ledger::commit`] applies all of a decision's commits or none, and of any number of callers
//! that commit the same nonce for the same audience exactly one succeeds.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use chancery_did::{Did, Timestamp};
use chancery_verifier::Commit;

/// How many ended entries one commit forgets, so that no caller pays for all others.
const PRUNED_AT_ONCE: usize = 64;

/// Why nothing was committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// The presentation's nonce was used before, or is too old to tell.
    #[error("this presentation was used before")]
    Presentation,
    /// The approval was used before, or is too old to tell.
    #[error("this approval was used before")]
    Approval,
    /// A counter has no room left.
    #[error("the counter `{0}` is exhausted")]
    Exhausted(String),
    /// This ledger keeps no state of the kind that is asked for.
    #[error("this ledger keeps no counters")]
    NoState,
    /// The ledger cannot remember any more, or cannot be reached.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
}

impl CommitError {
    /// The stable code that the allow turns into.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Presentation => "replay.presentation",
            Self::Approval => "replay.approval",
            Self::Exhausted(_) => "constraint.exhausted",
            Self::NoState => "constraint.state_missing",
            Self::Unavailable(_) => "evidence.needed",
        }
    }
}

/// Remembers what was used up.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Applies all `commits` in one atomic step, or none of them and says which one failed first.
    async fn commit(&self, commits: &[Commit], now: Timestamp) -> Result<(), CommitError>;
}

/// A ledger in memory: for one process, and as long as it runs.
pub struct MemoryLedger {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    used: HashSet<Key>,
    by_end: BTreeMap<(Timestamp, u64), Key>,
    count: u64,
    /// The latest end of anything that was forgotten: what ends no later can no longer be told from it.
    forgotten: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Nonce { audience: String, nonce: String },
    Approval { issuer: Did, id: String },
}

impl Key {
    fn used_up(&self) -> CommitError {
        match self {
            Self::Nonce { .. } => CommitError::Presentation,
            Self::Approval { .. } => CommitError::Approval,
        }
    }
}

impl Default for MemoryLedger {
    /// Room for a million uses within the life of a presentation.
    fn default() -> Self {
        Self::new(1_000_000)
    }
}

impl MemoryLedger {
    /// Makes a ledger that remembers at most `most` uses at a time, and refuses further ones.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            state: Mutex::default(),
        }
    }

    /// How many uses are remembered.
    pub fn len(&self) -> usize {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .used
            .len()
    }

    /// Whether nothing is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn apply(&self, commits: &[Commit], now: Timestamp) -> Result<(), CommitError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.prune(now);
        let mut fresh: Vec<(Key, Timestamp)> = Vec::with_capacity(commits.len());
        for commit in commits {
            let (key, until) = keyed(commit)?;
            let ended = until < now || state.forgotten.is_some_and(|forgotten| until <= forgotten);
            if ended || state.used.contains(&key) || fresh.iter().any(|(other, _)| *other == key) {
                return Err(key.used_up());
            }
            fresh.push((key, until));
        }
        if state.used.len().saturating_add(fresh.len()) > self.most {
            return Err(CommitError::Unavailable("full".to_owned()));
        }
        for (key, until) in fresh {
            state.remember(key, until);
        }
        Ok(())
    }
}

impl State {
    fn prune(&mut self, now: Timestamp) {
        for _ in 0..PRUNED_AT_ONCE {
            let Some(first) = self.by_end.first_entry().filter(|first| first.key().0 < now) else {
                return;
            };
            let until = first.key().0;
            self.used.remove(&first.remove());
            self.forgotten = self.forgotten.max(Some(until));
        }
    }

    fn remember(&mut self, key: Key, until: Timestamp) {
        self.count = self.count.wrapping_add(1);
        self.by_end.insert((until, self.count), key.clone());
        self.used.insert(key);
    }
}

fn keyed(commit: &Commit) -> Result<(Key, Timestamp), CommitError> {
    match commit {
        Commit::ConsumeNonce {
            audience,
            nonce,
            until,
        } => Ok((
            Key::Nonce {
                audience: audience.clone(),
                nonce: nonce.clone(),
            },
            *until,
        )),
        Commit::ConsumeApproval { issuer, id, until } => Ok((
            Key::Approval {
                issuer: issuer.clone(),
                id: id.clone(),
            },
            *until,
        )),
        // Counters, and whatever a later verifier asks for: this ledger does not know them.
        Commit::Debit { .. } | _ => Err(CommitError::NoState),
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLedger")
            .field("used", &self.len())
            .field("most", &self.most)
            .finish()
    }
}

#[async_trait]
impl Ledger for MemoryLedger {
    async fn commit(&self, commits: &[Commit], now: Timestamp) -> Result<(), CommitError> {
        self.apply(commits, now)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn nonce(audience: &str, nonce: &str, until: i64) -> Commit {
        Commit::ConsumeNonce {
            audience: audience.to_owned(),
            nonce: nonce.to_owned(),
            until: at(until),
        }
    }

    fn approval(id: &str, until: i64) -> Commit {
        Commit::ConsumeApproval {
            issuer: Did::parse("did:web:globex.example").unwrap(),
            id: id.to_owned(),
            until: at(until),
        }
    }

    #[test]
    fn a_nonce_is_good_once_per_audience() {
        let ledger = MemoryLedger::default();
        assert_eq!(ledger.apply(&[nonce("a", "n", 400)], at(100)), Ok(()));
        assert_eq!(
            ledger.apply(&[nonce("a", "n", 400)], at(101)),
            Err(CommitError::Presentation)
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "n", 900)], at(399)),
            Err(CommitError::Presentation)
        );
        assert_eq!(ledger.apply(&[nonce("b", "n", 400)], at(101)), Ok(()));
    }

    #[test]
    fn all_or_nothing() {
        let ledger = MemoryLedger::default();
        assert_eq!(ledger.apply(&[approval("1", 400)], at(100)), Ok(()));
        let both = [nonce("a", "n", 400), approval("1", 400)];
        assert_eq!(
            ledger.apply(&both, at(100)).unwrap_err().code(),
            "replay.approval"
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "n", 400)], at(100)),
            Ok(()),
            "the nonce was not used up"
        );
        let twice = [nonce("a", "m", 400), nonce("a", "m", 400)];
        assert_eq!(
            ledger.apply(&twice, at(100)).unwrap_err().code(),
            "replay.presentation"
        );
    }

    #[test]
    fn a_counter_is_refused_and_nothing_else_is_used_up() {
        let ledger = MemoryLedger::default();
        let debit = Commit::Debit {
            root: Did::parse("did:web:acme.example").unwrap(),
            constraint: "c".to_owned(),
            window: "w".to_owned(),
            amount: "1".to_owned(),
        };
        let error = ledger.apply(&[nonce("a", "n", 400), debit], at(100)).unwrap_err();
        assert_eq!(error.code(), "constraint.state_missing");
        assert!(ledger.is_empty());
    }

    #[test]
    fn a_full_ledger_refuses_instead_of_forgetting() {
        let ledger = MemoryLedger::new(2);
        assert_eq!(
            ledger.apply(&[nonce("a", "1", 400), nonce("a", "2", 500)], at(100)),
            Ok(())
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "3", 500)], at(100)).unwrap_err().code(),
            "evidence.needed"
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "1", 400)], at(100)).unwrap_err().code(),
            "replay.presentation"
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "3", 500)], at(401)),
            Ok(()),
            "the first one has ended"
        );
    }

    #[test]
    fn what_was_forgotten_stays_used_when_the_clock_goes_back() {
        let ledger = MemoryLedger::default();
        assert_eq!(ledger.apply(&[nonce("a", "n", 400)], at(100)), Ok(()));
        assert_eq!(ledger.apply(&[nonce("a", "other", 9_000)], at(8_000)), Ok(()));
        assert_eq!(ledger.len(), 1, "the first one is forgotten");
        assert_eq!(
            ledger.apply(&[nonce("a", "n", 400)], at(100)),
            Err(CommitError::Presentation)
        );
        assert_eq!(
            ledger.apply(&[nonce("a", "m", 401)], at(100)),
            Ok(()),
            "one that ends later is new"
        );
    }

    #[test]
    fn one_commit_forgets_a_bounded_number() {
        let ledger = MemoryLedger::default();
        for number in 0..200 {
            assert_eq!(
                ledger.apply(&[nonce("a", &number.to_string(), 400)], at(100)),
                Ok(())
            );
        }
        assert_eq!(ledger.apply(&[nonce("a", "late", 900)], at(500)), Ok(()));
        assert_eq!(ledger.len(), 200 - PRUNED_AT_ONCE + 1);
    }

    #[test]
    fn a_nonce_whose_time_is_over_is_refused() {
        let ledger = MemoryLedger::default();
        assert_eq!(
            ledger.apply(&[nonce("a", "n", 99)], at(100)),
            Err(CommitError::Presentation)
        );
        assert_eq!(ledger.apply(&[nonce("a", "n", 100)], at(100)), Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_sixty_four_commits_of_one_nonce_exactly_one_succeeds() {
        for round in 0..20 {
            let ledger = Arc::new(MemoryLedger::default());
            let tasks: Vec<_> = (0..64)
                .map(|_| {
                    let ledger = Arc::clone(&ledger);
                    tokio::spawn(async move {
                        ledger
                            .commit(&[nonce("a", &round.to_string(), 400)], at(100))
                            .await
                            .is_ok()
                    })
                })
                .collect();
            let outcomes = futures::future::join_all(tasks).await;
            assert_eq!(
                outcomes
                    .into_iter()
                    .filter(|outcome| *outcome.as_ref().unwrap())
                    .count(),
                1
            );
        }
    }
}
