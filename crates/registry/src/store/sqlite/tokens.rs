//! Rows of `tokens`.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::{unavailable, unique};
use crate::store::{StoreError, TokenRecord};

pub(super) async fn insert(c: &mut SqliteConnection, token: &TokenRecord) -> Result<(), StoreError> {
    sqlx::query(
        "insert into tokens (id, hash, name, scopes, created_at, expires_at, revoked_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&token.id)
    .bind(&token.hash)
    .bind(&token.name)
    .bind(&token.scopes)
    .bind(token.created_at.millis())
    .bind(token.expires_at.millis())
    .bind(token.revoked_at.map(|at| at.millis()))
    .execute(c)
    .await
    .map(drop)
    .map_err(|error| unique(error, "token.exists", "there is a token with this id"))
}

pub(super) async fn find(readers: &SqlitePool, hash: &str) -> Result<TokenRecord, StoreError> {
    let row = sqlx::query(
        "select id, hash, name, scopes, created_at, expires_at, revoked_at from tokens where hash = $1",
    )
    .bind(hash)
    .fetch_one(readers)
    .await
    .map_err(unavailable)?;
    let revoked: Option<i64> = row.try_get("revoked_at").map_err(unavailable)?;
    Ok(TokenRecord {
        id: row.try_get("id").map_err(unavailable)?,
        hash: row.try_get("hash").map_err(unavailable)?,
        name: row.try_get("name").map_err(unavailable)?,
        scopes: row.try_get("scopes").map_err(unavailable)?,
        created_at: Timestamp::from_millis(row.try_get("created_at").map_err(unavailable)?),
        expires_at: Timestamp::from_millis(row.try_get("expires_at").map_err(unavailable)?),
        revoked_at: revoked.map(Timestamp::from_millis),
    })
}

pub(super) async fn revoke(c: &mut SqliteConnection, id: &str, at: Timestamp) -> Result<(), StoreError> {
    let revoked = sqlx::query("update tokens set revoked_at = coalesce(revoked_at, $2) where id = $1")
        .bind(id)
        .bind(at.millis())
        .execute(c)
        .await
        .map_err(unavailable)?;
    if revoked.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}
