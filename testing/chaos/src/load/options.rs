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

#[derive(Debug, Clone, clap::Args)]
pub struct LoadOptions {
    /// Seed of all random choices
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Operations per second
    #[arg(long, value_name = "RATE", default_value_t = DEFAULT_RATE)]
    pub rate: f64,
    /// Duration
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub seconds: u64,
    /// Number of customers, each with a browser
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub customers: usize,
    /// Local addresses to connect from
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub sources: Vec<Ipv4Addr>,
    /// Most operations in flight; further ones are dropped and counted
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub max_in_flight: usize,
    /// How long an order or a transition is retried
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    pub retry_seconds: u64,
    /// Deliberate error: use a new idempotency key for each retry
    #[arg(long)]
    pub new_key_on_retry: bool,
    /// Only orders through the API
    #[arg(long)]
    pub orders_only: bool,
    #[arg(skip)]
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
