//! Waiting for a condition, and how long it took.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Polls every 200 ms; returns after how many seconds a condition held, or nothing at the timeout.
pub fn until(timeout: Duration, mut condition: impl FnMut() -> bool) -> Option<f64> {
    let started = Instant::now();
    loop {
        if condition() {
            return Some(started.elapsed().as_secs_f64());
        }
        if started.elapsed() > timeout {
            return None;
        }
        sleep(Duration::from_millis(200));
    }
}

/// The result of [`until`] in words.
pub fn after(waited: Option<f64>, timeout: Duration) -> String {
    waited.map_or_else(|| format!("not within {} s", timeout.as_secs()), |seconds| format!("after {seconds:.1} s"))
}
