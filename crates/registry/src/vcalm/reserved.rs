//! Types that are never issued here: the papers of agents, whose own routes ask for owner, instance and
//! possession, and status lists, which the service signs about its own records.
//!
//! INVARIANT: no spelling of such a type gets through: not in any letter case, not as a whole IRI, not beside
//! other types, and not under another name by a context in the document.

use serde_json::Value;

/// Says whether a credential has a reserved type, or brings a context of its own that could name one.
pub(super) fn is_reserved(credential: &Value) -> bool {
    texts(credential.get("type"))
        .chain(texts(credential.get("@type")))
        .any(|name| names_reserved(&name))
        || credential.get("@context").is_some_and(maps_reserved)
}

/// Whether an inline context says anything about a reserved type.
fn maps_reserved(context: &Value) -> bool {
    match context {
        Value::Array(items) => items.iter().any(maps_reserved),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| names_reserved(name) || says_reserved(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn says_reserved(value: &Value) -> bool {
    match value {
        Value::String(text) => names_reserved(text),
        Value::Array(items) => items.iter().any(says_reserved),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| names_reserved(name) || says_reserved(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn names_reserved(name: &str) -> bool {
    let name = name
        .rsplit(['#', '/', ':'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let agent = name.starts_with("agent") && name.ends_with("credential");
    agent || (name.starts_with("bitstringstatuslist") && name.ends_with("credential"))
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let items = match value {
        Some(Value::Array(items)) => items.clone(),
        Some(other) => vec![other.clone()],
        None => Vec::new(),
    };
    items
        .into_iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_spelling_of_an_agents_paper_gets_through() {
        for credential in [
            json!({ "type": ["VerifiableCredential", "AgentPassportCredential"] }),
            json!({ "type": "AgentCapabilityCredential" }),
            json!({ "type": ["AgentAnythingCredential", "VerifiableCredential"] }),
            json!({ "type": ["VerifiableCredential", "agentpassportcredential"] }),
            json!({ "type": ["https://w3id.org/chancery#AgentDelegationCredential"] }),
            json!({ "type": ["https://example.org/AgentPassportCredential"] }),
            json!({ "type": ["VerifiableCredential"], "@type": "AgentPassportCredential" }),
            json!({ "type": ["VerifiableCredential", "BitstringStatusListCredential"] }),
            json!({ "type": ["Pass"], "@context": ["https://www.w3.org/ns/credentials/v2",
                { "Pass": "https://w3id.org/chancery#AgentPassportCredential" }] }),
            json!({ "type": ["Pass"], "@context": [{ "Pass": { "@id": "x:AgentPassportCredential" } }] }),
            json!({ "type": ["Pass"], "@context": [[{ "AgentPassportCredential": "https://a.example" }]] }),
        ] {
            assert!(is_reserved(&credential), "{credential}");
        }
    }

    #[test]
    fn other_types_are_not_reserved() {
        for credential in [
            json!({}),
            json!({ "type": 7 }),
            json!({ "type": ["VerifiableCredential", "UniversityDegreeCredential"] }),
            json!({ "type": ["VerifiableCredential", "EstateAgentLicence"] }),
            json!({ "type": ["VerifiableCredential"], "@context": ["https://www.w3.org/ns/credentials/v2"] }),
            json!({ "type": ["VerifiableCredential"], "@context": [{ "name": "https://schema.org/name" }],
                    "credentialSubject": { "employer": "AgentPassportCredential" } }),
        ] {
            assert!(!is_reserved(&credential), "{credential}");
        }
    }
}
