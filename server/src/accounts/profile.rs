//! The account of a signed-in person: name, password, passkeys, sessions.

use crate::{
    accounts::{
        mails, opening, password_rules, passwords,
        proof::{Proof, authenticated, person},
        secrets, teams,
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::{passkeys, people, staff as stored},
};
use app::{
    domain::{error::AppError, text::person_name, time::Timestamp},
    forms::fields,
    services::{AccountView, Client, OpenSession, Origin, PasskeyView, Staff},
};

/// Address, name, ways to sign in and open sessions; `secret` is that of the session that asks.
pub async fn view(context: &AppContext, staff: &Staff, secret: &str) -> Result<AccountView, ServerError> {
    let (now, person) = (context.clock.now(), person(context, staff).await?);
    let current = secrets::fingerprint(secret).unwrap_or_default();
    let account = stored::account(&context.store, ReadFrom::Leader, &person.email).await?;
    let passkeys = passkeys::list(&context.store, staff.id).await?.into_iter().map(|passkey| PasskeyView {
        id: passkey.id,
        name: passkey.name,
        created: ago(passkey.created_at, now),
        used: passkey.used_at.map(|used| ago(used, now)),
    });
    let listed = people::sessions(&context.store, staff.id, now).await?;
    let sessions = listed.into_iter().filter(|session| session.created_at >= person.sessions_from);
    let sessions = sessions.map(|session| OpenSession {
        is_current: session.fingerprint == current,
        id: session.fingerprint,
        device: session.device,
        opened: ago(session.created_at, now),
    });
    Ok(AccountView {
        name: person.name,
        email: person.email,
        has_password: account.is_none_or(|account| passwords::is_set(&account.password_hash)),
        passkeys: passkeys.collect(),
        sessions: sessions.collect(),
    })
}

/// Changes the name that colleagues and the audit log show.
pub async fn rename(context: &AppContext, staff: &Staff, name: &str, secret: &str) -> Result<(), ServerError> {
    let name = person_name(fields::NAME, name).map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    people::rename(&context.store, staff.id, &name).await?;
    teams::follow(context, staff.id).await;
    forget_cached(context, secret).await;
    Ok(())
}

/// Changes the password, or sets the first one, ends all other sessions and tells the owner of the address. Returns the secret of the session that
/// replaces this one.
pub async fn change_password(
    context: &AppContext,
    staff: &Staff,
    current: Proof<'_>,
    password: &str,
    session: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let (email, account) = authenticated(context, staff, fields::CURRENT_PASSWORD, current, session, from).await?;
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

/// The next request reads the session again.
async fn forget_cached(context: &AppContext, secret: &str) {
    if let Some(fingerprint) = secrets::fingerprint(secret) {
        context.sessions.expire(&fingerprint).await;
    }
}

/// Time since something was done, in words.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    match at.minutes_until(now) {
        ..1 => "just now".to_owned(),
        1 => "a minute ago".to_owned(),
        minutes @ 2..60 => format!("{minutes} minutes ago"),
        60..120 => "an hour ago".to_owned(),
        minutes @ 120..1_440 => format!("{} hours ago", minutes / 60),
        1_440..2_880 => "a day ago".to_owned(),
        minutes => format!("{} days ago", minutes / 1_440),
    }
}
