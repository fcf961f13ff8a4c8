//! Waiting for something to become so.

use crate::error::WorldError;
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

/// Looks until the answer is there. An error of a look is not the end; the last one is told when time is up.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>, WorldError>,
) -> Result<T, WorldError> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        let last = match look() {
            Ok(Some(found)) => return Ok(found),
            Ok(None) => String::new(),
            Err(error) => error.to_string(),
        };
        if began.elapsed() >= limit {
            return Err(WorldError::Late { what: what.to_owned(), seconds: limit.as_secs(), last });
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(500));
    }
}
