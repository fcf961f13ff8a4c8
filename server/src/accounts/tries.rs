//! Rate limit of sign-in attempts, by account and origin, counted before the password is checked.

use crate::{
    accounts::secrets,
    context::AppContext,
    error::ServerError,
    queries::sign_ins::{self, Tried, Tries},
};
use app::domain::{error::AppError, time::Timestamp};
use std::net::{IpAddr, Ipv6Addr};

/// Failures without a lock.
const FREE_FAILURES: i32 = 5;
/// Longest lock, in minutes; the first one is one minute, and each doubles.
const LONGEST_LOCK_MINUTES: i64 = 15;
/// Failures from which the longest lock applies.
const LONGEST_FROM: i32 = FREE_FAILURES + 4;
/// Attempts expire after this time without another one.
const REMEMBERED_MINUTES: i64 = 24 * 60;
/// Clock skew between servers: an attempt counted by another server a moment ago must not lock.
const SKEW_MINUTES: i64 = 10;

/// Where attempts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ledger {
    /// With the account, in the database.
    Account,
    /// In this process: the address is unknown, or its node is down.
    Process,
}

/// A counted attempt.
#[derive(Debug)]
pub struct Counted {
    email: String,
    origin: String,
    ledger: Ledger,
}

/// Counts an attempt; an error while earlier ones lock. An attempt that its client aborts stays counted.
pub async fn count(
    context: &AppContext,
    email: &str,
    from: IpAddr,
    ledger: Ledger,
    now: Timestamp,
) -> Result<Counted, ServerError> {
    let mut counted = Counted { email: email.to_owned(), origin: origin(email, from), ledger };
    let locking = match ledger {
        Ledger::Process => context.sessions.count(&counted.origin, now).await,
        Ledger::Account => match with_account(context, counted.tried(), now).await {
            // It was readable a moment ago: the node fails over and takes no writes.
            Err(error) if error.is_unavailable() => {
                counted.ledger = Ledger::Process;
                context.sessions.count(&counted.origin, now).await
            }
            locking => locking?,
        },
    };
    match locking {
        None => Ok(counted),
        Some(tries) => {
            metrics::counter!("toast_sign_ins_total", "outcome" => "locked").increment(1);
            Err(too_many(tries, now).into())
        }
    }
}

impl Counted {
    /// After a correct password.
    pub async fn reset_failures(self, context: &AppContext) -> Result<(), ServerError> {
        match self.ledger {
            Ledger::Process => context.sessions.reset_failures(&self.origin).await,
            Ledger::Account => sign_ins::reset_failures(&context.store, self.tried()).await?,
        }
        Ok(())
    }

    /// After an error before the password was checked.
    pub async fn uncount_attempt(self, context: &AppContext) -> Result<(), ServerError> {
        match self.ledger {
            Ledger::Process => context.sessions.uncount_attempt(&self.origin).await,
            Ledger::Account => sign_ins::uncount_attempt(&context.store, self.tried()).await?,
        }
        Ok(())
    }

    fn tried(&self) -> Tried<'_> {
        Tried { email: &self.email, origin: &self.origin }
    }
}

/// Counts with the account; returns the earlier attempts when they lock.
async fn with_account(context: &AppContext, tried: Tried<'_>, now: Timestamp) -> Result<Option<Tries>, ServerError> {
    let forgotten = now.plus_minutes(-REMEMBERED_MINUTES);
    match sign_ins::count(&context.store, tried, now, &over(now), forgotten).await? {
        // The first attempt from a new origin removes expired ones, so that rows do not grow with addresses.
        Some(1) => sign_ins::sweep(&context.store, tried.email, forgotten).await.map(|()| None),
        Some(_) => Ok(None),
        None => {
            Ok(Some(sign_ins::find(&context.store, tried).await?.unwrap_or(Tries { failures: FREE_FAILURES, at: now })))
        }
    }
}

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
fn over(now: Timestamp) -> Vec<Timestamp> {
    (0..=LONGEST_FROM)
        .map(|failures| now.plus_minutes(lock_minutes(failures).map_or(SKEW_MINUTES, |lock| -lock)))
        .collect()
}

fn too_many(tries: Tries, now: Timestamp) -> AppError {
    let until = locked_until(tries).unwrap_or(now);
    let seconds = (until.millis() - now.millis()).max(1000) / 1000;
    AppError::TooMany { retry_after: u32::try_from(seconds).unwrap_or(60) }
}

/// Hash of an account and a client network: the IPv4 address, or the IPv6 /64, from which one household takes its
/// addresses.
fn origin(email: &str, from: IpAddr) -> String {
    let network = match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    };
    secrets::fingerprint_of(format!("{email}\n{network}").as_bytes())
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

    #[test]
    fn an_origin_is_an_account_and_a_network() {
        let from = |address: &str| origin("ada@toast.example", address.parse().unwrap());
        assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
        assert_eq!(from("::ffff:192.0.2.1"), from("192.0.2.1"));
        assert_eq!(from("2001:db8:1:2::1"), from("2001:db8:1:2:ffff::9"));
        assert_ne!(from("2001:db8:1:2::1"), from("2001:db8:1:3::1"));
        assert_ne!(origin("bob@toast.example", "192.0.2.1".parse().unwrap()), from("192.0.2.1"));
    }
}
