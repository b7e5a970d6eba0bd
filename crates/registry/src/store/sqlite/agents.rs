//! Rows of `agents`.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{unavailable, unique};
use crate::store::{AgentRecord, StoreError};

pub(super) async fn insert(c: &mut SqliteConnection, agent: &AgentRecord) -> Result<(), StoreError> {
    sqlx::query(
        "insert into agents (id, name, version, owner, profile, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&agent.id)
    .bind(&agent.name)
    .bind(&agent.version)
    .bind(&agent.owner)
    .bind(&agent.profile)
    .bind(agent.created_at.millis())
    .execute(c)
    .await
    .map(drop)
    .map_err(|error| unique(error, "agent.exists", "there is an agent with this id"))
}

pub(super) async fn find(readers: &SqlitePool, id: &str) -> Result<AgentRecord, StoreError> {
    let row = sqlx::query("select id, name, version, owner, profile, created_at from agents where id = $1")
        .bind(id)
        .fetch_one(readers)
        .await
        .map_err(unavailable)?;
    read(&row)
}

pub(super) async fn page(
    readers: &SqlitePool,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<AgentRecord>, StoreError> {
    sqlx::query(
        "select id, name, version, owner, profile, created_at from agents where id > $1 order by id limit $2",
    )
    .bind(after.unwrap_or_default())
    .bind(limit)
    .fetch_all(readers)
    .await
    .map_err(unavailable)?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &SqliteRow) -> Result<AgentRecord, StoreError> {
    Ok(AgentRecord {
        id: row.try_get("id").map_err(unavailable)?,
        name: row.try_get("name").map_err(unavailable)?,
        version: row.try_get("version").map_err(unavailable)?,
        owner: row.try_get("owner").map_err(unavailable)?,
        profile: row.try_get("profile").map_err(unavailable)?,
        created_at: Timestamp::from_millis(row.try_get("created_at").map_err(unavailable)?),
    })
}
