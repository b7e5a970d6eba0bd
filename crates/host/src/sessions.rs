//! The sessions of a host: whose they are, and which go first where there is no room.
//!
//! Profile, "Chain and presentation". INVARIANT: one agent's sessions take no other agent's room: beyond its share its
//! own oldest end, and those that ended by themselves go before anybody is turned away.

use chancery_did::{SortedMap, Timestamp};
use chancery_verifier::Session;

use crate::slab::Slab;

/// The most sessions at a time.
const MOST: usize = 65_536;
/// The most bytes that the presentations behind them may have together.
const MOST_BYTES: usize = 192 * 1024 * 1024;
/// The most sessions of one agent.
const MOST_OF_AGENT: usize = 64;
/// The most bytes that the presentations of one agent may have together.
const MOST_BYTES_OF_AGENT: usize = 2 * 1024 * 1024;
/// What a session takes beside its presentation, in bytes, with its verifier's policy.
const SESSION_BYTES: usize = 8 * 1024;

/// A session, the verifier that admitted it, and whether it may answer calls yet.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) session: Session,
    pub(crate) verifier: u32,
    pub(crate) settled: bool,
}

/// The sessions of a host.
#[derive(Debug)]
pub(crate) struct Sessions {
    held: Slab<Admitted>,
    /// Numbers and sizes of an agent's sessions, the oldest first.
    agents: SortedMap<String, Vec<(u32, usize)>>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            held: Slab::new(MOST, MOST_BYTES),
            agents: SortedMap::new(),
        }
    }

    /// Takes a session of a presentation of this length in, if there is room.
    pub(crate) fn admit(&mut self, admitted: Admitted, length: usize, at: Timestamp) -> Option<u32> {
        let agent = admitted.session.agent().to_string();
        let size = length.saturating_add(SESSION_BYTES);
        while let Some(oldest) = self.beyond_share(&agent, size) {
            self.end(oldest);
        }
        if !self.held.has_room(size) {
            self.end_where(|held| at >= held.session.expires_at());
        }
        let handle = self.held.insert(admitted, size)?;
        match self.agents.get_mut(&agent) {
            Some(own) => own.push((handle, size)),
            None => drop(self.agents.insert(agent, vec![(handle, size)])),
        }
        Some(handle)
    }

    /// The oldest session of an agent that has no room in its share for one more of this size.
    fn beyond_share(&self, agent: &str, size: usize) -> Option<u32> {
        let own = self.agents.get(agent)?;
        let bytes = own.iter().fold(size, |sum, (_, one)| sum.saturating_add(*one));
        let beyond = own.len() >= MOST_OF_AGENT || bytes > MOST_BYTES_OF_AGENT;
        own.first().filter(|_| beyond).map(|(oldest, _)| *oldest)
    }

    pub(crate) fn get(&self, handle: u32) -> Option<&Admitted> {
        self.held.get(handle)
    }

    pub(crate) fn get_mut(&mut self, handle: u32) -> Option<&mut Admitted> {
        self.held.get_mut(handle)
    }

    /// Ends a session.
    pub(crate) fn end(&mut self, handle: u32) {
        let Some(ended) = self.held.remove(handle) else {
            return;
        };
        let agent = ended.session.agent().as_str();
        let Some(own) = self.agents.get_mut(agent) else {
            return;
        };
        own.retain(|(known, _)| *known != handle);
        if own.is_empty() {
            self.agents.remove(agent);
        }
    }

    /// Ends all sessions of which this holds.
    pub(crate) fn end_where(&mut self, over: impl Fn(&Admitted) -> bool) {
        for handle in self.held.find(over) {
            self.end(handle);
        }
    }
}
