//! Cryptosuites that the host hands in (W3C Verifiable Credential Data Integrity 1.0, section 3.1).
//!
//! Some suites canonicalize RDF, which needs JSON-LD and does not belong at the front door. A host that has
//! such suites hands them to [`Secured::data_integrity_with`](crate::Secured::data_integrity_with).
//!
//! INVARIANT: a suite is asked only for names that are not this crate's own; it does all its work before a key
//! is known, and its seal sees a key that the caller supplied and nothing else.

use std::fmt::Debug;
use std::sync::Arc;

use chancery_did::PublicKey;
use serde_json::{Map, Value};

use crate::{Limits, ProofError};

/// Cryptosuites that this crate does not know.
pub trait Suites: Send + Sync + Debug {
    /// Says whether a proof of this `type` and `cryptosuite` is one of these.
    ///
    /// Types from before Data Integrity (`Ed25519Signature2020`) have no `cryptosuite`.
    fn knows(&self, kind: &str, cryptosuite: Option<&str>) -> bool;

    /// Works out what a proof signs.
    ///
    /// `document` is the document as this proof covers it: without a `proof` member, or with the previous proofs
    /// that it names as an array. `proof` has all its members, `proofValue` too, which is a string and which the
    /// suite decodes itself. The members that every proof has were read before.
    ///
    /// # Errors
    ///
    /// Whatever the suite refuses; its own codes as [`ProofError::Suite`].
    fn open(
        &self,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        limits: &Limits,
    ) -> Result<Arc<dyn SuiteSeal>, ProofError>;
}

/// What one proof of such a suite signs, ready for a key.
pub trait SuiteSeal: Send + Sync + Debug {
    /// Checks the signature under a key.
    ///
    /// # Errors
    ///
    /// [`ProofError::AlgorithmMismatch`] if the key's type does not fit, [`ProofError::SignatureInvalid`].
    fn verify(&self, key: &PublicKey) -> Result<(), ProofError>;
}

/// No suites but this crate's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoSuites;

impl Suites for NoSuites {
    fn knows(&self, _: &str, _: Option<&str>) -> bool {
        false
    }

    fn open(
        &self,
        _: &Map<String, Value>,
        proof: &Map<String, Value>,
        _: &Limits,
    ) -> Result<Arc<dyn SuiteSeal>, ProofError> {
        let name = proof.get("type").and_then(Value::as_str);
        Err(ProofError::AlgorithmUnknown(name.map(crate::error::short)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use chancery_did::{KeyType, Relationship, SecretKey, Signer as _};
    use serde_json::json;

    use super::*;
    use crate::{
        Secured,
        cast::{DidKeys, expect, method, signer},
        data_integrity::{self, ProofOptions},
        jcs, multibase,
    };

    type Members = Map<String, Value>;

    const PURPOSE: Relationship = Relationship::AssertionMethod;

    /// A suite that signs the canonical document and options, and remembers what it was shown.
    #[derive(Debug, Default)]
    struct Plain(Mutex<Vec<(Members, Members)>>);

    #[derive(Debug)]
    struct PlainSeal(Vec<u8>, Vec<u8>);

    fn message(document: &Members, proof: &Members) -> Vec<u8> {
        let mut options = proof.clone();
        options.remove("proofValue");
        let mut message = jcs::canonicalize(&document.clone().into()).unwrap();
        message.extend(jcs::canonicalize(&options.into()).unwrap());
        message
    }

    impl Suites for Plain {
        fn knows(&self, kind: &str, cryptosuite: Option<&str>) -> bool {
            matches!(
                (kind, cryptosuite),
                ("DataIntegrityProof", Some("eddsa-rdfc-2022")) | ("Ed25519Signature2020", None)
            )
        }

        fn open(
            &self,
            document: &Members,
            proof: &Members,
            _: &Limits,
        ) -> Result<Arc<dyn SuiteSeal>, ProofError> {
            self.0.lock().unwrap().push((document.clone(), proof.clone()));
            if document.contains_key("undefined") {
                return Err(ProofError::Suite {
                    code: "data_loss.undefined_term",
                    detail: "a term".to_owned(),
                });
            }
            let signature = multibase::decode(proof["proofValue"].as_str().unwrap())?;
            Ok(Arc::new(PlainSeal(message(document, proof), signature)))
        }
    }

    impl SuiteSeal for PlainSeal {
        fn verify(&self, key: &PublicKey) -> Result<(), ProofError> {
            if key.key_type() != KeyType::Ed25519 {
                return Err(ProofError::AlgorithmMismatch {
                    algorithm: "plain".to_owned(),
                    key: key.key_type().to_string(),
                });
            }
            key.verify(&self.0, &self.1)
                .map_err(|_| ProofError::SignatureInvalid)
        }
    }

    /// Says that it knows everything, and that everything holds.
    #[derive(Debug)]
    struct Gullible;

    impl Suites for Gullible {
        fn knows(&self, _: &str, _: Option<&str>) -> bool {
            true
        }

        fn open(&self, _: &Members, _: &Members, _: &Limits) -> Result<Arc<dyn SuiteSeal>, ProofError> {
            Ok(Arc::new(Self))
        }
    }

    impl SuiteSeal for Gullible {
        fn verify(&self, _: &PublicKey) -> Result<(), ProofError> {
            Ok(())
        }
    }

    fn alice() -> SecretKey {
        signer(KeyType::Ed25519, 1)
    }

    fn document() -> Value {
        json!({ "@context": ["https://a.example"], "n": 1 })
    }

    fn options(kind: &str, cryptosuite: Option<&str>, extra: Value) -> Members {
        let mut options = json!({
            "type": kind,
            "verificationMethod": method(&alice()).as_str(),
            "proofPurpose": "assertionMethod",
        });
        if let Some(cryptosuite) = cryptosuite {
            options["cryptosuite"] = json!(cryptosuite);
        }
        let mut options = options.as_object().unwrap().clone();
        options.extend(extra.as_object().unwrap().clone());
        options
    }

    /// Alice's proof of the plain suite over a document that may have proofs already.
    fn plain(document: &Value, mut options: Members) -> Value {
        let document = document.as_object().unwrap();
        let covered = data_integrity::covered(document, &options).unwrap();
        let signature = alice().sign(&message(&covered, &options)).unwrap();
        options.insert("proofValue".to_owned(), multibase::encode_u(&signature).into());
        data_integrity::attach(document.clone(), options).unwrap()
    }

    fn rdfc(extra: Value) -> Members {
        options("DataIntegrityProof", Some("eddsa-rdfc-2022"), extra)
    }

    fn judge(document: Value, suites: &dyn Suites) -> &'static str {
        let proven = Secured::data_integrity_with(document, &Limits::default(), suites)
            .and_then(|secured| secured.prove(&expect(&alice()), &DidKeys));
        proven.map_or_else(|error| error.code(), |_| "ok")
    }

    #[test]
    fn a_suite_of_the_host_is_shown_document_and_proof_as_they_are() {
        let suites = Plain::default();
        let signed = plain(&document(), rdfc(json!({ "id": "urn:1", "nonce": "n" })));
        assert_eq!(judge(signed.clone(), &suites), "ok");
        let (shown, proof) = suites.0.lock().unwrap().pop().unwrap();
        assert_eq!(Value::from(shown), document());
        assert_eq!(Value::from(proof), signed["proof"]);
        let legacy = plain(&document(), options("Ed25519Signature2020", None, json!({})));
        assert_eq!(judge(legacy.clone(), &suites), "ok");
        let secured = Secured::data_integrity_with(legacy, &Limits::default(), &suites).unwrap();
        assert_eq!(secured.proofs()[0].cryptosuite_or_alg, "Ed25519Signature2020");
        assert_eq!(*secured.unverified(), document());
    }

    #[test]
    fn without_the_suite_nothing_holds() {
        let signed = plain(&document(), rdfc(json!({})));
        assert_eq!(judge(signed, &NoSuites), "alg.unsupported_here");
        let legacy = plain(&document(), options("Ed25519Signature2020", None, json!({})));
        assert_eq!(judge(legacy, &NoSuites), "alg.unknown");
        let refused = NoSuites.open(&Members::new(), &Members::new(), &Limits::default());
        assert_eq!(refused.unwrap_err().code(), "alg.unknown");
    }

    #[test]
    fn what_is_changed_does_not_hold() {
        let signed = plain(&document(), rdfc(json!({ "nonce": "n" })));
        for (pointer, value, code) in [
            ("/n", json!(2), "signature.invalid"),
            ("/@context", json!([]), "signature.invalid"),
            ("/proof/nonce", json!("m"), "signature.invalid"),
            ("/proof/nonce", json!(1), "parse.structure"),
            ("/proof/proofValue", json!(null), "signature.missing"),
            ("/proof/proofValue", json!(1), "parse.structure"),
            ("/proof/proofValue", json!("AAAA"), "parse.multibase"),
            ("/proof/proofPurpose", json!("authentication"), "key.relationship"),
            ("/proof/proofPurpose", json!(null), "parse.structure"),
            ("/proof/verificationMethod", json!("key-1"), "parse.did_url"),
            ("/proof/cryptosuite", json!("eddsa-jcs-2022"), "parse.multibase"),
            ("/proof/cryptosuite", json!("eddsa-rdfc-2099"), "alg.unknown"),
            ("/proof/cryptosuite", json!(null), "alg.unknown"),
            ("/proof/type", json!("Ed25519Signature2020"), "alg.unknown"),
            ("/proof/type", json!(null), "alg.unknown"),
        ] {
            let mut changed = signed.clone();
            *changed.pointer_mut(pointer).unwrap() = value.clone();
            assert_eq!(judge(changed, &Plain::default()), code, "{pointer} {value}");
        }
        for name in [
            "proofValue",
            "proofPurpose",
            "verificationMethod",
            "cryptosuite",
            "type",
        ] {
            let mut changed = signed.clone();
            changed["proof"].as_object_mut().unwrap().remove(name);
            assert_ne!(judge(changed, &Plain::default()), "ok", "{name}");
        }
        let legacy = plain(&document(), options("Ed25519Signature2020", None, json!({})));
        for cryptosuite in [json!(null), json!(1), json!("eddsa-rdfc-2022")] {
            let mut changed = legacy.clone();
            changed["proof"]["cryptosuite"] = cryptosuite;
            assert_eq!(judge(changed, &Plain::default()), "alg.unknown");
        }
    }

    #[test]
    fn the_order_is_members_then_chain_then_suite_then_key() {
        let suites = Plain::default();
        let mut wrong = plain(&document(), rdfc(json!({})));
        wrong["undefined"] = json!(1);
        wrong["proof"]["previousProof"] = json!("urn:1");
        assert_eq!(judge(wrong.clone(), &suites), "signature.chain");
        assert!(suites.0.lock().unwrap().is_empty());
        wrong["proof"].as_object_mut().unwrap().remove("previousProof");
        // The suite refuses before anybody looks for a key.
        let refused = Secured::data_integrity_with(wrong, &Limits::default(), &suites).unwrap_err();
        assert_eq!(refused.code(), "data_loss.undefined_term");
    }

    #[test]
    fn a_suite_of_the_host_never_takes_the_place_of_our_own() {
        let signed = data_integrity::sign(
            document(),
            &ProofOptions::new(method(&alice()), PURPOSE),
            &alice(),
        )
        .unwrap();
        assert_eq!(judge(signed.clone(), &Gullible), "ok");
        let mut changed = signed.clone();
        changed["n"] = json!(2);
        assert_eq!(judge(changed, &Gullible), "signature.invalid");
        for (name, value, code) in [
            ("proofValue", json!("uAAAA"), "parse.multibase"),
            ("cryptosuite", json!("ecdsa-jcs-2019"), "alg.mismatch"),
            (
                "verificationMethod",
                json!(method(&signer(KeyType::Ed25519, 2)).as_str()),
                "key.issuer_mismatch",
            ),
        ] {
            let mut changed = signed.clone();
            changed["proof"][name] = value;
            assert_eq!(judge(changed, &Gullible), code, "{name}");
        }
    }

    #[test]
    fn sets_and_chains_go_across_suites() {
        let own = |document: Value, id: &str, previous: &[&str]| {
            let options = ProofOptions {
                id: Some(id.to_owned()),
                previous_proof: previous.iter().map(|id| (*id).to_owned()).collect(),
                ..ProofOptions::new(method(&alice()), PURPOSE)
            };
            data_integrity::sign(document, &options, &alice()).unwrap()
        };
        let suites = Plain::default();
        let one = plain(&document(), rdfc(json!({ "id": "urn:1" })));
        let two = own(one, "urn:2", &["urn:1"]);
        let three = plain(
            &two,
            rdfc(json!({ "id": "urn:3", "previousProof": ["urn:1", "urn:2"] })),
        );
        let four = own(three.clone(), "urn:4", &[]);
        assert_eq!(judge(four.clone(), &suites), "ok");
        let shown = suites.0.lock().unwrap().pop().unwrap().0;
        assert_eq!(shown["proof"], json!([three["proof"][0], three["proof"][1]]));
        assert_eq!(judge(four.clone(), &NoSuites), "alg.unsupported_here");
        for at in 0..4 {
            let mut broken = four.clone();
            broken["proof"][at]["nonce"] = json!("added");
            assert_eq!(judge(broken, &suites), "signature.invalid", "{at}");
        }
        let mut lost = four;
        lost["proof"].as_array_mut().unwrap().remove(1);
        assert_eq!(judge(lost, &suites), "signature.chain");
    }

    #[test]
    fn a_context_that_one_proof_does_not_cover_is_not_read() {
        let options = ProofOptions::new(method(&alice()), PURPOSE);
        let mut signed = data_integrity::sign(document(), &options, &alice()).unwrap();
        signed["@context"]
            .as_array_mut()
            .unwrap()
            .push(json!("https://b.example"));
        let both = plain(&signed, rdfc(json!({})));
        let suites = Plain::default();
        let secured = Secured::data_integrity_with(both.clone(), &Limits::default(), &suites).unwrap();
        assert_eq!(*secured.unverified(), document());
        assert_eq!(judge(both, &suites), "ok");
        // The other suite was shown the whole context, which it signed.
        let shown = suites.0.lock().unwrap().pop().unwrap().0;
        assert_eq!(shown["@context"], signed["@context"]);
    }
}
