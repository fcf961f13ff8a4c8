//! A database node with its pool, circuit breaker and health probe.

mod state;

pub use state::NodeState;

use crate::{
    db::{
        circuit_breaker::{CircuitBreaker, State},
        health_probe::{Probe, probe_until_healthy},
        pools::{self, FailoverEpoch},
    },
    error::{DbErrorKind, ServerError, meaning},
};
use parking_lot::RwLock;
use sqlx::{PgPool, postgres::PgConnectOptions};
use std::{
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

/// A statement that takes so long triggers a health probe of its node.
const SLOW_STATEMENT: Duration = Duration::from_millis(400);
/// Interval of further triggers while the statement still waits.
const TRIGGER_INTERVAL: Duration = Duration::from_millis(300);
/// A node whose probe succeeded so recently is not probed again: a probe costs a connection, and on a busy host it would be one
/// after the other.
const PROBE_COOLDOWN: Duration = Duration::from_secs(1);

/// A database node, or all of a cluster for statements over all shards.
#[derive(Debug)]
pub(crate) struct Node {
    name: String,
    pub(super) pool: PgPool,
    pub(super) breaker: CircuitBreaker,
    epoch: Arc<FailoverEpoch>,
    endpoint: RwLock<Endpoint>,
    /// The time of the last successful probe; locked during a probe.
    last_probe: Arc<tokio::sync::Mutex<Option<Instant>>>,
}

/// The server that a node's connections lead to.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    pub(super) probe: Probe,
    /// Why a group is reached through the coordinator instead of directly.
    pub(super) detour: Option<Detour>,
}

/// A group's statements go through the coordinator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Detour {
    pub(super) reason: String,
    /// The direct way is not tried before this time.
    pub(super) until: Instant,
}

impl Endpoint {
    pub(super) const fn new(options: PgConnectOptions, query: String) -> Self {
        Self { probe: Probe { options, query }, detour: None }
    }

    fn is_same_server(&self, other: &PgConnectOptions) -> bool {
        let own = &self.probe.options;
        (own.get_host(), own.get_port()) == (other.get_host(), other.get_port())
    }
}

impl Node {
    /// A primary. Connections are made when they are needed.
    pub(super) fn new(name: String, endpoint: Endpoint, connections: u32) -> Arc<Self> {
        let epoch = Arc::<FailoverEpoch>::default();
        let pool = pools::primary(endpoint.probe.options.clone(), connections, epoch.clone());
        Self::with_pool(name, endpoint, pool, epoch)
    }

    /// The region's replica.
    pub(super) fn replica(options: PgConnectOptions, connections: u32) -> Arc<Self> {
        let pool = pools::replica(options.clone(), connections);
        Self::with_pool("standby".to_owned(), Endpoint::new(options, "SELECT 1".to_owned()), pool, Arc::default())
    }

    fn with_pool(name: String, endpoint: Endpoint, pool: PgPool, epoch: Arc<FailoverEpoch>) -> Arc<Self> {
        let breaker = CircuitBreaker::new(name.clone());
        Arc::new(Self { name, pool, breaker, epoch, endpoint: RwLock::new(endpoint), last_probe: Arc::default() })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The error while the circuit breaker is open: nothing was changed.
    pub(super) fn unavailable(&self) -> ServerError {
        ServerError::Away { node: self.name.clone() }
    }

    /// Waits for work at this node until the limit, but not longer than until the node is known to hang, and records the outcome.
    ///
    /// A health probe distinguishes a statement that waits for a lock from a node that hangs.
    pub(super) async fn within<T>(
        self: &Arc<Self>,
        limit: Duration,
        work: impl Future<Output = Result<T, ServerError>>,
    ) -> Result<T, ServerError> {
        let begun = Instant::now();
        let mut work = pin!(work);
        let mut pause = SLOW_STATEMENT;
        let outcome = loop {
            let left = limit.saturating_sub(begun.elapsed());
            tokio::select! {
                biased;
                outcome = &mut work => break outcome,
                () = self.breaker.until_open(), if pause != SLOW_STATEMENT => break Err(ServerError::Deadline),
                () = tokio::time::sleep(pause.min(left)) => {
                    if pause >= left {
                        break Err(ServerError::Deadline);
                    }
                    self.trigger_probe();
                    pause = TRIGGER_INTERVAL;
                }
            }
        };
        self.record(&outcome, begun.elapsed());
        outcome
    }

    /// Starts a health probe, unless one is running or has just succeeded.
    pub(super) fn trigger_probe(self: &Arc<Self>) {
        let Ok(mut last) = self.last_probe.clone().try_lock_owned() else { return };
        let is_recent = last.is_some_and(|at| at.elapsed() < PROBE_COOLDOWN);
        if is_recent && self.breaker.state() == State::Closed {
            return;
        }
        let node = self.clone();
        tokio::spawn(async move {
            *last = probe_until_healthy(&node.breaker, || node.endpoint.read().probe.clone()).await;
        });
    }

    fn record<T>(self: &Arc<Self>, outcome: &Result<T, ServerError>, after: Duration) {
        match outcome {
            Err(error) if is_failure(error) => {
                if is_read_only(error) {
                    self.epoch.advance();
                }
                if self.breaker.record_failure(after) {
                    self.trigger_probe();
                }
            }
            Err(ServerError::Away { .. }) => {}
            _ => self.breaker.record_success(),
        }
    }

    /// Whether connections lead to this server.
    pub(super) fn leads_to(&self, server: &PgConnectOptions) -> bool {
        let endpoint = self.endpoint.read();
        endpoint.detour.is_none() && endpoint.is_same_server(server)
    }

    /// The current detour.
    pub(super) fn detour(&self) -> Option<Detour> {
        self.endpoint.read().detour.clone()
    }

    /// Connects to another server from now on.
    pub(super) fn set_endpoint(&self, endpoint: Endpoint) {
        let mut current = self.endpoint.write();
        match &endpoint.detour {
            Some(detour) if current.detour.as_ref().is_none_or(|old| old.reason != detour.reason) => {
                metrics::counter!("toast_database_detours_total", "node" => self.name.clone()).increment(1);
                tracing::warn!(
                    database_node = self.name,
                    reason = detour.reason,
                    "group reached through the coordinator"
                );
            }
            None if current.detour.is_some() => tracing::info!(database_node = self.name, "group reached directly"),
            _ => {}
        }
        if !current.is_same_server(&endpoint.probe.options) {
            self.pool.set_connect_options(endpoint.probe.options.clone());
            self.epoch.advance();
        }
        *current = endpoint;
    }
}

/// Whether an error says that the node is not healthy, as opposed to a rejection of ours or a wrong statement.
pub(super) fn is_failure(error: &ServerError) -> bool {
    match error {
        ServerError::Deadline | ServerError::Unanswered | ServerError::Unknown(_) => true,
        ServerError::Database(error) => matches!(meaning(error), DbErrorKind::Unavailable | DbErrorKind::Unknown),
        _ => false,
    }
}

/// Whether the server was demoted (SQLSTATE 25006, `read_only_sql_transaction`).
fn is_read_only(error: &ServerError) -> bool {
    matches!(error, ServerError::Database(sqlx::Error::Database(error)) if error.code().as_deref() == Some("25006"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Arc<Node> {
        // Without a listener, so that a probe fails at once.
        let options = "postgres://toast@127.0.0.1:1/toast".parse().unwrap();
        Node::new("test".to_owned(), Endpoint::new(options, "SELECT 1".to_owned()), 3)
    }

    #[tokio::test]
    async fn work_is_given_up_when_its_node_hangs_and_not_before() {
        let node = node();
        let slow = node.within(Duration::from_secs(5), async {
            tokio::time::sleep(Duration::from_millis(900)).await;
            Ok(7)
        });
        assert_eq!(slow.await.unwrap(), 7);
        let waiting = tokio::spawn({
            let node = node.clone();
            async move { node.within(Duration::from_hours(1), std::future::pending::<Result<(), ServerError>>()).await }
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        node.breaker.record_probe_timeout();
        assert!(matches!(waiting.await.unwrap(), Err(ServerError::Deadline)));
    }

    #[tokio::test]
    async fn rejections_and_wrong_statements_are_not_failures_of_a_node() {
        let node = node();
        for _ in 0..5 {
            let contended = node.within(SLOW_STATEMENT, async { Err::<(), _>(ServerError::Contended) }).await;
            assert!(contended.is_err());
        }
        assert_eq!(node.breaker.state(), State::Closed);
        for _ in 0..3 {
            let lost = async { Err::<(), _>(ServerError::Database(sqlx::Error::PoolTimedOut)) };
            assert!(node.within(SLOW_STATEMENT, lost).await.is_err());
        }
        assert_eq!(node.breaker.state(), State::ReadsBlocked);
        assert_eq!(node.state(None).why, Some("refuses"));
    }
}
