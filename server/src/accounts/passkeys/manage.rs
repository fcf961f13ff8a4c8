//! The passkeys of a signed-in person: adding, renaming and removing them. Like a change of the password, adding and removing
//! needs a proof, ends all other sessions and is told by mail.

use crate::{
    accounts::{
        mails, opening,
        passkeys::{Challenge, PasskeyResponse, Purpose, begin_with, new, registered},
        passwords,
        proof::{self, Proof},
    },
    context::AppContext,
    db::DistributionKey,
    error::ServerError,
    mail::queue,
    queries::passkeys as stored,
};
use app::{
    domain::{error::AppError, text},
    forms::fields,
    services::{Client, Origin, Staff},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Passkeys of one person.
const MOST: usize = 20;
/// Characters of a name.
const LONGEST_NAME: usize = 80;

/// Stores the challenge of a proof by one of the person's passkeys. `session` is the secret of this session.
pub async fn begin_proof(context: &AppContext, staff: &Staff, session: &str) -> Result<Challenge, ServerError> {
    let passkeys = stored::list(&context.store, staff.id).await?;
    if passkeys.is_empty() {
        return Err(AppError::conflict("no_passkey", "You have no passkey. Use your password.").into());
    }
    let ids: Vec<_> = passkeys.into_iter().map(|passkey| passkey.id).collect();
    begin_with(context, Purpose::Proof, session, staff.id.uuid(), &ids).await
}

/// Stores the challenge of a new passkey, for a person who proves that it is them.
pub async fn begin_adding(
    context: &AppContext,
    staff: &Staff,
    proof: Proof<'_>,
    session: &str,
    from: &Client,
) -> Result<Challenge, ServerError> {
    super::relying_party(context)?;
    let (email, _) = proof::authenticated(context, staff, fields::PASSKEY_PASSWORD, proof, session, from).await?;
    let passkeys = stored::list(&context.store, staff.id).await?;
    ensure_room(passkeys.len())?;
    let existing = passkeys.iter().filter_map(|passkey| URL_SAFE_NO_PAD.decode(&passkey.id).ok()).collect();
    let owner = new::Owner { id: staff.id.uuid(), email: &email, name: &staff.name };
    new::begin(context, Purpose::Add, session, owner, existing).await
}

/// Adds a passkey. Returns the secret of the session that replaces this one.
pub async fn add(
    context: &AppContext,
    staff: &Staff,
    response: PasskeyResponse<'_>,
    name: &str,
    session: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let name = checked_name(name, None)?;
    let name = if name.is_empty() { from.device.clone() } else { name };
    let (owner, passkey) = registered(context, Purpose::Add, response, session, name).await?;
    if owner != staff.id.uuid() {
        return Err(AppError::Forbidden.into());
    }
    let email = proof::person(context, staff).await?.email;
    ensure_room(stored::list(&context.store, staff.id).await?.len())?;
    if !stored::add(&context.store, staff.id, &passkey.row(context.clock.now())).await? {
        return Err(AppError::conflict("passkey_known", "This passkey is in your list already.").into());
    }
    let secret = opening::replace_all(context, staff.id, &staff.name, &from.device).await?;
    queue(context, mails::passkey_added(&email, origin)).await?;
    Ok(secret)
}

pub async fn rename(context: &AppContext, staff: &Staff, id: &str, name: &str) -> Result<(), ServerError> {
    let name = checked_name(name, Some("Enter a name, such as the device it is on."))?;
    if stored::rename(&context.store, staff.id, id, &name).await? { Ok(()) } else { Err(unknown().into()) }
}

/// Removes a passkey, unless it is the person's last way to sign in. Returns the secret of the session that replaces this one.
pub async fn remove(
    context: &AppContext,
    staff: &Staff,
    id: &str,
    proof: Proof<'_>,
    session: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let (email, account) = proof::authenticated(context, staff, fields::PASSKEY_PASSWORD, proof, session, from).await?;
    let mut tx = context.store.of(DistributionKey::Staff(staff.id)).begin().await?;
    stored::lock_person(&mut tx, staff.id).await?;
    if !passwords::is_set(&account.password_hash) && stored::count(&mut tx, staff.id).await? <= 1 {
        let words = "This passkey is your only way to sign in. Choose a password or add another passkey first.";
        return Err(AppError::conflict("last_way", words).into());
    }
    if !stored::remove(&mut tx, staff.id, id).await? {
        return Err(unknown().into());
    }
    context.store.commit(tx).await?;
    let secret = opening::replace_all(context, staff.id, &staff.name, &from.device).await?;
    queue(context, mails::passkey_removed(&email, origin)).await?;
    Ok(secret)
}

fn checked_name(name: &str, required: Option<&str>) -> Result<String, AppError> {
    let checked = text::line(fields::PASSKEY_NAME, name, LONGEST_NAME, required);
    checked.map_err(|problem| AppError::Invalid { problems: vec![problem] })
}

fn ensure_room(count: usize) -> Result<(), AppError> {
    let words = "You have 20 passkeys, which is the most. Remove one that you do not use.";
    if count < MOST { Ok(()) } else { Err(AppError::conflict("too_many_passkeys", words)) }
}

fn unknown() -> AppError {
    AppError::not_found("passkey")
}
