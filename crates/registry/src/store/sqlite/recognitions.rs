//! Rows of `recognitions`.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{unavailable, unique};
use crate::store::{RecognitionRecord, StoreError};

pub(super) async fn insert(c: &mut SqliteConnection, it: &RecognitionRecord) -> Result<(), StoreError> {
    sqlx::query(
        "insert into recognitions (id, entity_id, action, resource, valid_from, ended_at) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&it.id)
    .bind(&it.entity_id)
    .bind(&it.action)
    .bind(&it.resource)
    .bind(it.valid_from.millis())
    .bind(it.ended_at.map(|at| at.millis()))
    .execute(c)
    .await
    .map(drop)
    .map_err(|error| unique(error, "recognition.exists", "there is a recognition with this id"))
}

pub(super) async fn end(c: &mut SqliteConnection, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let ended = sqlx::query("update recognitions set ended_at = coalesce(ended_at, $2) where id = $1")
        .bind(id)
        .bind(at.millis())
        .execute(c)
        .await
        .map_err(unavailable)?;
    if ended.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}

pub(super) async fn of(readers: &SqlitePool, entity_id: &str) -> Result<Vec<RecognitionRecord>, StoreError> {
    sqlx::query(
        "select id, entity_id, action, resource, valid_from, ended_at from recognitions \
         where entity_id = $1 order by id",
    )
    .bind(entity_id)
    .fetch_all(readers)
    .await
    .map_err(unavailable)?
    .iter()
    .map(read)
    .collect()
}

pub(super) async fn page(
    readers: &SqlitePool,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<RecognitionRecord>, StoreError> {
    sqlx::query(
        "select id, entity_id, action, resource, valid_from, ended_at from recognitions \
         where id > $1 order by id limit $2",
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

fn read(row: &SqliteRow) -> Result<RecognitionRecord, StoreError> {
    let ended: Option<i64> = row.try_get("ended_at").map_err(unavailable)?;
    Ok(RecognitionRecord {
        id: row.try_get("id").map_err(unavailable)?,
        entity_id: row.try_get("entity_id").map_err(unavailable)?,
        action: row.try_get("action").map_err(unavailable)?,
        resource: row.try_get("resource").map_err(unavailable)?,
        valid_from: Timestamp::from_millis(row.try_get("valid_from").map_err(unavailable)?),
        ended_at: ended.map(Timestamp::from_millis),
    })
}
