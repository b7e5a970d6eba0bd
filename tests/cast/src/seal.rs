//! Sealing by hand: Data Integrity `eddsa-jcs-2022` and `ecdsa-jcs-2019` (section 3.3 of each), and compact JWS.
//!
//! INVARIANT: nothing here refuses anything; what is made wrong on purpose is made.

use std::rc::Rc;

use chancery_did::KeyType;
use chancery_proof::{Digest, base64url, jcs, multibase};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha384};

use crate::paper::CONTEXT;
use crate::party::Party;

/// How a paper is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Securing {
    /// An embedded proof.
    DataIntegrity,
    /// A compact JWS.
    Jose,
    /// A compact SD-JWT.
    SdJwt,
}

/// Gives a secured document from an unsecured one.
pub type Sealing = Rc<dyn Fn(&Value) -> Value>;
/// Bends a value.
pub type Bend = Rc<dyn Fn(&mut Value)>;
/// Bends a text.
pub type Rewrite = Rc<dyn Fn(String) -> String>;

/// A document, who signs it, and how.
#[derive(Clone)]
pub struct Slip {
    /// The document.
    pub document: Value,
    /// Whose key signs.
    pub signer: Party,
    /// How.
    pub securing: Securing,
    /// The proof's options, for Data Integrity.
    pub proof: Value,
    /// Whether the document's `@context` is put into the options.
    pub context_in_proof: bool,
    /// The header, for JOSE.
    pub header: Value,
    /// Claims beside the document's members, for JOSE.
    pub claims: Value,
    /// Bends the text of the header before it is signed.
    pub header_text: Option<Rewrite>,
    /// Bends the text of the payload before it is signed.
    pub payload_text: Option<Rewrite>,
    /// The disclosures behind the JWS, for an SD-JWT.
    pub disclosures: Vec<String>,
    /// Bends the token after it was signed.
    pub token: Option<Rewrite>,
    /// Bends what was sealed: the secured document, or the envelope.
    pub after: Option<Bend>,
    /// Gives the secured document in place of the usual sealing.
    pub by: Option<Sealing>,
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Slip")
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}

impl Slip {
    /// A document signed by this party under this purpose at this time.
    pub fn new(document: Value, signer: Party, purpose: &str, created: &str) -> Self {
        let cryptosuite = if signer.kind == KeyType::Ed25519 {
            "eddsa-jcs-2022"
        } else {
            "ecdsa-jcs-2019"
        };
        Self {
            document,
            signer,
            securing: Securing::DataIntegrity,
            proof: json!({
                "type": "DataIntegrityProof", "cryptosuite": cryptosuite, "created": created,
                "verificationMethod": signer.method(), "proofPurpose": purpose,
            }),
            context_in_proof: true,
            header: json!({"alg": signer.algorithm(), "kid": signer.method(), "typ": "vc+jwt"}),
            claims: json!({}),
            header_text: None,
            payload_text: None,
            disclosures: Vec::new(),
            token: None,
            after: None,
            by: None,
        }
    }

    /// Another signer in place of this one, with its own method, suite and algorithm.
    pub fn sign_by(&mut self, signer: Party) {
        let purpose = self.proof["proofPurpose"].as_str().unwrap().to_owned();
        let created = self.proof["created"].as_str().unwrap().to_owned();
        let fresh = Slip::new(Value::Null, signer, &purpose, &created);
        for name in ["verificationMethod", "cryptosuite"] {
            self.proof[name] = fresh.proof[name].clone();
        }
        for name in ["alg", "kid"] {
            self.header[name] = fresh.header[name].clone();
        }
        self.signer = signer;
    }

    /// The verification method, under both securings.
    pub fn method(&mut self, method: &str) {
        self.proof["verificationMethod"] = json!(method);
        self.header["kid"] = json!(method);
    }

    /// Bends what was sealed.
    pub fn afterwards(&mut self, bend: impl Fn(&mut Value) + 'static) {
        self.after = Some(Rc::new(bend));
    }

    /// What stands in a presentation's `verifiableCredential`.
    pub fn item(&self) -> Value {
        let mut item = match self.securing {
            Securing::DataIntegrity => self.data_integrity(),
            Securing::Jose => envelope("vc+jwt", &self.jws()),
            Securing::SdJwt => envelope("vc+sd-jwt", &self.sd_jwt()),
        };
        if let Some(bend) = &self.after {
            bend(&mut item);
        }
        item
    }

    /// The text by itself.
    pub fn text(&self) -> String {
        match self.securing {
            Securing::DataIntegrity => self.item().to_string(),
            Securing::Jose => self.jws(),
            Securing::SdJwt => self.sd_jwt(),
        }
    }

    /// The digest that a child of this paper names.
    pub fn digest(&self) -> String {
        let digest = match self.securing {
            Securing::DataIntegrity => Digest::of_bytes(&canonical(&self.document)),
            Securing::Jose | Securing::SdJwt => {
                Digest::of_bytes(self.jws().rsplit_once('.').unwrap().0.as_bytes())
            }
        };
        digest.as_str().to_owned()
    }

    fn data_integrity(&self) -> Value {
        match &self.by {
            Some(by) => by(&self.document),
            None => sealed(&self.document, &self.proof, self.context_in_proof, self.signer),
        }
    }

    /// The compact JWS.
    pub fn jws(&self) -> String {
        let bent =
            |text: String, bend: &Option<Rewrite>| bend.as_ref().map_or(text.clone(), |bend| bend(text));
        let mut payload = self.document.clone();
        for (name, value) in self.claims.as_object().unwrap() {
            payload[name] = value.clone();
        }
        let header = bent(text(&self.header), &self.header_text);
        let payload = bent(text(&payload), &self.payload_text);
        let input = format!(
            "{}.{}",
            base64url::encode(header.as_bytes()),
            base64url::encode(payload.as_bytes())
        );
        let signature = self.signer.sign(input.as_bytes());
        let token = format!("{input}.{}", base64url::encode(&signature));
        match self.securing {
            Securing::DataIntegrity | Securing::Jose => bent(token, &self.token),
            Securing::SdJwt => token,
        }
    }

    /// The compact SD-JWT (RFC 9901, section 4): the JWS and the disclosures, each with a tilde behind it.
    fn sd_jwt(&self) -> String {
        let mut text = format!("{}~", self.jws());
        for disclosure in &self.disclosures {
            text.push_str(disclosure);
            text.push('~');
        }
        self.token.as_ref().map_or(text.clone(), |bend| bend(text))
    }

    /// Makes this an SD-JWT whose subject's members of these names are disclosed and not plain.
    pub fn conceal(&mut self, names: &[&str]) {
        self.securing = Securing::SdJwt;
        self.header["typ"] = json!("vc+sd-jwt");
        self.document["_sd_alg"] = json!("sha-256");
        let claims = &mut self.document["credentialSubject"];
        for name in names {
            let value = claims.as_object_mut().unwrap().remove(*name).unwrap();
            let text = disclosure(&json!([format!("salt-{name}"), name, value]));
            append(claims, &text);
            self.disclosures.push(text);
        }
    }
}

/// A disclosure of this array, whatever it holds.
pub fn disclosure(array: &Value) -> String {
    base64url::encode(array.to_string().as_bytes())
}

/// The digest of a disclosure.
pub fn disclosure_digest(text: &str) -> String {
    base64url::encode(&Sha256::digest(text))
}

/// Puts the digest of a disclosure into an object.
pub fn append(object: &mut Value, disclosure: &str) {
    let digest = json!(disclosure_digest(disclosure));
    match object["_sd"].as_array_mut() {
        Some(digests) => digests.push(digest),
        None => object["_sd"] = json!([digest]),
    }
}

fn envelope(kind: &str, token: &str) -> Value {
    json!({
        "@context": CONTEXT, "type": "EnvelopedVerifiableCredential", "id": format!("data:application/{kind},{token}"),
    })
}

/// The document with its proof.
pub fn sealed(document: &Value, proof: &Value, context_in_proof: bool, signer: Party) -> Value {
    let mut proof = proof.clone();
    if context_in_proof && document.get("@context").is_some() && proof.get("@context").is_none() {
        proof["@context"] = document["@context"].clone();
    }
    let input = [hash(&proof, signer.kind), hash(document, signer.kind)].concat();
    proof["proofValue"] = json!(multibase::encode_z(&signer.sign(&input)));
    let mut document = document.clone();
    document["proof"] = proof;
    document
}

fn hash(value: &Value, kind: KeyType) -> Vec<u8> {
    if kind == KeyType::P384 {
        Sha384::digest(canonical(value)).to_vec()
    } else {
        Sha256::digest(canonical(value)).to_vec()
    }
}

/// The canonical bytes.
pub fn canonical(value: &Value) -> Vec<u8> {
    jcs::canonicalize(value).unwrap()
}

fn text(value: &Value) -> String {
    String::from_utf8(canonical(value)).unwrap()
}
