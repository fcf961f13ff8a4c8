//! Options of the load generator, and its control while it runs.

use std::{
    net::Ipv4Addr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use support::Timestamp;
use tokio::time::sleep;

/// Operations per second that two cores can serve in addition to a whole testbed.
pub const DEFAULT_RATE: f64 = 10.0;

#[derive(Debug, Clone)]
pub struct LoadOptions {
    /// Of all random choices.
    pub seed: u64,
    /// Operations per second.
    pub rate: f64,
    pub seconds: u64,
    /// Each has a browser.
    pub customers: usize,
    /// Local addresses to connect from; any when empty.
    pub sources: Vec<Ipv4Addr>,
    /// Further operations are dropped and counted.
    pub max_in_flight: usize,
    /// Of orders and transitions.
    pub retry_timeout: Duration,
    /// Deliberate error.
    pub new_key_on_retry: bool,
    /// Through the API.
    pub orders_only: bool,
    pub control: Arc<LoadControl>,
}

/// Observes and stops a running load.
#[derive(Debug, Default)]
pub struct LoadControl {
    acknowledged: AtomicUsize,
    stopped: AtomicBool,
}

impl LoadControl {
    /// No further operations start.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn add_acknowledged(&self) {
        self.acknowledged.fetch_add(1, Ordering::Relaxed);
    }

    /// Number of acknowledged orders.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits for a number of acknowledged orders, or until the timeout.
    pub async fn wait_for(&self, acknowledged: usize, timeout: Duration) {
        let deadline = Timestamp::now().plus(timeout);
        while self.acknowledged() < acknowledged && Timestamp::now() <= deadline {
            sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn stop_after(&self, acknowledged: usize, timeout: Duration) {
        self.wait_for(acknowledged, timeout).await;
        self.stop();
    }
}

#[derive(Debug, Clone, Copy, Default)]
pub struct LoadSummary {
    pub operations: u64,
    pub dropped: u64,
}
