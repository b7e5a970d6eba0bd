//! Services of a DID document, [DID 1.0 section 5.4](https://www.w3.org/TR/did-1.0/#services).
//!
//! INVARIANT: no two services of a document have one id.

use serde_json::Value;

use super::{DocumentError, invalid, one_or_many};
use crate::{Did, SortedMap};

/// A way to reach the subject of a document, or something that it names.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    id: String,
    types: Vec<String>,
    endpoint: Value,
}

impl Service {
    /// Returns the id; one that was relative is made whole with the document's DID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the types, at least one.
    #[must_use]
    pub fn types(&self) -> &[String] {
        &self.types
    }

    /// Returns the endpoint: a URI, an object, or an array of these.
    #[must_use]
    pub fn endpoint(&self) -> &Value {
        &self.endpoint
    }
}

/// Parses the items of `service`.
pub(super) fn parse_all(owner: &Did, items: Vec<(String, &Value)>) -> Result<Vec<Service>, DocumentError> {
    let mut ids = SortedMap::new();
    let mut services = Vec::new();
    for (at, item) in items {
        let members = item
            .as_object()
            .ok_or_else(|| invalid(&at, "a service is a JSON object"))?;
        let id = match members.get("id") {
            Some(Value::String(id)) if id.starts_with('#') => format!("{owner}{id}"),
            Some(Value::String(id)) if id.contains(':') => id.clone(),
            Some(_) | None => return Err(invalid(&at, "a service has a URI as its id")),
        };
        if ids.insert(id.clone(), ()).is_some() {
            return Err(invalid(&at, "two services have one id"));
        }
        let types: Vec<String> = one_or_many(members, "type")
            .map_err(|_| invalid(&at, "the type of a service is a string or an array of strings"))?
            .into_iter()
            .map(str::to_owned)
            .collect();
        if types.is_empty() {
            return Err(invalid(&at, "a service has a type"));
        }
        let endpoint = match members.get("serviceEndpoint") {
            Some(endpoint @ (Value::String(_) | Value::Object(_) | Value::Array(_))) => endpoint.clone(),
            Some(_) | None => return Err(invalid(&at, "a service has an endpoint")),
        };
        services.push(Service { id, types, endpoint });
    }
    Ok(services)
}
