//! Looking status entries up on their lists.
//!
//! Bitstring Status List v1.0, "Validate", and Token Status List, "Validation Rules". A list counts when it is signed by the authority, or by a DID
//! that the authority's document names in a service of type `StatusListIssuer`, and its age is the moment
//! judged minus its own signed time, never fetch time. Of a list that was gathered and one that came stapled, both
//! of which hold, the newer counts; one that came stapled and does not hold counts as if it were not there.
//! INVARIANT: a list that is unsigned, stale, older than one seen, of another address or of another purpose tells
//! nothing good; and one that came stapled is remembered, or raises a floor, only where its authority publishes itself
//! or a list of the same issuer was gathered, for whoever signs the papers chooses what address they name.

use chancery_did::{Did, Document, Relationship, SortedMap, Timestamp, When};
use chancery_proof::{Digest, Expectation, ProofError, Proven, Suites};
use chancery_vc::Stapled;
use chancery_vc::status::{StatusList, TokenStatusList};

use super::kind::{Entry, Kind};
use super::place::is_own;
use crate::decision::Verdict;
use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;
use crate::verify::key::{PaperKeys, Resolved, resolve};
use crate::verify::trust::Anchored;
use crate::verify::{Book, Halt, KeyRing, time};

/// The service type by which an authority names who signs its status lists.
const SERVICE: &str = "StatusListIssuer";
/// The most such DIDs of one authority.
const MOST_DELEGATES: usize = 4;

/// One status entry to look up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListUse<'a> {
    /// The paper that carries it, by its place.
    pub(crate) paper: usize,
    /// The entry.
    pub(crate) entry: Entry<'a>,
    /// Whose list it must be.
    pub(crate) authority: &'a Did,
    /// The anchor under which that authority's keys are judged.
    pub(crate) anchored: Option<&'a Anchored<'a>>,
}

/// How lists are judged.
pub(crate) struct Lists<'a> {
    /// The facts that the host gathered.
    pub(crate) evidence: &'a Evidence,
    /// What came with the presentation.
    pub(crate) stapled: Option<&'a Stapled>,
    /// The documents of the authorities.
    pub(crate) ring: &'a KeyRing,
    /// The oldest list that is relied on, in milliseconds.
    pub(crate) most_age: i64,
    /// The difference between clocks that is allowed, in milliseconds.
    pub(crate) skew: i64,
    /// The moment judged.
    pub(crate) at: Timestamp,
    /// The newest signing time known of a list.
    pub(crate) floor: &'a dyn Fn(&str) -> Option<Timestamp>,
    /// The cryptosuites that the host handed in.
    pub(crate) suites: &'a dyn Suites,
}

/// What a list says of the papers that name it.
struct Told {
    findings: Vec<Rejection>,
    remarks: Vec<String>,
}

/// Why a list does not tell.
enum Gap {
    Wanted(Vec<Need>),
    Stale(Need),
    Refused(Rejection),
}

impl From<Rejection> for Gap {
    fn from(rejection: Rejection) -> Gap {
        Gap::Refused(rejection)
    }
}

impl Lists<'_> {
    /// Looks every entry up, one list at a time.
    pub(crate) fn judge(&self, uses: &[ListUse<'_>], book: &mut Book) -> Result<(), Halt> {
        let mut by_list: SortedMap<(&str, bool), Vec<&ListUse<'_>>> = SortedMap::new();
        for one in uses {
            match by_list.get_mut(&one.entry.list()) {
                Some(known) => known.push(one),
                None => drop(by_list.insert(one.entry.list(), vec![one])),
            }
        }
        let (mut findings, mut needs, mut stale) = (Vec::new(), Vec::new(), Vec::new());
        let mut remarks = Vec::new();
        for ((url, token), uses) in &by_list {
            let told = if *token {
                self.told::<TokenStatusList>(url, uses, book)
            } else {
                self.told::<StatusList>(url, uses, book)
            };
            match told {
                Ok(told) => {
                    findings.extend(told.findings);
                    remarks.extend(told.remarks);
                }
                Err(Gap::Refused(rejection)) => findings.push(rejection),
                Err(Gap::Stale(need)) => stale.push(need),
                Err(Gap::Wanted(wanted)) => {
                    for need in wanted {
                        if !needs.contains(&need) {
                            needs.push(need);
                        }
                    }
                }
            }
        }
        // Of the worst findings, that of the first paper.
        let worst = findings
            .into_iter()
            .min_by_key(|rejection| (rank(rejection), rejection.hop));
        let undecided = !needs.is_empty() || !stale.is_empty();
        match worst {
            Some(finding) if !undecided || finding.verdict() == Verdict::Invalid => Err(finding.into()),
            _ if !needs.is_empty() => {
                needs.extend(stale);
                Err(Halt::wanting(needs))
            }
            _ if !stale.is_empty() => Err(Halt::Wanting {
                needs: stale,
                code: "status.stale",
            }),
            _ => {
                let counted = format!("{} entries on {} lists", uses.len(), by_list.len());
                let noted = std::iter::once(counted).chain(remarks);
                book.note(noted.collect::<Vec<_>>().join("; "));
                Ok(())
            }
        }
    }

    /// What one list says of all the entries that it serves.
    fn told<K: Kind>(&self, url: &str, uses: &[&ListUse<'_>], book: &mut Book) -> Result<Told, Gap> {
        let list = self.list::<K>(url, uses, book)?;
        let list = list.value();
        let mut told = Told {
            findings: Vec::new(),
            remarks: Vec::new(),
        };
        for one in uses {
            told.findings.extend(list.finding(one));
            told.remarks.extend(list.remark(one));
        }
        Ok(told)
    }

    /// The newest proven list of an address, gathered or stapled, for all the entries that it serves.
    fn list<K: Kind>(&self, url: &str, uses: &[&ListUse<'_>], book: &mut Book) -> Result<Proven<K>, Gap> {
        let held = K::text(self.evidence, url);
        let stapled = self.stapled.and_then(|stapled| K::stapled(stapled, url));
        let stapled = stapled.filter(|text| held != Some(*text));
        let gathered = held.map(|text| (text, self.proven::<K>(url, text, uses, book)));
        let stapled = stapled.map(|text| (text, self.proven::<K>(url, text, uses, book)));
        let mut remembered = true;
        let (text, proven) = match (gathered, stapled) {
            (Some((text, Ok(own))), Some((_, Ok(other)))) if own.value().made() >= other.value().made() => {
                (text, own)
            }
            (_, Some((text, Ok(other)))) => {
                remembered = uses.iter().any(|one| is_own(one.authority, url))
                    || held.is_some_and(|held| self.is_of::<K>(held, other.value().issuer()));
                if remembered {
                    book.stapled(&K::floor(url), text);
                }
                (text, other)
            }
            (Some((text, own)), _) => (text, own?),
            (None, Some((_, Err(gap @ (Gap::Wanted(_) | Gap::Stale(_)))))) => return Err(gap),
            (None, _) => return Err(self.missing(K::need(url), url, uses)),
        };
        let list = proven.value();
        if remembered {
            book.list(&K::floor(url), list.made());
        } else {
            book.as_of(list.made());
        }
        book.until(Some(list.made().saturating_add_millis(self.most_age)));
        book.until(list.until());
        book.rely(K::RELIANCE, url, Digest::of_bytes(text.as_bytes()));
        Ok(proven)
    }

    /// Whether a text that was gathered names this issuer.
    fn is_of<K: Kind>(&self, text: &str, issuer: &Did) -> bool {
        K::read(text, self.suites).is_ok_and(|read| read.unverified().issuer() == issuer)
    }

    /// A list that is not there: why it could not be had, or what is wanted.
    fn missing(&self, need: Need, url: &str, uses: &[&ListUse<'_>]) -> Gap {
        let Some(code) = self.evidence.failure(&need) else {
            return Gap::Wanted(self.wanted(need, uses));
        };
        let first = uses.iter().map(|one| one.paper).min().unwrap_or_default();
        Gap::Refused(Rejection::new(code, format!("`{url}`: the list could not be had")).at(first))
    }

    /// Reads and proves one text of a list, and judges its times.
    fn proven<K: Kind>(
        &self,
        url: &str,
        text: &str,
        uses: &[&ListUse<'_>],
        book: &mut Book,
    ) -> Result<Proven<K>, Gap> {
        let need = K::need(url);
        let first = uses.iter().map(|one| one.paper).min().unwrap_or_default();
        let refused = |code: &'static str, detail: String| {
            Gap::Refused(Rejection::new(code, format!("`{url}`: {detail}")).at(first))
        };
        let read = K::read(text, self.suites).map_err(|error| {
            let code = match error.code() {
                "limit.decompression" => "limit.decompression",
                _ => "status.unknown",
            };
            refused(code, format!("{error} ({})", error.problem_type()))
        })?;
        let issuer = read.unverified().issuer();
        for one in uses {
            if !self.speaks_for(one.authority, issuer) {
                let detail = format!("signed by `{issuer}`, whom `{}` does not name", one.authority);
                return Err(refused("status.unknown", detail));
            }
        }
        let ring = self.document(issuer, book).map_err(|gap| match gap {
            Gap::Refused(rejection) => Gap::Refused(rejection.at(first)),
            gap @ (Gap::Wanted(_) | Gap::Stale(_)) => gap,
        })?;
        let anchored = uses
            .iter()
            .filter(|one| one.authority == issuer)
            .find_map(|one| one.anchored);
        let expect = Expectation {
            purpose: Relationship::AssertionMethod,
            issuer: issuer.clone(),
        };
        let proven = read
            .prove(
                &expect,
                &PaperKeys {
                    ring: &ring,
                    anchored,
                },
            )
            .map_err(|error| refused("status.unknown", format!("its proof does not hold: {error}")))?;
        book.count(proven.signatures());
        for proof in proven.proofs() {
            let judged = proof.check_time(self.at, self.skew);
            match judged {
                Err(ProofError::TimeExpired) if K::ENDS_WITH_ITS_PROOF => {}
                judged => {
                    judged.map_err(|error| refused("status.unknown", format!("its proof: {error}")))?;
                }
            }
        }
        let list = proven.value();
        if list.url() != url {
            return Err(refused(
                "status.unknown",
                format!("the list is the one of `{}`", list.url()),
            ));
        }
        self.fresh(url, list, need).map_err(|gap| match gap {
            Gap::Refused(rejection) => Gap::Refused(rejection.at(first)),
            gap @ (Gap::Wanted(_) | Gap::Stale(_)) => gap,
        })?;
        Ok(proven)
    }

    /// Judges a list's own times, which are signed.
    fn fresh<K: Kind>(&self, url: &str, list: &K, need: Need) -> Result<(), Gap> {
        let made = list.made();
        if (self.floor)(&K::floor(url)).is_some_and(|floor| made < floor) {
            let detail = format!("`{url}` is of {made}, a newer one was seen");
            return Err(Rejection::new("status.rollback", detail).into());
        }
        if made > self.at.saturating_add_millis(self.skew) {
            let detail = format!("`{url}` is of {made}, which is yet to come");
            return Err(Rejection::new("status.unknown", detail).into());
        }
        let age = self.at.millis_since(made).max(0);
        if age <= self.most_age && !list.ended(self.at) {
            return Ok(());
        }
        if self.evidence.failure(&need).is_none() {
            return Err(Gap::Stale(need));
        }
        let (age, most) = (time::seconds(age), time::seconds(self.most_age));
        let detail = format!("`{url}` is {age} s old, at most {most} s, and no newer one could be had");
        Err(Rejection::new("status.stale", detail).into())
    }

    /// A list that is not there, together with the documents of those who may have signed it.
    fn wanted(&self, need: Need, uses: &[&ListUse<'_>]) -> Vec<Need> {
        let mut needs = vec![need];
        for one in uses {
            let Some(document) = self.ring.document(one.authority) else {
                continue;
            };
            for delegate in delegates(document) {
                if self.ring.document(&delegate).is_some() || self.evidence.documents.contains_key(&delegate)
                {
                    continue;
                }
                let need = Need::Document(delegate);
                if self.evidence.failure(&need).is_none() && !needs.contains(&need) {
                    needs.push(need);
                }
            }
        }
        needs
    }

    fn speaks_for(&self, authority: &Did, issuer: &Did) -> bool {
        issuer == authority
            || self
                .ring
                .document(authority)
                .is_some_and(|document| delegates(document).contains(issuer))
    }

    /// The document of a list's issuer, in a ring of its own.
    fn document(&self, issuer: &Did, book: &mut Book) -> Result<KeyRing, Gap> {
        let mut ring = KeyRing::default();
        if let Some(document) = self.ring.document(issuer) {
            ring.insert(document.clone());
            return Ok(ring);
        }
        match resolve(issuer, self.evidence, When::Now(self.at), book)? {
            Resolved::Document(document) => ring.insert(*document),
            Resolved::Wanted(need) => return Err(Gap::Wanted(vec![need])),
        }
        Ok(ring)
    }
}

/// The DIDs that a document names as signers of its status lists.
fn delegates(document: &Document) -> Vec<Did> {
    let services = document
        .services()
        .iter()
        .filter(|service| service.types().iter().any(|name| name == SERVICE));
    let endpoints = services.flat_map(|service| match service.endpoint().as_array() {
        Some(several) => several.iter().collect::<Vec<_>>(),
        None => vec![service.endpoint()],
    });
    let dids = endpoints
        .filter_map(|endpoint| endpoint.as_str())
        .filter_map(|text| Did::parse(text).ok());
    dids.take(MOST_DELEGATES).collect()
}

/// Which finding is told first: a revocation, a suspension, other definite ones, the undecided.
fn rank(rejection: &Rejection) -> u8 {
    match (rejection.code, rejection.verdict()) {
        ("status.revoked", _) => 0,
        ("status.suspended", _) => 1,
        (_, Verdict::Invalid) => 2,
        _ => 3,
    }
}
