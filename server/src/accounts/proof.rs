//! The proof that a signed-in person gives before their account changes: the current password, or a passkey.

use crate::{
    accounts::{
        passkeys::{PasskeyResponse, Purpose, take, use_passkey},
        tries::{self, Ledger},
        verify,
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{
        people::{self, Person},
        staff::{self as stored, Account},
    },
};
use app::{
    domain::error::AppError,
    services::{Client, Staff},
};
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential};

/// The proof that a form brings.
#[derive(Debug, Clone, Copy)]
pub enum Proof<'a> {
    /// The current password.
    Password(&'a str),
    /// The response to a challenge of `begin_proof`.
    Passkey(PasskeyResponse<'a>),
}

/// The person's address and account, if the proof is right. Wrong ones count like those of sign-ins. `field` is that of the
/// password, `session` the secret of this session.
pub(super) async fn authenticated(
    context: &AppContext,
    staff: &Staff,
    field: &str,
    proof: Proof<'_>,
    session: &str,
    from: &Client,
) -> Result<(String, Account), ServerError> {
    let email = person(context, staff).await?.email;
    let account = match proof {
        Proof::Password(password) => with_password(context, staff, &email, field, password, from).await?,
        Proof::Passkey(response) => with_passkey(context, staff, &email, response, session, from).await?,
    };
    Ok((email, account))
}

async fn with_password(
    context: &AppContext,
    staff: &Staff,
    email: &str,
    field: &str,
    password: &str,
    from: &Client,
) -> Result<Account, ServerError> {
    let verified = verify(context, email, password, from.address, context.clock.now()).await?;
    let wrong = || AppError::invalid(field, "wrong_password", "This is not your current password. Try again.");
    let (account, counted) = verified.filter(|(account, _)| account.id == staff.id).ok_or_else(wrong)?;
    counted.reset_failures(context).await?;
    Ok(account)
}

async fn with_passkey(
    context: &AppContext,
    staff: &Staff,
    email: &str,
    response: PasskeyResponse<'_>,
    session: &str,
    from: &Client,
) -> Result<Account, ServerError> {
    let credential: PublicKeyCredential = response.parse()?;
    let challenge = take::<DiscoverableAuthentication>(context, Purpose::Proof, response.challenge, session).await?;
    if challenge.staff != staff.id.uuid() {
        return Err(AppError::Forbidden.into());
    }
    let counted = tries::count(context, email, from.address, Ledger::Account, context.clock.now()).await?;
    use_passkey(context, staff.id, &credential, challenge.state).await?;
    counted.reset_failures(context).await?;
    let account = stored::account(&context.store, ReadFrom::Leader, email).await?;
    Ok(account.filter(|account| account.id == staff.id).ok_or(AppError::Unauthenticated)?)
}

pub(super) async fn person(context: &AppContext, staff: &Staff) -> Result<Person, ServerError> {
    let person = people::person(&context.store, ReadFrom::Leader, staff.id).await?;
    let before = || AppError::conflict("sign_in_again", "Sign out and in again to change your account.");
    Ok(person.ok_or_else(before)?)
}
