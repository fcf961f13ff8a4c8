//! A forgotten password: a mail with a link, and the new password.

use crate::{
    accounts::{mail_limits, mails, opening, password_rules, secrets::fingerprint_of, tokens},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::staff::{self as stored, Account},
};
use app::{
    domain::{error::AppError, id::StaffId, text},
    forms::fields,
    services::{Asks, Client, LinkPurpose, LinkView, Origin},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Kept with the token.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Forgotten {
    staff: Uuid,
    /// The fingerprint of the hash that is replaced: a link ends with the next change of the password.
    password: String,
}

/// Sends a mail to the address, and returns it in lower case. An address without an account gets one as well: its owner
/// learns which address to try, and the work is the same.
pub async fn forgot(context: &AppContext, email: &str, from: &Client, origin: &Origin) -> Result<String, ServerError> {
    let email = text::email(email).map_err(|problem| AppError::Invalid { problems: vec![problem] })?.to_lowercase();
    mail_limits::count(context, &email, from.address, context.clock.now()).await?;
    let account = stored::account(&context.store, ReadFrom::Leader, &email).await?;
    let secret = issue(context, &email, account.as_ref()).await?;
    match account {
        Some(_) => queue(context, mails::reset(&email, origin, &secret)).await?,
        None => queue(context, mails::no_account(&email, origin)).await?,
    }
    Ok(email)
}

/// The secret of a link; without an account one that is sent to no one.
pub(super) async fn issue(context: &AppContext, email: &str, account: Option<&Account>) -> Result<String, ServerError> {
    let forgotten = Forgotten {
        staff: account.map(|account| account.id.uuid()).unwrap_or_default(),
        password: account.map(|account| fingerprint_of(account.password_hash.as_bytes())).unwrap_or_default(),
    };
    tokens::issue(context, LinkPurpose::Reset, email, &forgotten).await
}

pub(super) async fn link(context: &AppContext, secret: &str) -> Result<LinkView, ServerError> {
    let token = tokens::find::<Forgotten>(context, LinkPurpose::Reset, secret).await?;
    let account = account(context, &token.email, &token.payload).await?;
    Ok(LinkView { email: token.email, name: account.name, asks: Asks::Password })
}

/// Replaces the password, ends all sessions, opens a new one and tells the owner.
pub async fn reset(
    context: &AppContext,
    secret: &str,
    password: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let purpose = LinkPurpose::Reset;
    let token = tokens::find::<Forgotten>(context, purpose, secret).await?;
    let account = account(context, &token.email, &token.payload).await?;
    let rules = password_rules::check(fields::PASSWORD, password, &account.name, &token.email);
    rules.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    let hash = context.sessions.passwords.hash(password).await?;
    tokens::claim(context, purpose, &token).await?;
    let done = async {
        if !stored::change_password(&context.store, &token.email, &account, &hash).await? {
            return Err(outdated().into());
        }
        // An account of the version before gets its row, in which the end of its sessions is stored.
        opening::person(context, &token.email, &account, context.clock.now()).await?;
        let secret = opening::replace_all(context, account.id, &account.name, &from.device).await?;
        queue(context, mails::password_changed(&token.email, origin)).await?;
        Ok(secret)
    };
    tokens::settle(context, &token, done.await).await
}

/// The account of a link, unless its password was changed since.
async fn account(context: &AppContext, email: &str, forgotten: &Forgotten) -> Result<Account, ServerError> {
    let account = stored::account(&context.store, ReadFrom::Leader, email).await?;
    let is_same = |account: &Account| {
        account.id == StaffId::from_uuid(forgotten.staff)
            && fingerprint_of(account.password_hash.as_bytes()) == forgotten.password
    };
    Ok(account.filter(is_same).ok_or_else(outdated)?)
}

fn outdated() -> AppError {
    AppError::conflict("link_used", "This link does not work any more: the password was changed after it was sent.")
}
