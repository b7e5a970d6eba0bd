//! The trust policy of a verifier, the only source of trust.
//!
//! Follows `docs/profile.md` ("Trust policy of a verifier"). A policy is a TOML or JSON document; both become one JSON value
//! and are read by one strict reader. INVARIANT: what the document does not say is not trusted, and a document that
//! says something unknown, empty or ambiguous is refused whole.

pub(crate) mod anchor;
mod duration;
mod reader;
pub(crate) mod registry;
mod template;
mod text;
pub(crate) mod tool;

use crate::members::MemberError;
use anchor::Anchor;
use chancery_did::Did;
use chancery_proof::{Limits, ReadError};
use chancery_vc::passport::Member;
use registry::RegistryAnchor;
use serde_json::{Value, json};
use tool::Tool;

/// The version of the policy document that this reader knows.
const VERSION: u64 = 1;

/// What a verifier trusts, and what it lets others do.
///
/// Durations are milliseconds.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The verifier's own name: the one audience for which it accepts presentations.
    pub audience: String,
    /// How old a status list may be when it is relied on (default 5 minutes).
    pub max_status_age: i64,
    /// How far clocks may differ (default 60 seconds, at most 5 minutes).
    pub skew: i64,
    /// The longest validity of a paper that is accepted (default 24 hours).
    pub max_validity: i64,
    /// How many delegations a chain may have (default 4).
    pub max_delegation_depth: u8,
    /// The longest life of a delegation without a status entry (default 1 hour).
    pub unregistered_delegation_life: i64,
    /// Whose papers are accepted.
    pub anchors: Vec<Anchor>,
    /// The trust registries whose word this verifier takes about authorities.
    pub registries: Vec<RegistryAnchor>,
    /// The calls that this verifier serves.
    pub tools: Vec<Tool>,
    /// What a presentation must bring beyond its chain and passports.
    pub require: Requirements,
}

/// What a presentation must bring beyond its chain and passports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirements {
    /// An attestation of the presenting instance (default false).
    pub attestation: bool,
    /// The members that every passport has to show, though its holder may withhold them (default none).
    pub passport_shows: Vec<Member>,
}

impl Requirements {
    /// The names of the members that every passport has to show.
    fn shown(&self) -> Vec<&'static str> {
        self.passport_shows.iter().map(|member| member.as_str()).collect()
    }
}

/// Why a policy document is refused; a refused document grants nothing.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not TOML.
    #[error("the policy is not TOML: {0}")]
    Toml(String),
    /// The text is not the strict JSON that the front door takes.
    #[error("the policy is not acceptable JSON: {0}")]
    Json(#[from] ReadError),
    /// The text is longer than a policy may be.
    #[error("the policy has {length} bytes, more than {limit}")]
    TooLong {
        /// Length of the text in bytes.
        length: usize,
        /// The longest text accepted.
        limit: usize,
    },
    /// One member of the document is unknown, missing or refused.
    #[error("policy: {0}")]
    Member(#[from] MemberError),
}

impl PolicyError {
    /// Gives the code under which the refusal is reported.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "policy.invalid"
    }
}

impl Policy {
    /// Makes a policy with the default durations that trusts nobody and serves nothing.
    pub fn new(audience: impl Into<String>) -> Self {
        Self {
            audience: audience.into(),
            max_status_age: 300_000,
            skew: 60_000,
            max_validity: 86_400_000,
            max_delegation_depth: 4,
            unregistered_delegation_life: 3_600_000,
            anchors: Vec::new(),
            registries: Vec::new(),
            tools: Vec::new(),
            require: Requirements::default(),
        }
    }

    /// Starts a policy that is checked, as a file would be, when it is built.
    pub fn builder(audience: impl Into<String>) -> PolicyBuilder {
        PolicyBuilder {
            policy: Self::new(audience),
        }
    }

    /// Reads a policy from TOML.
    ///
    /// # Errors
    /// Text that is not TOML, and everything that [`Policy::parse_value`] refuses.
    pub fn parse_toml(text: &str) -> Result<Self, PolicyError> {
        let limit = Limits::default().bytes;
        if text.len() > limit {
            return Err(PolicyError::TooLong {
                length: text.len(),
                limit,
            });
        }
        Self::parse_value(&text::read(text)?)
    }

    /// Reads a policy from JSON, through the strict front door.
    ///
    /// # Errors
    /// JSON that the front door refuses, and everything that [`Policy::parse_value`] refuses.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, PolicyError> {
        Self::parse_value(&chancery_proof::json::parse(bytes, &Limits::default())?)
    }

    /// Reads a policy from a JSON value that a strict reader made.
    ///
    /// # Errors
    /// A member that is unknown, missing, empty or refused, named by its path.
    pub fn parse_value(value: &Value) -> Result<Self, PolicyError> {
        Ok(reader::policy(value)?)
    }

    /// Gives the policy as the JSON document that [`Policy::parse_json`] reads.
    pub fn to_value(&self) -> Value {
        let mut value = json!({
            "version": VERSION,
            "audience": self.audience,
            "maxStatusAge": duration::format(self.max_status_age),
            "skew": duration::format(self.skew),
            "maxValidity": duration::format(self.max_validity),
            "maxDelegationDepth": self.max_delegation_depth,
            "unregisteredDelegationLife": duration::format(self.unregistered_delegation_life),
            "require": {
                "attestation": self.require.attestation,
                "passportShows": self.require.shown(),
            },
        });
        if let Some(map) = value.as_object_mut() {
            map.insert(
                "anchors".to_owned(),
                self.anchors.iter().map(Anchor::to_value).collect(),
            );
            map.insert(
                "registries".to_owned(),
                self.registries.iter().map(RegistryAnchor::to_value).collect(),
            );
            map.insert(
                "tools".to_owned(),
                self.tools.iter().map(Tool::to_value).collect(),
            );
        }
        value
    }

    /// Gives the policy as a TOML file for people to read and edit, with a comment at each part.
    #[must_use]
    pub fn to_toml(&self) -> String {
        text::write(self)
    }

    /// Finds the anchor under which papers of `issuer` are judged: the one that names it, else the first that takes
    /// any issuer that a registry recognizes.
    ///
    /// That an anchor is found says nothing yet: recognition, where the anchor asks for it, is judged by
    /// [`crate::recognition::recognize`], and the paper by [`Anchor::may_issue`].
    #[must_use]
    pub fn anchor_for(&self, issuer: &Did) -> Option<&Anchor> {
        self.anchors_for(issuer).into_iter().next()
    }

    /// Lists the anchors under which papers of `issuer` may be judged: only the one that names it where there is
    /// one, else all that take any recognized issuer.
    #[must_use]
    pub fn anchors_for(&self, issuer: &Did) -> Vec<&Anchor> {
        let exact = self
            .anchors
            .iter()
            .find(|anchor| anchor.issuer.as_ref() == Some(issuer));
        match exact {
            Some(anchor) => vec![anchor],
            None => self
                .anchors
                .iter()
                .filter(|anchor| anchor.issuer.is_none() && anchor.recognized_by.is_some())
                .collect(),
        }
    }

    /// Finds a registry by the name that anchors use for it.
    #[must_use]
    pub fn registry(&self, name: &str) -> Option<&RegistryAnchor> {
        self.registries.iter().find(|registry| registry.name == name)
    }

    /// Finds the mapping of one of the verifier's calls.
    #[must_use]
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// Takes `anchor` in, in place of an earlier anchor for the same issuer: joining again replaces the pins.
    pub fn join(&mut self, anchor: Anchor) {
        let same = |earlier: &Anchor| {
            earlier.issuer == anchor.issuer
                && (anchor.issuer.is_some() || earlier.recognized_by == anchor.recognized_by)
        };
        match self.anchors.iter_mut().find(|earlier| same(earlier)) {
            Some(earlier) => *earlier = anchor,
            None => self.anchors.push(anchor),
        }
    }
}

/// Makes a [`Policy`] member by member; nothing is trusted before [`PolicyBuilder::build`] has checked the whole.
#[derive(Debug, Clone)]
pub struct PolicyBuilder {
    policy: Policy,
}

impl PolicyBuilder {
    /// Sets how old a status list may be, in milliseconds.
    #[must_use]
    pub fn max_status_age(mut self, millis: i64) -> Self {
        self.policy.max_status_age = millis;
        self
    }

    /// Sets how far clocks may differ, in milliseconds.
    #[must_use]
    pub fn skew(mut self, millis: i64) -> Self {
        self.policy.skew = millis;
        self
    }

    /// Sets the longest validity of a paper, in milliseconds.
    #[must_use]
    pub fn max_validity(mut self, millis: i64) -> Self {
        self.policy.max_validity = millis;
        self
    }

    /// Sets how many delegations a chain may have.
    #[must_use]
    pub fn max_delegation_depth(mut self, depth: u8) -> Self {
        self.policy.max_delegation_depth = depth;
        self
    }

    /// Sets the longest life of a delegation without a status entry, in milliseconds.
    #[must_use]
    pub fn unregistered_delegation_life(mut self, millis: i64) -> Self {
        self.policy.unregistered_delegation_life = millis;
        self
    }

    /// Sets what a presentation must bring beyond its chain and passports.
    #[must_use]
    pub fn require(mut self, requirements: Requirements) -> Self {
        self.policy.require = requirements;
        self
    }

    /// Adds an anchor.
    #[must_use]
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.policy.anchors.push(anchor);
        self
    }

    /// Adds a registry.
    #[must_use]
    pub fn registry(mut self, registry: RegistryAnchor) -> Self {
        self.policy.registries.push(registry);
        self
    }

    /// Adds a tool.
    #[must_use]
    pub fn tool(mut self, tool: Tool) -> Self {
        self.policy.tools.push(tool);
        self
    }

    /// Checks the whole through the same door as a file.
    ///
    /// # Errors
    /// Everything that [`Policy::parse_value`] refuses.
    pub fn build(self) -> Result<Policy, PolicyError> {
        Policy::parse_value(&self.policy.to_value())
    }
}

#[cfg(test)]
mod tests;
