//! Story 2: authority only ever shrinks. Acme gives Ada a capability, Ada hands a part of it to Bob, and every
//! attempt to hand on more than she has is refused before anything is signed.
//!
//! `cargo run -p chancery-examples --example 02_delegate`

#![expect(clippy::indexing_slicing, reason = "absent reads as null")]

use std::error::Error;
use std::io::{self, Write};

use chancery::{Agent, OsRandom, agent::Handover};
use chancery_did::{Did, KeyType, SecretKey, Timestamp};
use chancery_proof::Securing;
use chancery_vc::capability::Capability;
use chancery_vc::issue::{Draft, Terms, sign};
use chancery_vc::{StatusEntry, StatusPurpose};
use serde_json::{Value, json};

/// Refunds below a path up to an amount; `link` is its place under the parent, or how it may be handed on.
fn refunds(path: &str, max: &str, link: (&str, Value)) -> Result<Capability, Box<dyn Error>> {
    let mut entry = json!({
        "action": ["refund:create"],
        "resource": [format!("https://api.globex.example/{path}")],
        "constraint": [{ "type": "Amount", "fact": "amount", "max": max, "currency": "EUR" }],
    });
    entry[link.0] = link.1;
    Ok(Capability::parse_strict(&json!([entry]))?)
}

/// Plays the story.
pub(crate) fn story(out: &mut dyn Write) -> Result<(), Box<dyn Error>> {
    let now = Timestamp::parse("2026-06-03T08:00:00Z")?;
    let ada = Agent::make(KeyType::Ed25519, &mut OsRandom)?;
    let bob = Agent::make(KeyType::P256, &mut OsRandom)?;

    // What Acme's registry does: indices for the status, then the signature.
    let acme = Did::parse("did:web:acme.example")?;
    let key = SecretKey::generate(KeyType::Ed25519, &mut OsRandom)?;
    let status = [
        (StatusPurpose::Revocation, "https://acme.example/status-lists/r"),
        (StatusPurpose::Suspension, "https://acme.example/status-lists/s"),
    ]
    .map(|(purpose, list)| StatusEntry::new(purpose, list, 7));
    let terms = Terms {
        id: OsRandom::urn_uuid(),
        issuer: acme.clone(),
        subject: ada.did().clone(),
        valid_from: now,
        valid_until: now.saturating_add_millis(3_600_000),
        max_validity_ms: 86_400_000,
        status: status.to_vec(),
    };
    let right = ("delegation", json!({ "maxDepth": 1 }));
    let draft = Draft::capability(&terms, &refunds("orders/*", "100.00", right)?)?;
    let method = acme.with_fragment("key-1")?;
    let parent = sign(&draft, Securing::DataIntegrity, &method, &key, now)?;
    writeln!(out, "Acme gives Ada: refunds up to 100.00 EUR")?;

    for (words, path, max, seconds) in [
        ("40.00 EUR of it, for half an hour", "orders/*", "40.00", 1_800),
        ("500.00 EUR", "orders/*", "500.00", 1_800),
        ("customers too", "*", "40.00", 1_800),
        ("40.00 EUR of it, until after it ends", "orders/*", "40.00", 5_400),
    ] {
        let handover = Handover {
            subject: bob.did().clone(),
            capability: refunds(path, max, ("from", json!(0)))?,
            valid_until: now.saturating_add_millis(i64::saturating_mul(seconds, 1_000)),
        };
        let signed = ada.delegate(&parent, &handover, None, now);
        let outcome = signed.map_or_else(|refusal| refusal.code(), |_| "signed");
        writeln!(out, "Ada hands Bob {words}: {outcome}")?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    story(&mut io::stdout())
}
