//! The account of a signed-in person: name, password, sessions.

use crate::{
    accounts::{mails, opening, password_rules, secrets, teams, verify},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::{
        people::{self, Person},
        staff::{self as stored, Account},
    },
};
use app::{
    domain::{error::AppError, text::person_name, time::Timestamp},
    forms::fields,
    services::{AccountView, Client, OpenSession, Origin, Staff},
};

/// Address, name and open sessions; `secret` is that of the session that asks.
pub async fn view(context: &AppContext, staff: &Staff, secret: &str) -> Result<AccountView, ServerError> {
    let (now, person) = (context.clock.now(), person(context, staff).await?);
    let current = secrets::fingerprint(secret).unwrap_or_default();
    let listed = people::sessions(&context.store, staff.id, now).await?;
    let sessions = listed.into_iter().filter(|session| session.created_at >= person.sessions_from);
    let sessions = sessions.map(|session| OpenSession {
        is_current: session.fingerprint == current,
        id: session.fingerprint,
        device: session.device,
        opened: ago(session.created_at, now),
    });
    Ok(AccountView { name: person.name, email: person.email, sessions: sessions.collect() })
}

/// Changes the name that colleagues and the audit log show.
pub async fn rename(context: &AppContext, staff: &Staff, name: &str, secret: &str) -> Result<(), ServerError> {
    let name = person_name(fields::NAME, name).map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    people::rename(&context.store, staff.id, &name).await?;
    teams::follow(context, staff.id).await;
    forget_cached(context, secret).await;
    Ok(())
}

/// Changes the password, ends all other sessions and tells the owner of the address. Returns the secret of the session that
/// replaces this one.
pub async fn change_password(
    context: &AppContext,
    staff: &Staff,
    current: &str,
    password: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let (email, account) = authenticated(context, staff, fields::CURRENT_PASSWORD, current, from).await?;
    let rules = password_rules::check(fields::PASSWORD, password, &staff.name, &email);
    rules.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    let hash = context.sessions.passwords.hash(password).await?;
    if !stored::change_password(&context.store, &email, &account, &hash).await? {
        return Err(ServerError::Contended);
    }
    let secret = opening::replace_all(context, staff.id, &staff.name, &from.device).await?;
    queue(context, mails::password_changed(&email, origin)).await?;
    Ok(secret)
}

/// Ends all sessions but this one, which is replaced; returns the new secret.
pub async fn end_other_sessions(context: &AppContext, staff: &Staff, device: &str) -> Result<String, ServerError> {
    // Without a row, the end of the sessions could not be stored.
    person(context, staff).await?;
    opening::replace_all(context, staff.id, &staff.name, device).await
}

/// Ends one session of the person.
pub async fn end_session(context: &AppContext, staff: &Staff, fingerprint: &str) -> Result<(), ServerError> {
    let listed = people::sessions(&context.store, staff.id, context.clock.now()).await?;
    if listed.iter().any(|session| session.fingerprint == fingerprint) {
        // It leaves the list last, so that a failure can be repeated.
        stored::end(&context.store, fingerprint).await?;
        context.sessions.forget(fingerprint).await;
        people::unlist(&context.store, staff.id, fingerprint).await?;
    }
    Ok(())
}

/// The person's address and account, if the password is correct. Wrong ones count like those of sign-ins.
pub(super) async fn authenticated(
    context: &AppContext,
    staff: &Staff,
    field: &str,
    password: &str,
    from: &Client,
) -> Result<(String, Account), ServerError> {
    let email = person(context, staff).await?.email;
    let verified = verify(context, &email, password, from.address, context.clock.now()).await?;
    let wrong = || AppError::invalid(field, "wrong_password", "This is not your current password. Try again.");
    let (account, counted) = verified.filter(|(account, _)| account.id == staff.id).ok_or_else(wrong)?;
    counted.reset_failures(context).await?;
    Ok((email, account))
}

async fn person(context: &AppContext, staff: &Staff) -> Result<Person, ServerError> {
    let person = people::person(&context.store, ReadFrom::Leader, staff.id).await?;
    let before = || AppError::conflict("sign_in_again", "Sign out and in again to change your account.");
    Ok(person.ok_or_else(before)?)
}

/// The next request reads the session again.
async fn forget_cached(context: &AppContext, secret: &str) {
    if let Some(fingerprint) = secrets::fingerprint(secret) {
        context.sessions.expire(&fingerprint).await;
    }
}

/// Time since an instant, in words.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match at.minutes_until(now) {
        ..1 => "just now".to_owned(),
        1 => "a minute ago".to_owned(),
        minutes @ 2..60 => format!("{minutes} minutes ago"),
        60..120 => "an hour ago".to_owned(),
        minutes @ ..2_880 => format!("{} hours ago", minutes / 60),
        minutes => format!("{} days ago", minutes / 1_440),
    }
}
