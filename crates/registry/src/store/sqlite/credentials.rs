//! Rows of `credentials`.

use chancery_did::Timestamp;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection, SqlitePool, sqlite::SqliteRow};

use super::{clock, corrupt, instances, status, unavailable, unique};
use crate::store::{
    CredentialFilter, CredentialRecord, CredentialState, InstanceState, NewCredential, RESERVATIONS,
    StatusListPurpose, StatusSlot, StoreError,
};

/// Time within which the reservations of one delegator are counted, in milliseconds.
const HOUR: i64 = 3_600_000;

/// Papers from one up to its root that are looked at.
const ABOVE: i64 = 16;

const COLUMNS: &str = "id, kind, issuer, subject, parent, state, digest, document, capability, securing, \
                       valid_from, valid_until, created_at, renews, revoked_at, suspended, suspended_with_instance";

pub(super) async fn prepare(
    c: &mut SqliteConnection,
    new: &NewCredential,
    now: Timestamp,
) -> Result<Vec<StatusSlot>, StoreError> {
    clock::tick(c, now).await?;
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
        parents_stand(c, parent).await?;
    }
    if let Some(old) = &new.renews {
        renewed_stands(c, old).await?;
    }
    if new.state == CredentialState::Reserved {
        reservations_are_few(c, &new.issuer, now).await?;
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

/// Refuses when a paper that is known here, from the parent up to the root, does not stand.
async fn parents_stand(c: &mut SqliteConnection, digest: &str) -> Result<(), StoreError> {
    let rows = sqlx::query(
        "with recursive above (digest, hops) as (values ($1, 1) union all \
         select p.parent, a.hops + 1 from above a join credentials p on p.digest = a.digest \
         where p.parent is not null and a.hops < $2) \
         select revoked_at, suspended, suspended_with_instance from credentials \
         where digest in (select digest from above)",
    )
    .bind(digest)
    .bind(ABOVE)
    .fetch_all(c)
    .await
    .map_err(unavailable)?;
    for row in &rows {
        stands(
            row,
            "a paper above it is revoked",
            "a paper above it is suspended",
        )?;
    }
    Ok(())
}

/// Refuses when the paper that is renewed does not stand now, whatever was read of it before.
async fn renewed_stands(c: &mut SqliteConnection, id: &str) -> Result<(), StoreError> {
    let row =
        sqlx::query("select revoked_at, suspended, suspended_with_instance from credentials where id = $1")
            .bind(id)
            .fetch_one(c)
            .await
            .map_err(unavailable)?;
    stands(
        &row,
        "a revoked paper is not renewed",
        "a suspended paper is not renewed",
    )
}

fn stands(row: &SqliteRow, if_revoked: &'static str, if_suspended: &'static str) -> Result<(), StoreError> {
    let (code, detail) = match ended(row)? {
        (Some(_), _) => ("status.revoked", if_revoked),
        (None, true) => ("status.suspended", if_suspended),
        (None, false) => return Ok(()),
    };
    Err(StoreError::Conflict { code, detail })
}

async fn reservations_are_few(
    c: &mut SqliteConnection,
    delegator: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let reserved: i64 = sqlx::query_scalar(
        "select count(*) from credentials where issuer = $1 and created_at > $2 and state = 'reserved'",
    )
    .bind(delegator)
    .bind(now.saturating_add_millis(HOUR.saturating_neg()).millis())
    .fetch_one(c)
    .await
    .map_err(unavailable)?;
    if reserved < RESERVATIONS {
        Ok(())
    } else {
        Err(StoreError::Crowded)
    }
}

pub(super) async fn seal(
    c: &mut SqliteConnection,
    id: &str,
    digest: &str,
    document: &str,
) -> Result<(), StoreError> {
    let row = sqlx::query(
        "select state, renews, revoked_at, suspended, suspended_with_instance from credentials where id = $1",
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
    let renews: Option<String> = row.try_get("renews").map_err(unavailable)?;
    if let Some(old) = renews {
        renewed_stands(c, &old).await?;
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
