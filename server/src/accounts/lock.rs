//! When earlier sign-in attempts lock, and for how long.

use crate::queries::sign_ins::Tries;
use app::domain::{error::AppError, time::Timestamp};

/// Failures without a lock.
pub const FREE_FAILURES: i32 = 5;
/// Longest lock, in minutes; the first one is one minute, and each doubles.
const LONGEST_LOCK_MINUTES: i64 = 15;
/// Failures from which the longest lock applies.
const LONGEST_FROM: i32 = FREE_FAILURES + 4;
/// Attempts expire after this time without another one.
pub const REMEMBERED_MINUTES: i64 = 24 * 60;
/// Clock skew between servers: an attempt counted by another server a moment ago must not lock.
const SKEW_MINUTES: i64 = 10;

/// The attempts with one more, unless they lock.
pub fn one_more(before: Option<Tries>, now: Timestamp) -> Result<Tries, Tries> {
    match before.filter(|before| before.at > now.plus_minutes(-REMEMBERED_MINUTES)) {
        None => Ok(Tries { failures: 1, at: now }),
        Some(before) if locked_until(before).is_some_and(|until| until > now) => Err(before),
        Some(before) => Ok(Tries { failures: before.failures.saturating_add(1), at: now }),
    }
}

fn locked_until(tries: Tries) -> Option<Timestamp> {
    lock_minutes(tries.failures).map(|minutes| tries.at.plus_minutes(minutes))
}

/// Duration of the lock after a number of failures.
fn lock_minutes(failures: i32) -> Option<i64> {
    let doublings = u32::try_from(failures.checked_sub(FREE_FAILURES)?).ok()?;
    Some(1i64.checked_shl(doublings.min(8)).unwrap_or(LONGEST_LOCK_MINUTES).min(LONGEST_LOCK_MINUTES))
}

/// For each number of failures, the latest instant of the last one at which the next attempt is allowed.
pub fn over(now: Timestamp) -> Vec<Timestamp> {
    (0..=LONGEST_FROM)
        .map(|failures| now.plus_minutes(lock_minutes(failures).map_or(SKEW_MINUTES, |lock| -lock)))
        .collect()
}

pub fn too_many(tries: Tries, now: Timestamp) -> AppError {
    let until = locked_until(tries).unwrap_or(now);
    let seconds = (until.millis() - now.millis()).max(1000) / 1000;
    AppError::TooMany { retry_after: u32::try_from(seconds).unwrap_or(60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(failures: i32) -> Tries {
        Tries { failures, at: Timestamp::from_millis(0) }
    }

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let minutes =
            |failures| locked_until(tries(failures)).map(|until| Timestamp::from_millis(0).minutes_until(until));
        assert_eq!(minutes(4), None);
        assert_eq!((minutes(5), minutes(6), minutes(8)), (Some(1), Some(2), Some(8)));
        assert_eq!((minutes(9), minutes(1_000)), (Some(15), Some(15)));
        assert_eq!((minutes(i32::MAX), minutes(i32::MIN)), (Some(15), None));
    }

    #[test]
    fn the_database_and_this_process_lock_alike() {
        let now = Timestamp::from_millis(1_795_194_000_000);
        let over = over(now);
        for failures in 0..20 {
            let bound = over[usize::try_from(failures).unwrap().min(over.len() - 1)];
            for minutes in 0..20 {
                let before = Tries { failures, at: now.plus_minutes(-minutes) };
                assert_eq!(one_more(Some(before), now).is_ok(), before.at <= bound, "{failures} {minutes}");
            }
        }
    }

    #[test]
    fn tries_are_forgotten_after_a_day() {
        let day = Timestamp::from_millis(0).plus_minutes(REMEMBERED_MINUTES);
        assert_eq!(one_more(Some(tries(50)), day), Ok(Tries { failures: 1, at: day }));
        assert_eq!(one_more(Some(tries(50)), day.plus_minutes(-1)).unwrap().failures, 51);
    }
}
