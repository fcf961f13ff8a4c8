//! Logs as JSON lines, and metrics on a separate listener.

use crate::{
    config::{LogFormat, Settings},
    error::ServerError,
};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts logging; a second call in one process has no effect.
pub fn start_logging(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match settings.log_format {
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true).with_current_span(true)).try_init(),
        LogFormat::Text => registry.with(fmt::layer().with_target(false)).try_init(),
    };
    // Tests start several servers in one process; all log through the first one.
    drop(started);
}

/// Installs the metrics recorder; the handle renders Prometheus text.
pub fn start_metrics() -> Result<PrometheusHandle, ServerError> {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    static STARTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = STARTING.lock();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle.clone());
    }
    let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
    let handle = PrometheusBuilder::new()
        .set_buckets(&seconds)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| ServerError::Broken(format!("metrics: {error}")))?;
    Ok(HANDLE.get_or_init(|| handle).clone())
}

/// Interval in which recorded durations are put into the buckets of their histograms.
const UPKEEP: Duration = Duration::from_secs(5);

/// Puts recorded durations into buckets until the server drains. Without it each one takes memory until the next request
/// for `/metrics`.
pub async fn keep_metrics(handle: PrometheusHandle, closing: CancellationToken) {
    while closing.run_until_cancelled(tokio::time::sleep(UPKEEP)).await.is_some() {
        handle.run_upkeep();
    }
}
