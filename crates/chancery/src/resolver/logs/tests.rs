//! Logs over the wire: what is fetched, for how long it is kept, and what is never taken back.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chancery_did::{Document, KeyType, Relationship, SecretKey};
use chancery_did_webvh::{Inception, Update, WitnessRule, Writer, approve};
use futures::future::BoxFuture;

use super::*;
use crate::cast::wednesday;
use crate::clock::SettableClock;
use crate::http::loopback::{Answer, Authority, Loopback};
use crate::http::{GuardLimits, Guarded, Names};
use crate::resolution::{DidError, Source as _};

/// Every name is this machine.
struct Here;

impl Names for Here {
    fn lookup<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(vec![IpAddr::V4(Ipv4Addr::LOCALHOST)]) })
    }
}

fn key(fill: u8) -> SecretKey {
    SecretKey::from_bytes(KeyType::Ed25519, &[fill; 32]).unwrap()
}

/// A host that serves what it is told, and a resolver that may ask it.
struct Stage {
    server: Loopback,
    served: Arc<Mutex<LogFiles>>,
    clock: SettableClock,
    resolver: Resolver,
}

impl Stage {
    async fn new() -> Self {
        let tls = Authority::new();
        let served: Arc<Mutex<LogFiles>> = Arc::default();
        let shown = Arc::clone(&served);
        let server = Loopback::serve(tls.identity("acme.example"), move |request| {
            let files = shown.lock().unwrap();
            let found = if request.starts_with("GET /.well-known/did.jsonl ") {
                Some((files.log.as_str(), "text/jsonl"))
            } else {
                files
                    .witness
                    .as_deref()
                    .map(|witness| (witness, "application/json"))
            };
            match found {
                Some(("html", _)) => Answer::of("200 OK", "content-type: text/html\r\n", "<html>"),
                Some(("500", _)) => Answer::of("500 Oops", "", ""),
                Some(("", _)) | None => Answer::of("404 Not Found", "", ""),
                Some((text, media)) => Answer::of("200 OK", &format!("content-type: {media}\r\n"), text),
            }
        })
        .await;
        let clock = SettableClock::new(wednesday());
        let limits = GuardLimits {
            negative: Duration::ZERO,
            ..GuardLimits::default()
        };
        let allowed = vec![("acme.example".to_owned(), server.port)];
        let client = Guarded::with_names(limits, tls.roots(), allowed, Arc::new(Here)).unwrap();
        let resolver = Resolver::new(client, Arc::new(clock.clone()));
        Self {
            server,
            served,
            clock,
            resolver,
        }
    }

    fn create(&self, ttl: Option<u32>, witness: Option<WitnessRule>) -> chancery_did_webvh::Candidate {
        let inception = Inception {
            place: format!("acme.example%3A{}", self.server.port),
            update_keys: vec![key(1).public_key().to_multikey()],
            ttl,
            witness,
            ..Inception::default()
        };
        let made = wednesday().saturating_add_millis(-3_600_000);
        let document = |did: &Did| {
            let builder = Document::builder(did.clone());
            builder
                .add_key("key-1", key(9).public_key(), &[Relationship::AssertionMethod])
                .build()
        };
        Writer::create(inception, document, made, &key(1)).unwrap()
    }

    fn begun(&self, ttl: Option<u32>) -> Writer {
        self.create(ttl, None).publish(&[], wednesday()).unwrap()
    }

    fn serve(&self, writer: &Writer) -> Did {
        *self.served.lock().unwrap() = writer.files().clone();
        writer.newest().unwrap().did().clone()
    }

    fn serve_text(&self, log: &str) {
        self.served.lock().unwrap().log = log.to_owned();
    }

    async fn resolve(&self, did: &Did) -> Result<Document, &'static str> {
        self.resolver.resolve(did).await.map_err(|error| error.code())
    }

    fn wait(&self, millis: i64) {
        let now = crate::clock::Clock::now(&self.clock);
        self.clock.set(now.saturating_add_millis(millis));
    }
}

fn next(writer: &Writer, update: Update, minute: i64) -> Writer {
    let at = wednesday().saturating_add_millis(minute.saturating_mul(60_000).saturating_sub(3_000_000));
    let candidate = writer.update(update, at, &key(1)).unwrap();
    writer.append(candidate, &[], wednesday()).unwrap()
}

#[tokio::test]
async fn log_is_kept_as_long_as_its_controller_allows_and_never_longer_than_any() {
    for (ttl, kept, gone) in [
        (Some(0), None, 1),
        (Some(60), Some(59_000), 1_000),
        (None, Some(DOCUMENT_LIFETIME_MS - 1_000), 1_000),
        (Some(1 << 31), Some(DOCUMENT_LIFETIME_MS - 1_000), 1_000),
    ] {
        let stage = Stage::new().await;
        let first = stage.begun(ttl);
        let did = stage.serve(&first);
        assert_eq!(stage.resolve(&did).await.unwrap().also_known_as().len(), 0);
        let mut state = serde_json::Value::Object(first.newest().unwrap().state().clone());
        state["alsoKnownAs"] = serde_json::json!(["https://acme.example"]);
        let second = next(
            &first,
            Update {
                document: Some(state),
                ..Update::default()
            },
            1,
        );
        stage.serve(&second);
        if let Some(kept) = kept {
            stage.wait(kept);
            assert!(
                stage.resolve(&did).await.unwrap().also_known_as().is_empty(),
                "{ttl:?}"
            );
            assert_eq!(stage.server.requests().len(), 1);
        }
        stage.wait(gone);
        assert_eq!(
            stage.resolve(&did).await.unwrap().also_known_as().len(),
            1,
            "{ttl:?}"
        );
    }
}

#[tokio::test]
async fn shorter_or_forked_log_is_a_rollback_and_so_is_a_hidden_end() {
    let stage = Stage::new().await;
    let first = stage.begun(Some(0));
    let (second, fork) = (
        next(&first, Update::default(), 1),
        next(
            &first,
            Update {
                ttl: Some(1),
                ..Update::default()
            },
            1,
        ),
    );
    let did = stage.serve(&second);
    assert!(stage.resolve(&did).await.is_ok());
    for other in [&first, &fork] {
        stage.serve(other);
        stage.wait(REFUSED_LIFETIME_MS);
        assert_eq!(stage.resolve(&did).await, Err("resolve.rollback"));
    }
    let end = next(
        &second,
        Update {
            deactivate: true,
            ..Update::default()
        },
        2,
    );
    stage.serve(&end);
    stage.wait(REFUSED_LIFETIME_MS);
    assert_eq!(stage.resolve(&did).await, Err("resolve.deactivated"));
    stage.serve(&second);
    stage.wait(REFUSED_LIFETIME_MS);
    assert_eq!(stage.resolve(&did).await, Err("resolve.rollback"));
    // What was seen outlives the process where it is handed on.
    let later = Stage::new().await;
    let floors = stage.resolver.log_floors();
    assert_eq!(
        floors.get(&did).map(String::as_str),
        Some(end.newest().unwrap().id().as_str())
    );
    later.resolver.learn_logs(&floors);
    let mut evidence = Evidence::default();
    evidence.did_logs.insert(did.clone(), LogFiles::default());
    later.resolver.add_log_floors(&mut evidence);
    assert_eq!(evidence.did_floors, floors);
    later
        .resolver
        .learn_logs(&[(did.clone(), "1-x".to_owned())].into());
    assert_eq!(later.resolver.log_floors(), floors, "a floor never falls");
}

#[tokio::test]
async fn refused_log_is_kept_half_a_minute_and_raises_no_floor() {
    let stage = Stage::new().await;
    let writer = stage.begun(None);
    let did = stage.serve(&writer);
    stage.serve_text(&writer.files().log.replace("key-1", "key-2"));
    assert_eq!(stage.resolve(&did).await, Err("resolve.invalid_log"));
    assert!(stage.resolver.log_floors().is_empty());
    assert!(
        stage.resolver.log(&did).await.is_ok(),
        "evidence is handed on unjudged"
    );
    stage.serve(&writer);
    assert_eq!(stage.resolve(&did).await, Err("resolve.invalid_log"));
    stage.wait(REFUSED_LIFETIME_MS);
    assert!(stage.resolve(&did).await.is_ok());
}

#[tokio::test]
async fn witness_file_is_fetched_only_where_witnesses_are_named() {
    let stage = Stage::new().await;
    let did = stage.serve(&stage.begun(Some(0)));
    assert!(stage.resolve(&did).await.is_ok());
    assert_eq!(stage.server.requests().len(), 1);
    let witness = Did::of_key(key(5).public_key());
    let candidate = stage.create(Some(0), Some(WitnessRule::new(1, &[witness]).unwrap()));
    let proof = approve(&LogFiles::default(), candidate.line(), wednesday(), &key(5)).unwrap();
    let writer = candidate.publish(&[proof], wednesday()).unwrap();
    let did = stage.serve(&writer);
    assert!(stage.resolve(&did).await.is_ok());
    assert!(stage.server.requests()[2].starts_with("GET /.well-known/did-witness.json "));
    for (text, code) in [
        (None, "resolve.witness"),
        (Some("[]"), "resolve.witness"),
        (Some("500"), "fetch.status"),
        (Some("html"), "fetch.media_type"),
        (Some("{}"), "resolve.invalid_log"),
    ] {
        stage.served.lock().unwrap().witness = text.map(str::to_owned);
        stage.wait(REFUSED_LIFETIME_MS);
        assert_eq!(stage.resolve(&did).await, Err(code), "{text:?}");
    }
}

#[tokio::test]
async fn what_is_no_log_is_refused_and_none_is_longer_than_the_limit() {
    let stage = Stage::new().await;
    let did = stage.serve(&stage.begun(None));
    for (text, code) in [
        (String::new(), "resolve.not_found"),
        ("500".to_owned(), "fetch.status"),
        ("html".to_owned(), "fetch.media_type"),
        (" ".repeat(2 * 1024 * 1024), "resolve.invalid_log"),
        (" ".repeat(LogFiles::MAX_BYTES + 1), "fetch.too_large"),
    ] {
        stage.serve_text(&text);
        stage.wait(REFUSED_LIFETIME_MS);
        assert_eq!(stage.resolve(&did).await, Err(code), "{}", text.len());
    }
    let elsewhere = Did::parse(&did.as_str().replace("acme.example", "globex.example")).unwrap();
    assert_eq!(stage.resolve(&elsewhere).await, Err("fetch.blocked"));
}

#[tokio::test]
async fn versions_are_found_by_name_number_and_time() {
    let stage = Stage::new().await;
    let first = stage.begun(None);
    let did = stage.serve(&next(
        &first,
        Update {
            deactivate: true,
            ..Update::default()
        },
        1,
    ));
    let find = |version: Version| {
        let (resolver, did) = (&stage.resolver, &did);
        async move { resolver.find(did, &version).await }
    };
    let newest = find(Version::default()).await.unwrap();
    assert_eq!(
        (newest.document, &newest.metadata["deactivated"]),
        (None, &true.into())
    );
    let id = first.newest().unwrap().id().to_string();
    let time = first.newest().unwrap().time();
    for version in [
        Version {
            id: Some(id),
            ..Version::default()
        },
        Version {
            number: Some(1),
            ..Version::default()
        },
        Version {
            time: Some(time),
            ..Version::default()
        },
    ] {
        let found = find(version).await.unwrap();
        assert_eq!(found.document.unwrap()["id"], did.as_str());
        assert_eq!(found.metadata["versionNumber"], 1);
    }
    let missing: DidError = find(Version {
        number: Some(3),
        ..Version::default()
    })
    .await
    .unwrap_err();
    assert_eq!(missing.code, "resolve.not_found");
}
