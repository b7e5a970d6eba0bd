//! `AgentPassportCredential`: who an instance is, said by its authority (`docs/profile.md`, Papers).
//!
//! A passport may be an SD-JWT (RFC 9901) whose holder withholds some of its members.
//!
//! INVARIANT: a passport names its owner, its agent, its organization and its risk; without them it is none. Of
//! these only what [`Member`] lists may be withheld, and then it is absent here, never empty.

use chancery_did::Did;
use chancery_proof::Digest;
use serde_json::{Map, Value, json};

use crate::members::Members;
use crate::paper::PaperError;

/// The claims of a passport.
#[derive(Debug, Clone, PartialEq)]
pub struct Passport {
    /// The agent's name; absent only if it is withheld.
    pub name: Option<String>,
    /// The agent's version; absent only if it is withheld.
    pub version: Option<String>,
    /// The registered agent of which the subject is one running copy.
    pub instance_of: String,
    /// The authority that answers for the agent.
    pub organization: Did,
    /// The responsible human or team; absent only if it is withheld.
    pub owner: Option<String>,
    /// The team that runs it.
    pub team: Option<String>,
    /// What it runs on.
    pub platform: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// How much harm it could do, in its authority's judgement.
    pub risk_level: RiskLevel,
    /// How far it acts by itself: 0 (every step is confirmed) to 4 (no human in the loop); absent only if it is
    /// withheld.
    pub autonomy_level: Option<u8>,
    /// Digests of what the instance is made of.
    pub composite: Option<Composite>,
    /// The kinds of data that it can reach.
    pub data_access: Vec<String>,
    /// The tools that it can call.
    pub tools: Vec<String>,
    /// How a human watches over it.
    pub human_oversight: Option<String>,
    /// How many digests stand for members that are not shown, or for nothing.
    pub withheld: usize,
}

/// The members of a passport that its holder may withhold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Member {
    /// `name`
    Name,
    /// `version`
    Version,
    /// `owner`
    Owner,
    /// `team`
    Team,
    /// `platform`
    Platform,
    /// `purpose`
    Purpose,
    /// `autonomyLevel`
    AutonomyLevel,
    /// `composite`
    Composite,
    /// `dataAccess`
    DataAccess,
    /// `tools`
    Tools,
    /// `humanOversight`
    HumanOversight,
}

impl Member {
    /// Every member that may be withheld.
    pub const ALL: [Self; 11] = [
        Self::Name,
        Self::Version,
        Self::Owner,
        Self::Team,
        Self::Platform,
        Self::Purpose,
        Self::AutonomyLevel,
        Self::Composite,
        Self::DataAccess,
        Self::Tools,
        Self::HumanOversight,
    ];

    /// The name in a passport's `credentialSubject`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Version => "version",
            Self::Owner => "owner",
            Self::Team => "team",
            Self::Platform => "platform",
            Self::Purpose => "purpose",
            Self::AutonomyLevel => "autonomyLevel",
            Self::Composite => "composite",
            Self::DataAccess => "dataAccess",
            Self::Tools => "tools",
            Self::HumanOversight => "humanOversight",
        }
    }

    /// Finds the member of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|member| member.as_str() == name)
    }

    /// Its JSON Pointer in the document of a passport.
    pub fn pointer(self) -> String {
        format!("/credentialSubject/{}", self.as_str())
    }
}

/// The highest autonomy level.
pub const MAX_AUTONOMY_LEVEL: u8 = 4;

impl Passport {
    /// Reads the claims, of which as many that have to be there may be absent as digests are `withheld`.
    pub(crate) fn read(claims: &mut Members<'_>, withheld: usize) -> Result<Self, PaperError> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let passport = Self {
            name: owned(claims.optional_text("name")?),
            version: owned(claims.optional_text("version")?),
            instance_of: claims.text("instanceOf")?.to_owned(),
            organization: claims.did("organization")?,
            owner: owned(claims.optional_text("owner")?),
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
            withheld,
        };
        let required = [
            Member::Name,
            Member::Version,
            Member::Owner,
            Member::AutonomyLevel,
        ];
        let mut absent = required.into_iter().filter(|member| !passport.shows(*member));
        match absent.nth(withheld) {
            None => Ok(passport),
            Some(member) => Err(PaperError::Missing {
                pointer: member.pointer(),
            }),
        }
    }

    /// Whether this member is there. One that is withheld and one that there never was look the same.
    pub fn shows(&self, member: Member) -> bool {
        match member {
            Member::Name => self.name.is_some(),
            Member::Version => self.version.is_some(),
            Member::Owner => self.owner.is_some(),
            Member::Team => self.team.is_some(),
            Member::Platform => self.platform.is_some(),
            Member::Purpose => self.purpose.is_some(),
            Member::AutonomyLevel => self.autonomy_level.is_some(),
            Member::Composite => self.composite.is_some(),
            Member::DataAccess => !self.data_access.is_empty(),
            Member::Tools => !self.tools.is_empty(),
            Member::HumanOversight => self.human_oversight.is_some(),
        }
    }

    pub(crate) fn write(&self, claims: &mut Map<String, Value>) {
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("instanceOf", json!(self.instance_of));
        put("organization", json!(self.organization.as_str()));
        put("riskLevel", json!(self.risk_level.as_str()));
        if let Some(level) = self.autonomy_level {
            put("autonomyLevel", json!(level));
        }
        let optional = [
            ("name", &self.name),
            ("version", &self.version),
            ("owner", &self.owner),
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
        let mut digests = Map::new();
        for (name, digest) in parts {
            if let Some(digest) = digest {
                digests.insert(name.to_owned(), digest.as_str().into());
            }
        }
        Value::Object(digests)
    }
}

fn risk_level(claims: &mut Members<'_>) -> Result<RiskLevel, PaperError> {
    RiskLevel::parse(claims.text("riskLevel")?)
        .ok_or_else(|| PaperError::structure(&claims.pointer("riskLevel"), "low, medium, high or critical"))
}

fn autonomy_level(claims: &mut Members<'_>) -> Result<Option<u8>, PaperError> {
    let Some(value) = claims.optional("autonomyLevel") else {
        return Ok(None);
    };
    let level = value.as_u64().and_then(|level| u8::try_from(level).ok());
    level
        .filter(|level| *level <= MAX_AUTONOMY_LEVEL)
        .map(Some)
        .ok_or_else(|| PaperError::structure(&claims.pointer("autonomyLevel"), "a whole number from 0 to 4"))
}
