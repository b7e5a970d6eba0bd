//! The ways in which an issuer signs, each of them named by its standard.
//!
//! INVARIANT: a suite signs only with a key that it is for.

use chancery::OsRandom;
use chancery_did::{KeyType, Relationship, Timestamp};
use chancery_proof::{ProofError, data_integrity, jose};
use chancery_rdfc::{Cryptosuite, Rdfc};
use serde_json::{Value, json};

use super::Issuer;

/// The context that names Data Integrity proofs, which documents of version 1.1 need beside their own.
const DATA_INTEGRITY: &str = "https://w3id.org/security/data-integrity/v2";
/// The context of enveloping objects.
const CREDENTIALS_2: &str = "https://www.w3.org/ns/credentials/v2";

/// How a credential is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// `eddsa-jcs-2022` or `ecdsa-jcs-2019`, by the key.
    Jcs,
    /// A suite that canonicalizes RDF.
    Rdfc(Cryptosuite),
    /// A JWT, enveloped in an object.
    Jose,
}

impl Suite {
    /// Finds the suite by the name that callers use: a cryptosuite's, or `jose`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "eddsa-jcs-2022" | "ecdsa-jcs-2019" => Some(Self::Jcs),
            "jose" => Some(Self::Jose),
            _ => Cryptosuite::parse(name).map(Self::Rdfc),
        }
    }

    /// The name for a key of this kind.
    pub(super) fn name(self, key: KeyType) -> &'static str {
        match self {
            Self::Jcs if key == KeyType::Ed25519 => "eddsa-jcs-2022",
            Self::Jcs => "ecdsa-jcs-2019",
            Self::Rdfc(suite) => suite.name(),
            Self::Jose => "jose",
        }
    }

    /// Adds to a document of version 1.1 the contexts that its proof and its status need; version 2.0 brings them.
    pub(super) fn with_contexts(mut document: Value, status: bool) -> Value {
        let mut needed = vec![json!(DATA_INTEGRITY)];
        if status {
            needed.push(status_terms());
        }
        let contexts = match document.get("@context").cloned() {
            Some(Value::Array(contexts)) => contexts,
            Some(context) => vec![context],
            None => return document,
        };
        let missing: Vec<Value> = needed
            .into_iter()
            .filter(|context| !contexts.contains(context))
            .collect();
        if let (false, Value::Object(members)) = (missing.is_empty(), &mut document) {
            let contexts = contexts.into_iter().chain(missing).collect();
            members.insert("@context".to_owned(), Value::Array(contexts));
        }
        document
    }

    /// Signs a document that was checked; a suite that discloses selectively always discloses who issued it and
    /// how long it holds, where `mandatory` says nothing.
    pub(super) fn sign(
        self,
        rdfc: &Rdfc,
        issuer: &Issuer,
        document: Value,
        mandatory: &[String],
        now: Timestamp,
    ) -> Result<Value, ProofError> {
        let options = data_integrity::ProofOptions {
            created: Some(whole_second(now)),
            ..data_integrity::ProofOptions::new(issuer.method.clone(), Relationship::AssertionMethod)
        };
        let signer = issuer.signer.as_ref();
        match self {
            Self::Jcs => data_integrity::sign(document, &options, signer),
            Self::Rdfc(suite @ Cryptosuite::EcdsaSd2023) if mandatory.is_empty() => {
                let usual = Rdfc::default_mandatory(&document);
                rdfc.sign(document, suite, &options, &usual, signer, &mut OsRandom)
            }
            Self::Rdfc(suite) => rdfc.sign(document, suite, &options, mandatory, signer, &mut OsRandom),
            Self::Jose => {
                let token = jose::sign("vc+jwt", &issuer.method, &document, signer)?;
                Ok(json!({
                    "@context": [CREDENTIALS_2],
                    "id": format!("data:application/vc+jwt,{token}"),
                    "type": "EnvelopedVerifiableCredential",
                }))
            }
        }
    }
}

/// The terms of a status entry, which the context of version 1.1 does not have.
fn status_terms() -> Value {
    let term = |name: &str| format!("https://www.w3.org/ns/credentials/status#{name}");
    json!({
        "BitstringStatusListEntry": {
            "@id": term("BitstringStatusListEntry"),
            "@context": {
                "statusPurpose": term("statusPurpose"),
                "statusListIndex": term("statusListIndex"),
                "statusListCredential": { "@id": term("statusListCredential"), "@type": "@id" },
            },
        },
    })
}

/// The second in which an instant lies: some readers of `created` know no smaller parts.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_seconds(at.millis().div_euclid(1000))
}
