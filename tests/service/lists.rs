//! Status lists on the wire: entity tags, how long a cache may keep them, and that a change shows at once.

use std::time::Duration;

use super::bitstring::set_bits;
use super::issuing::{issued, places};
use super::stage::Registry;
use super::wire::{Answer, Ask};

async fn get(acme: &Registry, path: &str, known: Option<&str>) -> Answer {
    let ask = Ask::new("GET", path);
    acme.wire
        .send(
            &known
                .into_iter()
                .fold(ask, |ask, tag| ask.header("if-none-match", tag)),
        )
        .await
}

fn path(acme: &Registry, url: &str) -> String {
    url.strip_prefix(&format!("https://{}", acme.door.host))
        .unwrap()
        .to_owned()
}

/// Seconds that a cache may keep an answer.
fn max_age(answer: &Answer) -> u64 {
    let control = answer.header("cache-control").unwrap();
    control.strip_prefix("public, max-age=").unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn unchanged_list_is_304_and_a_change_is_a_new_tag() {
    let acme = Registry::alone().await;
    let (id, paper) = issued(&acme, 1, 1).await.remove(0);
    let (url, index) = places(&paper).remove(0);
    let path = path(&acme, &url);
    // The list is signed anew every half second of the clock, so that a tag may be old by the next request.
    let mut same = false;
    let mut first = get(&acme, &path, None).await;
    for _ in 0..20 {
        let tag = first.header("etag").unwrap().to_owned();
        assert!(
            tag.starts_with('"') && tag.ends_with('"') && tag.len() > 20,
            "a strong tag: {tag}"
        );
        let again = get(&acme, &path, Some(&tag)).await;
        if again.status == 304 {
            assert!(again.body.is_empty());
            assert_eq!(again.header("etag"), Some(tag.as_str()));
            assert!(max_age(&again) <= 1);
            let among = get(&acme, &path, Some(&format!("\"other\", {tag}"))).await;
            same = among.status == 304;
            if same {
                break;
            }
        }
        first = get(&acme, &path, None).await;
    }
    assert!(same, "never 304");
    assert_eq!(first.header("content-type"), Some("application/vc"));
    assert_eq!(first.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(get(&acme, &path, Some("\"other\"")).await.status, 200);

    let tag = get(&acme, &path, None).await.header("etag").unwrap().to_owned();
    acme.client.revoke(&id).await.unwrap();
    let changed = get(&acme, &path, Some(&tag)).await;
    assert_eq!(changed.status, 200, "a cache that asks again sees the revocation");
    assert!(set_bits(&changed.json()).0.contains(&index));
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn cache_may_keep_a_list_no_longer_than_its_time_to_live() {
    let acme = Registry::alone().await;
    let (_, paper) = issued(&acme, 1, 1).await.remove(0);
    let path = path(&acme, &places(&paper)[0].0);
    let mut made = Vec::new();
    for _ in 0..4 {
        let answer = get(&acme, &path, None).await;
        let list = answer.json();
        let ttl = list["credentialSubject"]["ttl"].as_u64().unwrap();
        assert_eq!(ttl, 1_000);
        assert!(max_age(&answer) * 1_000 <= ttl, "{}", answer.head());
        let from = chancery_did::Timestamp::parse(list["validFrom"].as_str().unwrap()).unwrap();
        assert!(
            acme.now().millis_since(from) < 60_000,
            "signed when it was asked for"
        );
        assert!(list["validUntil"].is_string(), "an end of validity");
        made.push(from);
        acme.clock.advance(Duration::from_secs(120));
    }
    assert!(
        made.windows(2).all(|pair| pair[0] < pair[1]),
        "signed anew: {made:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn list_that_is_not_there_is_404_and_may_not_be_kept() {
    let acme = Registry::alone().await;
    for id in ["none", "0", "%2e%2e", "'", "a%20b"] {
        let answer = get(&acme, &format!("/status-lists/{id}"), None).await;
        assert_eq!(
            (answer.status, answer.problem(id).as_str()),
            (404, "request.not_found")
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("etag"), None);
    }
}
