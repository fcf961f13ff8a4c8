//! The load: wrk in a closed loop, for capacity. Its latencies are not used.

use crate::{
    failure::{Failure, written},
    server::Server,
    settings::Bench,
};
use serde::Deserialize;
use std::path::Path;

/// Results of the orders of one round.
#[derive(Debug, Deserialize)]
pub struct Orders {
    /// Responses with status 201.
    pub placed: u64,
    /// Responses with another status.
    pub refused: u64,
    /// The first such status.
    pub refusal: u16,
    /// Requests without a response.
    pub lost: u64,
    /// From the first to the last response.
    pub seconds: f64,
}

impl Bench {
    /// Pages per second.
    pub async fn pages_a_second(&self, server: &Server, path: &str, encoding: &str) -> Result<f64, Failure> {
        let seconds = self.settings.seconds;
        let mut wrk = self.cpu_affinity.load("wrk");
        wrk.arg(format!("-t{}", self.load_threads())).arg(format!("-c{}", self.settings.clients));
        wrk.arg(format!("-d{seconds}s")).arg("-H").arg(format!("accept-encoding: {encoding}")).arg(server.url(path));
        let output = wrk.kill_on_drop(true).output().await.map_err(Failure::system("wrk"))?;
        let report = written("wrk", &output)?;
        if report.contains("Non-2xx") || report.contains("Socket errors") {
            return Err(Failure::untrue(format!("wrk wrote: {report}")));
        }
        let rate = report.lines().find_map(|line| line.strip_prefix("Requests/sec:"));
        rate.and_then(|rate| rate.trim().parse().ok()).ok_or_else(|| Failure::untrue(format!("wrk wrote: {report}")))
    }

    /// Places orders for one round, and waits for all responses.
    pub async fn place_orders(&self, server: &Server, script: &Path, orders: &Path) -> Result<Orders, Failure> {
        let seconds = self.settings.seconds;
        let mut wrk = tokio::process::Command::new("wrk");
        wrk.env("TOAST_BENCH_ORDERS", orders).env("TOAST_BENCH_SECONDS", seconds.to_string());
        wrk.args(["-t1", "--timeout=10s"]).arg(format!("-c{}", self.settings.clients));
        // One second more, in which the last responses arrive and no new orders are sent.
        wrk.arg(format!("-d{}s", seconds + 1)).arg("-s").arg(script).arg(server.url("/"));
        let output = wrk.kill_on_drop(true).output().await.map_err(Failure::system("wrk"))?;
        let report = written("wrk", &output)?;
        let told = report.lines().rev().find(|line| line.starts_with('{'));
        let told = told.ok_or_else(|| Failure::untrue(format!("wrk wrote: {report}")))?;
        Ok(serde_json::from_str(told)?)
    }

    fn load_threads(&self) -> usize {
        let half = self.cpu_affinity.all.saturating_sub(self.cpu_affinity.of_a_server).max(1);
        half.min(usize::from(self.settings.clients))
    }
}
