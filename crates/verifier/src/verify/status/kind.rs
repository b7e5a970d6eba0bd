//! The two kinds of status list, behind what judging one asks of it.
//!
//! Bitstring Status List v1.0 section 3.2; Token Status List (draft-ietf-oauth-status-list-20) section 8.3.
//! INVARIANT: a value that has no known meaning is unknown, never good.

use chancery_did::{Did, Timestamp};
use chancery_proof::{Limits, Secured, Suites};
use chancery_vc::status::{
    StatusError, StatusList, TokenStatus, TokenStatusEntry, TokenStatusList, read_status_list_with,
    read_token_status_text,
};
use chancery_vc::{Stapled, StatusEntry, StatusPurpose};

use super::lists::ListUse;
use crate::evidence::Evidence;
use crate::needs::Need;
use crate::rejection::Rejection;

/// A status entry of either kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Entry<'a> {
    /// On a Bitstring list.
    Bitstring(&'a StatusEntry),
    /// On a Token Status List.
    Token {
        /// The entry.
        entry: &'a TokenStatusEntry,
        /// Whether nothing else tells that the paper is suspended, and something must.
        alone: bool,
    },
}

impl<'a> From<&'a StatusEntry> for Entry<'a> {
    fn from(entry: &'a StatusEntry) -> Self {
        Self::Bitstring(entry)
    }
}

impl<'a> From<&'a TokenStatusEntry> for Entry<'a> {
    fn from(entry: &'a TokenStatusEntry) -> Self {
        Self::Token { entry, alone: false }
    }
}

impl<'a> Entry<'a> {
    /// The address of its list, and whether that is a Token Status List.
    pub(super) fn list(self) -> (&'a str, bool) {
        match self {
            Self::Bitstring(entry) => (&entry.list, false),
            Self::Token { entry, .. } => (&entry.uri, true),
        }
    }
}

/// What judging a list asks of its kind.
pub(super) trait Kind: Sized {
    /// The name under which a decision says that it relied on one.
    const RELIANCE: &'static str;
    /// Whether the end of its proof is its own end, and is judged as that.
    const ENDS_WITH_ITS_PROOF: bool;

    /// The need for the list at an address.
    fn need(url: &str) -> Need;
    /// The key under which the newest signing time is remembered.
    fn floor(url: &str) -> String;
    /// The text that was gathered for an address.
    fn text<'a>(evidence: &'a Evidence, url: &str) -> Option<&'a str>;
    /// The text that was stapled for an address.
    fn stapled<'a>(stapled: &'a Stapled, url: &str) -> Option<&'a str>;
    /// Reads a text.
    fn read(text: &str, suites: &dyn Suites) -> Result<Secured<Self>, StatusError>;
    /// Who is said to have signed it.
    fn issuer(&self) -> &Did;
    /// Its own address.
    fn url(&self) -> &str;
    /// When it was made.
    fn made(&self) -> Timestamp;
    /// When it ends, if it says so.
    fn until(&self) -> Option<Timestamp>;
    /// Whether it has ended.
    fn ended(&self, at: Timestamp) -> bool;
    /// What it says against a paper.
    fn finding(&self, one: &ListUse<'_>) -> Option<Rejection>;
    /// What it says of a paper that is no reason to refuse it.
    fn remark(&self, one: &ListUse<'_>) -> Option<String>;
}

impl Kind for StatusList {
    const RELIANCE: &'static str = "statusList";
    const ENDS_WITH_ITS_PROOF: bool = false;

    fn need(url: &str) -> Need {
        Need::StatusList(url.to_owned())
    }

    fn floor(url: &str) -> String {
        url.to_owned()
    }

    fn text<'a>(evidence: &'a Evidence, url: &str) -> Option<&'a str> {
        evidence.status_lists.get(url).map(String::as_str)
    }

    fn stapled<'a>(stapled: &'a Stapled, url: &str) -> Option<&'a str> {
        stapled.status_lists.get(url).map(String::as_str)
    }

    fn read(text: &str, suites: &dyn Suites) -> Result<Secured<Self>, StatusError> {
        read_status_list_with(text.as_bytes(), &Limits::default(), suites)
    }

    fn issuer(&self) -> &Did {
        &self.issuer
    }

    fn url(&self) -> &str {
        &self.url
    }

    fn made(&self) -> Timestamp {
        self.valid_from
    }

    fn until(&self) -> Option<Timestamp> {
        self.valid_until
    }

    fn ended(&self, at: Timestamp) -> bool {
        self.valid_until.is_some_and(|end| at > end)
    }

    fn finding(&self, one: &ListUse<'_>) -> Option<Rejection> {
        let Entry::Bitstring(entry) = one.entry else {
            return Some(unknown("the entry is not of a Bitstring list".to_owned(), one));
        };
        match (self.status(entry), entry.purpose) {
            (Ok(0), _) | (Ok(_), StatusPurpose::Refresh | StatusPurpose::Message) => None,
            (Ok(_), StatusPurpose::Revocation) => Some(set("status.revoked", entry.index, one)),
            (Ok(_), StatusPurpose::Suspension) => Some(set("status.suspended", entry.index, one)),
            (Err(error), _) => Some(failed(&error, one)),
        }
    }

    fn remark(&self, one: &ListUse<'_>) -> Option<String> {
        let Entry::Bitstring(entry) = one.entry else {
            return None;
        };
        let value = self.status(entry).ok()?;
        match entry.purpose {
            StatusPurpose::Refresh if value != 0 => Some("a newer version is to be had".to_owned()),
            StatusPurpose::Message => Some(format!("0x{value:x} `{}`", entry.message(value))),
            StatusPurpose::Refresh | StatusPurpose::Revocation | StatusPurpose::Suspension => None,
        }
    }
}

impl Kind for TokenStatusList {
    const RELIANCE: &'static str = "tokenStatusList";
    const ENDS_WITH_ITS_PROOF: bool = true;

    fn need(url: &str) -> Need {
        Need::TokenStatusList(url.to_owned())
    }

    fn floor(url: &str) -> String {
        Evidence::token_floor(url)
    }

    fn text<'a>(evidence: &'a Evidence, url: &str) -> Option<&'a str> {
        evidence.token_status_lists.get(url).map(String::as_str)
    }

    fn stapled<'a>(stapled: &'a Stapled, url: &str) -> Option<&'a str> {
        stapled.token_status_lists.get(url).map(String::as_str)
    }

    fn read(text: &str, _: &dyn Suites) -> Result<Secured<Self>, StatusError> {
        read_token_status_text(text, &Limits::default())
    }

    fn issuer(&self) -> &Did {
        &self.issuer
    }

    fn url(&self) -> &str {
        &self.uri
    }

    fn made(&self) -> Timestamp {
        self.issued_at
    }

    fn until(&self) -> Option<Timestamp> {
        self.expires_at
    }

    fn ended(&self, at: Timestamp) -> bool {
        TokenStatusList::ended(self, at)
    }

    fn finding(&self, one: &ListUse<'_>) -> Option<Rejection> {
        let Entry::Token { entry, alone } = one.entry else {
            return Some(unknown("the entry is not of a Token Status List".to_owned(), one));
        };
        let index = entry.index;
        match self.status(entry) {
            Ok(TokenStatus::Valid) if alone && self.bits() == 1 => {
                let detail = format!("`{}` has one bit for each paper and cannot suspend", entry.uri);
                Some(Rejection::new("status.missing", detail).at(one.paper))
            }
            Ok(TokenStatus::Valid) => None,
            Ok(TokenStatus::Invalid) => Some(set("status.revoked", index, one)),
            Ok(TokenStatus::Suspended) => Some(set("status.suspended", index, one)),
            Ok(TokenStatus::ApplicationSpecific(value) | TokenStatus::Reserved(value)) => {
                let detail = format!(
                    "index {index} of `{}` is 0x{value:02x}, which has no known meaning",
                    entry.uri
                );
                Some(unknown(detail, one))
            }
            Err(error) => Some(failed(&error, one)),
        }
    }

    fn remark(&self, _: &ListUse<'_>) -> Option<String> {
        None
    }
}

fn set(code: &'static str, index: u64, one: &ListUse<'_>) -> Rejection {
    let detail = format!("index {index} of `{}` is set", one.entry.list().0);
    Rejection::new(code, detail).at(one.paper)
}

fn unknown(detail: String, one: &ListUse<'_>) -> Rejection {
    Rejection::new("status.unknown", detail).at(one.paper)
}

fn failed(error: &StatusError, one: &ListUse<'_>) -> Rejection {
    unknown(format!("{error} ({})", error.problem_type()), one)
}
