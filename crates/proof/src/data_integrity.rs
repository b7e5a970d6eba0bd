//! Embedded proofs: W3C Verifiable Credential Data Integrity 1.0 with the suites `eddsa-jcs-2022` and
//! `ecdsa-jcs-2019` (<https://www.w3.org/TR/vc-data-integrity/>, section 4).
//!
//! INVARIANT: every member of the document and every option of the proof, known or not, is under the
//! signature; the only member that is not is `proofValue` itself. The document is canonicalized once.
//!
//! In a set every proof must hold. In a chain the proofs that `previousProof` names stand in the document,
//! as an array, when it is hashed (section 4.6). A proof that names none is made over the document without
//! any `proof` member, as it is when it stands alone.

mod chain;
mod context;
mod ecdsa_jcs;
mod eddsa_jcs;
mod making;
mod options;
mod suite;
#[cfg(test)]
mod tests;

pub use making::{ProofOptions, Unsigned, attach, covered, prepare, sign};

use chancery_did::try_map;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{Digest, Limits, NoSuites, ProofError, ReadError, Secured, Securing, Suites, jcs, secured::Seal};
use options::{Proof, Sealing};

type Members = Map<String, Value>;

impl Secured<Value> {
    /// Reads a document with an embedded `proof`, one or an array of them.
    ///
    /// What [`Secured::unverified`] gives is the document as the proofs cover it: without its `proof`, and
    /// with the proof's `@context` where that is a shorter beginning of the document's.
    ///
    /// # Errors
    ///
    /// [`ProofError`] with the code of the first rule that fails: `signature.missing` without a proof,
    /// `alg.unknown` for another proof type or cryptosuite, `alg.unsupported_here` for one that is known but
    /// not built in, `limit.proofs` for too many proofs or a circle of them, `signature.chain` for a previous
    /// proof that is not there, `context.mismatch` where the document's `@context` does not begin with the
    /// proof's.
    pub fn data_integrity(document: Value, limits: &Limits) -> Result<Self, ProofError> {
        Self::data_integrity_with(document, limits, &NoSuites)
    }

    /// Reads a document like [`Secured::data_integrity`], whose proofs may also be of the host's cryptosuites.
    ///
    /// # Errors
    ///
    /// As [`Secured::data_integrity`], and what such a suite refuses when it opens its proof.
    pub fn data_integrity_with(
        document: Value,
        limits: &Limits,
        suites: &dyn Suites,
    ) -> Result<Self, ProofError> {
        let Value::Object(mut members) = document else {
            return Err(not_an_object());
        };
        let proofs = take_proofs(&mut members)?;
        if proofs.len() > limits.proofs {
            return Err(ReadError::Proofs { limit: limits.proofs }.into());
        }
        let proofs = try_map(proofs, |proof| Proof::read(proof, suites))?;
        let previous = chain::previous(&proofs)?;

        let whole = members.get("@context").cloned();
        context::narrow(&mut members, &proofs)?;
        let plain = jcs::canonicalize_members(&members)?;
        let plain_hash = Sha256::digest(&plain).into();

        let mut seals = Vec::with_capacity(proofs.len());
        for (proof, previous) in proofs.iter().zip(&previous) {
            let own = own_document(&members, whole.as_ref(), &proofs, proof, previous);
            seals.push(match &proof.sealing {
                Sealing::Own { suite, signature } => {
                    let config = proof.canonical_config()?;
                    let own = own.map(|own| jcs::canonicalize_members(&own)).transpose()?;
                    let (document, sha256) =
                        own.as_ref().map_or((&plain, Some(plain_hash)), |own| (own, None));
                    Seal::Own {
                        scheme: suite.scheme(),
                        message: suite.hash_data(signature.len(), &config, document, sha256),
                        signature: signature.clone(),
                    }
                }
                Sealing::Host => {
                    Seal::Suite(suites.open(own.as_ref().unwrap_or(&members), &proof.members, limits)?)
                }
            });
        }
        Ok(Self::new(
            Value::Object(members),
            Securing::DataIntegrity,
            Digest::of_hash(&plain_hash),
            proofs.into_iter().map(|proof| proof.info).zip(seals),
        ))
    }
}

/// The document as one proof covers it, if that is not the plain one: with the proofs that it names, or under
/// another `@context`.
fn own_document(
    members: &Members,
    whole_context: Option<&Value>,
    proofs: &[Proof],
    proof: &Proof,
    named: &[usize],
) -> Option<Members> {
    let context = proof.context().or(whole_context);
    if named.is_empty() && context == members.get("@context") {
        return None;
    }
    let mut members = members.clone();
    if let Some(context) = context {
        members.insert("@context".to_owned(), context.clone());
    }
    if !named.is_empty() {
        let named = named
            .iter()
            .filter_map(|&at| proofs.get(at))
            .map(|proof| proof.members.clone().into());
        members.insert("proof".to_owned(), Value::Array(named.collect()));
    }
    Some(members)
}

/// Takes the `proof` member out of a document.
fn take_proofs(members: &mut Members) -> Result<Vec<Members>, ProofError> {
    let wrong = || ReadError::Structure("`proof` is neither an object nor an array of objects".to_owned());
    match members.remove("proof") {
        None => Err(ProofError::SignatureMissing),
        Some(Value::Object(proof)) => Ok(vec![proof]),
        Some(Value::Array(proofs)) if proofs.is_empty() => Err(ProofError::SignatureMissing),
        Some(Value::Array(proofs)) => try_map(proofs, |proof| match proof {
            Value::Object(proof) => Ok(proof),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(wrong().into())
            }
        }),
        Some(_) => Err(wrong().into()),
    }
}

fn not_an_object() -> ProofError {
    ReadError::Structure("the document is not a JSON object".to_owned()).into()
}
