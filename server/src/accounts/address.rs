//! Change of a person's e-mail address, confirmed from the new one.

use crate::{
    accounts::{
        mail_limits, mails,
        proof::{self, Proof},
        secrets::fingerprint_of,
        teams, tokens,
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::{
        people,
        staff::{self as stored, NewAccount},
    },
};
use app::{
    domain::{error::AppError, id::StaffId, text},
    forms::fields,
    services::{Asks, Client, LinkPurpose, LinkView, Origin, Staff},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Kept with the token, whose address is the new one.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Move {
    staff: Uuid,
    /// The address before.
    old: String,
    /// The fingerprint of the password's hash: a change of the password stops the change of the address.
    password: String,
}

/// Copies of an account whose password is changed at the same time.
const MAX_COPIES: u32 = 5;

/// Sends a link to the new address and a note to the old one.
pub async fn request_address(
    context: &AppContext,
    staff: &Staff,
    email: &str,
    proof: Proof<'_>,
    session: &str,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let email = text::email(email).map_err(|problem| AppError::Invalid { problems: vec![problem] })?.to_lowercase();
    let (old, account) = proof::authenticated(context, staff, fields::EMAIL_PASSWORD, proof, session, from).await?;
    if old == email {
        return Err(AppError::invalid(fields::EMAIL, "same", "This is your address already. Enter the new one.").into());
    }
    mail_limits::count(context, &email, from.address, context.clock.now()).await?;
    let existing = stored::account(&context.store, ReadFrom::Leader, &email).await?;
    let pending =
        Move { staff: staff.id.uuid(), old: old.clone(), password: fingerprint_of(account.password_hash.as_bytes()) };
    let secret = tokens::issue(context, LinkPurpose::ChangeEmail, &email, &pending).await?;
    match existing {
        None => queue(context, mails::confirm_new_address(&email, origin, &secret)).await?,
        Some(_) => queue(context, mails::address_taken(&email, origin)).await?,
    }
    queue(context, mails::address_changes(&old, &email, origin)).await?;
    Ok(email)
}

pub(super) async fn link(context: &AppContext, secret: &str) -> Result<LinkView, ServerError> {
    let token = tokens::find::<Move>(context, LinkPurpose::ChangeEmail, secret).await?;
    Ok(LinkView { email: token.email, name: String::new(), asks: Asks::Nothing })
}

/// Makes the address of a link the person's own.
pub async fn confirm_address(context: &AppContext, secret: &str) -> Result<(), ServerError> {
    let purpose = LinkPurpose::ChangeEmail;
    let token = tokens::find::<Move>(context, purpose, secret).await?;
    let account = stored::account(&context.store, ReadFrom::Leader, &token.payload.old).await?;
    account
        .filter(|account| fingerprint_of(account.password_hash.as_bytes()) == token.payload.password)
        .ok_or_else(gone)?;
    tokens::claim(context, purpose, &token).await?;
    let moved = relocate(context, &token.payload, &token.email).await;
    tokens::settle(context, &token, moved).await
}

/// Accounts are stored by address, so the new row is created, then the person names it, then the old row is removed. After
/// an interruption one of the two signs in: that of the address in the person's row (see `opening::is_left_over`).
async fn relocate(context: &AppContext, change: &Move, email: &str) -> Result<(), ServerError> {
    let (store, id) = (&context.store, StaffId::from_uuid(change.staff));
    for _ in 0..MAX_COPIES {
        let old = stored::account(store, ReadFrom::Leader, &change.old).await?;
        let old = old.filter(|old| old.id == id).ok_or_else(gone)?;
        let copy = NewAccount { email: email.to_owned(), id: change.staff, name: old.name.clone() };
        if !stored::add(store, &copy, &old.password_hash).await? {
            let existing = stored::account(store, ReadFrom::Leader, email).await?;
            let existing = existing.filter(|existing| existing.id == id).ok_or_else(|| {
                AppError::conflict("address_taken", "This address has an account of its own. Choose another one.")
            })?;
            // A copy of an earlier attempt, before the password was changed.
            if existing.password_hash != old.password_hash {
                stored::change_password(store, email, &existing, &old.password_hash).await?;
            }
        }
        people::change_address(store, id, email).await?;
        if stored::remove(store, &change.old, &old).await? {
            teams::follow(context, id).await;
            return Ok(());
        }
    }
    Err(ServerError::Contended)
}

fn gone() -> AppError {
    AppError::conflict(
        "link_used",
        "This link does not work any more: your address or your password was changed after it was sent.",
    )
}
