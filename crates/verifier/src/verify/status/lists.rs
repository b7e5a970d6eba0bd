//! Looking status entries up on their lists.
//!
//! Bitstring Status List v1.0, "Validate". A list counts when it is signed by the authority, or by a DID
//! that the authority's document names in a service of type `StatusListIssuer`, and its age is the moment
//! judged minus its own signed time, never fetch time. INVARIANT: a list that is unsigned, stale, older than
//! one seen, of another address or of another purpose tells nothing good.

use std::collections::BTreeMap;

use chancery_did::{Did, Document, Relationship, Timestamp};
use chancery_proof::{Digest, Expectation, Limits, Proven};
use chancery_vc::status::{StatusList, read_status_list};
use chancery_vc::{StatusEntry, StatusPurpose};

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
    pub(crate) entry: &'a StatusEntry,
    /// Whose list it must be.
    pub(crate) authority: &'a Did,
    /// The anchor under which that authority's keys are judged.
    pub(crate) anchored: Option<&'a Anchored<'a>>,
}

/// How lists are judged.
pub(crate) struct Lists<'a> {
    /// The facts that the host gathered.
    pub(crate) evidence: &'a Evidence,
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
        let mut by_list: BTreeMap<&str, Vec<&ListUse<'_>>> = BTreeMap::new();
        for one in uses {
            by_list.entry(&one.entry.list).or_default().push(one);
        }
        let (mut findings, mut needs, mut stale) = (Vec::new(), Vec::new(), Vec::new());
        for (url, uses) in &by_list {
            match self.list(url, uses, book) {
                Ok(list) => findings.extend(uses.iter().filter_map(|one| finding(list.value(), one))),
                Err(Gap::Refused(rejection)) => findings.push(rejection),
                Err(Gap::Stale(need)) => stale.push(need),
                Err(Gap::Wanted(wanted)) => {
                    needs.extend(
                        wanted
                            .into_iter()
                            .filter(|need| !needs.contains(need))
                            .collect::<Vec<_>>(),
                    );
                }
            }
        }
        findings.sort_by_key(|rejection| (rank(rejection), rejection.hop));
        let undecided = !needs.is_empty() || !stale.is_empty();
        match findings.into_iter().next() {
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
                book.note(format!("{} entries on {} lists", uses.len(), by_list.len()));
                Ok(())
            }
        }
    }

    /// Reads and proves one list for all the entries that it serves.
    fn list(&self, url: &str, uses: &[&ListUse<'_>], book: &mut Book) -> Result<Proven<StatusList>, Gap> {
        let need = Need::StatusList(url.to_owned());
        let first = uses.iter().map(|one| one.paper).min().unwrap_or_default();
        let refused = |code: &'static str, detail: String| {
            Gap::Refused(Rejection::new(code, format!("`{url}`: {detail}")).at(first))
        };
        let Some(text) = self.evidence.status_lists.get(url) else {
            return Err(match self.evidence.failure(&need) {
                Some(code) => refused(code, "the list could not be had".to_owned()),
                None => Gap::Wanted(self.wanted(need, uses)),
            });
        };
        let read = read_status_list(text.as_bytes(), &Limits::default()).map_err(|error| {
            let code = match error.code() {
                "limit.decompression" => "limit.decompression",
                _ => "status.unknown",
            };
            refused(code, format!("{error} ({})", error.problem_type()))
        })?;
        let issuer = &read.unverified().issuer;
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
            judged.map_err(|error| refused("status.unknown", format!("its proof: {error}")))?;
        }
        let list = proven.value();
        if list.url != url {
            return Err(refused(
                "status.unknown",
                format!("the list is the one of `{}`", list.url),
            ));
        }
        self.fresh(url, list, need).map_err(|gap| match gap {
            Gap::Refused(rejection) => Gap::Refused(rejection.at(first)),
            gap @ (Gap::Wanted(_) | Gap::Stale(_)) => gap,
        })?;
        book.list(url, list.valid_from);
        book.until(Some(list.valid_from.saturating_add_millis(self.most_age)));
        book.until(list.valid_until);
        book.rely("statusList", url, Digest::of_bytes(text.as_bytes()));
        Ok(proven)
    }

    /// Judges a list's own times, which are signed.
    fn fresh(&self, url: &str, list: &StatusList, need: Need) -> Result<(), Gap> {
        if (self.floor)(url).is_some_and(|floor| list.valid_from < floor) {
            let detail = format!("`{url}` is of {}, a newer one was seen", list.valid_from);
            return Err(Rejection::new("status.rollback", detail).into());
        }
        if list.valid_from > self.at.saturating_add_millis(self.skew) {
            let detail = format!("`{url}` is of {}, which is yet to come", list.valid_from);
            return Err(Rejection::new("status.unknown", detail).into());
        }
        let age = list.age(self.at);
        let ended = list.valid_until.is_some_and(|end| self.at > end);
        if age <= self.most_age && !ended {
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
        match resolve(issuer, self.evidence, book)? {
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

/// What a list says against a paper.
fn finding(list: &StatusList, one: &ListUse<'_>) -> Option<Rejection> {
    let name = |code| {
        let detail = format!("index {} of `{}` is set", one.entry.index, one.entry.list);
        Some(Rejection::new(code, detail).at(one.paper))
    };
    match list.status(one.entry) {
        Ok(0) => None,
        Ok(_) => match one.entry.purpose {
            StatusPurpose::Revocation => name("status.revoked"),
            StatusPurpose::Suspension => name("status.suspended"),
            StatusPurpose::Refresh | StatusPurpose::Message => None,
        },
        Err(error) => {
            let detail = format!("{error} ({})", error.problem_type());
            Some(Rejection::new("status.unknown", detail).at(one.paper))
        }
    }
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
