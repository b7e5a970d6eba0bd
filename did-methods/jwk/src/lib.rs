//! The [did:jwk](https://github.com/quartzjer/did-jwk/blob/main/spec.md) method: the DID is the key, as
//! base64url of a JWK.
//!
//! INVARIANT: the text is the compact JSON of its own members, in their order, without duplicates, in
//! canonical base64url: it is written again and compared. A text with a private member is refused, and no
//! part of it is shown.

use chancery_did::{Did, Document, DocumentError, KeyError, KeyType, Method, Plan, PublicKey, Relationship};
use chancery_did::{ParseError, ResolveError};
use serde_json::Value;

mod text;

const NAME: &str = "jwk";

/// The method did:jwk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidJwk;

/// Returns the did:jwk of a key, with the members of its thumbprint in alphabetic order.
pub fn did_for(key: &PublicKey) -> Result<Did, ParseError> {
    Did::parse(&format!("did:{NAME}:{}", text::write(key)))
}

impl Method for DidJwk {
    fn name(&self) -> &'static str {
        NAME
    }

    fn plan(&self, did: &Did) -> Result<Plan, ResolveError> {
        document(did).map(|document| Plan::Local(Box::new(document)))
    }

    fn judge(&self, did: &Did, fetched: &Value) -> Result<Document, ResolveError> {
        let own = document(did)?;
        let fetched = Document::parse(fetched)?;
        if fetched.id() != did {
            return Err(ResolveError::Mismatch {
                asked: did.clone(),
                found: fetched.id().clone(),
            });
        }
        if fetched != own {
            let defect = "it is not the document that the DID itself holds";
            return Err(DocumentError::Invalid {
                at: String::new(),
                defect,
            }
            .into());
        }
        Ok(own)
    }
}

/// Makes the document: the one method `#0`.
fn document(did: &Did) -> Result<Document, ResolveError> {
    if did.method() != NAME {
        return Err(ResolveError::UnsupportedMethod(did.method().to_owned()));
    }
    let key = text::read(did.method_specific_id())?;
    let relationships: &[Relationship] = match key.key_type() {
        KeyType::X25519 => &[Relationship::KeyAgreement],
        KeyType::Ed25519 | KeyType::P256 | KeyType::P384 | KeyType::P521 => &[
            Relationship::Authentication,
            Relationship::AssertionMethod,
            Relationship::CapabilityInvocation,
            Relationship::CapabilityDelegation,
        ],
    };
    Ok(Document::builder(did.clone())
        .add_key("0", &key, relationships)
        .build()?)
}
