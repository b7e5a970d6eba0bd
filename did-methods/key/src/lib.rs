//! The [did:key](https://w3c-ccg.github.io/did-key-spec/) method: the DID is the key, as Multikey text.
//!
//! INVARIANT: one key has one did:key. Nothing is fetched, and no key for agreement is derived from a key for
//! signatures.

use chancery_did::{
    Did, Document, DocumentError, KeyType, Method, Plan, PublicKey, Relationship, ResolveError,
};
use serde_json::Value;

const NAME: &str = "key";

/// The method did:key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidKey;

/// Returns the did:key of a key.
#[must_use]
pub fn did_for(key: &PublicKey) -> Did {
    Did::of_key(key)
}

impl Method for DidKey {
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

/// Makes the document: one method, for everything that a key of its kind can do.
fn document(did: &Did) -> Result<Document, ResolveError> {
    if did.method() != NAME {
        return Err(ResolveError::UnsupportedMethod(did.method().to_owned()));
    }
    let text = did.method_specific_id();
    let key = PublicKey::from_multikey(text)?;
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
        .add_key(text, &key, relationships)
        .build()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_did::DidUrl;

    const ALICE: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

    fn plan(text: &str) -> Result<Document, ResolveError> {
        match DidKey.plan(&Did::parse(text)?)? {
            Plan::Local(document) => Ok(*document),
            Plan::Fetch(url) => panic!("did:key fetches {url}"),
            Plan::FetchLog { log, .. } => panic!("did:key fetches {log}"),
        }
    }

    fn method(did: &str) -> DidUrl {
        DidUrl::parse(&format!("{did}#{}", did.trim_start_matches("did:key:"))).unwrap()
    }

    #[test]
    fn a_key_for_signatures_stands_in_all_relationships_but_agreement() {
        let document = plan(ALICE).unwrap();
        for relationship in Relationship::ALL {
            let key = document.key_for(&method(ALICE), relationship);
            assert_eq!(
                key.is_ok(),
                relationship != Relationship::KeyAgreement,
                "{relationship}"
            );
        }
        assert_eq!(
            did_for(document.verification_methods()[0].key().unwrap()).as_str(),
            ALICE
        );
    }

    #[test]
    fn a_key_for_agreement_never_asserts() {
        let did = "did:key:z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW";
        let document = plan(did).unwrap();
        assert!(document.key_for(&method(did), Relationship::KeyAgreement).is_ok());
        let refused = document
            .key_for(&method(did), Relationship::AssertionMethod)
            .unwrap_err();
        assert_eq!(refused.code(), "key.relationship");
    }

    #[test]
    fn other_spellings_and_other_kinds_are_refused() {
        for (text, code) in [
            (
                "did:key:Z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
                "key.invalid",
            ),
            (
                "did:key:z16MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
                "key.unsupported",
            ),
            (
                "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW",
                "key.unsupported",
            ),
            (
                "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW0",
                "key.invalid",
            ),
            (
                "did:key:1:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
                "key.invalid",
            ),
            ("did:key:z", "key.invalid"),
            ("did:key:u7QE", "key.invalid"),
            (
                "did:jwk:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
                "resolve.unsupported_method",
            ),
            ("did:key:", "parse.did"),
        ] {
            assert_eq!(plan(text).unwrap_err().code(), code, "{text}");
        }
    }

    #[test]
    fn a_fetched_document_must_be_the_dids_own() {
        let own = plan(ALICE).unwrap();
        let did = own.id();
        assert_eq!(DidKey.judge(did, &own.to_value()).unwrap(), own);
        let other = plan("did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG").unwrap();
        assert_eq!(
            DidKey.judge(did, &other.to_value()).unwrap_err().code(),
            "resolve.mismatch"
        );
        let mut changed = own.to_value();
        changed["service"] =
            serde_json::json!([{ "id": "#s", "type": "T", "serviceEndpoint": "https://a.example" }]);
        assert_eq!(
            DidKey.judge(did, &changed).unwrap_err().code(),
            "resolve.invalid_document"
        );
    }
}
