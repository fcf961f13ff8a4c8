//! Delays between attempts at a failed operation, random so that nodes do not retry in step.

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::{Duration, Instant};

/// 1–2 s after the first failure, then 2–4 s, then 4–8 s for as long as it fails.
pub fn delays() -> ExponentialBuilder {
    let doubling = ExponentialBuilder::new().with_min_delay(Duration::from_secs(1)).with_jitter();
    doubling.with_max_delay(Duration::from_secs(4)).without_max_times()
}

/// When an operation that failed may be tried again.
pub struct Backoff {
    delays: ExponentialBackoff,
    next_attempt: Option<Instant>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { delays: delays().build(), next_attempt: None }
    }
}

impl Backoff {
    /// Whether the delay after the latest failure has not passed yet.
    pub fn is_waiting(&self) -> bool {
        self.next_attempt.is_some_and(|at| Instant::now() < at)
    }

    pub fn record_failure(&mut self) {
        self.next_attempt = self.delays.next().map(|delay| Instant::now() + delay);
    }

    pub fn reset(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_eight_seconds_and_go_on() {
        let seconds: Vec<f32> = delays().build().take(20).map(|delay| delay.as_secs_f32()).collect();
        assert_eq!(seconds.len(), 20);
        for (delay, shortest) in seconds.iter().zip([1.0, 2.0].into_iter().chain(std::iter::repeat(4.0))) {
            assert!((shortest..2.0 * shortest).contains(delay), "{seconds:?}");
        }
    }

    #[test]
    fn a_success_ends_the_delay() {
        let mut backoff = Backoff::default();
        assert!(!backoff.is_waiting());
        backoff.record_failure();
        assert!(backoff.is_waiting());
        backoff.reset();
        assert!(!backoff.is_waiting());
    }
}
