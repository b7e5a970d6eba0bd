//! Questions and answers, against the specification's own examples and schemas.

#![expect(
    clippy::string_slice,
    reason = "the examples of the specification are cut at known places"
)]

use super::*;
use chancery_did::Timestamp;
use serde_json::{Value, json};

mod statement;

fn schema(folder: &std::path::Path, name: &str) -> jsonschema::Validator {
    let text = std::fs::read(folder.join(format!("trqp_{name}.schema.json"))).unwrap();
    let schema: Value = serde_json::from_slice(&text).unwrap();
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// The JSON bodies of the HTTPS binding's examples by title.
fn examples(folder: &std::path::Path) -> Vec<(String, Value)> {
    let text = std::fs::read(folder.join("https-binding-examples.json")).unwrap();
    let sections: Vec<Value> = serde_json::from_slice(&text).unwrap();
    let mut examples = Vec::new();
    for section in sections {
        for block in section["blocks"].as_array().unwrap() {
            let block = block.as_str().unwrap();
            let body = &block[block.find('{').unwrap()..];
            let limits = chancery_proof::Limits::default();
            let body = chancery_proof::json::parse(body.as_bytes(), &limits).unwrap();
            examples.push((section["title"].as_str().unwrap().to_owned(), body));
        }
    }
    examples
}

#[test]
fn every_example_of_the_specification_is_read_and_written_alike() {
    let Some(folder) = chancery_official::folder("trqp-v2") else {
        return;
    };
    let (mut requests, mut responses, mut errors) = (0, 0, 0);
    for (title, body) in examples(&folder) {
        let query = if title.contains("Recognition") {
            Query::Recognition
        } else {
            Query::Authorization
        };
        if title.ends_with("Request") {
            let question = Question::parse(query, &body).unwrap();
            assert_eq!(question.to_value(), body, "{title}");
            assert!(schema(&folder, &format!("{}_request", query.as_str())).is_valid(&body));
            requests += 1;
        } else if title.ends_with("Response") {
            let answer = Answer::parse(query, &body).unwrap();
            assert!(answer.outcome, "{title}");
            assert_eq!(answer.to_value(), body, "{title}");
            assert!(schema(&folder, &format!("{}_response", query.as_str())).is_valid(&body));
            responses += 1;
        } else {
            let mut members: Vec<&String> = body.as_object().unwrap().keys().collect();
            members.sort();
            assert_eq!(members, ["detail", "status", "title", "type"], "{title}");
            assert!(Question::parse(query, &body).is_err() && Answer::parse(query, &body).is_err());
            errors += 1;
        }
    }
    assert_eq!((requests, responses, errors), (2, 2, 1));
    chancery_official::report("TRQP v2 binding examples", "2 requests, 2 responses, 1 error");
}

#[test]
fn what_is_written_conforms_to_every_schema() {
    let Some(folder) = chancery_official::folder("trqp-v2") else {
        return;
    };
    let mut schemas = 0;
    for query in [Query::Authorization, Query::Recognition] {
        let requests = schema(&folder, &format!("{}_request", query.as_str()));
        let responses = schema(&folder, &format!("{}_response", query.as_str()));
        for time in [
            None,
            Some(Timestamp::from_seconds(1_750_000_000)),
            Some(Timestamp::from_millis(1_750_000_000_250)),
        ] {
            let question = Question {
                time,
                ..question(query)
            };
            assert!(requests.is_valid(&question.to_value()), "{}", question.to_value());
            for outcome in [true, false] {
                let answer = Answer::new(question.clone(), outcome, Timestamp::from_seconds(1_750_000_001));
                let answer = answer
                    .with_message("because")
                    .with_statement(&statement::statement(), "a.b.c".to_owned());
                assert!(responses.is_valid(&answer.to_value()), "{}", answer.to_value());
                assert_eq!(Answer::parse(query, &answer.to_value()).unwrap(), answer);
            }
        }
        schemas += 2;
    }
    assert_eq!(schemas, 4);
    chancery_official::report("TRQP v2 schemas", "4, held by everything that is written");
}

#[test]
fn reader_and_schema_refuse_the_same_requests() {
    let Some(folder) = chancery_official::folder("trqp-v2") else {
        return;
    };
    let mut cases = 0;
    for query in [Query::Authorization, Query::Recognition] {
        let schema = schema(&folder, &format!("{}_request", query.as_str()));
        for (pointer, value) in refused() {
            let body = with(&question(query).to_value(), pointer, value);
            assert!(!schema.is_valid(&body), "{body}");
            assert!(Question::parse(query, &body).is_err(), "{body}");
            cases += 1;
        }
    }
    assert_eq!(cases, 2 * refused().len());
}

/// Requests that the schema refuses too.
fn refused() -> Vec<(&'static str, Option<Value>)> {
    vec![
        ("entity_id", None),
        ("authority_id", None),
        ("action", None),
        ("resource", None),
        ("entity_id", Some(json!(1))),
        ("authority_id", Some(json!(null))),
        ("action", Some(json!(["issue"]))),
        ("resource", Some(json!({}))),
        ("context", Some(json!("now"))),
        ("context", Some(json!(null))),
        ("context", Some(json!([]))),
        ("context", Some(json!({ "time": 5 }))),
        ("context", Some(json!({ "time": null }))),
        ("context", Some(json!({ "anything": 1 }))),
        ("context", Some(json!({ "anything": { "nested": "x" } }))),
        ("context", Some(json!({ "time": "tomorrow" }))),
        ("context", Some(json!({ "time": "2025-06-19" }))),
        ("context", Some(json!({ "time": "2025-02-30T00:00:00Z" }))),
    ]
}

fn question(query: Query) -> Question {
    Question::new(
        query,
        "did:web:acme.example",
        "did:web:federation.example",
        "refund:create",
        "https://a.example/o/1",
    )
    .unwrap()
}

fn with(body: &Value, name: &str, value: Option<Value>) -> Value {
    let mut body = body.clone();
    let map = body.as_object_mut().unwrap();
    match value {
        Some(value) => map.insert(name.to_owned(), value),
        None => map.remove(name),
    };
    body
}

#[test]
fn identifier_is_of_rfc_3986() {
    let body = question(Query::Authorization).to_value();
    let long = "x".repeat(2_049);
    for text in [
        "", " ", "a b", "a\tb", "a\nb", "ü", "a<b", "a\"b", "a\\b", "a^b", "a`b", "{a}", "a|b", "%", "%2",
        "%zz", &long,
    ] {
        for name in ["entity_id", "authority_id", "action", "resource"] {
            let error =
                Question::parse(Query::Authorization, &with(&body, name, Some(json!(text)))).unwrap_err();
            assert_eq!(
                (error.code(), error.path()),
                ("parse.structure", name),
                "{text:?}"
            );
        }
    }
    for text in [
        "user-1234",
        "did:web:a.example%3A8443",
        "https://a.example/x?y=1#z",
        "country:state:driverlicense",
    ] {
        assert!(
            Question::parse(Query::Authorization, &with(&body, "entity_id", Some(json!(text)))).is_ok(),
            "{text}"
        );
    }
}

#[test]
fn time_is_utc_with_z_and_a_blank_one_is_now() {
    let body = question(Query::Recognition).to_value();
    let ask = |time: &str| {
        Question::parse(
            Query::Recognition,
            &with(&body, "context", Some(json!({ "time": time }))),
        )
    };
    assert_eq!(ask("").unwrap().time, None);
    assert_eq!(
        ask("2025-06-19T11:30:00Z").unwrap().time,
        Some(Timestamp::parse("2025-06-19T11:30:00Z").unwrap())
    );
    for time in [
        "2025-06-19T11:30:00+00:00",
        "2025-06-19T13:30:00+02:00",
        "2025-06-19T11:30:00",
        "11:30Z",
        "Z",
        " ",
    ] {
        assert!(ask(time).is_err(), "{time}");
    }
}

/// An unknown context key is ignored and never reflected.
#[test]
fn unknown_context_key_is_never_reflected() {
    let context = json!({ "time": "2025-06-19T11:30:00Z", "canary": "<script>", "time ": "x" });
    for query in [Query::Authorization, Query::Recognition] {
        let body = with(&question(query).to_value(), "context", Some(context.clone()));
        let body = with(&body, "canary", Some(json!("<script>")));
        let question = Question::parse(query, &body).unwrap();
        let answer = Answer::new(question, false, Timestamp::from_seconds(1_750_000_000)).to_value();
        assert!(
            !answer.to_string().contains("canary") && !answer.to_string().contains("script"),
            "{answer}"
        );
        assert_eq!(answer["context"], json!({ "time": "2025-06-19T11:30:00Z" }));
    }
}

#[test]
fn locator_belongs_to_authorization_only() {
    for (query, kept) in [(Query::Authorization, Some("eu")), (Query::Recognition, None)] {
        let body = with(
            &question(query).to_value(),
            "context",
            Some(json!({ "locator": "eu" })),
        );
        assert_eq!(Question::parse(query, &body).unwrap().locator.as_deref(), kept);
    }
    let body = with(
        &question(Query::Authorization).to_value(),
        "context",
        Some(json!({ "locator": "a\u{0}b" })),
    );
    assert!(Question::parse(Query::Authorization, &body).is_err());
}

#[test]
fn context_has_a_bound() {
    let many: serde_json::Map<String, Value> =
        (0..65).map(|index| (format!("k{index}"), json!("x"))).collect();
    let body = with(
        &question(Query::Recognition).to_value(),
        "context",
        Some(Value::Object(many)),
    );
    assert!(Question::parse(Query::Recognition, &body).is_err());
}

#[test]
fn body_that_is_no_object_is_refused() {
    for body in [json!(null), json!([]), json!("x"), json!(1), json!({})] {
        assert!(Question::parse(Query::Recognition, &body).is_err(), "{body}");
        assert!(Answer::parse(Query::Recognition, &body).is_err(), "{body}");
    }
}

#[test]
fn answer_to_the_other_query_is_no_answer() {
    let answer = Answer::new(question(Query::Authorization), true, Timestamp::from_seconds(1)).to_value();
    assert_eq!(
        Answer::parse(Query::Recognition, &answer).unwrap_err().code(),
        "trust.statement_invalid"
    );
}

#[test]
fn answer_without_a_boolean_or_an_instant_is_refused() {
    let answer = Answer::new(question(Query::Recognition), true, Timestamp::from_seconds(1)).to_value();
    for (name, value) in [
        ("recognized", None),
        ("recognized", Some(json!("true"))),
        ("recognized", Some(json!(1))),
        ("recognized", Some(json!(null))),
        ("time_evaluated", None),
        ("time_evaluated", Some(json!(""))),
        ("time_evaluated", Some(json!(5))),
        ("time_requested", Some(json!("yesterday"))),
        ("expires_at", Some(json!("never"))),
        ("statement", Some(json!({}))),
        ("entity_id", None),
    ] {
        assert!(
            Answer::parse(Query::Recognition, &with(&answer, name, value.clone())).is_err(),
            "{name} {value:?}"
        );
    }
}

#[test]
fn question_is_asked_below_the_endpoint() {
    let question = question(Query::Recognition);
    for endpoint in ["https://a.example/trqp", "https://a.example/trqp/"] {
        assert_eq!(question.address(endpoint), "https://a.example/trqp/recognition");
    }
}

#[test]
fn query_is_named_exactly() {
    assert_eq!(Query::parse("recognition"), Some(Query::Recognition));
    for name in ["", "Recognition", "recognized", "delegation"] {
        assert_eq!(Query::parse(name), None, "{name}");
    }
}
