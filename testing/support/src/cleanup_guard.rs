//! Reverts a change of the testbed, also when the check that made it ends early.

use crate::Error;

/// Work that runs exactly once, at the latest on drop.
pub struct CleanupGuard<'a> {
    work: Option<Box<dyn FnOnce() -> Result<(), Error> + 'a>>,
}

impl<'a> CleanupGuard<'a> {
    pub fn new(work: impl FnOnce() -> Result<(), Error> + 'a) -> Self {
        Self { work: Some(Box::new(work)) }
    }

    /// Runs the work now and returns its result.
    pub fn run(mut self) -> Result<(), Error> {
        self.work.take().map_or(Ok(()), |work| work())
    }
}

impl Drop for CleanupGuard<'_> {
    fn drop(&mut self) {
        // The error that ended the check is the one to report; a testbed left broken fails the next check.
        if let Some(work) = self.work.take() {
            drop(work());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn work_runs_once_whether_dropped_or_called() {
        let done = Cell::new(0);
        let count = || {
            done.set(done.get() + 1);
            Ok(())
        };
        drop(CleanupGuard::new(count));
        assert_eq!(done.get(), 1);
        CleanupGuard::new(count).run().unwrap();
        assert_eq!(done.get(), 2);
    }
}
