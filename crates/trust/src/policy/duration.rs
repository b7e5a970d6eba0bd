//! Durations as people write them in a policy: `1s`, `5m`, `24h`.
//!
//! INVARIANT: one number and one unit, or a plain JSON number of whole seconds; nothing is guessed, nothing wraps.

use serde_json::Value;

const MILLISECOND: i64 = 1;
const SECOND: i64 = 1_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;
const DAY: i64 = 86_400_000;

/// Units, the longest first, so that a duration is written with the longest that divides it.
const UNITS: [(&str, i64); 5] = [
    ("d", DAY),
    ("h", HOUR),
    ("m", MINUTE),
    ("s", SECOND),
    ("ms", MILLISECOND),
];

/// Reads a duration in milliseconds: a text such as `5m` or a whole number of seconds.
pub(crate) fn parse(value: &Value) -> Option<i64> {
    match value.as_str() {
        Some(text) => parse_text(text),
        None => value
            .as_i64()
            .filter(|seconds| *seconds >= 0)?
            .checked_mul(SECOND),
    }
}

/// Writes milliseconds with the longest unit that divides them.
pub(crate) fn format(millis: i64) -> String {
    if millis == 0 {
        return "0s".to_owned();
    }
    // `1d` reads worse than `24h` for a validity, which is counted in hours everywhere else.
    let units = UNITS
        .iter()
        .filter(|(name, _)| *name != "d" || millis.unsigned_abs() > DAY.unsigned_abs());
    for (name, unit) in units {
        if let (Some(0), Some(count)) = (millis.checked_rem(*unit), millis.checked_div(*unit)) {
            return format!("{count}{name}");
        }
    }
    format!("{millis}ms")
}

fn parse_text(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let leading_zero = number.len() > 1 && number.starts_with('0');
    if number.is_empty() || number.len() > 12 || leading_zero {
        return None;
    }
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<i64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn durations_are_read_in_milliseconds() {
        for (text, millis) in [
            ("1s", 1_000),
            ("5m", 300_000),
            ("24h", 86_400_000),
            ("7d", 604_800_000),
            ("250ms", 250),
            ("0s", 0),
        ] {
            assert_eq!(parse(&json!(text)), Some(millis), "{text}");
        }
        assert_eq!(parse(&json!(90)), Some(90_000));
    }

    #[test]
    fn anything_but_one_number_and_one_unit_is_refused() {
        for text in [
            "",
            "5",
            "m",
            "5 m",
            " 5m",
            "5m ",
            "-5m",
            "+5m",
            "5M",
            "5min",
            "1h30m",
            "1.5h",
            "05m",
            "٥m",
            "5µs",
            "9999999999999s",
            "1e3s",
        ] {
            assert_eq!(parse(&json!(text)), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_negative_fractional_or_too_large_are_refused() {
        for value in [
            json!(-1),
            json!(1.5),
            json!(i64::MAX),
            json!(null),
            json!(true),
            json!([5]),
        ] {
            assert_eq!(parse(&value), None, "{value}");
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        for millis in [
            0,
            1,
            250,
            1_000,
            1_500,
            60_000,
            300_000,
            3_600_000,
            86_400_000,
            172_800_000,
        ] {
            assert_eq!(parse(&json!(format(millis))), Some(millis), "{}", format(millis));
        }
        assert_eq!(format(86_400_000), "24h");
    }
}
