//! Status indices under many writers: never twice, never out of range, never in order.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;

use super::bitstring::set_bits;
use super::papers::order;
use super::stage::{Registry, agent};
use super::wire::Ask;

/// Where a paper's bits stand: list and index, first of revocation, then of suspension.
pub(crate) fn places(paper: &str) -> Vec<(String, u64)> {
    let paper: Value = serde_json::from_str(paper).unwrap();
    let mut entries = paper["credentialStatus"].as_array().unwrap().clone();
    entries.sort_by_key(|entry| entry["statusPurpose"].as_str().unwrap().to_owned());
    entries
        .iter()
        .map(|entry| {
            let list = entry["statusListCredential"].as_str().unwrap().to_owned();
            (list, entry["statusListIndex"].as_str().unwrap().parse().unwrap())
        })
        .collect()
}

/// The published list at an address of this registry.
pub(crate) async fn published(registry: &Registry, url: &str) -> Value {
    let path = url
        .strip_prefix(&format!("https://{}", registry.door.host))
        .unwrap();
    let answer = registry.wire.send(&Ask::new("GET", path)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Has so many writers issue so many papers each, all at once; gives the papers.
pub(crate) async fn issued(registry: &Registry, writers: u8, each: usize) -> Vec<(String, String)> {
    let ada = agent(60);
    registry.registered(&ada).await;
    let ask = Ask::new("POST", "/api/v1/credentials")
        .bearer(&registry.token)
        .json(&order(&ada));
    let ask = Arc::new(ask);
    let tasks: Vec<_> = (0..writers)
        .map(|_| {
            let (wire, ask) = (registry.wire.clone(), Arc::clone(&ask));
            tokio::spawn(async move {
                let mut papers = Vec::new();
                for _ in 0..each {
                    let answer = wire.send(&ask).await;
                    assert_eq!(answer.status, 201, "{}", answer.text());
                    let issued = answer.json();
                    let text = |name: &str| issued[name].as_str().unwrap().to_owned();
                    papers.push((text("id"), text("credential")));
                }
                papers
            })
        })
        .collect();
    let mut papers = Vec::new();
    for task in tasks {
        papers.extend(task.await.unwrap());
    }
    papers
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_never_get_the_same_place_and_no_order_shows() {
    let acme = Registry::alone().await;
    let papers = issued(&acme, 16, 12).await;
    let all: Vec<(String, u64)> = papers.iter().flat_map(|(_, paper)| places(paper)).collect();
    assert_eq!(all.len(), 16 * 12 * 2);
    assert_eq!(
        all.iter().collect::<BTreeSet<_>>().len(),
        all.len(),
        "a place was given out twice"
    );
    let lists: BTreeSet<&String> = all.iter().map(|(list, _)| list).collect();
    for list in &lists {
        let (set, size) = set_bits(&published(&acme, list).await);
        assert!(
            set.is_empty() && size >= 131_072,
            "{list}: {size} bits, {set:?} set"
        );
        assert!(
            all.iter()
                .filter(|(of, _)| of == *list)
                .all(|(_, index)| *index < size),
            "{list}"
        );
    }
    assert_eq!(lists.len(), 2, "one list for revocation, one for suspension");
    for purpose in [0, 1] {
        let given: Vec<u64> = papers.iter().map(|(_, paper)| places(paper)[purpose].1).collect();
        let (least, most) = (given.iter().min().unwrap(), given.iter().max().unwrap());
        assert!(
            *least < 32_768 && *most > 98_304,
            "not from the whole list: {least} to {most}"
        );
        let rises = given.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!(
            (60..132).contains(&rises),
            "{rises} of {} steps rise",
            given.len() - 1
        );
        let steps: BTreeSet<i128> = given
            .windows(2)
            .map(|pair| i128::from(pair[1]) - i128::from(pair[0]))
            .collect();
        assert!(steps.len() > 150, "the steps repeat: {steps:?}");
    }
    let of_one_paper = papers
        .iter()
        .filter(|(_, paper)| places(paper)[0].1 == places(paper)[1].1)
        .count();
    assert!(of_one_paper < 5, "both lists give the same index");
}
