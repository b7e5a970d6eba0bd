//! Making a DID document of one's own, [DID 1.0 section 5](https://www.w3.org/TR/did-1.0/#core-properties).
//!
//! INVARIANT: what is built is parsed like what is fetched, so nothing can be built that would be refused.

use serde_json::{Map, Value};

use super::{Document, DocumentError, Relationship};
use crate::{Did, PublicKey, object};

/// Collects the parts of a document; keys are written as Multikey.
#[derive(Debug, Clone)]
pub struct DocumentBuilder {
    id: Did,
    members: Map<String, Value>,
}

impl DocumentBuilder {
    pub(super) fn new(id: Did) -> Self {
        let mut members = Map::new();
        members.insert(
            "@context".to_owned(),
            vec![
                "https://www.w3.org/ns/did/v1",
                "https://w3id.org/security/multikey/v1",
            ]
            .into(),
        );
        members.insert("id".to_owned(), id.as_str().into());
        Self { id, members }
    }

    /// Adds a key of the subject's own under `fragment`, given without `#`.
    #[must_use]
    pub fn add_key(mut self, fragment: &str, key: &PublicKey, relationships: &[Relationship]) -> Self {
        let id = format!("{}#{fragment}", self.id);
        self.push(
            "verificationMethod",
            object([
                ("id", id.as_str().into()),
                ("type", "Multikey".into()),
                ("controller", self.id.as_str().into()),
                ("publicKeyMultibase", key.to_multikey().into()),
            ]),
        );
        for relationship in relationships {
            self.push(relationship.as_str(), id.as_str().into());
        }
        self
    }

    /// Adds a service under `fragment`, given without `#`.
    #[must_use]
    pub fn add_service(mut self, fragment: &str, type_: &str, endpoint: Value) -> Self {
        let id = format!("{}#{fragment}", self.id);
        self.push(
            "service",
            object([
                ("id", id.into()),
                ("type", type_.into()),
                ("serviceEndpoint", endpoint),
            ]),
        );
        self
    }

    /// Adds another identifier of the subject.
    #[must_use]
    pub fn also_known_as(mut self, uri: &str) -> Self {
        self.push("alsoKnownAs", uri.into());
        self
    }

    /// Adds a DID that may change the document.
    #[must_use]
    pub fn controller(mut self, did: &Did) -> Self {
        self.push("controller", did.as_str().into());
        self
    }

    /// Returns the document, or says what of it no reader would accept.
    pub fn build(self) -> Result<Document, DocumentError> {
        Document::parse(&Value::Object(self.members))
    }

    fn push(&mut self, name: &str, item: Value) {
        let list = self
            .members
            .entry(name)
            .or_insert_with(|| Value::Array(Vec::new()));
        // INVARIANT: only `push` writes the members that it names, so each is an array.
        if let Some(list) = list.as_array_mut() {
            list.push(item);
        }
    }
}
