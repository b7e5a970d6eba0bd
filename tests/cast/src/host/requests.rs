//! Requests: the call as a host gives it, odd arguments, and HTTP requests that carry a presentation.

use chancery_proof::base64url;
use serde_json::{Value, json};

use super::fixture::asked;
use super::{Case, Fixture, HostCorpus, Step};
use crate::paper::AUDIENCE;
use crate::party::ADA;
use crate::scene::Scene;

pub(super) fn cases(corpus: &mut HostCorpus) {
    calls(corpus);
    arguments(corpus);
    texts(corpus);
    http(corpus);
}

fn calls(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let action = |bend: &dyn Fn(&mut Value)| {
        let mut request = json!({
            "nonce": "nonce-0001", "action": "refund:create", "resource": "https://api.globex.example/orders/1001",
            "facts": {"amount": {"value": "35.00", "currency": "EUR"}},
        });
        bend(&mut request);
        Step::verify(&fixture, request)
    };
    let mut case = Case::opens(&fixture).then(action(&|_| {}).allowed());
    for (member, value, code) in [
        ("action", json!("refund:*"), "parse.action"),
        ("action", json!("refund"), "parse.action"),
        (
            "resource",
            json!("https://api.globex.example/orders/*"),
            "parse.resource",
        ),
        ("resource", json!("/orders/1001"), "parse.resource"),
        (
            "resource",
            json!("https://api.globex.example/orders/../x"),
            "parse.resource",
        ),
        ("facts", json!({"amount": 35}), "parse.fact"),
        (
            "facts",
            json!({"amount": {"value": 35, "currency": "EUR"}}),
            "parse.fact",
        ),
    ] {
        case = case.then(action(&|request| request[member] = value.clone()).denied("invalid", code));
    }
    for (member, value, verdict, code) in [
        ("action", json!("refund:delete"), "valid", "constraint.action"),
        (
            "resource",
            json!("https://api.globex.example/customers/1"),
            "valid",
            "constraint.resource",
        ),
        ("facts", json!({}), "valid", "constraint.fact_missing"),
        (
            "facts",
            json!({"amount": {"value": "35.00", "currency": "USD"}}),
            "valid",
            "constraint.amount",
        ),
        (
            "facts",
            json!({"amount": {"value": "-35.00", "currency": "EUR"}}),
            "valid",
            "constraint.amount",
        ),
        (
            "facts",
            json!({"amount": {"value": "3.5e1", "currency": "EUR"}}),
            "valid",
            "constraint.amount",
        ),
    ] {
        case = case.then(action(&|request| request[member] = value.clone()).denied(verdict, code));
    }
    corpus.add(
        "request_action",
        "an action on a resource, with facts in the relying party's words",
        case,
    );
    let mut case = Case::opens(&fixture);
    for (name, value) in [
        ("audience", json!(AUDIENCE)),
        ("role", json!("admin")),
        ("allow", json!(true)),
        ("__proto__", json!({"nonce": "nonce-0001"})),
        ("constructor", json!({})),
        ("then", json!("x")),
    ] {
        case = case.then(
            action(&|request| request[name] = value.clone())
                .raw()
                .denied("invalid", "parse.unknown_member"),
        );
        let mut request = asked("35.00");
        request[name] = value;
        case = case.then(
            Step::verify(&fixture, request)
                .raw()
                .denied("invalid", "parse.unknown_member"),
        );
    }
    let mut both = asked("35.00");
    both["action"] = json!("refund:create");
    case = case.then(
        Step::verify(&fixture, both)
            .raw()
            .denied("invalid", "parse.unknown_member"),
    );
    corpus.add(
        "request_unknown_members",
        "a member that has no meaning is refused, and no request names an audience",
        case,
    );
}

fn arguments(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let call = |tool: Value, args: Value| {
        Step::verify(
            &fixture,
            json!({"nonce": "nonce-0001", "tool": tool, "args": args}),
        )
    };
    let refund = |args: Value| call(json!("refund"), args);
    let mut case = Case::opens(&fixture);
    for tool in [
        "Refund",
        "refund ",
        "",
        "__proto__",
        "constructor",
        "toString",
        "then",
    ] {
        case = case.then(
            call(json!(tool), json!({"order": "1001", "amount": "35.00"})).denied("invalid", "parse.tool"),
        );
    }
    for args in [
        json!([]),
        json!(7),
        json!(null),
        json!(true),
        json!("[]"),
        json!("7"),
        json!("\"{}\""),
    ] {
        case = case.then(refund(args).denied("invalid", "parse.tool"));
    }
    for (args, code) in [
        ("x", "parse.json"),
        ("", "parse.json"),
        ("{", "parse.json"),
        (
            "{\"order\":\"1001\",\"amount\":\"90.00\",\"amount\":\"35.00\"}",
            "parse.duplicate_member",
        ),
        ("{\"order\":\"1001\",\"amount\":\"\\ud800\"}", "parse.utf8"),
    ] {
        case = case.then(refund(json!(args)).denied("invalid", code));
    }
    let text = json!("{\"order\":\"1001\",\"amount\":\"35.00\",\"__proto__\":{\"amount\":\"90.00\"}}");
    case = case.then(refund(text).allowed());
    for args in [
        json!({"order": "1001", "amount": 35}),
        json!({"order": "1001", "amount": "35,00"}),
        json!({"order": "1001", "amount": "-35.00"}),
        json!({"order": "1001", "amount": "35.00 "}),
        json!({"order": "1001", "amount": "0x23"}),
        json!({"order": "1001", "amount": {"value": "35.00"}}),
        json!({"order": "1001/../../x", "amount": "35.00"}),
        json!({"order": "..", "amount": "35.00"}),
        json!({"order": "", "amount": "35.00"}),
        json!({"order": ["1001"], "amount": "35.00"}),
        json!({"order": 1.5, "amount": "35.00"}),
        json!({"order": "1001?x", "amount": "35.00"}),
    ] {
        case = case.then(refund(args).denied("invalid", "parse.tool"));
    }
    for args in [json!({}), json!({"order": "1001"}), json!({"amount": "35.00"})] {
        case = case.then(refund(args).denied("indeterminate", "constraint.fact_missing"));
    }
    corpus.add(
        "arguments_odd",
        "a tool's facts are drawn from its arguments, and nothing is guessed",
        case,
    );
    let inherited = json!({"order": "1001", "__proto__": {"amount": "35.00"}});
    let shadowed = json!({"order": "1001", "amount": "90.00", "__proto__": {"amount": "1.00"}});
    let harmless = json!({
        "order": "1001", "amount": "35.00", "__proto__": {"amount": "90.00"}, "constructor": {"prototype": {"x": 1}},
        "then": "x", "toJSON": "x", "toString": "x", "valueOf": 7, "hasOwnProperty": false,
    });
    let case = Case::opens(&fixture)
        .then(refund(inherited).denied("indeterminate", "constraint.fact_missing"))
        .then(refund(shadowed).denied("valid", "constraint.amount"))
        .then(refund(harmless).allowed());
    corpus.add(
        "arguments_prototype",
        "an argument named `__proto__` is an argument of that name",
        case,
    );
    let bare = json!({"nonce": "nonce-0001", "tool": "refund"});
    let case = Case::opens(&fixture)
        .then(Step::verify(&fixture, bare).denied("indeterminate", "constraint.fact_missing"));
    corpus.add("arguments_absent", "a call without arguments has none", case);
    let mut scene = Scene::of(&[ADA]);
    scene.constraints(
        0,
        json!([{"type": "Argument", "pointer": "/order", "match": {"equals": "1001"}, "closed": true}]),
    );
    let closed = Fixture::of(scene);
    let only = |args: Value| {
        Step::verify(
            &closed,
            json!({"nonce": "nonce-0001", "tool": "refund", "args": args}),
        )
    };
    let case = Case::opens(&closed)
        .then(
            only(json!({"order": "1001", "amount": "35.00", "__proto__": 1}))
                .denied("valid", "constraint.argument"),
        )
        .then(
            only(json!({"order": "1001", "amount": "35.00", "constructor": 1}))
                .denied("valid", "constraint.argument"),
        );
    corpus.add(
        "arguments_closed",
        "a closed set of arguments is closed to these names too",
        case,
    );
}

fn texts(corpus: &mut HostCorpus) {
    let fixture = Fixture::direct();
    let step = |text: &str| Step::verify(&fixture, json!(text)).raw();
    let mut case = Case::opens(&fixture);
    for (text, code) in [
        ("", "parse.json"),
        ("null", "parse.structure"),
        ("[]", "parse.structure"),
        ("{}", "parse.structure"),
        ("\"refund\"", "parse.structure"),
        ("{\"tool\":\"refund\"}", "parse.structure"),
        ("{\"nonce\":7,\"tool\":\"refund\",\"args\":{}}", "parse.structure"),
        ("{\"nonce\":\"nonce-0001\",\"tool\":7}", "parse.structure"),
        (
            "{\"nonce\":\"nonce-0001\",\"nonce\":\"x\"}",
            "parse.duplicate_member",
        ),
        ("{\"nonce\":\"\\udfff\",\"tool\":\"refund\"}", "parse.utf8"),
        (
            "{\"nonce\":\"nonce-0001\",\"tool\":\"refund\",\"args\":{\"amount\":\"90.00\",\"amount\":\"1.00\"}}",
            "parse.duplicate_member",
        ),
        (
            "{\"nonce\":\"nonce-0001\",\"tool\":\"refund\",\"args\":{\"amount\":1e999}}",
            "parse.number",
        ),
    ] {
        case = case.then(step(text).denied("invalid", code));
    }
    let deep = format!(
        "{{\"nonce\":\"nonce-0001\",\"tool\":\"refund\",\"args\":{}",
        "{\"a\":".repeat(200)
    );
    case = case
        .then(step(&deep).denied("invalid", "limit.depth"))
        .then(Step::verify(&fixture, asked("35.00")).allowed());
    corpus.add(
        "request_texts",
        "a request that is not understood is denied, never guessed",
        case,
    );
}

/// An HTTP request to this URL with these headers, and the call of the tool.
fn head(url: &str, headers: Value) -> Value {
    let mut request = asked("35.00");
    request["method"] = json!("POST");
    request["url"] = json!(url);
    request["headers"] = headers;
    request
}

fn http(corpus: &mut HostCorpus) {
    const URL: &str = "https://api.globex.example/orders/1001/refunds?x=1";
    let fixture = Fixture::direct();
    let token = base64url::encode(fixture.scene.text().as_bytes());
    let step = |request: Value| {
        Step::new("verifyRequest", json!([request])).evidence(fixture.offsets(&fixture.scene.at))
    };
    let with = |value: String| {
        head(
            URL,
            json!([["host", "api.globex.example"], ["authorization", value]]),
        )
    };
    let mut scene = Scene::of(&[ADA]);
    scene.jose();
    let jose = Fixture::of(scene);
    let by_jws = head(
        URL,
        json!([["Authorization", format!("Chancery {}", jose.scene.text())]]),
    );
    let case = Case::opens(&fixture)
        .then(step(with(format!("Chancery {token}"))).allowed())
        .then(step(with(format!("chancery  {token} "))).allowed())
        .then(step(head(URL, json!([["AUTHORIZATION", format!("CHANCERY {token}")]]))).allowed())
        .then(step(by_jws).allowed());
    corpus.add(
        "http_presentation",
        "a presentation in the Authorization header, as base64url or as a JWS",
        case,
    );
    let mut case = Case::opens(&fixture);
    for headers in [
        json!([]),
        json!([["x-authorization", format!("Chancery {token}")]]),
        json!([["authorization", ""]]),
        json!([["authorization", "Chancery"]]),
        json!([["authorization", "Chancery "]]),
        json!([["authorization", format!("Bearer {token}")]]),
        json!([["authorization", format!("Chancery\t{token}")]]),
        json!([["authorization", format!("Chancery {token}==")]]),
        json!([["authorization", format!("Chancery {token}, Chancery {token}")]]),
        json!([["authorization", format!("Chancery {token} {token}")]]),
        json!([["authorization", format!("Chancery token=\"{token}\"")]]),
    ] {
        case = case.then(step(head(URL, headers)).denied("invalid", "request.authorization"));
    }
    let twice = json!([
        ["authorization", format!("Chancery {token}")],
        ["Authorization", "Chancery x"]
    ]);
    case = case
        .then(
            step(head(URL, twice))
                .raw()
                .denied("invalid", "request.authorization"),
        )
        .then(step(with(format!("Chancery {}A", "AAAA".repeat(8)))).denied("invalid", "parse.base64url"))
        .then(step(with("Chancery _-8".to_owned())).denied("invalid", "parse.utf8"))
        .then(step(with("Chancery e30".to_owned())).denied("invalid", "signature.missing"));
    corpus.add(
        "http_authorization",
        "exactly one header, one scheme and one token",
        case,
    );
    let mut case = Case::opens(&fixture);
    for url in [
        "https://evil.example/orders/1001/refunds",
        "http://api.globex.example/orders/1001/refunds",
        "https://api.globex.example:8443/",
        "https://api.globex.example.evil.example/",
        "https://evil.example/https://api.globex.example/",
    ] {
        let request = head(url, json!([["authorization", format!("Chancery {token}")]]));
        case = case.then(step(request).denied("invalid", "request.origin"));
    }
    for url in [
        "",
        "/orders",
        "https://user@api.globex.example/",
        "api.globex.example",
        "https://",
    ] {
        let request = head(url, json!([["authorization", format!("Chancery {token}")]]));
        case = case.then(step(request).raw().denied("invalid", "request.origin"));
    }
    corpus.add(
        "http_origin",
        "a presentation is for the origin that is asked, and for no other",
        case,
    );
    let good = with(format!("Chancery {token}"));
    let bent = |name: &str, value: Value| {
        let mut request = good.clone();
        request[name] = value;
        step(request).raw()
    };
    let case = Case::opens(&fixture)
        .then(bent("method", json!("")).denied("invalid", "request.malformed"))
        .then(bent("method", json!("GET /")).denied("invalid", "request.malformed"))
        .then(bent("method", json!(7)).denied("invalid", "request.malformed"))
        .then(bent("headers", json!({"authorization": "x"})).denied("invalid", "request.malformed"))
        .then(bent("headers", json!([["authorization"]])).denied("invalid", "request.malformed"))
        .then(bent("headers", json!([["authorization", 7]])).denied("invalid", "request.malformed"))
        .then(bent("headers", json!([["", "x"]])).denied("invalid", "request.malformed"))
        .then(bent("headers", json!([["author ization", "x"]])).denied("invalid", "request.malformed"))
        .then(bent("url", json!(null)).denied("invalid", "request.malformed"))
        .then(bent("__proto__", json!({})).denied("invalid", "parse.unknown_member"))
        .then(bent("audience", json!(AUDIENCE)).denied("invalid", "parse.unknown_member"))
        .then(step(good.clone()).handle(9).error("host.unknown_handle"))
        .then(step(good).allowed());
    corpus.add(
        "http_malformed",
        "a request that could be understood in two ways is understood in none",
        case,
    );
}
