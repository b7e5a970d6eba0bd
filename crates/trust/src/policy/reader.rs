//! Reading the policy document, and the rules that hold across its parts.
//!
//! INVARIANT: names are unique, every name that is referred to exists, and every duration is within its bounds.

use super::anchor::{self, Anchor};
use super::registry::{self, RegistryAnchor};
use super::tool::{self, Tool};
use super::{Policy, Requirements, VERSION, duration};
use crate::members::{MemberError, Members};
use chancery_vc::passport::Member;
use serde_json::Value;

const KNOWN: &[&str] = &[
    "version",
    "audience",
    "maxStatusAge",
    "skew",
    "maxValidity",
    "maxDelegationDepth",
    "unregisteredDelegationLife",
    "require",
    "anchors",
    "registries",
    "tools",
];

/// The longest a policy may let clocks differ, 5 minutes.
const MOST_SKEW: i64 = 300_000;
/// The longest status age, 24 hours: beyond it a revocation would be felt after the paper has ended anyway.
const MOST_STATUS_AGE: i64 = 86_400_000;
/// The longest validity of a paper, 400 days.
const MOST_VALIDITY: i64 = 34_560_000_000;
/// The longest life of a delegation that no status list can end, 24 hours.
const MOST_UNREGISTERED_LIFE: i64 = 86_400_000;
/// The most delegations that a policy may allow.
const MOST_DEPTH: u64 = 16;
/// The most anchors, registries and tools, each.
const MOST_PARTS: usize = 1_000;

pub(super) fn policy(value: &Value) -> Result<Policy, MemberError> {
    let members = Members::read(value, "", KNOWN)?;
    match members.opt_whole("version")? {
        Some(VERSION) => {}
        Some(other) => {
            return Err(members.invalid("version", format!("version `{other}` is not known, only 1")));
        }
        None => return Err(members.missing("version")),
    }
    let mut policy = Policy::new(members.text("audience")?);
    if policy.audience.chars().any(char::is_whitespace) {
        return Err(members.invalid("audience", "it holds white space"));
    }
    policy.max_status_age = within(
        &members,
        "maxStatusAge",
        policy.max_status_age,
        1,
        MOST_STATUS_AGE,
    )?;
    policy.skew = within(&members, "skew", policy.skew, 0, MOST_SKEW)?;
    policy.max_validity = within(&members, "maxValidity", policy.max_validity, 1, MOST_VALIDITY)?;
    policy.unregistered_delegation_life = within(
        &members,
        "unregisteredDelegationLife",
        policy.unregistered_delegation_life,
        0,
        MOST_UNREGISTERED_LIFE,
    )?;
    if let Some(depth) = members.opt_whole("maxDelegationDepth")? {
        policy.max_delegation_depth = u8::try_from(depth)
            .ok()
            .filter(|_| depth <= MOST_DEPTH)
            .ok_or_else(|| members.invalid("maxDelegationDepth", format!("it is more than {MOST_DEPTH}")))?;
    }
    if let Some(value) = members.value("require") {
        policy.require = requirements(&Members::read(
            value,
            "require",
            &["attestation", "passportShows"],
        )?)?;
    }
    policy.registries = registries(&members)?;
    policy.anchors = anchors(&members, &policy.registries)?;
    policy.tools = tools(&members)?;
    Ok(policy)
}

fn requirements(members: &Members<'_>) -> Result<Requirements, MemberError> {
    let mut require = Requirements {
        attestation: members.opt_bool("attestation")?.unwrap_or(false),
        ..Requirements::default()
    };
    for (path, name) in members.texts("passportShows")? {
        let member = Member::parse(name)
            .ok_or_else(|| MemberError::invalid(&path, "it is no member that may be withheld"))?;
        match require.passport_shows.binary_search(&member) {
            Ok(_) => return Err(MemberError::invalid(path, "it stands there twice")),
            Err(at) => require.passport_shows.insert(at, member),
        }
    }
    Ok(require)
}

/// Reads an optional duration in milliseconds that must lie within bounds.
pub(super) fn within(
    members: &Members<'_>,
    name: &str,
    default: i64,
    least: i64,
    most: i64,
) -> Result<i64, MemberError> {
    let Some(value) = members.value(name) else {
        return Ok(default);
    };
    let millis = duration::parse(value).ok_or_else(|| {
        members.invalid(
            name,
            "a duration is a number and a unit (ms, s, m, h, d), as in `5m`",
        )
    })?;
    if millis < least || millis > most {
        let (least, most) = (duration::format(least), duration::format(most));
        return Err(members.invalid(name, format!("it must be from {least} to {most}")));
    }
    Ok(millis)
}

fn registries(members: &Members<'_>) -> Result<Vec<RegistryAnchor>, MemberError> {
    let mut registries: Vec<RegistryAnchor> = Vec::new();
    for (path, item) in parts(members, "registries")? {
        let registry = registry::parse(item, &path)?;
        if registries.iter().any(|earlier| earlier.name == registry.name) {
            let why = format!("a registry named `{}` stands before it", registry.name);
            return Err(MemberError::invalid(format!("{path}.name"), why));
        }
        registries.push(registry);
    }
    Ok(registries)
}

fn anchors(members: &Members<'_>, registries: &[RegistryAnchor]) -> Result<Vec<Anchor>, MemberError> {
    let mut anchors: Vec<Anchor> = Vec::new();
    for (path, item) in parts(members, "anchors")? {
        let anchor = anchor::parse(item, &path)?;
        if let Some(name) = &anchor.recognized_by {
            let at = format!("{path}.recognizedBy");
            let registry = registries
                .iter()
                .find(|registry| registry.name == *name)
                .ok_or_else(|| MemberError::invalid(&at, format!("no registry is named `{name}`")))?;
            if anchor
                .issuer
                .as_ref()
                .is_some_and(|issuer| registry.speaks_as(issuer))
            {
                return Err(MemberError::invalid(
                    &at,
                    "an authority's word about itself proves nothing",
                ));
            }
        }
        let same = |earlier: &Anchor| match &anchor.issuer {
            Some(_) => earlier.issuer == anchor.issuer,
            None => earlier.issuer.is_none() && earlier.recognized_by == anchor.recognized_by,
        };
        if anchors.iter().any(same) {
            return Err(MemberError::invalid(
                path,
                "an anchor for the same issuer stands before it",
            ));
        }
        anchors.push(anchor);
    }
    Ok(anchors)
}

fn tools(members: &Members<'_>) -> Result<Vec<Tool>, MemberError> {
    let mut tools: Vec<Tool> = Vec::new();
    for (path, item) in parts(members, "tools")? {
        let tool = tool::parse(item, &path)?;
        if tools.iter().any(|earlier| earlier.name == tool.name) {
            let why = format!("a tool named `{}` stands before it", tool.name);
            return Err(MemberError::invalid(format!("{path}.name"), why));
        }
        tools.push(tool);
    }
    Ok(tools)
}

fn parts<'v>(members: &Members<'v>, name: &str) -> Result<Vec<(String, &'v Value)>, MemberError> {
    let items = members.items(name)?;
    if items.len() > MOST_PARTS {
        return Err(members.invalid(name, format!("it has more than {MOST_PARTS} items")));
    }
    Ok(items)
}
