//! What each hop narrowed, in words for a reader.
//!
//! Profile, "Judging" (`chain`). INVARIANT: nothing here decides anything.

mod wording;

use chancery_proof::Digest;
use chancery_vc::Paper;
use chancery_vc::capability::Entry;

use crate::decision::{Hop, Principal};
use crate::rejection::legible;
use crate::verify::Layout;

/// The most lines that one hop is described in.
const MOST_LINES: usize = 32;
/// The most characters of one line.
const MOST_CHARACTERS: usize = 512;

/// Describes the chain from its root.
pub(crate) fn chain(papers: &[&Paper], digests: &[&Digest], layout: &Layout, proven: bool) -> Vec<Hop> {
    let entries = layout.entries(papers);
    let mut above: Option<&Entry> = None;
    let mut hops = Vec::with_capacity(entries.len());
    for ((paper, digest), entry) in papers.iter().zip(digests).zip(entries) {
        hops.push(Hop {
            issuer: paper.issuer.clone(),
            subject: paper.subject.clone(),
            paper_type: paper.kind,
            digest: (*digest).clone(),
            narrowed: narrowed(above, entry),
            proven,
        });
        above = Some(entry);
    }
    hops
}

/// Names who answers for the agent that the chain ends in.
pub(crate) fn principal(papers: &[&Paper], layout: &Layout) -> Option<Principal> {
    let paper = layout.passports.last().and_then(|at| papers.get(*at))?;
    Some(Principal {
        authority: paper.issuer.clone(),
        owner: paper.passport()?.owner.clone(),
    })
}

/// At the root everything that is given; below it only what differs from the entry above.
fn narrowed(above: Option<&Entry>, entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    let named = |entry: &Entry| {
        format!(
            "{} on {}",
            words(entry.action.iter()),
            words(entry.resource.iter())
        )
    };
    if above.is_none_or(|above| named(above) != named(entry)) {
        lines.push(named(entry));
    }
    for constraint in &entry.constraint {
        if !above.is_some_and(|above| above.constraint.contains(constraint)) {
            lines.push(wording::of(constraint));
        }
    }
    let depth = |entry: &Entry| entry.delegation.map_or(0, |right| right.max_depth);
    match (depth(entry), above.map(depth)) {
        (now, Some(before)) if now == before => {}
        (0, None) => lines.push("may not be delegated".to_owned()),
        (0, Some(_)) => lines.push("may not be delegated further".to_owned()),
        (deep, _) => lines.push(format!("may be delegated {deep} deep")),
    }
    lines.truncate(MOST_LINES);
    lines.into_iter().map(short).collect()
}

fn short(line: String) -> String {
    let line = legible(line);
    if line.chars().nth(MOST_CHARACTERS).is_none() {
        return line;
    }
    line.chars().take(MOST_CHARACTERS).chain("..".chars()).collect()
}

fn words(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(resource: &str, max: &str, depth: Option<u8>) -> Entry {
        let mut value = json!({
            "action": ["refund:create"], "resource": [resource],
            "constraint": [{"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"}],
        });
        if let Some(depth) = depth {
            value["delegation"] = json!({ "maxDepth": depth });
        }
        Entry::parse_strict(&value).unwrap()
    }

    #[test]
    fn the_root_says_all_that_it_gives_and_a_hop_what_it_takes_away() {
        let root = entry("https://api.globex.example/orders/*", "100.00", Some(1));
        assert_eq!(
            narrowed(None, &root),
            [
                "refund:create on https://api.globex.example/orders/*",
                "amount at most 100.00 EUR",
                "may be delegated 1 deep",
            ]
        );
        let child = entry("https://api.globex.example/orders/*", "40.00", None);
        assert_eq!(
            narrowed(Some(&root), &child),
            ["amount at most 40.00 EUR", "may not be delegated further"]
        );
        let other = entry("https://api.globex.example/orders/1", "40.00", Some(0));
        assert_eq!(
            narrowed(Some(&child), &other),
            ["refund:create on https://api.globex.example/orders/1"]
        );
        assert_eq!(narrowed(Some(&root), &root), [""; 0]);
        assert_eq!(narrowed(None, &child).last().unwrap(), "may not be delegated");
    }

    #[test]
    fn a_line_is_short_and_steers_no_terminal() {
        let mut long = entry("https://api.globex.example/orders/*", "1.00", None);
        let value = json!({"type": "OneOf", "fact": "region", "values": ["\u{1b}[2J".repeat(200)]});
        long.constraint = vec![chancery_vc::constraint::Constraint::parse(&value)];
        let lines = narrowed(None, &long);
        assert!(
            lines
                .iter()
                .all(|line| line.chars().count() <= MOST_CHARACTERS + 2),
            "{lines:?}"
        );
        assert!(lines.iter().all(|line| !line.contains(char::is_control)));
    }
}
