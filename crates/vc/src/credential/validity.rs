//! The validity period (VCDM 2.0 section 4.9; VCDM 1.1 sections 4.5 and 4.6).
//!
//! INVARIANT: a time that is there and malformed is refused, never absent; and the period ends no earlier than it
//! begins.

use chancery_did::Timestamp;
use serde_json::{Map, Value};

use super::{Model, required};
use crate::paper::PaperError;

/// The first and the last instant at which a credential holds, by its own members.
pub(super) fn check(
    object: &Map<String, Value>,
    model: Model,
) -> Result<(Option<Timestamp>, Option<Timestamp>), PaperError> {
    let (from, until) = (
        time(object, "validFrom", model)?,
        time(object, "validUntil", model)?,
    );
    match model {
        Model::V2_0 => {
            // Whoever wrote these meant an end that version 2.0 does not know; passing it over would extend it.
            for name in ["issuanceDate", "expirationDate"] {
                if object.contains_key(name) {
                    let pointer = format!("/{name}");
                    return Err(PaperError::structure(&pointer, "a member of version 2.0"));
                }
            }
            ordered(from, until, "/validUntil", "at or after `validFrom`")?;
            Ok((from, until))
        }
        Model::V1_1 => {
            required(object, "issuanceDate")?;
            let issued = time(object, "issuanceDate", model)?;
            let expires = time(object, "expirationDate", model)?;
            let (from, until) = (from.max(issued), earlier(until, expires));
            ordered(from, until, "/expirationDate", "at or after `issuanceDate`")?;
            Ok((from, until))
        }
    }
}

/// The earlier of two ends, where an absent one is no end.
pub(super) fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// An XSD `dateTimeStamp`; in version 1.1 a `dateTime`, which without a zone is taken as UTC.
fn time(object: &Map<String, Value>, name: &str, model: Model) -> Result<Option<Timestamp>, PaperError> {
    let Some(value) = object.get(name) else {
        return Ok(None);
    };
    let pointer = format!("/{name}");
    let text = value
        .as_str()
        .ok_or_else(|| PaperError::structure(&pointer, "a date and time"))?;
    Timestamp::parse(text)
        .or_else(|error| match model {
            Model::V1_1 => Timestamp::parse(&format!("{text}Z")).map_err(|_| error),
            Model::V2_0 => Err(error),
        })
        .map(Some)
        .map_err(|source| PaperError::Identifier { pointer, source })
}

fn ordered(
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    pointer: &str,
    expected: &'static str,
) -> Result<(), PaperError> {
    match (from, until) {
        (Some(from), Some(until)) if from > until => Err(PaperError::structure(pointer, expected)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(model: Model, document: Value) -> Result<(Option<Timestamp>, Option<Timestamp>), &'static str> {
        check(document.as_object().unwrap(), model).map_err(|error| error.code())
    }

    fn at(text: &str) -> Option<Timestamp> {
        Some(Timestamp::parse(text).unwrap())
    }

    #[test]
    fn version_1_1_says_when_it_was_issued_and_the_narrowest_period_counts() {
        let issued = json!({ "issuanceDate": "2020-01-01T00:00:00Z" });
        assert_eq!(of(Model::V1_1, issued), Ok((at("2020-01-01T00:00:00Z"), None)));
        let all = json!({
            "issuanceDate": "2020-01-01T00:00:00", "validFrom": "2020-02-01T00:00:00Z",
            "expirationDate": "2021-01-01T00:00:00+01:00", "validUntil": "2022-01-01T00:00:00Z",
        });
        let expected = (at("2020-02-01T00:00:00Z"), at("2020-12-31T23:00:00Z"));
        assert_eq!(of(Model::V1_1, all), Ok(expected));
    }

    #[test]
    fn a_time_that_is_missing_malformed_or_out_of_order_is_refused() {
        for (document, code) in [
            (json!({}), "parse.structure"),
            (json!({ "issuanceDate": null }), "parse.structure"),
            (json!({ "issuanceDate": 1_577_836_800 }), "parse.structure"),
            (
                json!({ "issuanceDate": ["2020-01-01T00:00:00Z"] }),
                "parse.structure",
            ),
            (json!({ "issuanceDate": "" }), "parse.timestamp"),
            (json!({ "issuanceDate": "2020-01-01" }), "parse.timestamp"),
            (json!({ "issuanceDate": "yesterday" }), "parse.timestamp"),
            (
                json!({ "issuanceDate": "2020-01-01T00:00:00Z", "expirationDate": "never" }),
                "parse.timestamp",
            ),
            (
                json!({ "issuanceDate": "2020-01-01T00:00:01Z", "expirationDate": "2020-01-01T00:00:00Z" }),
                "parse.structure",
            ),
            (
                json!({ "issuanceDate": "2020-01-01T00:00:01Z", "validUntil": "2020-01-01T00:00:00Z" }),
                "parse.structure",
            ),
        ] {
            assert_eq!(of(Model::V1_1, document.clone()), Err(code), "{document}");
        }
    }

    #[test]
    fn version_2_0_knows_neither_a_zoneless_time_nor_the_old_members() {
        for (document, code) in [
            (json!({ "validFrom": "2020-01-01T00:00:00" }), "parse.timestamp"),
            (json!({ "validUntil": "2020-01-01" }), "parse.timestamp"),
            (
                json!({ "issuanceDate": "2020-01-01T00:00:00Z" }),
                "parse.structure",
            ),
            (
                json!({ "expirationDate": "2020-01-01T00:00:00Z" }),
                "parse.structure",
            ),
            (
                json!({ "validFrom": "2020-01-01T00:00:01Z", "validUntil": "2020-01-01T00:00:00Z" }),
                "parse.structure",
            ),
        ] {
            assert_eq!(of(Model::V2_0, document.clone()), Err(code), "{document}");
        }
        let same = json!({ "validFrom": "2020-01-01T00:00:00Z", "validUntil": "2020-01-01T01:00:00+01:00" });
        assert!(of(Model::V2_0, same).is_ok());
    }
}
