//! How a long command speaks: a line for each step, with its seconds.

use crate::error::WorldError;
use std::{io::Write as _, time::Instant};

/// Does a step and tells how long it took.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T, WorldError>) -> Result<T, WorldError> {
    let began = Instant::now();
    say(&format!("… {title}"));
    let done = work();
    let sign = if done.is_ok() { '✓' } else { '✗' };
    say(&format!("{sign} {title} ({:.1} s)", began.elapsed().as_secs_f32()));
    done
}

/// Prints a line. Where nobody listens any more, the work goes on.
pub fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
