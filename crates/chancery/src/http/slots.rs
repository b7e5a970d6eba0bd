//! How many requests are in flight, and which failures are remembered.
//!
//! INVARIANT: both tables are bounded: slots are dropped when nobody holds them, failures when their time is
//! over or when there are too many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::FetchError;

/// Hands out slots, a few per host and some more altogether.
#[derive(Debug)]
pub(super) struct Slots {
    all: Arc<Semaphore>,
    per_host: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A slot that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Slots {
    pub(super) fn new(per_host: usize, all: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(all)),
            per_host,
            hosts: Mutex::new(HashMap::new()),
        }
    }

    /// Waits for a slot; the host's first, so that one slow host does not hold the slots of all others.
    pub(super) async fn take(&self, host: &str) -> Result<Slot, FetchError> {
        let closed = |_| FetchError::Failed("the client is shutting down".to_owned());
        let of_host = self.of_host(host);
        let _host = of_host.acquire_owned().await.map_err(closed)?;
        let _all = Arc::clone(&self.all).acquire_owned().await.map_err(closed)?;
        Ok(Slot { _host, _all })
    }

    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // A permit holds its semaphore, so one that only the table holds is idle.
        hosts.retain(|_, slots| Arc::strong_count(slots) > 1);
        Arc::clone(
            hosts
                .entry(host.to_owned())
                .or_insert_with(|| Arc::new(Semaphore::new(self.per_host))),
        )
    }
}

/// Remembers failures for a while, so that a dead host is not asked again and again.
#[derive(Debug)]
pub(super) struct Failures {
    lasting: Duration,
    most: usize,
    seen: Mutex<HashMap<String, (Instant, FetchError)>>,
}

impl Failures {
    pub(super) fn new(lasting: Duration, most: usize) -> Self {
        Self {
            lasting,
            most,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// Gives the remembered failure of `url`.
    pub(super) fn of(&self, url: &str) -> Option<FetchError> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(url)
            .filter(|(at, _)| at.elapsed() < self.lasting)
            .map(|(_, error)| error.clone())
    }

    pub(super) fn remember(&self, url: &str, error: &FetchError) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= self.most {
            seen.retain(|_, (at, _)| at.elapsed() < self.lasting);
        }
        if seen.len() < self.most && !self.lasting.is_zero() {
            seen.insert(url.to_owned(), (Instant::now(), error.clone()));
        }
    }

    pub(super) fn forget(&self, url: &str) {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(url);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_host_has_no_more_than_its_slots() {
        let slots = Slots::new(2, 3);
        let first = slots.take("a.example").await.unwrap();
        let _second = slots.take("a.example").await.unwrap();
        let brief = Duration::from_millis(20);
        assert!(
            tokio::time::timeout(brief, slots.take("a.example"))
                .await
                .is_err()
        );
        let _other = slots.take("b.example").await.unwrap();
        assert!(
            tokio::time::timeout(brief, slots.take("c.example"))
                .await
                .is_err(),
            "three altogether"
        );
        drop(first);
        slots.take("a.example").await.unwrap();
    }

    #[tokio::test]
    async fn idle_hosts_leave_the_table() {
        let slots = Slots::new(2, 3);
        for number in 0..100 {
            drop(slots.take(&format!("{number}.example")).await.unwrap());
        }
        assert_eq!(slots.hosts.lock().unwrap().len(), 1);
    }

    #[test]
    fn failures_are_forgotten_in_time_and_bounded() {
        let failures = Failures::new(Duration::from_secs(60), 2);
        for url in ["a", "b", "c"] {
            failures.remember(url, &FetchError::Timeout);
        }
        assert_eq!(failures.of("a"), Some(FetchError::Timeout));
        assert_eq!(failures.of("c"), None);
        let brief = Failures::new(Duration::ZERO, 2);
        brief.remember("a", &FetchError::Timeout);
        assert_eq!(brief.of("a"), None);
    }
}
