//! DID documents, [DID 1.0 section 5](https://www.w3.org/TR/did-1.0/#core-properties).
//!
//! INVARIANT: a key is found only under its full id, in exactly the relationship that is asked for, and only
//! where the document's own subject controls it. No document with private key material exists here.

use std::fmt;

use serde_json::{Map, Value};

mod builder;
mod secrets;
mod service;
mod verification_method;

pub use self::builder::DocumentBuilder;
pub use self::service::Service;
pub use self::verification_method::VerificationMethod;

use crate::{Did, DidUrl, KeyError, KeyType, PublicKey, try_map};

/// The most verification methods that a document may have; each costs a point decompression.
const MAX_METHODS: usize = 128;

/// What a verification method may be used for, [DID 1.0 section 5.3](https://www.w3.org/TR/did-1.0/#verification-relationships).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relationship {
    /// `authentication`: to prove that one is the subject.
    Authentication,
    /// `assertionMethod`: to issue credentials.
    AssertionMethod,
    /// `keyAgreement`: to receive what is encrypted.
    KeyAgreement,
    /// `capabilityInvocation`: to act under a capability.
    CapabilityInvocation,
    /// `capabilityDelegation`: to hand a capability on.
    CapabilityDelegation,
}

impl Relationship {
    /// All relationships, in the order of the standard.
    pub const ALL: [Self; 5] = [
        Self::Authentication,
        Self::AssertionMethod,
        Self::KeyAgreement,
        Self::CapabilityInvocation,
        Self::CapabilityDelegation,
    ];

    /// Returns the name as documents and proofs spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::AssertionMethod => "assertionMethod",
            Self::KeyAgreement => "keyAgreement",
            Self::CapabilityInvocation => "capabilityInvocation",
            Self::CapabilityDelegation => "capabilityDelegation",
        }
    }

    /// Returns the relationship of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|relationship| relationship.as_str() == name)
    }

    /// Says whether a key of that kind can be used so at all.
    fn fits(self, key_type: KeyType) -> bool {
        match key_type {
            KeyType::X25519 => self == Self::KeyAgreement,
            KeyType::Ed25519 => self != Self::KeyAgreement,
            KeyType::P256 | KeyType::P384 | KeyType::P521 => true,
        }
    }
}

impl fmt::Display for Relationship {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Says why a DID document, or a key of one, cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// The JSON is not a DID document.
    #[error("not a DID document at `{at}`: {defect}")]
    Invalid {
        /// A JSON pointer to the place.
        at: String,
        /// What is wrong there.
        defect: &'static str,
    },
    /// A key in the document is refused.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The document has no such verification method.
    #[error("the DID document has no verification method `{0}`")]
    NotFound(DidUrl),
    /// The method stands in other relationships only.
    #[error("`{method}` may not be used for `{relationship}`")]
    Relationship {
        /// The verification method that was asked for.
        method: DidUrl,
        /// The relationship that was asked for.
        relationship: Relationship,
    },
    /// Somebody else than the document's subject controls the method.
    #[error("`{method}` is controlled by `{controller}`")]
    Controller {
        /// The verification method that was asked for.
        method: DidUrl,
        /// Its controller.
        controller: Did,
    },
    /// The method is of a type, or its key of a kind, that is not known here.
    #[error("the key of `{0}` is of a kind that is not supported")]
    Unsupported(DidUrl),
}

impl DocumentError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "resolve.invalid_document",
            Self::Key(error) => error.code(),
            Self::NotFound(_) => "key.not_found",
            Self::Relationship { .. } => "key.relationship",
            Self::Controller { .. } => "key.controller",
            Self::Unsupported(_) => "key.unsupported",
        }
    }
}

/// A DID document as its subject published it.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    source: Value,
    id: Did,
    controller: Vec<Did>,
    also_known_as: Vec<String>,
    methods: Vec<VerificationMethod>,
    /// Which method stands in which relationship.
    relationships: Vec<(Relationship, DidUrl)>,
    services: Vec<Service>,
}

impl Document {
    /// Parses a document from JSON that the front door has read.
    ///
    /// Members that are not known are kept and mean nothing. A key of an unknown kind fails when it is used,
    /// a malformed one fails the document.
    pub fn parse(value: &Value) -> Result<Self, DocumentError> {
        let members = value
            .as_object()
            .ok_or_else(|| invalid("", "it is not a JSON object"))?;
        secrets::refuse(value)?;
        let id = match members.get("id") {
            Some(Value::String(id)) => {
                Did::parse(id).map_err(|_| invalid("/id", "it is not a DID in canonical spelling"))?
            }
            Some(_) | None => return Err(invalid("/id", "a document has a DID as its id")),
        };
        let mut methods = Methods {
            owner: &id,
            list: Vec::new(),
        };
        for (at, item) in items(members, "verificationMethod")? {
            methods.add(item, &at)?;
        }
        let mut relationships = Vec::new();
        for relationship in Relationship::ALL {
            for (at, item) in items(members, relationship.as_str())? {
                relationships.push((relationship, methods.refer(item, &at)?));
            }
        }
        let methods = methods.list;
        let services = service::parse_all(&id, items(members, "service")?)?;
        let controller = try_map(one_or_many(members, "controller")?, |text| {
            Did::parse(text).map_err(|_| invalid("/controller", "it is not a DID"))
        })?;
        let also_known_as = try_map(items(members, "alsoKnownAs")?, |(at, item)| {
            let uri = item.as_str().filter(|uri| uri.contains(':'));
            uri.map(str::to_owned)
                .ok_or_else(|| invalid(&at, "it is not a URI"))
        })?;
        let source = value.clone();
        Ok(Self {
            source,
            id,
            controller,
            also_known_as,
            methods,
            relationships,
            services,
        })
    }

    /// Starts a document of one's own.
    #[must_use]
    pub fn builder(id: Did) -> DocumentBuilder {
        DocumentBuilder::new(id)
    }

    /// Returns the DID that the document describes.
    #[must_use]
    pub fn id(&self) -> &Did {
        &self.id
    }

    /// Returns who may change the document, as it names them; none means the subject alone.
    #[must_use]
    pub fn controller(&self) -> &[Did] {
        &self.controller
    }

    /// Returns the other identifiers that the subject claims.
    #[must_use]
    pub fn also_known_as(&self) -> &[String] {
        &self.also_known_as
    }

    /// Returns all verification methods, whatever they may be used for.
    #[must_use]
    pub fn verification_methods(&self) -> &[VerificationMethod] {
        &self.methods
    }

    /// Returns the services in the order of the document.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// Returns the first service of that type.
    #[must_use]
    pub fn service(&self, type_: &str) -> Option<&Service> {
        self.services
            .iter()
            .find(|service| service.types().iter().any(|name| name == type_))
    }

    /// Says whether the method with that id stands in `relationship`.
    #[must_use]
    pub fn relates(&self, method: &DidUrl, relationship: Relationship) -> bool {
        self.relationships
            .iter()
            .any(|(known, named)| *known == relationship && named == method)
    }

    /// Returns the key of `method` if the document lets it be used for exactly that `relationship`.
    pub fn key_for(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, DocumentError> {
        let found = self
            .methods
            .iter()
            .find(|candidate| candidate.id() == method && method.did() == &self.id)
            .ok_or_else(|| DocumentError::NotFound(method.clone()))?;
        if !self.relates(method, relationship) {
            return Err(DocumentError::Relationship {
                method: method.clone(),
                relationship,
            });
        }
        if found.controller() != &self.id {
            let controller = found.controller().clone();
            return Err(DocumentError::Controller {
                method: method.clone(),
                controller,
            });
        }
        let key = match found.material() {
            Ok(key) => key,
            Err(KeyError::Unsupported) => return Err(DocumentError::Unsupported(method.clone())),
            Err(error) => return Err(DocumentError::Key(error.clone())),
        };
        if !relationship.fits(key.key_type()) {
            return Err(DocumentError::Key(KeyError::Use));
        }
        Ok(key.clone())
    }

    /// Returns the document as JSON, as it was parsed or built.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.source.clone()
    }
}

/// The verification methods found so far.
struct Methods<'a> {
    owner: &'a Did,
    list: Vec<VerificationMethod>,
}

impl Methods<'_> {
    fn add(&mut self, item: &Value, at: &str) -> Result<DidUrl, DocumentError> {
        let method = VerificationMethod::parse(self.owner, item, at)?;
        let id = method.id().clone();
        if self.list.iter().any(|known| *known.id() == id) {
            return Err(invalid(at, "two verification methods have one id"));
        }
        if self.list.len() >= MAX_METHODS {
            return Err(invalid(at, "there are too many verification methods"));
        }
        self.list.push(method);
        Ok(id)
    }

    /// Reads an item of a relationship: a reference, or a method that is embedded for this use alone.
    fn refer(&mut self, item: &Value, at: &str) -> Result<DidUrl, DocumentError> {
        match item {
            Value::String(text) => url_within(self.owner, text, at),
            Value::Object(_) => self.add(item, at),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                Err(invalid(at, "it is neither a reference nor a verification method"))
            }
        }
    }
}

fn invalid(at: &str, defect: &'static str) -> DocumentError {
    DocumentError::Invalid {
        at: at.to_owned(),
        defect,
    }
}

/// Reads an absolute DID URL, or a `#fragment` of the document's own DID.
fn url_within(owner: &Did, text: &str, at: &str) -> Result<DidUrl, DocumentError> {
    let url = match text.strip_prefix('#') {
        Some(fragment) => owner.with_fragment(fragment),
        None => DidUrl::parse(text),
    };
    url.map_err(|_| invalid(at, "it is not a DID URL in canonical spelling"))
}

/// Returns the items of an optional array, each with its JSON pointer.
fn items<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Vec<(String, &'a Value)>, DocumentError> {
    match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            let mut items = Vec::new();
            for (index, item) in list.iter().enumerate() {
                items.push((format!("/{name}/{index}"), item));
            }
            Ok(items)
        }
        Some(_) => Err(invalid(&format!("/{name}"), "it is not an array")),
    }
}

/// Returns the strings of an optional member that is a string or an array of strings.
fn one_or_many<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Vec<&'a str>, DocumentError> {
    let defect = || {
        invalid(
            &format!("/{name}"),
            "it is neither a string nor an array of strings",
        )
    };
    match members.get(name) {
        None => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![text]),
        Some(Value::Array(list)) if !list.is_empty() => {
            try_map(list, |item| item.as_str().ok_or_else(defect))
        }
        Some(_) => Err(defect()),
    }
}
