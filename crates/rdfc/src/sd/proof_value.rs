//! The `proofValue` of base and derived proofs (Data Integrity ECDSA Cryptosuites 1.0, sections 3.5.1 to 3.5.3, 3.5.6
//! and 3.5.7): multibase base64url of three bytes and a CBOR array of five.
//!
//! INVARIANT: one value has one spelling; a length, a number or an order that is not the one expected is refused.

use std::collections::{BTreeMap, BTreeSet};

use chancery_did::{KeyType, PublicKey};
use chancery_proof::cbor::{self, Value as Cbor};
use chancery_proof::{Limits, ProofError, ReadError, multibase};

const BASE: [u8; 3] = [0xd9, 0x5d, 0x00];
const DERIVED: [u8; 3] = [0xd9, 0x5d, 0x01];

/// The multicodec prefix of a P-256 key.
const P256: [u8; 2] = [0x80, 0x24];
const SIGNATURE: usize = 64;
const KEY: usize = 35;
const HASH: usize = 32;

/// What the issuer hands to the holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    pub(super) signature: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) hmac_key: Vec<u8>,
    pub(super) signatures: Vec<Vec<u8>>,
    pub(super) mandatory: Vec<String>,
}

/// What the holder hands to a verifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Derived {
    pub(super) signature: Vec<u8>,
    pub(super) public_key: Vec<u8>,
    pub(super) signatures: Vec<Vec<u8>>,
    pub(super) labels: BTreeMap<u64, Vec<u8>>,
    pub(super) mandatory: BTreeSet<usize>,
}

impl Base {
    pub(super) fn encode(&self) -> Result<String, ProofError> {
        let pointers = self.mandatory.iter().cloned().map(Cbor::Text).collect();
        encode(
            BASE,
            vec![
                bytes(&self.signature),
                bytes(&self.public_key),
                bytes(&self.hmac_key),
                Cbor::Array(self.signatures.iter().map(|one| bytes(one)).collect()),
                Cbor::Array(pointers),
            ],
        )
    }

    pub(super) fn decode(text: &str, limits: &Limits) -> Result<Self, ProofError> {
        let [signature, public_key, hmac_key, signatures, mandatory] = decode(text, BASE, limits)?;
        let pointer = |item: Cbor| {
            let text = item.into_text();
            text.map_err(|_| wrong("a mandatory pointer is not a text"))
        };
        Ok(Self {
            signature: exactly(signature, SIGNATURE)?,
            public_key: exactly(public_key, KEY)?,
            hmac_key: exactly(hmac_key, HASH)?,
            signatures: all_signatures(signatures)?,
            mandatory: array(mandatory)?
                .into_iter()
                .map(pointer)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Derived {
    pub(super) fn encode(&self) -> Result<String, ProofError> {
        let label = |(number, label): (&u64, &Vec<u8>)| (Cbor::from(*number), bytes(label));
        let place = |place: &usize| Cbor::from(u64::try_from(*place).unwrap_or(u64::MAX));
        encode(
            DERIVED,
            vec![
                bytes(&self.signature),
                bytes(&self.public_key),
                Cbor::Array(self.signatures.iter().map(|one| bytes(one)).collect()),
                Cbor::Map(self.labels.iter().map(label).collect()),
                Cbor::Array(self.mandatory.iter().map(place).collect()),
            ],
        )
    }

    pub(super) fn decode(text: &str, limits: &Limits) -> Result<Self, ProofError> {
        let [signature, public_key, signatures, labels, mandatory] = decode(text, DERIVED, limits)?;
        let Cbor::Map(entries) = labels else {
            return Err(wrong("the names of the blank nodes are not a map"));
        };
        let mut labels = BTreeMap::new();
        let mut seen = BTreeSet::new();
        for (number, label) in entries {
            let label = exactly(label, HASH)?;
            if !seen.insert(label.clone()) {
                return Err(wrong("two blank nodes share a name"));
            }
            labels.insert(number_of(&number)?, label);
        }
        let mut places = BTreeSet::new();
        for place in array(mandatory)? {
            let place = usize::try_from(number_of(&place)?).unwrap_or(usize::MAX);
            // In order, so that none stands twice.
            if places.last().is_some_and(|last| *last >= place) {
                return Err(wrong("the mandatory indexes are not in order"));
            }
            places.insert(place);
        }
        Ok(Self {
            signature: exactly(signature, SIGNATURE)?,
            public_key: exactly(public_key, KEY)?,
            signatures: all_signatures(signatures)?,
            labels,
            mandatory: places,
        })
    }

    /// The key that was made for this one proof.
    pub(super) fn own_key(&self) -> Result<PublicKey, ProofError> {
        let raw = self
            .public_key
            .strip_prefix(&P256)
            .ok_or_else(|| wrong("its key is not of type P-256"))?;
        PublicKey::from_raw(KeyType::P256, raw).map_err(|_| wrong("its key is none"))
    }
}

/// A key as the proof carries it: the type, then the point.
pub(super) fn multikey(key: &PublicKey) -> Vec<u8> {
    [&P256, key.raw()].concat()
}

pub(super) fn wrong(detail: &str) -> ProofError {
    ReadError::Structure(format!("the proof value is not one of ecdsa-sd-2023: {detail}")).into()
}

fn encode(header: [u8; 3], parts: Vec<Cbor>) -> Result<String, ProofError> {
    let body = cbor::encode(&Cbor::Array(parts))?;
    Ok(multibase::encode_u(&[header.as_slice(), &body].concat()))
}

fn decode(text: &str, header: [u8; 3], limits: &Limits) -> Result<[Cbor; 5], ProofError> {
    let decoded = multibase::decode_u(text)?;
    let Some((found, body)) = decoded.split_first_chunk::<3>() else {
        return Err(wrong("it is too short"));
    };
    match *found {
        found if found == header => {}
        BASE | DERIVED => {
            return Err(ProofError::Suite {
                code: "disclosure.proof_kind",
                detail: "a base proof stands where a derived one belongs, or the other way about".to_owned(),
            });
        }
        _ => return Err(wrong("it begins otherwise")),
    }
    array(cbor::parse(body, limits)?)?
        .try_into()
        .map_err(|_| wrong("it has not five parts"))
}

fn bytes(value: &[u8]) -> Cbor {
    Cbor::Bytes(value.to_vec())
}

fn array(value: Cbor) -> Result<Vec<Cbor>, ProofError> {
    value.into_array().map_err(|_| wrong("a part is not an array"))
}

fn exactly(value: Cbor, length: usize) -> Result<Vec<u8>, ProofError> {
    let bytes = value.into_bytes().ok().filter(|bytes| bytes.len() == length);
    bytes.ok_or_else(|| wrong("a part has not the length of its kind"))
}

fn all_signatures(value: Cbor) -> Result<Vec<Vec<u8>>, ProofError> {
    array(value)?
        .into_iter()
        .map(|item| exactly(item, SIGNATURE))
        .collect()
}

fn number_of(value: &Cbor) -> Result<u64, ProofError> {
    value
        .as_integer()
        .and_then(|number| u64::try_from(number).ok())
        .ok_or_else(|| wrong("a number is none"))
}
