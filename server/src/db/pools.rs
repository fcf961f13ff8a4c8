//! Connections: made with the settings that every statement relies on, and let go when their server is not what it was.

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

/// A connection that rested for so long is asked whether its server may still be written to.
const RESTED: Duration = Duration::from_millis(100);
/// So is every so manieth use of one that never rests.
const EVERY: u32 = 16;
/// A transaction that was broken off gets so long to be rolled back before its connection is closed: a new one would cost a
/// busy database more.
const SETTLING: Duration = Duration::from_secs(2);
/// A connection is not kept for longer than this.
const LIFETIME: Duration = Duration::from_mins(10);

/// How many connections, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) connections: u32,
    pub(super) patience: Duration,
}

/// Connections to the leader. One that finds its server demoted is closed, and with it all that are as old.
pub(super) fn leader(options: PgConnectOptions, size: Size) -> PgPool {
    let demoted = Arc::new(Demotion::default());
    builder(size)
        .after_connect({
            move |connection, _| {
                Box::pin(async move { if is_read_only(connection).await? { Err(demotion()) } else { Ok(()) } })
            }
        })
        .before_acquire(move |connection, about| {
            let demoted = demoted.clone();
            Box::pin(async move {
                if demoted.concerns(about.age) {
                    return Ok(false);
                }
                if !demoted.is_due(about.idle_for) || !is_read_only(connection).await? {
                    return Ok(true);
                }
                tracing::warn!("primary demoted, closing its connections");
                demoted.note();
                Ok(false)
            })
        })
        .connect_lazy_with(options)
}

/// Connections to a standby, which may be read only.
pub(super) fn standby(options: PgConnectOptions, size: Size) -> PgPool {
    // Plain PostgreSQL takes the setting for somebody else's and keeps it.
    builder(size).connect_lazy_with(options.options([("citus.use_secondary_nodes", "always")]))
}

fn builder(size: Size) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(size.connections)
        .acquire_timeout(size.patience)
        .max_lifetime(LIFETIME)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // Only after a transaction that was broken off is there something left to be sent.
                if !connection.should_flush() {
                    return Ok(true);
                }
                Ok(matches!(tokio::time::timeout(SETTLING, connection.ping()).await, Ok(Ok(()))))
            })
        })
}

async fn is_read_only(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let answer: String = sqlx::query_scalar("SHOW transaction_read_only").fetch_one(connection).await?;
    Ok(answer == "on")
}

fn demotion() -> sqlx::Error {
    let words = "the server is not the leader, or not yet";
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionReset, words))
}

/// When a connection last found its server demoted, and whose turn it is to look.
#[derive(Debug, Default)]
struct Demotion {
    noted: Mutex<Option<Instant>>,
    uses: AtomicU32,
}

impl Demotion {
    fn note(&self) {
        *self.noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether a connection of this age was made before.
    fn concerns(&self, age: Duration) -> bool {
        let noted = *self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.is_some_and(|noted| noted.elapsed() <= age)
    }

    fn is_due(&self, rested: Duration) -> bool {
        rested >= RESTED || self.uses.fetch_add(1, Ordering::Relaxed).is_multiple_of(EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demotion_concerns_all_older_connections() {
        let demotion = Demotion::default();
        assert!(!demotion.concerns(Duration::from_hours(1)));
        demotion.note();
        assert!(demotion.concerns(Duration::from_secs(1)));
        std::thread::sleep(Duration::from_millis(2));
        assert!(!demotion.concerns(Duration::ZERO));
    }

    #[test]
    fn rested_connections_are_looked_at_and_busy_ones_now_and_then() {
        let demotion = Demotion::default();
        let busy = (0..160).filter(|_| demotion.is_due(Duration::ZERO)).count();
        assert_eq!(busy, 10);
        assert!((0..10).all(|_| demotion.is_due(RESTED)));
    }
}
