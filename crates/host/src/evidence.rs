//! The evidence of one verifier: its bundle's, what a host adds for one call, and the newest lists that were proven.
//!
//! Profile, "Bundles" and "Status". INVARIANT: what a host adds counts for that call alone, unless it is a status list
//! that the call proved: such a list is kept in place of the older one, and none older is believed again. Of two lists
//! of one address the newer is judged.

use chancery_did::{Did, LogFiles, SortedMap, Timestamp};
use chancery_proof::{Limits, json};
use chancery_vc::status::{read_status_list, read_token_status_text};
use chancery_verifier::{Evidence, EvidenceError, Rejection};

/// The most lists whose newest signing time is remembered beside those of the bundle.
const MOST_FLOORS: usize = 4_096;
/// The most bytes of proven lists that are kept beside those of the bundle.
const MOST_KEPT: usize = 8 * 1024 * 1024;
/// The most bytes of a list of evidence, as of one document.
const LONGEST: usize = 16 * 1024 * 1024;

/// The evidence of one verifier.
#[derive(Debug)]
pub(crate) struct Known {
    evidence: Evidence,
    /// The floors' keys of the lists that are kept beside the bundle's, and their lengths.
    kept: SortedMap<String, usize>,
}

/// What a judgement proved, to be remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proven<'d> {
    pub(crate) status_floors: &'d SortedMap<String, Timestamp>,
    pub(crate) did_floors: &'d SortedMap<Did, String>,
    pub(crate) stapled: &'d SortedMap<String, String>,
}

/// What stood where something was added.
#[derive(Debug)]
pub(crate) struct Added {
    documents: Vec<(Did, Option<String>)>,
    did_logs: Vec<(Did, Option<LogFiles>)>,
    did_floors: Vec<(Did, Option<String>)>,
    status_lists: Vec<(String, Option<String>)>,
    token_status_lists: Vec<(String, Option<String>)>,
    status_floors: Vec<(String, Option<Timestamp>)>,
    statements: usize,
    offsets: usize,
    failures: usize,
}

/// Reads the evidence that a host adds: nothing, a document as JSON text, or a list of documents, merged in its order.
pub(crate) fn parse(text: &str) -> Result<Evidence, Rejection> {
    let refused = |error: EvidenceError| Rejection::new(error.code(), format!("the evidence: {error}"));
    if text.is_empty() {
        return Ok(Evidence::default());
    }
    if !text.trim_start().starts_with('[') {
        return Evidence::parse(text.as_bytes()).map_err(refused);
    }
    let limits = Limits {
        bytes: LONGEST,
        string: LONGEST,
        ..Limits::default()
    };
    let read = json::parse(text.as_bytes(), &limits).map_err(|error| refused(error.into()))?;
    let mut evidence = Evidence::default();
    for part in read.as_array().into_iter().flatten() {
        evidence.extend(Evidence::parse_value(part).map_err(refused)?);
    }
    Ok(evidence)
}

/// How many bytes the texts of evidence have.
pub(crate) fn size(evidence: &Evidence) -> usize {
    let Evidence {
        documents,
        did_logs,
        status_lists,
        token_status_lists,
        trust_statements,
        ..
    } = evidence;
    let witness = |files: &LogFiles| files.witness.as_ref().map_or(0, String::len);
    let logs = did_logs
        .values()
        .map(|files| files.log.len().saturating_add(witness(files)));
    let texts = documents
        .values()
        .chain(status_lists.values())
        .chain(token_status_lists.values())
        .chain(trust_statements);
    texts.map(String::len).chain(logs).fold(0, usize::saturating_add)
}

impl Known {
    pub(crate) fn new(evidence: Evidence) -> Self {
        Self {
            evidence,
            kept: SortedMap::new(),
        }
    }

    pub(crate) fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Takes a later bundle's evidence in place of this one's; newer lists and all floors stay.
    pub(crate) fn refresh(&mut self, bundle: Evidence) {
        let before = std::mem::replace(&mut self.evidence, bundle);
        let kept = std::mem::take(&mut self.kept);
        for (url, text) in before.status_lists {
            if kept.contains_key(&url) {
                self.keep(url, &text);
            }
        }
        for (url, text) in before.token_status_lists {
            let floor = Evidence::token_floor(&url);
            if kept.contains_key(&floor) {
                self.keep(floor, &text);
            }
        }
        self.evidence.extend(Evidence {
            status_floors: before.status_floors,
            did_floors: before.did_floors,
            ..Evidence::default()
        });
    }

    /// Adds evidence; what it took the place of is given back to [`Known::take_back`].
    pub(crate) fn add(&mut self, more: Evidence) -> Added {
        let own = &mut self.evidence;
        let added = Added {
            documents: lay(&mut own.documents, more.documents, |_, _| true),
            did_logs: lay(&mut own.did_logs, more.did_logs, |_, _| true),
            did_floors: lay(&mut own.did_floors, more.did_floors, |known, more| {
                version(more) >= version(known)
            }),
            status_lists: lay(&mut own.status_lists, more.status_lists, |known, more| {
                bitstring(more) >= bitstring(known)
            }),
            token_status_lists: lay(
                &mut own.token_status_lists,
                more.token_status_lists,
                |known, more| token(more) >= token(known),
            ),
            status_floors: lay(&mut own.status_floors, more.status_floors, |known, more| {
                more > known
            }),
            statements: own.trust_statements.len(),
            offsets: own.zone_offsets.len(),
            failures: own.failures.len(),
        };
        own.trust_statements.extend(more.trust_statements);
        own.zone_offsets.extend(more.zone_offsets);
        own.failures.extend(more.failures);
        added
    }

    /// Takes back what was added, but for the lists that were proven, which are kept.
    pub(crate) fn take_back(&mut self, added: Added, proven: &Proven<'_>) {
        let texts = self.proven_texts(&added, proven);
        let own = &mut self.evidence;
        lift(&mut own.documents, added.documents);
        lift(&mut own.did_logs, added.did_logs);
        lift(&mut own.did_floors, added.did_floors);
        lift(&mut own.status_lists, added.status_lists);
        lift(&mut own.token_status_lists, added.token_status_lists);
        lift(&mut own.status_floors, added.status_floors);
        own.trust_statements.truncate(added.statements);
        own.zone_offsets.truncate(added.offsets);
        own.failures.truncate(added.failures);
        let mut unkept = Vec::new();
        for (floor, text) in texts {
            if !self.keep(floor.clone(), &text) {
                unkept.push(floor);
            }
        }
        // What came stapled stands in only for a list of the same issuer, for the presenter chose the address.
        for (floor, text) in proven.stapled {
            if !(self.is_of_the_known_issuer(floor, text) && self.keep(floor.clone(), text)) {
                unkept.push(floor.clone());
            }
        }
        self.raise(proven, &unkept);
    }

    /// The texts of the proven lists that the host added.
    fn proven_texts(&self, added: &Added, proven: &Proven<'_>) -> SortedMap<String, String> {
        let own = &self.evidence;
        let listed = added
            .status_lists
            .iter()
            .map(|(url, _)| (url.clone(), own.status_lists.get(url)));
        let tokens = added.token_status_lists.iter();
        let tokens = tokens.map(|(url, _)| (Evidence::token_floor(url), own.token_status_lists.get(url)));
        listed
            .chain(tokens)
            .filter(|(floor, _)| proven.status_floors.contains_key(floor))
            .filter_map(|(floor, text)| Some((floor, text?.clone())))
            .collect()
    }

    /// Whether the list that is known of an address is of the same issuer as this text.
    fn is_of_the_known_issuer(&self, floor: &str, text: &str) -> bool {
        let known = match floor.strip_prefix("token ") {
            Some(url) => self
                .evidence
                .token_status_lists
                .get(url)
                .map(|known| (token(known), token(text))),
            None => {
                let known = self.evidence.status_lists.get(floor);
                known.map(|known| (bitstring(known), bitstring(text)))
            }
        };
        let issuer = |list: Option<Signed>| list.map(|list| list.issuer);
        known.is_some_and(|(known, text)| known.is_some() && issuer(known) == issuer(text))
    }

    /// Keeps a proven list in place of an older one; whether it is there now.
    fn keep(&mut self, floor: String, text: &str) -> bool {
        let of_token = floor.strip_prefix("token ");
        let (lists, url, made): (_, _, fn(&str) -> Option<Signed>) = match of_token {
            Some(url) => (&mut self.evidence.token_status_lists, url, token),
            None => (&mut self.evidence.status_lists, floor.as_str(), bitstring),
        };
        if lists.get(url).is_some_and(|known| made(known) >= made(text)) {
            return true;
        }
        let bytes = self
            .kept
            .values()
            .fold(text.len(), |sum, one| sum.saturating_add(*one));
        if bytes > MOST_KEPT || self.kept.len() >= MOST_FLOORS {
            return false;
        }
        lists.insert(url.to_owned(), text.to_owned());
        self.kept.insert(floor, text.len());
        true
    }

    /// Raises the floors; not of a list that could not be kept, for the bundle's own would not hold under it.
    fn raise(&mut self, proven: &Proven<'_>, unkept: &[String]) {
        let floors = &mut self.evidence.status_floors;
        for (list, made) in proven.status_floors {
            let room = floors.len() < MOST_FLOORS || floors.contains_key(list);
            if room && !unkept.contains(list) {
                let newest = floors.get(list).map_or(*made, |known| *made.max(known));
                floors.insert(list.clone(), newest);
            }
        }
        let floors = &mut self.evidence.did_floors;
        for (did, head) in proven.did_floors {
            let room = floors.len() < MOST_FLOORS || floors.contains_key(did);
            if room
                && floors
                    .get(did)
                    .is_none_or(|known| version(head) >= version(known))
            {
                floors.insert(did.clone(), head.clone());
            }
        }
    }
}

fn lay<K: Ord + Clone, V>(
    under: &mut SortedMap<K, V>,
    over: SortedMap<K, V>,
    wins: impl Fn(&V, &V) -> bool,
) -> Vec<(K, Option<V>)> {
    let mut before = Vec::new();
    for (key, value) in over {
        if under.get(&key).is_none_or(|known| wins(known, &value)) {
            let known = under.insert(key.clone(), value);
            before.push((key, known));
        }
    }
    before
}

fn lift<K: Ord, V>(under: &mut SortedMap<K, V>, before: Vec<(K, Option<V>)>) {
    for (key, known) in before {
        match known {
            Some(known) => under.insert(key, known),
            None => under.remove(&key),
        };
    }
}

/// What a list says of its signing; nothing where it cannot be read, which is older than all.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Signed {
    /// When; it comes first, for lists are compared by it.
    made: Timestamp,
    issuer: Did,
}

fn bitstring(text: &str) -> Option<Signed> {
    let read = read_status_list(text.as_bytes(), &Limits::default()).ok()?;
    let list = read.unverified();
    Some(Signed {
        made: list.valid_from,
        issuer: list.issuer.clone(),
    })
}

/// The same for a Token Status List.
fn token(text: &str) -> Option<Signed> {
    let read = read_token_status_text(text, &Limits::default()).ok()?;
    let list = read.unverified();
    Some(Signed {
        made: list.issued_at,
        issuer: list.issuer.clone(),
    })
}

/// The number with which a version of a DID log begins.
fn version(head: &str) -> u64 {
    let number = head.split('-').next().unwrap_or_default();
    number.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests;
