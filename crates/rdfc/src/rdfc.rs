//! The cryptosuites as one value.
//!
//! INVARIANT: issuing and verifying take the same way to the same bytes: [`Rdfc::canonical`].

use std::cell::Cell;
use std::sync::Arc;

use chancery_did::Signer;
use chancery_proof::data_integrity::{ProofOptions, attach, covered};
use chancery_proof::{Limits, ProofError, ReadError, SuiteSeal, Suites};
use rand_core::CryptoRng;
use serde_json::{Map, Value};

use crate::canonical::{Canonical, Hash, canonicalize};
use crate::context::{Processor, items};
use crate::cryptosuite::Cryptosuite;
use crate::error::Result as LdResult;
use crate::expansion::Expander;
use crate::hashed::{self, Hashed};
use crate::library::Library;
use crate::rdf::{Quad, to_rdf};
use crate::sd;
use crate::work::Work;

/// The proof type of every suite but the oldest.
const DATA_INTEGRITY_PROOF: &str = "DataIntegrityProof";

/// The one proof type from before Data Integrity that is verified where a host asks for it.
pub(crate) const LEGACY: &str = "Ed25519Signature2020";

/// The contexts that define the members of a proof, the last of which is added where a document has none.
const PROOF_CONTEXTS: [&str; 3] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://w3id.org/security/data-integrity/v1",
    "https://w3id.org/security/data-integrity/v2",
];

/// The cryptosuites with the bundled contexts.
#[derive(Debug, Clone)]
pub struct Rdfc {
    library: Arc<Library>,
    pub(crate) work: Work,
    legacy: bool,
}

impl Default for Rdfc {
    fn default() -> Self {
        Self::new()
    }
}

impl Rdfc {
    /// The cryptosuites with the bundled contexts and the usual bounds.
    #[must_use]
    pub fn new() -> Self {
        Self {
            library: Library::bundled(),
            work: Work::default(),
            legacy: false,
        }
    }

    /// The same under other bounds.
    #[must_use]
    pub fn with_limits(mut self, work: Work) -> Self {
        self.work = work;
        self
    }

    /// Lets proofs of type `Ed25519Signature2020` be verified too; none is ever made.
    #[must_use]
    pub fn with_legacy(mut self) -> Self {
        self.legacy = true;
        self
    }

    /// The text of a bundled context.
    #[must_use]
    pub fn bundled(&self, url: &str) -> Option<&'static str> {
        self.library.text(url)
    }

    /// Checks that a document says nothing that would be lost, under bundled contexts only.
    ///
    /// # Errors
    ///
    /// `context.unknown`, `context.invalid`, `data_loss.undefined_term`, `data_loss.undefined_type`,
    /// `data_loss.relative_iri`, `data_loss.dropped_value`, `limit.canonicalization`, and `parse.structure` for what
    /// is no JSON-LD.
    pub fn check(&self, document: &Value) -> Result<(), ProofError> {
        if !document.is_object() {
            return Err(not_an_object());
        }
        self.quads(document)?;
        Ok(())
    }

    /// Adds a proof to a document; proofs that it has already stay.
    ///
    /// A document whose `@context` does not define the members of a proof gets the one of Data Integrity.
    /// `mandatory` are the JSON pointers that a derived proof must always disclose; only `ecdsa-sd-2023` reads them,
    /// and only it draws on `random`.
    ///
    /// # Errors
    ///
    /// As [`Rdfc::check`], `alg.mismatch` for a key of another type, `signature.chain` for a previous proof
    /// that is not there, and `disclosure.pointer` for a pointer that matches nothing.
    pub fn sign(
        &self,
        document: Value,
        suite: Cryptosuite,
        options: &ProofOptions,
        mandatory: &[String],
        signer: &dyn Signer,
        random: &mut dyn CryptoRng,
    ) -> Result<Value, ProofError> {
        let Value::Object(mut document) = document else {
            return Err(not_an_object());
        };
        define_proof(&mut document);
        let mut proof = options.members(suite.name(), None);
        let whole = covered(&document, &proof)?;
        let value = match suite {
            Cryptosuite::EddsaRdfc2022 | Cryptosuite::EcdsaRdfc2019 => {
                hashed::sign(self, suite, &whole, &proof, signer)?
            }
            Cryptosuite::EcdsaSd2023 => sd::sign(self, &whole, &proof, mandatory, signer, random)?,
        };
        proof.insert("proofValue".to_owned(), value.into());
        attach(document, proof)
    }

    /// Derives a document that discloses what is mandatory and what the pointers select.
    ///
    /// The document has one proof by `ecdsa-sd-2023`; its other proofs are left out, for they cover the whole.
    ///
    /// # Errors
    ///
    /// As [`Rdfc::check`], `signature.missing` without a proof by that suite, `disclosure.proof_kind` for one that is
    /// derived already, `disclosure.pointer` for a pointer that matches nothing, and `parse.*` for a proof that is
    /// none.
    pub fn derive(&self, document: Value, selective: &[String]) -> Result<Value, ProofError> {
        let Value::Object(mut document) = document else {
            return Err(not_an_object());
        };
        let proofs = document.remove("proof").unwrap_or_default();
        let ours = |proof: &&Value| {
            let suite = proof.get("cryptosuite").and_then(Value::as_str);
            suite == Some(Cryptosuite::EcdsaSd2023.name())
        };
        let mut ours = items(&proofs).iter().filter(ours).filter_map(Value::as_object);
        let (Some(proof), None) = (ours.next(), ours.next()) else {
            return Err(ProofError::SignatureMissing);
        };
        sd::derive(self, document, proof, selective)
    }

    /// The JSON pointers that a proof by `ecdsa-sd-2023` makes mandatory where the issuer names none: who issued,
    /// and whatever limits what the credential is good for.
    #[must_use]
    pub fn default_mandatory(document: &Value) -> Vec<String> {
        const LIMITING: [&str; 9] = [
            "/issuer",
            "/validFrom",
            "/validUntil",
            "/issuanceDate",
            "/expirationDate",
            "/credentialStatus",
            "/credentialSchema",
            "/termsOfUse",
            "/confidenceMethod",
        ];
        let there = LIMITING.into_iter().filter(|at| document.pointer(at).is_some());
        there.map(str::to_owned).collect()
    }

    /// The quads of a document, of which nothing is lost.
    pub(crate) fn quads(&self, document: &Value) -> LdResult<Vec<Quad>> {
        let expander = Expander {
            processor: Processor {
                library: &self.library,
                left: Cell::new(self.work.steps),
            },
            careful: true,
        };
        let expanded = expander.expand(document, None)?;
        to_rdf(&expanded, true, self.work.quads, self.work.bytes)
    }

    /// The canonical form of a document.
    pub(crate) fn canonical(&self, document: &Value, hash: Hash) -> LdResult<Canonical> {
        canonicalize(&self.quads(document)?, hash, self.work.hashes)
    }

    /// The hash of the options of a proof: all but `proofValue`, under the document's context.
    pub(crate) fn config_hash(
        &self,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        hash: Hash,
    ) -> Result<Vec<u8>, ProofError> {
        let mut config = proof.clone();
        config.remove("proofValue");
        let context = document.get("@context").cloned().unwrap_or_default();
        // A context of the proof's own would give its words a meaning that the document does not show.
        if config
            .insert("@context".to_owned(), context.clone())
            .is_some_and(|own| own != context)
        {
            return Err(ProofError::Context);
        }
        let canonical = self.canonical(&Value::Object(config), hash)?;
        Ok(hash.digest(canonical.lines.concat().as_bytes()))
    }
}

impl Suites for Rdfc {
    fn knows(&self, kind: &str, cryptosuite: Option<&str>) -> bool {
        match (kind, cryptosuite) {
            (DATA_INTEGRITY_PROOF, Some(name)) => Cryptosuite::parse(name).is_some(),
            (LEGACY, None) => self.legacy,
            _ => false,
        }
    }

    fn open(
        &self,
        document: &Map<String, Value>,
        proof: &Map<String, Value>,
        limits: &Limits,
    ) -> Result<Arc<dyn SuiteSeal>, ProofError> {
        let text = |name: &str| proof.get(name).and_then(Value::as_str);
        let kind = text("type").unwrap_or_default();
        if !self.knows(kind, text("cryptosuite")) {
            return Err(ProofError::AlgorithmUnknown(None));
        }
        let value = text("proofValue").ok_or(ProofError::SignatureMissing)?;
        match text("cryptosuite").and_then(Cryptosuite::parse) {
            Some(Cryptosuite::EcdsaSd2023) => sd::open(self, document, proof, value, limits),
            suite => Ok(Arc::new(Hashed::open(self, suite, document, proof, value)?)),
        }
    }
}

/// Adds the context of Data Integrity where nothing defines the members of a proof (Data Integrity 1.0,
/// section 2.4.1, Context Injection).
fn define_proof(document: &mut Map<String, Value>) {
    let context = document.entry("@context").or_insert(Value::Array(Vec::new()));
    let known = |item: &Value| item.as_str().is_some_and(|url| PROOF_CONTEXTS.contains(&url));
    if !items(context).iter().any(known) {
        let [.., added] = PROOF_CONTEXTS;
        let whole = items(context)
            .iter()
            .cloned()
            .chain([Value::from(added)])
            .collect();
        *context = whole;
    }
}

pub(crate) fn not_an_object() -> ProofError {
    ReadError::Structure("the document is not a JSON object".to_owned()).into()
}
