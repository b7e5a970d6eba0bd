//! Rows of `challenges` and `consumed`: what may be used once, and what was.

use chancery_did::Timestamp;
use sqlx::SqliteConnection;

use super::unavailable;
use crate::store::{ChallengePurpose, ChallengeRecord, Once, StoreError, Waiting};

pub(super) async fn insert(
    c: &mut SqliteConnection,
    challenge: &ChallengeRecord,
    now: Timestamp,
    room: Waiting,
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from challenges where nonce in (select nonce from challenges where expires_at < $1 limit 256)",
    )
    .bind(now.millis())
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    let waiting: i64 = sqlx::query_scalar("select count(*) from challenges")
        .fetch_one(&mut *c)
        .await
        .map_err(unavailable)?;
    if waiting >= room.most {
        return Err(StoreError::Crowded);
    }
    if !challenge.peer.is_empty() {
        let of_the_peer: i64 =
            sqlx::query_scalar("select count(*) from challenges where peer = $1 and expires_at >= $2")
                .bind(&challenge.peer)
                .bind(now.millis())
                .fetch_one(&mut *c)
                .await
                .map_err(unavailable)?;
        if of_the_peer >= room.most_of_a_peer {
            return Err(StoreError::Crowded);
        }
    }
    sqlx::query(
        "insert into challenges (nonce, purpose, scope, peer, expires_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(&challenge.nonce)
    .bind(challenge.purpose.as_str())
    .bind(&challenge.scope)
    .bind(&challenge.peer)
    .bind(challenge.expires_at.millis())
    .execute(c)
    .await
    .map(drop)
    .map_err(unavailable)
}

/// Takes a waiting challenge away; a replay when it does not wait.
pub(super) async fn take(
    c: &mut SqliteConnection,
    purpose: ChallengePurpose,
    scope: &str,
    nonce: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let taken = sqlx::query(
        "delete from challenges where nonce = $1 and purpose = $2 and scope = $3 and expires_at >= $4",
    )
    .bind(nonce)
    .bind(purpose.as_str())
    .bind(scope)
    .bind(now.millis())
    .execute(c)
    .await
    .map_err(unavailable)?;
    if taken.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::Replay {
            code: "binding.nonce",
        })
    }
}

pub(super) async fn consume(
    c: &mut SqliteConnection,
    value: &Once,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "delete from consumed where (kind, scope, key) in \
         (select kind, scope, key from consumed where until < $1 limit 64)",
    )
    .bind(now.millis())
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    let inserted = sqlx::query(
        "insert into consumed (kind, scope, key, until) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(value.kind)
    .bind(&value.scope)
    .bind(&value.key)
    .bind(value.until.millis())
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    if inserted.rows_affected() != 1 {
        return Err(StoreError::Replay { code: value.code });
    }
    match value.challenge {
        Some(purpose) => take(c, purpose, &value.scope, &value.key, now).await,
        None => Ok(()),
    }
}
