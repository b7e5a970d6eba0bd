//! Making proofs in three steps: prepare, sign, seal (Data Integrity 1.0, sections 4.2 and 4.4).
//!
//! INVARIANT: what was prepared reads back through [`Secured::data_integrity`](crate::Secured) with the same
//! bytes to sign.

use std::sync::Arc;

use chancery_did::{DidUrl, KeyType, Relationship, Signer, Timestamp};
use serde_json::{Value, json};

use super::{
    Members, Proof, chain, ecdsa_jcs, not_an_object,
    suite::{DATA_INTEGRITY_PROOF, Suite},
    take_proofs,
};
use crate::{Limits, ProofError, SuiteSeal, Suites, jcs, multibase};

/// What a new proof is to say.
#[derive(Debug, Clone)]
pub struct ProofOptions {
    /// The verification method that signs.
    pub verification_method: DidUrl,
    /// The proof purpose.
    pub purpose: Relationship,
    /// The time of making.
    pub created: Option<Timestamp>,
    /// The end of validity.
    pub expires: Option<Timestamp>,
    /// The challenge that is answered.
    pub challenge: Option<String>,
    /// The domains that the proof is meant for.
    pub domain: Vec<String>,
    /// The `id` of this proof, so that another may name it.
    pub id: Option<String>,
    /// The `id`s of the proofs that this one is made over.
    pub previous_proof: Vec<String>,
}

impl ProofOptions {
    /// Options with a method and a purpose and nothing else.
    #[must_use]
    pub fn new(verification_method: DidUrl, purpose: Relationship) -> Self {
        Self {
            verification_method,
            purpose,
            created: None,
            expires: None,
            challenge: None,
            domain: Vec::new(),
            id: None,
            previous_proof: Vec::new(),
        }
    }

    /// The members of a proof by this cryptosuite that says so, without its `proofValue`.
    ///
    /// For the makers of other suites' proofs; [`prepare`] and [`sign`] do it themselves.
    #[must_use]
    pub fn members(&self, cryptosuite: &str, context: Option<&Value>) -> Members {
        let members = [
            ("type", Some(json!(DATA_INTEGRITY_PROOF))),
            ("cryptosuite", Some(json!(cryptosuite))),
            (
                "verificationMethod",
                Some(json!(self.verification_method.as_str())),
            ),
            ("proofPurpose", Some(json!(self.purpose.as_str()))),
            ("@context", context.cloned()),
            ("id", self.id.clone().map(Value::from)),
            ("created", self.created.map(|time| time.to_string().into())),
            ("expires", self.expires.map(|time| time.to_string().into())),
            ("challenge", self.challenge.clone().map(Value::from)),
            ("domain", one_or_many(&self.domain)),
            ("previousProof", one_or_many(&self.previous_proof)),
        ];
        members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect()
    }
}

fn one_or_many(texts: &[String]) -> Option<Value> {
    match texts {
        [] => None,
        [text] => Some(json!(text)),
        texts => Some(json!(texts)),
    }
}

/// A document whose new proof awaits its signature.
#[derive(Debug, Clone)]
pub struct Unsigned {
    signing_input: Vec<u8>,
    document: Members,
    proofs: Vec<Members>,
    proof: Members,
}

impl Unsigned {
    /// The bytes to sign: the hash of the proof options, then the hash of the document.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        &self.signing_input
    }

    /// Puts the signature in its place and gives the secured document.
    #[must_use]
    pub fn seal(self, signature: &[u8]) -> Value {
        let mut proof = self.proof;
        proof.insert("proofValue".to_owned(), multibase::encode_z(signature).into());
        with_proof(self.document, self.proofs, proof)
    }
}

/// The document as a new proof with these options covers it: without its proofs, or with the ones that
/// `previousProof` names.
///
/// For the makers of other suites' proofs; [`prepare`] and [`sign`] do it themselves.
///
/// # Errors
///
/// `signature.chain` if a previous proof is not there, and what a document's own proofs are refused for.
pub fn covered(document: &Members, options: &Members) -> Result<Members, ProofError> {
    let mut document = document.clone();
    let proofs = own_proofs(&mut document)?;
    let named = named(&proofs, options)?;
    if !named.is_empty() {
        document.insert("proof".to_owned(), Value::Array(named));
    }
    Ok(document)
}

/// Puts a finished proof beside those that the document has already, so that they make a set or a chain.
///
/// # Errors
///
/// `parse.structure` for a `proof` that is neither an object nor an array of objects.
pub fn attach(mut document: Members, proof: Members) -> Result<Value, ProofError> {
    let proofs = own_proofs(&mut document)?;
    Ok(with_proof(document, proofs, proof))
}

fn own_proofs(document: &mut Members) -> Result<Vec<Members>, ProofError> {
    if document.contains_key("proof") {
        take_proofs(document)
    } else {
        Ok(Vec::new())
    }
}

fn with_proof(mut document: Members, proofs: Vec<Members>, proof: Members) -> Value {
    let proof = if proofs.is_empty() {
        Value::Object(proof)
    } else {
        proofs.into_iter().chain([proof]).map(Value::Object).collect()
    };
    document.insert("proof".to_owned(), proof);
    Value::Object(document)
}

/// Prepares a proof for signing elsewhere; the suite follows from the type of the key.
///
/// Proofs that the document has already stay, so that the new one makes a set or a chain with them.
///
/// # Errors
///
/// `parse.structure` for a document that is not an object, `alg.mismatch` for a key that cannot sign,
/// `signature.chain` if a previous proof is not there, and what a document's own proofs are refused for.
pub fn prepare(document: &Value, options: &ProofOptions, key: KeyType) -> Result<Unsigned, ProofError> {
    start(document.clone(), options, key)
}

/// Adds a proof to a document.
///
/// # Errors
///
/// As [`prepare`], and `signature.missing` if the signer fails.
pub fn sign(document: Value, options: &ProofOptions, signer: &dyn Signer) -> Result<Value, ProofError> {
    let unsigned = start(document, options, signer.public_key().key_type())?;
    let signature = signer
        .sign(unsigned.signing_input())
        .map_err(|error| ProofError::Signer(error.to_string()))?;
    Ok(unsigned.seal(&signature))
}

fn start(document: Value, options: &ProofOptions, key: KeyType) -> Result<Unsigned, ProofError> {
    let Value::Object(mut document) = document else {
        return Err(not_an_object());
    };
    let proofs = own_proofs(&mut document)?;
    let suite = Suite::of_key(key)?;
    let proof = options.members(suite.name(), document.get("@context"));
    let config = jcs::canonicalize_members(&proof)?;

    let named = named(&proofs, &proof)?;
    let canonical = if named.is_empty() {
        jcs::canonicalize_members(&document)?
    } else {
        let mut with_proofs = document.clone();
        with_proofs.insert("proof".to_owned(), Value::Array(named));
        jcs::canonicalize_members(&with_proofs)?
    };
    let length = if key == KeyType::P384 {
        ecdsa_jcs::P384_SIGNATURE
    } else {
        64
    };
    let signing_input = suite.hash_data(length, &config, &canonical, None);
    Ok(Unsigned {
        signing_input,
        document,
        proofs,
        proof,
    })
}

/// The proofs that the new one is made over.
fn named(proofs: &[Members], proof: &Members) -> Result<Vec<Value>, ProofError> {
    if proofs.is_empty() && !proof.contains_key("previousProof") {
        return Ok(Vec::new());
    }
    // The new proof takes part under a stand-in signature, so that the rules of a chain apply to it too.
    let mut new = proof.clone();
    new.insert("proofValue".to_owned(), "z".into());
    let all = proofs
        .iter()
        .cloned()
        .chain([new])
        .map(|proof| Proof::read(proof, &Whatever))
        .collect::<Result<Vec<_>, _>>()?;
    let previous = chain::previous(&all)?.pop().unwrap_or_default();
    Ok(previous
        .into_iter()
        .filter_map(|at| proofs.get(at).cloned().map(Value::Object))
        .collect())
}

/// Takes part in reading proofs that stay as they are: whoever adds a proof need not know how the others are
/// checked, only how they are named.
#[derive(Debug)]
struct Whatever;

impl Suites for Whatever {
    fn knows(&self, kind: &str, cryptosuite: Option<&str>) -> bool {
        Suite::elsewhere(kind, cryptosuite)
    }

    fn open(&self, _: &Members, _: &Members, _: &Limits) -> Result<Arc<dyn SuiteSeal>, ProofError> {
        Err(ProofError::SignatureMissing)
    }
}
