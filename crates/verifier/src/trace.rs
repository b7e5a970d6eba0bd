//! What each hop narrowed, in words for a reader.
//!
//! Profile, "Judging" (`chain`). INVARIANT: nothing here decides anything.

use chancery_proof::Digest;
use chancery_vc::Paper;
use chancery_vc::capability::Entry;
use serde_json::Value;

use crate::decision::{Hop, Principal};
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
    let authority = papers.first()?.issuer.clone();
    let passport = layout
        .passports
        .last()
        .and_then(|at| papers.get(*at))
        .and_then(|paper| paper.passport())?;
    Some(Principal {
        authority,
        owner: passport.owner.clone(),
    })
}

/// At the root everything that is given; below it only what differs from the entry above.
fn narrowed(above: Option<&Entry>, entry: &Entry) -> Vec<String> {
    let mut lines = Vec::new();
    let actions = words(entry.action.iter());
    if above.is_none_or(|above| words(above.action.iter()) != actions) {
        lines.push(format!("action {actions}"));
    }
    let resources = words(entry.resource.iter());
    if above.is_none_or(|above| words(above.resource.iter()) != resources) {
        lines.push(format!("resource {resources}"));
    }
    for constraint in &entry.constraint {
        let value = constraint.to_value();
        let kept = above.is_some_and(|above| above.constraint.iter().any(|other| other.to_value() == value));
        if !kept {
            lines.push(described(constraint.type_name(), &value));
        }
    }
    let depth = |entry: &Entry| entry.delegation.as_ref().map(|right| right.max_depth);
    if above.is_none_or(|above| depth(above) != depth(entry)) {
        lines.push(match depth(entry) {
            Some(depth) => format!("may be delegated {depth} deep"),
            None => "may not be delegated".to_owned(),
        });
    }
    lines.truncate(MOST_LINES);
    lines.into_iter().map(short).collect()
}

fn short(line: String) -> String {
    if line.chars().nth(MOST_CHARACTERS).is_none() {
        return line;
    }
    line.chars().take(MOST_CHARACTERS).chain("..".chars()).collect()
}

fn words(items: impl Iterator<Item = impl ToString>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// A constraint as its type and members: `Amount currency=EUR fact=amount max=40.00`.
fn described(name: &str, value: &Value) -> String {
    let members = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member != "type");
    let members = members.map(|(member, value)| match value {
        Value::String(text) => format!("{member}={text}"),
        Value::Array(items) => format!("{member}={}", words(items.iter().map(plain))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => format!("{member}={value}"),
    });
    std::iter::once(name.to_owned())
        .chain(members)
        .collect::<Vec<_>>()
        .join(" ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
