//! Monotonic timestamps for histories, in microseconds since 1970.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

/// Microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Wall clock of the first call plus monotonic time since: later clock steps do not distort durations.
    pub fn now() -> Self {
        static START: OnceLock<(Instant, i64)> = OnceLock::new();
        let (instant, micros) = *START.get_or_init(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            (Instant::now(), whole_micros(since))
        });
        Self(micros.saturating_add(whole_micros(instant.elapsed())))
    }

    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(whole_micros(span)))
    }

    /// Time after `earlier`; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }
}

fn whole_micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
