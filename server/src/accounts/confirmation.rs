//! Confirmation of a registration: the account, once, by the browser that registered or by what it chose to sign in with.

use crate::{
    accounts::{
        opening,
        passkeys::{self, Challenge, Purpose, begin_with, take},
        proof::Proof,
        registration::Pending,
        secrets, tokens, tries,
        tries::Ledger,
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{
        passkeys as stored_passkeys,
        people::{self, Person},
        staff::{self as stored, NewAccount},
    },
};
use app::{
    domain::{error::AppError, id::StaffId, time::Timestamp},
    forms::fields,
    services::{Asks, Client, LinkPurpose, LinkView},
};
use std::net::IpAddr;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

const PURPOSE: LinkPurpose = LinkPurpose::Register;

/// The request of a browser to confirm.
#[derive(Debug, Clone, Copy)]
pub struct Confirmation<'a> {
    /// The secret of the browser, if it registered.
    pub registration: Option<&'a str>,
    /// Needed from another browser.
    pub proof: Proof<'a>,
    /// The secret of a browser that asked for a challenge.
    pub browser: &'a str,
}

pub(super) async fn link(
    context: &AppContext,
    secret: &str,
    registration: Option<&str>,
) -> Result<LinkView, ServerError> {
    let token = tokens::find::<Pending>(context, PURPOSE, secret).await?;
    let asks = match &token.payload {
        pending if is_from(pending, registration) => Asks::Nothing,
        Pending { passkey: Some(_), .. } => Asks::Passkey,
        Pending { passkey: None, .. } => Asks::Password,
    };
    Ok(LinkView { email: token.email, name: token.payload.name, asks })
}

/// Stores the challenge of the passkey that was chosen with a link, for another browser than the one that registered.
pub async fn begin_confirmation(
    context: &AppContext,
    secret: &str,
    browser: &str,
    from: IpAddr,
) -> Result<Challenge, ServerError> {
    passkeys::count(context, from).await?;
    let token = tokens::find::<Pending>(context, PURPOSE, secret).await?;
    let passkey = token.payload.passkey.ok_or_else(|| AppError::not_found("link"))?;
    begin_with(context, Purpose::Confirm, browser, token.payload.staff, &[passkey.id]).await
}

/// Creates the account of a link, once, and opens a session.
pub async fn confirm(
    context: &AppContext,
    secret: &str,
    asked: Confirmation<'_>,
    from: &Client,
) -> Result<String, ServerError> {
    let now = context.clock.now();
    let mut token = tokens::find::<Pending>(context, PURPOSE, secret).await?;
    if !is_from(&token.payload, asked.registration) {
        check(context, &token.email, &mut token.payload, asked, from, now).await?;
    }
    tokens::claim(context, PURPOSE, &token).await?;
    let created = create(context, &token.email, &token.payload, now).await;
    tokens::settle(context, &token, created).await?;
    metrics::counter!("toast_registrations_total").increment(1);
    let id = StaffId::from_uuid(token.payload.staff);
    opening::open(context, id, &token.payload.name, None, &from.device, now).await
}

fn is_from(pending: &Pending, registration: Option<&str>) -> bool {
    let sent = registration.and_then(secrets::fingerprint);
    sent.is_some_and(|sent| sent == pending.browser)
}

/// Otherwise a stranger could register an address, and its owner would confirm an account of the stranger's.
async fn check(
    context: &AppContext,
    email: &str,
    pending: &mut Pending,
    asked: Confirmation<'_>,
    from: &Client,
    now: Timestamp,
) -> Result<(), ServerError> {
    let counted = tries::count(context, email, from.address, Ledger::Process, now).await?;
    let staff = pending.staff;
    match (&mut pending.passkey, asked.proof) {
        (None, Proof::Password(password)) => {
            let hash = Some(pending.password_hash.clone());
            if !context.sessions.passwords.verify(password, hash).await? {
                return Err(wrong_password().into());
            }
        }
        (Some(passkey), Proof::Passkey(response)) => {
            let credential: PublicKeyCredential = response.parse()?;
            let challenge =
                take::<DiscoverableAuthentication>(context, Purpose::Confirm, response.challenge, asked.browser)
                    .await?;
            if challenge.staff != staff {
                return Err(passkeys::refused().into());
            }
            passkey.credential = passkeys::verify(context, &passkey.credential, &credential, challenge.state)?;
        }
        (None, Proof::Passkey(_)) => return Err(wrong_password().into()),
        (Some(_), Proof::Password(_)) => {
            let words = "A passkey was chosen with this link. Use it, or open the link in the browser that registered.";
            return Err(AppError::invalid("", "passkey", words).into());
        }
    }
    counted.reset_failures(context).await
}

fn wrong_password() -> AppError {
    let message = "This is not the password that was chosen with this link. If you did not choose it, start again.";
    AppError::invalid(fields::PASSWORD, "wrong_password", message)
}

/// The account before the person: without the person's row it is one of the version before, which works. A passkey before
/// both, so that no account is left without a way to sign in. While the node of the person's row is down, the next sign-in with
/// a password adds it.
async fn create(context: &AppContext, email: &str, pending: &Pending, now: Timestamp) -> Result<(), ServerError> {
    let account = NewAccount { email: email.to_owned(), id: pending.staff, name: pending.name.clone() };
    let id = StaffId::from_uuid(pending.staff);
    if let Some(passkey) = &pending.passkey {
        stored_passkeys::add(&context.store, id, &passkey.row(now)).await?;
    }
    if !stored::add(&context.store, &account, &pending.password_hash).await? {
        let existing = stored::account(&context.store, ReadFrom::Leader, email).await?;
        if existing.is_none_or(|existing| existing.id != id) {
            let message = "This address has an account already. Sign in with it.";
            return Err(AppError::conflict("link_used", message).into());
        }
    }
    let person = Person { email: email.to_owned(), name: pending.name.clone(), sessions_from: now };
    match people::add(&context.store, id, &person, now).await {
        Err(error) if error.is_unavailable() && pending.passkey.is_none() => {
            tracing::warn!(%error, "person of a new account is added at the next sign-in");
            Ok(())
        }
        added => added,
    }
}
