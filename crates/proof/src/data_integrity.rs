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

pub use making::{ProofOptions, Unsigned, prepare, sign};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{Digest, Limits, ProofError, ReadError, Secured, Securing, jcs, secured::Seal};
use options::Proof;

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
        let Value::Object(mut members) = document else {
            return Err(not_an_object());
        };
        let proofs = take_proofs(&mut members)?;
        if proofs.len() > limits.proofs {
            return Err(ReadError::Proofs { limit: limits.proofs }.into());
        }
        let mut proofs = proofs
            .into_iter()
            .map(Proof::read)
            .collect::<Result<Vec<_>, _>>()?;
        let previous = chain::previous(&proofs)?;

        let whole = members.get("@context").cloned();
        context::narrow(&mut members, &proofs)?;
        let plain = jcs::canonicalize_members(&members)?;
        let plain_hash = Sha256::digest(&plain).into();

        let mut messages = Vec::with_capacity(proofs.len());
        for at in 0..proofs.len() {
            let own = own_document(&members, whole.as_ref(), &proofs, &previous, at)?;
            let Some(proof) = proofs.get_mut(at) else { break };
            let config = proof.canonical_config()?;
            let (document, sha256) = own.as_ref().map_or((&plain, Some(plain_hash)), |own| (own, None));
            messages.push(
                proof
                    .suite
                    .hash_data(proof.signature.len(), &config, document, sha256),
            );
        }
        let sealed = proofs.into_iter().zip(messages).map(|(proof, message)| {
            let seal = Seal {
                scheme: proof.suite.scheme(),
                message,
                signature: proof.signature,
            };
            (proof.info, seal)
        });
        Ok(Self::new(
            Value::Object(members),
            Securing::DataIntegrity,
            Digest::of_hash(&plain_hash),
            sealed,
        ))
    }
}

/// The canonical form of the document as one proof covers it, if that is not the plain one: with the
/// proofs that it names, or under another `@context`.
fn own_document(
    members: &Members,
    whole_context: Option<&Value>,
    proofs: &[Proof],
    previous: &[Vec<usize>],
    at: usize,
) -> Result<Option<Vec<u8>>, ReadError> {
    let context = proofs.get(at).and_then(Proof::context).or(whole_context);
    let named = previous.get(at).map_or(&[][..], Vec::as_slice);
    if named.is_empty() && context == members.get("@context") {
        return Ok(None);
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
    jcs::canonicalize_members(&members).map(Some)
}

/// Takes the `proof` member out of a document.
fn take_proofs(members: &mut Members) -> Result<Vec<Members>, ProofError> {
    let wrong = || ReadError::Structure("`proof` is neither an object nor an array of objects".to_owned());
    match members.remove("proof") {
        None => Err(ProofError::SignatureMissing),
        Some(Value::Object(proof)) => Ok(vec![proof]),
        Some(Value::Array(proofs)) if proofs.is_empty() => Err(ProofError::SignatureMissing),
        Some(Value::Array(proofs)) => proofs
            .into_iter()
            .map(|proof| {
                if let Value::Object(proof) = proof {
                    Ok(proof)
                } else {
                    Err(wrong().into())
                }
            })
            .collect(),
        Some(_) => Err(wrong().into()),
    }
}

fn not_an_object() -> ProofError {
    ReadError::Structure("the document is not a JSON object".to_owned()).into()
}
