//! Staff sign in with a password and stay signed in with a secret of which only a fingerprint is kept.

mod passwords;
mod secrets;
mod sessions;

pub use passwords::hash;
pub use sessions::Sessions;

use crate::{
    backend::Toast,
    error::Fault,
    store::{
        Source,
        staff::{self as stored, Account},
    },
};
use app::{backend::Staff, error::AppError, types::time::Timestamp};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// A session ends after so long, used or not. There is no shorter end for a quiet one: a kitchen screen stays open for
/// a whole shift without being touched, and must not be locked when the next order comes in.
const SESSION_MINUTES: i64 = 12 * 60;
/// How exactly the last use of a session is known.
const SEEN_MINUTES: i64 = 10;
/// A session lies on the node that its secret draws. While that one is away another is drawn, at most so often: with one
/// node of two away, all of them miss once in 2²⁶ times. What an unanswered try left behind is a session whose secret
/// nobody has.
const DRAWS: u32 = 26;
/// Another is drawn within this time. A node that is known to be away says so at once.
const DRAWING: Duration = Duration::from_secs(2);
/// Wrong passwords before nobody may try for a while.
const FREE_FAILURES: i32 = 5;
/// The longest such while, in minutes; it begins with one and doubles.
const LONGEST_LOCK_MINUTES: i64 = 15;

/// Opens a session; the answer is the secret for the cookie.
pub async fn sign_in(toast: &Toast, email: &str, password: &str) -> Result<String, Fault> {
    let email = email.trim().to_lowercase();
    let now = toast.clock.now();
    let (account, source) = toast.store.somewhere(|source| stored::account(&toast.store, source, &email)).await?;
    let locked_until = match &account {
        Some(account) if source == Source::Leader => account.locked_until,
        Some(account) => account.locked_until.max(toast.sessions.locked_until(&email).await),
        None => toast.sessions.locked_until(&email).await,
    };
    if let Some(until) = locked_until.filter(|until| *until > now) {
        return Err(too_many(until, now).into());
    }
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = toast.sessions.passwords.verify(password, hash).await?;
    match account.filter(|_| right) {
        Some(account) => {
            if account.failures > 0 && source == Source::Leader {
                stored::forgive(&toast.store, &email).await?;
            }
            open(toast, &account, now).await
        }
        None => Err(refuse(toast, source, &email, now).await?.into()),
    }
}

/// Whose session a secret opens; none when it is unknown or over.
pub async fn staff(toast: &Toast, secret: &str) -> Result<Option<Staff>, Fault> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = toast.clock.now();
    let known = toast.sessions.known(&fingerprint, read(toast, &fingerprint, now)).await?;
    Ok(at_work(known, now))
}

/// Whose session a secret opens, asked now instead of a few seconds ago: for streams, which outlast what is remembered.
pub async fn staff_now(toast: &Toast, secret: &str) -> Result<Option<Staff>, Fault> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = toast.clock.now();
    let session = toast.sessions.renewed(&fingerprint, read(toast, &fingerprint, now)).await?;
    Ok(at_work(session, now))
}

fn at_work(session: Option<Arc<SignedIn>>, now: Timestamp) -> Option<Staff> {
    session.filter(|session| session.expires_at > now).map(|session| session.staff.clone())
}

/// Ends a session.
pub async fn sign_out(toast: &Toast, secret: &str) -> Result<(), Fault> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(()) };
    stored::end(&toast.store, &fingerprint).await?;
    toast.sessions.forget(&fingerprint).await;
    Ok(())
}

/// A session that was read, with its person.
#[derive(Debug)]
pub struct SignedIn {
    staff: Staff,
    expires_at: Timestamp,
}

async fn open(toast: &Toast, account: &Account, now: Timestamp) -> Result<String, Fault> {
    let expires_at = now.plus_minutes(SESSION_MINUTES);
    let (begun, mut draws) = (Instant::now(), 1..=DRAWS);
    loop {
        let (secret, fingerprint) = secrets::mint();
        match stored::open(&toast.store, &fingerprint, account.id, &account.name, now, expires_at).await {
            Err(fault) if fault.is_absence() && begun.elapsed() < DRAWING && draws.next().is_some() => {}
            opened => return opened.map(|()| secret),
        }
    }
}

/// The same answer to a wrong password and to an address that nobody has, also when it has been tried too often. While the
/// node of an account is away, this process counts for it.
async fn refuse(toast: &Toast, source: Source, email: &str, now: Timestamp) -> Result<AppError, Fault> {
    let failures = match source {
        Source::Leader => stored::failed(&toast.store, email).await?,
        Source::Standby => 0,
    };
    if failures == 0 {
        toast.sessions.failed(email, now).await;
    } else if let Some(until) = locked_until(failures, now) {
        stored::lock(&toast.store, email, until).await?;
    }
    Ok(AppError::invalid("password", "sign_in", "E-mail and password do not match. Check both and try again."))
}

/// Until when so many failures lock.
fn locked_until(failures: i32, now: Timestamp) -> Option<Timestamp> {
    let doublings = u32::try_from(failures.checked_sub(FREE_FAILURES)?).ok()?;
    let minutes = 1i64.checked_shl(doublings.min(8)).unwrap_or(LONGEST_LOCK_MINUTES);
    Some(now.plus_minutes(minutes.min(LONGEST_LOCK_MINUTES)))
}

fn too_many(until: Timestamp, now: Timestamp) -> AppError {
    let seconds = (until.millis() - now.millis()).max(1000) / 1000;
    AppError::TooMany { retry_after: u32::try_from(seconds).unwrap_or(60) }
}

async fn read(toast: &Toast, fingerprint: &str, now: Timestamp) -> Result<Option<Arc<SignedIn>>, Fault> {
    let Some(session) = stored::session(&toast.store, fingerprint).await? else { return Ok(None) };
    if session.expires_at <= now {
        stored::end(&toast.store, fingerprint).await?;
        return Ok(None);
    }
    if session.seen_at.plus_minutes(SEEN_MINUTES) <= now {
        stored::seen(&toast.store, fingerprint, now).await?;
    }
    let workplaces = |source| stored::workplaces(&toast.store, source, session.staff);
    let (restaurants, _) = toast.store.somewhere(workplaces).await?;
    let staff = Staff { id: session.staff, name: session.name, restaurants };
    Ok(Some(Arc::new(SignedIn { staff, expires_at: session.expires_at })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_a_quarter_of_an_hour() {
        let now = Timestamp::from_millis(0);
        let minutes = |failures| locked_until(failures, now).map(|until| now.minutes_until(until));
        assert_eq!(minutes(4), None);
        assert_eq!((minutes(5), minutes(6), minutes(8)), (Some(1), Some(2), Some(8)));
        assert_eq!((minutes(9), minutes(1_000)), (Some(15), Some(15)));
        assert_eq!((minutes(i32::MAX), minutes(i32::MIN)), (Some(15), None));
    }
}
