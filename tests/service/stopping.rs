//! An orderly end: what is in flight is finished, nothing new is taken, and what was acknowledged is there.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::papers::refunds;
use super::stage::{Registry, hasty};
use super::wire::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn request_in_flight_is_finished_and_nothing_new_is_taken() {
    let mut acme = Registry::alone().await;
    let body = refunds().to_string();
    let (first, rest) = body.split_at(body.len() / 2);
    let head = format!(
        "POST /api/v1/agents HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{first}",
        acme.token,
        body.len()
    );
    let mut inside = acme.wire.connect().await.unwrap();
    inside.write_all(head.as_bytes()).await.unwrap();
    inside.flush().await.unwrap();
    let mut idle = acme.wire.connect().await.unwrap();
    idle.write_all(b"GET /.well-known/did.json HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut heard = vec![0; 4096];
    assert!(idle.read(&mut heard).await.unwrap() > 0);
    tokio::time::sleep(Duration::from_millis(300)).await;

    let mut stopped = acme.stop();
    let idle_ends = tokio::time::timeout(Duration::from_secs(5), async {
        while idle.read(&mut heard).await.is_ok_and(|length| length > 0) {}
    });
    assert!(idle_ends.await.is_ok(), "an idle connection is closed");
    assert!(acme.wire.connect().await.is_err(), "nothing new is taken");
    assert!(!stopped.is_finished(), "it waits for what is in flight");
    inside.write_all(rest.as_bytes()).await.unwrap();
    inside.flush().await.unwrap();
    let mut answer = String::new();
    drop(inside.read_to_string(&mut answer).await);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    (&mut stopped).await.unwrap().unwrap();
    acme.reopen().await;
    assert_eq!(
        acme.client.agents().await.unwrap().len(),
        1,
        "what was acknowledged is there"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_until_the_stop_are_acknowledged_and_kept_or_neither() {
    let mut acme = Registry::alone().await;
    let ask = Ask::new("POST", "/api/v1/agents")
        .bearer(&acme.token)
        .json(&refunds());
    let writers: Vec<_> = (0..8)
        .map(|_| {
            let (wire, ask) = (acme.wire.clone(), ask.bytes(acme.wire.port));
            tokio::spawn(async move {
                let mut ids = Vec::new();
                while let Some(answer) = wire.raw(&ask).await {
                    assert_eq!(answer.status, 201, "{}", answer.text());
                    ids.push(answer.json()["id"].as_str().unwrap().to_owned());
                }
                ids
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    acme.stop().await.unwrap().unwrap();
    let mut acknowledged = Vec::new();
    for writer in writers {
        acknowledged.extend(writer.await.unwrap());
    }
    acme.reopen().await;
    let agents = acme.client.agents().await.unwrap();
    let mut kept: Vec<_> = agents
        .iter()
        .map(|agent| agent["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(!acknowledged.is_empty());
    kept.sort();
    acknowledged.sort();
    assert!(
        acknowledged.iter().all(|id| kept.binary_search(id).is_ok()),
        "an acknowledged write is lost"
    );
    assert!(
        kept.len() - acknowledged.len() <= 8,
        "{} kept, {} told",
        kept.len(),
        acknowledged.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn client_that_never_finishes_does_not_hold_the_service_up() {
    let mut acme = Registry::limited(hasty()).await;
    let mut stuck = acme.wire.connect().await.unwrap();
    let text = "POST /trqp/recognition HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 9\r\n\r\n{";
    stuck.write_all(text.as_bytes()).await.unwrap();
    stuck.flush().await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    acme.stop().await.unwrap().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}
