//! Latencies of single requests, and their percentiles.

use crate::failure::Failure;
use reqwest::Client;
use std::time::{Duration, Instant};
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

/// Between two requests of [`at_a_steady_rate`].
const PAUSE: Duration = Duration::from_millis(5);

/// Milliseconds from a request to the end of its response.
pub async fn of(http: &Client, url: &str) -> Result<f64, Failure> {
    let sent = Instant::now();
    http.get(url).send().await?.error_for_status()?.bytes().await?;
    Ok(milliseconds(sent.elapsed()))
}

/// Latencies of requests that are sent at a steady rate, whether earlier ones have been answered or not: a slow response does
/// not keep others from being measured.
pub async fn at_a_steady_rate(http: &Client, url: &str, time: Duration) -> Result<Vec<f64>, Failure> {
    let (begun, mut ticks, mut requests) = (Instant::now(), interval(PAUSE), JoinSet::new());
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    while begun.elapsed() < time {
        ticks.tick().await;
        let (http, url) = (http.clone(), url.to_owned());
        requests.spawn(async move { of(&http, &url).await });
    }
    requests.join_all().await.into_iter().collect()
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The latency that this percentage of the requests did not exceed; nearest rank.
pub fn percentile(latencies: &[f64], percent: usize) -> f64 {
    let mut sorted = latencies.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}
