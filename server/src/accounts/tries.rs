//! Sign-in attempts by account and origin, counted before the password is checked.

use crate::{
    accounts::{
        lock::{REMEMBERED_MINUTES, SIGN_INS, Schedule},
        secrets,
    },
    context::AppContext,
    error::ServerError,
    queries::sign_ins::{self, Tried, Tries},
};
use app::domain::time::Timestamp;
use std::net::{IpAddr, Ipv6Addr};

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
        Ledger::Process => context.sessions.count(&counted.origin, SIGN_INS, now).await,
        Ledger::Account => match stored(context, counted.tried(), SIGN_INS, now).await {
            // It was readable a moment ago: the node fails over and takes no writes.
            Err(error) if error.is_unavailable() => {
                counted.ledger = Ledger::Process;
                context.sessions.count(&counted.origin, SIGN_INS, now).await
            }
            locking => locking?,
        },
    };
    match locking {
        None => Ok(counted),
        Some(tries) => {
            metrics::counter!("toast_sign_ins_total", "outcome" => "locked").increment(1);
            Err(SIGN_INS.too_many(tries, now).into())
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

/// Counts in the database; returns the earlier attempts when they lock.
pub(super) async fn stored(
    context: &AppContext,
    tried: Tried<'_>,
    schedule: Schedule,
    now: Timestamp,
) -> Result<Option<Tries>, ServerError> {
    let forgotten = now.plus_minutes(-REMEMBERED_MINUTES);
    match sign_ins::count(&context.store, tried, now, &schedule.over(now), forgotten).await? {
        // The first attempt from a new origin removes expired ones, so that rows do not grow with addresses.
        Some(1) => sign_ins::sweep(&context.store, tried.email, forgotten).await.map(|()| None),
        Some(_) => Ok(None),
        None => {
            let found = sign_ins::find(&context.store, tried).await?;
            Ok(Some(found.unwrap_or(Tries { failures: schedule.free, at: now })))
        }
    }
}

/// Hash of an account and a client network.
fn origin(email: &str, from: IpAddr) -> String {
    secrets::fingerprint_of(format!("{email}\n{}", network(from)).as_bytes())
}

/// A client network: the IPv4 address, or the IPv6 /64, from which one household takes its addresses.
pub(super) fn network(from: IpAddr) -> String {
    match from.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
