//! Points in time, [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) in the profile of XSD
//! [`dateTimeStamp`](https://www.w3.org/TR/xmlschema11-2/#dateTimeStamp).
//!
//! INVARIANT: a text without a zone, or of a moment that no calendar has, is no time. There is no clock here.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::ParseError;
use crate::did::excerpt;

/// The longest text that is read, in bytes.
const MAX_BYTES: usize = 64;
const DAY: i64 = 86_400;
/// The days from 0000-03-01 to 1970-01-01.
const EPOCH_DAY: i64 = 719_468;
/// The days of the 400 years after which the calendar repeats.
const ERA: i64 = 146_097;

/// A point in time, in whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Makes one from milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Makes one from seconds since the epoch, stopping at the ends of the range.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Returns the milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Parses a date and time with a zone, such as `2026-01-31T09:00:00Z`.
    ///
    /// Leap seconds, `24:00:00` and days that a month does not have are refused; digits below the
    /// millisecond are cut off.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        read(text).map(Self).map_err(|defect| ParseError::Timestamp {
            text: excerpt(text),
            defect,
        })
    }

    /// Returns the point `millis` milliseconds later, if there is one.
    #[must_use]
    pub const fn checked_add(self, millis: i64) -> Option<Self> {
        match self.0.checked_add(millis) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// Returns the point `millis` milliseconds later, stopping at the ends of the range.
    #[must_use]
    pub const fn saturating_add_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Returns how many milliseconds this is after `other`, stopping at the ends of the range.
    #[must_use]
    pub const fn millis_since(self, other: Self) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 with `Z`, and milliseconds only where there are some.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.seconds().div_euclid(DAY), self.seconds().rem_euclid(DAY));
        let (year, month, day) = date_of(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        match self.0.rem_euclid(1000) {
            0 => f.write_str("Z"),
            millis => write!(f, ".{millis:03}Z"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads the text into milliseconds since the epoch.
fn read(text: &str) -> Result<i64, &'static str> {
    if text.len() > MAX_BYTES {
        return Err("it is too long");
    }
    let mut rest = text.as_bytes();
    let year = number(&mut rest, 4)?;
    expect(&mut rest, b'-')?;
    let month = number(&mut rest, 2)?;
    expect(&mut rest, b'-')?;
    let day = number(&mut rest, 2)?;
    expect(&mut rest, b'T')?;
    let hour = number(&mut rest, 2)?;
    expect(&mut rest, b':')?;
    let minute = number(&mut rest, 2)?;
    expect(&mut rest, b':')?;
    let second = number(&mut rest, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return Err("the calendar has no such day");
    }
    if hour > 23 || minute > 59 || second > 59 {
        return Err("the day has no such time");
    }
    let millis = fraction(&mut rest)?;
    let offset = zone(&mut rest)?;
    if !rest.is_empty() {
        return Err("something follows the zone");
    }
    let seconds = in_seconds(days_to(year, month, day), hour, minute, second, offset);
    // What a zone moves out of the years 0 to 9999 could not be written again.
    if !(in_seconds(days_to(0, 1, 1), 0, 0, 0, 0)..in_seconds(days_to(10_000, 1, 1), 0, 0, 0, 0))
        .contains(&seconds)
    {
        return Err("it is not in the years 0 to 9999");
    }
    Ok(seconds.saturating_mul(1000).saturating_add(millis))
}

/// Reads the digits after a point, if there is one, as milliseconds.
fn fraction(rest: &mut &[u8]) -> Result<i64, &'static str> {
    let Some(after) = rest.strip_prefix(b".") else {
        return Ok(0);
    };
    let count = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let Some((digits, after)) = after.split_at_checked(count).filter(|_| count > 0) else {
        return Err("no digit follows the point");
    };
    *rest = after;
    let padded = digits.iter().copied().chain([b'0', b'0']).take(3);
    Ok(padded.fold(0, |sum: i64, byte| {
        sum.saturating_mul(10).saturating_add(value(byte))
    }))
}

/// Reads `Z` or an offset of at most 14 hours, in seconds.
fn zone(rest: &mut &[u8]) -> Result<i64, &'static str> {
    let Some((&mark, after)) = rest.split_first() else {
        return Err("it has no zone");
    };
    *rest = after;
    let sign = match mark {
        b'Z' => return Ok(0),
        b'+' => 1,
        b'-' => -1,
        _ => return Err("it has no zone"),
    };
    let hour = number(rest, 2)?;
    expect(rest, b':')?;
    let minute = number(rest, 2)?;
    let seconds = in_seconds(0, hour, minute, 0, 0);
    if minute > 59 || seconds > 14 * 3600 {
        return Err("there is no such zone");
    }
    Ok(seconds.saturating_mul(sign))
}

fn number(rest: &mut &[u8], digits: usize) -> Result<i64, &'static str> {
    const MISSING: &str = "it is not of the form `2026-01-31T09:00:00Z`";
    let (digits, after) = rest.split_at_checked(digits).ok_or(MISSING)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return Err(MISSING);
    }
    *rest = after;
    Ok(digits.iter().fold(0, |sum: i64, byte| {
        sum.saturating_mul(10).saturating_add(value(*byte))
    }))
}

fn expect(rest: &mut &[u8], mark: u8) -> Result<(), &'static str> {
    match rest.split_first() {
        Some((first, after)) if *first == mark => {
            *rest = after;
            Ok(())
        }
        _ => Err("it is not of the form `2026-01-31T09:00:00Z`"),
    }
}

fn value(digit: u8) -> i64 {
    i64::from(digit.saturating_sub(b'0'))
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "the days of 10,000 years and the seconds of a day are small"
)]
fn in_seconds(days: i64, hour: i64, minute: i64, second: i64, offset: i64) -> i64 {
    days * DAY + hour * 3600 + minute * 60 + second - offset
}

/// Counts the days from the epoch to a date; a year starts in March, so that the leap day is its last.
#[expect(clippy::arithmetic_side_effects, reason = "years are 0 to 10,000 here")]
fn days_to(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let month = (month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * ERA + day_of_era - EPOCH_DAY
}

/// Returns year, month and day of the date that lies `days` after the epoch.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "the days of all i64 milliseconds are below 2^37"
)]
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_DAY;
    let (era, day_of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn known_moments_are_read() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600_000),
            ("2026-01-31T09:00:00+01:00", 1_769_846_400_000),
            ("2026-01-31T07:30:00-00:30", 1_769_846_400_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2026-01-31T08:00:00.0019999Z", 1_769_846_400_001),
            ("2026-01-31T08:00:00.1Z", 1_769_846_400_100),
        ] {
            assert_eq!(parse(text).millis(), millis, "{text}");
        }
    }

    #[test]
    fn what_no_calendar_has_is_refused() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T23:60:00Z",
            "2016-12-31T23:59:60Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_no_time() {
        for text in [
            "2026-01-01T00:00:00",
            "2026-01-01",
            "2026-01-01T00:00:00+01",
            "2026-01-01T00:00:00+0100",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for text in [
            "",
            "2026-01-01t00:00:00Z",
            "2026-01-01T00:00:00z",
            "2026-01-01 00:00:00Z",
            " 2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z ",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00,5Z",
            "2026-1-01T00:00:00Z",
            "12026-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            "+2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+14:01",
            "2026-01-01T00:00:00+10:60",
            "2026-01-01T00:00Z",
            "20260101T000000Z",
            "0000-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "\u{ff12}026-01-01T00:00:00Z",
        ] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
        let long = format!("2026-01-01T00:00:00.{}Z", "0".repeat(MAX_BYTES));
        assert_eq!(Timestamp::parse(&long).unwrap_err().code(), "parse.timestamp");
    }

    #[test]
    fn arithmetic_stops_at_the_ends() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(end.checked_add(1), None);
        assert_eq!(end.saturating_add_millis(1), end);
        assert_eq!(Timestamp::from_seconds(i64::MAX), end);
        assert_eq!(end.millis_since(Timestamp::from_millis(-1)), i64::MAX);
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
        for millis in [i64::MIN, i64::MAX] {
            assert!(!Timestamp::from_millis(millis).to_string().is_empty());
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(millis in -62_167_219_200_000_i64..253_402_300_800_000) {
            let time = Timestamp::from_millis(millis);
            prop_assert_eq!(parse(&time.to_string()), time);
        }

        #[test]
        fn text_order_is_time_order(a in 0_i64..253_402_300_799, b in 0_i64..253_402_300_799) {
            let (a, b) = (Timestamp::from_seconds(a), Timestamp::from_seconds(b));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = Timestamp::parse(&text);
        }
    }
}
