//! Exact decimal amounts (profile, section Capability, row Amount).
//!
//! INVARIANT: an amount is held as a whole number of millionths; no floating point is involved anywhere.

use std::cmp::Ordering;
use std::fmt;

/// The digits that an amount may have before its point.
const WHOLE_DIGITS: usize = 18;
/// The digits that an amount may have behind its point; one unit is 10 to this power millionths.
const FRACTION_DIGITS: usize = 6;

/// Holds a non-negative amount with at most six digits behind its point, exactly.
///
/// `100.0` and `100.00` are equal; each prints with the digits it was written with.
#[derive(Debug, Clone, Copy)]
pub struct Decimal {
    millionths: i128,
    /// How many digits behind the point were written.
    digits: usize,
}

impl Decimal {
    /// Parses `^(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?$`, or returns nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = match text.split_once('.') {
            None => (text, ""),
            Some((_, "")) => return None,
            Some(parts) => parts,
        };
        let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || whole.len() > WHOLE_DIGITS || leading_zero || !plain(whole) {
            return None;
        }
        if fraction.len() > FRACTION_DIGITS || !plain(fraction) {
            return None;
        }
        let millionths = format!("{whole}{fraction:0<FRACTION_DIGITS$}").parse().ok()?;
        Some(Self {
            millionths,
            digits: fraction.len(),
        })
    }

    /// Tells whether the amount is more than nothing.
    #[must_use]
    pub fn is_positive(self) -> bool {
        self.millionths > 0
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.millionths == other.millionths
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.millionths.cmp(&other.millionths)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 1_000_000_i128;
        let fraction = format!("{:06}", self.millionths.rem_euclid(unit));
        write!(formatter, "{}", self.millionths.div_euclid(unit))?;
        match fraction.get(..self.digits) {
            None | Some("") => Ok(()),
            Some(written) => write!(formatter, ".{written}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_prints_as_it_was_written() {
        for text in [
            "0",
            "0.0",
            "1",
            "100.00",
            "0.000001",
            "999999999999999999.999999",
            "10.5",
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn no_other_spelling_is_an_amount() {
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "00",
            "01",
            "01.5",
            "-1",
            "+1",
            "-0",
            "1e3",
            "1E3",
            "1,5",
            "1_000",
            " 1",
            "1 ",
            "1.0000000",
            "1000000000000000000",
            "0x10",
            "NaN",
            "inf",
            "1.5.0",
            "１",
            "1.٣",
            "1.-5",
            "1\n",
        ] {
            assert!(Decimal::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn amounts_compare_by_value_and_not_by_text() {
        let decimal = |text| Decimal::parse(text).unwrap();
        assert!(decimal("9") < decimal("100"));
        assert!(decimal("100.000001") > decimal("100"));
        assert_eq!(decimal("100.0"), decimal("100.00"));
        assert!(decimal("0.1") < decimal("0.2") && decimal("0.3") > decimal("0.299999"));
        assert!(
            decimal("9007199254740993") > decimal("9007199254740992"),
            "beyond doubles"
        );
    }

    #[test]
    fn nothing_is_not_positive() {
        assert!(!Decimal::parse("0.000000").unwrap().is_positive());
        assert!(Decimal::parse("0.000001").unwrap().is_positive());
    }
}
