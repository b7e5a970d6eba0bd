//! Strings (RFC 8259, section 7), unescaped.
//!
//! INVARIANT: what comes out is Unicode text: an escaped surrogate without its other half is refused.

use super::Reader;
use crate::ReadError;

impl Reader<'_> {
    /// Reads a string at its opening quotation mark.
    pub(super) fn string(&mut self) -> Result<String, ReadError> {
        self.advance(1);
        let mut text = String::new();
        loop {
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = self.rest().iter().position(special).unwrap_or(self.rest().len());
            let end = self.at.saturating_add(plain);
            if text.len().saturating_add(plain) > self.limits.string {
                return Err(ReadError::Size {
                    limit: self.limits.string,
                });
            }
            text.push_str(self.text.get(self.at..end).unwrap_or_default());
            self.at = end;
            match self.peek() {
                Some(b'"') => {
                    self.advance(1);
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.unexpected("a control character in a string")),
            }
        }
    }

    /// Reads one escape at its backslash.
    fn escape(&mut self) -> Result<char, ReadError> {
        self.advance(1);
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.unexpected("an unknown escape")),
        };
        self.advance(1);
        Ok(character)
    }

    /// Reads `uXXXX`, and the `\uXXXX` that a leading surrogate needs.
    fn unicode_escape(&mut self) -> Result<char, ReadError> {
        let lone = ReadError::Utf8 {
            offset: self.at.saturating_sub(1),
            reason: "a lone surrogate",
        };
        self.advance(1);
        let first = self.code_unit()?;
        let second = if (0xd800..0xdc00).contains(&first) && self.rest().starts_with(b"\\u") {
            self.advance(2);
            Some(self.code_unit()?)
        } else {
            None
        };
        let mut characters = char::decode_utf16([first].into_iter().chain(second));
        match (characters.next(), characters.next()) {
            (Some(Ok(character)), None) => Ok(character),
            _ => Err(lone),
        }
    }

    /// Reads four hexadecimal digits.
    fn code_unit(&mut self) -> Result<u16, ReadError> {
        let mut unit = 0_u16;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            let digit = digit.and_then(|digit| u16::try_from(digit).ok());
            unit = unit << 4 | digit.ok_or_else(|| self.unexpected("not four hexadecimal digits"))?;
            self.advance(1);
        }
        Ok(unit)
    }
}
