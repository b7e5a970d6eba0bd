//! A small cast of its own: fixed keys, one fixed Wednesday, and the papers of one story.
//!
//! Acme issues to the first instance, which delegates to the second, which delegates to the third; Globex
//! judges. Papers are made by `chancery_vc::issue` alone, as the profile has them.
//!
//! INVARIANT: everything here follows from constants; two calls give the same text.

use std::collections::BTreeMap;

use chancery_did::{Did, DidUrl, Document, KeyType, PublicKey, Relationship, SecretKey, Timestamp};
use chancery_proof::{Expectation, Keys, Limits, Securing};
use chancery_trust::bundle::{Bundle, ExpectedSigner};
use chancery_trust::{Anchor, Policy};
use chancery_vc::capability::{Capability, Entry};
use chancery_vc::issue::{self, DEFAULT_MAX_VALIDITY, Draft, Presenting, StatusListTerms, Terms};
use chancery_vc::passport::RiskLevel;
use chancery_vc::status::StatusBits;
use chancery_vc::{PaperType, Passport, Stapled, StatusEntry, StatusPurpose, read_paper};
use chancery_verifier::{Evidence, Moment, Request, ZoneOffset};
use serde_json::{Value, json};

/// Wednesday, 18 November 2026, 10:00 in Berlin.
pub const NOW: &str = "2026-11-18T09:00:00Z";
/// Globex's audience.
pub const AUDIENCE: &str = "https://api.globex.example";
/// The nonce that Globex gave.
pub const NONCE: &str = "kQ0mXb1yTn6uVJrW4b9cXA";
/// The key types that sign.
pub const SIGNING: [KeyType; 3] = [KeyType::Ed25519, KeyType::P256, KeyType::P384];

/// The fewest entries that a status list may have.
const ENTRIES: usize = 131_072;
const BERLIN: &str = "Europe/Berlin";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// The one moment of the story.
pub fn now() -> Timestamp {
    Timestamp::parse(NOW).expect("a fixed time")
}

/// The front door's default limits.
pub fn limits() -> Limits {
    Limits::default()
}

/// One who signs: a key that follows from one byte, with a name.
#[derive(Debug)]
pub struct Actor {
    /// The key.
    pub key: SecretKey,
    /// Whose key it is.
    pub did: Did,
    /// The verification method of the key.
    pub method: DidUrl,
}

impl Actor {
    /// An actor whose did:key is the key that follows from `seed`.
    pub fn new(key_type: KeyType, seed: u8) -> Self {
        let key = secret(key_type, seed);
        let did = chancery_did_key::did_for(key.public_key());
        let method = did
            .with_fragment(did.method_specific_id())
            .expect("a multikey is a fragment");
        Self { key, did, method }
    }

    /// An actor of a did:web, whose key is `#key-1`.
    pub fn web(did: &str, seed: u8) -> Self {
        let did = Did::parse(did).expect("a fixed DID");
        let method = did.with_fragment("key-1").expect("a fixed fragment");
        Self {
            key: secret(KeyType::Ed25519, seed),
            did,
            method,
        }
    }

    /// The public key.
    pub fn public(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// The secret key as a JWK, for libraries that sign with one.
    pub fn private_jwk(&self) -> Value {
        let mut jwk = self.public().to_jwk();
        jwk["d"] = json!(chancery_proof::base64url::encode(&self.key.to_bytes()));
        jwk
    }

    /// What a reader expects who takes this actor for the issuer.
    pub fn expectation(&self) -> Expectation {
        Expectation {
            purpose: Relationship::AssertionMethod,
            issuer: self.did.clone(),
        }
    }

    fn document(&self) -> Document {
        let relationships = [Relationship::Authentication, Relationship::AssertionMethod];
        let builder = Document::builder(self.did.clone()).add_key("key-1", self.public(), &relationships);
        let status = format!("{}:status", self.did);
        let builder = builder.add_service("status", "StatusListIssuer", json!(status));
        builder.build().expect("a fixed document")
    }
}

/// The key stands at hand, resolved before, as in a verifier's cache.
impl Keys for Actor {
    fn key(&self, method: &DidUrl, _: Relationship) -> Result<PublicKey, (&'static str, String)> {
        if *method == self.method {
            Ok(self.public().clone())
        } else {
            Err(("key.not_found", method.to_string()))
        }
    }
}

fn secret(key_type: KeyType, seed: u8) -> SecretKey {
    let length = if key_type == KeyType::P384 { 48 } else { 32 };
    SecretKey::from_bytes(key_type, &vec![seed; length]).expect("a fixed key")
}

/// A passport that `issuer` gives to `subject`.
pub fn passport(issuer: &Actor, subject: &Did, number: u8) -> Draft {
    let passport = Passport {
        name: Some("Refund desk".into()),
        version: Some("1.4.0".into()),
        instance_of: "urn:uuid:0193a1b2-0000-7000-8000-00000000a9e7".into(),
        organization: issuer.did.clone(),
        owner: Some("Ada Example".into()),
        team: Some("Payments".into()),
        platform: None,
        purpose: Some("small refunds".into()),
        risk_level: RiskLevel::Medium,
        autonomy_level: Some(2),
        composite: None,
        data_access: vec!["orders".into()],
        tools: vec!["refund".into(), "lookup".into()],
        human_oversight: None,
        withheld: 0,
    };
    Draft::passport(&terms(&issuer.did, subject, number), &passport).expect("a well-formed passport")
}

/// A passport of an authority that is a did:key, as text.
pub fn sealed_passport(issuer: &Actor, securing: Securing) -> String {
    let subject = Actor::new(KeyType::Ed25519, 4).did;
    sealed(&passport(issuer, &subject, 1), issuer, securing)
}

/// A draft, signed by its issuer.
pub fn sealed(draft: &Draft, issuer: &Actor, securing: Securing) -> String {
    issue::sign(draft, securing, &issuer.method, &issuer.key, now()).expect("a draft that can be signed")
}

fn terms(issuer: &Did, subject: &Did, number: u8) -> Terms {
    let valid_from = now().saturating_add_millis(-HOUR);
    let entry = |purpose: StatusPurpose, list| StatusEntry::new(purpose, list, u64::from(number));
    Terms {
        id: format!("urn:uuid:0193a1b2-0000-7000-8000-0000000000{number:02x}"),
        issuer: issuer.clone(),
        subject: subject.clone(),
        valid_from,
        valid_until: valid_from.saturating_add_millis(4 * HOUR),
        max_validity_ms: DEFAULT_MAX_VALIDITY,
        status: LISTS.map(|(purpose, list)| entry(purpose, list)).to_vec(),
    }
}

const LISTS: [(StatusPurpose, &str); 2] = [
    (StatusPurpose::Revocation, "https://acme.example/status-lists/r"),
    (StatusPurpose::Suspension, "https://acme.example/status-lists/s"),
];

/// A presentation with everything that Globex needs to judge it.
#[derive(Debug)]
pub struct Scene {
    /// The papers that are presented: the chain, then the passports.
    pub papers: Vec<String>,
    /// The presentation's text.
    pub presentation: String,
    /// What Globex gathered.
    pub evidence: Evidence,
    /// What Globex trusts.
    pub policy: Policy,
    /// What is asked.
    pub request: Request,
}

impl Scene {
    /// A chain of three hops: the root capability and two delegations, with the passports of three subjects.
    ///
    /// 9 signatures: 3 papers of the chain, 3 passports, the presentation, 2 status lists.
    pub fn three_hops() -> Self {
        Self::three_hops_in(Securing::DataIntegrity)
    }

    /// The same chain, with everything secured in one way.
    pub fn three_hops_in(securing: Securing) -> Self {
        let acme = Actor::web("did:web:acme.example", 1);
        let status = Actor::web("did:web:acme.example:status", 2);
        let [first, second, third] = [4, 5, 6].map(|seed| Actor::new(KeyType::Ed25519, seed));

        let root = Capability::parse(&json!([refunds(None, "100.00", 2)])).expect("a fixed capability");
        let root = Draft::capability(&terms(&acme.did, &first.did, 11), &root).expect("a fixed capability");
        let root = sealed(&root, &acme, securing);
        let below = delegated(&root, &first, &second, 12, "60.00", 1, securing);
        let leaf = delegated(&below, &second, &third, 13, "40.00", 0, securing);
        let passports = [&first, &second, &third]
            .into_iter()
            .zip(21..)
            .map(|(subject, number)| sealed(&passport(&acme, &subject.did, number), &acme, securing));
        let papers: Vec<String> = [root, below, leaf].into_iter().chain(passports).collect();
        let presenting = Presenting {
            papers: papers.clone(),
            audience: AUDIENCE.into(),
            nonce: NONCE.into(),
            entry: 0,
            at: now(),
            life_ms: 2 * MINUTE,
            stapled: Stapled::default(),
        };
        let presentation = presenting
            .sign(securing, &third.method, &third.key)
            .expect("papers that can be presented");
        Self {
            papers,
            presentation,
            evidence: evidence(&acme, &status, securing),
            policy: policy(&acme),
            request: request("35.00"),
        }
    }

    /// The evidence as a trust bundle that Acme's bundle DID signed, and who signed it.
    pub fn bundle(&self) -> (String, ExpectedSigner) {
        let signer = Actor::web("did:web:acme.example:bundle", 3);
        let document = signer.document().to_value().to_string();
        let mut evidence = self.evidence.clone();
        evidence.documents.insert(signer.did.clone(), document);
        let evidence = evidence.to_value().as_object().cloned().unwrap_or_default();
        let bundle = Bundle::new(signer.did.clone(), evidence, now(), 10 * MINUTE);
        let token = bundle.sign(&signer.method, &signer.key).expect("a bundle");
        let expected = ExpectedSigner::new(signer.did, &signer.key.public_key().thumbprint());
        (token, expected.expect("a thumbprint"))
    }

    /// The moment at which Globex judges.
    pub fn moment() -> Moment {
        Moment::Now(now())
    }
}

/// One entry: refunds on Globex's orders up to an amount, in office hours at the root.
fn refunds(from: Option<usize>, max: &str, depth: u8) -> Value {
    let mut constraint = vec![json!({"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"})];
    if from.is_none() {
        constraint.push(json!({
            "type": "Hours", "days": ["Mo", "Tu", "We", "Th", "Fr"],
            "from": "09:00", "until": "17:00", "timeZone": BERLIN,
        }));
    }
    let mut entry = json!({
        "action": ["refund:create"],
        "resource": ["https://api.globex.example/orders/*"],
        "constraint": constraint,
    });
    if let Some(from) = from {
        entry["from"] = json!(from);
    }
    if depth > 0 {
        entry["delegation"] = json!({ "maxDepth": depth });
    }
    entry
}

fn delegated(
    parent: &str,
    from: &Actor,
    to: &Actor,
    number: u8,
    max: &str,
    depth: u8,
    securing: Securing,
) -> String {
    let parent = read_paper(parent.as_bytes(), &limits()).expect("a paper made here");
    let valid_from = now().saturating_add_millis(-MINUTE);
    let terms = Terms {
        valid_from,
        valid_until: valid_from.saturating_add_millis(HOUR / 2),
        status: Vec::new(),
        ..terms(&from.did, &to.did, number)
    };
    let capability = Capability::parse(&json!([refunds(Some(0), max, depth)])).expect("a fixed capability");
    let draft = Draft::delegation(&terms, &parent, &capability).expect("a narrower capability");
    sealed(&draft, from, securing)
}

fn evidence(acme: &Actor, status: &Actor, securing: Securing) -> Evidence {
    let mut evidence = Evidence::default();
    for actor in [acme, status] {
        evidence
            .documents
            .insert(actor.did.clone(), actor.document().to_value().to_string());
    }
    for (purpose, url) in LISTS {
        let terms = StatusListTerms {
            url: url.into(),
            issuer: status.did.clone(),
            purposes: vec![purpose],
            valid_from: now().saturating_add_millis(-MINUTE / 2),
            valid_until: now().saturating_add_millis(10 * MINUTE),
            ttl_ms: 300_000,
        };
        let draft = Draft::status_list(&terms, &StatusBits::new(ENTRIES)).expect("a list of zeros");
        evidence
            .status_lists
            .insert(url.into(), sealed(&draft, status, securing));
    }
    let tzdb = "2026b".into();
    evidence.zone_offsets.push(ZoneOffset {
        zone: BERLIN.into(),
        at: now(),
        offset: 3_600,
        tzdb,
    });
    evidence
}

fn policy(acme: &Actor) -> Policy {
    let mut anchor = Anchor::issuer(acme.did.clone());
    anchor.papers = vec![PaperType::Passport, PaperType::Capability];
    anchor.keys = vec![acme.public().thumbprint()];
    anchor.subjects = vec!["did:key".into()];
    let mut grant = refunds(None, "80.00", 0);
    grant["constraint"] = json!([{"type": "Amount", "fact": "amount", "max": "80.00", "currency": "EUR"}]);
    anchor.grant = vec![Entry::parse_strict(&grant).expect("a fixed grant")];
    let mut policy = Policy::new(AUDIENCE);
    policy.anchors.push(anchor);
    policy
}

/// A refund of an amount, as Globex puts it.
pub fn request(amount: &str) -> Request {
    let request = json!({
        "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
        "arguments": { "order": "1001", "amount": amount },
        "audience": AUDIENCE, "nonce": NONCE,
        "facts": { "amount": { "value": amount, "currency": "EUR" } },
    });
    Request::parse(&request).expect("a fixed request")
}

/// The verification methods of a document by relationship, for comparison with another library's document.
pub fn relationships(document: &Document) -> BTreeMap<&'static str, Vec<String>> {
    let of = |relationship: Relationship| {
        let methods = document.verification_methods().iter().map(|method| method.id());
        methods
            .filter(|id| document.relates(id, relationship))
            .map(ToString::to_string)
            .collect()
    };
    Relationship::ALL
        .into_iter()
        .map(|relationship| (relationship.as_str(), of(relationship)))
        .collect()
}
