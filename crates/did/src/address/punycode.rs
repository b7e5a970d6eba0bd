//! Decoding of punycode, [RFC 3492 section 6.2](https://www.rfc-editor.org/rfc/rfc3492#section-6.2).
//!
//! INVARIANT: every step is checked against overflow, and the work is bounded by the length of a DNS label.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;

/// Decodes a label without its `xn--`; none if it is malformed.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let (basic, extended) = match encoded.rsplit_once('-') {
        // A delimiter follows at least one basic character.
        Some(("", _)) => return None,
        Some((basic, extended)) => (basic, extended),
        None => ("", encoded),
    };
    let mut output: Vec<char> = basic.chars().collect();
    let mut digits = extended.bytes();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0_u32, INITIAL_BIAS);
    while digits.len() > 0 {
        let before = i;
        let mut weight = 1_u32;
        let mut k = BASE;
        loop {
            let digit = value(digits.next()?)?;
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE.checked_sub(threshold)?)?;
            k = k.checked_add(BASE)?;
        }
        let length = u32::try_from(output.len()).ok()?.checked_add(1)?;
        bias = adapt(i.checked_sub(before)?, length, before == 0)?;
        n = n.checked_add(i.checked_div(length)?)?;
        i = i.checked_rem(length)?;
        output.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i = i.checked_add(1)?;
    }
    Some(output.into_iter().collect())
}

/// Adapts the bias (section 6.1).
fn adapt(delta: u32, length: u32, first: bool) -> Option<u32> {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta = delta.checked_add(delta.checked_div(length)?)?;
    let mut k = 0_u32;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k = k.checked_add(BASE)?;
    }
    let scaled = (BASE - T_MIN + 1)
        .checked_mul(delta)?
        .checked_div(delta.checked_add(SKEW)?)?;
    k.checked_add(scaled)
}

fn value(digit: u8) -> Option<u32> {
    match digit {
        b'a'..=b'z' => Some(u32::from(digit).saturating_sub(u32::from(b'a'))),
        b'0'..=b'9' => Some(
            u32::from(digit)
                .saturating_sub(u32::from(b'0'))
                .saturating_add(26),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_decode() {
        // The second and third are (A) and (B) of RFC 3492 section 7.1.
        for (encoded, text) in [
            ("bcher-kva", "b\u{fc}cher"),
            (
                "egbpdaj6bu4bxfgehfvwxn",
                "\u{644}\u{64a}\u{647}\u{645}\u{627}\u{628}\u{62a}\u{643}\u{644}\u{645}\u{648}\u{634}\u{639}\u{631}\u{628}\u{64a}\u{61f}",
            ),
            (
                "ihqwcrb4cv8a8dqg056pqjye",
                "\u{4ed6}\u{4eec}\u{4e3a}\u{4ec0}\u{4e48}\u{4e0d}\u{8bf4}\u{4e2d}\u{6587}",
            ),
            ("fiqs8s", "\u{4e2d}\u{56fd}"),
            ("n3h", "\u{2603}"),
        ] {
            assert_eq!(decode(encoded).as_deref(), Some(text), "{encoded}");
        }
    }

    #[test]
    fn malformed_labels_do_not() {
        for encoded in [
            "-abc",
            "-",
            "a-b-\u{fc}",
            "9",
            "99999999",
            "KVA",
            "bcher-kv!",
            "abc-9",
        ] {
            assert_eq!(decode(encoded), None, "{encoded}");
        }
    }

    #[test]
    fn plain_text_stays_plain() {
        assert_eq!(decode("example-").as_deref(), Some("example"));
        assert_eq!(decode("").as_deref(), Some(""));
    }
}
