//! Keys of instances from the text of their DIDs: did:key and did:jwk.
//!
//! INVARIANT: nothing is fetched; a DID of any other method has no key here.

use chancery_did::{Did, DidUrl, Document, Method, Plan, PublicKey, Relationship, ResolveError};
use chancery_did_jwk::DidJwk;
use chancery_did_key::DidKey;
use chancery_proof::Keys;

/// The keys that DIDs carry in themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InstanceKeys;

impl InstanceKeys {
    /// Makes the document that a DID's text holds.
    pub(crate) fn document(did: &Did) -> Result<Document, ResolveError> {
        let unsupported = || ResolveError::UnsupportedMethod(did.method().to_owned());
        let method: &dyn Method = match did.method() {
            "key" => &DidKey,
            "jwk" => &DidJwk,
            _ => return Err(unsupported()),
        };
        match method.plan(did)? {
            Plan::Local(document) => Ok(*document),
            Plan::Fetch(_) | Plan::FetchLog { .. } => Err(unsupported()),
        }
    }
}

impl InstanceKeys {
    /// The thumbprint of the key that a DID's text holds: the same for every spelling of one key.
    pub(crate) fn thumbprint(did: &Did) -> Option<String> {
        let document = Self::document(did).ok()?;
        let key = document
            .verification_methods()
            .iter()
            .find_map(|method| method.key())?;
        Some(key.thumbprint())
    }
}

impl Keys for InstanceKeys {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let document = Self::document(method.did()).map_err(|error| (error.code(), error.to_string()))?;
        document
            .key_for(method, relationship)
            .map_err(|error| (error.code(), error.to_string()))
    }
}
