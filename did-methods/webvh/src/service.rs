//! What a DID publishes beside its log: the implicit services, the files they lead to, and the did:web at the
//! same place, [did:webvh 1.0, DID URL Resolution](https://identity.foundation/didwebvh/v1.0/#did-url-resolution).
//!
//! INVARIANT: a service that the document names itself is never replaced, and a path never leaves the folder of
//! its service.

use chancery_did::{Did, ResolveError};
use serde_json::{Map, Value, json};

use crate::NAME;
use crate::identifier::Identifier;

const FILES: &str = "files";
const WHOIS: &str = "whois";

/// Adds the services `#files` and `#whois` where the document does not name them itself.
pub(crate) fn with_implicit(did: &Did, state: &Map<String, Value>) -> Result<Value, ResolveError> {
    let folder = Identifier::read(did)?.address().folder();
    let mut document = state.clone();
    let services = document.entry("service").or_insert_with(|| json!([]));
    if let Some(services) = services.as_array_mut() {
        if find(did, services, FILES).is_none() {
            services.push(json!({
                "id": "#files", "type": "relativeRef", "serviceEndpoint": format!("{folder}/"),
            }));
        }
        if find(did, services, WHOIS).is_none() {
            services.push(json!({
                "@context": "https://identity.foundation/linked-vp/contexts/v1",
                "id": "#whois", "type": "LinkedVerifiablePresentation",
                "serviceEndpoint": format!("{folder}/whois.vp"),
            }));
        }
    }
    Ok(Value::Object(document))
}

fn find<'a>(did: &Did, services: &'a [Value], name: &str) -> Option<&'a Value> {
    let relative = format!("#{name}");
    let absolute = format!("{did}#{name}");
    services.iter().find(|service| {
        let id = service.get("id").and_then(Value::as_str);
        id.is_some_and(|id| id == relative || id == absolute)
    })
}

/// Returns the https address of the file that the path of a DID URL names: `/whois`, or a path below `#files`.
///
/// `document` is a resolved document of `did`. Only https endpoints are followed.
pub fn file_url(did: &Did, document: &Value, path: &str) -> Result<String, ResolveError> {
    let refuse = |defect: &str| ResolveError::Log {
        entry: None,
        defect: defect.to_owned(),
    };
    let services = document.get("service").and_then(Value::as_array);
    let services = services.map_or(&[][..], Vec::as_slice);
    let endpoint = |name| {
        find(did, services, name)
            .and_then(|service| service.get("serviceEndpoint"))
            .and_then(Value::as_str)
            .filter(|endpoint| endpoint.starts_with("https://"))
            .ok_or_else(|| refuse("the service for its files has no https endpoint"))
    };
    if path == "/whois" {
        return endpoint(WHOIS).map(str::to_owned);
    }
    let segments = path
        .strip_prefix('/')
        .ok_or_else(|| refuse("a path starts with `/`"))?;
    // A `Did` or `DidUrl` has no encoded dots, and an encoded slash would be one to some servers.
    let leaves =
        |segment: &str| matches!(segment, "." | "..") || segment.contains("%2F") || segment.contains("%5C");
    if segments.is_empty() || segments.split('/').any(leaves) || segments.contains(['?', '#', '\\']) {
        return Err(refuse("the path leaves the folder of the DID"));
    }
    let base = endpoint(FILES)?;
    Ok(format!("{}/{segments}", base.trim_end_matches('/')))
}

/// Returns the document of the did:web that is published at the same place, from a resolved document.
pub fn did_web(did: &Did, document: &Value) -> Result<Value, ResolveError> {
    let identifier = Identifier::read(did)?;
    let members = document.as_object().cloned().unwrap_or_default();
    let from = format!("did:{NAME}:{}:", identifier.scid());
    let replaced = crate::hash::replace(&members, &from, "did:web:");
    let mut members = replaced.unwrap_or(members);
    let own = identifier.did_web(did);
    let mut names: Vec<Value> = Vec::new();
    let known = members.remove("alsoKnownAs");
    let known = known
        .as_ref()
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    for name in known.into_iter().chain([json!(did)]) {
        if name.as_str() != Some(own.as_str()) && !names.contains(&name) {
            names.push(name);
        }
    }
    members.insert("alsoKnownAs".to_owned(), Value::Array(names));
    Ok(Value::Object(members))
}
