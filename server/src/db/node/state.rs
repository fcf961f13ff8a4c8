//! The state of a node, for operators and metrics.

use crate::db::{circuit_breaker::State, node::Node};
use serde::Serialize;

/// State of a node, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NodeState {
    /// `primary` (on a cluster the coordinator), `group-1` …, `all-shards`, `standby`.
    pub database_node: String,
    /// Last known address; groups of a cluster only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Why its statements go through the coordinator; none if they go directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through_coordinator: Option<String>,
    /// `closed` or `open`.
    pub state: &'static str,
    /// Reason of an open circuit breaker: `hangs` or `refuses`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
    /// Age of the state in milliseconds.
    pub since_ms: u64,
    /// Connections in use.
    pub in_flight: usize,
    /// Failures within the last minute.
    pub recent_failures: usize,
}

impl Node {
    /// Publishes the state as metrics. At each scrape, since two transitions at once might be published in the wrong order.
    #[expect(clippy::cast_precision_loss, reason = "there are few connections")]
    pub(in crate::db) fn publish(&self) {
        let state = match self.breaker.state() {
            State::Closed => 0.0,
            State::ReadsBlocked => 1.0,
            State::Open => 2.0,
        };
        metrics::gauge!("toast_circuit_state", "node" => self.name.clone()).set(state);
        metrics::gauge!("toast_database_connections_in_use", "node" => self.name.clone()).set(self.in_use() as f64);
    }

    /// The state, for operators.
    pub(in crate::db) fn state(&self, address: Option<String>) -> NodeState {
        let why = match self.breaker.state() {
            State::Closed => None,
            State::ReadsBlocked => Some("refuses"),
            State::Open => Some("hangs"),
        };
        NodeState {
            database_node: self.name.clone(),
            address,
            through_coordinator: self.detour().map(|detour| detour.reason),
            state: if why.is_some() { "open" } else { "closed" },
            why,
            since_ms: u64::try_from(self.breaker.state_age().as_millis()).unwrap_or(u64::MAX),
            in_flight: self.in_use(),
            recent_failures: self.breaker.recent_failures(),
        }
    }

    fn in_use(&self) -> usize {
        usize::try_from(self.pool.size()).unwrap_or(usize::MAX).saturating_sub(self.pool.num_idle())
    }
}
