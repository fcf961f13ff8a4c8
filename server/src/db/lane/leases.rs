//! Connections lent for a statement or a transaction, which outlive whoever stops waiting for them.
//!
//! A connection that is closed because its answer came late has to be made anew, and a new one costs the database far more
//! than the answer would have: a process, a handshake, empty caches, and on a cluster the same again at a worker. On a
//! host that is short of time that makes the next answer late as well, and so on for as long as anybody asks. So whatever
//! was begun comes to its end, in its place among the statements of its node, and the connection is used again.

use crate::{
    db::{lane::Answer, nodes::Slot},
    error::{DbErrorKind, ServerError, meaning},
};
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    pool::PoolConnection,
    postgres::{PgDatabaseError, PgSeverity},
};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// The pause before a connection is tried for again, while its server changes.
const AGAIN: Duration = Duration::from_millis(80);
/// An answer that nobody waits for any more gets so long to come before its connection is closed.
const SETTLING: Duration = Duration::from_secs(4);

/// Works for a connection at a slot's node, and no longer than is waited for one. If nobody waits any more, the work goes
/// on and keeps its slot: what it brings is there for the next one. If the node hangs, it is broken off.
pub(super) async fn brought_to_its_end<T: Send + 'static>(
    slot: Slot,
    patience: Duration,
    work: impl Future<Output = Result<T, sqlx::Error>> + Send + 'static,
) -> Result<(T, Slot), ServerError> {
    let working = tokio::spawn(async move {
        let node = slot.node().clone();
        tokio::select! {
            brought = work => Ok((brought?, slot)),
            () = node.circuit.until_it_hangs() => Err(node.away()),
        }
    });
    match tokio::time::timeout(patience, working).await {
        Ok(Ok(brought)) => brought,
        Ok(Err(_)) => Err(sqlx::Error::WorkerCrashed.into()),
        Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
    }
}

/// A connection.
pub(super) async fn connection(pool: PgPool, patience: Duration) -> Result<PoolConnection<Postgres>, sqlx::Error> {
    persistently(patience, || pool.acquire()).await
}

/// A transaction. It is begun whole, also when this is broken off, and then rolled back: if `BEGIN` were broken off, its
/// connection would go back to the others with an open transaction in it, and what the next one wrote there would be
/// acknowledged and never committed.
pub(super) async fn begin(pool: PgPool, patience: Duration) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begun = tokio::spawn(async move { persistently(patience, || pool.begin()).await });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// Tries for a connection until the wait for one is over: while a leader is replaced, balancers close new connections
/// at once. Nothing has been sent yet, so nothing can be done twice.
async fn persistently<T, Attempt>(patience: Duration, attempt: impl Fn() -> Attempt) -> Result<T, sqlx::Error>
where
    Attempt: Future<Output = Result<T, sqlx::Error>>,
{
    let begun = Instant::now();
    loop {
        match attempt().await {
            Err(error) if is_passing(&error) && begun.elapsed() + AGAIN < patience => {
                tokio::time::sleep(AGAIN).await;
            }
            outcome => return outcome,
        }
    }
}

fn is_passing(error: &sqlx::Error) -> bool {
    meaning(error) == DbErrorKind::Unavailable && !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

/// A connection for one statement, in a place among those of its node.
pub(super) struct Leased {
    /// Both are there until it is dropped.
    held: Option<(PoolConnection<Postgres>, Slot)>,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// Ready for the next statement.
    Ready,
    /// An answer is still to come.
    Asking,
    /// Of no more use.
    Lost,
}

impl Leased {
    pub(super) const fn new(connection: PoolConnection<Postgres>, slot: Slot) -> Self {
        Self { held: Some((connection, slot)), state: State::Ready }
    }

    pub(super) async fn ask<T>(
        &mut self,
        statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Answer<'c, T>,
    ) -> Result<T, ServerError> {
        let Some((connection, _)) = &mut self.held else { return Err(sqlx::Error::PoolClosed.into()) };
        self.state = State::Asking;
        let answer = statement(connection).await;
        self.state = if answer.as_ref().is_err_and(is_lost) { State::Lost } else { State::Ready };
        Ok(answer?)
    }
}

impl Drop for Leased {
    fn drop(&mut self) {
        let Some((mut connection, slot)) = self.held.take() else { return };
        match (self.state, Handle::try_current()) {
            (State::Ready, _) => {}
            (State::Asking, Ok(runtime)) => drop(runtime.spawn(settle(connection, slot))),
            (State::Asking | State::Lost, _) => connection.close_on_drop(),
        }
    }
}

/// Waits for the answer that is still to come, so that the connection can be lent again; whoever got it before that
/// would wait for it.
async fn settle(mut connection: PoolConnection<Postgres>, slot: Slot) {
    let is_ready = tokio::select! {
        answered = tokio::time::timeout(SETTLING, is_answered(&mut connection)) => answered.unwrap_or(false),
        () = slot.node().circuit.until_it_hangs() => false,
    };
    if !is_ready {
        connection.close_on_drop();
    }
}

/// Whether the last answer came; that it says what was wrong is an answer as well.
async fn is_answered(connection: &mut PgConnection) -> bool {
    loop {
        match connection.ping().await {
            Ok(()) => return true,
            Err(error) if is_lost(&error) => return false,
            Err(_) => {}
        }
    }
}

/// Whether the connection is of no more use. What a worker's failure leaves behind is: the coordinator makes itself a
/// new connection to it.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => {
            let fatal = database
                .try_downcast_ref::<PgDatabaseError>()
                .is_some_and(|error| matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic));
            fatal || database.code().as_deref() == Some("25006")
        }
        sqlx::Error::RowNotFound | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => false,
        _ => true,
    }
}
