//! The DID or DID URL that was asked for, with its options.
//!
//! [DID Resolution section 8.1](https://www.w3.org/TR/did-resolution/#bindings-https): an encoded identifier has
//! its options in the request's query; the query of a raw one is the DID URL's own. INVARIANT: nothing is decoded
//! twice, and nothing that was given is passed over.

use chancery_did::{Did, DidUrl, ParseError, Relationship, Timestamp};

use super::Version;
use super::accept::Form;
use super::error::{DidError, Kind};

/// The longest identifier, in bytes, that is read.
const LONGEST: usize = 4096;
/// The most parameters and options that are read.
const MOST: usize = 16;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    text: String,
    options: Vec<(String, String)>,
}

/// What was asked for, taken apart and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) did: Did,
    pub(super) path: String,
    pub(super) fragment: Option<String>,
    pub(super) version: Version,
    pub(super) service: Option<String>,
    pub(super) service_type: Option<String>,
    pub(super) relative_ref: Option<String>,
    pub(super) relationship: Option<Relationship>,
    pub(super) expand: bool,
    pub(super) format: Option<String>,
    pub(super) experimental: bool,
    /// A did:key's document is wanted without a key that is derived from the DID's own.
    pub(super) underived: bool,
    /// A parameter of the DID URL that nothing here knows.
    pub(super) unknown: bool,
}

impl Inquiry {
    /// Asks for a DID or DID URL as it is written.
    #[must_use]
    pub fn of(identifier: &str) -> Self {
        Self {
            text: identifier.to_owned(),
            options: Vec::new(),
        }
    }

    /// Reads what stands in a request's path behind the endpoint, and the request's query.
    pub fn from_path(path: &str, query: Option<&str>) -> Result<Self, DidError> {
        let query = query.filter(|query| !query.is_empty());
        if path.starts_with("did:") {
            let text = match query {
                Some(query) => format!("{path}?{query}"),
                None => path.to_owned(),
            };
            return Ok(Self::of(&text));
        }
        let text = decoded(path).ok_or_else(|| {
            DidError::new(
                Kind::InvalidDid,
                "parse.did",
                "the path is not percent-encoded text",
            )
        })?;
        let options = parameters(query.unwrap_or_default())
            .ok_or_else(|| DidError::option("the query is not a list of options"))?;
        Ok(Self { text, options })
    }

    /// Whether the text is meant as a DID URL and not as a DID alone.
    pub(super) fn is_url(&self) -> bool {
        self.text.contains(['/', '?', '#'])
    }

    /// The form in which an inquiry is answered that does not say which.
    pub(super) fn usual_form(&self) -> Form {
        if self.is_url() {
            Form::Dereferencing
        } else {
            Form::Resolution
        }
    }

    /// Takes the inquiry apart as `form` needs it.
    pub(super) fn read(&self, form: &Form) -> Result<Asked, DidError> {
        if self.text.len() > LONGEST {
            return Err(DidError::new(
                Kind::InvalidDid,
                "parse.did",
                "the identifier is too long",
            ));
        }
        let url = DidUrl::parse(&self.text);
        let did = match &url {
            Ok(url) => url.did().clone(),
            Err(_) => {
                let end = self.text.find(['/', '?', '#']).unwrap_or(self.text.len());
                let did = self.text.get(..end).unwrap_or_default();
                let is_did = *form == Form::Resolution || !self.is_url();
                let kind = if is_did {
                    Kind::InvalidDid
                } else {
                    Kind::InvalidDidUrl
                };
                return Err(Did::parse(did).err().map_or_else(
                    || DidError::new(kind, "parse.did_url", "the identifier is not a DID URL"),
                    |error: ParseError| DidError::new(kind, error.code(), error.to_string()),
                ));
            }
        };
        let rest = self.text.get(did.as_str().len()..).unwrap_or_default();
        let (rest, fragment) = rest
            .split_once('#')
            .map_or((rest, None), |(rest, name)| (rest, Some(name)));
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut asked = Asked::of(did, path, fragment);
        let own = parameters(query).ok_or_else(|| {
            DidError::new(
                Kind::InvalidDidUrl,
                "parse.did_url",
                "its query cannot be decoded",
            )
        })?;
        let mut seen: Vec<&str> = Vec::new();
        for (name, value, is_option) in own
            .iter()
            .map(|(name, value)| (name, value, false))
            .chain(self.options.iter().map(|(name, value)| (name, value, true)))
        {
            if seen.contains(&name.as_str()) {
                return Err(DidError::option(format!("`{name}` is given twice")));
            }
            seen.push(name);
            if !asked.take(name, value, *form)? {
                if is_option || *form == Form::Resolution {
                    return Err(DidError::unsupported(format!("there is no option `{name}` here")));
                }
                asked.unknown = true;
            }
        }
        if *form == Form::Resolution && !asked.is_plain() {
            return Err(DidError::new(
                Kind::InvalidDid,
                "parse.did",
                "a DID is resolved; a DID URL is dereferenced",
            ));
        }
        Ok(asked)
    }
}

impl Asked {
    fn of(did: Did, path: &str, fragment: Option<&str>) -> Self {
        Self {
            did,
            path: path.to_owned(),
            fragment: fragment.map(str::to_owned),
            version: Version::default(),
            service: None,
            service_type: None,
            relative_ref: None,
            relationship: None,
            expand: false,
            format: None,
            experimental: false,
            underived: false,
            unknown: false,
        }
    }

    /// Whether nothing but a document is asked for.
    fn is_plain(&self) -> bool {
        self.path.is_empty() && self.fragment.is_none() && !self.wants_service() && !self.unknown
    }

    /// Whether services are selected.
    pub(super) fn wants_service(&self) -> bool {
        self.service.is_some() || self.service_type.is_some()
    }

    /// Takes one parameter or option; false if it is not known.
    fn take(&mut self, name: &str, value: &str, form: Form) -> Result<bool, DidError> {
        let unusable = || DidError::option(format!("`{name}` has a value that cannot be used"));
        let text = || {
            (!value.is_empty())
                .then(|| value.to_owned())
                .ok_or_else(unusable)
                .map(Some)
        };
        match name {
            "versionId" => self.version.id = text()?,
            "versionTime" => {
                self.version.time = Some(Timestamp::parse(value).map_err(|_| unusable())?);
            }
            "versionNumber" => self.version.number = Some(value.parse().map_err(|_| unusable())?),
            "expandRelativeUrls" => self.expand = flag(value).ok_or_else(unusable)?,
            "service" if form != Form::Resolution => self.service = text()?,
            "serviceType" if form != Form::Resolution => self.service_type = text()?,
            "relativeRef" if form != Form::Resolution => self.relative_ref = text()?,
            "verificationRelationship" if form != Form::Resolution => {
                self.relationship = Some(Relationship::parse(value).ok_or_else(unusable)?);
            }
            "publicKeyFormat" if form == Form::Legacy => self.format = text()?,
            "enableExperimentalPublicKeyTypes" if form == Form::Legacy => {
                self.experimental = flag(value).ok_or_else(unusable)?;
            }
            "enableEncryptionKeyDerivation" if form == Form::Legacy => {
                self.underived = !flag(value).ok_or_else(unusable)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The parameters of a query; none if one cannot be decoded, or if there are too many.
fn parameters(query: &str) -> Option<Vec<(String, String)>> {
    let parts: Vec<&str> = query.split('&').filter(|part| !part.is_empty()).collect();
    if parts.len() > MOST {
        return None;
    }
    let decode = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        Some((decoded(name)?, decoded(value)?))
    };
    parts.into_iter().map(decode).collect()
}

/// Percent-decodes a text once; none if what comes out is not text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || {
                char::from(rest.next()?)
                    .to_digit(16)
                    .and_then(|digit| u8::try_from(digit).ok())
            };
            let (high, low) = (digit()?, digit()?);
            bytes.push((high << 4) | low);
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    (!text.chars().any(char::is_control)).then_some(text)
}
