//! `ecdsa-sd-2023`: selective disclosure (Data Integrity ECDSA Cryptosuites 1.0, section 3.5).
//!
//! The issuer signs each statement by itself with a key made for that one proof, and binds that key to the statements
//! that must always be shown. The names of blank nodes are keyed hashes, so that they do not tell of what is hidden.
//!
//! INVARIANT: a base proof proves nothing and is never verified; every statement of a derived document is either among
//! the mandatory ones under the issuer's signature or under a signature of its own.

mod group;
mod proof_value;
mod select;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chancery_did::{KeyType, PublicKey, SecretKey, Signer};
use chancery_proof::{Limits, ProofError, SuiteSeal, base64url};
use rand_core::CryptoRng;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::canonical::{Hash, canonicalize};
use crate::cryptosuite::Cryptosuite;
use crate::error::LdError;
use crate::rdfc::Rdfc;
pub(crate) use group::Groups;
#[cfg(test)]
pub(crate) use group::lines;
use proof_value::{Base, Derived, multikey};

/// The bytes of the key that names the blank nodes.
const HMAC_KEY: usize = 32;

/// Makes the `proofValue` of a base proof (section 3.5.2).
pub(crate) fn sign(
    rdfc: &Rdfc,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    mandatory: &[String],
    signer: &dyn Signer,
    random: &mut dyn CryptoRng,
) -> Result<String, ProofError> {
    fits(signer.public_key().key_type())?;
    let mut hmac_key = vec![0; HMAC_KEY];
    random.fill_bytes(&mut hmac_key);
    let own =
        SecretKey::generate(KeyType::P256, random).map_err(|error| ProofError::Signer(error.to_string()))?;
    base(rdfc, document, proof, mandatory, signer, hmac_key, &own)?.encode()
}

/// Makes a base proof with the key that names the blank nodes and the key that signs the statements.
fn base(
    rdfc: &Rdfc,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    mandatory: &[String],
    signer: &dyn Signer,
    hmac_key: Vec<u8>,
    own: &dyn Signer,
) -> Result<Base, ProofError> {
    let sign = |signer: &dyn Signer, message: &[u8]| {
        signer
            .sign(message)
            .map_err(|error| ProofError::Signer(error.to_string()))
    };
    let config = rdfc.config_hash(document, proof, Hash::Sha256)?;
    let groups = Groups::of(rdfc, document, &hmac_key)?;
    let always = groups.select(rdfc, mandatory)?.indexes;
    if groups.lines.len().saturating_sub(always.len()) > rdfc.work.signatures {
        return Err(LdError::Work.into());
    }
    let (shown, others) = groups.split(&always);
    let public_key = multikey(own.public_key());
    let message = [
        config,
        public_key.clone(),
        Sha256::digest(shown.concat()).to_vec(),
    ]
    .concat();
    Ok(Base {
        signature: sign(signer, &message)?,
        public_key,
        hmac_key,
        signatures: others
            .into_iter()
            .map(|line| sign(own, line.as_bytes()))
            .collect::<Result<_, _>>()?,
        mandatory: mandatory.to_vec(),
    })
}

/// Derives a document (section 3.5.4).
pub(crate) fn derive(
    rdfc: &Rdfc,
    document: Map<String, Value>,
    proof: &Map<String, Value>,
    selective: &[String],
) -> Result<Value, ProofError> {
    let limits = Limits::default();
    let value = proof.get("proofValue").and_then(Value::as_str);
    let base = Base::decode(value.ok_or(ProofError::SignatureMissing)?, &limits)?;
    let groups = Groups::of(rdfc, &document, &base.hmac_key)?;
    let always = groups.select(rdfc, &base.mandatory)?.indexes;
    let chosen = groups.select(rdfc, selective)?.indexes;
    let pointers = [base.mandatory.as_slice(), selective].concat();
    let both = groups.select(rdfc, &pointers)?;
    let Some(revealed) = both.document else {
        return Err(group::pointer("nothing is disclosed"));
    };

    let others = (0..groups.lines.len()).filter(|at| !always.contains(at));
    let signatures = others.clone().zip(&base.signatures);
    if others.count() != base.signatures.len() {
        return Err(proof_value::wrong("it has not one signature for each statement"));
    }
    let derived = Derived {
        signature: base.signature.clone(),
        public_key: base.public_key.clone(),
        signatures: signatures
            .filter(|(at, _)| both.indexes.contains(at))
            .map(|(_, signature)| signature.clone())
            .collect(),
        labels: labels(rdfc, &groups, &both.quads)?,
        mandatory: places(&always, &both.indexes),
    };
    debug_assert!(chosen.is_subset(&both.indexes), "what is chosen is shown");
    let mut document = revealed;
    let mut proof = proof.clone();
    proof.insert("proofValue".to_owned(), derived.encode()?.into());
    document.insert("proof".to_owned(), Value::Object(proof));
    Ok(Value::Object(document))
}

/// The places of some indexes among others, in order.
pub(crate) fn places(some: &BTreeSet<usize>, among: &BTreeSet<usize>) -> BTreeSet<usize> {
    let places = among.iter().enumerate();
    places
        .filter(|(_, index)| some.contains(index))
        .map(|(place, _)| place)
        .collect()
}

/// How the canonical names of the revealed document's blank nodes lead to those of the whole.
fn labels(
    rdfc: &Rdfc,
    groups: &Groups,
    quads: &[crate::rdf::Quad],
) -> Result<BTreeMap<u64, Vec<u8>>, ProofError> {
    let canonical = canonicalize(quads, Hash::Sha256, rdfc.work.hashes)?;
    let mut labels = BTreeMap::new();
    for (input, name) in canonical.labels {
        let number = name.strip_prefix("c14n").and_then(|number| number.parse().ok());
        let whole = groups
            .labels
            .get(&input)
            .and_then(|label| label.strip_prefix('u'));
        if let (Some(number), Some(whole)) = (number, whole) {
            labels.insert(number, base64url::decode(whole)?);
        }
    }
    Ok(labels)
}

/// Opens a derived proof (section 3.5.7).
pub(crate) fn open(
    rdfc: &Rdfc,
    document: &Map<String, Value>,
    proof: &Map<String, Value>,
    value: &str,
    limits: &Limits,
) -> Result<Arc<dyn SuiteSeal>, ProofError> {
    let derived = Derived::decode(value, limits)?;
    if derived.signatures.len() > rdfc.work.signatures {
        return Err(LdError::Work.into());
    }
    let config = rdfc.config_hash(document, proof, Hash::Sha256)?;
    let quads = rdfc.quads(&Value::Object(document.clone()))?;
    let canonical = canonicalize(&quads, Hash::Sha256, rdfc.work.hashes)?;
    if canonical.labels.len() != derived.labels.len() {
        return Err(ProofError::SignatureInvalid);
    }
    let mut labels = BTreeMap::new();
    for (input, name) in &canonical.labels {
        let number = name.strip_prefix("c14n").and_then(|number| number.parse().ok());
        let label = number.and_then(|number: u64| derived.labels.get(&number));
        let label = label.ok_or(ProofError::SignatureInvalid)?;
        labels.insert(
            Arc::clone(input),
            Arc::from(format!("u{}", base64url::encode(label))),
        );
    }
    let lines = group::lines(&quads, &labels);
    let (mandatory, others): (Vec<_>, Vec<_>) = lines
        .into_iter()
        .enumerate()
        .partition(|(at, _)| derived.mandatory.contains(at));
    if mandatory.len() != derived.mandatory.len() || others.len() != derived.signatures.len() {
        return Err(ProofError::SignatureInvalid);
    }
    let hash = mandatory
        .iter()
        .fold(Sha256::new(), |hash, (_, line)| hash.chain_update(line))
        .finalize();
    Ok(Arc::new(Disclosed {
        own: derived.own_key()?,
        message: [config.as_slice(), &derived.public_key, &hash].concat(),
        signature: derived.signature,
        statements: others
            .into_iter()
            .map(|(_, line)| line)
            .zip(derived.signatures)
            .collect(),
    }))
}

/// What a derived proof signs.
#[derive(Debug)]
struct Disclosed {
    /// The key that was made for this one proof.
    own: PublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
    statements: Vec<(String, Vec<u8>)>,
}

impl SuiteSeal for Disclosed {
    fn verify(&self, key: &PublicKey) -> Result<(), ProofError> {
        fits(key.key_type())?;
        let invalid = |_| ProofError::SignatureInvalid;
        key.verify(&self.message, &self.signature).map_err(invalid)?;
        for (line, signature) in &self.statements {
            self.own.verify(line.as_bytes(), signature).map_err(invalid)?;
        }
        Ok(())
    }
}

fn fits(key: KeyType) -> Result<(), ProofError> {
    if key == KeyType::P256 {
        return Ok(());
    }
    Err(ProofError::AlgorithmMismatch {
        algorithm: Cryptosuite::EcdsaSd2023.name().to_owned(),
        key: key.as_str().to_owned(),
    })
}
