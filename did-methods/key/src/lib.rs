//! The [did:key](https://w3c-ccg.github.io/did-key-spec/) method: the DID is the key, as Multikey text.
//!
//! One DID is read in two ways. [`DidKey`] is for judging signatures: the key in the DID's text and no other.
//! [`DidKeyWithAgreement`] is the whole document that a resolver shows. INVARIANT: one key has one did:key,
//! nothing is fetched, and a key that is derived for agreement stands in no other relationship.

use chancery_did::{
    Did, Document, DocumentBuilder, DocumentError, KeyType, Method, Plan, PublicKey, Relationship,
    ResolveError,
};
use serde_json::Value;

const NAME: &str = "key";

/// What a key for signatures may be used for.
const SIGNATURES: [Relationship; 4] = [
    Relationship::Authentication,
    Relationship::AssertionMethod,
    Relationship::CapabilityInvocation,
    Relationship::CapabilityDelegation,
];

/// The method did:key as far as signatures need it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidKey;

/// The method did:key with `keyAgreement`: a NIST key itself, and for an Ed25519 key the X25519 key of the same
/// point, under its own Multikey text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DidKeyWithAgreement;

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
        same(document(did)?, fetched)
    }
}

impl Method for DidKeyWithAgreement {
    fn name(&self) -> &'static str {
        NAME
    }

    fn plan(&self, did: &Did) -> Result<Plan, ResolveError> {
        whole(did).map(|document| Plan::Local(Box::new(document)))
    }

    fn judge(&self, did: &Did, fetched: &Value) -> Result<Document, ResolveError> {
        same(whole(did)?, fetched)
    }
}

/// Makes the document for signatures: one method, for everything that a key of its kind can do on its own.
fn document(did: &Did) -> Result<Document, ResolveError> {
    let key = key(did)?;
    let relationships: &[Relationship] = match key.key_type() {
        KeyType::X25519 => &[Relationship::KeyAgreement],
        KeyType::Ed25519 | KeyType::P256 | KeyType::P384 | KeyType::P521 => &SIGNATURES,
    };
    Ok(begun(did, &key, relationships).build()?)
}

/// Makes the whole document.
fn whole(did: &Did) -> Result<Document, ResolveError> {
    let key = key(did)?;
    let begun = match key.key_type() {
        KeyType::X25519 => begun(did, &key, &[Relationship::KeyAgreement]),
        KeyType::P256 | KeyType::P384 | KeyType::P521 => begun(did, &key, &Relationship::ALL),
        KeyType::Ed25519 => begun(did, &key, &SIGNATURES),
    };
    let whole = match key.to_x25519() {
        Some(derived) => begun.add_key(&derived.to_multikey(), &derived, &[Relationship::KeyAgreement]),
        None => begun,
    };
    Ok(whole.build()?)
}

/// Reads the key in a DID's text.
fn key(did: &Did) -> Result<PublicKey, ResolveError> {
    if did.method() != NAME {
        return Err(ResolveError::UnsupportedMethod(did.method().to_owned()));
    }
    Ok(PublicKey::from_multikey(did.method_specific_id())?)
}

/// Begins a document with the DID's own key.
fn begun(did: &Did, key: &PublicKey, relationships: &[Relationship]) -> DocumentBuilder {
    Document::builder(did.clone()).add_key(did.method_specific_id(), key, relationships)
}

/// Judges a document that somebody fetched: it must be the one that the DID itself holds.
fn same(own: Document, fetched: &Value) -> Result<Document, ResolveError> {
    let fetched = Document::parse(fetched)?;
    if fetched.id() != own.id() {
        return Err(ResolveError::Mismatch {
            asked: own.id().clone(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use chancery_did::DidUrl;

    const ALICE: &str = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";

    const CAROL: &str = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv";

    fn plan(text: &str) -> Result<Document, ResolveError> {
        planned(&DidKey, text)
    }

    fn planned(method: &dyn Method, text: &str) -> Result<Document, ResolveError> {
        match method.plan(&Did::parse(text)?)? {
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
    fn a_derived_key_agrees_and_does_nothing_else() {
        let whole = planned(&DidKeyWithAgreement, ALICE).unwrap();
        let derived = DidUrl::parse(&format!(
            "{ALICE}#z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW"
        ))
        .unwrap();
        let key = whole.key_for(&derived, Relationship::KeyAgreement).unwrap();
        assert_eq!(
            (key.key_type(), key.key_type().algorithm()),
            (KeyType::X25519, None)
        );
        assert!(key.verify(b"", &[0; 64]).is_err());
        for relationship in SIGNATURES {
            let refused = whole.key_for(&derived, relationship).unwrap_err();
            assert_eq!(refused.code(), "key.relationship", "{relationship}");
            assert!(
                whole.key_for(&method(ALICE), relationship).is_ok(),
                "{relationship}"
            );
        }
        let own = whole.key_for(&method(ALICE), Relationship::KeyAgreement);
        assert_eq!(own.unwrap_err().code(), "key.relationship");
    }

    #[test]
    fn judging_signatures_knows_no_derived_key() {
        let derived = format!("{ALICE}#z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW");
        let refused = plan(ALICE)
            .unwrap()
            .key_for(&DidUrl::parse(&derived).unwrap(), Relationship::AssertionMethod);
        assert_eq!(refused.unwrap_err().code(), "key.not_found");
        assert_eq!(plan(ALICE).unwrap().verification_methods().len(), 1);
    }

    #[test]
    fn a_nist_key_stands_for_agreement_itself_and_an_x25519_key_alone() {
        let whole = planned(&DidKeyWithAgreement, CAROL).unwrap();
        assert_eq!(whole.verification_methods().len(), 1);
        for relationship in Relationship::ALL {
            assert!(
                whole.key_for(&method(CAROL), relationship).is_ok(),
                "{relationship}"
            );
        }
        let agreement = "did:key:z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW";
        assert_eq!(
            planned(&DidKeyWithAgreement, agreement).unwrap(),
            plan(agreement).unwrap()
        );
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
            let whole = planned(&DidKeyWithAgreement, text);
            assert_eq!(whole.unwrap_err().code(), code, "{text}");
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
        let whole = planned(&DidKeyWithAgreement, ALICE).unwrap();
        let judged = DidKeyWithAgreement.judge(did, &whole.to_value());
        assert_eq!(judged.unwrap(), whole);
        for (method, document) in [
            (&DidKey as &dyn Method, whole),
            (&DidKeyWithAgreement, own.clone()),
        ] {
            let refused = method.judge(did, &document.to_value()).unwrap_err();
            assert_eq!(refused.code(), "resolve.invalid_document");
        }
        let mut changed = own.to_value();
        changed["service"] =
            serde_json::json!([{ "id": "#s", "type": "T", "serviceEndpoint": "https://a.example" }]);
        assert_eq!(
            DidKey.judge(did, &changed).unwrap_err().code(),
            "resolve.invalid_document"
        );
    }
}
