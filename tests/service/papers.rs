//! What is registered, ordered, handed on and trusted in these tests.

use chancery::{Agent, agent::Handover};
use chancery_did::Timestamp;
use chancery_trust::Policy;
use chancery_vc::capability::Capability;
use serde_json::{Value, json};

use super::stage::Door;

/// What is refunded.
pub(crate) const ORDER: &str = "https://api.globex.example/orders/7";

/// A registration that is accepted.
pub(crate) fn refunds() -> Value {
    json!({
        "name": "Refunds", "version": "1.0.0", "owner": "mailto:owner@acme.example", "risk_level": "high",
        "autonomy_level": 2,
    })
}

/// Refunds up to an amount, to be handed on so deep.
pub(crate) fn capability(max: &str, depth: Option<u8>) -> Value {
    let mut entry = json!({
        "action": ["refund:create"],
        "resource": ["https://api.globex.example/orders/*"],
        "constraint": [{ "type": "Amount", "fact": "amount", "max": max, "currency": "EUR" }],
    });
    if let Some(depth) = depth {
        entry["delegation"] = json!({ "maxDepth": depth });
    }
    json!([entry])
}

/// An order for a capability credential.
pub(crate) fn order(instance: &Agent) -> Value {
    json!({
        "type": "AgentCapabilityCredential", "instance": instance.did().as_str(), "valid_for_seconds": 3600,
        "capability": capability("100.00", Some(2)),
    })
}

/// Refunds up to 40 EUR, handed on for half an hour.
pub(crate) fn handover(to: &Agent, depth: Option<u8>, now: Timestamp) -> Handover {
    let mut part = capability("40.00", depth);
    part[0]["from"] = json!(0);
    Handover {
        subject: to.did().clone(),
        capability: Capability::parse_strict(&part).unwrap(),
        valid_until: now.saturating_add_millis(1_800_000),
    }
}

/// A policy of the registry behind `own` that anchors organizations.
pub(crate) fn policy(own: &Door, anchors: &[Value], max_status_age: &str) -> Policy {
    Policy::parse_value(&json!({
        "version": 1,
        "audience": format!("https://{}", own.host),
        "maxStatusAge": max_status_age,
        "anchors": anchors,
        "registries": [],
        "tools": [{
            "name": "refund", "action": "refund:create", "resource": "https://api.globex.example/orders/{order}",
            "facts": { "amount": { "type": "Amount", "value": "/amount", "currency": "EUR" } },
        }],
    }))
    .unwrap()
}

/// What Globex anchors of an organization whose agents may refund up to 80 EUR.
pub(crate) fn trusted(door: &Door) -> Value {
    door.anchor(
        &["AgentPassportCredential", "AgentCapabilityCredential"],
        capability("80.00", None),
    )
}
