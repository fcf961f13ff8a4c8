//! Circuit breaker of a database node: opens on failures in a row, closes on a response.
//!
//! Fast failures open it by themselves. Slow ones may mean that the node hangs or that it is busy, and to stop all statements
//! to a busy node would send them at once when it closes again: there the health probe decides.
//!
//! It opens in two ways. To a node that does not respond, nothing is sent: each statement would hold a connection until the
//! node continues. A node that rejects connections costs nothing: reads fail, and writes are still tried, since one of them is
//! the first to succeed after a planned switchover.

use parking_lot::Mutex;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Failures in a row that open the breaker.
const FAILURE_THRESHOLD: u32 = 3;
/// A failure that took this long was not a rejection.
const SLOW: Duration = Duration::from_millis(500);
/// Period of [`CircuitBreaker::recent_failures`].
const RECENT: Duration = Duration::from_mins(1);
/// Failures kept for [`CircuitBreaker::recent_failures`].
const MAX_RECENT: usize = 100;

/// State of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Statements are sent.
    Closed,
    /// The node fails at once: reads are rejected, writes are sent.
    ReadsBlocked,
    /// The node does not respond: nothing is sent.
    Open,
}

/// Kind of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Read-only.
    Read,
    /// Changes rows.
    Write,
}

/// Whether statements are sent to a node.
#[derive(Debug)]
pub struct CircuitBreaker {
    node: String,
    inner: Mutex<Inner>,
    state: watch::Sender<State>,
}

#[derive(Debug)]
struct Inner {
    failures_in_a_row: u32,
    since: Instant,
    recent: VecDeque<Instant>,
}

impl CircuitBreaker {
    /// A closed breaker; the node's name is for the log.
    pub fn new(node: String) -> Self {
        let inner = Inner { failures_in_a_row: 0, since: Instant::now(), recent: VecDeque::new() };
        Self { node, inner: Mutex::new(inner), state: watch::Sender::new(State::Closed) }
    }

    /// The current state.
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Whether a statement may be sent.
    pub fn allows(&self, intent: Intent) -> bool {
        match self.state() {
            State::Closed => true,
            State::ReadsBlocked => intent == Intent::Write,
            State::Open => false,
        }
    }

    /// Records a response.
    pub fn record_success(&self) {
        let mut inner = self.inner.lock();
        inner.failures_in_a_row = 0;
        self.transition(&mut inner, State::Closed);
    }

    /// Records a failure after this time. Returns whether the node should be probed.
    pub fn record_failure(&self, after: Duration) -> bool {
        let mut inner = self.inner.lock();
        inner.failures_in_a_row = inner.failures_in_a_row.saturating_add(1);
        if inner.recent.len() >= MAX_RECENT {
            inner.recent.pop_front();
        }
        inner.recent.push_back(Instant::now());
        let is_suspicious = inner.failures_in_a_row >= FAILURE_THRESHOLD;
        if is_suspicious && after < SLOW {
            self.transition(&mut inner, State::ReadsBlocked);
        }
        is_suspicious
    }

    /// Records a health probe without a response.
    pub fn record_probe_timeout(&self) {
        self.transition(&mut self.inner.lock(), State::Open);
    }

    /// Records a rejected health probe. It opens nothing alone, but confirms earlier failures; and a node that rejects does
    /// not hang any more.
    pub fn record_probe_rejection(&self) {
        let mut inner = self.inner.lock();
        if self.state() == State::Open || inner.failures_in_a_row >= FAILURE_THRESHOLD {
            self.transition(&mut inner, State::ReadsBlocked);
        }
    }

    /// Waits until the node is known to hang.
    pub async fn until_open(&self) {
        // The sender is in `self`, so it cannot be gone.
        drop(self.state.subscribe().wait_for(|state| *state == State::Open).await);
    }

    /// Age of the current state.
    pub fn state_age(&self) -> Duration {
        self.inner.lock().since.elapsed()
    }

    /// Failures within the last minute, at most 100.
    pub fn recent_failures(&self) -> usize {
        self.inner.lock().recent.iter().filter(|at| at.elapsed() < RECENT).count()
    }

    fn transition(&self, inner: &mut Inner, to: State) {
        if self.state.send_if_modified(|state| std::mem::replace(state, to) != to) {
            inner.since = Instant::now();
            tracing::warn!(database_node = self.node, state = ?to, "circuit breaker state changed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAST: Duration = Duration::from_millis(3);

    fn breaker() -> CircuitBreaker {
        CircuitBreaker::new("test".to_owned())
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_response_closes_it() {
        let breaker = breaker();
        for _ in 0..2 {
            assert!(!breaker.record_failure(SLOW));
        }
        breaker.record_success();
        assert!(!breaker.record_failure(FAST) && !breaker.record_failure(FAST) && breaker.record_failure(FAST));
        assert_eq!(breaker.state(), State::ReadsBlocked);
        assert!(!breaker.allows(Intent::Read) && breaker.allows(Intent::Write));
        breaker.record_probe_timeout();
        assert!(!breaker.allows(Intent::Read) && !breaker.allows(Intent::Write));
        breaker.record_success();
        assert!(breaker.allows(Intent::Read));
        assert_eq!(breaker.recent_failures(), 5);
    }

    #[test]
    fn slow_failures_open_it_only_after_a_probe() {
        let busy = breaker();
        let suspicious = (0..10).filter(|_| busy.record_failure(SLOW)).count();
        assert_eq!((suspicious, busy.state()), (8, State::Closed));
        busy.record_success();
        busy.record_probe_rejection();
        assert_eq!(busy.state(), State::Closed);
        for _ in 0..3 {
            busy.record_failure(SLOW);
        }
        busy.record_probe_rejection();
        assert_eq!(busy.state(), State::ReadsBlocked);
    }

    #[tokio::test]
    async fn waiting_ends_when_it_opens() {
        let breaker = breaker();
        let ((), ()) = tokio::join!(breaker.until_open(), async { breaker.record_probe_timeout() });
    }

    proptest! {
        #[test]
        fn it_is_open_exactly_after_three_failures_in_a_row_of_which_the_last_is_explained(
            outcomes in prop::collection::vec(0..4u8, 0..40),
        ) {
            let breaker = breaker();
            let (mut in_a_row, mut is_open) = (0, false);
            for outcome in outcomes {
                match outcome {
                    0 => { breaker.record_success(); in_a_row = 0; is_open = false; }
                    1 => { breaker.record_failure(FAST); in_a_row += 1; is_open |= in_a_row >= 3; }
                    2 => { breaker.record_failure(SLOW); in_a_row += 1; }
                    _ => { breaker.record_probe_rejection(); is_open |= in_a_row >= 3; }
                }
                prop_assert_eq!(breaker.state() != State::Closed, is_open);
                prop_assert!(breaker.allows(Intent::Write));
            }
        }
    }
}
