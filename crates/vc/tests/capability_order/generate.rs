//! Constraints of every type, and children that narrow them.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

/// Every type of version 1.
pub(crate) const KINDS: [&str; 12] = [
    "Amount",
    "AtMost",
    "OneOf",
    "Hours",
    "Argument",
    "Audience",
    "Budget",
    "Rate",
    "Uses",
    "Session",
    "Composite",
    "Approval",
];

/// Services, one of which is the beginning of another.
pub(crate) const SERVICES: [&str; 4] = [
    "https://globex.example",
    "https://globex.example.evil.example",
    "https://acme.example",
    "did:web:globex.example",
];

const AMOUNTS: [&str; 8] = [
    "0",
    "1",
    "9",
    "10",
    "99.99",
    "100",
    "100.00",
    "999999999999999999.999999",
];
const TIMES: [&str; 7] = ["00:00", "06:00", "09:00", "17:00", "17:01", "22:00", "23:59"];
const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const APPROVERS: [&str; 3] = [
    "did:web:ann.example",
    "did:web:bob.example",
    "did:web:cleo.example",
];
const DIGESTS: [&str; 2] = [
    "zQmNmrefr1A7muBKkBVuvkffxhy8dVzU9ewLNzUHGtDkbnr",
    "zQmNdMzJsohRsCb2CyqC78u7xFScnqQZ6HNErvzK9a1TPqu",
];

/// A constraint of the type, as JSON.
pub(crate) fn constraint(kind: &str) -> BoxedStrategy<Value> {
    let fact = |name: &'static str| select(vec![name, name, name, "level"]);
    let some = |values: &[&'static str]| subsequence(values.to_vec(), 1..=values.len());
    let window = || select(vec!["P1D", "P1D", "PT1H"]);
    let id = || select(vec!["a", "a", "a", "b"]);
    match kind {
        "Amount" => (fact("amount"), select(AMOUNTS.to_vec()), select(vec!["EUR", "EUR", "EUR", "USD"]))
            .prop_map(|(fact, max, currency)| {
                json!({"type": "Amount", "fact": fact, "max": max, "currency": currency})
            })
            .boxed(),
        "AtMost" => prop_oneof![
            3 => select(vec!["public", "internal", "confidential", "restricted"])
                .prop_map(|max| json!({"type": "AtMost", "fact": "level", "scale": "Sensitivity", "max": max})),
            2 => (fact("size"), select(vec![0_u64, 1, 999, 1000, 1024, 1_048_576]))
                .prop_map(|(fact, max)| json!({"type": "AtMost", "fact": fact, "scale": "Size", "max": max})),
        ]
        .boxed(),
        "OneOf" => (fact("region"), some(&["eu", "us", "eu-west", "public"]))
            .prop_map(|(fact, values)| json!({"type": "OneOf", "fact": fact, "values": values}))
            .boxed(),
        "Hours" => (some(&DAYS), subsequence(TIMES.to_vec(), 2), any::<bool>(), select(vec!["Europe/Berlin"; 5]))
            .prop_map(|(days, times, overnight, zone)| {
                let (from, until) = if overnight { (times[1], times[0]) } else { (times[0], times[1]) };
                let until = if until == "00:00" { "24:00" } else { until };
                json!({"type": "Hours", "days": days, "from": from, "until": until, "timeZone": zone})
            })
            .boxed(),
        "Argument" => (select(vec!["/path", "/path", "/path", "/note"]), operator(), prop::bool::weighted(0.4))
            .prop_map(|(pointer, operator, closed)| {
                json!({"type": "Argument", "pointer": pointer, "match": operator, "closed": closed})
            })
            .boxed(),
        "Audience" => some(&SERVICES).prop_map(|services| json!({"type": "Audience", "services": services})).boxed(),
        "Budget" => (id(), select(AMOUNTS.to_vec()), select(vec!["currency", "currency", "unit"]), window())
            .prop_map(|(id, cap, measure, window)| {
                json!({"type": "Budget", "id": id, "fact": "amount", "cap": cap, measure: "EUR", "window": window})
            })
            .boxed(),
        "Rate" => (id(), 0..9_u64, window())
            .prop_map(|(id, count, window)| json!({"type": "Rate", "id": id, "count": count, "window": window}))
            .boxed(),
        "Uses" => {
            (id(), 0..9_u64).prop_map(|(id, count)| json!({"type": "Uses", "id": id, "count": count})).boxed()
        }
        "Session" => id().prop_map(|id| json!({"type": "Session", "id": id})).boxed(),
        "Composite" => (some(&["model", "configuration", "toolManifest", "runtime"]), select(DIGESTS.to_vec()))
            .prop_map(|(parts, digest)| {
                let digests: serde_json::Map<_, _> =
                    parts.into_iter().map(|part| (part.to_owned(), json!(digest))).collect();
                json!({"type": "Composite", "digests": digests})
            })
            .boxed(),
        _ => approval().boxed(),
    }
}

/// A constraint of any type.
pub(crate) fn any_constraint() -> impl Strategy<Value = Value> {
    select(KINDS.to_vec()).prop_flat_map(constraint)
}

/// A child and its parent: mostly a narrowing, otherwise two of the same type.
pub(crate) fn pair(kind: &'static str) -> impl Strategy<Value = (Value, Value)> {
    (constraint(kind), constraint(kind), prop::bool::weighted(0.7)).prop_map(|(parent, other, narrowing)| {
        let child = if narrowing { narrow(&parent, &other) } else { other };
        (child, parent)
    })
}

/// Three, each mostly a narrowing of the next.
pub(crate) fn triple(kind: &'static str) -> impl Strategy<Value = (Value, Value, Value)> {
    (pair(kind), constraint(kind), prop::bool::weighted(0.8)).prop_map(
        |((middle, high), other, narrowing)| {
            let low = if narrowing { narrow(&middle, &other) } else { other };
            (low, middle, high)
        },
    )
}

/// Values that operators and arguments share.
pub(crate) fn argument_value() -> impl Strategy<Value = Value> {
    select(vec![
        json!("/data"),
        json!("/data/a"),
        json!("/data/a/b"),
        json!("/database"),
        json!("/data/../etc"),
        json!("/data/%2e%2e/etc"),
        json!("/data//a"),
        json!("/data/"),
        json!(0),
        json!(1),
        json!(1.0),
        json!(2.5),
        json!(10),
        json!(-3),
        json!("1"),
        json!(true),
        json!({"x": 1}),
        json!([1]),
        json!(9_007_199_254_740_993_u64),
    ])
}

fn operator() -> impl Strategy<Value = Value> {
    let safe = || argument_value().prop_filter("safe", |value| value != &json!(9_007_199_254_740_993_u64));
    prop_oneof![
        safe().prop_map(|value| json!({"equals": value})),
        prop::collection::vec(safe(), 1..4).prop_map(|values| json!({"oneOf": values})),
        select(vec!["/data", "/data/a", "/database", "/dat"]).prop_map(|prefix| json!({"prefix": prefix})),
        (-5..3, 0..12).prop_map(|(min, length)| json!({"range": {"min": min, "max": min + length}})),
        (-5..12).prop_map(|max| json!({"range": {"max": max}})),
        (0..15_u64).prop_map(|bytes| json!({"maxLength": bytes})),
    ]
}

fn approval() -> impl Strategy<Value = Value> {
    let inner = select(vec!["Amount", "OneOf", "Hours"]).prop_flat_map(constraint);
    (
        subsequence(APPROVERS.to_vec(), 1..=3),
        1..4_u64,
        prop::option::weighted(0.8, inner),
    )
        .prop_map(|(approvers, quorum, unless)| {
            let quorum = quorum.min(u64::try_from(approvers.len()).unwrap());
            let mut value = json!({"type": "Approval", "approvers": approvers, "quorum": quorum});
            if let Some(unless) = unless {
                value["unless"] = unless;
            }
            value
        })
}

/// Keeps of `parent` what two constraints must have in common, and takes the narrower of the rest.
fn narrow(parent: &Value, other: &Value) -> Value {
    let mut child = parent.clone();
    for member in ["values", "days", "services", "approvers"] {
        if let (Some(kept), Some(others)) = (parent[member].as_array(), other[member].as_array()) {
            let both: Vec<&Value> = kept.iter().filter(|value| others.contains(value)).collect();
            if !both.is_empty() {
                child[member] = json!(both);
            }
        }
    }
    for member in ["max", "cap"] {
        let place = |value: &Value| {
            AMOUNTS
                .iter()
                .position(|amount| Some(*amount) == value[member].as_str())
        };
        if place(other)
            .is_some_and(|place_of_other| place(parent).is_some_and(|place| place_of_other < place))
        {
            child[member] = other[member].clone();
        }
    }
    for member in ["max", "count"] {
        if other[member]
            .as_u64()
            .is_some_and(|less| parent[member].as_u64().is_some_and(|max| less < max))
        {
            child[member] = other[member].clone();
        }
    }
    if parent["type"] == "AtMost" && other["max"] == "public" && parent["max"].is_string() {
        child["max"] = json!("public");
    }
    if parent["type"] == "Argument" {
        child["match"] = narrow_operator(&parent["match"], &other["match"]);
        child["closed"] = json!(parent["closed"] == true || other["closed"] == true);
    }
    if parent["type"] == "Composite" {
        for (part, digest) in other["digests"].as_object().unwrap() {
            if parent["digests"].get(part).is_none() {
                child["digests"][part] = digest.clone();
            }
        }
    }
    if parent["type"] == "Approval" {
        if parent["unless"]["type"] == other["unless"]["type"] && parent["unless"].is_object() {
            child["unless"] = narrow(&parent["unless"], &other["unless"]);
        } else if other["unless"].is_null() {
            child.as_object_mut().unwrap().remove("unless");
        }
        // Narrowing the approvers can leave fewer of them than have to agree.
        if child["approvers"].as_array().unwrap().len() < 3 {
            child["approvers"] = parent["approvers"].clone();
        }
    }
    child
}

fn narrow_operator(parent: &Value, other: &Value) -> Value {
    if let Some(values) = parent["oneOf"].as_array() {
        return json!({"equals": values[0]});
    }
    if let Some(prefix) = parent["prefix"].as_str() {
        let below = format!("{prefix}/b");
        return if other.get("equals").is_some() {
            json!({"equals": below})
        } else {
            json!({"prefix": below})
        };
    }
    if let Some(max) = parent["range"]["max"].as_i64() {
        return json!({"range": {"min": max.saturating_sub(2).max(parent["range"]["min"].as_i64().unwrap_or(-9)), "max": max}});
    }
    if let Some(bytes) = parent["maxLength"].as_u64() {
        return if bytes >= 5 {
            json!({"equals": "/data"})
        } else {
            json!({"maxLength": bytes.saturating_sub(1)})
        };
    }
    parent.clone()
}
