//! What the registry remembers: one trait whose methods state their atomicity and their not-found.
//!
//! INVARIANT: a method that answers `Ok` has its effect on disk. Each method is one transaction: all of its
//! effects happen or none does. Every implementation passes [`suite`].

use async_trait::async_trait;
use chancery_did::Timestamp;

pub mod sqlite;
pub mod suite;

/// Entries of a new status list, the least that Bitstring Status List v1.0 allows.
pub const LIST_SIZE: u32 = 131_072;

/// How far the clock may go back before nothing is signed any more, in milliseconds.
pub const CLOCK_SKEW: i64 = 60_000;

/// The conflict of a clock that went back further than that.
pub const CLOCK_UNSOUND: &str = "service.clock_unsound";

/// Delegations that one delegator may have indices reserved for within an hour: an index is never used again.
pub const RESERVATIONS: i64 = 1_000;

/// Why the store did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no such record.
    #[error("no such record")]
    NotFound,
    /// The record's present state forbids it; nothing was changed.
    #[error("{detail}")]
    Conflict {
        /// `class.reason` for the client.
        code: &'static str,
        /// What stands in the way.
        detail: &'static str,
    },
    /// A single-use value is unknown, expired or used up; nothing was changed.
    #[error("used before or expired")]
    Replay {
        /// `replay.*` or `binding.nonce`.
        code: &'static str,
    },
    /// Too many short-lived records wait at once.
    #[error("too many records are waiting")]
    Crowded,
    /// The database did not answer, or is full. The cause is for the log only.
    #[error("store unavailable")]
    Unavailable {
        /// The cause.
        cause: String,
    },
}

/// A registered kind of agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentRecord {
    /// `urn:uuid:...`
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Version of the agent.
    pub version: String,
    /// The responsible human or team; never empty.
    pub owner: String,
    /// The other members of its passport, as JSON text.
    pub profile: String,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// Whether an instance may act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InstanceState {
    /// It may.
    Active,
    /// It may not for now.
    Suspended,
    /// It never may again.
    Retired,
}

impl InstanceState {
    /// The state's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }
}

/// One running copy of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRecord {
    /// Its DID.
    pub did: String,
    /// The agent that it runs.
    pub agent_id: String,
    /// Thumbprint of its key.
    pub key: String,
    /// Whether it may act.
    pub state: InstanceState,
    /// When it proved possession of its key.
    pub registered_at: Timestamp,
    /// When its state changed last.
    pub changed_at: Timestamp,
}

/// What a challenge is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChallengePurpose {
    /// A presentation to this service; its scope is the audience.
    Presentation,
    /// A proof of possession; its scope is the agent's id.
    Possession,
}

impl ChallengePurpose {
    /// The purpose's name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Presentation => "presentation",
            Self::Possession => "possession",
        }
    }
}

/// A nonce that this service handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeRecord {
    /// At least 128 random bits, base64url.
    pub nonce: String,
    /// What it is good for.
    pub purpose: ChallengePurpose,
    /// For whom: an audience, or an agent's id.
    pub scope: String,
    /// Address or network that asked for it; empty when it did not come over a socket.
    pub peer: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// How many challenges may wait for their answer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Of all peers.
    pub most: i64,
    /// Of one peer.
    pub most_of_a_peer: i64,
}

/// How far a credential has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialState {
    /// Its index is taken; it was not signed yet.
    Prepared,
    /// It was signed and given out.
    Issued,
    /// A delegation that its delegator signs.
    Reserved,
}

impl CredentialState {
    /// The state's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Issued => "issued",
            Self::Reserved => "reserved",
        }
    }
}

/// What the registry knows of a paper before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCredential {
    /// `urn:uuid:...`
    pub id: String,
    /// The paper's type, as in `AgentPassportCredential`.
    pub kind: String,
    /// DID that signs it.
    pub issuer: String,
    /// DID that it is about.
    pub subject: String,
    /// Digest of the paper that it was delegated from.
    pub parent: Option<String>,
    /// `Prepared`, or `Reserved` for a delegation.
    pub state: CredentialState,
    /// Capability entries as JSON text; `[]` for a passport.
    pub capability: String,
    /// How it is secured: `data-integrity`, `jose` or `sd-jwt`.
    pub securing: String,
    /// First instant of validity.
    pub valid_from: Timestamp,
    /// Last instant of validity.
    pub valid_until: Timestamp,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// The credential that it replaces.
    pub renews: Option<String>,
}

/// A single-use value that goes with a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// What sort of value: `presentation`, `approval`, `request`.
    pub kind: &'static str,
    /// In whose name it is single-use.
    pub scope: String,
    /// The value.
    pub key: String,
    /// Until when it could be replayed.
    pub until: Timestamp,
    /// Refusal when it was used before.
    pub code: &'static str,
    /// Whether it must also be a waiting challenge of this purpose, which is consumed with it.
    pub challenge: Option<ChallengePurpose>,
}

/// Where one status entry of a credential lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSlot {
    /// The list's id.
    pub list_id: String,
    /// What a set bit means.
    pub purpose: StatusListPurpose,
    /// Position in the list.
    pub index: u32,
}

/// What a list's set bits mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusListPurpose {
    /// Irreversible.
    Revocation,
    /// Reversible.
    Suspension,
}

impl StatusListPurpose {
    /// The purpose's name in Bitstring Status List.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
}

/// A paper that the registry issued, or a delegation that it keeps an index for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRecord {
    /// What was recorded before signing.
    pub draft: NewCredential,
    /// The paper's digest, once it is known.
    pub digest: Option<String>,
    /// The exact text that was signed; empty before, and for a delegation.
    pub document: String,
    /// Its places in the status lists, revocation first.
    pub slots: Vec<StatusSlot>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Whether it is suspended, by itself or with its subject.
    pub suspended: bool,
}

/// A change of one credential's status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusChange {
    /// For good.
    Revoke,
    /// For now.
    Suspend,
    /// Takes a suspension back.
    Resume,
}

/// A status list as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusListRecord {
    /// The list's id.
    pub id: String,
    /// What a set bit means.
    pub purpose: StatusListPurpose,
    /// Entries in the list.
    pub size: u32,
    /// Rises with every change of a bit, and of the status of any credential that has a bit here.
    pub version: i64,
    /// Positions whose bit is set.
    pub set: Vec<u32>,
    /// Positions of the credentials whose bit is set on a list of the other purpose.
    pub set_elsewhere: Vec<u32>,
}

/// One thing that the registry recognizes another authority for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecognitionRecord {
    /// `urn:uuid:...`
    pub id: String,
    /// The authority that is recognized.
    pub entity_id: String,
    /// Action or action pattern.
    pub action: String,
    /// Resource or resource pattern.
    pub resource: String,
    /// Since when.
    pub valid_from: Timestamp,
    /// Until when, if it ended.
    pub ended_at: Option<Timestamp>,
}

/// An admin token; only its hash is ever kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// `urn:uuid:...`
    pub id: String,
    /// SHA-256 of the token, base64url.
    pub hash: String,
    /// Name for people.
    pub name: String,
    /// What it may do, separated by blanks.
    pub scopes: String,
    /// When it was minted.
    pub created_at: Timestamp,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// The log of a DID that is hosted here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidLogRecord {
    /// Where it is hosted: `.well-known`, or `agents/` and a name.
    pub place: String,
    /// The DID as its newest version spells it.
    pub did: String,
    /// The name of its newest version.
    pub head: String,
    /// The whole log, one line per version.
    pub log: String,
    /// The proofs of its witnesses, if there are any.
    pub witness: Option<String>,
    /// When it changed last.
    pub changed_at: Timestamp,
}

/// Versions to be added to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDidVersions {
    /// Where it is hosted.
    pub place: String,
    /// The DID as the newest of them spells it.
    pub did: String,
    /// The version that the first of them follows; none for a new log.
    pub follows: Option<String>,
    /// Their names and their lines, oldest first, at least one.
    pub entries: Vec<(String, String)>,
    /// The proofs of the witnesses, unless those that are there suffice.
    pub witness: Option<String>,
    /// When they came in.
    pub at: Timestamp,
}

/// Which credentials a page lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CredentialFilter {
    /// Only those about this DID.
    pub subject: Option<String>,
    /// Only those delegated from the paper with this digest.
    pub parent: Option<String>,
}

/// The registry's memory. Pages are ordered by id, hold at most `limit` records and start behind `after`.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Says whether the store can read and write now.
    async fn ready(&self) -> Result<(), StoreError>;

    /// Adds an agent. A second one with the id is a conflict.
    async fn insert_agent(&self, agent: AgentRecord) -> Result<(), StoreError>;
    /// Finds an agent; not found when there is none.
    async fn agent(&self, id: &str) -> Result<AgentRecord, StoreError>;
    /// Lists agents.
    async fn agents(&self, after: Option<&str>, limit: u32) -> Result<Vec<AgentRecord>, StoreError>;

    /// Keeps a challenge; crowded when the most that may wait wait already, of all peers or of its peer (one
    /// that is named). Expired ones are dropped with it.
    async fn insert_challenge(
        &self,
        challenge: ChallengeRecord,
        now: Timestamp,
        room: Waiting,
    ) -> Result<(), StoreError>;
    /// Uses up all the values or none. A value used before, or whose challenge does not wait at `now`, gives
    /// its code as replay and changes nothing. Of several callers with one value exactly one succeeds.
    async fn consume(&self, values: Vec<Once>, now: Timestamp) -> Result<(), StoreError>;

    /// Adds an instance and uses up its challenge, together. Not found without the agent, replay without the
    /// challenge, conflict when the DID or its key is registered.
    async fn register_instance(
        &self,
        instance: InstanceRecord,
        nonce: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Finds an instance; not found when there is none.
    async fn instance(&self, did: &str) -> Result<InstanceRecord, StoreError>;
    /// Lists an agent's instances by DID.
    async fn instances(
        &self,
        agent_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<InstanceRecord>, StoreError>;
    /// Moves an instance to a state and, in the same transaction, sets the bits of every paper issued to it:
    /// suspension for suspended, none for active, revocation for retired. Answers the ids of the papers whose
    /// status changed. Conflict when it is retired and the state is another.
    async fn move_instance(
        &self,
        did: &str,
        state: InstanceState,
        at: Timestamp,
    ) -> Result<Vec<String>, StoreError>;

    /// Records a credential and takes a random, never used index for it in a revocation list and in a
    /// suspension list, together with `once`. Conflict when the subject or the issuer is an instance that is
    /// not active, when a paper above it is known here and revoked or suspended, when the paper that it renews
    /// is, when the id is taken, or when the clock went back ([`CLOCK_UNSOUND`]). Crowded when the issuer of a
    /// reserved one had [`RESERVATIONS`] within the hour.
    async fn prepare_credential(
        &self,
        credential: NewCredential,
        once: Option<Once>,
        now: Timestamp,
    ) -> Result<Vec<StatusSlot>, StoreError>;
    /// Adds the digest and the signed text to a prepared credential. Not found when none is prepared; conflict
    /// when its subject was suspended, or it or the paper that it renews was revoked or suspended meanwhile.
    async fn seal_credential(&self, id: &str, digest: &str, document: &str) -> Result<(), StoreError>;
    /// Adds the digest and the signed text to a reserved delegation. Not found when none is reserved; conflict
    /// when another text was recorded; no change when the same was.
    async fn record_delegation(&self, id: &str, digest: &str, document: &str) -> Result<(), StoreError>;
    /// Finds a credential by id; not found when there is none.
    async fn credential(&self, id: &str) -> Result<CredentialRecord, StoreError>;
    /// Finds a credential by its digest; not found when there is none.
    async fn credential_by_digest(&self, digest: &str) -> Result<CredentialRecord, StoreError>;
    /// Lists credentials.
    async fn credentials(
        &self,
        filter: &CredentialFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<CredentialRecord>, StoreError>;
    /// Changes a credential's status, its bits and its history together. To revoke twice is no change; to
    /// suspend or resume what is revoked is a conflict. Answers whether something changed.
    async fn change_status(&self, id: &str, change: StatusChange, at: Timestamp) -> Result<bool, StoreError>;
    /// Lists what was granted to a subject and held at an instant: capability texts of issued credentials
    /// that were within their validity and neither revoked nor suspended then.
    async fn capabilities_at(&self, subject: &str, at: Timestamp) -> Result<Vec<String>, StoreError>;

    /// Names every status list, in the order in which they were opened.
    async fn status_lists(&self) -> Result<Vec<String>, StoreError>;
    /// Finds a list's version without its bits; not found when there is none.
    async fn status_list_version(&self, id: &str) -> Result<i64, StoreError>;
    /// Reads a list with its bits, as of one instant; not found when there is none.
    async fn status_list(&self, id: &str) -> Result<StatusListRecord, StoreError>;

    /// Reads a list with its bits and remembers the date that it is about to be signed with, together: `now`,
    /// or just after the newest date of this list when that is not before `now`. So of two signed lists the one
    /// with the later date holds every change of the other. Not found when there is none; conflict when the
    /// clock went back ([`CLOCK_UNSOUND`]).
    async fn date_status_list(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<(StatusListRecord, Timestamp), StoreError>;

    /// Adds a recognition.
    async fn insert_recognition(&self, recognition: RecognitionRecord) -> Result<(), StoreError>;
    /// Ends a recognition; not found when there is none, no change when it has ended.
    async fn end_recognition(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;
    /// Lists every recognition of an entity, ended ones included.
    async fn recognitions_of(&self, entity_id: &str) -> Result<Vec<RecognitionRecord>, StoreError>;
    /// Lists recognitions.
    async fn recognitions(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecognitionRecord>, StoreError>;

    /// Adds versions to a log, or begins one, with the proofs of their witnesses. Conflict when its newest
    /// version is another than the one that they follow: of several callers that follow one version exactly
    /// one succeeds.
    async fn append_did_versions(&self, versions: NewDidVersions) -> Result<(), StoreError>;
    /// Finds a log, as of one instant; not found when there is none.
    async fn did_log(&self, place: &str) -> Result<DidLogRecord, StoreError>;
    /// Names the places of all logs, in their order; at most `limit`.
    async fn did_log_places(&self, limit: u32) -> Result<Vec<String>, StoreError>;

    /// Gives a mark, as of one instant, that is another one after every change of what strangers are told: of a
    /// status list, of a log, of a recognition.
    async fn public_mark(&self) -> Result<String, StoreError>;

    /// Adds a token.
    async fn insert_token(&self, token: TokenRecord) -> Result<(), StoreError>;
    /// Finds a token by its hash; not found when there is none.
    async fn token_by_hash(&self, hash: &str) -> Result<TokenRecord, StoreError>;
    /// Takes a token back; not found when there is none, no change when it was taken back.
    async fn revoke_token(&self, id: &str, at: Timestamp) -> Result<(), StoreError>;
}
