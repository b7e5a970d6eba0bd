//! Requests from small sets of values, so that constraints and requests meet.

use chancery_did::{SortedMap, Timestamp};
use chancery_vc::capability::{Action, Resource};
use chancery_vc::constraint::{Fact, Facts};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Monday 2026-11-16, 00:00 UTC.
const MONDAY: i64 = 1_794_787_200;

/// A request that owns what [`Facts`] borrows.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    facts: SortedMap<String, Fact>,
    arguments: Option<Value>,
    audience: Option<String>,
    at: Timestamp,
    offset: Option<i32>,
}

impl Request {
    /// Calls `judge` with the facts of this request, which is always for one order's refund.
    pub(crate) fn with<T>(&self, judge: impl FnOnce(&Facts<'_>) -> T) -> T {
        let action = Action::parse("refund:create").unwrap();
        let resource = Resource::parse("https://api.acme.example/orders/42").unwrap();
        judge(&Facts {
            action: &action,
            resource: &resource,
            arguments: self.arguments.as_ref(),
            audience: self.audience.as_deref(),
            facts: &self.facts,
            at: self.at,
            zone_offset: &|zone| self.offset.filter(|_| zone != "Mars/Olympus"),
        })
    }
}

/// Any request; most are well formed.
pub(crate) fn any() -> impl Strategy<Value = Request> {
    let zone = weighted(0.95, select(vec![0, 3600, 7200, -18_000]));
    let facts = (
        weighted(0.95, amount()),
        weighted(0.9, level()),
        weighted(0.9, region()),
        weighted(0.9, size()),
    );
    let audience = weighted(0.95, select(super::generate::SERVICES.to_vec()));
    (
        facts,
        weighted(0.95, arguments()),
        audience,
        0..7 * 24 * 60_i64,
        zone,
    )
        .prop_map(
            |((amount, level, region, size), arguments, audience, minute, offset)| {
                let facts = [
                    ("amount", amount),
                    ("level", level),
                    ("region", region),
                    ("size", size),
                ];
                let named = facts
                    .into_iter()
                    .filter_map(|(name, fact)| Some((name.to_owned(), fact?)));
                Request {
                    facts: named.collect(),
                    arguments,
                    audience: audience.map(str::to_owned),
                    at: Timestamp::from_seconds(MONDAY.saturating_add(minute.saturating_mul(60))),
                    offset,
                }
            },
        )
}

fn amount() -> impl Strategy<Value = Fact> {
    let values = vec![
        "0",
        "0.000001",
        "1",
        "9",
        "10",
        "35.00",
        "99.99",
        "100",
        "100.000001",
        "500",
        "-1",
        "1e2",
        "ten",
        "",
        "999999999999999999.999999",
    ];
    let currencies = vec!["EUR", "EUR", "EUR", "USD", "JPY", "eur"];
    (select(values), select(currencies)).prop_map(|(value, currency)| Fact::Amount {
        value: value.into(),
        currency: currency.into(),
    })
}

fn level() -> impl Strategy<Value = Fact> {
    select(vec![
        "public",
        "internal",
        "confidential",
        "restricted",
        "Public",
        "secret",
        "",
        "eu",
    ])
    .prop_map(|text| Fact::Text(text.into()))
}

fn region() -> impl Strategy<Value = Fact> {
    select(vec!["eu", "us", "eu-west", "EU", ""]).prop_map(|text| Fact::Text(text.into()))
}

fn size() -> impl Strategy<Value = Fact> {
    select(vec![0, 1, 999, 1000, 1024, 1_000_000, 1_048_576, u64::MAX]).prop_map(Fact::Size)
}

fn arguments() -> impl Strategy<Value = Value> {
    let path = weighted(0.9, super::generate::argument_value());
    let note = weighted(0.3, select(vec![json!("x"), json!("äöü"), json!(null), json!(7)]));
    let extra = weighted(0.3, select(vec![json!(1), json!({"x": 1}), json!([])]));
    (path, note, extra).prop_map(|(path, note, extra)| {
        let members = [("path", path), ("note", note), ("extra", extra)];
        let there = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(there.collect::<Map<_, _>>())
    })
}
