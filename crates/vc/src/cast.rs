//! The cast of this crate's tests: fixed keys, fixed times, and the papers of one story.
//!
//! Acme issues to the first instance, which hands on to the second.

use chancery_did::{Did, DidUrl, KeyType, PublicKey, Relationship, SecretKey, Timestamp};
use chancery_proof::{Digest, Keys, Limits, Secured, Securing};
use serde_json::{Value, json};

use crate::approval::Approval;
use crate::attestation::{Attestation, Evidence};
use crate::capability::Capability;
use crate::issue::{DEFAULT_MAX_VALIDITY, Draft, Terms, sign};
use crate::paper::{Paper, read_paper};
use crate::passport::{Composite, Member, Passport, RiskLevel};
use crate::status::{StatusEntry, StatusPurpose};

/// Wednesday, 4 March 2026, 10:00 in Berlin.
pub(crate) const TEN: &str = "2026-03-04T09:00:00Z";
pub(crate) const HOUR: i64 = 3_600_000;
pub(crate) const BOTH: [Securing; 2] = [Securing::DataIntegrity, Securing::Jose];

/// One who can sign: a key that follows from one byte, and its did:key.
pub(crate) struct Actor {
    pub(crate) key: SecretKey,
    pub(crate) did: Did,
    pub(crate) method: DidUrl,
}

pub(crate) fn actor(key_type: KeyType, seed: u8) -> Actor {
    let length = if key_type == KeyType::P384 { 48 } else { 32 };
    let key = SecretKey::from_bytes(key_type, &vec![seed; length]).unwrap();
    let multikey = key.public_key().to_multikey();
    let did = Did::parse(&format!("did:key:{multikey}")).unwrap();
    let method = did.with_fragment(&multikey).unwrap();
    Actor { key, did, method }
}

pub(crate) fn acme() -> Actor {
    actor(KeyType::Ed25519, 1)
}

pub(crate) fn first() -> Actor {
    actor(KeyType::Ed25519, 2)
}

pub(crate) fn second() -> Actor {
    actor(KeyType::P256, 3)
}

/// Reads the key of a did:key out of its own name.
pub(crate) struct DidKeys;

impl Keys for DidKeys {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        PublicKey::from_multikey(method.fragment().unwrap())
            .map_err(|error| (error.code(), error.to_string()))
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn digest(text: &str) -> Digest {
    Digest::of_bytes(text.as_bytes())
}

pub(crate) fn limits() -> Limits {
    Limits::default()
}

pub(crate) fn statuses() -> Vec<StatusEntry> {
    [(StatusPurpose::Revocation, 7), (StatusPurpose::Suspension, 8)]
        .map(|(purpose, index)| {
            let list = format!("https://acme.example/status-lists/{}", purpose.as_str());
            StatusEntry::new(purpose, &list, index)
        })
        .to_vec()
}

pub(crate) fn terms(issuer: &Actor, subject: &Actor, number: u8) -> Terms {
    let valid_from = at(TEN);
    Terms {
        id: format!("urn:uuid:0193a1b2-0000-7000-8000-0000000000{number:02x}"),
        issuer: issuer.did.clone(),
        subject: subject.did.clone(),
        valid_from,
        valid_until: valid_from.saturating_add_millis(HOUR),
        max_validity_ms: DEFAULT_MAX_VALIDITY,
        status: statuses(),
    }
}

pub(crate) fn passport() -> Passport {
    Passport {
        name: Some("Refund desk".into()),
        version: Some("1.4.0".into()),
        instance_of: "urn:uuid:0193a1b2-0000-7000-8000-00000000a9e7".into(),
        organization: acme().did,
        owner: Some("Ada Example".into()),
        team: Some("Payments".into()),
        platform: None,
        purpose: Some("small refunds".into()),
        risk_level: RiskLevel::Medium,
        autonomy_level: Some(2),
        composite: Some(Composite {
            model: Some(digest("model")),
            ..Composite::default()
        }),
        data_access: vec!["orders".into()],
        tools: vec!["refund".into(), "lookup".into()],
        human_oversight: None,
        withheld: 0,
    }
}

pub(crate) fn refunds(max: &str) -> Value {
    json!({
        "action": ["refund:create"],
        "resource": ["https://api.acme.example/orders/*"],
        "constraint": [
            {"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"},
            {"type": "Hours", "days": ["Mo", "We"], "from": "09:00", "until": "17:00", "timeZone": "Europe/Berlin"},
        ],
        "delegation": {"maxDepth": 1},
    })
}

pub(crate) fn root() -> Capability {
    Capability::parse(&json!([refunds("100.00")])).unwrap()
}

/// A narrower entry under the root's only one.
pub(crate) fn handed(max: &str) -> Value {
    json!({
        "from": 0,
        "action": ["refund:create"],
        "resource": ["https://api.acme.example/orders/*"],
        "constraint": [{"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"}],
    })
}

pub(crate) fn attestation() -> Attestation {
    let evidence = Evidence {
        kind: "TpmQuote".into(),
        id: Some("urn:quote:1".into()),
        digest: digest("quote"),
    };
    Attestation {
        composite: Composite {
            runtime: Some(digest("runtime")),
            ..Composite::default()
        },
        evidence: vec![evidence],
    }
}

pub(crate) fn approval() -> Approval {
    Approval {
        audience: "https://globex.example".into(),
        root: digest("root"),
        action_digest: digest("action"),
        jti: "a-1".into(),
    }
}

pub(crate) fn sealed(draft: &Draft, signer: &Actor, securing: Securing) -> String {
    sign(draft, securing, &signer.method, &signer.key, at(TEN)).unwrap()
}

pub(crate) fn read(text: &str) -> Secured<Paper> {
    read_paper(text.as_bytes(), &limits()).unwrap()
}

/// The root capability of the story, from Acme to the first instance.
pub(crate) fn root_paper(securing: Securing) -> String {
    sealed(
        &Draft::capability(&terms(&acme(), &first(), 1), &root()).unwrap(),
        &acme(),
        securing,
    )
}

/// The terms of the story's delegation: unregistered, within its parent's time.
pub(crate) fn handing() -> Terms {
    Terms {
        status: Vec::new(),
        ..terms(&first(), &second(), 2)
    }
}

/// One draft of each of the five papers, with who signs it.
pub(crate) fn drafts() -> Vec<(Draft, Actor)> {
    let parent = read(&root_paper(Securing::DataIntegrity));
    let narrower = Capability::parse(&json!([handed("40.00")])).unwrap();
    let short = Terms {
        valid_until: at(TEN).saturating_add_millis(HOUR / 4),
        ..terms(&acme(), &second(), 5)
    };
    vec![
        (
            Draft::passport(&terms(&acme(), &first(), 3), &passport()).unwrap(),
            acme(),
        ),
        (
            Draft::capability(&terms(&acme(), &first(), 1), &root()).unwrap(),
            acme(),
        ),
        (
            Draft::delegation(&handing(), &parent, &narrower).unwrap(),
            first(),
        ),
        (
            Draft::attestation(&terms(&acme(), &second(), 4), &attestation()).unwrap(),
            acme(),
        ),
        (Draft::approval(&short, &approval()).unwrap(), acme()),
    ]
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
        for chunk in target.chunks_mut(8) {
            self.0 = self.0.wrapping_add(1);
            chunk.copy_from_slice(&self.0.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Drawn {}

/// The passport of the story as SD-JWT, of which everything that may be withheld can be.
pub(crate) fn selective_passport() -> String {
    let draft = Draft::passport(&terms(&acme(), &first(), 3), &passport()).unwrap();
    let draft = draft.withholdable(&Member::ALL, &mut Drawn(1)).unwrap();
    sealed(&draft, &acme(), Securing::SdJwt)
}
