//! The one writer: it takes waiting writes together, commits them with one fsync and then answers each.
//!
//! INVARIANT: a write is answered `Ok` only after the commit that holds it returned. A write that fails is
//! undone by itself (its savepoint) and does not disturb its neighbours.

use futures::future::BoxFuture;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::unavailable;
use crate::store::StoreError;

/// Writes that one commit takes at most.
const GROUP: usize = 256;
/// Writes that may wait before their callers do.
const WAITING: usize = 4096;

type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Job = Box<dyn for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Answer> + Send>;

/// The way to the writer task; the task ends when the last of these is gone.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the task over a connection that nobody else writes with.
    pub(super) fn start(connection: SqliteConnection) -> Self {
        let (queue, jobs) = mpsc::channel(WAITING);
        tokio::spawn(run(connection, jobs));
        Self { queue }
    }

    /// Runs one unit of work inside the next commit.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let outcome = savepoint(connection, work).await;
                let finish: Answer = Box::new(move |commit| {
                    // The caller may have gone; its write stands all the same.
                    drop(answer.send(commit.and(outcome)));
                });
                finish
            })
        });
        self.queue.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

fn stopped() -> StoreError {
    StoreError::Unavailable {
        cause: "the writer has stopped".to_owned(),
    }
}

async fn savepoint<T, F>(connection: &mut SqliteConnection, work: F) -> Result<T, StoreError>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>,
{
    execute(connection, "savepoint job").await?;
    let outcome = work(connection).await;
    if outcome.is_err() {
        execute(connection, "rollback to job").await?;
    }
    execute(connection, "release job").await?;
    outcome
}

async fn run(mut connection: SqliteConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    while jobs.recv_many(&mut group, GROUP).await > 0 {
        let mut answers = Vec::with_capacity(group.len());
        let begun = execute(&mut connection, "begin immediate").await;
        let outcome = match begun {
            Ok(()) => {
                for job in group.drain(..) {
                    answers.push(job(&mut connection).await);
                }
                commit(&mut connection).await
            }
            Err(error) => {
                // Nothing ran: the dropped jobs tell their callers that the store did not answer.
                group.clear();
                Err(error)
            }
        };
        if let Err(StoreError::Unavailable { cause }) = &outcome {
            tracing::error!(%cause, "commit failed");
        }
        for answer in answers {
            answer(outcome.clone());
        }
    }
    drop(connection.close().await);
}

async fn commit(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let outcome = execute(connection, "commit").await;
    if outcome.is_err() {
        drop(execute(connection, "rollback").await);
    }
    outcome
}

async fn execute(connection: &mut SqliteConnection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::query(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(unavailable)
}
