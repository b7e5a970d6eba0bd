//! Credentials and presentations by themselves, against a real issuer on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chancery_did::{KeyType, Relationship, SecretKey};
use chancery_proof::data_integrity::{self, ProofOptions};
use chancery_vc::StatusPurpose;
use chancery_verifier::{PresentationPolicy, Verdict};
use serde_json::{Value, json};

use super::*;
use crate::cast::{self, agent, wednesday};
use crate::clock::SettableClock;
use crate::http::GuardLimits;
use crate::http::loopback::{self, Answer, Loopback};
use crate::nonce::MemoryLedger;

type Pages = Arc<Mutex<BTreeMap<String, String>>>;

/// An issuer whose document and lists are fetched, and somebody who checks its credentials.
struct World {
    acme: cast::Authority,
    server: Loopback,
    pages: Pages,
    gatherer: Gatherer,
}

impl World {
    async fn new() -> Self {
        let tls = loopback::Authority::new();
        let pages = Pages::default();
        let shown = Arc::clone(&pages);
        let server = Loopback::serve(tls.identity("localhost"), move |request| {
            let path = request.split(' ').nth(1).unwrap_or_default();
            match shown.lock().unwrap().get(path) {
                Some(page) => Answer::json(page),
                None => Answer::of("404 Not Found", "", ""),
            }
        })
        .await;
        let acme = cast::Authority::acme(&format!("localhost:{}", server.port));
        let limits = GuardLimits {
            negative: Duration::ZERO,
            ..GuardLimits::default()
        };
        let client = tls.client(limits, &[server.port]);
        let clock = Arc::new(SettableClock::new(wednesday()));
        let world = Self {
            gatherer: Gatherer::new(client, clock, Arc::new(MemoryLedger::default())),
            acme,
            server,
            pages,
        };
        world.publish("/.well-known/did.json", &world.acme.document().to_string());
        for purpose in [StatusPurpose::Revocation, StatusPurpose::Suspension] {
            world.list(purpose, &[]);
        }
        world
    }

    fn publish(&self, path: &str, page: &str) {
        self.pages
            .lock()
            .unwrap()
            .insert(path.to_owned(), page.to_owned());
    }

    fn list(&self, purpose: StatusPurpose, set: &[u64]) {
        let text = self.acme.status_list(purpose, set, wednesday());
        self.publish(&format!("/status-lists/{}", purpose.as_str()), &text);
    }

    fn capability(&self) -> String {
        self.acme.capability(agent(11).did(), wednesday())
    }

    async fn check(&self, text: &str, policy: &CredentialPolicy, strangers: Strangers) -> CredentialReport {
        self.gatherer
            .check_credential(
                text.as_bytes(),
                Evidence::default(),
                policy,
                strangers,
                wednesday(),
            )
            .await
    }

    fn paths(&self) -> Vec<String> {
        let requests = self.server.requests();
        let path = |request: &String| request.split(' ').nth(1).map(str::to_owned);
        requests.iter().filter_map(path).collect()
    }
}

#[tokio::test]
async fn what_a_check_needs_is_fetched_document_first_then_the_lists() {
    let world = World::new().await;
    let text = world.capability();
    let report = world
        .check(&text, &CredentialPolicy::strict(), Strangers::Resolve)
        .await;
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert_eq!(
        world.paths().first().map(String::as_str),
        Some("/.well-known/did.json")
    );
    assert_eq!(world.paths().len(), 3);
    world.list(StatusPurpose::Revocation, &[1]);
    let report = world
        .check(&text, &CredentialPolicy::strict(), Strangers::Resolve)
        .await;
    assert_eq!(
        (report.code, report.verdict),
        ("status.revoked", Verdict::Invalid)
    );
}

#[tokio::test]
async fn nothing_is_fetched_for_strangers_where_the_caller_refuses() {
    let world = World::new().await;
    let report = world
        .check(
            &world.capability(),
            &CredentialPolicy::strict(),
            Strangers::Refuse,
        )
        .await;
    assert_eq!(
        (report.code, report.verdict),
        ("fetch.offline", Verdict::Indeterminate)
    );
    assert!(world.paths().is_empty());
}

#[tokio::test]
async fn a_credential_that_does_not_hold_names_no_list_to_fetch() {
    let world = World::new().await;
    let changed = world.capability().replace("100.00", "900.00");
    let report = world
        .check(&changed, &CredentialPolicy::strict(), Strangers::Resolve)
        .await;
    assert_eq!(report.code, "signature.invalid");
    assert_eq!(world.paths(), ["/.well-known/did.json"]);
    let report = world
        .check(
            &world.capability(),
            &CredentialPolicy::proof_only(),
            Strangers::Resolve,
        )
        .await;
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert_eq!(
        world.paths(),
        ["/.well-known/did.json"],
        "no status is asked for, and the document was kept"
    );
}

#[tokio::test]
async fn what_cannot_be_fetched_leaves_it_undecided() {
    let world = World::new().await;
    world.pages.lock().unwrap().remove("/status-lists/revocation");
    let report = world
        .check(
            &world.capability(),
            &CredentialPolicy::strict(),
            Strangers::Resolve,
        )
        .await;
    assert!(!report.checked);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", report.code);
    world.pages.lock().unwrap().clear();
    let fresh = World::new().await;
    fresh.pages.lock().unwrap().clear();
    let report = fresh
        .check(
            &fresh.capability(),
            &CredentialPolicy::strict(),
            Strangers::Resolve,
        )
        .await;
    assert_eq!((report.checked, report.verdict), (false, Verdict::Indeterminate));
}

#[tokio::test]
async fn a_presentation_gathers_for_all_its_credentials() {
    let world = World::new().await;
    let credential: Value = serde_json::from_str(&world.capability()).unwrap();
    let holder = SecretKey::from_bytes(KeyType::Ed25519, &[9; 32]).unwrap();
    let did = chancery_did::Did::of_key(holder.public_key());
    let method = did.with_fragment(did.method_specific_id()).unwrap();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"],
        "holder": did.as_str(), "verifiableCredential": [credential.clone(), credential],
    });
    let mut options = ProofOptions::new(method, Relationship::Authentication);
    options.challenge = Some("c-1".to_owned());
    let text = data_integrity::sign(document, &options, &holder)
        .unwrap()
        .to_string();
    let mut policy = PresentationPolicy::new(CredentialPolicy::strict());
    policy.challenge = Some("c-1".to_owned());
    let check = |policy: PresentationPolicy, strangers| {
        let (gatherer, text) = (&world.gatherer, text.as_bytes());
        async move {
            gatherer
                .check_presentation(text, Evidence::default(), &policy, strangers, wednesday())
                .await
        }
    };
    let refused = check(policy.clone(), Strangers::Refuse).await;
    assert_eq!(refused.code, "fetch.offline");
    assert!(world.paths().is_empty());
    let report = check(policy.clone(), Strangers::Resolve).await;
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert_eq!(world.paths().len(), 3);
    policy.challenge = Some("c-2".to_owned());
    assert_eq!(check(policy, Strangers::Resolve).await.code, "binding.nonce");
    assert_eq!(world.paths().len(), 3);
}

#[tokio::test]
async fn a_list_that_a_stranger_brings_is_not_remembered_as_the_authoritys() {
    let world = World::new().await;
    let text = world.capability();
    // A list of Acme's that is good here, brought by whoever asks.
    let mut evidence = Evidence::default();
    let url = world.acme.list_url(StatusPurpose::Revocation);
    let list = world
        .acme
        .status_list(StatusPurpose::Revocation, &[], wednesday());
    evidence.status_lists.insert(url, list);
    let report = world
        .gatherer
        .check_credential(
            text.as_bytes(),
            evidence,
            &CredentialPolicy::strict(),
            Strangers::Resolve,
            wednesday(),
        )
        .await;
    assert!(report.checked, "{} {}", report.code, report.reason);
    assert!(world.gatherer.floors().is_empty());
    world.list(StatusPurpose::Revocation, &[1]);
    let report = world
        .check(&text, &CredentialPolicy::strict(), Strangers::Resolve)
        .await;
    assert_eq!(report.code, "status.revoked");
}
