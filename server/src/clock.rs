//! What time it is: the one place that asks the machine, so that tests can say it instead.

use app::domain::time::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A source of instants.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    fixed: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands until it is set.
    pub fn fixed(at: Timestamp) -> Self {
        Self { fixed: Some(Arc::new(AtomicI64::new(at.millis()))) }
    }

    /// Sets a clock that stands; the machine's clock is left alone.
    pub fn set(&self, at: Timestamp) {
        if let Some(fixed) = &self.fixed {
            fixed.store(at.millis(), Ordering::Relaxed);
        }
    }

    /// The instant.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(match &self.fixed {
            Some(fixed) => fixed.load(Ordering::Relaxed),
            None => jiff::Timestamp::now().as_millisecond(),
        })
    }
}
