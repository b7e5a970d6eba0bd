//! A decision as a person reads it: the verdict in one line, every check by name, the chain as a tree.

use std::fmt::Write as _;

use chancery_did::Did;
use chancery_verifier::{CheckStatus, Decision, Verdict};

use crate::console::{Console, Format};
use crate::exit::Exit;

/// The exit code that a decision means.
pub(crate) fn exit(decision: &Decision) -> Exit {
    match (decision.allow, decision.verdict) {
        (true, _) => Exit::Yes,
        (false, Verdict::Valid | Verdict::Invalid) => Exit::No,
        (false, Verdict::Indeterminate) => Exit::CannotTell,
    }
}

/// Prints a decision as the format wants it.
pub(crate) fn print(decision: &Decision, console: &mut Console) {
    match console.format {
        Format::Json | Format::Jsonl => console.json(&decision.to_value()),
        Format::Tree => console.line(tree(decision).trim_end()),
        Format::Mermaid => console.line(mermaid(decision).trim_end()),
        Format::Raw => console.line(decision.code),
        Format::Table => {
            console.line(headline(decision));
            console.line(checks(decision, "  ").trim_end());
            let tree = tree(decision);
            if !tree.is_empty() {
                console.line("  chain");
                console.line(indent(&tree, "    ").trim_end());
            }
        }
    }
}

/// The verdict in one line.
pub(crate) fn headline(decision: &Decision) -> String {
    let word = match (decision.allow, decision.verdict) {
        (true, _) => "ALLOWED",
        (false, Verdict::Valid | Verdict::Invalid) => "REFUSED",
        (false, Verdict::Indeterminate) => "CANNOT TELL",
    };
    format!("{word}  {}  {}", decision.code, decision.reason)
}

/// One line per check, in the order in which they are made.
pub(crate) fn checks(decision: &Decision, margin: &str) -> String {
    let mut text = String::new();
    for check in &decision.checks {
        let outcome = match check.status {
            CheckStatus::Pass => "pass",
            CheckStatus::Fail if decision.verdict == Verdict::Indeterminate => "?",
            CheckStatus::Fail => "FAIL",
            CheckStatus::Skip => "-",
            CheckStatus::Stale => "stale",
        };
        let detail = [check.code.unwrap_or_default(), check.detail.as_str()].join("  ");
        let line = format!("{margin}{:<12} {outcome:<6} {}", check.id.as_str(), detail.trim());
        // A write into a String cannot fail.
        let _written = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// The chain from the organization down, and what each hop narrowed.
pub(crate) fn tree(decision: &Decision) -> String {
    let mut text = String::new();
    for (depth, hop) in decision.chain.iter().enumerate() {
        if depth == 0 {
            let _written = writeln!(text, "{}", hop.issuer);
        }
        let margin = "   ".repeat(depth);
        let narrowed = if hop.narrowed.is_empty() {
            "nothing more".to_owned()
        } else {
            hop.narrowed.join("; ")
        };
        let doubt = if hop.proven { "" } else { "  (unproven)" };
        let _written = writeln!(text, "{margin}└─ {}  {narrowed}{doubt}", short(&hop.subject));
    }
    text
}

/// The chain as a mermaid diagram.
fn mermaid(decision: &Decision) -> String {
    let mut text = String::from("graph TD\n");
    for (depth, hop) in decision.chain.iter().enumerate() {
        if depth == 0 {
            let _written = writeln!(text, "  n0[\"{}\"]", hop.issuer);
        }
        let label = hop.narrowed.join("<br/>").replace('"', "'");
        let next = depth.saturating_add(1);
        let _written = writeln!(text, "  n{next}[\"{}\"]", short(&hop.subject));
        let _written = writeln!(text, "  n{depth} -->|\"{label}\"| n{next}");
    }
    text
}

/// A DID short enough for a line: the method and both ends of a long identifier.
pub(crate) fn short(did: &Did) -> String {
    let text = did.as_str();
    if text.len() <= 44 {
        return text.to_owned();
    }
    let head: String = text.chars().take(20).collect();
    let tail: String = text
        .chars()
        .rev()
        .take(6)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    format!("{head}…{tail}")
}

/// The text with a margin before every line.
pub(crate) fn indent(text: &str, margin: &str) -> String {
    text.lines().fold(String::new(), |mut all, line| {
        let _written = writeln!(all, "{margin}{line}");
        all
    })
}
