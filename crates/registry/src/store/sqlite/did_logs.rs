//! Rows of `did_logs` and `did_log_entries`.

use chancery_did::Timestamp;
use sqlx::{Row as _, SqliteConnection, SqlitePool};

use super::unavailable;
use crate::store::{DidLogRecord, NewDidVersions, StoreError};

/// The log went on since the caller read it.
const OUTRUN: StoreError = StoreError::Conflict {
    code: "resolve.outrun",
    detail: "the log has another newest version than the one that these follow",
};

pub(super) async fn append(c: &mut SqliteConnection, it: &NewDidVersions) -> Result<(), StoreError> {
    let known = sqlx::query("select head, entries from did_logs where place = $1")
        .bind(&it.place)
        .fetch_optional(&mut *c)
        .await
        .map_err(unavailable)?;
    let (head, entries): (Option<String>, i64) = match &known {
        None => (None, 0),
        Some(row) => (
            Some(row.try_get("head").map_err(unavailable)?),
            row.try_get("entries").map_err(unavailable)?,
        ),
    };
    let Some((newest, _)) = it.entries.last() else {
        return Err(OUTRUN);
    };
    if head != it.follows {
        return Err(OUTRUN);
    }
    let added = i64::try_from(it.entries.len()).map_err(|_| OUTRUN)?;
    sqlx::query(
        "insert into did_logs (place, did, head, entries, witness, changed_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (place) do update set \
         did = excluded.did, head = excluded.head, entries = excluded.entries, \
         witness = coalesce(excluded.witness, witness), changed_at = excluded.changed_at",
    )
    .bind(&it.place)
    .bind(&it.did)
    .bind(newest)
    .bind(entries.saturating_add(added))
    .bind(&it.witness)
    .bind(it.at.millis())
    .execute(&mut *c)
    .await
    .map_err(unavailable)?;
    let mut number = entries;
    for (version, line) in &it.entries {
        number = number.saturating_add(1);
        sqlx::query("insert into did_log_entries (place, number, version_id, line) values ($1, $2, $3, $4)")
            .bind(&it.place)
            .bind(number)
            .bind(version)
            .bind(line)
            .execute(&mut *c)
            .await
            .map_err(unavailable)?;
    }
    Ok(())
}

pub(super) async fn places(readers: &SqlitePool, limit: u32) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query("select place from did_logs order by place limit $1")
        .bind(limit)
        .fetch_all(readers)
        .await
        .map_err(unavailable)?;
    rows.iter()
        .map(|row| row.try_get("place").map_err(unavailable))
        .collect()
}

pub(super) async fn find(readers: &SqlitePool, place: &str) -> Result<DidLogRecord, StoreError> {
    // One statement reads one state of the database: no entry of a later version than the head.
    let rows = sqlx::query(
        "select l.did, l.head, l.witness, l.changed_at, e.line from did_logs l \
         join did_log_entries e on e.place = l.place where l.place = $1 order by e.number",
    )
    .bind(place)
    .fetch_all(readers)
    .await
    .map_err(unavailable)?;
    let first = rows.first().ok_or(StoreError::NotFound)?;
    let mut log = String::new();
    for row in &rows {
        log.push_str(row.try_get("line").map_err(unavailable)?);
        log.push('\n');
    }
    Ok(DidLogRecord {
        place: place.to_owned(),
        did: first.try_get("did").map_err(unavailable)?,
        head: first.try_get("head").map_err(unavailable)?,
        witness: first.try_get("witness").map_err(unavailable)?,
        changed_at: Timestamp::from_millis(first.try_get("changed_at").map_err(unavailable)?),
        log,
    })
}
