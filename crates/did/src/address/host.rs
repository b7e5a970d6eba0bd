//! The host of a DID that names a place on the web: a DNS name in canonical spelling, [RFC 1123 section 2.1](https://www.rfc-editor.org/rfc/rfc1123#section-2).
//!
//! INVARIANT: lower-case ASCII, no trailing dot, never an IP address in any spelling that some resolver reads.

use super::punycode;

const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Checks a host, or says what is wrong with it.
pub(super) fn check(host: &str) -> Result<(), &'static str> {
    if host.is_empty() || host.len() > MAX_NAME {
        return Err("its host is empty or too long");
    }
    for label in host.split('.') {
        check_label(label)?;
    }
    if host.rsplit('.').next().is_some_and(is_number) {
        return Err("its host is an IP address, or some resolver would take it for one");
    }
    Ok(())
}

fn check_label(label: &str) -> Result<(), &'static str> {
    if label.is_empty() || label.len() > MAX_LABEL {
        return Err("a label of its host is empty or too long");
    }
    if !label
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    {
        return Err("its host is not a DNS name in lower case");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err("a label of its host starts or ends with `-`");
    }
    match label.strip_prefix("xn--") {
        Some(encoded) => check_international(encoded),
        None => Ok(()),
    }
}

/// Checks that what follows `xn--` stands for a label that needs it.
fn check_international(encoded: &str) -> Result<(), &'static str> {
    let label = punycode::decode(encoded).ok_or("a label of its host is not valid punycode")?;
    if label.is_ascii() {
        return Err("a label of its host is punycode of plain ASCII");
    }
    // Case mapping and white space show a label that no registration can have produced.
    let mapped = |c: char| c.is_control() || c.is_whitespace() || c.is_uppercase() || is_title_case(c);
    if label.chars().any(mapped) {
        return Err("a label of its host is punycode of what no name holds");
    }
    Ok(())
}

/// Says whether a character is in title case, which lower case has another for and which is no upper case.
const fn is_title_case(c: char) -> bool {
    matches!(
        c,
        '\u{1c5}' | '\u{1c8}' | '\u{1cb}' | '\u{1f2}' | '\u{1fbc}' | '\u{1fcc}' | '\u{1ffc}'
    ) || matches!(c, '\u{1f88}'..='\u{1f8f}' | '\u{1f98}'..='\u{1f9f}' | '\u{1fa8}'..='\u{1faf}')
}

/// Says whether a last label makes the whole host an IPv4 address, as the
/// [URL standard](https://url.spec.whatwg.org/#ends-in-a-number-checker) reads it.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x");
    label.bytes().all(|byte| byte.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_lower_case_changes_is_upper_or_title_case() {
        for c in '\0'..=char::MAX {
            if !c.to_lowercase().eq([c]) {
                assert!(c.is_uppercase() || is_title_case(c), "{c:?}");
            }
        }
    }

    #[test]
    fn dns_names_are_hosts() {
        for host in [
            "a.example",
            "localhost",
            "xn--bcher-kva.example",
            "xn--fiqs8s",
            "1a.example",
            "r3---sn-4g5e.example",
            "0xg",
            "3com.com",
        ] {
            assert_eq!(check(host), Ok(()), "{host}");
        }
    }

    #[test]
    fn ip_addresses_are_not() {
        for host in [
            "127.0.0.1",
            "10.0.0.5",
            "2130706433",
            "0x7f.1",
            "0x7f000001",
            "127.1",
            "0177.0.0.1",
            "1.2.3.0x",
            "a.1",
        ] {
            assert!(check(host).is_err(), "{host}");
        }
        for host in ["[::1]", "::1", "%5B::1%5D", "%5B__1%5D"] {
            assert!(check(host).is_err(), "{host}");
        }
    }

    #[test]
    fn other_spellings_are_not() {
        for host in [
            "",
            ".",
            "a.example.",
            "localhost.",
            ".a.example",
            "a..example",
            "A.example",
            "a_b.example",
            "-a.example",
            "a-.example",
            "b\u{fc}cher.example",
            "a%2Eexample",
            "a example",
            "a\u{3002}example",
        ] {
            assert!(check(host).is_err(), "{host}");
        }
        assert!(check(&"a".repeat(64)).is_err());
        assert!(check(&["abcdefg"; 33].join(".")).is_err());
    }

    #[test]
    fn punycode_must_be_needed() {
        for host in [
            "xn--example-.org",
            "xn--example.org",
            "xn--",
            "xn--a",
            "xn---",
            "xn--a-.example",
            "xn--99999999.example",
            "xn--bcher-kv!.example",
            "xn--bcher-.example",
            "Xn--bcher-kva.example",
        ] {
            assert!(check(host).is_err(), "{host}: {:?}", check(host));
        }
    }
}
