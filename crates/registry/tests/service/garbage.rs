//! Garbage to every route: a coded refusal in problem details, nothing left behind, never a 5xx.

use axum::body::Body;
use http::{Method, Request, StatusCode, header};

use super::cast::{Registry, read};

const JSON_ROUTES: &[&str] = &[
    "/api/v1/agents",
    "/api/v1/agents/urn:uuid:x/instances",
    "/api/v1/credentials",
    "/api/v1/credentials/urn:uuid:x/renew",
    "/api/v1/recognitions",
    "/api/v1/tokens",
    "/trqp/authorization",
    "/trqp/recognition",
    "/verify",
    "/credentials/issue",
    "/credentials/status",
    "/credentials/derive",
    "/credentials/verify",
    "/presentations/verify",
];

async fn send(
    registry: &Registry,
    path: &str,
    media: Option<&str>,
    body: Vec<u8>,
) -> (StatusCode, serde_json::Value) {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", registry.token));
    if let Some(media) = media {
        request = request.header(header::CONTENT_TYPE, media);
    }
    read(registry.call(request.body(Body::from(body)).unwrap()).await).await
}

fn garbage() -> Vec<(&'static str, Vec<u8>)> {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let wide = format!("[{}0]", "0,".repeat(20_000));
    vec![
        ("nothing", Vec::new()),
        ("a word", b"garbage".to_vec()),
        ("an array", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("a number", b"7".to_vec()),
        ("two values", b"{}{}".to_vec()),
        ("broken off", b"{\"name\": \"".to_vec()),
        ("a duplicate member", br#"{"name":"a","name":"b"}"#.to_vec()),
        (
            "a duplicate after unescaping",
            br#"{"name":"a","n\u0061me":"b"}"#.to_vec(),
        ),
        ("a nested duplicate", br#"{"x":{"y":{"z":1,"z":2}}}"#.to_vec()),
        ("a lone surrogate", br#"{"name":"\ud800"}"#.to_vec()),
        ("bytes that are not UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("UTF-16", b"{\0}\0".to_vec()),
        ("NaN", br#"{"name":NaN}"#.to_vec()),
        ("a number beyond doubles", br#"{"name":1e400}"#.to_vec()),
        ("an unsafe number", br#"{"name":9007199254740993}"#.to_vec()),
        ("deep", format!("{{\"name\":{deep}}}").into_bytes()),
        ("wide", format!("{{\"name\":{wide}}}").into_bytes()),
        ("unknown members only", br#"{"surprise":true}"#.to_vec()),
        ("prototype words", br#"{"__proto__":{},"constructor":1}"#.to_vec()),
        ("a comment", b"{/* */}".to_vec()),
    ]
}

#[tokio::test]
async fn garbage_to_every_json_route_is_a_coded_4xx_and_leaves_nothing() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    for path in JSON_ROUTES {
        for (name, body) in garbage() {
            let (status, problem) = send(&acme, path, Some("application/json"), body).await;
            assert!(status.is_client_error(), "{name} to {path}: {status} {problem}");
        }
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn garbage_to_signed_routes_is_a_coded_4xx_and_leaves_nothing() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    let dots = ".".repeat(100_000);
    for path in ["/api/v1/delegations", "/api/v1/revocations"] {
        for body in [
            "",
            "garbage",
            "a.b",
            "a.b.c",
            "e30.e30.e30",
            "e30.e30.",
            "eyJhbGciOiJub25lIn0.e30.",
            "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
            "a.b.c.d.e",
            "{}",
            dots.as_str(),
        ] {
            let (status, problem) = acme.signed(path, body).await;
            assert!(status.is_client_error(), "{path} {body:.20}: {status} {problem}");
        }
        let (status, _) = acme.send(Method::POST, path, "application/json", "{}").await;
        assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    for media in ["application/vc", "application/vc+jwt"] {
        let (status, _) = acme
            .send(Method::PUT, "/api/v1/delegations/x", media, "garbage")
            .await;
        assert!(status.is_client_error());
    }
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn media_type_other_than_json_is_415() {
    let acme = Registry::acme().await;
    for path in JSON_ROUTES {
        for media in [
            None,
            Some("text/plain"),
            Some("application/jsonx"),
            Some("application/x-www-form-urlencoded"),
        ] {
            let (status, problem) = send(&acme, path, media, b"{}".to_vec()).await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{path} {media:?}");
            assert_eq!(problem["code"], "type.media");
        }
        let (status, _) = send(
            &acme,
            path,
            Some("application/json; charset=utf-8"),
            b"[]".to_vec(),
        )
        .await;
        assert_eq!(
            status,
            StatusCode::BAD_REQUEST,
            "parameters of the media type are no obstacle"
        );
    }
}

#[tokio::test]
async fn body_beyond_the_limit_is_413_whatever_it_says_of_itself() {
    let acme = Registry::acme().await;
    let before = acme.rows().await;
    let large = vec![b' '; 256 * 1024 + 1];
    for path in JSON_ROUTES {
        let (status, problem) = send(&acme, path, Some("application/json"), large.clone()).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (StatusCode::PAYLOAD_TOO_LARGE, Some("limit.size"))
        );
    }
    // Without a length, in pieces, without end.
    let endless = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 64 * 1024]));
    let request = Request::post("/trqp/recognition")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from_stream(endless))
        .unwrap();
    assert_eq!(
        read(acme.call(request).await).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn unknown_address_and_wrong_method_are_problems_too() {
    let acme = Registry::acme().await;
    for path in [
        "/",
        "/nothing",
        "/api/v1",
        "/api/v2/agents",
        "/.well-known/other",
        "/status-lists/",
        "/api/v1/sign",
        "/api/v1/keys",
        "/%ff",
        "/status-lists/%ff",
        "/api/v1/agents/",
        "//",
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let (status, _) = read(acme.call(request).await).await;
        assert!(matches!(status.as_u16(), 400 | 404), "{path}: {status}");
    }
    for (method, path) in [
        ("DELETE", "/verify"),
        ("PUT", "/challenges"),
        ("POST", "/.well-known/did.json"),
        ("PATCH", "/status-lists/x"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let response = acme.call(request).await;
        assert!(response.headers().contains_key(header::ALLOW), "{method} {path}");
        assert_eq!(read(response).await.0, StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[tokio::test]
async fn metacharacters_in_paths_and_queries_are_only_text() {
    let acme = Registry::acme().await;
    acme.registered().await;
    let before = acme.rows().await;
    let hostile = [
        "'%20or%201=1%20--",
        "%22;drop%20table%20agents;--",
        "%25",
        "_",
        "%00",
        "..%2f..%2fetc",
        "%5c",
    ];
    for text in hostile {
        for path in [
            format!("/api/v1/agents/{text}"),
            format!("/api/v1/instances/{text}"),
            format!("/api/v1/credentials/{text}"),
            format!("/status-lists/{text}"),
            format!("/api/v1/agents?after={text}"),
            format!("/api/v1/agents?limit={text}"),
            format!("/api/v1/agents?{text}=1"),
            format!("/api/v1/credentials?subject={text}"),
        ] {
            let (status, _) = acme.read(&path).await;
            assert!(matches!(status.as_u16(), 200 | 400 | 404), "{path}: {status}");
        }
    }
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=1&limit=2",
        "sort=name",
        "subject=did:key:z6Mk",
        "after=a&after=b",
    ] {
        let (status, problem) = acme.read(&format!("/api/v1/agents?{query}")).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some("request.query"))
        );
    }
    let long = "a".repeat(10_000);
    assert_eq!(
        acme.read(&format!("/api/v1/agents/{long}")).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        acme.read(&format!("/api/v1/agents?after={long}")).await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(acme.rows().await, before);
}

#[tokio::test]
async fn request_with_two_meanings_is_refused_and_closed() {
    let acme = Registry::acme().await;
    let two_hosts = Request::get("/.well-known/did.json")
        .header(header::HOST, "a.example")
        .header(header::HOST, "b.example")
        .body(Body::empty())
        .unwrap();
    let absolute = Request::get("https://evil.example/.well-known/did.json")
        .body(Body::empty())
        .unwrap();
    for request in [two_hosts, absolute] {
        let response = acme.call(request).await;
        assert_eq!(response.headers()[header::CONNECTION], "close");
        assert_eq!(read(response).await.0, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn only_public_documents_may_be_read_from_other_pages() {
    let acme = Registry::acme().await;
    for (path, open) in [
        ("/.well-known/did.json", true),
        ("/status/did.json", true),
        ("/trqp/did.json", true),
        ("/.well-known/chancery", true),
        ("/bundle/did.json", true),
        ("/api/v1/bundle", true),
        ("/api/v1/agents", false),
        ("/api/v1/credentials", false),
        ("/verify", false),
    ] {
        for origin in ["https://evil.example", "null"] {
            let request = Request::get(path)
                .header(header::ORIGIN, origin)
                .header(header::AUTHORIZATION, format!("Bearer {}", acme.token))
                .body(Body::empty())
                .unwrap();
            let response = acme.call(request).await;
            let allowed = response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(allowed.is_some_and(|value| value == "*"), open, "{path}");
            assert!(
                !response
                    .headers()
                    .contains_key(header::ACCESS_CONTROL_ALLOW_CREDENTIALS)
            );
        }
    }
}
