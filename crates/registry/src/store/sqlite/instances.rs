//! Rows of `instances`, and the one act that moves an instance with every paper issued to it.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{challenges, corrupt, unavailable, unique};
use crate::store::{ChallengePurpose, InstanceRecord, InstanceState, StatusListPurpose, StoreError};

const COLUMNS: &str = "did, agent_id, key, state, registered_at, changed_at";

pub(super) async fn register(
    c: &mut SqliteConnection,
    instance: &InstanceRecord,
    nonce: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query_scalar::<_, i64>("select 1 from agents where id = $1")
        .bind(&instance.agent_id)
        .fetch_one(&mut *c)
        .await
        .map_err(unavailable)?;
    challenges::take(c, ChallengePurpose::Possession, &instance.agent_id, nonce, now).await?;
    sqlx::query(
        "insert into instances (did, agent_id, key, state, registered_at, changed_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&instance.did)
    .bind(&instance.agent_id)
    .bind(&instance.key)
    .bind(instance.state.as_str())
    .bind(instance.registered_at.millis())
    .bind(instance.changed_at.millis())
    .execute(c)
    .await
    .map(drop)
    .map_err(|error| {
        unique(
            error,
            "instance.exists",
            "this DID or its key is registered already",
        )
    })
}

pub(super) async fn find(readers: &SqlitePool, did: &str) -> Result<InstanceRecord, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("select {COLUMNS} from instances where did = $1"));
    let row = sqlx::query(sql)
        .bind(did)
        .fetch_one(readers)
        .await
        .map_err(unavailable)?;
    read(&row)
}

pub(super) async fn page(
    readers: &SqlitePool,
    agent_id: &str,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<InstanceRecord>, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!(
        "select {COLUMNS} from instances where agent_id = $1 and did > $2 order by did limit $3"
    ));
    sqlx::query(sql)
        .bind(agent_id)
        .bind(after.unwrap_or_default())
        .bind(limit)
        .fetch_all(readers)
        .await
        .map_err(unavailable)?
        .iter()
        .map(read)
        .collect()
}

/// Answers the state of an instance, if the DID is one.
pub(super) async fn state_of(
    c: &mut SqliteConnection,
    did: &str,
) -> Result<Option<InstanceState>, StoreError> {
    let word: Option<String> = sqlx::query_scalar("select state from instances where did = $1")
        .bind(did)
        .fetch_optional(c)
        .await
        .map_err(unavailable)?;
    word.map(|word| state(&word)).transpose()
}

pub(super) async fn move_to(
    c: &mut SqliteConnection,
    did: &str,
    to: InstanceState,
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let from = state_of(c, did).await?.ok_or(StoreError::NotFound)?;
    if from == to {
        return Ok(Vec::new());
    }
    if from == InstanceState::Retired {
        return Err(StoreError::Conflict {
            code: "instance.retired",
            detail: "a retired instance never comes back",
        });
    }
    sqlx::query("update instances set state = $2, changed_at = $3 where did = $1")
        .bind(did)
        .bind(to.as_str())
        .bind(at.millis())
        .execute(&mut *c)
        .await
        .map_err(unavailable)?;
    // Of the subject's papers: those whose own column is about to change, and of them those whose bit does.
    let (purpose, value, column, new, affected, flips) = match to {
        InstanceState::Suspended => (
            StatusListPurpose::Suspension,
            1_i64,
            "suspended_with_instance",
            1_i64,
            "revoked_at is null and suspended_with_instance = 0",
            "suspended = 0",
        ),
        InstanceState::Active => (
            StatusListPurpose::Suspension,
            0,
            "suspended_with_instance",
            0,
            "revoked_at is null and suspended_with_instance = 1",
            "suspended = 0",
        ),
        InstanceState::Retired => (
            StatusListPurpose::Revocation,
            1,
            "revoked_at",
            at.millis(),
            "revoked_at is null",
            "true",
        ),
    };
    let ids: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select id from credentials where subject = $1 and {affected} order by id"
    )))
    .bind(did)
    .fetch_all(&mut *c)
    .await
    .map_err(unavailable)?;
    let flipped = format!("select id from credentials where subject = $1 and {affected} and {flips}");
    let entries = format!(
        "credential_id in ({flipped}) and list_id in (select id from status_lists where purpose = $2)"
    );
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "update status_lists set version = version + 1 \
         where id in (select list_id from status_entries where credential_id in ({flipped}))"
    )))
    .bind(did)
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "update status_entries set value = $3 where {entries}"
    )))
    .bind(did)
    .bind(purpose.as_str())
    .bind(value)
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "insert into status_events (credential_id, purpose, value, at) select id, $2, $3, $4 from ({flipped})"
    )))
    .bind(did)
    .bind(purpose.as_str())
    .bind(value)
    .bind(at.millis())
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "update credentials set {column} = $2 where subject = $1 and {affected}"
    )))
    .bind(did)
    .bind(new)
    .execute(c)
    .await
    .map_err(unavailable)?;
    Ok(ids)
}

fn state(word: &str) -> Result<InstanceState, StoreError> {
    match word {
        "active" => Ok(InstanceState::Active),
        "suspended" => Ok(InstanceState::Suspended),
        "retired" => Ok(InstanceState::Retired),
        _ => Err(corrupt("instance state")),
    }
}

fn read(row: &SqliteRow) -> Result<InstanceRecord, StoreError> {
    Ok(InstanceRecord {
        did: row.try_get("did").map_err(unavailable)?,
        agent_id: row.try_get("agent_id").map_err(unavailable)?,
        key: row.try_get("key").map_err(unavailable)?,
        state: state(row.try_get("state").map_err(unavailable)?)?,
        registered_at: Timestamp::from_millis(row.try_get("registered_at").map_err(unavailable)?),
        changed_at: Timestamp::from_millis(row.try_get("changed_at").map_err(unavailable)?),
    })
}
