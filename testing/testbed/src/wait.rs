//! Polling until a condition holds.

use crate::error::TestbedError;
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Polls until `check` returns a value, with a growing pause. An error of `check` is retried; the timeout error contains the
/// last one.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut check: impl FnMut() -> Result<Option<T>, TestbedError>,
) -> Result<T, TestbedError> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        let last_error = match check() {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            Err(error) => error.to_string(),
        };
        if began.elapsed() >= limit {
            return Err(TestbedError::Timeout { what: what.to_owned(), seconds: limit.as_secs(), last_error });
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(500));
    }
}
