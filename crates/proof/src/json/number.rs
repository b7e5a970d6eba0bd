//! Numbers (RFC 8259, section 6), as the doubles that RFC 8785 knows.
//!
//! INVARIANT: the grammar is exact, and the value is finite.

use serde_json::Number;

use super::Reader;
use crate::ReadError;

impl Reader<'_> {
    /// Reads a number at `-` or a digit.
    pub(super) fn number(&mut self) -> Result<Number, ReadError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.advance(1);
        }
        if self.peek() == Some(b'0') {
            self.advance(1);
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.advance(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.advance(1);
            if let Some(b'+' | b'-') = self.peek() {
                self.advance(1);
            }
            self.digits()?;
        }
        let literal = self.text.get(start..self.at).unwrap_or_default();
        number(literal, whole).ok_or(ReadError::Number { offset: start })
    }

    /// Passes over one digit or more.
    fn digits(&mut self) -> Result<(), ReadError> {
        let count = self
            .rest()
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 {
            return Err(self.unexpected("no digit"));
        }
        self.advance(count);
        Ok(())
    }
}

/// The value of a literal that keeps the grammar.
fn number(literal: &str, whole: bool) -> Option<Number> {
    // `-0` is a double: an integer would lose the sign, which a canonical writer drops by itself.
    if whole && literal != "-0" {
        if let Ok(integer) = literal.parse::<i64>() {
            return Some(integer.into());
        }
        if let Ok(integer) = literal.parse::<u64>() {
            return Some(integer.into());
        }
    }
    Number::from_f64(literal.parse().ok()?)
}
