//! Garbage to every route: problem details with a stable code, never a 5xx, and nothing is kept of it.

use std::collections::BTreeMap;

use serde_json::json;

use super::routes::{ROUTES, Route, Takes};
use super::stage::{Pair, Registry, agent, code};
use super::wire::{Answer, Ask};

/// A stranger's words in the place of a name.
const HOSTILE: &[&str] = &[
    "'",
    "%27%20or%20%271%27=%271",
    "1;drop%20table%20agents",
    "%22%20--",
    "%25",
    "_",
    "%00",
    "%ff",
    "%0d%0aX:1",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "$%7Bjndi%7D",
    "%F0%9F%98%80",
    "urn:uuid:' or 1=1",
];

fn whole(value: &str) -> Vec<u8> {
    value.as_bytes().to_vec()
}

/// Bodies that no route can take.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let deep = |count: usize| "[".repeat(count) + &"]".repeat(count);
    vec![
        ("nothing", Vec::new()),
        ("a word", whole("garbage")),
        ("a closing brace", whole("}")),
        ("a string", whole("\"x\"")),
        ("an array", whole("[]")),
        ("null", whole("null")),
        ("two objects", whole("{}{}")),
        ("an object broken off", whole("{\"name\":\"a")),
        ("a duplicate member", whole("{\"name\":\"a\",\"name\":\"b\"}")),
        (
            "a duplicate after unescaping",
            whole("{\"name\":\"a\",\"\\u006eame\":\"b\"}"),
        ),
        ("a duplicate below", whole("{\"a\":[{\"b\":{\"c\":1,\"c\":1}}]}")),
        ("deep arrays", whole(&format!("{{\"name\":{}}}", deep(100)))),
        ("very deep arrays", whole(&deep(50_000))),
        (
            "deep objects",
            whole(&("{\"a\":".repeat(20_000) + "1" + &"}".repeat(20_000))),
        ),
        (
            "a wide array",
            whole(&format!("{{\"name\":[{}0]}}", "0,".repeat(50_000))),
        ),
        ("an unknown member", whole("{\"surprise\":true}")),
        (
            "members of a prototype",
            whole("{\"__proto__\":{\"admin\":true},\"constructor\":{}}"),
        ),
        ("a lone surrogate", whole("{\"name\":\"\\udc00\"}")),
        ("no UTF-8", b"{\"name\":\"\xc3\x28\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("zero bytes", vec![0; 64]),
        ("an unsafe number", whole("{\"life_seconds\":9007199254740993}")),
        ("a number beyond all", whole("{\"life_seconds\":1e999}")),
        ("a trailing comma", whole("{\"name\":\"a\",}")),
        ("single quotes", whole("{'name':'a'}")),
        ("five parts", whole("a.b.c.d.e")),
        ("only dots", whole(&".".repeat(100_000))),
        ("alg none", whole("eyJhbGciOiJub25lIn0.e30.")),
        ("a form", whole("name=a&name=b")),
    ]
}

fn told(name: &str, route: &Route) -> String {
    format!("{name} to {} {}", route.method, route.path("{id}"))
}

/// Where a refusal is due: a body that is not one, or a name that is nobody's.
fn refuses(route: &Route) -> bool {
    route.takes != Takes::Nothing || route.names()
}

/// No route may answer garbage with a 5xx, and one that must refuse must say a code.
fn judged(name: &str, route: &Route, answer: &Answer, codes: &mut BTreeMap<String, usize>) {
    let told = told(name, route);
    assert!(answer.status < 500, "{told}: {} {}", answer.status, answer.text());
    if refuses(route) || answer.status >= 400 {
        *codes.entry(answer.problem(&told)).or_default() += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_bodies_get_a_coded_4xx_and_leave_nothing() {
    let pair = Pair::set("5m").await;
    pair.globex.equipped(&agent(110)).await;
    let before = pair.globex.counted().await;
    let mut codes = BTreeMap::new();
    for route in ROUTES.iter().filter(|route| route.method != "GET") {
        for (name, body) in bodies() {
            let ask = Ask::new(route.method, &route.path("urn:uuid:nobody")).bearer(&pair.globex.token);
            let answer = pair.globex.wire.send(&ask.body(route.media(), body)).await;
            judged(name, route, &answer, &mut codes);
        }
    }
    assert_eq!(pair.globex.counted().await, before);
    assert!(codes.len() > 8, "codes that tell the cases apart: {codes:?}");
    println!("refusals by code: {codes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_media_type_is_415_wherever_a_body_is_read() {
    let acme = Pair::set("5m").await.globex;
    let before = acme.counted().await;
    for route in ROUTES.iter().filter(|route| route.takes != Takes::Nothing) {
        let path = route.path("urn:uuid:nobody");
        for media in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "",
            "*/*",
        ] {
            let ask = Ask::new(route.method, &path)
                .bearer(&acme.token)
                .body(media, "{}");
            let answer = acme.wire.send(&ask).await;
            assert_eq!(
                (answer.status, answer.problem(&told(media, route)).as_str()),
                (415, "type.media")
            );
        }
        let squeezed = Ask::new(route.method, &path)
            .bearer(&acme.token)
            .header("content-encoding", "gzip")
            .body(route.media(), "{}");
        assert_eq!(acme.wire.send(&squeezed).await.problem("gzip"), "type.media");
        let none = Ask::new(route.method, &path).bearer(&acme.token);
        assert_eq!(acme.wire.send(&none).await.problem("no media type"), "type.media");
    }
    assert_eq!(acme.counted().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_body_is_413_with_and_without_a_length() {
    let acme = Pair::set("5m").await.globex;
    let before = acme.counted().await;
    let large = whole(&format!("{{\"name\":\"{}\"}}", "a".repeat(1024 * 1024)));
    for route in ROUTES.iter().filter(|route| route.takes != Takes::Nothing) {
        let ask = || Ask::new(route.method, &route.path("urn:uuid:nobody")).bearer(&acme.token);
        for (name, ask) in [
            ("1 MiB", ask().body(route.media(), large.clone())),
            ("1 MiB in pieces", ask().chunked(route.media(), &large)),
        ] {
            let answer = acme.wire.send(&ask).await;
            let code = answer.problem(&told(name, route));
            assert_eq!(
                (answer.status, code.as_str()),
                (413, "limit.size"),
                "{}",
                told(name, route)
            );
        }
    }
    for route in ROUTES.iter().filter(|route| route.takes == Takes::Nothing) {
        let ask = Ask::new(route.method, &route.path("urn:uuid:nobody")).bearer(&acme.token);
        let answer = acme.wire.send(&ask.body("application/json", large.clone())).await;
        judged("1 MiB", route, &answer, &mut BTreeMap::new());
    }
    assert_eq!(acme.counted().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn metacharacters_in_names_queries_and_strings_are_only_text() {
    let acme = Registry::alone().await;
    acme.equipped(&agent(111)).await;
    let before = acme.counted().await;
    for route in ROUTES {
        for name in HOSTILE.iter().filter(|_| route.names()) {
            let ask = Ask::new(route.method, &route.path(&name.replace(' ', "%20"))).bearer(&acme.token);
            let answer = acme.wire.send(&ask.body(route.media(), "{}")).await;
            answer.problem(&told(name, route));
        }
        let mut queries: Vec<String> = HOSTILE.iter().map(|text| text.replace(' ', "%20")).collect();
        queries.extend(["a".repeat(9_000), "limit=1&limit=1".to_owned()]);
        for text in queries {
            for query in [
                format!("{text}=1"),
                format!("limit={text}"),
                format!("after={text}"),
                text,
            ] {
                let path = format!("{}?{query}", route.path("urn:uuid:nobody"));
                let ask = Ask::new(route.method, &path)
                    .bearer(&acme.token)
                    .body(route.media(), "{}");
                if route.path("") == "/api/v1/agents/challenges" || route.path("") == "/challenges" {
                    continue;
                }
                let answer = acme.wire.send(&ask).await;
                assert!(answer.status < 500, "{path}: {}", answer.text());
                if answer.status >= 400 {
                    answer.problem(&path);
                }
            }
        }
    }
    let subject = agent(111).did().as_str().to_owned();
    for text in [
        "' or '1'='1",
        "\"; drop table agents; --",
        "%",
        "_",
        "\\",
        "${7*7}",
        "\u{202e}x",
        "a\u{0}b",
    ] {
        for (path, body) in [
            (
                "/api/v1/agents",
                json!({ "name": text, "version": "1", "owner": "o", "extra": text }),
            ),
            ("/api/v1/agents", json!({ "name": text, "version": "1" })),
            (
                "/api/v1/credentials",
                json!({ "type": text, "instance": subject }),
            ),
            (
                "/api/v1/credentials",
                json!({ "type": "AgentPassportCredential", "instance": text }),
            ),
            (
                "/api/v1/recognitions",
                json!({ "entity_id": text, "action": text, "resource": text }),
            ),
            ("/api/v1/tokens", json!({ "name": "a", "scopes": [text] })),
            (
                "/trqp/authorization",
                json!({
                    "entity_id": text, "authority_id": acme.door.did(), "action": text, "resource": text,
                }),
            ),
        ] {
            acme.post(path, &body)
                .await
                .problem(&format!("{text:?} to {path}"));
        }
    }
    assert_eq!(acme.counted().await, before);
    // What is text is kept as text.
    let odd = "Robert'); drop table agents; --";
    let body = json!({ "name": odd, "version": "1", "owner": "o" });
    assert_eq!(acme.post("/api/v1/agents", &body).await.status, 201);
    assert!(
        acme.client
            .agents()
            .await
            .unwrap()
            .iter()
            .any(|agent| agent["name"] == odd)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_method_is_405_with_what_is_allowed_and_unknown_path_is_404() {
    let acme = Registry::alone().await;
    let before = acme.counted().await;
    for route in ROUTES {
        let path = route.path("urn:uuid:nobody");
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "get",
        ] {
            let here = |other: &&Route| other.path("") == route.path("") && other.method == method;
            if ROUTES.iter().any(|other| here(&other)) {
                continue;
            }
            let answer = acme.wire.send(&Ask::new(method, &path).bearer(&acme.token)).await;
            let told = format!("{method} {path}");
            assert!(
                matches!(answer.status, 400 | 404 | 405),
                "{told}: {}",
                answer.status
            );
            if answer.status == 405 {
                assert_eq!(answer.problem(&told), "request.method");
                assert!(answer.header("allow").unwrap().contains(route.method), "{told}");
            }
        }
    }
    for path in [
        "/",
        "//",
        "/.env",
        "/admin",
        "/api",
        "/api/v1",
        "/api/v2/agents",
        "/api/v1/keys",
        "/api/v1/sign",
        "/.well-known/openid-federation",
        "/status-list",
        "/health/live",
        "/version",
        "/metrics",
        "/%00",
        "/%",
        "/api/v1/agents/",
        "/API/V1/AGENTS",
        "/api/v1/../v1/agents",
        "/.well-known/did.json/x",
    ] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = acme.wire.send(&Ask::new(method, path).bearer(&acme.token)).await;
            let code = answer.problem(path);
            assert!(
                matches!(answer.status, 400 | 404),
                "{method} {path}: {} {code}",
                answer.status
            );
        }
    }
    assert_eq!(acme.counted().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_where_the_presentation_belongs_is_a_verdict_and_uses_nothing_up() {
    let pair = Pair::set("5m").await;
    let ada = agent(112);
    let papers = pair.acme.equipped(&ada).await;
    let good = pair.globex.submission(&ada, &papers).await;
    let text = good["presentation"].as_str().unwrap();
    let duplicate = text.replacen('{', "{\"holder\":\"x\",", 1);
    let cut = &text[..text.len() / 2];
    let deep = "[".repeat(10_000);
    for presentation in [
        "",
        " ",
        "null",
        "[]",
        "{}",
        "a.b.c",
        cut,
        &deep,
        &duplicate,
        "eyJhbGciOiJub25lIn0.e30.",
    ] {
        let mut bad = good.clone();
        bad["presentation"] = json!(presentation);
        let decision = pair.globex.decision(&bad).await;
        let code = code(&decision);
        assert_eq!(
            (decision["allow"].as_bool(), decision["verdict"].as_str()),
            (Some(false), Some("invalid"))
        );
        assert!(
            ["parse", "limit", "type", "signature"].contains(&code.split('.').next().unwrap()),
            "{code}"
        );
    }
    assert_eq!(code(&pair.globex.decision(&good).await), "ok");
}
