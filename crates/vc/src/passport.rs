//! `AgentPassportCredential`: who an instance is, said by its authority (`docs/profile.md`, Papers).
//!
//! INVARIANT: a passport names its owner, its agent, its organization and its risk; without them it is none.

use chancery_did::Did;
use chancery_proof::Digest;
use serde_json::{Map, Value, json};

use crate::members::Members;
use crate::paper::PaperError;

/// The claims of a passport.
#[derive(Debug, Clone, PartialEq)]
pub struct Passport {
    /// The agent's name.
    pub name: String,
    /// The agent's version.
    pub version: String,
    /// The registered agent of which the subject is one running copy.
    pub instance_of: String,
    /// The authority that answers for the agent.
    pub organization: Did,
    /// The responsible human or team.
    pub owner: String,
    /// The team that runs it.
    pub team: Option<String>,
    /// What it runs on.
    pub platform: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// How much harm it could do, in its authority's judgement.
    pub risk_level: RiskLevel,
    /// How far it acts by itself: 0 (every step is confirmed) to 4 (no human in the loop).
    pub autonomy_level: u8,
    /// Digests of what the instance is made of.
    pub composite: Option<Composite>,
    /// The kinds of data that it can reach.
    pub data_access: Vec<String>,
    /// The tools that it can call.
    pub tools: Vec<String>,
    /// How a human watches over it.
    pub human_oversight: Option<String>,
}

/// The highest autonomy level.
pub const MAX_AUTONOMY_LEVEL: u8 = 4;

impl Passport {
    pub(crate) fn read(claims: &mut Members<'_>) -> Result<Self, PaperError> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Self {
            name: claims.text("name")?.to_owned(),
            version: claims.text("version")?.to_owned(),
            instance_of: claims.text("instanceOf")?.to_owned(),
            organization: claims.did("organization")?,
            owner: claims.text("owner")?.to_owned(),
            team: owned(claims.optional_text("team")?),
            platform: owned(claims.optional_text("platform")?),
            purpose: owned(claims.optional_text("purpose")?),
            risk_level: risk_level(claims)?,
            autonomy_level: autonomy_level(claims)?,
            composite: match claims.optional("composite") {
                None => None,
                Some(value) => Some(Composite::parse(value, &claims.pointer("composite"))?),
            },
            data_access: claims.texts("dataAccess")?,
            tools: claims.texts("tools")?,
            human_oversight: owned(claims.optional_text("humanOversight")?),
        })
    }

    pub(crate) fn write(&self, claims: &mut Map<String, Value>) {
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("name", json!(self.name));
        put("version", json!(self.version));
        put("instanceOf", json!(self.instance_of));
        put("organization", json!(self.organization.as_str()));
        put("owner", json!(self.owner));
        put("riskLevel", json!(self.risk_level.as_str()));
        put("autonomyLevel", json!(self.autonomy_level));
        let optional = [
            ("team", &self.team),
            ("platform", &self.platform),
            ("purpose", &self.purpose),
            ("humanOversight", &self.human_oversight),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, json!(value));
            }
        }
        for (name, values) in [("dataAccess", &self.data_access), ("tools", &self.tools)] {
            if !values.is_empty() {
                put(name, json!(values));
            }
        }
        if let Some(composite) = &self.composite {
            put("composite", composite.to_value());
        }
    }
}

/// How much harm an agent could do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskLevel {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `critical`
    Critical,
}

impl RiskLevel {
    /// Every level, from the lowest.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word in a passport.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Finds the level of this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// Digests of the parts of an instance, each a SHA-256 `digestMultibase`; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Composite {
    /// The model.
    pub model: Option<Digest>,
    /// The configuration or system prompt.
    pub configuration: Option<Digest>,
    /// The tool manifest.
    pub tool_manifest: Option<Digest>,
    /// The runtime.
    pub runtime: Option<Digest>,
}

impl Composite {
    /// Parses the object at `pointer`.
    ///
    /// # Errors
    /// [`PaperError`] for unknown members, malformed digests, or none at all.
    pub fn parse(value: &Value, pointer: &str) -> Result<Self, PaperError> {
        let mut members = Members::of(value, pointer)?;
        let composite = Self {
            model: members.optional_digest("model")?,
            configuration: members.optional_digest("configuration")?,
            tool_manifest: members.optional_digest("toolManifest")?,
            runtime: members.optional_digest("runtime")?,
        };
        members.finish()?;
        if composite == Self::default() {
            return Err(PaperError::structure(pointer, "at least one digest"));
        }
        Ok(composite)
    }

    /// The object of this composite.
    pub fn to_value(&self) -> Value {
        let parts = [
            ("model", &self.model),
            ("configuration", &self.configuration),
            ("toolManifest", &self.tool_manifest),
            ("runtime", &self.runtime),
        ];
        let digest = |(name, digest): (&str, &Option<Digest>)| {
            digest
                .as_ref()
                .map(|digest| (name.to_owned(), json!(digest.as_str())))
        };
        Value::Object(parts.into_iter().filter_map(digest).collect())
    }
}

fn risk_level(claims: &mut Members<'_>) -> Result<RiskLevel, PaperError> {
    RiskLevel::parse(claims.text("riskLevel")?)
        .ok_or_else(|| PaperError::structure(&claims.pointer("riskLevel"), "low, medium, high or critical"))
}

fn autonomy_level(claims: &mut Members<'_>) -> Result<u8, PaperError> {
    let level = claims
        .required("autonomyLevel")?
        .as_u64()
        .and_then(|level| u8::try_from(level).ok());
    level
        .filter(|level| *level <= MAX_AUTONOMY_LEVEL)
        .ok_or_else(|| PaperError::structure(&claims.pointer("autonomyLevel"), "a whole number from 0 to 4"))
}
