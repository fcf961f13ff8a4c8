//! Whether a database node is asked at all: a state machine that opens on failures in a row and closes on an answer.
//!
//! Failures that come quickly open it by themselves. Those that come late may mean that the node is away or that it is busy,
//! and to ask nobody because everybody is busy would make them busier still: there a look at the node decides.
//!
//! It opens in two ways. A node that *hangs* is not asked by anybody: each statement to it would hold a connection, and
//! on a cluster a backend of the coordinator, until it wakes. A node that *refuses* says so at once and costs nothing,
//! so reads are spared, and writes are still tried: in a planned switchover they wait behind the cluster's lock and
//! then succeed.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// So many failures in a row open a circuit.
const IN_A_ROW: u32 = 3;
/// A failure that took so long was no refusal.
const SLOW: Duration = Duration::from_millis(500);
/// What counts as recent to operators.
const RECENT: Duration = Duration::from_mins(1);
/// Failures that are remembered for operators.
const REMEMBERED: usize = 100;

/// How a node is taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It answers.
    Closed,
    /// It fails at once: reads are refused, writes are tried.
    Refusing,
    /// It does not answer: nothing is asked of it.
    Hanging,
}

/// What a statement is about to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It only looks.
    Read,
    /// It changes something.
    Write,
}

/// Whether a node is asked.
#[derive(Debug)]
pub struct Circuit {
    inner: Mutex<Inner>,
    told: watch::Sender<State>,
}

#[derive(Debug)]
struct Inner {
    in_a_row: u32,
    since: Instant,
    failures: VecDeque<Instant>,
    probing: bool,
}

/// The right to ask a node about itself; at most one at a time is out.
#[derive(Debug)]
pub struct Probe<'a>(&'a Circuit);

impl Default for Circuit {
    fn default() -> Self {
        let inner = Inner { in_a_row: 0, since: Instant::now(), failures: VecDeque::new(), probing: false };
        Self { inner: Mutex::new(inner), told: watch::Sender::new(State::Closed) }
    }
}

impl Circuit {
    /// How the node is taken to be.
    pub fn state(&self) -> State {
        *self.told.borrow()
    }

    /// Whether a statement may be sent.
    pub fn admits(&self, intent: Intent) -> bool {
        match self.state() {
            State::Closed => true,
            State::Refusing => intent == Intent::Write,
            State::Hanging => false,
        }
    }

    /// The node answered.
    pub fn answered(&self) {
        let mut inner = self.inner();
        inner.in_a_row = 0;
        self.turn(&mut inner, State::Closed);
    }

    /// The node did not answer well, after so long; tells whether somebody should look at it.
    pub fn failed(&self, after: Duration) -> bool {
        let mut inner = self.inner();
        inner.in_a_row = inner.in_a_row.saturating_add(1);
        if inner.failures.len() >= REMEMBERED {
            inner.failures.pop_front();
        }
        inner.failures.push_back(Instant::now());
        let is_doubtful = inner.in_a_row >= IN_A_ROW;
        if is_doubtful && after < SLOW {
            self.turn(&mut inner, State::Refusing);
        }
        is_doubtful
    }

    /// A probe has waited long enough to know.
    pub fn hangs(&self) {
        self.turn(&mut self.inner(), State::Hanging);
    }

    /// A probe was refused; that opens nothing by itself, but explains what failed before, and what hung does not hang any
    /// more.
    pub fn refused(&self) {
        let mut inner = self.inner();
        if self.state() == State::Hanging || inner.in_a_row >= IN_A_ROW {
            self.turn(&mut inner, State::Refusing);
        }
    }

    /// Waits until the node is known to hang.
    pub async fn until_it_hangs(&self) {
        // The sender is our own, so that it cannot be gone.
        drop(self.told.subscribe().wait_for(|state| *state == State::Hanging).await);
    }

    /// The right to ask the node about itself, unless somebody has it.
    pub fn probe(&self) -> Option<Probe<'_>> {
        let mut inner = self.inner();
        if inner.probing {
            return None;
        }
        inner.probing = true;
        Some(Probe(self))
    }

    /// Whether somebody asks the node about itself right now.
    pub fn is_probed(&self) -> bool {
        self.inner().probing
    }

    /// How long the state has lasted.
    pub fn lasts(&self) -> Duration {
        self.inner().since.elapsed()
    }

    /// How many failures there were lately.
    pub fn recent_failures(&self) -> usize {
        self.inner().failures.iter().filter(|at| at.elapsed() < RECENT).count()
    }

    fn turn(&self, inner: &mut Inner, to: State) {
        let turned = self.told.send_if_modified(|state| std::mem::replace(state, to) != to);
        if turned {
            inner.since = Instant::now();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        self.0.inner().probing = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const QUICK: Duration = Duration::from_millis(3);

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_closes_it() {
        let circuit = Circuit::default();
        for _ in 0..2 {
            assert!(!circuit.failed(SLOW));
        }
        circuit.answered();
        assert!(!circuit.failed(QUICK) && !circuit.failed(QUICK) && circuit.failed(QUICK));
        assert_eq!(circuit.state(), State::Refusing);
        circuit.hangs();
        assert!(!circuit.admits(Intent::Read) && !circuit.admits(Intent::Write));
        circuit.answered();
        assert!(circuit.admits(Intent::Read));
        assert_eq!(circuit.recent_failures(), 5);
    }

    #[test]
    fn late_answers_open_nothing_until_somebody_has_looked() {
        let busy = Circuit::default();
        let doubts = (0..10).filter(|_| busy.failed(SLOW)).count();
        assert_eq!((doubts, busy.state()), (8, State::Closed));
        busy.answered();
        busy.refused();
        assert_eq!(busy.state(), State::Closed);
        for _ in 0..3 {
            busy.failed(SLOW);
        }
        busy.refused();
        assert_eq!(busy.state(), State::Refusing);
    }

    #[test]
    fn who_refuses_at_once_is_still_asked_to_write() {
        let circuit = Circuit::default();
        for _ in 0..3 {
            circuit.failed(QUICK);
        }
        assert_eq!(circuit.state(), State::Refusing);
        assert!(!circuit.admits(Intent::Read) && circuit.admits(Intent::Write));
    }

    #[test]
    fn one_probe_at_a_time() {
        let circuit = Circuit::default();
        let probe = circuit.probe().unwrap();
        assert!(circuit.probe().is_none());
        drop(probe);
        assert!(circuit.probe().is_some());
    }

    #[tokio::test]
    async fn who_waits_is_told_when_it_hangs() {
        let circuit = std::sync::Arc::new(Circuit::default());
        let waiting = tokio::spawn({
            let circuit = circuit.clone();
            async move { circuit.until_it_hangs().await }
        });
        circuit.hangs();
        tokio::time::timeout(Duration::from_secs(5), waiting).await.unwrap().unwrap();
    }

    proptest! {
        #[test]
        fn it_is_open_exactly_after_three_failures_in_a_row_of_which_the_last_is_explained(
            outcomes in prop::collection::vec(0..4u8, 0..40),
        ) {
            let circuit = Circuit::default();
            let (mut in_a_row, mut is_open) = (0, false);
            for outcome in outcomes {
                match outcome {
                    0 => { circuit.answered(); in_a_row = 0; is_open = false; }
                    1 => { circuit.failed(QUICK); in_a_row += 1; is_open |= in_a_row >= 3; }
                    2 => { circuit.failed(SLOW); in_a_row += 1; }
                    _ => { circuit.refused(); is_open |= in_a_row >= 3; }
                }
                prop_assert_eq!(circuit.state() != State::Closed, is_open);
                prop_assert!(circuit.admits(Intent::Write));
            }
        }
    }
}
