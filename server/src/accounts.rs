//! People with accounts: registration, sign-in with a password or a passkey, reset, and sessions of which the database stores only the
//! secret's SHA-256.

mod address;
mod confirmation;
pub(crate) mod devices;
mod invited;
pub(crate) mod lock;
mod mail_limits;
mod mails;
mod opening;
pub mod passkeys;
mod password_rules;
mod passwords;
mod profile;
mod proof;
mod registration;
mod reset;
mod secrets;
pub(crate) mod sessions;
pub(crate) mod sweeper;
mod teams;
pub(crate) mod tenant_secret;
mod tokens;
mod tries;

pub use address::{confirm_address, request_address};
pub use confirmation::{Confirmation, begin_confirmation, confirm};
pub use invited::invited;
pub use passwords::hash;
pub(crate) use profile::ago;
pub use profile::{change_password, end_other_sessions, end_session, rename, view};
pub use proof::Proof;
pub use registration::{Registration, Way, register};
pub use reset::{forgot, reset};
pub(crate) use secrets::fingerprint_of;
pub use secrets::mint;
pub use sessions::Sessions;
pub use sweeper::sweep;

use crate::{
    accounts::{
        sessions::SignedIn,
        tries::{Counted, Ledger},
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{
        people,
        staff::{self as stored, Account},
    },
};
use app::{
    domain::{error::AppError, time::Timestamp},
    services::{Client, LinkPurpose, LinkView, Staff},
};
use std::{net::IpAddr, sync::Arc};

/// Lifetime of a session in minutes, used or not. There is no idle timeout: a kitchen screen stays open for a whole
/// shift without being touched, and must not be locked when the next order comes in.
const SESSION_MINUTES: i64 = 12 * 60;
/// Precision of a session's last use, in minutes; saves a write per request.
const SEEN_MINUTES: i64 = 10;

/// Opens a session and returns the secret for the cookie.
///
/// The attempt is counted before the password is checked, and uncounted when it is correct, so that parallel guesses
/// count like sequential ones.
pub async fn sign_in(
    context: &AppContext,
    email: &str,
    password: &str,
    from: impl Into<Client>,
) -> Result<String, ServerError> {
    let (email, from, now) = (email.trim().to_lowercase(), from.into(), context.clock.now());
    // The same error for a wrong password and an unknown address.
    let refused =
        || AppError::invalid("password", "sign_in", "E-mail and password do not match. Check both and try again.");
    let (account, counted) = verify(context, &email, password, from.address, now).await?.ok_or_else(refused)?;
    let person = opening::person(context, &email, &account, now).await?;
    if let Some(person) = &person
        && opening::is_left_over(context, &email, &account, person).await?
    {
        return Err(refused().into());
    }
    counted.reset_failures(context).await?;
    let sessions_from = person.map(|person| person.sessions_from);
    opening::open(context, account.id, &account.name, sessions_from, &from.device, now).await
}

/// The account of an address, if the password is correct, with the attempt that was counted.
async fn verify(
    context: &AppContext,
    email: &str,
    password: &str,
    from: IpAddr,
    now: Timestamp,
) -> Result<Option<(Account, Counted)>, ServerError> {
    let (account, source) =
        context.store.primary_or_replica(|source| stored::account(&context.store, source, email)).await?;
    let ledger = if account.is_some() && source == ReadFrom::Leader { Ledger::Account } else { Ledger::Process };
    let counted = tries::count(context, email, from, ledger, now).await?;
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
    Ok(account.filter(|_| right).map(|account| (account, counted)))
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
    let staff = stored::end(&context.store, &fingerprint).await?;
    context.sessions.forget(&fingerprint).await;
    if let Some(staff) = staff
        && let Err(error) = people::unlist(&context.store, staff, &fingerprint).await
    {
        tracing::warn!(%error, "ended session stays in the list of its person");
    }
    Ok(())
}

/// The address and the name that a link of a mail is for.
///
/// `registration` is the secret of the browser that registered: another one is asked for the password or the passkey, so that
/// an account of a stranger's choice is not confirmed by mistake.
pub async fn link(
    context: &AppContext,
    purpose: LinkPurpose,
    secret: &str,
    registration: Option<&str>,
) -> Result<LinkView, ServerError> {
    match purpose {
        LinkPurpose::Register => confirmation::link(context, secret, registration).await,
        LinkPurpose::Reset => reset::link(context, secret).await,
        LinkPurpose::ChangeEmail => address::link(context, secret).await,
    }
}

async fn read(context: &AppContext, fingerprint: &str, now: Timestamp) -> Result<Option<Arc<SignedIn>>, ServerError> {
    let Some(session) = stored::session(&context.store, fingerprint).await? else { return Ok(None) };
    if session.expires_at <= now {
        stored::end(&context.store, fingerprint).await?;
        return Ok(None);
    }
    let at_work = |source| stored::at_work(&context.store, source, session.staff);
    let (person, _) = context.store.primary_or_replica(at_work).await?;
    if person.sessions_from.is_some_and(|from| session.created_at < from) {
        stored::end(&context.store, fingerprint).await?;
        return Ok(None);
    }
    if session.seen_at.plus_minutes(SEEN_MINUTES) <= now {
        stored::seen(&context.store, fingerprint, now).await?;
    }
    let name = person.name.unwrap_or(session.name);
    let staff = Staff { id: session.staff, name, restaurants: person.restaurants };
    Ok(Some(Arc::new(SignedIn { staff, expires_at: session.expires_at })))
}
