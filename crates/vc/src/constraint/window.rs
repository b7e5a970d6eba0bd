//! The span of time over which a counter counts (profile, section Capability, row Budget, Rate, Uses).
//!
//! INVARIANT: a window has one spelling, an [ISO 8601](https://www.iso.org/iso-8601-date-and-time-format.html)
//! duration of a single fixed unit, so that two windows are comparable exactly if they are equal.

use super::members::Members;
use super::unknown::ConstraintError;

/// Reads the member `window`: `P1D`, `PT1H`, `PT30M` or `PT10S`, with a number from 1 to 999.
pub(super) fn read(members: &Members<'_>) -> Result<String, ConstraintError> {
    let text = members.text("window")?;
    let digits = match text.strip_prefix("PT") {
        Some(time) => time.strip_suffix(['H', 'M', 'S']),
        None => text.strip_prefix('P').and_then(|date| date.strip_suffix('D')),
    };
    let number = digits.and_then(|digits| {
        digits
            .parse::<u16>()
            .ok()
            .filter(|number| (1..1000).contains(number) && number.to_string() == digits)
    });
    match number {
        Some(_) => Ok(text.to_owned()),
        None => Err(ConstraintError::malformed(format!(
            "`{text}` is not a window such as `P1D` or `PT1H`"
        ))),
    }
}
