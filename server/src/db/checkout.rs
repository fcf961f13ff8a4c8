//! Connections for one statement or transaction, which stay usable when the caller stops waiting.
//!
//! A new connection costs the database a process, a handshake and empty caches, so that on a busy host the next response would
//! be late as well, and so on. Connections that are being made, and responses on their way, are therefore completed.

use crate::{
    db::route::Response,
    error::{DbErrorKind, ServerError, meaning},
};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};
use std::time::{Duration, Instant};

/// Pause before the next attempt while the server changes.
const RETRY_DELAY: Duration = Duration::from_millis(80);
/// A connection whose response takes longer after its caller is gone is closed.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(4);

/// A connection, at most after this time.
pub(super) async fn acquire(pool: &PgPool, patience: Duration) -> Result<PoolConnection<Postgres>, ServerError> {
    completed(pool, patience, |pool| async move { pool.acquire().await }).await
}

/// A transaction, at most after this time. If `BEGIN` were cancelled, its connection would return to the pool with an open
/// transaction, and the next statement would be acknowledged and never committed.
pub(super) async fn begin(pool: &PgPool, patience: Duration) -> Result<Transaction<'static, Postgres>, ServerError> {
    completed(pool, patience, |pool| async move { pool.begin().await }).await
}

/// Waits for an attempt that is completed in the background if it takes longer. While a primary is replaced, load balancers close
/// new connections at once; then it is repeated: nothing was sent, so nothing can be done twice.
async fn completed<T, Attempt>(
    pool: &PgPool,
    patience: Duration,
    attempt: impl Fn(PgPool) -> Attempt + Send + 'static,
) -> Result<T, ServerError>
where
    T: Send + 'static,
    Attempt: Future<Output = Result<T, sqlx::Error>> + Send,
{
    let (pool, begun) = (pool.clone(), Instant::now());
    let attempts = tokio::spawn(async move {
        loop {
            match attempt(pool.clone()).await {
                Err(error) if is_transient(&error) && begun.elapsed() + RETRY_DELAY < patience => {
                    tokio::time::sleep(RETRY_DELAY).await;
                }
                outcome => return outcome,
            }
        }
    });
    match tokio::time::timeout(patience, attempts).await {
        Ok(Ok(outcome)) => Ok(outcome?),
        Ok(Err(_)) => Err(sqlx::Error::WorkerCrashed.into()),
        Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
    }
}

fn is_transient(error: &sqlx::Error) -> bool {
    meaning(error) == DbErrorKind::Unavailable && !matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed)
}

/// Runs a statement. If the caller stops waiting, its response is drained in the background, and then the connection returns to
/// the pool.
pub(super) async fn run<T>(
    connection: PoolConnection<Postgres>,
    statement: impl for<'c> FnOnce(&'c mut PgConnection) -> Response<'c, T>,
) -> Result<T, sqlx::Error> {
    let mut guard = DrainOnDrop(Some(connection));
    let Some(connection) = &mut guard.0 else { return Err(sqlx::Error::PoolClosed) };
    let outcome = statement(connection).await;
    drop(guard.0.take());
    outcome
}

struct DrainOnDrop(Option<PoolConnection<Postgres>>);

impl Drop for DrainOnDrop {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            tokio::spawn(async move {
                if tokio::time::timeout(DRAIN_TIMEOUT, drain(&mut connection)).await != Ok(true) {
                    connection.close_on_drop();
                }
            });
        }
    }
}

/// Waits until the connection is ready for the next statement; an error of the last one is a response, too.
async fn drain(connection: &mut PgConnection) -> bool {
    loop {
        match connection.ping().await {
            Ok(()) => return true,
            Err(sqlx::Error::Database(_)) => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests;
