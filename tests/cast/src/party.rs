//! Who is who: fixed keys, DIDs and documents.

use chancery_did::{Did, KeyType, PublicKey, SecretKey, Signer};
use chancery_proof::{base64url, jcs};
use serde_json::{Value, json};

/// One of the cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// Every byte of the secret key.
    pub seed: u8,
    /// The kind of key.
    pub kind: KeyType,
    /// How it is named.
    pub form: Form,
}

/// The DID method of a party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The key itself, `did:key`.
    Key,
    /// The key itself, `did:jwk`.
    Jwk,
    /// A name, without the leading `did:web:`.
    Web(&'static str),
}

const fn web(seed: u8, name: &'static str) -> Party {
    Party {
        seed,
        kind: KeyType::Ed25519,
        form: Form::Web(name),
    }
}

const fn agent(seed: u8) -> Party {
    Party {
        seed,
        kind: KeyType::Ed25519,
        form: Form::Key,
    }
}

/// Issues papers.
pub const ACME: Party = web(1, "acme.example");
/// Signs Acme's status lists.
pub const ACME_STATUS: Party = web(2, "acme.example:status");
/// Verifies, and is the authority behind its own registry.
pub const GLOBEX: Party = web(3, "globex.example");
/// Signs the answers of Globex's registry.
pub const GLOBEX_TRQP: Party = web(4, "globex.example:trqp");
/// A third organization, anchored for passports of its own agents.
pub const INITECH: Party = web(5, "initech.example");
/// Signs Initech's status lists.
pub const INITECH_STATUS: Party = web(6, "initech.example:status");
/// Known to nobody, with valid keys.
pub const MALLORY: Party = web(7, "mallory.example");
/// Attests what runs.
pub const ATTESTER: Party = web(8, "attester.example");
/// Signs the trust bundles of Globex's registry.
pub const GLOBEX_BUNDLE: Party = web(19, "globex.example:bundle");
/// The first instance.
pub const ADA: Party = agent(11);
/// The second instance.
pub const BOB: Party = agent(12);
/// The third instance.
pub const CY: Party = agent(13);
/// The fourth instance.
pub const DEE: Party = agent(14);
/// The fifth instance.
pub const EVE: Party = agent(15);
/// One instance more than a chain can hold.
pub const FAY: Party = agent(16);
/// An instance that nobody knows.
pub const TRUDY: Party = agent(17);
/// An instance with a name under Acme's.
pub const HOSTED: Party = web(18, "acme.example:agents:7");

impl Party {
    /// The same party with a key of another kind.
    pub const fn with(self, kind: KeyType) -> Party {
        Party { kind, ..self }
    }

    /// The same party, named by `did:jwk`.
    pub const fn jwk(self) -> Party {
        Party {
            form: Form::Jwk,
            ..self
        }
    }

    /// The secret key.
    pub fn secret(self) -> SecretKey {
        let length = if self.kind == KeyType::P384 { 48 } else { 32 };
        SecretKey::from_bytes(self.kind, &vec![self.seed; length]).unwrap()
    }

    /// The public key.
    pub fn public(self) -> PublicKey {
        self.secret().public_key().clone()
    }

    /// Signs, the same bytes always alike.
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        self.secret().sign(message).unwrap()
    }

    /// The DID.
    pub fn did(self) -> String {
        match self.form {
            Form::Web(name) => format!("did:web:{name}"),
            Form::Key => Did::of_key(&self.public()).to_string(),
            Form::Jwk => format!(
                "did:jwk:{}",
                base64url::encode(&jcs::canonicalize(&self.public().to_jwk()).unwrap())
            ),
        }
    }

    /// The DID URL of its first key.
    pub fn method(self) -> String {
        match self.form {
            Form::Web(_) => self.key(1),
            Form::Key => format!("{}#{}", self.did(), self.did().trim_start_matches("did:key:")),
            Form::Jwk => format!("{}#0", self.did()),
        }
    }

    /// The DID URL of `#key-n`.
    pub fn key(self, number: u8) -> String {
        format!("{}#key-{number}", self.did())
    }

    /// The name of the algorithm of its key in JOSE.
    pub fn algorithm(self) -> &'static str {
        self.kind.algorithm().unwrap().as_str()
    }

    /// A verification method of its document that holds the key of `of`.
    pub fn entry(self, number: u8, of: Party) -> Value {
        json!({
            "id": self.key(number), "type": "Multikey", "controller": self.did(),
            "publicKeyMultibase": of.public().to_multikey(),
        })
    }

    /// Its document: one key, in every relationship that signs.
    pub fn document(self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.did(),
            "verificationMethod": [self.entry(1, self)],
            "authentication": [self.key(1)],
            "assertionMethod": [self.key(1)],
            "capabilityDelegation": [self.key(1)],
        })
    }

    /// Its document, which names who signs its status lists.
    pub fn document_with_status(self, status: Party) -> Value {
        let mut document = self.document();
        document["service"] = json!([{
            "id": format!("{}#status", self.did()), "type": "StatusListIssuer", "serviceEndpoint": status.did(),
        }]);
        document
    }
}
