//! A key's fingerprint as people read and compare it.
//!
//! The text is `SHA256:` and the RFC 7638 thumbprint in base64url, as `ssh-keygen` writes its own, in groups of four.
//! INVARIANT: comparing ignores how the groups are spaced and nothing else.

use std::fmt;

const PREFIX: &str = "SHA256:";
const GROUP: usize = 4;

/// A key's fingerprint; its text is grouped for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Takes a thumbprint in base64url.
    #[must_use]
    pub fn of_thumbprint(thumbprint: &str) -> Self {
        Self(thumbprint.to_owned())
    }

    /// Gives the thumbprint without prefix and spaces.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.0
    }

    /// Says whether a text that a person typed or pasted is this fingerprint; white space is ignored, the whole
    /// thumbprint is compared, and `SHA256:` may stand before it.
    #[must_use]
    pub fn matches(&self, typed: &str) -> bool {
        let plain: String = typed.chars().filter(|char| !char.is_whitespace()).collect();
        let plain = plain.strip_prefix(PREFIX).unwrap_or(&plain);
        !plain.is_empty() && plain == self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        for (index, char) in self.0.chars().enumerate() {
            if index > 0 && index.is_multiple_of(GROUP) {
                f.write_str(" ")?;
            }
            write!(f, "{char}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THUMBPRINT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

    #[test]
    fn text_is_grouped_for_reading() {
        let text = Fingerprint::of_thumbprint(THUMBPRINT).to_string();
        assert_eq!(
            text,
            "SHA256:NzbL sXh8 uDCc d-6M NwXF 4W_7 noWX FZAf HkxZ sRGC 9Xs"
        );
    }

    #[test]
    fn spacing_and_prefix_do_not_matter() {
        let fingerprint = Fingerprint::of_thumbprint(THUMBPRINT);
        assert!(fingerprint.matches(&fingerprint.to_string()));
        assert!(fingerprint.matches(THUMBPRINT));
        assert!(fingerprint.matches(&format!(" {THUMBPRINT}\n")));
    }

    #[test]
    fn anything_less_than_the_whole_does_not_match() {
        let fingerprint = Fingerprint::of_thumbprint(THUMBPRINT);
        let shorter = THUMBPRINT.strip_suffix('s').unwrap();
        for typed in [
            "",
            "SHA256:",
            "NzbL",
            shorter,
            &THUMBPRINT.to_lowercase(),
            &format!("sha256:{THUMBPRINT}"),
        ] {
            assert!(!fingerprint.matches(typed), "{typed}");
        }
        assert!(!Fingerprint::of_thumbprint("").matches(""));
    }
}
