//! The clock: the only place in the project that reads the wall clock.
//!
//! INVARIANT: everything that needs the time takes a [`Clock`] or a [`Timestamp`], so that a whole story can be
//! played at any hour.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chancery_did::Timestamp;

/// Says what time it is.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the wall clock"
    )]
    fn now(&self) -> Timestamp {
        // A clock before 1970 is a broken one: then nothing is valid yet.
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or(Duration::ZERO);
        Timestamp::from_millis(millis(since))
    }
}

/// A clock that starts when it is told to, runs on at the usual pace, and can be set; clones stay together.
#[derive(Clone)]
pub struct SettableClock {
    base: Arc<Mutex<(Timestamp, Instant)>>,
}

impl SettableClock {
    /// Makes a clock that shows `start` now.
    pub fn new(start: Timestamp) -> Self {
        Self {
            base: Arc::new(Mutex::new((start, Instant::now()))),
        }
    }

    /// Sets the clock to `to`, forwards or backwards.
    pub fn set(&self, to: Timestamp) {
        *self.base.lock().unwrap_or_else(PoisonError::into_inner) = (to, Instant::now());
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        let mut base = self.base.lock().unwrap_or_else(PoisonError::into_inner);
        base.0 = base.0.saturating_add_millis(millis(by));
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        let (base, since) = *self.base.lock().unwrap_or_else(PoisonError::into_inner);
        base.saturating_add_millis(millis(since.elapsed()))
    }
}

impl fmt::Debug for SettableClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SettableClock").field(&self.now()).finish()
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_clock_runs_on_from_where_it_was_set() {
        let clock = SettableClock::new(Timestamp::from_seconds(1_000));
        let twin = clock.clone();
        assert!(clock.now().millis() >= 1_000_000 && clock.now().millis() < 1_060_000);
        clock.advance(Duration::from_secs(3600));
        assert!(twin.now().millis() >= 4_600_000 && twin.now().millis() < 4_660_000);
        clock.set(Timestamp::from_seconds(10));
        let first = twin.now().millis();
        assert!((10_000..70_000).contains(&first));
        std::thread::sleep(Duration::from_millis(20));
        assert!(twin.now().millis() >= first + 20);
    }

    #[test]
    fn the_system_clock_is_past_the_year_2026() {
        assert!(SystemClock.now().millis() > 1_767_225_600_000);
    }
}
