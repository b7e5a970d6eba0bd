//! The trust bundle over the wire: of whom it tells, over a restart, and what its client makes of it.

use std::time::Duration;

use chancery_did::{Did, Timestamp};
use chancery_registry::client::ServedBundle;
use chancery_trust::bundle::{Bundle, ExpectedSigner};
use chancery_verifier::TrustBundle;

use super::stage::{Pair, Registry, agent, key};

fn opened(registry: &Registry, seed: u8, served: &ServedBundle) -> TrustBundle {
    let did = Did::parse(&format!("{}:bundle", registry.door.did())).unwrap();
    let signer = ExpectedSigner::new(did, &key(seed).public_key().thumbprint()).unwrap();
    TrustBundle::open(&served.token, signer, registry.now(), None).unwrap()
}

async fn whole(registry: &Registry) -> ServedBundle {
    registry.client.bundle(None, None).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_of_recognized_authorities_come_along_and_go_with_the_recognition() {
    let pair = Pair::set("5m").await;
    let acme = pair.acme.door.did();
    let recognition = pair
        .globex
        .client
        .recognize(&acme, "refund:*", "https://api.globex.example/*")
        .await
        .unwrap();
    // Nobody waits for another host: they are asked for beside, for the next bundle.
    let mut told = Vec::new();
    for _ in 0..100 {
        pair.clock.advance(Duration::from_secs(1));
        let bundle = opened(&pair.globex, 33, &whole(&pair.globex).await);
        let evidence = bundle.evidence(pair.globex.now()).unwrap();
        told = evidence.documents.keys().map(Did::to_string).collect();
        if told.contains(&acme) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        told.contains(&acme) && told.contains(&format!("{acme}:status")),
        "{told:?}"
    );
    let id = recognition["id"].as_str().unwrap();
    pair.globex
        .admin("DELETE", &format!("/api/v1/recognitions/{id}"))
        .await;
    let bundle = opened(&pair.globex, 33, &whole(&pair.globex).await);
    let evidence = bundle.evidence(pair.globex.now()).unwrap();
    assert!(!evidence.documents.keys().any(|did| did.as_str() == acme));
}

#[tokio::test(flavor = "multi_thread")]
async fn client_gets_the_whole_then_nothing_then_a_change() {
    let acme = Registry::alone().await;
    let ada = agent(60);
    acme.equipped(&ada).await;
    let first = whole(&acme).await;
    let bundle = opened(&acme, 13, &first);
    let tag = first.etag.as_deref();
    let since = Some(bundle.issued_at());
    assert_eq!(acme.client.bundle(since, tag).await.unwrap(), None);
    acme.client.suspend_instance(ada.did().as_str()).await.unwrap();
    let change = acme.client.bundle(since, tag).await.unwrap().unwrap();
    assert!(Bundle::read(&change.token).unwrap().unverified().base().is_some());
    let updated = bundle.updated(&change.token, acme.now()).unwrap();
    let entire = opened(&acme, 13, &whole(&acme).await);
    assert_eq!(
        updated.evidence(acme.now()).unwrap(),
        entire.evidence(acme.now()).unwrap()
    );
    let refused = acme.client.bundle(None, Some("no tag")).await.unwrap();
    assert!(refused.is_some(), "a tag that is none is not that of anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn bundle_after_a_restart_is_of_a_later_date_and_takes_no_state_for_its_own() {
    let mut acme = Registry::alone().await;
    acme.equipped(&agent(61)).await;
    let before = opened(&acme, 13, &whole(&acme).await);
    acme.clock.advance(Duration::from_secs(1));
    acme.restart().await;
    let served = acme
        .client
        .bundle(Some(before.issued_at()), None)
        .await
        .unwrap()
        .unwrap();
    let after = opened(&acme, 13, &served);
    assert!(after.issued_at() > before.issued_at());
    let far: Timestamp = acme.now().saturating_add_millis(3_600_000);
    let served = acme.client.bundle(Some(far), None).await.unwrap().unwrap();
    assert_eq!(opened(&acme, 13, &served).issued_at(), after.issued_at());
}
