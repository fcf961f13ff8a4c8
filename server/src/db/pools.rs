//! Connection pools: connections are closed when their server was demoted, or when their node has moved to another server.

use parking_lot::Mutex;
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// A connection that was idle for so long is checked before its next use.
const IDLE_CHECK_AFTER: Duration = Duration::from_millis(100);
/// Of a connection that is never idle, every use of this number is checked.
const CHECK_EVERY_NTH_USE: u32 = 16;
/// Time for the rollback of an abandoned transaction before its connection is closed; a new connection would cost a busy database
/// more.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_LIFETIME: Duration = Duration::from_mins(10);
/// A connection may take longer than its statement waits; the next statement uses it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A pool to the primary of a node. A connection whose server does not accept writes is closed, with all of the same age.
pub(super) fn primary(options: PgConnectOptions, connections: u32, epoch: Arc<FailoverEpoch>) -> PgPool {
    builder(connections)
        .after_connect(|connection, _| {
            Box::pin(async move { if is_read_only(connection).await? { Err(not_primary()) } else { Ok(()) } })
        })
        .before_acquire(move |connection, about| {
            let epoch = epoch.clone();
            Box::pin(async move {
                if epoch.invalidates(about.age) {
                    return Ok(false);
                }
                if !epoch.needs_check(about.idle_for) || !is_read_only(connection).await? {
                    return Ok(true);
                }
                tracing::warn!("primary demoted, closing its connections");
                epoch.advance();
                Ok(false)
            })
        })
        .connect_lazy_with(options)
}

/// A pool to a replica.
pub(super) fn replica(options: PgConnectOptions, connections: u32) -> PgPool {
    // Plain PostgreSQL accepts any setting with a prefix.
    builder(connections).connect_lazy_with(options.options([("citus.use_secondary_nodes", "always")]))
}

fn builder(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(CONNECT_TIMEOUT)
        .max_lifetime(MAX_LIFETIME)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Only an abandoned transaction has left something to send.
                if !connection.should_flush() {
                    return Ok(true);
                }
                Ok(matches!(tokio::time::timeout(ROLLBACK_TIMEOUT, connection.ping()).await, Ok(Ok(()))))
            })
        })
}

async fn is_read_only(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let setting: String = sqlx::query_scalar("SHOW transaction_read_only").fetch_one(connection).await?;
    Ok(setting == "on")
}

fn not_primary() -> sqlx::Error {
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "the server is not the primary"))
}

/// Time of a pool's last failover; older connections are closed at their next use.
#[derive(Debug, Default)]
pub(super) struct FailoverEpoch {
    began: Mutex<Option<Instant>>,
    uses: AtomicU32,
}

impl FailoverEpoch {
    /// Invalidates all connections made until now.
    pub(super) fn advance(&self) {
        *self.began.lock() = Some(Instant::now());
    }

    fn invalidates(&self, age: Duration) -> bool {
        self.began.lock().is_some_and(|began| began.elapsed() <= age)
    }

    fn needs_check(&self, idle_for: Duration) -> bool {
        idle_for >= IDLE_CHECK_AFTER || self.uses.fetch_add(1, Ordering::Relaxed).is_multiple_of(CHECK_EVERY_NTH_USE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failover_invalidates_all_older_connections() {
        let epoch = FailoverEpoch::default();
        assert!(!epoch.invalidates(Duration::from_hours(1)));
        epoch.advance();
        assert!(epoch.invalidates(Duration::from_secs(1)));
        std::thread::sleep(Duration::from_millis(2));
        assert!(!epoch.invalidates(Duration::ZERO));
    }

    #[test]
    fn idle_connections_are_checked_and_busy_ones_now_and_then() {
        let epoch = FailoverEpoch::default();
        let busy = (0..160).filter(|_| epoch.needs_check(Duration::ZERO)).count();
        assert_eq!(busy, 10);
        assert!((0..10).all(|_| epoch.needs_check(IDLE_CHECK_AFTER)));
    }
}
