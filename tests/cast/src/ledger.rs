//! Logs of did:webvh by hand, [did:webvh 1.0](https://identity.foundation/didwebvh/v1.0/).
//!
//! INVARIANT: nothing here refuses anything; what is made wrong on purpose is made, with hashes and proofs that
//! fit it.

use chancery_proof::{jcs, multibase};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::party::{Form, Party};

/// A log and the file of its witnesses.
#[derive(Debug, Clone)]
pub struct Ledger {
    /// The DID that the first entry makes.
    pub did: String,
    /// The entries, oldest first.
    pub entries: Vec<Value>,
    /// The witness file, if there is one.
    pub witness: Vec<Value>,
}

/// A party by its key alone, as an update key or a witness.
pub const fn holder(seed: u8) -> Party {
    Party {
        seed,
        kind: chancery_did::KeyType::Ed25519,
        form: Form::Key,
    }
}

impl Ledger {
    /// Begins a log at a place; `{DID}` in the document is the DID that comes of it.
    pub fn begin(place: &str, time: &str, parameters: Value, document: &Value, signer: Party) -> Self {
        let named = document
            .to_string()
            .replace("{DID}", &format!("did:webvh:{{SCID}}:{place}"));
        let mut entry = json!({
            "versionId": "{SCID}", "versionTime": time, "parameters": parameters,
            "state": serde_json::from_str::<Value>(&named).unwrap(),
        });
        entry["parameters"]["scid"] = json!("{SCID}");
        if entry["parameters"].get("method").is_none() {
            entry["parameters"]["method"] = json!("did:webvh:1.0");
        }
        let scid = hash(&entry);
        let entry = entry.to_string().replace("{SCID}", &scid);
        let mut ledger = Self {
            did: format!("did:webvh:{scid}:{place}"),
            entries: Vec::new(),
            witness: Vec::new(),
        };
        ledger.seal(serde_json::from_str(&entry).unwrap(), signer);
        ledger
    }

    /// Adds an entry with the newest document.
    pub fn add(&mut self, time: &str, parameters: Value, signer: Party) {
        let state = self.entries.last().unwrap()["state"].clone();
        self.add_document(time, parameters, state, signer);
    }

    /// Adds an entry with another document.
    pub fn add_document(&mut self, time: &str, parameters: Value, state: Value, signer: Party) {
        let before = self.entries.last().unwrap()["versionId"].clone();
        let entry = json!({
            "versionId": before, "versionTime": time, "parameters": parameters, "state": state,
        });
        self.seal(entry, signer);
    }

    /// Names an entry by its hash and signs it.
    fn seal(&mut self, mut entry: Value, signer: Party) {
        let number = self.entries.len() + 1;
        entry["versionId"] = json!(format!("{number}-{}", hash(&entry)));
        let created = entry["versionTime"].as_str().unwrap().to_owned();
        entry["proof"] = json!([proof(&entry, &created, signer)]);
        self.entries.push(entry);
    }

    /// A witness signs the version of this number.
    pub fn witnessed(&mut self, number: usize, by: Party) {
        let entry = &self.entries[number - 1];
        let signed = json!({ "versionId": entry["versionId"] });
        let made = proof(&signed, entry["versionTime"].as_str().unwrap(), by);
        self.witness
            .push(json!({ "versionId": entry["versionId"], "proof": [made] }));
    }

    /// The name of the version of this number.
    pub fn version(&self, number: usize) -> String {
        self.entries[number - 1]["versionId"].as_str().unwrap().to_owned()
    }

    /// The line of the version of this number.
    pub fn line(&self, number: usize) -> String {
        format!("{}\n", canonical(&self.entries[number - 1]))
    }

    /// The text of the log.
    pub fn text(&self) -> String {
        (1..=self.entries.len()).map(|number| self.line(number)).collect()
    }

    /// Both files, as evidence has them.
    pub fn files(&self) -> Value {
        if self.witness.is_empty() {
            json!({ "log": self.text() })
        } else {
            json!({ "log": self.text(), "witness": canonical(&json!(self.witness)) })
        }
    }
}

/// The parameter that asks so many of these for their word.
pub fn witnesses(threshold: u64, of: &[Party]) -> Value {
    let ids: Vec<Value> = of.iter().map(|party| json!({ "id": party.did() })).collect();
    json!({ "threshold": threshold, "witnesses": ids })
}

/// The hash of a key that is promised.
pub fn promise(party: Party) -> String {
    base58(party.public().to_multikey().as_bytes())
}

/// A value spelled the one way, whatever order its members came in.
fn canonical(value: &Value) -> String {
    String::from_utf8(jcs::canonicalize(value).unwrap()).unwrap()
}

fn hash(entry: &Value) -> String {
    base58(&jcs::canonicalize(entry).unwrap())
}

fn base58(bytes: &[u8]) -> String {
    let mut multihash = vec![0x12, 0x20];
    multihash.extend_from_slice(&Sha256::digest(bytes));
    multibase::encode_z(&multihash)[1..].to_owned()
}

/// A proof of `eddsa-jcs-2022` (section 3.3 of the suite).
fn proof(document: &Value, created: &str, signer: Party) -> Value {
    let options = json!({
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": created,
        "verificationMethod": signer.method(), "proofPurpose": "assertionMethod",
    });
    let mut hashed = Sha256::digest(jcs::canonicalize(&options).unwrap()).to_vec();
    hashed.extend_from_slice(&Sha256::digest(jcs::canonicalize(document).unwrap()));
    let mut proof = options;
    proof["proofValue"] = json!(multibase::encode_z(&signer.sign(&hashed)));
    proof
}
