//! Admin tokens: 256 random bits, kept as SHA-256, scoped by verb, expiring.
//!
//! INVARIANT: a missing, malformed, unknown, expired or revoked token gets one and the same 401; a token
//! without the scope gets a 403; either way nothing was done. The token itself is never stored nor logged.

use chancery_did::Timestamp;
use chancery_proof::base64url;
use http::{HeaderMap, StatusCode, header};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::{
    problem::Problem,
    random,
    store::{Store, StoreError, TokenRecord},
};

/// What every token starts with, so that a leaked one is recognized.
pub const PREFIX: &str = "chancery_";
/// Characters of a token: the prefix and 32 bytes as base64url.
const LENGTH: usize = 52;
/// Longest life of a token in seconds.
pub const LONGEST_LIFE: u64 = 86_400;

/// What a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// List and read agents and instances.
    AgentsRead,
    /// Register agents and instances; suspend, resume and retire instances.
    AgentsWrite,
    /// List and read credentials.
    CredentialsRead,
    /// Issue and renew credentials.
    CredentialsIssue,
    /// Revoke, suspend and resume credentials.
    CredentialsRevoke,
    /// Verify and derive any credential, which may make this service ask other hosts.
    CredentialsVerify,
    /// List recognitions.
    RecognitionsRead,
    /// Add and end recognitions.
    RecognitionsWrite,
    /// Mint and take back tokens.
    TokensWrite,
    /// Bring evidence to `POST /verify`: the relying party's own services may, a stranger never.
    Evidence,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 10] = [
        Self::AgentsRead,
        Self::AgentsWrite,
        Self::CredentialsRead,
        Self::CredentialsIssue,
        Self::CredentialsRevoke,
        Self::CredentialsVerify,
        Self::RecognitionsRead,
        Self::RecognitionsWrite,
        Self::TokensWrite,
        Self::Evidence,
    ];

    /// The scope's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AgentsRead => "agents:read",
            Self::AgentsWrite => "agents:write",
            Self::CredentialsRead => "credentials:read",
            Self::CredentialsIssue => "credentials:issue",
            Self::CredentialsRevoke => "credentials:revoke",
            Self::CredentialsVerify => "credentials:verify",
            Self::RecognitionsRead => "recognitions:read",
            Self::RecognitionsWrite => "recognitions:write",
            Self::TokensWrite => "tokens:write",
            Self::Evidence => "evidence",
        }
    }

    /// Finds a scope by its name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

/// A token that was just made. Its secret is shown once and never again.
pub struct MintedToken {
    /// Id, to take it back by.
    pub id: String,
    /// The token itself.
    pub secret: Zeroizing<String>,
    /// Until when it is accepted.
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for MintedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MintedToken")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Makes a token and keeps its hash.
pub(crate) async fn mint(
    store: &dyn Store,
    scopes: &[Scope],
    life_seconds: u64,
    name: &str,
    now: Timestamp,
) -> Result<MintedToken, Problem> {
    if scopes.is_empty() || life_seconds == 0 || life_seconds > LONGEST_LIFE {
        return Err(Problem::unacceptable(
            "request.member",
            "a token needs a scope and a life of 1 second to 24 hours",
        ));
    }
    let random = random::secret().map_err(|error| Problem::internal(&error))?;
    let secret = Zeroizing::new(format!("{PREFIX}{}", random.as_str()));
    let life = i64::try_from(life_seconds).unwrap_or(0).saturating_mul(1000);
    let mut names: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let record = TokenRecord {
        id: format!("urn:uuid:{}", uuid::Uuid::now_v7()),
        hash: hash(&secret),
        name: name.to_owned(),
        scopes: names.join(" "),
        created_at: now,
        expires_at: now.saturating_add_millis(life),
        revoked_at: None,
    };
    let minted = MintedToken {
        id: record.id.clone(),
        secret,
        expires_at: record.expires_at,
    };
    store.insert_token(record).await?;
    Ok(minted)
}

/// Lets a request pass whose token has the scope at `now`.
pub(crate) async fn authorize(
    store: &dyn Store,
    headers: &HeaderMap,
    scope: Scope,
    now: Timestamp,
) -> Result<(), Problem> {
    // The same work for every token that has the right shape, known or not; the lookup is by hash, so its
    // time says nothing about a token.
    let given = bearer(headers);
    let hash = hash(given.unwrap_or(PREFIX));
    let found = match store.token_by_hash(&hash).await {
        Ok(record) => Some(record),
        Err(StoreError::NotFound) => None,
        Err(other) => return Err(other.into()),
    };
    let record = found
        .filter(|_| given.is_some())
        .filter(|record| bool::from(record.hash.as_bytes().ct_eq(hash.as_bytes())))
        .filter(|record| record.revoked_at.is_none() && record.created_at <= now && now < record.expires_at)
        .ok_or_else(unauthorized)?;
    if record.scopes.split(' ').any(|name| name == scope.as_str()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "auth.forbidden",
        format!("this needs a token with the scope `{}`", scope.as_str()),
    ))
}

/// Lets a submission bring evidence whose token has the scope for it; whatever else is wrong with a token, the
/// answer is the same.
pub(crate) async fn may_bring_evidence(
    store: &dyn Store,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(), Problem> {
    authorize(store, headers, Scope::Evidence, now)
        .await
        .map_err(|problem| match problem.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Problem::new(
                StatusCode::FORBIDDEN,
                "auth.scope",
                "`evidence` is taken only with a token of the scope `evidence`",
            ),
            _ => problem,
        })
}

fn unauthorized() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "auth.required",
        "this needs a valid admin token",
    )
}

/// The one bearer token of a request, if it has the shape of ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    let shaped = scheme.eq_ignore_ascii_case("bearer") && token.len() == LENGTH && token.starts_with(PREFIX);
    shaped.then_some(token)
}

fn hash(token: &str) -> String {
    base64url::encode(&Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    async fn store() -> (tempfile::TempDir, SqliteStore) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        (folder, SqliteStore::open(&url).await.unwrap())
    }

    fn with(token: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        headers
    }

    #[tokio::test]
    async fn token_passes_for_its_scope_only() {
        let (_folder, store) = store().await;
        let token = mint(&store, &[Scope::AgentsRead], 60, "reader", NOW)
            .await
            .unwrap();
        authorize(&store, &with(&token.secret), Scope::AgentsRead, NOW)
            .await
            .unwrap();
        let refused = authorize(&store, &with(&token.secret), Scope::AgentsWrite, NOW)
            .await
            .unwrap_err();
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }

    #[tokio::test]
    async fn every_unusable_token_gets_the_same_401() {
        let (_folder, store) = store().await;
        let token = mint(&store, &[Scope::AgentsRead], 60, "reader", NOW)
            .await
            .unwrap();
        let taken = mint(&store, &[Scope::AgentsRead], 60, "taken back", NOW)
            .await
            .unwrap();
        store.revoke_token(&taken.id, NOW).await.unwrap();
        let later = NOW.saturating_add_millis(60_000);
        let earlier = NOW.saturating_add_millis(-1);
        let unknown = format!("{PREFIX}{}", "A".repeat(43));
        let mut twice = with(&token.secret);
        twice.append(header::AUTHORIZATION, "Bearer other".parse().unwrap());
        let mut basic = HeaderMap::new();
        basic.insert(
            header::AUTHORIZATION,
            format!("Basic {}", &*token.secret).parse().unwrap(),
        );
        for (headers, now) in [
            (HeaderMap::new(), NOW),
            (with(""), NOW),
            (with("eyJhbGciOiJub25lIn0.e30."), NOW),
            (with(&unknown), NOW),
            (with(&taken.secret), NOW),
            (with(&token.secret), later),
            (with(&token.secret), earlier),
            (with(&token.secret.to_uppercase()), NOW),
            (twice, NOW),
            (basic, NOW),
        ] {
            let refused = authorize(&store, &headers, Scope::AgentsRead, now)
                .await
                .unwrap_err();
            assert_eq!(refused, unauthorized());
        }
    }

    #[tokio::test]
    async fn token_never_lives_longer_than_a_day_and_has_a_scope() {
        let (_folder, store) = store().await;
        assert!(
            mint(&store, &[Scope::AgentsRead], LONGEST_LIFE + 1, "long", NOW)
                .await
                .is_err()
        );
        assert!(mint(&store, &[Scope::AgentsRead], 0, "none", NOW).await.is_err());
        assert!(mint(&store, &[], 60, "empty", NOW).await.is_err());
    }

    #[tokio::test]
    async fn stored_and_printed_token_does_not_show_its_secret() {
        let (_folder, store) = store().await;
        let token = mint(&store, &[Scope::AgentsRead], 60, "reader", NOW)
            .await
            .unwrap();
        let record = store.token_by_hash(&hash(&token.secret)).await.unwrap();
        let random = token.secret.strip_prefix(PREFIX).unwrap();
        assert!(!format!("{record:?} {token:?}").contains(random));
    }
}
