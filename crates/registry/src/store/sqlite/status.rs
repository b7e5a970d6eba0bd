//! Rows of `status_lists`, `status_entries` and `status_events`.
//!
//! INVARIANT: an index is given out once, ever; a revocation bit is never cleared; a list's version rises in
//! the transaction that changes one of its bits, or another bit of a credential that has one here; of two dates
//! given to a list the later belongs to the later bits.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::{clock, corrupt, unavailable};
use crate::{
    random,
    store::{LIST_SIZE, StatusChange, StatusListPurpose, StatusListRecord, StatusSlot, StoreError},
};

/// Draws before an index search gives up; a list is at most three quarters full, so this is 0.75^512.
const DRAWS: u32 = 512;

/// Takes a random unused index in the newest list of a purpose, and opens a new list when that is three
/// quarters full: what stays unused hides how many papers there are.
pub(super) async fn allocate(
    c: &mut SqliteConnection,
    purpose: StatusListPurpose,
    credential_id: &str,
    now: Timestamp,
) -> Result<StatusSlot, StoreError> {
    let (list_id, size) = open_list(c, purpose, now).await?;
    for _ in 0..DRAWS {
        let index = random::below(size).map_err(|error| StoreError::Unavailable {
            cause: error.to_string(),
        })?;
        let taken = sqlx::query(
            "insert into status_entries (list_id, position, credential_id, value) values ($1, $2, $3, 0) \
             on conflict do nothing",
        )
        .bind(&list_id)
        .bind(index)
        .bind(credential_id)
        .execute(&mut *c)
        .await
        .map_err(unavailable)?;
        if taken.rows_affected() == 1 {
            sqlx::query("update status_lists set used = used + 1 where id = $1")
                .bind(&list_id)
                .execute(c)
                .await
                .map_err(unavailable)?;
            return Ok(StatusSlot {
                list_id,
                purpose,
                index,
            });
        }
    }
    Err(StoreError::Unavailable {
        cause: "no free status index was found".to_owned(),
    })
}

async fn open_list(
    c: &mut SqliteConnection,
    purpose: StatusListPurpose,
    now: Timestamp,
) -> Result<(String, u32), StoreError> {
    let row = sqlx::query(
        "select id, size from status_lists where purpose = $1 and used < size / 4 * 3 order by rowid desc limit 1",
    )
    .bind(purpose.as_str())
    .fetch_optional(&mut *c)
    .await
    .map_err(unavailable)?;
    if let Some(row) = row {
        return Ok((
            row.try_get("id").map_err(unavailable)?,
            row.try_get("size").map_err(unavailable)?,
        ));
    }
    let lists: i64 = sqlx::query_scalar("select count(*) from status_lists where purpose = $1")
        .bind(purpose.as_str())
        .fetch_one(&mut *c)
        .await
        .map_err(unavailable)?;
    let id = format!("{}-{}", purpose.as_str(), lists.saturating_add(1));
    sqlx::query("insert into status_lists (id, purpose, size, created_at) values ($1, $2, $3, $4)")
        .bind(&id)
        .bind(purpose.as_str())
        .bind(LIST_SIZE)
        .bind(now.millis())
        .execute(c)
        .await
        .map_err(unavailable)?;
    Ok((id, LIST_SIZE))
}

pub(super) async fn change(
    c: &mut SqliteConnection,
    id: &str,
    change: StatusChange,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let row =
        sqlx::query("select revoked_at, suspended, suspended_with_instance from credentials where id = $1")
            .bind(id)
            .fetch_one(&mut *c)
            .await
            .map_err(unavailable)?;
    let revoked: Option<i64> = row.try_get("revoked_at").map_err(unavailable)?;
    let suspended: bool = row.try_get("suspended").map_err(unavailable)?;
    let with_instance: bool = row.try_get("suspended_with_instance").map_err(unavailable)?;
    let (sql, new, bit) = match change {
        StatusChange::Revoke if revoked.is_some() => return Ok(false),
        StatusChange::Revoke => (
            "update credentials set revoked_at = $2 where id = $1",
            at.millis(),
            Some((StatusListPurpose::Revocation, true)),
        ),
        StatusChange::Suspend | StatusChange::Resume if revoked.is_some() => {
            return Err(StoreError::Conflict {
                code: "status.revoked",
                detail: "a revoked credential stays revoked",
            });
        }
        StatusChange::Suspend | StatusChange::Resume => {
            let suspend = change == StatusChange::Suspend;
            if suspended == suspend {
                return Ok(false);
            }
            // The bit is set as long as either reason stands.
            let bit = (!with_instance).then_some((StatusListPurpose::Suspension, suspend));
            (
                "update credentials set suspended = $2 where id = $1",
                i64::from(suspend),
                bit,
            )
        }
    };
    sqlx::query(sql)
        .bind(id)
        .bind(new)
        .execute(&mut *c)
        .await
        .map_err(unavailable)?;
    if let Some((purpose, value)) = bit {
        set_bit(c, id, purpose, value, at).await?;
    }
    Ok(true)
}

async fn set_bit(
    c: &mut SqliteConnection,
    credential_id: &str,
    purpose: StatusListPurpose,
    value: bool,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "update status_entries set value = $3 where credential_id = $1 \
         and list_id in (select id from status_lists where purpose = $2)",
    )
    .bind(credential_id)
    .bind(purpose.as_str())
    .bind(value)
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    sqlx::query(
        "update status_lists set version = version + 1 \
         where id in (select list_id from status_entries where credential_id = $1)",
    )
    .bind(credential_id)
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    sqlx::query("insert into status_events (credential_id, purpose, value, at) values ($1, $2, $3, $4)")
        .bind(credential_id)
        .bind(purpose.as_str())
        .bind(value)
        .bind(at.millis())
        .execute(c)
        .await
        .map_err(unavailable)?;
    Ok(())
}

/// Answers where a credential's status entries live, revocation first.
pub(super) async fn slots(readers: &SqlitePool, credential_id: &str) -> Result<Vec<StatusSlot>, StoreError> {
    sqlx::query(
        "select e.list_id, e.position, l.purpose from status_entries e \
         join status_lists l on l.id = e.list_id where e.credential_id = $1 order by l.purpose",
    )
    .bind(credential_id)
    .fetch_all(readers)
    .await
    .map_err(unavailable)?
    .iter()
    .map(|row| {
        Ok(StatusSlot {
            list_id: row.try_get("list_id").map_err(unavailable)?,
            purpose: purpose_of(row.try_get("purpose").map_err(unavailable)?)?,
            index: row.try_get("position").map_err(unavailable)?,
        })
    })
    .collect()
}

/// Names every list, the oldest first.
pub(super) async fn lists(readers: &SqlitePool) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar("select id from status_lists order by created_at, id")
        .fetch_all(readers)
        .await
        .map_err(unavailable)
}

pub(super) async fn version(readers: &SqlitePool, id: &str) -> Result<i64, StoreError> {
    sqlx::query_scalar("select version from status_lists where id = $1")
        .bind(id)
        .fetch_one(readers)
        .await
        .map_err(unavailable)
}

pub(super) async fn list(readers: &SqlitePool, id: &str) -> Result<StatusListRecord, StoreError> {
    // One read transaction: the version and the bits are of one instant.
    let mut transaction = readers.begin().await.map_err(unavailable)?;
    let list = read(&mut transaction, id).await?;
    transaction.commit().await.map_err(unavailable)?;
    Ok(list)
}

pub(super) async fn date(
    c: &mut SqliteConnection,
    id: &str,
    now: Timestamp,
) -> Result<(StatusListRecord, Timestamp), StoreError> {
    clock::tick(c, now).await?;
    let at: i64 = sqlx::query_scalar(
        "update status_lists set signed_at = case when signed_at < $2 then $2 else signed_at + 1 end \
         where id = $1 returning signed_at",
    )
    .bind(id)
    .bind(now.millis())
    .fetch_one(&mut *c)
    .await
    .map_err(unavailable)?;
    Ok((read(c, id).await?, Timestamp::from_millis(at)))
}

async fn read(c: &mut SqliteConnection, id: &str) -> Result<StatusListRecord, StoreError> {
    let row = sqlx::query("select purpose, size, version from status_lists where id = $1")
        .bind(id)
        .fetch_one(&mut *c)
        .await
        .map_err(unavailable)?;
    let set = sqlx::query_scalar(
        "select position from status_entries where list_id = $1 and value = 1 order by position",
    )
    .bind(id)
    .fetch_all(&mut *c)
    .await
    .map_err(unavailable)?;
    let set_elsewhere = sqlx::query_scalar(
        "select distinct e.position from status_entries o cross join status_entries e \
         where o.value = 1 and o.list_id <> $1 and e.credential_id = o.credential_id and e.list_id = $1 \
         order by e.position",
    )
    .bind(id)
    .fetch_all(c)
    .await
    .map_err(unavailable)?;
    Ok(StatusListRecord {
        id: id.to_owned(),
        purpose: purpose_of(row.try_get("purpose").map_err(unavailable)?)?,
        size: row.try_get("size").map_err(unavailable)?,
        version: row.try_get("version").map_err(unavailable)?,
        set,
        set_elsewhere,
    })
}

fn purpose_of(word: &str) -> Result<StatusListPurpose, StoreError> {
    match word {
        "revocation" => Ok(StatusListPurpose::Revocation),
        "suspension" => Ok(StatusListPurpose::Suspension),
        _ => Err(corrupt("status purpose")),
    }
}
