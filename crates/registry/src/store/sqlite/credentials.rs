//! Rows of `credentials`.

use chancery_did::Timestamp;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{corrupt, instances, status, unavailable, unique};
use crate::store::{
    CredentialFilter, CredentialRecord, CredentialState, InstanceState, NewCredential, StatusListPurpose,
    StatusSlot, StoreError,
};

const COLUMNS: &str = "id, kind, issuer, subject, parent, state, digest, document, capability, securing, \
                       valid_from, valid_until, created_at, renews, revoked_at, suspended, suspended_with_instance";

pub(super) async fn prepare(
    c: &mut SqliteConnection,
    new: &NewCredential,
    now: Timestamp,
) -> Result<Vec<StatusSlot>, StoreError> {
    for party in [&new.subject, &new.issuer] {
        if instances::state_of(c, party)
            .await?
            .is_some_and(|state| state != InstanceState::Active)
        {
            return Err(StoreError::Conflict {
                code: "instance.not_active",
                detail: "papers are issued to and by active instances only",
            });
        }
    }
    if let Some(parent) = &new.parent {
        parent_stands(c, parent).await?;
    }
    sqlx::query(
        "insert into credentials (id, kind, issuer, subject, parent, state, capability, securing, valid_from, \
         valid_until, created_at, renews) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&new.id)
    .bind(&new.kind)
    .bind(&new.issuer)
    .bind(&new.subject)
    .bind(&new.parent)
    .bind(new.state.as_str())
    .bind(&new.capability)
    .bind(&new.securing)
    .bind(new.valid_from.millis())
    .bind(new.valid_until.millis())
    .bind(new.created_at.millis())
    .bind(&new.renews)
    .execute(&mut *c)
    .await
    .map_err(|error| unique(error, "credential.exists", "there is a credential with this id"))?;
    let revocation = status::allocate(c, StatusListPurpose::Revocation, &new.id, now).await?;
    let suspension = status::allocate(c, StatusListPurpose::Suspension, &new.id, now).await?;
    Ok(vec![revocation, suspension])
}

async fn parent_stands(c: &mut SqliteConnection, digest: &str) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select revoked_at, suspended, suspended_with_instance from credentials where digest = $1",
    )
    .bind(digest)
    .fetch_optional(c)
    .await
    .map_err(unavailable)?;
    let Some(row) = row else { return Ok(()) };
    let (revoked, suspended) = ended(&row)?;
    if revoked.is_some() {
        return Err(StoreError::Conflict {
            code: "status.revoked",
            detail: "the parent is revoked",
        });
    }
    if suspended {
        return Err(StoreError::Conflict {
            code: "status.suspended",
            detail: "the parent is suspended",
        });
    }
    Ok(())
}

pub(super) async fn seal(
    c: &mut SqliteConnection,
    id: &str,
    digest: &str,
    document: &str,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select state, revoked_at, suspended, suspended_with_instance from credentials where id = $1",
    )
    .bind(id)
    .fetch_one(&mut *c)
    .await
    .map_err(unavailable)?;
    if state(row.try_get("state").map_err(unavailable)?)? != CredentialState::Prepared {
        return Err(StoreError::NotFound);
    }
    let (revoked, suspended) = ended(&row)?;
    if revoked.is_some() || suspended {
        return Err(StoreError::Conflict {
            code: "instance.not_active",
            detail: "the instance was suspended or retired meanwhile",
        });
    }
    sqlx::query("update credentials set state = 'issued', digest = $2, document = $3 where id = $1")
        .bind(id)
        .bind(digest)
        .bind(document)
        .execute(c)
        .await
        .map(drop)
        .map_err(|error| {
            unique(
                error,
                "credential.exists",
                "there is a credential with this digest",
            )
        })
}

pub(super) async fn record(
    c: &mut SqliteConnection,
    id: &str,
    digest: &str,
    document: &str,
) -> Result<(), StoreError> {
    let row = sqlx::query("select digest from credentials where id = $1 and state = 'reserved'")
        .bind(id)
        .fetch_one(&mut *c)
        .await
        .map_err(unavailable)?;
    let recorded: Option<String> = row.try_get("digest").map_err(unavailable)?;
    match recorded {
        Some(recorded) if recorded == digest => Ok(()),
        Some(_) => Err(StoreError::Conflict {
            code: "credential.exists",
            detail: "another text of this delegation is recorded",
        }),
        None => sqlx::query("update credentials set digest = $2, document = $3 where id = $1")
            .bind(id)
            .bind(digest)
            .bind(document)
            .execute(c)
            .await
            .map(drop)
            .map_err(|error| {
                unique(
                    error,
                    "credential.exists",
                    "there is a credential with this digest",
                )
            }),
    }
}

pub(super) async fn find(readers: &SqlitePool, id: &str) -> Result<CredentialRecord, StoreError> {
    let sql = AssertSqlSafe(format!("select {COLUMNS} from credentials where id = $1"));
    let row = sqlx::query(sql)
        .bind(id)
        .fetch_one(readers)
        .await
        .map_err(unavailable)?;
    read(readers, &row).await
}

pub(super) async fn find_by_digest(
    readers: &SqlitePool,
    digest: &str,
) -> Result<CredentialRecord, StoreError> {
    let sql = AssertSqlSafe(format!("select {COLUMNS} from credentials where digest = $1"));
    let row = sqlx::query(sql)
        .bind(digest)
        .fetch_one(readers)
        .await
        .map_err(unavailable)?;
    read(readers, &row).await
}

pub(super) async fn page(
    readers: &SqlitePool,
    filter: &CredentialFilter,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<CredentialRecord>, StoreError> {
    let sql = AssertSqlSafe(format!(
        "select {COLUMNS} from credentials where id > $1 and ($2 is null or subject = $2) \
         and ($3 is null or parent = $3) order by id limit $4"
    ));
    let rows = sqlx::query(sql)
        .bind(after.unwrap_or_default())
        .bind(&filter.subject)
        .bind(&filter.parent)
        .bind(limit)
        .fetch_all(readers)
        .await
        .map_err(unavailable)?;
    let mut records = Vec::with_capacity(rows.len());
    for row in &rows {
        records.push(read(readers, row).await?);
    }
    Ok(records)
}

pub(super) async fn capabilities_at(
    readers: &SqlitePool,
    subject: &str,
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar(
        "select capability from credentials c where subject = $1 and kind = 'AgentCapabilityCredential' \
         and state = 'issued' and valid_from <= $2 and valid_until >= $2 \
         and (revoked_at is null or revoked_at > $2) \
         and coalesce((select e.value from status_events e where e.credential_id = c.id \
         and e.purpose = 'suspension' and e.at <= $2 order by e.sequence desc limit 1), 0) = 0 order by id",
    )
    .bind(subject)
    .bind(at.millis())
    .fetch_all(readers)
    .await
    .map_err(unavailable)
}

fn ended(row: &SqliteRow) -> Result<(Option<i64>, bool), StoreError> {
    let suspended: bool = row.try_get("suspended").map_err(unavailable)?;
    let with_instance: bool = row.try_get("suspended_with_instance").map_err(unavailable)?;
    Ok((
        row.try_get("revoked_at").map_err(unavailable)?,
        suspended || with_instance,
    ))
}

fn state(word: &str) -> Result<CredentialState, StoreError> {
    match word {
        "prepared" => Ok(CredentialState::Prepared),
        "issued" => Ok(CredentialState::Issued),
        "reserved" => Ok(CredentialState::Reserved),
        _ => Err(corrupt("credential state")),
    }
}

async fn read(readers: &SqlitePool, row: &SqliteRow) -> Result<CredentialRecord, StoreError> {
    let time = |name: &str| row.try_get(name).map(Timestamp::from_millis).map_err(unavailable);
    let (revoked, suspended) = ended(row)?;
    let draft = NewCredential {
        id: row.try_get("id").map_err(unavailable)?,
        kind: row.try_get("kind").map_err(unavailable)?,
        issuer: row.try_get("issuer").map_err(unavailable)?,
        subject: row.try_get("subject").map_err(unavailable)?,
        parent: row.try_get("parent").map_err(unavailable)?,
        state: state(row.try_get("state").map_err(unavailable)?)?,
        capability: row.try_get("capability").map_err(unavailable)?,
        securing: row.try_get("securing").map_err(unavailable)?,
        valid_from: time("valid_from")?,
        valid_until: time("valid_until")?,
        created_at: time("created_at")?,
        renews: row.try_get("renews").map_err(unavailable)?,
    };
    let slots = status::slots(readers, &draft.id).await?;
    Ok(CredentialRecord {
        digest: row.try_get("digest").map_err(unavailable)?,
        document: row.try_get("document").map_err(unavailable)?,
        slots,
        revoked_at: revoked.map(Timestamp::from_millis),
        suspended,
        draft,
    })
}
