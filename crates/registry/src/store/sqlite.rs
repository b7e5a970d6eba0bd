//! The store on SQLite: WAL, `synchronous=FULL`, STRICT tables, one group-committing writer, a pool of readers.
//!
//! Why one writer: several starve each other, and one that groups commits reaches thousands of rows a second
//! with every commit synced. INVARIANT: nobody but the writer task writes.

use std::{path::Path, str::FromStr as _, time::Duration};

use async_trait::async_trait;
use chancery_did::Timestamp;
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    AgentRecord, ChallengeRecord, CredentialFilter, CredentialRecord, DidLogRecord, InstanceRecord,
    InstanceState, NewCredential, NewDidVersions, Once, RecognitionRecord, StatusChange, StatusListRecord,
    StatusSlot, Store, StoreError, TokenRecord, Waiting,
};

mod agents;
mod challenges;
mod clock;
mod credentials;
mod did_logs;
mod instances;
mod mark;
mod recognitions;
mod status;
mod tokens;
mod writer;

/// Append-only: a released entry never changes, a new one goes to the end.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/sqlite/0001_registry.sql"),
    include_str!("../../migrations/sqlite/0002_set_statuses.sql"),
    include_str!("../../migrations/sqlite/0003_did_logs.sql"),
];

/// Readers at once.
const READERS: u32 = 4;

/// The store in one SQLite file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    writer: writer::Writer,
    readers: SqlitePool,
}

impl SqliteStore {
    /// Opens the file named by a `sqlite://` URL, makes it (mode 0600) when it is missing, and brings its
    /// schema up to date in one transaction.
    ///
    /// # Errors
    /// `Unavailable` when the file cannot be used; `Conflict` with `config.schema_newer` when a newer version
    /// of the service wrote it.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(unavailable)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5));
        create_private(options.get_filename())?;
        let mut connection = options.connect().await.map_err(unavailable)?;
        migrate(&mut connection).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(5))
            .connect_with(options.read_only(true).create_if_missing(false))
            .await
            .map_err(unavailable)?;
        Ok(Self {
            writer: writer::Writer::start(connection),
            readers,
        })
    }
}

/// Makes the file before SQLite does, so that nobody else can ever read it.
fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
        .open(path)
        .map(drop)
        .map_err(|error| StoreError::Unavailable {
            cause: error.to_string(),
        })
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let mut transaction = connection
        .begin_with("begin immediate")
        .await
        .map_err(unavailable)?;
    let done: i64 = sqlx::query_scalar("pragma user_version")
        .fetch_one(&mut *transaction)
        .await
        .map_err(unavailable)?;
    let done = usize::try_from(done).unwrap_or(usize::MAX);
    if done > MIGRATIONS.len() {
        return Err(StoreError::Conflict {
            code: "config.schema_newer",
            detail: "the database was written by a newer version of this service",
        });
    }
    for (index, sql) in MIGRATIONS.iter().enumerate().skip(done) {
        sqlx::raw_sql(*sql)
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
        let version = format!("pragma user_version = {}", index.saturating_add(1));
        sqlx::raw_sql(sqlx::AssertSqlSafe(version))
            .execute(&mut *transaction)
            .await
            .map_err(unavailable)?;
    }
    transaction.commit().await.map_err(unavailable)
}

/// Keeps the cause for the log; the client never sees it.
pub(super) fn unavailable(error: sqlx::Error) -> StoreError {
    if matches!(error, sqlx::Error::RowNotFound) {
        return StoreError::NotFound;
    }
    StoreError::Unavailable {
        cause: error.to_string(),
    }
}

/// Names a broken unique constraint; anything else is the store's fault.
fn unique(error: sqlx::Error, code: &'static str, detail: &'static str) -> StoreError {
    let broken = error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation);
    if broken {
        StoreError::Conflict { code, detail }
    } else {
        unavailable(error)
    }
}

/// A stored word that no version of this service writes.
fn corrupt(what: &str) -> StoreError {
    StoreError::Unavailable {
        cause: format!("unknown {what} in the database"),
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ready(&self) -> Result<(), StoreError> {
        sqlx::query_scalar::<_, i64>("select 1")
            .fetch_one(&self.readers)
            .await
            .map_err(unavailable)?;
        self.writer.write(|_| Box::pin(async { Ok(()) })).await
    }

    async fn insert_agent(&self, agent: AgentRecord) -> Result<(), StoreError> {
        self.writer
            .write(move |c| Box::pin(async move { agents::insert(c, &agent).await }))
            .await
    }
    async fn agent(&self, id: &str) -> Result<AgentRecord, StoreError> {
        agents::find(&self.readers, id).await
    }
    async fn agents(&self, after: Option<&str>, limit: u32) -> Result<Vec<AgentRecord>, StoreError> {
        agents::page(&self.readers, after, limit).await
    }

    async fn insert_challenge(
        &self,
        challenge: ChallengeRecord,
        now: Timestamp,
        room: Waiting,
    ) -> Result<(), StoreError> {
        self.writer
            .write(move |c| Box::pin(async move { challenges::insert(c, &challenge, now, room).await }))
            .await
    }
    async fn consume(&self, values: Vec<Once>, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .write(move |c| {
                Box::pin(async move {
                    for value in &values {
                        challenges::consume(c, value, now).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn register_instance(
        &self,
        instance: InstanceRecord,
        nonce: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let nonce = nonce.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { instances::register(c, &instance, &nonce, now).await }))
            .await
    }
    async fn instance(&self, did: &str) -> Result<InstanceRecord, StoreError> {
        instances::find(&self.readers, did).await
    }
    async fn instances(
        &self,
        agent_id: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<InstanceRecord>, StoreError> {
        instances::page(&self.readers, agent_id, after, limit).await
    }
    async fn move_instance(
        &self,
        did: &str,
        state: InstanceState,
        at: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let did = did.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { instances::move_to(c, &did, state, at).await }))
            .await
    }

    async fn prepare_credential(
        &self,
        credential: NewCredential,
        once: Option<Once>,
        now: Timestamp,
    ) -> Result<Vec<StatusSlot>, StoreError> {
        self.writer
            .write(move |c| {
                Box::pin(async move {
                    if let Some(once) = &once {
                        challenges::consume(c, once, now).await?;
                    }
                    credentials::prepare(c, &credential, now).await
                })
            })
            .await
    }
    async fn seal_credential(&self, id: &str, digest: &str, document: &str) -> Result<(), StoreError> {
        let (id, digest, document) = (id.to_owned(), digest.to_owned(), document.to_owned());
        self.writer
            .write(move |c| Box::pin(async move { credentials::seal(c, &id, &digest, &document).await }))
            .await
    }
    async fn record_delegation(&self, id: &str, digest: &str, document: &str) -> Result<(), StoreError> {
        let (id, digest, document) = (id.to_owned(), digest.to_owned(), document.to_owned());
        self.writer
            .write(move |c| Box::pin(async move { credentials::record(c, &id, &digest, &document).await }))
            .await
    }
    async fn credential(&self, id: &str) -> Result<CredentialRecord, StoreError> {
        credentials::find(&self.readers, id).await
    }
    async fn credential_by_digest(&self, digest: &str) -> Result<CredentialRecord, StoreError> {
        credentials::find_by_digest(&self.readers, digest).await
    }
    async fn credentials(
        &self,
        filter: &CredentialFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<CredentialRecord>, StoreError> {
        credentials::page(&self.readers, filter, after, limit).await
    }
    async fn change_status(&self, id: &str, change: StatusChange, at: Timestamp) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { status::change(c, &id, change, at).await }))
            .await
    }
    async fn capabilities_at(&self, subject: &str, at: Timestamp) -> Result<Vec<String>, StoreError> {
        credentials::capabilities_at(&self.readers, subject, at).await
    }

    async fn status_lists(&self) -> Result<Vec<String>, StoreError> {
        status::lists(&self.readers).await
    }

    async fn status_list_version(&self, id: &str) -> Result<i64, StoreError> {
        status::version(&self.readers, id).await
    }
    async fn status_list(&self, id: &str) -> Result<StatusListRecord, StoreError> {
        status::list(&self.readers, id).await
    }

    async fn date_status_list(
        &self,
        id: &str,
        now: Timestamp,
    ) -> Result<(StatusListRecord, Timestamp), StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { status::date(c, &id, now).await }))
            .await
    }

    async fn insert_recognition(&self, recognition: RecognitionRecord) -> Result<(), StoreError> {
        self.writer
            .write(move |c| Box::pin(async move { recognitions::insert(c, &recognition).await }))
            .await
    }
    async fn end_recognition(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { recognitions::end(c, &id, at).await }))
            .await
    }
    async fn recognitions_of(&self, entity_id: &str) -> Result<Vec<RecognitionRecord>, StoreError> {
        recognitions::of(&self.readers, entity_id).await
    }
    async fn recognitions(
        &self,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RecognitionRecord>, StoreError> {
        recognitions::page(&self.readers, after, limit).await
    }

    async fn append_did_versions(&self, versions: NewDidVersions) -> Result<(), StoreError> {
        self.writer
            .write(move |c| Box::pin(async move { did_logs::append(c, &versions).await }))
            .await
    }
    async fn did_log(&self, place: &str) -> Result<DidLogRecord, StoreError> {
        did_logs::find(&self.readers, place).await
    }

    async fn did_log_places(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        did_logs::places(&self.readers, limit).await
    }

    async fn public_mark(&self) -> Result<String, StoreError> {
        mark::read(&self.readers).await
    }

    async fn insert_token(&self, token: TokenRecord) -> Result<(), StoreError> {
        self.writer
            .write(move |c| Box::pin(async move { tokens::insert(c, &token).await }))
            .await
    }
    async fn token_by_hash(&self, hash: &str) -> Result<TokenRecord, StoreError> {
        tokens::find(&self.readers, hash).await
    }
    async fn revoke_token(&self, id: &str, at: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |c| Box::pin(async move { tokens::revoke(c, &id, at).await }))
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::suite;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite_passes_the_suite_of_stores() {
        let folder = tempfile::tempdir().unwrap();
        let counter = std::sync::atomic::AtomicU32::new(0);
        let folder = folder.path();
        suite::run(|| {
            let number = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let path = folder.join(format!("{number}.db"));
            async move {
                SqliteStore::open(&format!("sqlite://{}", path.display()))
                    .await
                    .unwrap()
            }
        })
        .await;
    }

    #[tokio::test]
    async fn every_commit_is_synced_and_the_journal_is_wal() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = SqliteStore::open(&url).await.unwrap();
        let read = store
            .writer
            .write(|c| {
                Box::pin(async move {
                    let full: i64 = sqlx::query_scalar("pragma synchronous")
                        .fetch_one(&mut *c)
                        .await
                        .map_err(unavailable)?;
                    let mode: String = sqlx::query_scalar("pragma journal_mode")
                        .fetch_one(&mut *c)
                        .await
                        .map_err(unavailable)?;
                    Ok((full, mode))
                })
            })
            .await
            .unwrap();
        assert_eq!(read, (2, "wal".to_owned()));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn database_file_is_readable_by_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let _store = SqliteStore::open(&format!("sqlite://{}", path.display()))
            .await
            .unwrap();
        for name in ["a.db", "a.db-wal", "a.db-shm"] {
            let mode = std::fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }

    #[tokio::test]
    async fn database_of_a_newer_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = SqliteStore::open(&url).await.unwrap();
        store
            .writer
            .write(|c| {
                Box::pin(async move {
                    sqlx::query("create table later (x integer) strict")
                        .execute(&mut *c)
                        .await
                        .map_err(unavailable)?;
                    sqlx::query("pragma user_version = 99")
                        .execute(&mut *c)
                        .await
                        .map_err(unavailable)?;
                    Ok(())
                })
            })
            .await
            .unwrap();
        drop(store);
        let error = SqliteStore::open(&url).await.unwrap_err();
        assert!(matches!(
            error,
            StoreError::Conflict {
                code: "config.schema_newer",
                ..
            }
        ));
    }

    #[tokio::test]
    async fn list_three_quarters_full_is_followed_by_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = SqliteStore::open(&url).await.unwrap();
        let mut lists = Vec::new();
        for (number, used) in [(1, 98_303), (2, 98_304), (3, 0)] {
            let new = suite::paper(number, "did:key:z6Mksubject");
            lists.push(
                store
                    .prepare_credential(new, None, Timestamp::from_seconds(1))
                    .await
                    .unwrap()[0]
                    .clone(),
            );
            store
                .writer
                .write(move |c| {
                    Box::pin(async move {
                        sqlx::query("update status_lists set used = $1 where id = 'revocation-1'")
                            .bind(used)
                            .execute(c)
                            .await
                            .map(drop)
                            .map_err(unavailable)
                    })
                })
                .await
                .unwrap();
        }
        let ids: Vec<_> = lists.iter().map(|slot| slot.list_id.as_str()).collect();
        assert_eq!(ids, ["revocation-1", "revocation-1", "revocation-2"]);
    }

    #[tokio::test]
    async fn delegator_reserves_only_so_many_indices_within_an_hour() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = SqliteStore::open(&url).await.unwrap();
        let reserved = |number: u32, issuer: &str| NewCredential {
            issuer: issuer.to_owned(),
            state: crate::store::CredentialState::Reserved,
            ..suite::paper(number, "did:key:z6Mksubject")
        };
        store
            .writer
            .write(|c| {
                Box::pin(async move {
                    sqlx::query(
                        "with recursive n (i) as (values (1) union all select i + 1 from n where i < $1) \
                         insert into credentials (id, kind, issuer, subject, state, securing, valid_from, \
                         valid_until, created_at) select 'urn:uuid:x' || i, 'k', 'did:key:greedy', 's', \
                         'reserved', 'delegator', 0, 0, 1000 from n",
                    )
                    .bind(crate::store::RESERVATIONS)
                    .execute(c)
                    .await
                    .map(drop)
                    .map_err(unavailable)
                })
            })
            .await
            .unwrap();
        let soon = Timestamp::from_seconds(3_600);
        let refused = store
            .prepare_credential(reserved(1, "did:key:greedy"), None, soon)
            .await
            .unwrap_err();
        assert_eq!(refused, StoreError::Crowded);
        store
            .prepare_credential(reserved(2, "did:key:modest"), None, soon)
            .await
            .unwrap();
        let later = Timestamp::from_seconds(3_601);
        store
            .prepare_credential(reserved(3, "did:key:greedy"), None, later)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn failed_write_is_undone_without_its_neighbours() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = SqliteStore::open(&url).await.unwrap();
        let good = store.insert_agent(suite::agent("urn:uuid:good"));
        let bad = store.writer.write(|c| {
            Box::pin(async move {
                agents::insert(c, &suite::agent("urn:uuid:bad")).await?;
                Err::<(), _>(StoreError::Crowded)
            })
        });
        let (good, bad) = tokio::join!(good, bad);
        good.unwrap();
        assert_eq!(bad.unwrap_err(), StoreError::Crowded);
        store.agent("urn:uuid:good").await.unwrap();
        assert_eq!(
            store.agent("urn:uuid:bad").await.unwrap_err(),
            StoreError::NotFound
        );
    }
}
