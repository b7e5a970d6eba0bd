//! One text over the tables of which strangers are told.
//!
//! INVARIANT: counts and versions only rise, so that no two states have one mark.

use sqlx::{Row as _, SqlitePool};

use super::unavailable;
use crate::store::StoreError;

/// Lists by number and versions, logs by number and entries, recognitions by number and ended ones.
const MARK: &str = "select \
    (select count(*) || '.' || coalesce(sum(version), 0) from status_lists) || '-' || \
    (select count(*) || '.' || coalesce(sum(entries), 0) from did_logs) || '-' || \
    (select count(*) || '.' || count(ended_at) from recognitions) as mark";

pub(super) async fn read(readers: &SqlitePool) -> Result<String, StoreError> {
    let row = sqlx::query(MARK).fetch_one(readers).await.map_err(unavailable)?;
    row.try_get("mark").map_err(unavailable)
}
