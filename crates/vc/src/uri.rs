//! Absolute URIs by their characters (RFC 3986 section 4.3), without resolving anything.
//!
//! INVARIANT: what passes has a scheme, something after it, and no character that a URI cannot hold.

/// Says whether the text is an absolute URI, fragment allowed.
pub(crate) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let mut letters = scheme.chars();
    let well_named = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|next| next.is_ascii_alphanumeric() || matches!(next, '+' | '-' | '.'));
    well_named && !rest.is_empty() && rest.split('#').count() <= 2 && has_only_uri_characters(rest)
}

/// Says whether the text is an `https` URL with a host, without user information or fragment.
pub(crate) fn is_https(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    !authority.is_empty() && !authority.contains('@') && !rest.contains('#') && is_absolute(text)
}

/// Says whether the text is `urn:uuid:` and a UUID in its one lower-case spelling (RFC 9562 section 4).
pub(crate) fn is_urn_uuid(text: &str) -> bool {
    let Some(uuid) = text.strip_prefix("urn:uuid:") else {
        return false;
    };
    uuid.len() == 36
        && uuid.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

fn has_only_uri_characters(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let allowed = match byte {
            b'%' => {
                let hex = |digit: Option<u8>| digit.is_some_and(|digit| digit.is_ascii_hexdigit());
                hex(bytes.next()) && hex(bytes.next())
            }
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&byte),
        };
        if !allowed {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_uris_of_any_scheme_pass() {
        for good in [
            "https://a.example/x?y#z",
            "did:key:z6Mk",
            "urn:uuid:1",
            "data:,x",
            "a+b-c.d:x",
            "https://a/%20",
        ] {
            assert!(is_absolute(good), "{good}");
        }
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        for bad in [
            "",
            "x",
            ":x",
            "x:",
            "1a:b",
            "https ://a",
            "https://a b",
            "a:%",
            "a:%2",
            "a:%zz",
            "a:é",
            "a:#b#c",
            "a:\n",
            "a:\"",
            "a:<b>",
        ] {
            assert!(!is_absolute(bad), "{bad}");
        }
    }

    #[test]
    fn only_https_with_a_plain_authority_is_a_list_address() {
        assert!(is_https("https://acme.example/status-lists/1"));
        assert!(is_https("https://localhost:8443/status-lists/1"));
        for bad in [
            "http://a.example/1",
            "https://",
            "https:///x",
            "https://u@a.example/",
            "https://a.example/#x",
            "HTTPS://a.example/",
        ] {
            assert!(!is_https(bad), "{bad}");
        }
    }

    #[test]
    fn a_uuid_has_one_spelling() {
        assert!(is_urn_uuid("urn:uuid:0193a1b2-0000-7000-8000-000000000001"));
        for bad in [
            "urn:uuid:0193A1B2-0000-7000-8000-000000000001",
            "urn:uuid:0193a1b20000-7000-8000-000000000001-",
            "urn:uuid:{193a1b2-0000-7000-8000-00000000001}",
            "URN:uuid:0193a1b2-0000-7000-8000-000000000001",
            "0193a1b2-0000-7000-8000-000000000001",
            "urn:uuid:0193a1b2-0000-7000-8000-00000000000",
        ] {
            assert!(!is_urn_uuid(bad), "{bad}");
        }
    }
}
