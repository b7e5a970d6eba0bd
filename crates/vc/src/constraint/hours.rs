//! Hours: days and times of day in one zone (profile, section Capability).
//!
//! A window whose end is not after its start runs over midnight and belongs to the day on which it starts. The
//! zone's offset from UTC at the judged moment is evidence, so what the clock on the wall shows decides: in the
//! hour that a change of the clock skips nothing can be asked, and the hour that it repeats counts twice.
//!
//! INVARIANT: no zone data lives here; without the offset nothing is permitted.

use chancery_did::{Timestamp, object};
use serde_json::Value;

use super::members::Members;
use super::refusal::same;
use super::unknown::ConstraintError;
use super::{Facts, NotWithin, Refusal};

const DAYS: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MINUTES_PER_DAY: u16 = 1440;
const MILLIS_PER_MINUTE: i64 = 60_000;
const MILLIS_PER_DAY: i64 = 86_400_000;
/// No zone was ever further from UTC, in seconds.
const MAX_OFFSET: u32 = 64_800;
/// 1970-01-01 was a Thursday.
const EPOCH_WEEKDAY: i64 = 3;

/// Permits a request on the given days from one time of day until, and not including, another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// By weekday, Monday first.
    days: [bool; 7],
    /// In minutes since midnight.
    from: u16,
    until: u16,
    zone: String,
}

/// A day of the week, Monday first, and the minute on the clock.
#[derive(Debug, Clone, Copy)]
struct WallClock {
    weekday: usize,
    minute: u16,
}

impl WallClock {
    fn read(at: Timestamp, offset: i32) -> Option<Self> {
        if offset.unsigned_abs() > MAX_OFFSET {
            return None;
        }
        let local = at.millis().checked_add(i64::from(offset).checked_mul(1000)?)?;
        let weekday = local
            .div_euclid(MILLIS_PER_DAY)
            .checked_add(EPOCH_WEEKDAY)?
            .rem_euclid(7);
        let minute = local.rem_euclid(MILLIS_PER_DAY).div_euclid(MILLIS_PER_MINUTE);
        Some(Self {
            weekday: usize::try_from(weekday).ok()?,
            minute: u16::try_from(minute).ok()?,
        })
    }
}

impl Hours {
    pub(super) const MEMBERS: &[&str] = &["days", "from", "until", "timeZone"];

    pub(super) fn read(members: &Members<'_>) -> Result<Self, ConstraintError> {
        let mut days = [false; 7];
        for name in members.texts("days")? {
            let slot = DAYS.iter().zip(&mut days).find(|(day, _)| **day == name);
            let (_, slot) =
                slot.ok_or_else(|| ConstraintError::unknown(format!("`{name}` is not a day of the week")))?;
            *slot = true;
        }
        let from = minute(members.text("from")?).filter(|from| *from < MINUTES_PER_DAY);
        let until = minute(members.text("until")?).filter(|until| *until > 0);
        let (from, until) = from.zip(until).ok_or_else(|| {
            ConstraintError::malformed("`from` is 00:00 to 23:59 and `until` is 00:01 to 24:00")
        })?;
        if from == until {
            return Err(ConstraintError::malformed(
                "`from` and `until` are the same, which says nothing",
            ));
        }
        let zone = members.text("timeZone")?;
        if !is_zone(zone) {
            return Err(ConstraintError::malformed(format!(
                "`{zone}` is not the name of a time zone"
            )));
        }
        Ok(Self {
            days,
            from,
            until,
            zone: zone.to_owned(),
        })
    }

    /// The IANA zone whose offset it needs.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    pub(super) fn to_value(&self) -> Value {
        let days: Vec<&str> = DAYS
            .iter()
            .zip(self.days)
            .filter(|(_, on)| *on)
            .map(|(day, _)| *day)
            .collect();
        object([
            ("type", "Hours".into()),
            ("days", days.into()),
            ("from", clock(self.from).into()),
            ("until", clock(self.until).into()),
            ("timeZone", self.zone.as_str().into()),
        ])
    }

    pub(super) fn permits(&self, facts: &Facts<'_>) -> Result<(), Refusal> {
        let offset = (facts.zone_offset)(&self.zone).ok_or_else(|| Refusal::zone(&self.zone))?;
        let refuse = |detail| Err(Refusal::new("constraint.hours", detail));
        let Some(now) = WallClock::read(facts.at, offset) else {
            return refuse(format!("an offset of {offset} s is not one of a time zone"));
        };
        if self.holds(now) {
            return Ok(());
        }
        let day = DAYS.get(now.weekday).copied().unwrap_or_default();
        refuse(format!(
            "{day} {} in {} is outside the permitted hours",
            clock(now.minute),
            self.zone
        ))
    }

    pub(super) fn is_within(&self, parent: &Self) -> Result<(), NotWithin> {
        same("timeZone", &self.zone, &parent.zone)?;
        // Whether a moment is inside changes only at midnight and at these minutes.
        let turns = [0, self.from, self.until, parent.from, parent.until];
        for weekday in 0..DAYS.len() {
            for minute in turns.into_iter().filter(|minute| *minute < MINUTES_PER_DAY) {
                let moment = WallClock { weekday, minute };
                if self.holds(moment) && !parent.holds(moment) {
                    let day = DAYS.get(weekday).copied().unwrap_or_default();
                    return Err(NotWithin::Wider(format!(
                        "{day} {} is not in the parent's hours",
                        clock(minute)
                    )));
                }
            }
        }
        Ok(())
    }

    fn holds(&self, now: WallClock) -> bool {
        let on = |weekday: usize| self.days.get(weekday).copied().unwrap_or(false);
        let started = self.from <= now.minute;
        let ongoing = now.minute < self.until;
        if self.from < self.until {
            return on(now.weekday) && started && ongoing;
        }
        let yesterday = now.weekday.checked_sub(1).unwrap_or(6);
        (on(now.weekday) && started) || (on(yesterday) && ongoing)
    }
}

/// Reads `HH:MM` up to `24:00`, as minutes since midnight.
fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse::<u16>().ok() } else { None }
    };
    let minutes = number(minutes).filter(|minutes| *minutes < 60)?;
    number(hours)?
        .checked_mul(60)?
        .checked_add(minutes)
        .filter(|minute| *minute <= MINUTES_PER_DAY)
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute.div_euclid(60), minute.rem_euclid(60))
}

/// The shape of an IANA zone name; whether there is such a zone is the host's to know.
fn is_zone(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+'))
    };
    text.len() <= 64 && text.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use chancery_did::Timestamp;
    use serde_json::{Value, json};

    use crate::constraint::Constraint;
    use crate::constraint::case::{Case, order};

    fn hours(days: &[&str], from: &str, until: &str) -> Value {
        json!({"type": "Hours", "days": days, "from": from, "until": until, "timeZone": "Europe/Berlin"})
    }

    fn at(time: &str, offset: i32) -> Case {
        Case {
            at: Timestamp::parse(time).unwrap().seconds(),
            offset: Some(offset),
            ..Case::new()
        }
    }

    const WORK: [&str; 5] = ["Mo", "Tu", "We", "Th", "Fr"];

    #[test]
    fn a_window_begins_with_its_start_and_ends_before_its_end() {
        let work = hours(&WORK, "09:00", "17:00");
        for (time, want) in [
            ("2026-11-18T07:59:59Z", "constraint.hours"),
            ("2026-11-18T08:00:00Z", "ok"),
            ("2026-11-18T15:59:59.999Z", "ok"),
            ("2026-11-18T16:00:00Z", "constraint.hours"),
            ("2026-11-18T19:00:00Z", "constraint.hours"),
            ("2026-11-21T09:00:00Z", "constraint.hours"),
            ("2026-11-22T09:00:00Z", "constraint.hours"),
            ("2026-11-20T15:59:00Z", "ok"),
        ] {
            assert_eq!(at(time, 3600).judge(&work), want, "{time}");
        }
    }

    #[test]
    fn the_day_is_the_zones_day_and_not_the_worlds() {
        let monday = hours(&["Mo"], "00:00", "24:00");
        assert_eq!(
            at("2026-11-15T23:30:00Z", 3600).judge(&monday),
            "ok",
            "Monday 00:30 in Berlin"
        );
        assert_eq!(
            at("2026-11-16T23:30:00Z", 3600).judge(&monday),
            "constraint.hours",
            "Tuesday in Berlin"
        );
        assert_eq!(
            at("2026-11-17T03:30:00Z", -18_000).judge(&monday),
            "ok",
            "Monday 22:30 to the west"
        );
    }

    #[test]
    fn overnight_belongs_to_the_day_on_which_it_starts() {
        let night = hours(&["Fr"], "22:00", "06:00");
        for (time, want) in [
            ("2026-11-20T21:59:59Z", "constraint.hours"),
            ("2026-11-20T22:00:00Z", "ok"),
            ("2026-11-20T23:59:59Z", "ok"),
            ("2026-11-21T00:00:00Z", "ok"),
            ("2026-11-21T01:00:00Z", "ok"),
            ("2026-11-21T05:59:59Z", "ok"),
            ("2026-11-21T06:00:00Z", "constraint.hours"),
            ("2026-11-20T01:00:00Z", "constraint.hours"),
            ("2026-11-21T22:00:00Z", "constraint.hours"),
            ("2026-11-22T01:00:00Z", "constraint.hours"),
        ] {
            assert_eq!(at(time, 0).judge(&night), want, "{time}");
        }
        let sunday = hours(&["Su"], "22:00", "06:00");
        assert_eq!(
            at("2026-11-23T01:00:00Z", 0).judge(&sunday),
            "ok",
            "the week goes round"
        );
    }

    #[test]
    fn a_change_of_the_clock_follows_the_offset_that_is_given() {
        let gap = hours(&["Su"], "02:00", "03:00");
        assert_eq!(
            at("2026-03-29T00:59:59Z", 3600).judge(&gap),
            "constraint.hours",
            "01:59:59, before the gap"
        );
        assert_eq!(
            at("2026-03-29T01:00:00Z", 7200).judge(&gap),
            "constraint.hours",
            "03:00, after the gap"
        );
        let overlap = hours(&["Su"], "02:30", "03:00");
        assert_eq!(
            at("2026-10-25T00:30:00Z", 7200).judge(&overlap),
            "ok",
            "02:30 the first time"
        );
        assert_eq!(
            at("2026-10-25T01:00:00Z", 3600).judge(&overlap),
            "constraint.hours",
            "02:00 again"
        );
        assert_eq!(
            at("2026-10-25T01:30:00Z", 3600).judge(&overlap),
            "ok",
            "02:30 the second time"
        );
    }

    #[test]
    fn without_the_offset_the_zone_is_asked_for() {
        let case = Case {
            offset: None,
            ..Case::new()
        };
        assert_eq!(case.judge(&hours(&WORK, "09:00", "17:00")), "evidence.needed");
        assert_eq!(
            Constraint::parse(&hours(&WORK, "09:00", "17:00")).zone(),
            Some("Europe/Berlin")
        );
    }

    #[test]
    fn an_offset_of_no_zone_is_refused() {
        for offset in [64_801, -64_801, i32::MAX, i32::MIN] {
            let case = Case {
                offset: Some(offset),
                ..Case::new()
            };
            assert_eq!(
                case.judge(&hours(
                    &["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
                    "00:00",
                    "24:00"
                )),
                "constraint.hours"
            );
        }
        let case = Case {
            at: i64::MAX,
            ..Case::new()
        };
        assert_eq!(case.judge(&hours(&WORK, "09:00", "17:00")), "constraint.hours");
    }

    #[test]
    fn hours_that_say_nothing_deny() {
        let with = |member: &str, value: Value| {
            let mut constraint = hours(&WORK, "09:00", "17:00");
            constraint[member] = value;
            Case::new().judge(&constraint)
        };
        for time in [
            "9:00", "09:60", "24:01", "25:00", "09:00:00", "0900", "09-00", "-1:00", "９:00", "noon", "24:00",
        ] {
            assert_eq!(with("from", json!(time)), "constraint.malformed", "{time}");
        }
        assert_eq!(with("until", json!("00:00")), "constraint.malformed");
        assert_eq!(
            with("until", json!("09:00")),
            "constraint.malformed",
            "from is until"
        );
        assert_eq!(with("timeZone", json!("")), "constraint.empty");
        assert_eq!(with("timeZone", json!(null)), "constraint.empty");
        for zone in [
            "+01:00",
            "Europe/",
            "/Berlin",
            "Europe//Berlin",
            "Europe/../Berlin",
            "Europe Berlin",
            "1",
        ] {
            assert_eq!(with("timeZone", json!(zone)), "constraint.malformed", "{zone}");
        }
        assert_eq!(with("days", json!([])), "constraint.empty");
        assert_eq!(with("days", json!(["Mo", "Mo"])), "constraint.malformed");
        for day in ["mo", "Mon", "MO", "1", "Mo-Fr"] {
            assert_eq!(with("days", json!([day])), "constraint.unknown", "{day}");
        }
        assert_eq!(with("except", json!(["2026-12-25"])), "constraint.unknown");
        let zoneless = json!({"type": "Hours", "days": ["Mo"], "from": "09:00", "until": "17:00"});
        assert_eq!(Case::new().judge(&zoneless), "constraint.malformed");
    }

    #[test]
    fn a_child_may_not_extend_the_hours() {
        let work = hours(&WORK, "09:00", "17:00");
        assert_eq!(order(&hours(&["Mo"], "10:00", "17:00"), &work), "within");
        assert_eq!(order(&hours(&["Mo"], "08:59", "17:00"), &work), "wider");
        assert_eq!(order(&hours(&["Mo"], "09:00", "17:01"), &work), "wider");
        assert_eq!(order(&hours(&["Sa"], "09:00", "17:00"), &work), "wider");
        assert_eq!(
            order(&hours(&["Mo"], "16:00", "10:00"), &work),
            "wider",
            "over midnight"
        );
        let night = hours(&["Fr"], "22:00", "06:00");
        assert_eq!(
            order(&hours(&["Sa"], "00:00", "06:00"), &night),
            "within",
            "the tail is on Saturday"
        );
        assert_eq!(order(&hours(&["Fr"], "00:00", "06:00"), &night), "wider");
        assert_eq!(order(&hours(&["Sa"], "22:00", "06:00"), &night), "wider");
    }

    #[test]
    fn another_zone_is_not_compared() {
        let mut london = hours(&["Mo"], "10:00", "11:00");
        london["timeZone"] = json!("Europe/London");
        assert_eq!(order(&london, &hours(&WORK, "00:00", "24:00")), "not comparable");
    }
}
