//! One presentation is good once, however many submit it and however fast.

use std::collections::BTreeMap;

use super::stage::{Pair, agent, code};
use super::wire::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_submissions_at_once_exactly_one_is_allowed() {
    let pair = Pair::set("5m").await;
    let ada = agent(50);
    let papers = pair.acme.equipped(&ada).await;
    assert_eq!(
        pair.globex.code(&ada, &papers).await,
        "ok",
        "and what it fetched is known now"
    );
    let ask = Ask::new("POST", "/verify").json(&pair.globex.submission(&ada, &papers).await);
    let gate = std::sync::Arc::new(tokio::sync::Barrier::new(64));
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let (wire, ask, gate) = (pair.globex.wire.clone(), ask.clone(), gate.clone());
            tokio::spawn(async move {
                gate.wait().await;
                let answer = wire.send(&ask).await;
                assert_eq!(answer.status, 200, "{}", answer.text());
                code(&answer.json())
            })
        })
        .collect();
    let mut codes = BTreeMap::<String, usize>::new();
    for task in tasks {
        *codes.entry(task.await.unwrap()).or_default() += 1;
    }
    let due = [("ok".to_owned(), 1), ("replay.presentation".to_owned(), 63)];
    assert_eq!(codes, BTreeMap::from(due));
}

#[tokio::test(flavor = "multi_thread")]
async fn nonce_of_another_occasion_does_not_help_a_presentation() {
    let pair = Pair::set("5m").await;
    let ada = agent(51);
    let papers = pair.acme.equipped(&ada).await;
    let mut old = pair.globex.submission(&ada, &papers).await;
    let fresh = pair.globex.submission(&ada, &papers).await;
    old["nonce"] = fresh["nonce"].clone();
    assert_eq!(code(&pair.globex.decision(&old).await), "binding.nonce");
    assert_eq!(
        code(&pair.globex.decision(&fresh).await),
        "ok",
        "a refusal used nothing up"
    );
}
