//! The chain of a decision, drawn: as text, as a mermaid diagram, or as the hops alone.
//!
//! Profile, "Judging" (`chain`). The words are the verifier's own, out of the decision. INVARIANT: nothing in a hop
//! can end a line, leave its label or steer a terminal, whoever wrote it.

use std::fmt::Write as _;

use chancery_did::object;
use chancery_proof::{Limits, jcs, json as front_door};
use chancery_verifier::Rejection;
use serde_json::Value;

use crate::answer;

/// The largest decision that is drawn, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// Draws the chain of a Decision or an Admission as `text`, `mermaid` or `json`.
///
/// The answer is that text itself; what is no decision, and any other form, is an Error.
#[must_use]
pub fn render_chain(decision: &str, form: &str) -> String {
    answer::or_text(drawn(decision, form))
}

/// One hop, as the decision has it.
struct Hop<'d> {
    issuer: &'d str,
    subject: &'d str,
    narrowed: Vec<&'d str>,
    proven: bool,
}

fn drawn(decision: &str, form: &str) -> Result<String, Rejection> {
    let limits = Limits {
        bytes: LONGEST,
        string: LONGEST,
        ..Limits::default()
    };
    let decision = front_door::parse(decision.as_bytes(), &limits)
        .map_err(|error| Rejection::new(error.code(), format!("the decision: {error}")))?;
    let kind = decision.get("kind").and_then(Value::as_str).unwrap_or_default();
    let chain = decision.get("chain").and_then(Value::as_array);
    let Some(chain) = chain.filter(|_| ["Decision", "Admission"].contains(&kind)) else {
        return Err(Rejection::new("parse.structure", "only a decision has a chain"));
    };
    let hops: Option<Vec<Hop<'_>>> = chain.iter().map(hop).collect();
    let hops = hops.ok_or_else(|| Rejection::new("parse.structure", "a hop of the chain is malformed"))?;
    match form {
        "text" => Ok(text(&decision, &hops)),
        "mermaid" => Ok(mermaid(&hops)),
        "json" => Ok(jcs::text(&answer::named(
            "Chain",
            object([("hops", chain.clone().into())]),
        ))),
        _ => Err(Rejection::new(
            "parse.structure",
            "a chain is drawn as text, mermaid or json",
        )),
    }
}

fn hop(value: &Value) -> Option<Hop<'_>> {
    let narrowed = value.get("narrowed")?.as_array()?.iter();
    Some(Hop {
        issuer: value.get("issuer")?.as_str()?,
        subject: value.get("subject")?.as_str()?,
        narrowed: narrowed.map(Value::as_str).collect::<Option<_>>()?,
        proven: value.get("proven")?.as_bool()?,
    })
}

/// The verdict in one line, then the chain from the organization down.
fn text(decision: &Value, hops: &[Hop<'_>]) -> String {
    let word = |name: &str| decision.get(name).and_then(Value::as_str).unwrap_or_default();
    let verdict = match (decision.get("allow"), word("verdict")) {
        (Some(Value::Bool(true)), _) => "ALLOWED",
        (_, "indeterminate") => "CANNOT TELL",
        _ => "REFUSED",
    };
    let mut drawn = format!("{verdict}  {}  {}\n", line(word("code")), line(word("reason")));
    for (depth, hop) in hops.iter().enumerate() {
        // A write into a String cannot fail.
        if depth == 0 {
            let _written = writeln!(drawn, "{}", line(hop.issuer));
        }
        let narrowed = if hop.narrowed.is_empty() {
            "nothing more".to_owned()
        } else {
            line(&hop.narrowed.join("; "))
        };
        let doubt = if hop.proven { "" } else { "  (unproven)" };
        let margin = "   ".repeat(depth);
        let _written = writeln!(
            drawn,
            "{margin}└─ {}  {narrowed}{doubt}",
            line(&short(hop.subject))
        );
    }
    drawn
}

fn mermaid(hops: &[Hop<'_>]) -> String {
    let mut drawn = String::from("graph TD\n");
    for (depth, hop) in hops.iter().enumerate() {
        if depth == 0 {
            let _written = writeln!(drawn, "  n0[\"{}\"]", label(hop.issuer));
        }
        let next = depth.saturating_add(1);
        let narrowed: Vec<String> = hop.narrowed.iter().map(|part| label(part)).collect();
        let _written = writeln!(drawn, "  n{next}[\"{}\"]", label(&short(hop.subject)));
        let arrow = if hop.proven { "-->" } else { "-.->" };
        let _written = writeln!(
            drawn,
            "  n{depth} {arrow}|\"{}\"| n{next}",
            narrowed.join("<br/>")
        );
    }
    drawn
}

/// A text that fits into one line and steers no terminal.
fn line(text: &str) -> String {
    Rejection::new("parse.structure", text).detail
}

/// A text inside of a quoted label: all but letters, digits and what ends nothing as an entity code.
fn label(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for found in line(text).chars() {
        if found.is_alphanumeric() || " -_.,:/*'…".contains(found) {
            safe.push(found);
        } else {
            let _written = write!(safe, "#{};", u32::from(found));
        }
    }
    safe
}

/// A DID short enough for a line: the method and both ends of a long identifier.
fn short(did: &str) -> String {
    let count = did.chars().count();
    if count <= 44 {
        return did.to_owned();
    }
    let head: String = did.chars().take(20).collect();
    let tail: String = did.chars().skip(count.saturating_sub(6)).collect();
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn decision(hops: Value) -> String {
        json!({"kind": "Decision", "allow": false, "verdict": "invalid", "code": "status.revoked",
            "reason": "a paper is revoked", "chain": hops})
        .to_string()
    }

    fn hop(subject: &str, narrowed: &[&str], proven: bool) -> Value {
        json!({"issuer": "did:web:acme.example", "subject": subject, "narrowed": narrowed, "proven": proven})
    }

    #[test]
    fn chain_is_drawn_from_the_organization_down() {
        let hops = json!([
            hop("did:key:a", &["amount at most 100.00 EUR"], true),
            hop("did:key:b", &[], false)
        ]);
        let drawn = "REFUSED  status.revoked  a paper is revoked\n\
            did:web:acme.example\n\
            └─ did:key:a  amount at most 100.00 EUR\n   \
            └─ did:key:b  nothing more  (unproven)\n";
        assert_eq!(render_chain(&decision(hops.clone()), "text"), drawn);
        let drawn = "graph TD\n  n0[\"did:web:acme.example\"]\n  n1[\"did:key:a\"]\n  \
            n0 -->|\"amount at most 100.00 EUR\"| n1\n  n2[\"did:key:b\"]\n  n1 -.->|\"\"| n2\n";
        assert_eq!(render_chain(&decision(hops.clone()), "mermaid"), drawn);
        let json: Value = serde_json::from_str(&render_chain(&decision(hops.clone()), "json")).unwrap();
        assert_eq!((&json["kind"], &json["hops"]), (&json!("Chain"), &hops));
    }

    #[test]
    fn no_hop_can_leave_its_place() {
        let evil = "x\"]\n  n9[\"<script>alert(1)</script>;%%{init}%%\u{1b}[2J\u{202e}";
        let text = decision(json!([hop(evil, &[evil], true)]));
        let mermaid = render_chain(&text, "mermaid");
        assert_eq!(mermaid.lines().count(), 4, "{mermaid}");
        let odd = |drawn: &str| drawn.contains(['<', '>', '%', '\u{1b}', '\u{202e}']);
        let labels: String = mermaid.replace("-->", "").replace("graph TD", "");
        assert!(!odd(&labels) && labels.matches('"').count() == 6, "{mermaid}");
        let drawn = render_chain(&text, "text");
        assert_eq!(drawn.lines().count(), 3, "{drawn}");
        assert!(!drawn.contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn what_is_no_decision_is_not_drawn() {
        let odd = [
            "",
            "{}",
            "[]",
            "null",
            "{\"kind\":\"Decision\"}",
            "{\"kind\":\"Error\",\"chain\":[]}",
            "{\"kind\":\"Decision\",\"chain\":[{}]}",
            "{\"kind\":\"Decision\",\"chain\":[7]}",
            "{\"__proto__\":{\"kind\":\"Decision\",\"chain\":[]}}",
        ];
        for text in odd {
            let error: Value = serde_json::from_str(&render_chain(text, "text")).unwrap();
            assert_eq!(
                (&error["kind"], &error["allow"]),
                (&json!("Error"), &json!(false)),
                "{text}"
            );
        }
        let error: Value = serde_json::from_str(&render_chain(&decision(json!([])), "html")).unwrap();
        assert_eq!(error["code"], "parse.structure");
    }
}
