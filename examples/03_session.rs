//! Story 3: a conversation of many calls. The presentation is admitted once, with its nonce; then every call is
//! judged anew, and the session ends by itself.
//!
//! `cargo run -p chancery-examples --example 03_session`

#![expect(clippy::indexing_slicing, reason = "absent reads as null")]

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use chancery_did::Timestamp;
use chancery_trust::Policy;
use chancery_verifier::{Call, Evidence, Request, admit};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

/// Plays the story with the papers of one file.
pub(crate) fn story(file: &Path, out: &mut dyn Write) -> Outcome {
    let vector: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let text = |name: &str| {
        vector[name]
            .as_str()
            .ok_or_else(|| format!("`{name}` is no text"))
    };
    let evidence = Evidence::parse_value(&vector["evidence"])?;
    let policy = Policy::parse_value(&vector["policy"])?;
    let at = Timestamp::parse(text("at")?)?;
    let request = Request::parse(&vector["request"])?;

    let presentation = text("presentation")?.as_bytes();
    let admitted = admit(
        presentation,
        &evidence,
        &policy,
        &request.audience,
        &request.nonce,
        at,
    );
    let session = admitted.map_err(|refusal| refusal.reason.clone())?;
    // The host uses the nonce up before it opens the session: the same presentation opens no second one.
    let (commits, signatures) = (session.commit().len(), session.signatures());
    writeln!(
        out,
        "admitted: {commits} nonce to use up, {signatures} signatures verified"
    )?;

    for (order, amount, minutes) in [
        ("1001", "35.00", 0),
        ("1002", "12.50", 1),
        ("1003", "60.00", 2),
        ("1004", "5.00", 20),
    ] {
        let mut call = vector["request"].clone();
        call["resource"] = format!("https://api.globex.example/orders/{order}").into();
        call["arguments"] = json!({ "order": order, "amount": amount });
        call["facts"]["amount"]["value"] = amount.into();
        let later = at.saturating_add_millis(i64::saturating_mul(minutes, 60_000));
        // The offset of the agent's time zone is evidence for one moment: a later call needs it for its own.
        let mut evidence = evidence.clone();
        evidence.zone_offsets.iter_mut().for_each(|zone| zone.at = later);
        let decision = session.authorize(&Call::from(&Request::parse(&call)?), &evidence, later);
        let word = if decision.allow { "allowed" } else { "refused" };
        writeln!(
            out,
            "minute {minutes}, order {order}, {amount} EUR: {word}, {}, {} signatures verified",
            decision.code, decision.signatures
        )?;
    }
    Ok(())
}

fn main() -> Outcome {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/allow_delegated.json");
    story(&file, &mut io::stdout())
}
