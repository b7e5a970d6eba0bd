//! The row of `clock`: the newest instant at which something was signed, so that a clock that went back shows.
//!
//! INVARIANT: nothing is signed at an instant that is more than [`CLOCK_SKEW`] before one at which something was
//! signed already, over restarts and over every process that shares the database.

use chancery_did::Timestamp;
use sqlx::SqliteConnection;

use super::unavailable;
use crate::store::{CLOCK_SKEW, CLOCK_UNSOUND, StoreError};

/// Remembers an instant at which something is about to be signed; refuses one that is too far back.
pub(super) async fn tick(c: &mut SqliteConnection, now: Timestamp) -> Result<(), StoreError> {
    let moved = sqlx::query(
        "insert into clock (id, newest) values (1, $1) \
         on conflict (id) do update set newest = max(newest, $1) where newest - $1 <= $2",
    )
    .bind(now.millis())
    .bind(CLOCK_SKEW)
    .execute(c)
    .await
    .map_err(unavailable)?;
    if moved.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict {
        code: CLOCK_UNSOUND,
        detail: "the service's clock went back; nothing is signed until it is right again",
    })
}
