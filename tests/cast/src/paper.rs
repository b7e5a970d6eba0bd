//! The papers as documents, not yet sealed.

use serde_json::{Value, json};

use crate::party::Party;
use crate::time::after;

/// The base context.
pub const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";
/// The profile's context.
pub const PROFILE: &str = "https://w3id.org/chancery/v1";
/// The service that is asked.
pub const AUDIENCE: &str = "https://api.globex.example";
/// The zone of the hours.
pub const BERLIN: &str = "Europe/Berlin";

/// The address of a paper type's schema in a major version.
pub fn schema(version: u8, name: &str) -> String {
    format!("https://w3id.org/chancery/schema/v{version}/{name}.json")
}

/// The name of the paper with this number.
pub fn urn(number: u64) -> String {
    format!("urn:uuid:00000000-0000-4000-8000-{number:012}")
}

/// A paper of this type, valid from two hours before `at` for twelve hours.
pub fn paper(at: &str, kind: &str, number: u64, issuer: Party, subject: Party, mut claims: Value) -> Value {
    claims["id"] = json!(subject.did());
    json!({
        "@context": [CONTEXT, PROFILE],
        "id": urn(number),
        "type": ["VerifiableCredential", kind],
        "credentialSchema": {"id": schema(1, kind), "type": "JsonSchema"},
        "issuer": issuer.did(),
        "validFrom": after(at, -7_200),
        "validUntil": after(at, 36_000),
        "credentialSubject": claims,
    })
}

/// One status entry.
pub fn status_entry(purpose: &str, list: &str, index: u64) -> Value {
    json!({
        "type": "BitstringStatusListEntry", "statusPurpose": purpose,
        "statusListIndex": index.to_string(), "statusListCredential": list,
    })
}

/// Entries for revocation and suspension on an organization's two lists.
pub fn status_entries(organization: Party, index: u64) -> Value {
    json!([
        status_entry("revocation", &list(organization, "r"), index),
        status_entry("suspension", &list(organization, "s"), index),
    ])
}

/// The address of an organization's list: `r` for revocation, `s` for suspension.
pub fn list(organization: Party, name: &str) -> String {
    format!(
        "https://{}/status-lists/{name}",
        organization.did().trim_start_matches("did:web:")
    )
}

/// At most so many euros.
pub fn amount(max: &str) -> Value {
    json!({"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"})
}

/// Working hours in Berlin.
pub fn hours() -> Value {
    json!({
        "type": "Hours", "days": ["Mo", "Tu", "We", "Th", "Fr"], "from": "09:00", "until": "17:00",
        "timeZone": BERLIN,
    })
}

/// Refunds of Globex's orders under some constraints.
pub fn refunds(constraints: Vec<Value>) -> Value {
    json!({
        "action": ["refund:create"], "resource": ["https://api.globex.example/orders/*"],
        "constraint": constraints,
    })
}

/// Acme's capability for its first instance: refunds up to 100 EUR in working hours, to be handed on so deep.
pub fn capability(at: &str, issuer: Party, subject: Party, depth: u8) -> Value {
    let mut entry = refunds(vec![amount("100.00"), hours()]);
    if depth > 0 {
        entry["delegation"] = json!({"maxDepth": depth});
    }
    let mut paper = paper(
        at,
        "AgentCapabilityCredential",
        100,
        issuer,
        subject,
        json!({"capability": [entry]}),
    );
    paper["credentialStatus"] = status_entries(issuer, 100);
    paper
}

/// What one instance hands on to another: refunds up to 40 EUR, for three quarters of an hour.
pub fn delegation(at: &str, number: u64, from: Party, to: Party, depth: u8) -> Value {
    let mut entry = refunds(vec![amount("40.00")]);
    entry["from"] = json!(0);
    if depth > 0 {
        entry["delegation"] = json!({"maxDepth": depth});
    }
    let claims = json!({"parent": "", "capability": [entry]});
    let mut paper = paper(at, "AgentDelegationCredential", number, from, to, claims);
    paper["validFrom"] = json!(after(at, -1_800));
    paper["validUntil"] = json!(after(at, 900));
    paper
}

/// The passport of an instance.
pub fn passport(at: &str, number: u64, issuer: Party, subject: Party) -> Value {
    let claims = json!({
        "name": "Refund desk", "version": "1.4.0", "instanceOf": urn(7),
        "organization": issuer.did(), "owner": "Ann Example <ann@acme.example>",
        "riskLevel": "medium", "autonomyLevel": 2,
    });
    let mut paper = paper(at, "AgentPassportCredential", number, issuer, subject, claims);
    paper["credentialStatus"] = status_entries(issuer, number);
    paper
}

/// What was measured of an instance, by its own organization or by an attester.
pub fn attestation(at: &str, number: u64, issuer: Party, subject: Party, composite: Value) -> Value {
    let mut paper = paper(
        at,
        "AgentAttestationCredential",
        number,
        issuer,
        subject,
        json!({"composite": composite}),
    );
    paper["validFrom"] = json!(after(at, -60));
    paper["validUntil"] = json!(after(at, 600));
    paper["evidence"] = json!([{"type": "TpmQuote", "digestMultibase": digest("quote")}]);
    paper
}

/// The digest of a text.
pub fn digest(text: &str) -> String {
    chancery_proof::Digest::of_bytes(text.as_bytes())
        .as_str()
        .to_owned()
}
