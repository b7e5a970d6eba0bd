//! A small cast of signed papers for the tests: Acme issues, Globex verifies, two instances act.
//!
//! Everything is made from fixed keys at a fixed time, and every document can be bent before it is sealed,
//! so that each rule is broken by itself.

use chancery_did::{
    Did, DidUrl, Document, KeyType, PublicKey, Relationship, SecretKey, SortedMap, Timestamp,
};
use chancery_proof::data_integrity::{self, ProofOptions};
use chancery_proof::{Digest, Limits, jose};
use chancery_trust::{Anchor, Policy};
use chancery_vc::capability::Entry;
use chancery_vc::issue::{Draft, StatusListTerms};
use chancery_vc::status::StatusBits;
use chancery_vc::{PaperType, StatusPurpose, read_paper};
use serde_json::{Value, json};

use crate::{Decision, Evidence, Moment, Request, ZoneOffset, verify};

/// Globex's audience.
pub(crate) const GLOBEX: &str = "https://api.globex.example";
/// Where Acme keeps its revocation list.
pub(crate) const REVOKED: &str = "https://acme.example/status-lists/r";
/// Where Acme keeps its suspension list.
pub(crate) const SUSPENDED: &str = "https://acme.example/status-lists/s";
/// The zone of the hours.
pub(crate) const BERLIN: &str = "Europe/Berlin";

/// A Wednesday, 10:00 in Berlin.
pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2026-11-18T09:00:00Z").unwrap()
}

/// `now` and so many seconds.
pub(crate) fn later(seconds: i64) -> Timestamp {
    now().saturating_add_millis(seconds.saturating_mul(1_000))
}

/// Who signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Acme,
    AcmeStatus,
    Initech,
    First,
    Second,
    Third,
    Mallory,
    /// An instance whose DID is a did:web below Acme.
    Hosted,
}

impl Who {
    pub(crate) fn key(self) -> SecretKey {
        let seed = match self {
            Who::Acme => 1,
            Who::AcmeStatus => 2,
            Who::Initech => 3,
            Who::First => 4,
            Who::Second => 5,
            Who::Third => 6,
            Who::Mallory => 7,
            Who::Hosted => 8,
        };
        SecretKey::from_bytes(KeyType::Ed25519, &[seed; 32]).unwrap()
    }

    pub(crate) fn public(self) -> PublicKey {
        self.key().public_key().clone()
    }

    pub(crate) fn did(self) -> Did {
        match self {
            Who::Acme => Did::parse("did:web:acme.example").unwrap(),
            Who::AcmeStatus => Did::parse("did:web:acme.example:status").unwrap(),
            Who::Initech => Did::parse("did:web:initech.example").unwrap(),
            Who::Hosted => Did::parse("did:web:acme.example:agents:7").unwrap(),
            Who::First | Who::Second | Who::Third | Who::Mallory => Did::of_key(&self.public()),
        }
    }

    pub(crate) fn method(self) -> DidUrl {
        let did = self.did();
        if did.method() == "key" {
            let fragment = did.method_specific_id().to_owned();
            return did.with_fragment(&fragment).unwrap();
        }
        did.with_fragment("key-1").unwrap()
    }

    /// The did:web document.
    pub(crate) fn document(self) -> Value {
        let mut builder = Document::builder(self.did()).add_key(
            "key-1",
            &self.public(),
            &[
                Relationship::Authentication,
                Relationship::AssertionMethod,
                Relationship::CapabilityDelegation,
            ],
        );
        if self == Who::Acme {
            builder = builder.add_service(
                "status",
                "StatusListIssuer",
                json!(Who::AcmeStatus.did().as_str()),
            );
        }
        builder.build().unwrap().to_value()
    }
}

/// A document and who will sign it.
pub(crate) type Signed = (Value, Who);

/// Everything of one occasion, before it is sealed.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) chain: Vec<Signed>,
    pub(crate) passports: Vec<Signed>,
    pub(crate) extra: Vec<Signed>,
    pub(crate) holder: Who,
    pub(crate) presenter: Who,
    pub(crate) presented: Value,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) audience: String,
    pub(crate) nonce: String,
    /// Whether delegations get the digest of the paper before them.
    pub(crate) bind_parents: bool,
    pub(crate) evidence: Evidence,
    pub(crate) policy: Policy,
    pub(crate) request: Request,
    pub(crate) moment: Moment,
}

/// A paper of this kind, valid from an hour ago for four hours.
pub(crate) fn paper(kind: PaperType, number: u8, issuer: &Did, subject: &Did, claims: Value) -> Value {
    let mut subject_claims = claims;
    subject_claims["id"] = json!(subject.as_str());
    json!({
        "@context": [chancery_vc::CONTEXT_V2, chancery_vc::CONTEXT_CHANCERY],
        "id": format!("urn:uuid:00000000-0000-4000-8000-0000000000{number:02}"),
        "type": ["VerifiableCredential", kind.as_str()],
        "credentialSchema": { "id": kind.schema(), "type": "JsonSchema" },
        "issuer": issuer.as_str(),
        "validFrom": later(-3600).to_string(),
        "validUntil": later(10_800).to_string(),
        "credentialSubject": subject_claims,
    })
}

/// Entries for revocation and suspension at this index of Acme's lists.
pub(crate) fn entries(index: u64) -> Value {
    let entry = |purpose: &str, list: &str| {
        json!({
            "type": "BitstringStatusListEntry", "statusPurpose": purpose,
            "statusListIndex": index.to_string(), "statusListCredential": list,
        })
    };
    json!([entry("revocation", REVOKED), entry("suspension", SUSPENDED)])
}

fn refunds(from: Option<usize>, max: &str, depth: Option<u8>, hours: bool) -> Value {
    let mut constraint = vec![json!({"type": "Amount", "fact": "amount", "max": max, "currency": "EUR"})];
    if hours {
        constraint.push(json!({
            "type": "Hours", "days": ["Mo", "Tu", "We", "Th", "Fr"], "from": "09:00", "until": "17:00",
            "timeZone": BERLIN,
        }));
    }
    let mut entry = json!({
        "action": ["refund:create"], "resource": ["https://api.globex.example/orders/*"],
        "constraint": constraint,
    });
    if let Some(from) = from {
        entry["from"] = json!(from);
    }
    if let Some(depth) = depth {
        entry["delegation"] = json!({ "maxDepth": depth });
    }
    entry
}

/// The passport of an instance, by an authority.
pub(crate) fn passport(number: u8, issuer: Who, subject: Who, index: u64) -> Signed {
    let claims = json!({
        "name": "Refund desk", "version": "1.0.0",
        "instanceOf": "urn:uuid:00000000-0000-4000-8000-00000000aaaa",
        "organization": issuer.did().as_str(), "owner": "Ada Example <ada@acme.example>",
        "riskLevel": "medium", "autonomyLevel": 2,
    });
    let mut document = paper(PaperType::Passport, number, &issuer.did(), &subject.did(), claims);
    document["credentialStatus"] = entries(index);
    (document, issuer)
}

/// A delegation from one instance to another; its parent digest is put in when it is sealed.
pub(crate) fn delegation(number: u8, from: Who, to: Who, max: &str, depth: Option<u8>) -> Signed {
    let claims = json!({ "parent": Digest::of_bytes(b"").as_str(), "capability": [refunds(Some(0), max, depth, false)] });
    let mut document = paper(PaperType::Delegation, number, &from.did(), &to.did(), claims);
    document["validFrom"] = json!(later(-60).to_string());
    document["validUntil"] = json!(later(1_800).to_string());
    (document, from)
}

/// A status list of Acme's, signed by `who` at `at`, with these bits set.
pub(crate) fn list(url: &str, purpose: StatusPurpose, who: Who, at: Timestamp, set: &[u64]) -> String {
    let mut bits = StatusBits::new(131_072);
    for index in set {
        bits.set(*index, true).unwrap();
    }
    let terms = StatusListTerms {
        url: url.to_owned(),
        issuer: who.did(),
        purposes: vec![purpose],
        valid_from: at,
        valid_until: at.saturating_add_millis(600_000),
        ttl_ms: 300_000,
    };
    let draft = Draft::status_list(&terms, &bits).unwrap();
    sealed(draft.document().clone(), who, Relationship::AssertionMethod)
}

/// A document with its proof.
pub(crate) fn sealed(document: Value, who: Who, purpose: Relationship) -> String {
    sealed_with(document, &options(who, purpose), who)
}

pub(crate) fn options(who: Who, purpose: Relationship) -> ProofOptions {
    ProofOptions {
        verification_method: who.method(),
        purpose,
        created: Some(later(-60)),
        expires: None,
        challenge: None,
        domain: Vec::new(),
        id: None,
        previous_proof: Vec::new(),
    }
}

pub(crate) fn sealed_with(document: Value, options: &ProofOptions, who: Who) -> String {
    data_integrity::sign(document, options, &who.key())
        .unwrap()
        .to_string()
}

impl Scene {
    /// Acme's first instance may refund up to 100 EUR and has handed 40 EUR on to the second.
    pub(crate) fn delegated() -> Scene {
        let mut scene = Scene::direct();
        scene
            .chain
            .push(delegation(12, Who::First, Who::Second, "40.00", None));
        scene.passports.push(passport(22, Who::Acme, Who::Second, 102));
        scene.holder = Who::Second;
        scene.presenter = Who::Second;
        scene
    }

    /// Acme's first instance presents its own capability.
    pub(crate) fn direct() -> Scene {
        let claims = json!({ "capability": [refunds(None, "100.00", Some(1), true)] });
        let mut capability = paper(
            PaperType::Capability,
            11,
            &Who::Acme.did(),
            &Who::First.did(),
            claims,
        );
        capability["credentialStatus"] = entries(100);
        let request = json!({
            "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
            "arguments": { "order": "1001", "amount": "35.00" },
            "audience": GLOBEX, "nonce": "nonce-1", "facts": { "amount": { "value": "35.00", "currency": "EUR" } },
        });
        Scene {
            chain: vec![(capability, Who::Acme)],
            passports: vec![passport(21, Who::Acme, Who::First, 101)],
            extra: Vec::new(),
            holder: Who::First,
            presenter: Who::First,
            presented: json!({ "capabilityEntry": 0 }),
            created: later(-5),
            expires: later(120),
            audience: GLOBEX.to_owned(),
            nonce: "nonce-1".to_owned(),
            bind_parents: true,
            evidence: evidence(),
            policy: policy(),
            request: Request::parse(&request).unwrap(),
            moment: Moment::Now(now()),
        }
    }

    /// The papers' texts, sealed in order.
    pub(crate) fn papers(&self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (document, who) in &self.chain {
            let mut document = document.clone();
            let delegated = document["type"][1] == PaperType::Delegation.as_str();
            if let (true, true, Some(parent)) = (delegated, self.bind_parents, texts.last()) {
                let parent = read_paper(parent.as_bytes(), &Limits::default()).unwrap();
                document["credentialSubject"]["parent"] = json!(parent.digest().as_str());
            }
            let purpose = if delegated {
                Relationship::CapabilityDelegation
            } else {
                Relationship::AssertionMethod
            };
            texts.push(sealed(document, *who, purpose));
        }
        for (document, who) in self.passports.iter().chain(&self.extra) {
            texts.push(sealed(document.clone(), *who, Relationship::AssertionMethod));
        }
        texts
    }

    /// The presentation's document, not yet signed.
    pub(crate) fn document(&self) -> Value {
        let papers: Vec<Value> = self
            .papers()
            .iter()
            .map(|text| serde_json::from_str(text).unwrap())
            .collect();
        let mut document = json!({
            "@context": [chancery_vc::CONTEXT_V2, chancery_vc::CONTEXT_CHANCERY],
            "type": ["VerifiablePresentation", "AgentPresentation"],
            "holder": self.holder.did().as_str(),
            "verifiableCredential": papers,
        });
        for (name, value) in self.presented.as_object().unwrap() {
            document[name] = value.clone();
        }
        document
    }

    /// The presentation, signed as Data Integrity.
    pub(crate) fn presentation(&self) -> String {
        let mut options = options(self.presenter, Relationship::Authentication);
        options.created = Some(self.created);
        options.expires = Some(self.expires);
        options.challenge = Some(self.nonce.clone());
        options.domain = vec![self.audience.clone()];
        sealed_with(self.document(), &options, self.presenter)
    }

    /// The presentation, signed as `vp+jwt`.
    pub(crate) fn token(&self) -> String {
        let mut claims = self.document();
        claims["iss"] = json!(self.holder.did().as_str());
        claims["aud"] = json!(self.audience);
        claims["nonce"] = json!(self.nonce);
        claims["iat"] = json!(self.created.seconds());
        claims["exp"] = json!(self.expires.seconds());
        jose::sign("vp+jwt", &self.presenter.method(), &claims, &self.presenter.key()).unwrap()
    }

    /// The decision of Globex.
    pub(crate) fn decide(&self) -> Decision {
        self.decide_on(&self.presentation())
    }

    /// The decision of Globex about this text.
    pub(crate) fn decide_on(&self, presentation: &str) -> Decision {
        verify(
            presentation.as_bytes(),
            &self.evidence,
            &self.policy,
            &self.request,
            self.moment,
        )
    }

    /// The request with another amount.
    pub(crate) fn asking(mut self, amount: &str) -> Scene {
        let mut request = self.request.to_value();
        request["facts"]["amount"]["value"] = json!(amount);
        self.request = Request::parse(&request).unwrap();
        self
    }

    /// The request with another action and resource.
    pub(crate) fn asking_for(mut self, action: &str, resource: &str) -> Scene {
        let mut request = self.request.to_value();
        request["action"] = json!(action);
        request["resource"] = json!(resource);
        self.request = Request::parse(&request).unwrap();
        self
    }
}

/// Everything that Globex could gather.
pub(crate) fn evidence() -> Evidence {
    let mut evidence = Evidence::default();
    for who in [Who::Acme, Who::AcmeStatus] {
        evidence.documents.insert(who.did(), who.document().to_string());
    }
    let at = later(-30);
    for (url, purpose) in [
        (REVOKED, StatusPurpose::Revocation),
        (SUSPENDED, StatusPurpose::Suspension),
    ] {
        evidence
            .status_lists
            .insert(url.to_owned(), list(url, purpose, Who::AcmeStatus, at, &[]));
    }
    evidence.zone_offsets.push(berlin(now()));
    evidence
}

/// Berlin's offset in winter.
pub(crate) fn berlin(at: Timestamp) -> ZoneOffset {
    ZoneOffset {
        zone: BERLIN.to_owned(),
        at,
        offset: 3_600,
        tzdb: "2026b".to_owned(),
    }
}

/// Globex takes Acme's passports and capabilities and grants refunds up to 80 EUR.
pub(crate) fn policy() -> Policy {
    let mut policy = Policy::new(GLOBEX);
    policy.anchors.push(anchor(Who::Acme));
    policy
}

/// An anchor that pins the issuer's key.
pub(crate) fn anchor(who: Who) -> Anchor {
    let mut anchor = Anchor::issuer(who.did());
    anchor.papers = vec![PaperType::Passport, PaperType::Capability];
    anchor.keys = vec![who.public().thumbprint()];
    anchor.subjects = vec!["did:key".to_owned(), "did:web:acme.example".to_owned()];
    anchor.grant = vec![Entry::parse_strict(&refunds(None, "80.00", None, false)).unwrap()];
    anchor
}

/// Asserts code and verdict, and what must hold of every decision.
#[track_caller]
pub(crate) fn refuses(decision: &Decision, code: &str) {
    assert_eq!(decision.code, code, "{}", decision.reason);
    assert!(!decision.allow);
    assert!(decision.commit.is_empty());
    assert_eq!(decision.checks.len(), 11);
    let verdict = crate::explain(code).unwrap().verdict;
    assert_eq!(decision.verdict, verdict, "{code}");
}

/// The facts of a scene by name, for tests that build calls.
pub(crate) fn facts(amount: &str) -> SortedMap<String, chancery_vc::constraint::Fact> {
    let fact = chancery_vc::constraint::Fact::Amount {
        value: amount.to_owned(),
        currency: "EUR".to_owned(),
    };
    SortedMap::from([("amount".to_owned(), fact)])
}
