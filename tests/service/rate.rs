//! One peer that asks too often is told so, and no header makes it another peer.

use chancery_registry::limits::{Rate, ServerLimits};

use super::stage::{Registry, patient};
use super::wire::Ask;

#[tokio::test(flavor = "multi_thread")]
async fn peer_that_asks_too_often_gets_429_whatever_it_says_of_itself() {
    let rate = Rate {
        burst: 20,
        per_second: 1,
    };
    let acme = Registry::limited(ServerLimits {
        requests: rate,
        ..patient()
    })
    .await;
    let mut refused = 0;
    for turn in 0..60 {
        let other = format!("203.0.113.{turn}");
        let ask = Ask::new("GET", "/.well-known/did.json")
            .header("x-forwarded-for", &other)
            .header("forwarded", &format!("for={other}"))
            .header("x-real-ip", &other);
        let answer = acme.wire.send(&ask).await;
        if answer.status == 429 {
            assert_eq!(answer.problem("too often"), "limit.rate");
            assert!(answer.header("retry-after").is_some());
            refused += 1;
        } else {
            assert_eq!(answer.status, 200);
        }
    }
    assert!((20..=40).contains(&refused), "{refused} of 60 refused");
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(
        acme.wire
            .send(&Ask::new("GET", "/.well-known/did.json"))
            .await
            .status,
        200,
        "for a while only"
    );
}
