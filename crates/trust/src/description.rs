//! The signed description that a registry publishes at `/.well-known/chancery`: JWS of type
//! `chancery-description+jwt`.
//!
//! It says which keys an organization uses for what, which service DIDs it has and where they answer. It is how two
//! organizations join (`docs/profile.md`, "Trust policy of a verifier"): a person compares the fingerprint with one that came
//! another way, and the key is pinned. INVARIANT: a description never makes its issuer trusted; it is read, proven
//! and shown, and only a person's yes turns it into an anchor.

mod fingerprint;

use crate::bundle::ExpectedSigner;
use crate::members::{MemberError, Members};
use crate::policy::anchor::{Anchor, is_thumbprint};
use crate::policy::registry::{RegistryAnchor, is_endpoint};
use chancery_did::{Did, DidUrl, PublicKey, Relationship, Signer, Timestamp};
use chancery_proof::{Expectation, Keys, Limits, ProofError, Secured, jose};
use chancery_vc::PaperType;
use chancery_vc::capability::Entry;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub use fingerprint::Fingerprint;

/// The `typ` of a description.
pub const DESCRIPTION_TYP: &str = "chancery-description+jwt";
/// The role of the key that signs papers, and the description itself.
pub const ISSUE: &str = "issue";
/// The role of the key and service DID that sign status lists.
pub const STATUS: &str = "status";
/// The role of the key and service DID that sign TRQP statements.
pub const TRQP: &str = "trqp";
/// The role of the key and service DID that sign trust bundles.
pub const BUNDLE: &str = "bundle";
/// The role of a key that will take the place of the issuing key, announced before it is used.
pub const NEXT: &str = "next";

const KNOWN: &[&str] = &[
    "iss",
    "iat",
    "exp",
    "organization",
    "keys",
    "services",
    "endpoints",
];
/// The longest life of a description, 31 days in milliseconds.
const LONGEST_LIFE: i64 = 2_678_400_000;
/// The most keys, services and endpoints, each.
const MOST_ROLES: usize = 32;
/// The longest organization name, in characters.
const LONGEST_NAME: usize = 200;

/// What a registry says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The organization's DID.
    pub did: Did,
    /// The organization's name, for people; it identifies nothing.
    pub organization: String,
    /// RFC 7638 thumbprints of its keys by role, [`ISSUE`] always among them.
    pub keys: BTreeMap<String, String>,
    /// Its service DIDs by role, each within its own DID.
    pub services: BTreeMap<String, Did>,
    /// Its `https` addresses by name.
    pub endpoints: BTreeMap<String, String>,
    /// When it was signed.
    pub issued_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Why a description is refused.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// The token is malformed or its signature does not hold.
    #[error("the description does not verify: {0}")]
    Proof(#[from] ProofError),
    /// A claim is unknown, missing or refused.
    #[error("the description: {0}")]
    Claim(#[from] MemberError),
    /// The description is of another DID than the one asked for.
    #[error("the description is of `{found}`, not of `{expected}`")]
    OtherDid {
        /// Whose description was asked for.
        expected: Did,
        /// Whose it is.
        found: Did,
    },
    /// A key is not the one that the description names for its role.
    #[error("the key `{thumbprint}` is not the one that the description names for `{role}`")]
    OtherKey {
        /// The role.
        role: String,
        /// Thumbprint of the key that was met.
        thumbprint: String,
    },
    /// The description has ended.
    #[error("the description ended at `{0}`")]
    Expired(Timestamp),
    /// The description is of a time yet to come.
    #[error("the description is of `{0}`, which is yet to come")]
    NotYet(Timestamp),
    /// The description names no service or address for a role.
    #[error("the description names nothing for `{0}`")]
    NoService(String),
}

impl DescriptionError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Proof(error) => error.code(),
            Self::Claim(_) | Self::OtherDid { .. } | Self::NoService(_) => "trust.statement_invalid",
            Self::OtherKey { .. } => "trust.key_changed",
            Self::Expired(_) => "trust.statement_expired",
            Self::NotYet(_) => "trust.statement_invalid",
        }
    }
}

impl Description {
    /// Starts the description of `did` whose papers `issue` signs, good from `at` for `life` milliseconds.
    pub fn new(
        did: Did,
        organization: impl Into<String>,
        issue: &PublicKey,
        at: Timestamp,
        life: i64,
    ) -> Self {
        let life = life.clamp(1_000, LONGEST_LIFE);
        Self {
            did,
            organization: organization.into(),
            keys: BTreeMap::from([(ISSUE.to_owned(), issue.thumbprint())]),
            services: BTreeMap::new(),
            endpoints: BTreeMap::new(),
            issued_at: Timestamp::from_seconds(at.seconds()),
            expires_at: Timestamp::from_seconds(at.saturating_add_millis(life).seconds()),
        }
    }

    /// Adds a service with its own DID and key.
    #[must_use]
    pub fn with_service(mut self, role: &str, did: Did, key: &PublicKey) -> Self {
        self.services.insert(role.to_owned(), did);
        self.keys.insert(role.to_owned(), key.thumbprint());
        self
    }

    /// Adds an address.
    #[must_use]
    pub fn with_endpoint(mut self, name: &str, address: impl Into<String>) -> Self {
        self.endpoints.insert(name.to_owned(), address.into());
        self
    }

    /// Signs the description with the issuing key and gives the compact JWS.
    ///
    /// # Errors
    /// When the signer is not the issuing key that the description names, a claim would be refused by every reader,
    /// or the signer fails.
    pub fn sign(&self, kid: &DidUrl, signer: &dyn Signer) -> Result<String, DescriptionError> {
        self.confirms(ISSUE, signer.public_key())?;
        let claims = self.claims();
        Self::claims_of(&claims)?;
        Ok(jose::sign(DESCRIPTION_TYP, kid, &claims, signer)?)
    }

    /// Reads a compact JWS; the description is untrusted until it is proven.
    ///
    /// # Errors
    /// A token that is no description, and a claim that is unknown, missing or refused.
    pub fn read(token: &str, limits: &Limits) -> Result<Secured<Self>, DescriptionError> {
        Ok(Secured::jose(token, &[DESCRIPTION_TYP], limits)?.map(Self::claims_of)?)
    }

    /// Verifies the description of `did`: its signature under a key of `did`'s own document, which must be the
    /// issuing key that the fingerprint shows, and its times.
    ///
    /// # Errors
    /// See [`DescriptionError`].
    pub fn verify(
        token: &str,
        did: &Did,
        keys: &dyn Keys,
        limits: &Limits,
        at: Timestamp,
        skew: i64,
    ) -> Result<Self, DescriptionError> {
        let secured = Self::read(token, limits)?;
        let found = &secured.unverified().did;
        if found != did {
            return Err(DescriptionError::OtherDid {
                expected: did.clone(),
                found: found.clone(),
            });
        }
        let signing = Signing {
            keys,
            met: std::cell::RefCell::new(Vec::new()),
        };
        let expectation = Expectation {
            purpose: Relationship::AssertionMethod,
            issuer: did.clone(),
        };
        let description = secured.prove(&expectation, &signing)?.into_value();
        for key in signing.met.into_inner() {
            description.confirms(ISSUE, &key)?;
        }
        if description.issued_at > at.saturating_add_millis(skew) {
            return Err(DescriptionError::NotYet(description.issued_at));
        }
        if at >= description.expires_at {
            return Err(DescriptionError::Expired(description.expires_at));
        }
        Ok(description)
    }

    /// Gives the fingerprint of the issuing key, which is what people compare.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of_thumbprint(self.keys.get(ISSUE).map(String::as_str).unwrap_or_default())
    }

    /// Checks that a resolved key is the one that the description names for a role.
    ///
    /// # Errors
    /// [`DescriptionError::OtherKey`].
    pub fn confirms(&self, role: &str, key: &PublicKey) -> Result<(), DescriptionError> {
        let thumbprint = key.thumbprint();
        if self.keys.get(role) == Some(&thumbprint) {
            return Ok(());
        }
        Err(DescriptionError::OtherKey {
            role: role.to_owned(),
            thumbprint,
        })
    }

    /// Gives the thumbprints of the keys that sign papers now or next, for [`Anchor::accepts_key`] once the
    /// description has been proven under a pinned key.
    #[must_use]
    pub fn announced_keys(&self) -> Vec<String> {
        [ISSUE, NEXT]
            .into_iter()
            .filter_map(|role| self.keys.get(role).cloned())
            .collect()
    }

    /// Makes the anchor that pins this organization's issuing keys, for passports and capabilities.
    #[must_use]
    pub fn to_anchor(&self, subjects: Vec<String>, grant: Vec<Entry>) -> Anchor {
        Anchor {
            papers: vec![PaperType::Passport, PaperType::Capability],
            keys: self.announced_keys(),
            subjects,
            grant,
            ..Anchor::issuer(self.did.clone())
        }
    }

    /// Makes the anchor of this organization's trust registry under a resolved key, after checking that it is the
    /// key that the description names.
    ///
    /// # Errors
    /// When the description names no TRQP service or address, or another key.
    pub fn to_registry(
        &self,
        name: &str,
        key: &PublicKey,
        max_age_ms: i64,
    ) -> Result<RegistryAnchor, DescriptionError> {
        self.confirms(TRQP, key)?;
        let none = || DescriptionError::NoService(TRQP.to_owned());
        Ok(RegistryAnchor {
            name: name.to_owned(),
            did: self.services.get(TRQP).cloned().ok_or_else(none)?,
            key: key.clone(),
            authority: self.did.clone(),
            endpoint: self.endpoints.get(TRQP).cloned().ok_or_else(none)?,
            max_age_ms,
        })
    }

    /// Gives who signs this organization's trust bundles.
    ///
    /// # Errors
    /// When the description names no such service.
    pub fn to_bundle_signer(&self) -> Result<ExpectedSigner, DescriptionError> {
        let none = || DescriptionError::NoService(BUNDLE.to_owned());
        let did = self.services.get(BUNDLE).cloned().ok_or_else(none)?;
        let thumbprint = self.keys.get(BUNDLE).ok_or_else(none)?;
        ExpectedSigner::new(did, thumbprint).map_err(|_| none())
    }

    fn claims(&self) -> Value {
        let services: BTreeMap<&str, &str> = self
            .services
            .iter()
            .map(|(role, did)| (role.as_str(), did.as_str()))
            .collect();
        json!({
            "iss": self.did.as_str(),
            "iat": self.issued_at.seconds(),
            "exp": self.expires_at.seconds(),
            "organization": self.organization,
            "keys": self.keys,
            "services": services,
            "endpoints": self.endpoints,
        })
    }

    fn claims_of(claims: &Value) -> Result<Self, MemberError> {
        let members = Members::read(claims, "", KNOWN)?;
        let did = members.did("iss")?;
        let organization = members.text("organization")?;
        if organization.chars().count() > LONGEST_NAME {
            return Err(members.invalid(
                "organization",
                format!("it is longer than {LONGEST_NAME} characters"),
            ));
        }
        if organization.chars().any(turns_or_hides) {
            return Err(members.invalid("organization", "it holds a character that does not show"));
        }
        let (issued_at, expires_at) = (members.seconds("iat")?, members.seconds("exp")?);
        let life = expires_at.millis_since(issued_at);
        if life <= 0 || life > LONGEST_LIFE {
            return Err(members.invalid("exp", "it is not within 31 days after `iat`"));
        }
        let keys = roles(&members, "keys", |text| {
            is_thumbprint(text).then(|| text.to_owned())
        })?;
        if !keys.contains_key(ISSUE) {
            return Err(MemberError::new(format!("keys.{ISSUE}"), crate::Fault::Missing));
        }
        // INVARIANT: the key of a service, which stands open to the network, can never issue a paper.
        let issues = |role: &str| role == ISSUE || role == NEXT;
        let issuing = |thumbprint: &String| keys.iter().any(|(role, key)| issues(role) && key == thumbprint);
        if let Some((role, _)) = keys.iter().find(|(role, key)| !issues(role) && issuing(key)) {
            return Err(MemberError::invalid(
                format!("keys.{role}"),
                "it is the key that issues papers",
            ));
        }
        let services = roles(&members, "services", |text| {
            Did::parse(text)
                .ok()
                .filter(|service| *service != did && is_own(service, &did))
        })?;
        let endpoints = roles(&members, "endpoints", |text| {
            is_endpoint(text).then(|| text.to_owned())
        })?;
        Ok(Self {
            did,
            organization: organization.to_owned(),
            keys,
            services,
            endpoints,
            issued_at,
            expires_at,
        })
    }
}

/// Whether a service DID is an organization's own: within its DID, or for one whose log is the anchor within the
/// did:web of the same place, which names the same host.
fn is_own(service: &Did, did: &Did) -> bool {
    let place = did.method_specific_id().split_once(':').map(|(_, place)| place);
    let twin = place.filter(|_| did.method() == "webvh");
    let twin = twin.map(|place| format!("did:web:{place}"));
    let below = |twin: &String| service.as_str() != twin && service.is_within(twin);
    service.is_within(did.as_str()) || twin.as_ref().is_some_and(below)
}

/// Characters that turn the direction of a line, break it, or take no room: a person who compares a fingerprint
/// must see the name as it is.
fn turns_or_hides(char: char) -> bool {
    matches!(char, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn roles<T>(
    members: &Members<'_>,
    name: &str,
    take: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<String, T>, MemberError> {
    let value = members.value(name).ok_or_else(|| members.missing(name))?;
    let inner = Members::read_open(value, name)?;
    if inner.iter().count() > MOST_ROLES {
        return Err(members.invalid(name, format!("it has more than {MOST_ROLES} members")));
    }
    let mut roles = BTreeMap::new();
    for (role, _) in inner.iter() {
        let text = inner.text(role)?;
        let taken = take(text).ok_or_else(|| inner.invalid(role, format!("`{text}` cannot stand here")))?;
        roles.insert(role.clone(), taken);
    }
    Ok(roles)
}

/// Passes key questions on and remembers which keys answered.
struct Signing<'k> {
    keys: &'k dyn Keys,
    met: std::cell::RefCell<Vec<PublicKey>>,
}

impl Keys for Signing<'_> {
    fn key(&self, method: &DidUrl, relationship: Relationship) -> Result<PublicKey, (&'static str, String)> {
        let key = self.keys.key(method, relationship)?;
        self.met.borrow_mut().push(key.clone());
        Ok(key)
    }
}

#[cfg(test)]
mod tests;
