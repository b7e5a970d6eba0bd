//! Clients that take their time are cut, and others do not notice.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::stage::{Registry, hasty};
use super::wire::{Ask, Wire};

/// Says the beginning, then one byte of the rest every so often; gives what came back and after how long.
async fn drip(wire: Wire, beginning: String, byte: u8) -> (String, Duration) {
    let (mut from, mut to) = tokio::io::split(wire.connect().await.unwrap());
    let begun = Instant::now();
    to.write_all(beginning.as_bytes()).await.unwrap();
    to.flush().await.unwrap();
    let dripping = async {
        loop {
            tokio::time::sleep(Duration::from_millis(100)).await;
            if to.write_all(&[byte]).await.is_err() || to.flush().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    };
    let mut heard = Vec::new();
    tokio::select! {
        () = dripping => {}
        _ = from.read_to_end(&mut heard) => {}
        () = tokio::time::sleep(Duration::from_secs(30)) => {}
    }
    (String::from_utf8_lossy(&heard).into_owned(), begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_heads_and_bodies_and_silence_are_cut_while_others_are_served() {
    let acme = Registry::limited(hasty()).await;
    let head = "GET /.well-known/did.json HTTP/1.1\r\nhost: localhost\r\nx-slow: ".to_owned();
    let body = "POST /trqp/recognition HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n\r\n{";
    let mut slow = Vec::new();
    for _ in 0..16 {
        slow.push(tokio::spawn(drip(acme.wire.clone(), head.clone(), b'a')));
        slow.push(tokio::spawn(drip(acme.wire.clone(), body.to_owned(), b' ')));
    }
    let silent = acme.wire.connect().await.unwrap();
    let raw = tokio::net::TcpStream::connect(("127.0.0.1", acme.wire.port))
        .await
        .unwrap();
    let mut served = 0;
    while slow.iter().any(|task| !task.is_finished()) {
        let answer = acme.wire.send(&Ask::new("GET", "/.well-known/did.json")).await;
        assert_eq!(answer.status, 200);
        served += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(served > 3, "{served} others were served meanwhile");
    for task in slow {
        let (heard, after) = task.await.unwrap();
        assert!(after < Duration::from_secs(20), "cut only after {after:?}");
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 408"), "{heard}");
    }
    for mut stream in [Box::new(silent) as Box<dyn Readable>, Box::new(raw)] {
        let mut sink = Vec::new();
        let end = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut sink)).await;
        assert!(end.is_ok(), "a connection that says nothing stays open");
    }
}

trait Readable: tokio::io::AsyncRead + Unpin + Send {}
impl<T: tokio::io::AsyncRead + Unpin + Send> Readable for T {}

#[tokio::test(flavor = "multi_thread")]
async fn body_that_stops_is_408_with_a_code() {
    let acme = Registry::limited(hasty()).await;
    for path in ["/trqp/recognition", "/trqp/authorization"] {
        let text = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{{"
        );
        let answer = acme.wire.raw(text.as_bytes()).await.unwrap();
        assert_eq!(
            (answer.status, answer.problem(path).as_str()),
            (408, "limit.time")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_that_is_too_large_is_refused_without_reading_on() {
    let acme = Registry::alone().await;
    for (name, head) in [
        ("one long line", format!("x-long: {}\r\n", "a".repeat(64 * 1024))),
        ("many lines", "x-many: a\r\n".repeat(500)),
    ] {
        let text = format!("GET /.well-known/did.json HTTP/1.1\r\nhost: localhost\r\n{head}\r\n");
        let answer = acme.wire.raw(text.as_bytes()).await;
        assert!(answer.is_none_or(|answer| answer.status == 431), "{name}");
    }
    assert_eq!(
        acme.wire
            .send(&Ask::new("GET", "/.well-known/did.json"))
            .await
            .status,
        200
    );
}
