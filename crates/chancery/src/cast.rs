//! The named cast of this crate's tests: Acme, which issues; Globex, which decides; and two agents.
//!
//! INVARIANT: fixed keys and fixed times, so that every run signs the same texts.

use chancery_did::{Did, DidUrl, Document, KeyType, Relationship, SecretKey, Timestamp};
use chancery_proof::Securing;
use chancery_trust::Policy;
use chancery_vc::capability::Capability;
use chancery_vc::issue::{self, Draft, StatusListTerms, Terms};
use chancery_vc::passport::{Passport, RiskLevel};
use chancery_vc::status::token::{TokenListTerms, sign_token_status_list, sign_token_status_list_cwt};
use chancery_vc::status::{MIN_ENTRIES, StatusBits, TokenStatusEntry};
use chancery_vc::{StatusEntry, StatusPurpose};
use chancery_verifier::Request;
use serde_json::{Value, json};

use crate::agent::{Agent, Handover};

pub(crate) const AUDIENCE: &str = "https://api.globex.example";
pub(crate) const HOUR: i64 = 3_600_000;

/// A Wednesday, 10:00 in Berlin.
pub(crate) fn wednesday() -> Timestamp {
    Timestamp::parse("2026-11-18T09:00:00Z").unwrap()
}

pub(crate) fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
}

pub(crate) fn agent(seed: u8) -> Agent {
    Agent::of(key(seed)).unwrap()
}

/// An authority at a host, with a key for papers and one for status lists.
pub(crate) struct Authority {
    pub(crate) did: Did,
    host: String,
    key: SecretKey,
}

impl Authority {
    /// Acme, at `host` (with its port, if it has one).
    pub(crate) fn acme(host: &str) -> Self {
        let did = Did::parse(&format!("did:web:{}", host.replace(':', "%3A"))).unwrap();
        Self {
            did,
            host: host.to_owned(),
            key: key(1),
        }
    }

    /// Another authority, below this one's host, whose papers and lists bear this one's addresses.
    pub(crate) fn impostor(&self) -> Self {
        Self {
            did: Did::parse(&format!("{}:mallory", self.did)).unwrap(),
            host: self.host.clone(),
            key: key(9),
        }
    }

    fn method(&self) -> DidUrl {
        self.did.with_fragment("key-1").unwrap()
    }

    pub(crate) fn document(&self) -> Value {
        let relationships = [Relationship::AssertionMethod];
        Document::builder(self.did.clone())
            .add_key("key-1", self.key.public_key(), &relationships)
            .build()
            .unwrap()
            .to_value()
    }

    pub(crate) fn list_url(&self, purpose: StatusPurpose) -> String {
        format!("https://{}/status-lists/{}", self.host, purpose.as_str())
    }

    fn terms(&self, number: u8, subject: &Did, index: u64, at: Timestamp) -> Terms {
        let entry = |purpose| StatusEntry::new(purpose, &self.list_url(purpose), index);
        Terms {
            id: format!("urn:uuid:00000000-0000-4000-8000-0000000000{number:02x}"),
            issuer: self.did.clone(),
            subject: subject.clone(),
            valid_from: at,
            valid_until: at.saturating_add_millis(8 * HOUR),
            max_validity_ms: 24 * HOUR,
            status: vec![entry(StatusPurpose::Revocation), entry(StatusPurpose::Suspension)],
        }
    }

    fn sign(&self, draft: &Draft, at: Timestamp) -> String {
        issue::sign(draft, Securing::DataIntegrity, &self.method(), &self.key, at).unwrap()
    }

    /// A capability with status index 1: refunds up to 100 EUR, to be handed on once.
    pub(crate) fn capability(&self, subject: &Did, at: Timestamp) -> String {
        let terms = self.terms(1, subject, 1, at);
        self.sign(
            &Draft::capability(&terms, &refunds("100.00", None, Some(1))).unwrap(),
            at,
        )
    }

    /// As [`capability`](Self::capability), as a token whose status 1 stands on a Token Status List too.
    pub(crate) fn capability_token(&self, subject: &Did, uri: &str, at: Timestamp) -> String {
        let terms = self.terms(1, subject, 1, at);
        let draft = Draft::capability(&terms, &refunds("100.00", None, Some(1))).unwrap();
        let draft = draft.with_token_status(TokenStatusEntry::new(uri, 1)).unwrap();
        issue::sign(&draft, Securing::Jose, &self.method(), &self.key, at).unwrap()
    }

    /// A Token Status List with this status at index 1, signed at `at`: as JWT, and as CWT.
    pub(crate) fn token_list(&self, uri: &str, status: u8, at: Timestamp) -> (String, Vec<u8>) {
        let mut statuses = StatusBits::of_size(1_024, 2).unwrap();
        statuses.put(1, status).unwrap();
        let terms = TokenListTerms {
            uri: uri.to_owned(),
            issued_at: at,
            expires_at: Some(at.saturating_add_millis(HOUR)),
            ttl_seconds: Some(300),
            aggregation: None,
        };
        let method = self.method();
        (
            sign_token_status_list(&terms, &statuses, &method, &self.key).unwrap(),
            sign_token_status_list_cwt(&terms, &statuses, &method, &self.key).unwrap(),
        )
    }

    /// A passport with the status index given.
    pub(crate) fn passport(&self, subject: &Did, index: u8, at: Timestamp) -> String {
        let terms = self.terms(index, subject, index.into(), at);
        let passport = Passport {
            name: Some("refunds".to_owned()),
            version: Some("1.0.0".to_owned()),
            instance_of: "urn:uuid:00000000-0000-4000-8000-000000000099".to_owned(),
            organization: self.did.clone(),
            owner: Some("Ada".to_owned()),
            team: None,
            platform: None,
            purpose: None,
            risk_level: RiskLevel::Medium,
            autonomy_level: Some(2),
            composite: None,
            data_access: Vec::new(),
            tools: Vec::new(),
            human_oversight: None,
            withheld: 0,
        };
        self.sign(&Draft::passport(&terms, &passport).unwrap(), at)
    }

    /// A status list with these bits set, signed at `at`.
    pub(crate) fn status_list(&self, purpose: StatusPurpose, set: &[u64], at: Timestamp) -> String {
        let mut bits = StatusBits::new(usize::try_from(MIN_ENTRIES).unwrap());
        for index in set {
            bits.set(*index, true).unwrap();
        }
        let terms = StatusListTerms {
            url: self.list_url(purpose),
            issuer: self.did.clone(),
            purposes: vec![purpose],
            valid_from: at,
            valid_until: at.saturating_add_millis(HOUR),
            ttl_ms: 300_000,
        };
        self.sign(&Draft::status_list(&terms, &bits).unwrap(), at)
    }

    /// Globex's policy about this authority: refunds up to 80 EUR.
    pub(crate) fn policy_of_globex(&self) -> Policy {
        let grant = refunds("80.00", None, None).to_value();
        let policy = json!({
            "version": 1,
            "audience": AUDIENCE,
            "maxStatusAge": "60s",
            "anchors": [{
                "issuer": self.did.as_str(),
                "papers": ["AgentPassportCredential", "AgentCapabilityCredential"],
                "keys": [self.key.public_key().thumbprint()],
                "subjects": ["did:key"],
                "grant": grant,
            }],
        });
        Policy::parse_value(&policy).unwrap()
    }
}

/// Refunds up to `max` EUR, within the parent's entry `from`, to be handed on `depth` times.
pub(crate) fn refunds(max: &str, from: Option<usize>, depth: Option<u8>) -> Capability {
    let mut entry = json!({
        "action": ["refund:create"],
        "resource": ["https://api.globex.example/orders/*"],
        "constraint": [{"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"}],
    });
    if let Some(from) = from {
        entry["from"] = json!(from);
    }
    if let Some(depth) = depth {
        entry["delegation"] = json!({"maxDepth": depth});
    }
    Capability::parse(&json!([entry])).unwrap()
}

/// A part of a parent's first entry, for `subject`, for an hour.
pub(crate) fn handover(subject: &Did, max: &str, at: Timestamp) -> Handover {
    let valid_until = at.saturating_add_millis(HOUR);
    Handover {
        subject: subject.clone(),
        capability: refunds(max, Some(0), None),
        valid_until,
    }
}

/// A refund of `euros` on one order, under `nonce`.
pub(crate) fn refund(euros: &str, nonce: &str) -> Request {
    let request = json!({
        "action": "refund:create",
        "resource": "https://api.globex.example/orders/o-7",
        "audience": AUDIENCE,
        "nonce": nonce,
        "facts": {"amount": {"value": euros, "currency": "EUR"}},
    });
    Request::parse(&request).unwrap()
}
