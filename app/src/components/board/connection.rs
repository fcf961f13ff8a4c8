//! Freshness of the board, and the delay before a new connection.

/// Milliseconds without a heartbeat after which the board counts as stale.
pub const SILENCE: f64 = 12_000.0;

const FIRST_WAIT: f64 = 500.0;
const LONGEST_WAIT: f64 = 5_000.0;

/// Whether events arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Freshness {
    /// Not yet connected since the page was opened.
    #[default]
    Opening,
    Live,
    /// No events arrive; the board is as old as its time says.
    Stale,
}

/// Milliseconds before the next attempt: doubles from 500 to 5,000, and is shortened by up to a half, so
/// that clients do not reconnect at the same moment. `chance` is from 0 to 1.
pub fn backoff(failures: u32, chance: f64) -> f64 {
    let doublings = i32::try_from(failures.min(8)).unwrap_or(8);
    let wait = (FIRST_WAIT * 2f64.powi(doublings)).min(LONGEST_WAIT);
    (wait * (1.0 - chance.clamp(0.0, 1.0) / 2.0)).max(FIRST_WAIT / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_each_time_but_never_long() {
        let waits: Vec<_> = (0..6).map(|failures| backoff(failures, 0.0)).collect();
        assert_eq!(waits, [500.0, 1000.0, 2000.0, 4000.0, 5000.0, 5000.0]);
        assert!((backoff(u32::MAX, 1.0) - 2500.0).abs() < 1.0);
        assert!((backoff(0, 7.0) - 250.0).abs() < 1.0);
    }
}
