//! Staff sign in with a password and stay signed in with a secret of which only a fingerprint is kept.

mod passwords;
mod secrets;
mod sessions;
mod tries;

pub use passwords::hash;
pub use sessions::Sessions;

use crate::{
    accounts::tries::Ledger,
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
/// Opens a session; the answer is the secret for the cookie. `from` is where the try comes from.
///
/// The try is counted before the password is looked at, and forgotten when it turns out right: any number of parallel
/// guesses is no more than the same number in a row.
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
            counted.give_back(context).await?;
            return Err(error);
        }
    };
    let outcome = if right { "opened" } else { "refused" };
    metrics::counter!("toast_sign_ins_total", "outcome" => outcome).increment(1);
    match account.filter(|_| right) {
        Some(account) => {
            counted.forgive(context).await?;
            open(context, &account, now).await
        }
        // The same to a wrong password and to an address that nobody has.
        None => {
            Err(AppError::invalid("password", "sign_in", "E-mail and password do not match. Check both and try again.")
                .into())
        }
    }
}

/// Whose session a secret opens; none when it is unknown or over.
pub async fn staff(context: &AppContext, secret: &str) -> Result<Option<Staff>, ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = context.clock.now();
    let known = context.sessions.known(&fingerprint, read(context, &fingerprint, now)).await?;
    Ok(at_work(known, now))
}

/// Whose session a secret opens, asked now instead of a few seconds ago: for streams, which outlast what is remembered.
pub async fn staff_now(context: &AppContext, secret: &str) -> Result<Option<Staff>, ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(None) };
    let now = context.clock.now();
    let session = context.sessions.renewed(&fingerprint, read(context, &fingerprint, now)).await?;
    Ok(at_work(session, now))
}

fn at_work(session: Option<Arc<SignedIn>>, now: Timestamp) -> Option<Staff> {
    session.filter(|session| session.expires_at > now).map(|session| session.staff.clone())
}

/// Ends a session.
pub async fn sign_out(context: &AppContext, secret: &str) -> Result<(), ServerError> {
    let Some(fingerprint) = secrets::fingerprint(secret) else { return Ok(()) };
    stored::end(&context.store, &fingerprint).await?;
    context.sessions.forget(&fingerprint).await;
    Ok(())
}

/// A session that was read, with its person.
#[derive(Debug)]
pub struct SignedIn {
    staff: Staff,
    expires_at: Timestamp,
}

async fn open(context: &AppContext, account: &Account, now: Timestamp) -> Result<String, ServerError> {
    let expires_at = now.plus_minutes(SESSION_MINUTES);
    let (begun, mut draws) = (Instant::now(), 1..=DRAWS);
    loop {
        let (secret, fingerprint) = secrets::mint();
        match stored::open(&context.store, &fingerprint, account.id, &account.name, now, expires_at).await {
            Err(error) if error.is_unavailable() && begun.elapsed() < DRAWING && draws.next().is_some() => {}
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
