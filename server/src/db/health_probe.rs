//! Health probe: asks a node on a connection of its own whether it responds, so that no statement has to wait for the result.

use crate::{
    db::circuit_breaker::{CircuitBreaker, State},
    error::{DbErrorKind, meaning},
};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, postgres::PgConnectOptions};
use std::{
    pin::pin,
    sync::OnceLock,
    time::{Duration, Instant},
};

/// A node without a response for so long hangs, if its host is not busy.
const TIMEOUT: Duration = Duration::from_millis(900);
/// On a busy host connections are slow, too: the response may take this multiple of the connection's time.
const LATENCY_FACTOR: u32 = 6;
/// Limit of the timeout, however busy the host.
const MAX_TIMEOUT: Duration = Duration::from_secs(3);
/// A node that has not accepted a connection for so long hangs.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Interval of the check whether a probe is late.
const TICK: Duration = Duration::from_millis(50);
/// A late probe continues to wait, since its response shows that the node is back; then it is started again, since it may be its
/// connection that is dead.
const RESTART_AFTER: Duration = Duration::from_secs(6);
/// Pause between two probes in milliseconds, and its jitter.
const PAUSE_MS: u64 = 400;
const JITTER_MS: u64 = 200;

/// A query, and the server to send it to.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    pub(super) options: PgConnectOptions,
    pub(super) query: String,
}

/// Probes until the node responds, or a statement has closed the breaker. Returns the time of the response.
///
/// `probe` is called before each attempt, since the node's address may change.
pub(super) async fn probe_until_healthy(breaker: &CircuitBreaker, probe: impl Fn() -> Probe) -> Option<Instant> {
    loop {
        let (begun, connected) = (Instant::now(), OnceLock::new());
        let mut response = pin!(send(probe(), begun, &connected));
        let is_healthy = tokio::select! {
            biased;
            response = &mut response => response.inspect_err(|error| {
                tracing::debug!(%error, "health probe failed");
                breaker.record_probe_rejection();
            }).is_ok(),
            () = until_late(begun, &connected) => {
                breaker.record_probe_timeout();
                let late = tokio::time::timeout(RESTART_AFTER.saturating_sub(begun.elapsed()), response).await;
                matches!(late, Ok(Ok(())))
            }
        };
        if is_healthy {
            breaker.record_success();
            return Some(Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(PAUSE_MS + rand::random_range(0..JITTER_MS))).await;
        if breaker.state() == State::Closed {
            return None;
        }
    }
}

/// An error of the statement itself is a response, too.
async fn send(probe: Probe, begun: Instant, connected: &OnceLock<Duration>) -> Result<(), sqlx::Error> {
    let mut connection = probe.options.connect().await?;
    let _ = connected.set(begun.elapsed());
    match sqlx::raw_sql(AssertSqlSafe(probe.query)).execute(&mut connection).await {
        Err(error) if matches!(meaning(&error), DbErrorKind::Unavailable | DbErrorKind::Unknown) => Err(error),
        _ => {
            drop(connection.close().await);
            Ok(())
        }
    }
}

async fn until_late(begun: Instant, connected: &OnceLock<Duration>) {
    while begun.elapsed() < timeout(connected.get().copied()) {
        tokio::time::sleep(TICK).await;
    }
}

/// Longest time of a probe at a healthy node, by the time its connection took, if it is connected.
fn timeout(connected: Option<Duration>) -> Duration {
    connected.map_or(CONNECT_TIMEOUT, |took| took + took.saturating_mul(LATENCY_FACTOR).clamp(TIMEOUT, MAX_TIMEOUT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_host_gets_more_time_than_one_that_hangs() {
        assert_eq!(timeout(Some(Duration::from_millis(20))), Duration::from_millis(920));
        assert_eq!(timeout(Some(Duration::from_millis(300))), Duration::from_millis(2_100));
        assert_eq!(timeout(Some(Duration::from_secs(5))), Duration::from_secs(8));
        assert_eq!(timeout(None), CONNECT_TIMEOUT);
    }
}
