//! Progress output of long commands: one line for each step, with its duration.

use crate::error::TestbedError;
use std::{io::Write as _, time::Instant};

/// Runs a step and prints its duration.
pub fn step<T>(title: &str, work: impl FnOnce() -> Result<T, TestbedError>) -> Result<T, TestbedError> {
    let began = Instant::now();
    print(&format!("… {title}"));
    let result = work();
    let sign = if result.is_ok() { '✓' } else { '✗' };
    print(&format!("{sign} {title} ({:.1} s)", began.elapsed().as_secs_f32()));
    result
}

/// Prints a line. A closed standard output does not end the work.
pub fn print(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
