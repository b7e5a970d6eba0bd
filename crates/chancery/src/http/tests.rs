//! The guarded client against real TLS servers that misbehave.

use std::io::Write as _;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use futures::future::{BoxFuture, join_all};

use super::loopback::{Answer, Authority, Loopback};
use super::*;

const JSON: &[&str] = &["application/json"];

fn brief() -> GuardLimits {
    GuardLimits {
        connect: Duration::from_millis(400),
        total: Duration::from_millis(700),
        body_bytes: 64 * 1024,
        ..GuardLimits::default()
    }
}

/// Asks a server that answers `answer` and gives the code of the refusal.
async fn refusal(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> &'static str {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), answer).await;
    let client = authority.client(brief(), &[server.port]);
    let refusal = client.get(&server.url("/did.json"), JSON).await.unwrap_err();
    assert_eq!(server.connections(), 1);
    refusal.code()
}

#[tokio::test]
async fn a_good_answer_is_read_whole() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |_| {
        Answer::of(
            "200 OK",
            "content-type: Application/JSON; charset=utf-8\r\netag: \"7\"\r\n",
            "{\"a\":1}",
        )
    })
    .await;
    let client = authority.client(brief(), &[server.port]);
    let fetched = client.get(&server.url("/did.json"), JSON).await.unwrap();
    assert_eq!(fetched.bytes, b"{\"a\":1}");
    assert_eq!(
        (fetched.status, fetched.content_type.as_str()),
        (200, "application/json")
    );
    assert_eq!(fetched.etag.as_deref(), Some("\"7\""));
    assert_eq!(
        client.calls(),
        Calls {
            asked: 1,
            sent: 1,
            lookups: 0
        }
    );
    let request = server.requests()[0].to_ascii_lowercase();
    assert!(request.starts_with("get /did.json http/1.1\r\n"));
    for (present, header) in [
        (true, "accept: application/json\r\n"),
        (true, "accept-encoding: identity\r\n"),
        (false, "cookie"),
        (false, "referer"),
        (false, "authorization"),
    ] {
        assert_eq!(request.contains(header), present, "{header}");
    }
}

#[tokio::test]
async fn a_question_is_posted_as_json() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |_| Answer::json("{}")).await;
    let client = authority.client(brief(), &[server.port]);
    let question = serde_json::json!({"entity_id": "did:web:acme.example"});
    client
        .post_json(&server.url("/trqp/recognition"), JSON, &question)
        .await
        .unwrap();
    let request = &server.requests()[0];
    assert!(request.starts_with("POST /trqp/recognition HTTP/1.1\r\n"));
    assert!(request.ends_with("\r\n\r\n{\"entity_id\":\"did:web:acme.example\"}"));
}

#[tokio::test]
async fn an_api_call_gives_any_status_and_carries_its_token() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |request| {
        match request.split(' ').next() {
            Some("DELETE") => Answer::of("204 No Content", "", ""),
            _ => Answer::of(
                "403 Forbidden",
                "content-type: application/problem+json\r\n",
                "{}",
            ),
        }
    })
    .await;
    let client = authority.client(brief(), &[server.port]);
    let url = server.url("/api/v1/agents");
    let mut call = Outgoing {
        method: "POST",
        url: &url,
        bearer: Some("secret"),
        content_type: Some("application/json"),
        accept: "application/json",
        if_none_match: None,
        body: Some(b"{}".to_vec()),
    };
    assert!(!format!("{call:?}").contains("secret"));
    let fetched = client.send(call.clone()).await.unwrap();
    assert_eq!(
        (fetched.status, fetched.content_type.as_str()),
        (403, "application/problem+json")
    );
    assert!(server.requests()[0].contains("authorization: Bearer secret\r\n"));
    call.method = "DELETE";
    assert_eq!(client.send(call).await.unwrap().status, 204);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let authority = Authority::new();
    let target = Loopback::serve(authority.identity("localhost"), |_| Answer::json("{}")).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for location in [
            target.url("/"),
            "http://169.254.169.254/latest/meta-data".into(),
            "/did.json".into(),
        ] {
            let headers = format!("location: {location}\r\n");
            let server = Loopback::serve(authority.identity("localhost"), move |_| {
                Answer::of(status, &headers, "")
            })
            .await;
            let client = authority.client(brief(), &[server.port, target.port]);
            let error = client.get(&server.url("/did.json"), JSON).await.unwrap_err();
            assert!(matches!(error, FetchError::Redirect(_)), "{error:?}");
            assert_eq!(error.code(), "fetch.blocked");
            assert_eq!(server.connections(), 1);
        }
    }
    assert_eq!(target.connections(), 0);
}

#[tokio::test]
async fn other_statuses_are_refused() {
    for status in [
        "201 Created",
        "204 No Content",
        "404 Not Found",
        "500 Oops",
        "206 Partial",
    ] {
        let code = refusal(move |_| Answer::of(status, "content-type: application/json\r\n", "")).await;
        assert_eq!(code, "fetch.status", "{status}");
    }
}

#[tokio::test]
async fn a_wrong_or_missing_media_type_is_refused() {
    for header in [
        "content-type: text/html\r\n",
        "content-type: application/jsonp\r\n",
        "content-type: ;\r\n",
        "",
    ] {
        assert_eq!(
            refusal(move |_| Answer::of("200 OK", header, "{}")).await,
            "fetch.media_type",
            "{header}"
        );
    }
}

#[tokio::test]
async fn an_oversized_body_is_refused_whether_announced_or_not() {
    assert_eq!(
        refusal(|_| Answer::json(vec![b' '; 64 * 1024 + 1])).await,
        "fetch.too_large"
    );
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let unannounced = [head.as_bytes(), &vec![b' '; 1024 * 1024]].concat();
    assert_eq!(
        refusal(move |_| Answer::Whole(unannounced.clone())).await,
        "fetch.too_large"
    );
    let promised = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n";
    assert_eq!(
        refusal(move |_| Answer::Whole(promised.into())).await,
        "fetch.too_large"
    );
}

#[tokio::test]
async fn a_gzip_bomb_is_counted_on_its_output() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; 16 * 1024 * 1024]).unwrap();
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 64 * 1024, "{}", bomb.len());
    let headers = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
    assert_eq!(
        refusal(move |_| Answer::of("200 OK", headers, &bomb)).await,
        "fetch.too_large"
    );
    let other = "content-type: application/json\r\ncontent-encoding: br\r\n";
    assert_eq!(
        refusal(move |_| Answer::of("200 OK", other, "x")).await,
        "fetch.media_type"
    );
}

#[tokio::test]
async fn a_slow_drip_and_silence_end_in_time() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n".to_vec();
    let begun = Instant::now();
    let every = Duration::from_millis(50);
    assert_eq!(
        refusal(move |_| Answer::Drip(head.clone(), every)).await,
        "fetch.timeout"
    );
    assert_eq!(refusal(|_| Answer::Silence).await, "fetch.timeout");
    let header_drip = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    assert_eq!(
        refusal(move |_| Answer::Drip(header_drip.clone(), every)).await,
        "fetch.timeout"
    );
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "three times 0.7 s, and not the default 5 s"
    );
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    for garbage in [
        "",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\nab",
    ] {
        assert_eq!(
            refusal(move |_| Answer::Whole(garbage.into())).await,
            "fetch.failed",
            "{garbage}"
        );
    }
    let many = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{}\r\n{{}}",
        (0..100)
            .map(|number| format!("x{number}: y\r\n"))
            .collect::<String>()
    );
    assert_eq!(
        refusal(move |_| Answer::Whole(many.clone().into())).await,
        "fetch.failed"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name_or_from_another_authority_is_refused() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    for identity in [ours.identity("acme.example"), theirs.identity("localhost")] {
        let server = Loopback::serve(identity, |_| Answer::json("{}")).await;
        let client = ours.client(brief(), &[server.port]);
        assert_eq!(
            client.get(&server.url("/"), JSON).await.unwrap_err().code(),
            "fetch.tls"
        );
        assert!(
            server.requests().is_empty(),
            "nothing was said to an unproven peer"
        );
        let client = Guarded::new(
            brief(),
            Roots::System,
            vec![("localhost".to_owned(), server.port)],
        )
        .unwrap();
        assert_eq!(
            client.get(&server.url("/"), JSON).await.unwrap_err().code(),
            "fetch.tls"
        );
    }
}

#[tokio::test]
async fn loopback_that_is_not_listed_is_never_contacted() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |_| Answer::json("{}")).await;
    let other = Loopback::serve(authority.identity("localhost"), |_| Answer::json("{}")).await;
    let limits = GuardLimits {
        ports: vec![443, server.port],
        ..brief()
    };
    let client = authority.client(limits, &[other.port]);
    for url in [
        server.url("/"),
        format!("https://LOCALHOST:{}/", server.port),
        format!("https://localhost.:{}/", server.port),
        format!("https://127.0.0.1:{}/", server.port),
        format!("https://127.0.0.1:{}/", other.port),
        format!("https://2130706433:{}/", other.port),
        format!("https://[::1]:{}/", other.port),
        format!("https://[::ffff:7f00:1]:{}/", other.port),
        format!("https://a.localhost:{}/", other.port),
        format!("http://localhost:{}/", other.port),
        format!("https://acme.example@localhost:{}/", other.port),
    ] {
        assert_eq!(
            client.get(&url, JSON).await.unwrap_err().code(),
            "fetch.blocked",
            "{url}"
        );
        assert_eq!(
            client
                .post_json(&url, JSON, &Value::Null)
                .await
                .unwrap_err()
                .code(),
            "fetch.blocked",
            "{url}"
        );
    }
    assert_eq!((server.connections(), other.connections()), (0, 0));
    assert_eq!((client.calls().sent, client.calls().lookups), (0, 0));
    client.get(&other.url("/"), JSON).await.unwrap();
}

struct Fixed(Vec<IpAddr>);

impl Names for Fixed {
    fn lookup<'a>(&'a self, _: &'a str) -> BoxFuture<'a, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async { Ok(self.0.clone()) })
    }
}

#[tokio::test]
async fn a_public_name_with_one_inward_address_is_not_contacted() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("acme.example"), |_| Answer::json("{}")).await;
    for inward in [
        "127.0.0.1",
        "::1",
        "10.0.0.5",
        "169.254.169.254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
    ] {
        for answers in [vec![inward], vec!["1.1.1.1", inward], vec![inward, "1.1.1.1"]] {
            let names = Fixed(answers.iter().map(|text| text.parse().unwrap()).collect());
            let limits = GuardLimits {
                ports: vec![server.port],
                ..brief()
            };
            let client = Guarded::with_names(limits, authority.roots(), vec![], Arc::new(names)).unwrap();
            let url = format!("https://acme.example:{}/", server.port);
            assert_eq!(
                client.get(&url, JSON).await.unwrap_err().code(),
                "fetch.blocked",
                "{answers:?}"
            );
            assert_eq!(client.calls().lookups, 1);
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_listed_name_that_leads_outward_is_not_contacted() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("globex.demo"), |_| Answer::json("{}")).await;
    let listed = vec![("globex.demo".to_owned(), server.port)];
    let url = format!("https://globex.demo:{}/", server.port);
    let outward = Arc::new(Fixed(vec![
        "127.0.0.1".parse().unwrap(),
        "1.1.1.1".parse().unwrap(),
    ]));
    let client = Guarded::with_names(brief(), authority.roots(), listed.clone(), outward).unwrap();
    assert_eq!(client.get(&url, JSON).await.unwrap_err().code(), "fetch.blocked");
    assert_eq!(server.connections(), 0);
    let inward = Arc::new(Fixed(vec!["127.0.0.1".parse().unwrap()]));
    let client = Guarded::with_names(brief(), authority.roots(), listed, inward).unwrap();
    client.get(&url, JSON).await.unwrap();
}

#[tokio::test]
async fn a_failure_is_remembered_and_a_success_is_not_refused_by_it() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |request| {
        if request.contains("/good") {
            Answer::json("{}")
        } else {
            Answer::of("404 Not Found", "", "")
        }
    })
    .await;
    let limits = GuardLimits {
        negative: Duration::from_millis(300),
        ..brief()
    };
    let client = authority.client(limits, &[server.port]);
    for _ in 0..5 {
        assert_eq!(
            client.get(&server.url("/bad"), JSON).await.unwrap_err(),
            FetchError::Status(404)
        );
    }
    assert_eq!(server.requests().len(), 1);
    assert_eq!(
        client.calls(),
        Calls {
            asked: 5,
            sent: 1,
            lookups: 0
        }
    );
    client.get(&server.url("/good"), JSON).await.unwrap();
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert!(client.get(&server.url("/bad"), JSON).await.is_err());
    assert_eq!(server.requests().len(), 3, "asked again when the time is over");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_four_requests_are_in_flight_to_one_host() {
    let authority = Authority::new();
    let server = Loopback::serve(authority.identity("localhost"), |_| Answer::Silence).await;
    let client = authority.client(brief(), &[server.port]);
    let urls: Vec<_> = (0..12).map(|number| server.url(&format!("/{number}"))).collect();
    let all = join_all(urls.iter().map(|url| client.get(url, JSON)));
    let meanwhile = tokio::time::sleep(Duration::from_millis(500));
    futures::future::select(Box::pin(all), Box::pin(meanwhile)).await;
    assert_eq!(
        (server.connections(), client.calls().sent, client.calls().asked),
        (4, 4, 12)
    );
}

#[tokio::test]
async fn an_offline_client_fetches_nothing() {
    let client = Guarded::offline();
    assert_eq!(
        client
            .get("https://acme.example/", JSON)
            .await
            .unwrap_err()
            .code(),
        "fetch.offline"
    );
    assert_eq!((client.calls().sent, client.calls().lookups), (0, 0));
}

#[test]
fn roots_without_a_certificate_are_refused() {
    for text in [
        "",
        "not pem",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let made = Guarded::new(GuardLimits::default(), Roots::Pem(text.into()), vec![]);
        assert_eq!(made.map(|_| ()).unwrap_err().code(), "config.invalid", "{text}");
    }
}
