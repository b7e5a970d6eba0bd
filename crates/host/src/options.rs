//! What a verifier is opened with: bundle, expected signer, policy and audience, all required.
//!
//! Profile, "Bundles". INVARIANT: nothing has a default that trusts: without a signer no bundle is believed, and
//! without a policy nobody is.

use chancery_did::{Did, Timestamp};
use chancery_proof::Limits;
use chancery_trust::Policy;
use chancery_trust::bundle::{ExpectedSigner, MOST_BYTES};
use chancery_verifier::Rejection;
use serde_json::{Map, Value};

use crate::members::{object, only, text};

const CODE: &str = "host.options";
const KNOWN: &[&str] = &["bundle", "signer", "policy", "audience", "seen", "maxStatusAge"];
/// The longest options: the largest bundle, and a policy that is escaped once more.
const LONGEST: usize = MOST_BYTES.saturating_add(1024 * 1024);

/// What a verifier is opened with.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) bundle: String,
    pub(crate) signer: ExpectedSigner,
    pub(crate) thumbprint: String,
    pub(crate) policy: Policy,
    pub(crate) seen: Option<Timestamp>,
}

impl Options {
    pub(crate) fn parse(options: &str) -> Result<Self, Rejection> {
        let limits = Limits {
            bytes: LONGEST,
            string: MOST_BYTES,
            ..Limits::default()
        };
        let mut members = object(options, &limits, "the options")?;
        only(&members, KNOWN, CODE)?;
        let (signer, thumbprint) = signer(&members)?;
        let policy = policy(&members)?;
        let seen = members
            .get("seen")
            .map(|seen| {
                let seen = seen.as_str().and_then(|text| Timestamp::parse(text).ok());
                seen.ok_or_else(|| refused("`seen` is no RFC 3339 time"))
            })
            .transpose()?;
        let Some(Value::String(bundle)) = members.remove("bundle") else {
            return Err(refused("member `bundle` is missing or no string"));
        };
        Ok(Self {
            bundle,
            signer,
            thumbprint,
            policy,
            seen,
        })
    }
}

fn refused(detail: impl Into<String>) -> Rejection {
    Rejection::new(CODE, detail)
}

fn signer(members: &Map<String, Value>) -> Result<(ExpectedSigner, String), Rejection> {
    let Some(Value::Object(signer)) = members.get("signer") else {
        return Err(refused("member `signer` is missing or no object"));
    };
    only(signer, &["did", "thumbprint"], CODE)?;
    let did = Did::parse(text(signer, "did", CODE)?).map_err(|error| refused(error.to_string()))?;
    let thumbprint = text(signer, "thumbprint", CODE)?;
    let expected = ExpectedSigner::new(did, thumbprint).map_err(|error| refused(error.to_string()))?;
    Ok((expected, thumbprint.to_owned()))
}

/// The policy, as an object or as its text; the audience must be its own, and the age of lists only falls.
fn policy(members: &Map<String, Value>) -> Result<Policy, Rejection> {
    let policy = match members.get("policy") {
        Some(Value::String(text)) => Policy::parse_json(text.as_bytes()),
        Some(value @ Value::Object(_)) => Policy::parse_value(value),
        _ => return Err(refused("member `policy` is missing, and no policy trusts nobody")),
    };
    let mut policy = policy.map_err(|error| Rejection::new(error.code(), error.to_string()))?;
    if text(members, "audience", CODE)? != policy.audience {
        return Err(refused("the audience is not the one of the policy"));
    }
    if let Some(age) = members.get("maxStatusAge") {
        let age = age.as_i64().filter(|age| *age > 0);
        let age = age.ok_or_else(|| refused("`maxStatusAge` is no positive whole number of milliseconds"))?;
        policy.max_status_age = policy.max_status_age.min(age);
    }
    Ok(policy)
}
