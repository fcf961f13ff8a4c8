//! Staff accounts: sign-in with a password, and sessions of which the database stores only the secret's SHA-256.

mod lock;
mod passwords;
mod secrets;
pub(crate) mod sessions;
mod tries;

pub use passwords::hash;
pub use sessions::Sessions;

use crate::{
    accounts::{sessions::SignedIn, tries::Ledger},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::staff::{self as stored, Account},
};
use app::{
    domain::{error::AppError, time::Timestamp},
    services::Staff,
};
use std::{
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

/// Lifetime of a session in minutes, used or not. There is no idle timeout: a kitchen screen stays open for a whole
/// shift without being touched, and must not be locked when the next order comes in.
const SESSION_MINUTES: i64 = 12 * 60;
/// Precision of a session's last use, in minutes; saves a write per request.
const SEEN_MINUTES: i64 = 10;
/// The hash of its secret decides which node stores a session. While that node is down another secret is generated,
/// at most this often: with one of two nodes down, all attempts miss with a probability of 2⁻²⁶. An attempt without a
/// response may leave a session whose secret was never sent.
const MAX_SESSION_ATTEMPTS: u32 = 26;
/// Limit on all attempts together. A node whose circuit breaker is open fails at once.
const SESSION_CREATE_TIMEOUT: Duration = Duration::from_secs(2);
/// Opens a session and returns the secret for the cookie. `from` is the client's address.
///
/// The attempt is counted before the password is checked, and uncounted when it is correct, so that parallel guesses
/// count like sequential ones.
pub async fn sign_in(context: &AppContext, email: &str, password: &str, from: IpAddr) -> Result<String, ServerError> {
    let email = email.trim().to_lowercase();
    let now = context.clock.now();
    let (account, source) =
        context.store.primary_or_replica(|source| stored::account(&context.store, source, &email)).await?;
    let ledger = if account.is_some() && source == ReadFrom::Leader { Ledger::Account } else { Ledger::Process };
    let counted = tries::count(context, &email, from, ledger, now).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let right = match context.sessions.passwords.verify(password, hash).await {
        Ok(right) => right,
        Err(error) => {
            counted.uncount_attempt(context).await?;
            return Err(error);
        }
    };
    let outcome = if right { "opened" } else { "refused" };
    metrics::counter!("toast_sign_ins_total", "outcome" => outcome).increment(1);
    match account.filter(|_| right) {
        Some(account) => {
            counted.reset_failures(context).await?;
            open(context, &account, now).await
        }
        // The same error for a wrong password and an unknown address.
        None => {
            Err(AppError::invalid("password", "sign_in", "E-mail and password do not match. Check both and try again.")
                .into())
        }
    }
}

/// The person of a session; none when it is unknown or expired.
pub async fn staff(context: &AppContext, secret: &str) -> Result<Option<Staff>, ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = context.clock.now();
    let known = context.sessions.known(&fingerprint, read(context, &fingerprint, now)).await?;
    Ok(unexpired(known, now))
}

/// Like [`staff`], read now instead of up to a few seconds ago: for streams, which outlast the session cache.
pub async fn staff_now(context: &AppContext, secret: &str) -> Result<Option<Staff>, ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = context.clock.now();
    let session = context.sessions.revalidate(&fingerprint, read(context, &fingerprint, now)).await?;
    Ok(unexpired(session, now))
}

fn unexpired(session: Option<Arc<SignedIn>>, now: Timestamp) -> Option<Staff> {
    session.filter(|session| session.expires_at > now).map(|session| session.staff.clone())
}

pub async fn sign_out(context: &AppContext, secret: &str) -> Result<(), ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(()) };
    stored::end(&context.store, &fingerprint).await?;
    context.sessions.forget(&fingerprint).await;
    Ok(())
}

async fn open(context: &AppContext, account: &Account, now: Timestamp) -> Result<String, ServerError> {
    let expires_at = now.plus_minutes(SESSION_MINUTES);
    let (begun, mut attempts) = (Instant::now(), 1..=MAX_SESSION_ATTEMPTS);
    loop {
        let (secret, fingerprint) = secrets::mint();
        match stored::open(&context.store, &fingerprint, account.id, &account.name, now, expires_at).await {
            Err(error)
                if error.is_unavailable() && begun.elapsed() < SESSION_CREATE_TIMEOUT && attempts.next().is_some() => {}
            opened => return opened.map(|()| secret),
        }
    }
}

async fn read(context: &AppContext, fingerprint: &str, now: Timestamp) -> Result<Option<Arc<SignedIn>>, ServerError> {
    let Some(session) = stored::session(&context.store, fingerprint).await? else { return Ok(None) };
    if session.expires_at <= now {
        stored::end(&context.store, fingerprint).await?;
        return Ok(None);
    }
    if session.seen_at.plus_minutes(SEEN_MINUTES) <= now {
        stored::seen(&context.store, fingerprint, now).await?;
    }
    let workplaces = |source| stored::workplaces(&context.store, source, session.staff);
    let (restaurants, _) = context.store.primary_or_replica(workplaces).await?;
    let staff = Staff { id: session.staff, name: session.name, restaurants };
    Ok(Some(Arc::new(SignedIn { staff, expires_at: session.expires_at })))
}
