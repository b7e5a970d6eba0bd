//! A TRQP registry whose word the verifier takes about authorities.
//!
//! Follows `docs/profile.md` ("Anchors": a registry by DID and key). INVARIANT: the key is pinned in the policy; a registry
//! is never trusted because of what it, or anybody else, publishes.

use super::duration;
use super::reader::within;
use crate::members::{MemberError, Members};
use chancery_did::{Did, PublicKey};
use serde_json::{Value, json};

const KNOWN: &[&str] = &["name", "did", "key", "authority", "endpoint", "maxAge"];
/// How old an answer may be by default, 5 minutes.
const DEFAULT_MAX_AGE: i64 = 300_000;
/// The oldest answer that a policy may accept, 24 hours.
const MOST_MAX_AGE: i64 = 86_400_000;

/// A trust registry, pinned by DID and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryAnchor {
    /// The name by which anchors of the same policy refer to it.
    pub name: String,
    /// The DID that its statements are issued under.
    pub did: Did,
    /// The one key that its statements are verified with.
    pub key: PublicKey,
    /// The authority in whose name it answers, TRQP's `authority_id`.
    pub authority: Did,
    /// The `https` address under which `/recognition` and `/authorization` are asked.
    pub endpoint: String,
    /// How old an answer may be when it is relied on, in milliseconds.
    pub max_age_ms: i64,
}

impl RegistryAnchor {
    /// Says whether the registry would speak about itself when asked about `entity`: about its own DID, about the
    /// authority in whose name it answers, or about the one whose service DID it is.
    #[must_use]
    pub fn speaks_as(&self, entity: &Did) -> bool {
        *entity == self.authority || self.did.is_within(entity.as_str())
    }

    /// Gives the registry as the JSON that the policy reader takes.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({
            "name": self.name,
            "did": self.did.as_str(),
            "key": self.key.to_multikey(),
            "authority": self.authority.as_str(),
            "endpoint": self.endpoint,
            "maxAge": duration::format(self.max_age_ms),
        })
    }
}

pub(super) fn parse(value: &Value, path: &str) -> Result<RegistryAnchor, MemberError> {
    let members = Members::read(value, path, KNOWN)?;
    let endpoint = members.text("endpoint")?;
    if !is_endpoint(endpoint) {
        return Err(members.invalid(
            "endpoint",
            "it is no plain `https` address without query and fragment",
        ));
    }
    Ok(RegistryAnchor {
        name: members.text("name")?.to_owned(),
        did: members.did("did")?,
        key: PublicKey::from_multikey(members.text("key")?).map_err(|error| members.invalid("key", error))?,
        authority: members.did("authority")?,
        endpoint: endpoint.to_owned(),
        max_age_ms: within(&members, "maxAge", DEFAULT_MAX_AGE, 1, MOST_MAX_AGE)?,
    })
}

/// Says whether a text is an `https` address with a host, and without userinfo, query, fragment or white space.
pub(crate) fn is_endpoint(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    !host.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.contains(['?', '#', '@', '\\', '"', '<', '>'])
}
