//! What of a result is wanted, by media type: [DID Resolution section 8.1](https://www.w3.org/TR/did-resolution/#bindings-https)
//! and [RFC 9110 section 12.5.1](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1).
//!
//! INVARIANT: a header that names nothing that can be given is refused, never answered with something else.

use super::error::{DidError, Kind};

/// The media type of a whole resolution result.
pub const RESOLUTION: &str = "application/did-resolution";
/// The media type of a whole dereferencing result.
pub const DEREFERENCING: &str = "application/did-url-dereferencing";
/// The media type of a result in the older form, which drivers of the Universal Resolver still give.
pub const LEGACY: &str = "application/ld+json;profile=\"https://w3id.org/did-resolution\"";
/// The profile of [`LEGACY`].
const PROFILE: &str = "https://w3id.org/did-resolution";
const URI_LIST: &str = "text/uri-list";
/// The representations of a document; the first is what is given when any will do.
const CONTENT: [&str; 5] = [
    "application/did",
    "application/did+json",
    "application/did+ld+json",
    "application/json",
    "application/ld+json",
];

/// What of a result is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A whole resolution result.
    Resolution,
    /// A whole dereferencing result.
    Dereferencing,
    /// A whole result in the older form.
    Legacy,
    /// Just the document, or what the DID URL names in it, under this media type.
    Content(&'static str),
    /// Just the addresses of services.
    UriList,
}

impl Form {
    /// Finds the form that a whole `Accept` header prefers; `None` if anything will do.
    pub fn preferred(header: &str) -> Result<Option<Self>, DidError> {
        let mut best: Option<(u16, Option<Self>)> = None;
        for range in header.split(',').filter(|range| !range.trim().is_empty()) {
            let Some(form) = Self::named(range) else { continue };
            let weight = weight(range);
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, form));
            }
        }
        match best {
            Some((_, form)) => Ok(form),
            None if header.trim().is_empty() => Ok(None),
            None => Err(DidError::new(
                Kind::RepresentationNotSupported,
                "resolve.representation",
                "no media type that is accepted can be given",
            )),
        }
    }

    /// The form of one range: `Some(None)` for a wildcard.
    fn named(range: &str) -> Option<Option<Self>> {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?.to_ascii_lowercase();
        let profile = parts
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("profile"))
            .map(|(_, value)| value.trim().trim_matches('"'));
        if let Some(profile) = profile {
            // Another profile of JSON-LD is not this one.
            return (name == "application/ld+json" && profile == PROFILE).then_some(Some(Self::Legacy));
        }
        match name.as_str() {
            "*/*" | "application/*" => Some(None),
            RESOLUTION => Some(Some(Self::Resolution)),
            DEREFERENCING => Some(Some(Self::Dereferencing)),
            URI_LIST => Some(Some(Self::UriList)),
            name => CONTENT
                .into_iter()
                .find(|known| *known == name)
                .map(|known| Some(Self::Content(known))),
        }
    }

    /// The media type of an answer in this form.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Resolution => RESOLUTION,
            Self::Dereferencing => DEREFERENCING,
            Self::Legacy => LEGACY,
            Self::Content(media_type) => media_type,
            Self::UriList => URI_LIST,
        }
    }
}

/// The weight of a range of an `Accept` header in thousandths (RFC 9110 section 12.4.2); one that cannot be read
/// weighs nothing.
#[must_use]
pub fn weight(range: &str) -> u16 {
    let Some((_, value)) = range
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
    else {
        return 1000;
    };
    let value = value.trim();
    let (whole, part) = value.split_once('.').unwrap_or((value, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "0" => format!("{part:0<3}").parse().unwrap_or(0),
        "1" if part.bytes().all(|byte| byte == b'0') => 1000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_media_type_has_its_form() {
        for (header, form) in [
            (RESOLUTION, Form::Resolution),
            (DEREFERENCING, Form::Dereferencing),
            (LEGACY, Form::Legacy),
            (
                "application/ld+json; profile=https://w3id.org/did-resolution",
                Form::Legacy,
            ),
            ("application/did+json", Form::Content("application/did+json")),
            ("Application/DID", Form::Content("application/did")),
            ("application/ld+json", Form::Content("application/ld+json")),
            ("text/uri-list", Form::UriList),
            ("text/html, application/did-resolution", Form::Resolution),
            (
                "application/did;q=0.5, application/did-resolution",
                Form::Resolution,
            ),
            (
                "application/did-resolution;q=0.1, application/json;q=0.2",
                Form::Content("application/json"),
            ),
            ("*/*;q=0.1, application/did", Form::Content("application/did")),
        ] {
            assert_eq!(Form::preferred(header).unwrap(), Some(form), "{header}");
        }
    }

    #[test]
    fn a_wildcard_or_nothing_leaves_the_choice() {
        for header in ["", " ", "*/*", "application/*", "text/html, */*;q=0.8"] {
            assert_eq!(Form::preferred(header).unwrap(), None, "{header}");
        }
    }

    #[test]
    fn what_cannot_be_given_is_refused() {
        for header in [
            "application/x-unsupported",
            "text/html",
            "application/did;q=0",
            "application/did;q=2",
            "application/did;q=0.0001",
            "application/did;q=-1",
            "application/ld+json;profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/did;profile=\"https://w3id.org/did-resolution\"",
            "application/didx",
        ] {
            let refused = Form::preferred(header).unwrap_err();
            assert_eq!(refused.kind, Kind::RepresentationNotSupported, "{header}");
        }
    }
}
