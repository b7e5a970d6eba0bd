//! Joining another organization: its signed description, its fingerprint, and the anchor that pins it.
//!
//! INVARIANT: nothing of what is fetched is trusted until a person compared the fingerprint, or gave
//! the expected one; the policy file is the only thing that changes.

use std::sync::Arc;

use chancery::{Clock, Guarded, Resolver};
use chancery_did::{Did, DidUrl, Document, PublicKey, Relationship};
use chancery_proof::{Keys, Limits};
use chancery_registry::client::Client;
use chancery_trust::RegistryAnchor;
use chancery_trust::description::{Description, TRQP};

use crate::exit::{Exit, Failure};
use crate::office;

/// Clock difference between two organizations that is allowed, in milliseconds.
const SKEW: i64 = 60_000;
/// How old a registry's answer may be, in milliseconds.
pub(crate) const ANSWER_AGE: i64 = 300_000;

/// Another organization, as it describes itself under its own signature.
#[derive(Debug)]
pub(crate) struct Introduction {
    /// Its description, proven under its own document.
    pub(crate) description: Description,
    /// The key of its trust registry.
    pub(crate) trqp: PublicKey,
}

/// Fetches and proves what an organization says of itself.
pub(crate) async fn introduce(
    did: &Did,
    client: &Guarded,
    clock: Arc<dyn Clock>,
) -> Result<Introduction, Failure> {
    let resolver = Resolver::new(client.clone(), clock.clone());
    let unresolved = |error: chancery::resolver::ResolutionError| {
        Failure::new(Exit::Network, error.code(), error.to_string())
    };
    let document = resolver.resolve(did).await.map_err(unresolved)?;
    let base = base(did)?;
    let token = Client::new(&base, client.clone(), None)
        .description()
        .await
        .map_err(office::refused)?;
    let description = Description::verify(
        token.trim(),
        did,
        &OneDocument(&document),
        &Limits::default(),
        clock.now(),
        SKEW,
    )
    .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))?;
    let registry = description.services.get(TRQP).cloned().ok_or_else(|| {
        Failure::new(
            Exit::No,
            "trust.statement_invalid",
            format!("`{did}` names no trust registry"),
        )
    })?;
    let trqp = resolver.resolve(&registry).await.map_err(unresolved)?;
    let trqp = trqp
        .verification_methods()
        .iter()
        .find_map(|method| method.key().cloned())
        .ok_or_else(|| Failure::new(Exit::No, "key.not_found", format!("`{registry}` has no key")))?;
    description
        .confirms(TRQP, &trqp)
        .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))?;
    Ok(Introduction { description, trqp })
}

impl Introduction {
    /// The registry of this organization, to be asked by TRQP.
    pub(crate) fn registry(&self, name: &str) -> Result<RegistryAnchor, Failure> {
        self.description
            .to_registry(name, &self.trqp, ANSWER_AGE)
            .map_err(|error| Failure::new(Exit::No, error.code(), error.to_string()))
    }
}

/// `https://host[:port]` of a did:web.
pub(crate) fn base(did: &Did) -> Result<String, Failure> {
    let refused = |text: String| Failure::usage("parse.did", text);
    let url = chancery_did_web::url_for(did).map_err(|error| refused(error.to_string()))?;
    let url = url::Url::parse(&url).map_err(|error| refused(error.to_string()))?;
    Ok(url.origin().ascii_serialization())
}

/// The keys of one document and of nothing else.
struct OneDocument<'a>(&'a Document);

impl Keys for OneDocument<'_> {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        self.0
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}
