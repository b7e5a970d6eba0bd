//! The fixed cast of this crate's tests: signers, a book of their keys, and one credential.

use chancery_did::{Did, DidUrl, KeyType, PublicKey, Relationship, SecretKey, Timestamp};
use chancery_proof::data_integrity::ProofOptions;
use chancery_proof::{Expectation, Keys, Limits, ProofError, Proven, Secured};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Cryptosuite, Rdfc};

/// Every suite, with a key that it signs with.
pub(crate) const SUITES: [(Cryptosuite, KeyType); 4] = [
    (Cryptosuite::EddsaRdfc2022, KeyType::Ed25519),
    (Cryptosuite::EcdsaRdfc2019, KeyType::P256),
    (Cryptosuite::EcdsaRdfc2019, KeyType::P384),
    (Cryptosuite::EcdsaSd2023, KeyType::P256),
];

pub(crate) fn signer(key_type: KeyType) -> SecretKey {
    let length = if key_type == KeyType::P384 { 48 } else { 32 };
    SecretKey::from_bytes(key_type, &vec![7; length]).unwrap()
}

pub(crate) fn options(signer: &SecretKey) -> ProofOptions {
    let key = signer.public_key().to_multikey();
    let did = Did::parse(&format!("did:key:{key}")).unwrap();
    ProofOptions {
        created: Some(Timestamp::parse("2026-01-01T00:00:00Z").unwrap()),
        ..ProofOptions::new(did.with_fragment(&key).unwrap(), Relationship::AssertionMethod)
    }
}

pub(crate) fn credential() -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "ExampleDegreeCredential"],
        "name": "A degree",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:abcdefgh",
            "degree": { "type": "ExampleBachelorDegree", "name": "Bachelor of Science" },
        },
    })
}

/// Signs with the suite's own key.
pub(crate) fn signed(document: Value, suite: Cryptosuite, key_type: KeyType) -> Result<Value, ProofError> {
    let signer = signer(key_type);
    let mandatory = ["/issuer".to_owned()];
    Rdfc::new().sign(
        document,
        suite,
        &options(&signer),
        &mandatory,
        &signer,
        &mut Drawn(1),
    )
}

/// Judges a document whose verification method is a did:key, of whoever it names.
pub(crate) fn judge(document: Value) -> Result<Proven<Value>, ProofError> {
    judge_with(document, &Rdfc::new())
}

pub(crate) fn judge_with(document: Value, rdfc: &Rdfc) -> Result<Proven<Value>, ProofError> {
    let secured = Secured::data_integrity_with(document, &Limits::default(), rdfc)?;
    let issuer = secured.proofs()[0].verification_method.did().clone();
    let purpose = Relationship::AssertionMethod;
    secured.prove(&Expectation { purpose, issuer }, &DidKeys)
}

/// Reads the key of a did:key out of its own name.
pub(crate) struct DidKeys;

impl Keys for DidKeys {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let fragment = method.fragment().ok_or(("key.not_found", String::new()))?;
        PublicKey::from_multikey(fragment).map_err(|error| (error.code(), error.to_string()))
    }
}

/// A source of bytes that follow from one number and never repeat.
pub(crate) struct Drawn(pub(crate) u64);

impl rand_core::TryRng for Drawn {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        rand_core::utils::next_word_via_fill(self)
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in target.chunks_mut(32) {
            self.0 = self.0.wrapping_add(1);
            chunk.copy_from_slice(&Sha256::digest(self.0.to_le_bytes())[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}
