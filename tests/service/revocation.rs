//! Revocations under load: what was acknowledged is set, what was not is not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::bitstring::set_bits;
use super::issuing::{issued, places, published};
use super::stage::Registry;
use super::wire::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_revocation_is_a_set_bit_and_no_other_bit_is() {
    let acme = Arc::new(Registry::alone().await);
    let papers = issued(&acme, 8, 16).await;
    let (doomed, kept) = papers.split_at(64);
    let done = Arc::new(AtomicBool::new(false));
    let load: Vec<_> = (0..4)
        .map(|_| {
            let (acme, done) = (Arc::clone(&acme), Arc::clone(&done));
            let list = places(&kept[0].1)[0].0.clone();
            tokio::spawn(async move {
                let mut seen = BTreeSet::new();
                while !done.load(Ordering::Relaxed) {
                    let (now, _) = set_bits(&published(&acme, &list).await);
                    assert!(seen.is_subset(&now), "a bit that was set is not any more");
                    seen = now;
                }
            })
        })
        .collect();
    let revokers: Vec<_> = doomed
        .chunks(4)
        .map(|mine| {
            let (acme, mine) = (Arc::clone(&acme), mine.to_vec());
            tokio::spawn(async move {
                for (id, paper) in mine {
                    let answer = acme
                        .admin("POST", &format!("/api/v1/credentials/{id}/revoke"))
                        .await;
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    let (list, index) = places(&paper).remove(0);
                    let (set, _) = set_bits(&published(&acme, &list).await);
                    assert!(set.contains(&index), "acknowledged and not published");
                }
            })
        })
        .collect();
    for task in revokers {
        task.await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for task in load {
        task.await.unwrap();
    }
    let mut due = BTreeMap::<String, BTreeSet<u64>>::new();
    for (_, paper) in &papers {
        for (list, _) in places(paper) {
            due.entry(list).or_default();
        }
    }
    for (_, paper) in doomed {
        let (list, index) = places(paper).remove(0);
        due.entry(list).or_default().insert(index);
    }
    for (list, indices) in due {
        assert_eq!(set_bits(&published(&acme, &list).await).0, indices, "{list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revocation_is_for_good_and_its_second_time_changes_nothing() {
    let acme = Registry::alone().await;
    let (id, paper) = issued(&acme, 1, 1).await.remove(0);
    let path = |verb: &str| format!("/api/v1/credentials/{id}/{verb}");
    assert_eq!(acme.admin("POST", &path("revoke")).await.json()["changed"], true);
    let again = acme.admin("POST", &path("revoke")).await;
    assert_eq!(
        (again.status, &again.json()["changed"]),
        (200, &serde_json::json!(false))
    );
    for verb in ["resume", "suspend"] {
        let answer = acme.admin("POST", &path(verb)).await;
        assert_eq!(
            (answer.status, answer.problem(verb).as_str()),
            (409, "status.revoked")
        );
    }
    let renewal = Ask::new("POST", &path("renew"))
        .bearer(&acme.token)
        .json(&serde_json::json!({}));
    assert_eq!(acme.wire.send(&renewal).await.problem("renew"), "status.revoked");
    let (list, index) = places(&paper).remove(0);
    assert_eq!(
        set_bits(&published(&acme, &list).await).0,
        BTreeSet::from([index])
    );
}
