//! When earlier attempts lock, and for how long.

use crate::queries::sign_ins::Tries;
use app::domain::{error::AppError, time::Timestamp};

/// Attempts expire after this time without another one.
pub const REMEMBERED_MINUTES: i64 = 24 * 60;
/// Clock skew between servers: an attempt counted by another server a moment ago must not lock.
const SKEW_MINUTES: i64 = 10;
/// Number of doublings after which every lock is the longest.
const DOUBLINGS: i32 = 6;

/// A number of attempts without a lock; after that one minute, and each lock doubles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    pub free: i32,
    /// Minutes, up to 64.
    pub longest: i64,
}

/// Sign-ins with a wrong password.
pub const SIGN_INS: Schedule = Schedule { free: 5, longest: 15 };
/// Wrong PINs of a person at a shared screen. Few digits need a longer lock than passwords.
pub const PINS: Schedule = Schedule { free: 5, longest: 60 };
/// Requests for a mail to one address.
pub const MAILS_TO_ADDRESS: Schedule = Schedule { free: 3, longest: 60 };
/// Requests for mails from one network, to any addresses.
pub const MAILS_FROM_NETWORK: Schedule = Schedule { free: 12, longest: 60 };

impl Schedule {
    /// The attempts with one more, unless they lock.
    pub fn one_more(self, before: Option<Tries>, now: Timestamp) -> Result<Tries, Tries> {
        match before.filter(|before| before.at > now.plus_minutes(-REMEMBERED_MINUTES)) {
            None => Ok(Tries { failures: 1, at: now }),
            Some(before) if self.locked_until(before).is_some_and(|until| until > now) => Err(before),
            Some(before) => Ok(Tries { failures: before.failures.saturating_add(1), at: now }),
        }
    }

    fn locked_until(self, tries: Tries) -> Option<Timestamp> {
        self.lock_minutes(tries.failures).map(|minutes| tries.at.plus_minutes(minutes))
    }

    /// Duration of the lock after a number of attempts.
    fn lock_minutes(self, failures: i32) -> Option<i64> {
        let doublings = u32::try_from(failures.checked_sub(self.free)?.min(DOUBLINGS)).ok()?;
        Some(1i64.checked_shl(doublings).unwrap_or(self.longest).min(self.longest))
    }

    /// For each number of attempts, the latest instant of the last one at which the next attempt is allowed.
    pub fn over(self, now: Timestamp) -> Vec<Timestamp> {
        (0..=self.free + DOUBLINGS)
            .map(|failures| now.plus_minutes(self.lock_minutes(failures).map_or(SKEW_MINUTES, |lock| -lock)))
            .collect()
    }

    pub fn too_many(self, tries: Tries, now: Timestamp) -> AppError {
        let until = self.locked_until(tries).unwrap_or(now);
        let seconds = (until.millis() - now.millis()).max(1000) / 1000;
        AppError::TooMany { retry_after: u32::try_from(seconds).unwrap_or(60) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(failures: i32) -> Tries {
        Tries { failures, at: Timestamp::from_millis(0) }
    }

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let minutes = |failures| {
            SIGN_INS.locked_until(tries(failures)).map(|until| Timestamp::from_millis(0).minutes_until(until))
        };
        assert_eq!(minutes(4), None);
        assert_eq!((minutes(5), minutes(6), minutes(8)), (Some(1), Some(2), Some(8)));
        assert_eq!((minutes(9), minutes(1_000)), (Some(15), Some(15)));
        assert_eq!((minutes(i32::MAX), minutes(i32::MIN)), (Some(15), None));
        let mails = |failures| MAILS_TO_ADDRESS.lock_minutes(failures);
        assert_eq!((mails(2), mails(3), mails(8), mails(9), mails(90)), (None, Some(1), Some(32), Some(60), Some(60)));
    }

    #[test]
    fn the_database_and_this_process_lock_alike() {
        let now = Timestamp::from_millis(1_795_194_000_000);
        for schedule in [SIGN_INS, PINS, MAILS_TO_ADDRESS, MAILS_FROM_NETWORK] {
            let over = schedule.over(now);
            for failures in 0..24 {
                let bound = over[usize::try_from(failures).unwrap().min(over.len() - 1)];
                for minutes in 0..70 {
                    let before = Tries { failures, at: now.plus_minutes(-minutes) };
                    let allowed = schedule.one_more(Some(before), now).is_ok();
                    assert_eq!(allowed, before.at <= bound, "{failures} {minutes}");
                }
            }
        }
    }

    #[test]
    fn tries_are_forgotten_after_a_day() {
        let day = Timestamp::from_millis(0).plus_minutes(REMEMBERED_MINUTES);
        assert_eq!(SIGN_INS.one_more(Some(tries(50)), day), Ok(Tries { failures: 1, at: day }));
        assert_eq!(SIGN_INS.one_more(Some(tries(50)), day.plus_minutes(-1)).unwrap().failures, 51);
    }
}
