//! Instants as histories write them: microseconds since 1970, from one clock that never steps back.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

/// Microseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Moment(pub i64);

impl Moment {
    /// This very moment. Counted on from the first call, so that a stepped clock makes no request last for ever.
    pub fn now() -> Self {
        static BEGINNING: OnceLock<(Instant, i64)> = OnceLock::new();
        let (instant, micros) = *BEGINNING.get_or_init(|| {
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            (Instant::now(), whole_micros(since))
        });
        Self(micros.saturating_add(whole_micros(instant.elapsed())))
    }

    /// So much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(whole_micros(span)))
    }

    /// How long after an earlier one; nothing when it was not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or_default())
    }
}

fn whole_micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}
