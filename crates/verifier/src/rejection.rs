//! The one table of codes: every way in which a decision can end, and every other code that a door can print.
//!
//! Profile, "Judging": codes are `class.reason`. INVARIANT: a code never changes meaning, and a code
//! that is not in this table is never given out. A refusal's verdict is read here and nowhere else:
//! valid for `constraint.*` and `approval.*` (papers hold, the request is not within them),
//! indeterminate for missing or stale evidence, invalid for the rest.

mod problem;
mod ruling;
mod table;

pub use problem::Problem;
pub use ruling::ruling;
pub use table::TABLE;

use crate::decision::{HopRef, Verdict};

/// Explains one code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// The verdict that a decision with this code has.
    pub verdict: Verdict,
    /// Whether a verdict can end with it; else it comes from a door around the verifier.
    pub by_verify: bool,
    /// The step that gives it, by its id, or the place outside of the pipeline that does: `commit`,
    /// `policy`, `bundle`, `keystore`, `issuing`, `resolving`, `configuration`, `request` and `service` (the
    /// registry), `command`, `host`.
    pub step: &'static str,
    /// What it means, in one line.
    pub meaning: &'static str,
    /// What helps, in one line.
    pub remedy: &'static str,
}

/// Holds why a step refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Rejection {
    /// The stable code, one of [`TABLE`].
    pub code: &'static str,
    /// The hop that was wrong.
    pub hop: Option<HopRef>,
    /// The JSON pointer of what was wrong, where one place can be named.
    pub pointer: Option<String>,
    /// What was found.
    pub detail: String,
}

impl Rejection {
    /// Makes a refusal that concerns no particular hop.
    #[must_use]
    pub fn new(code: &'static str, detail: impl Into<String>) -> Rejection {
        Rejection {
            code: known(code),
            hop: None,
            pointer: None,
            detail: legible(detail.into()),
        }
    }

    /// Names the paper that was wrong, by its place in the presentation.
    #[must_use]
    pub fn at(self, paper: usize) -> Rejection {
        Rejection {
            hop: Some(HopRef::Paper(paper)),
            ..self
        }
    }

    /// Names the hop that was wrong.
    #[must_use]
    pub fn on(self, hop: HopRef) -> Rejection {
        Rejection {
            hop: Some(hop),
            ..self
        }
    }

    /// Names the place in the document that was wrong.
    #[must_use]
    pub fn pointing(self, pointer: impl Into<String>) -> Rejection {
        Rejection {
            pointer: Some(legible(pointer.into())),
            ..self
        }
    }

    /// Gives the verdict of a decision that ends with this refusal.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        ruling(self.code).map_or(Verdict::Invalid, |row| row.verdict)
    }
}

/// Finds the explanation of a code.
#[must_use]
pub fn explain(code: &str) -> Option<&'static Explanation> {
    TABLE.iter().find(|row| row.code == code)
}

/// Gives the code under which a recorded failure ends a question: its own when that code is one of
/// missing evidence, else `fetch.failed`, so that no host can turn a failure into another verdict.
pub(crate) fn failure_code(code: &str) -> &'static str {
    ruling(code)
        .filter(|row| row.verdict == Verdict::Indeterminate)
        .map_or("fetch.failed", |row| row.code)
}

/// The most characters of a detail.
const MOST_CHARACTERS: usize = 1_024;

/// Makes a text fit to be shown: what steers a terminal or reorders a line is escaped, and its length is bounded,
/// for it may hold a stranger's words.
pub(crate) fn legible(text: String) -> String {
    let steers = |found: char| {
        found.is_control()
            || matches!(found, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(found, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    if text.len() <= MOST_CHARACTERS && !text.contains(steers) {
        return text;
    }
    let mut shown = String::new();
    for (count, found) in text.chars().enumerate() {
        if count >= MOST_CHARACTERS {
            shown.push_str("..");
            break;
        }
        if steers(found) {
            shown.extend(found.escape_unicode());
        } else {
            shown.push(found);
        }
    }
    shown
}

/// INVARIANT: every code given out is in the table; what lower crates may add later is structure.
fn known(code: &'static str) -> &'static str {
    ruling(code).map_or("parse.structure", |row| row.code)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::decision::Step;

    /// Every code that the profile, the crates below and the host may give.
    const CODES: &str = "ok historical parse.json parse.duplicate_member parse.utf8 parse.number parse.base64url \
        parse.multibase parse.jose parse.structure parse.unknown_member parse.schema_version parse.did \
        parse.did_url parse.timestamp parse.tool limit.size limit.depth limit.items limit.proofs limit.papers \
        limit.chain limit.rounds limit.decompression type.typ type.media type.presentation type.credential \
        context.mismatch delegation.empty delegation.not_linked delegation.parent_digest delegation.entry \
        delegation.depth delegation.not_delegable delegation.repeated_subject delegation.passport_missing \
        delegation.widens_action delegation.widens_resource delegation.widens_audience \
        delegation.widens_constraint delegation.not_comparable delegation.widens_window trust.unknown_issuer \
        trust.paper_not_allowed trust.subject_outside_namespace trust.not_recognized trust.not_authorized \
        trust.statement_invalid trust.statement_expired trust.key_changed trust.agent_as_root \
        resolve.mismatch resolve.invalid_document resolve.unsupported_method resolve.not_found fetch.blocked \
        fetch.timeout fetch.too_large fetch.tls fetch.status fetch.media_type fetch.redirect fetch.offline \
        fetch.failed key.invalid key.weak key.private_member key.use key.not_found key.relationship \
        key.controller key.unsupported key.issuer_mismatch key.header alg.unknown alg.mismatch \
        alg.unsupported_here crit.unknown signature.invalid signature.missing signature.chain time.malformed \
        time.not_yet_valid time.expired time.too_long binding.expectation_missing binding.holder \
        binding.audience binding.nonce binding.too_long status.missing status.revoked status.suspended \
        status.unknown status.stale status.rollback status.issuer attestation.missing constraint.action \
        constraint.resource constraint.not_granted constraint.amount constraint.at_most constraint.one_of \
        constraint.hours constraint.argument constraint.audience constraint.unknown constraint.fact_missing \
        constraint.state_missing constraint.malformed constraint.empty constraint.exhausted approval.missing \
        evidence.needed replay.presentation replay.action replay.approval policy.invalid config.permissions";

    #[test]
    fn every_code_is_in_the_table_once() {
        for code in CODES.split_whitespace() {
            assert!(explain(code).is_some(), "{code}");
        }
        let codes: BTreeSet<&str> = TABLE.iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), TABLE.len());
    }

    #[test]
    fn the_verdict_follows_the_class() {
        for row in TABLE {
            let class = row.code.split('.').next().unwrap();
            let verdict = match class {
                "ok" | "historical" | "constraint" | "approval" => Verdict::Valid,
                "fetch" | "evidence" => Verdict::Indeterminate,
                "delegation" | "binding" | "time" | "signature" | "type" | "parse" | "key" | "replay" => {
                    Verdict::Invalid
                }
                _ => row.verdict,
            };
            assert_eq!(row.verdict, verdict, "{}", row.code);
        }
        for code in [
            "status.unknown",
            "status.stale",
            "resolve.not_found",
            "alg.unsupported_here",
        ] {
            assert_eq!(explain(code).unwrap().verdict, Verdict::Indeterminate);
        }
        for code in [
            "status.revoked",
            "status.missing",
            "trust.unknown_issuer",
            "trust.key_changed",
        ] {
            assert_eq!(explain(code).unwrap().verdict, Verdict::Invalid);
        }
    }

    #[test]
    fn every_row_explains_itself_in_one_line() {
        let places = [
            "commit",
            "policy",
            "keystore",
            "issuing",
            "configuration",
            "request",
            "service",
            "command",
            "host",
            "resolving",
            "bundle",
        ];
        for row in TABLE {
            assert!(!row.meaning.is_empty() && !row.remedy.is_empty(), "{}", row.code);
            assert!(
                !row.meaning.ends_with('.') && !row.remedy.ends_with('.'),
                "{}",
                row.code
            );
            assert!(!row.meaning.contains('\n') && !row.remedy.contains('\n'));
            let step = Step::ALL.iter().any(|step| step.as_str() == row.step);
            assert!(step || places.contains(&row.step), "{}", row.step);
        }
    }

    #[test]
    fn what_a_stranger_wrote_cannot_steer_a_terminal() {
        let detail = "a\u{1b}[2Jb\r\nc\u{202e}d\u{0}e\u{9b}f";
        let rejection = Rejection::new("parse.structure", detail).pointing("/\u{7f}");
        assert_eq!(
            rejection.detail,
            "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{202e}d\\u{0}e\\u{9b}f"
        );
        assert_eq!(rejection.pointer.as_deref(), Some("/\\u{7f}"));
        let long = Rejection::new("parse.structure", "ä".repeat(5_000)).detail;
        assert_eq!(long.chars().count(), 1_026);
        assert_eq!(Rejection::new("parse.structure", "Zoë `x`").detail, "Zoë `x`");
    }

    #[test]
    fn no_code_outside_of_the_table_is_given_out() {
        assert_eq!(Rejection::new("parse.something_new", "").code, "parse.structure");
    }
}
