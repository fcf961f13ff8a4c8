//! Taking back what a check did to the world, also when the check ends early.

use crate::failure::Failure;

/// Something that is to be done once, at the latest when it is dropped.
pub(super) struct Undo<'a> {
    work: Option<Box<dyn FnOnce() -> Result<(), Failure> + 'a>>,
}

impl<'a> Undo<'a> {
    /// Remembers what will have to be done.
    pub(super) fn by(work: impl FnOnce() -> Result<(), Failure> + 'a) -> Self {
        Self { work: Some(Box::new(work)) }
    }

    /// Does it now, and says whether it worked.
    pub(super) fn now(mut self) -> Result<(), Failure> {
        self.work.take().map_or(Ok(()), |work| work())
    }
}

impl Drop for Undo<'_> {
    fn drop(&mut self) {
        // The failure that ended the check is the one to tell; a world that stays broken shows in the next check.
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
    fn it_is_done_once_whichever_way_the_check_ends() {
        let done = Cell::new(0);
        let count = || {
            done.set(done.get() + 1);
            Ok(())
        };
        drop(Undo::by(count));
        assert_eq!(done.get(), 1);
        Undo::by(count).now().unwrap();
        assert_eq!(done.get(), 2);
    }
}
