//! The clock: the only place that reads the system time, so that tests can set it.

use app::domain::time::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A source of the current time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<AtomicI64>>,
}

impl Clock {
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stays at an instant until it is set.
    pub fn fixed(at: Timestamp) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(at.millis()))) }
    }

    /// Sets a fixed clock; no effect on the system clock.
    pub fn set(&self, at: Timestamp) {
        if let Some(fixed) = &self.fixed {
            fixed.store(at.millis(), Ordering::Relaxed);
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(match &self.fixed {
            Some(fixed) => fixed.load(Ordering::Relaxed),
            None => jiff::Timestamp::now().as_millisecond(),
        })
    }
}
