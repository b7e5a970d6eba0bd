//! How often one peer may ask: a token bucket per peer, before anything of a request is believed or read.
//!
//! The bucket is kept as the instant at which it will be full again (the generic cell rate algorithm), so a
//! peer costs one entry. INVARIANT: at most the limit's number of peers is remembered, whoever asks; the
//! instants come in as arguments and only ever go forward.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{limits::Rate, peer::Peer};

/// The buckets of all peers for one kind of request.
#[derive(Debug)]
pub(crate) struct RateLimit {
    /// Time in which one request's worth comes back.
    interval: Duration,
    /// How far ahead of the steady rate a peer may be and still be served.
    slack: Duration,
    /// Peers of one generation; two generations are remembered.
    generation: usize,
    peers: Mutex<Peers>,
}

/// When each peer's bucket is full again. The older generation holds those that did not ask of late.
#[derive(Debug, Default)]
struct Peers {
    young: HashMap<Peer, Instant>,
    old: HashMap<Peer, Instant>,
}

impl RateLimit {
    /// Starts with full buckets, of which at most `peers` are remembered.
    pub(crate) fn new(rate: Rate, peers: usize) -> Self {
        let interval = Duration::from_secs(1)
            .checked_div(rate.per_second.max(1))
            .unwrap_or(Duration::from_secs(1));
        Self {
            interval,
            slack: interval.saturating_mul(rate.burst.saturating_sub(1)),
            generation: peers.div_ceil(2).max(1),
            peers: Mutex::default(),
        }
    }

    /// Takes one token of a peer at an instant, or says how long it has to wait for one.
    pub(crate) fn admit(&self, peer: Peer, now: Instant) -> Result<(), Duration> {
        let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        let full = peers.full_at(peer).map_or(now, |full| full.max(now));
        let ahead = full.saturating_duration_since(now);
        if ahead > self.slack {
            return Err(ahead.saturating_sub(self.slack));
        }
        let full = full.checked_add(self.interval).unwrap_or(full);
        peers.remember(peer, full, self.generation, now);
        Ok(())
    }
}

impl Peers {
    fn full_at(&self, peer: Peer) -> Option<Instant> {
        self.young.get(&peer).or_else(|| self.old.get(&peer)).copied()
    }

    fn remember(&mut self, peer: Peer, full: Instant, generation: usize, now: Instant) {
        if self.young.len() >= generation && !self.young.contains_key(&peer) {
            // A full bucket says nothing; of the others the older generation is given up.
            self.young.retain(|_, full| *full > now);
            // At least half of the room, so that the next look through all of them is far.
            if self.young.len() >= generation.div_ceil(2) {
                self.old = std::mem::take(&mut self.young);
            }
        }
        self.young.insert(peer, full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limit(burst: u32, per_second: u32, peers: usize) -> RateLimit {
        RateLimit::new(Rate { burst, per_second }, peers)
    }

    fn remembered(limit: &RateLimit) -> usize {
        let peers = limit.peers.lock().unwrap();
        peers.young.len().saturating_add(peers.old.len())
    }

    #[test]
    fn burst_is_served_and_the_next_one_waits() {
        let (limit, now, peer) = (limit(5, 10, 8), Instant::now(), Peer::V4(1));
        for _ in 0..5 {
            limit.admit(peer, now).unwrap();
        }
        let wait = limit.admit(peer, now).unwrap_err();
        assert_eq!(wait, Duration::from_millis(100));
        assert_eq!(
            limit.admit(peer, now).unwrap_err(),
            wait,
            "a refused request costs nothing"
        );
        limit.admit(peer, now + wait).unwrap();
        limit.admit(peer, now + wait).unwrap_err();
    }

    #[test]
    fn rate_holds_over_a_long_time_whatever_the_peer_tries() {
        let (limit, start, peer) = (limit(20, 10, 8), Instant::now(), Peer::V6(1));
        let mut served = 0;
        for millis in 0..10_000 {
            served += u32::from(limit.admit(peer, start + Duration::from_millis(millis)).is_ok());
        }
        assert!(
            (119..=120).contains(&served),
            "20 at once and 10 in each second: {served}"
        );
    }

    #[test]
    fn bucket_never_holds_more_than_its_burst() {
        let (limit, now, peer) = (limit(3, 10, 8), Instant::now(), Peer::V4(1));
        let much_later = now + SECOND * 3600;
        let served = (0..10).filter(|_| limit.admit(peer, much_later).is_ok()).count();
        assert_eq!(served, 3);
    }

    #[test]
    fn one_peer_does_not_pay_for_another() {
        let (limit, now) = (limit(1, 1, 8), Instant::now());
        limit.admit(Peer::V4(1), now).unwrap();
        limit.admit(Peer::V4(1), now).unwrap_err();
        limit.admit(Peer::V4(2), now).unwrap();
        limit.admit(Peer::V6(1), now).unwrap();
    }

    #[test]
    fn instant_that_goes_back_gives_nothing_away() {
        let (limit, now, peer) = (limit(1, 1, 8), Instant::now() + SECOND * 60, Peer::V4(1));
        limit.admit(peer, now).unwrap();
        limit.admit(peer, now - SECOND * 30).unwrap_err();
    }

    #[test]
    fn memory_is_bounded_under_a_million_peers_and_the_busiest_stays_known() {
        let (limit, now, busy) = (limit(2, 1, 1000), Instant::now(), Peer::V4(u32::MAX));
        limit.admit(busy, now).unwrap();
        for number in 0..1_000_000 {
            limit.admit(Peer::V6(number), now).unwrap();
            if number == 400 {
                limit.admit(busy, now).unwrap();
            }
            if number == 800 {
                limit.admit(busy, now).unwrap_err();
            }
        }
        assert!(remembered(&limit) <= 1000);
    }

    #[test]
    fn full_buckets_are_given_up_first() {
        let (limit, now) = (limit(1, 1, 4), Instant::now());
        limit.admit(Peer::V4(1), now).unwrap();
        limit.admit(Peer::V4(2), now).unwrap();
        let later = now + SECOND;
        limit.admit(Peer::V4(3), later).unwrap();
        assert_eq!(remembered(&limit), 1);
    }
}
