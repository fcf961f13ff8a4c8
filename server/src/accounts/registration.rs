//! Registration with a password or a passkey: a mail with a link.

use crate::{
    accounts::{
        mail_limits, mails,
        passkeys::{NewPasskey, PasskeyResponse, Purpose, registered},
        password_rules, passwords, secrets, tokens,
    },
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::staff as stored,
};
use app::{
    domain::{
        error::AppError,
        problem::Problem,
        text::{self, person_name},
    },
    forms::fields,
    services::{Client, LinkPurpose, Origin},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form of the registration page.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub way: Way<'a>,
    /// A secret of [`super::mint`] whose cookie the browser gets.
    pub browser: &'a str,
}

/// How the person is going to sign in.
#[derive(Debug, Clone, Copy)]
pub enum Way<'a> {
    /// A new password.
    Password(&'a str),
    /// The response to a challenge of `begin_registration`.
    Passkey(PasskeyResponse<'a>),
}

/// Kept with the token until the address is confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Pending {
    /// Decided before the confirmation, so that one that is repeated creates the same account.
    pub(super) staff: Uuid,
    pub(super) name: String,
    pub(super) password_hash: String,
    /// The fingerprint of the browser that registered.
    pub(super) browser: String,
    /// Instead of a password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) passkey: Option<NewPasskey>,
}

/// Sends a mail to the address, and returns it in lower case. The work, and so the time, is the same whether the address
/// has an account or not: a hash or a check of a passkey, a token, a mail.
pub async fn register(
    context: &AppContext,
    form: Registration<'_>,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let (name, email) = match form.way {
        Way::Password(password) => checked(form.name, form.email, Some(password))?,
        Way::Passkey(_) => identity(form.name, form.email)?,
    };
    mail_limits::count(context, &email, from.address, context.clock.now()).await?;
    let (staff, password_hash, passkey) = match form.way {
        Way::Password(password) => (Uuid::now_v7(), context.sessions.passwords.hash(password).await?, None),
        Way::Passkey(response) => {
            let device = from.device.clone();
            let (staff, passkey) = registered(context, Purpose::Register, response, form.browser, device).await?;
            (staff, passwords::none()?, Some(passkey))
        }
    };
    let account = stored::account(&context.store, ReadFrom::Leader, &email).await?;
    if let Some(account) = account {
        let secret = super::reset::issue(context, &email, Some(&account)).await?;
        queue(context, mails::already_registered(&email, origin, &secret)).await?;
    } else {
        let browser = secrets::fingerprint(form.browser).unwrap_or_default();
        let pending = Pending { staff, name, password_hash, browser, passkey };
        let secret = tokens::issue(context, LinkPurpose::Register, &email, &pending).await?;
        queue(context, mails::confirm(&email, origin, &secret)).await?;
    }
    Ok(email)
}

/// Name and address, the latter in lower case.
pub(super) fn identity(name: &str, email: &str) -> Result<(String, String), AppError> {
    checked(name, email, None)
}

/// The same, or all problems at once; also those of a new password.
fn checked(name: &str, email: &str, password: Option<&str>) -> Result<(String, String), AppError> {
    let (name, email) = (person_name(fields::NAME, name), text::email(email));
    let (typed_name, typed_email) = (name.as_deref().unwrap_or_default(), email.as_deref().unwrap_or_default());
    let check = |password| password_rules::check(fields::PASSWORD, password, typed_name, typed_email);
    let password = password.map_or(Ok(()), check);
    match (name, email, password) {
        (Ok(name), Ok(email), Ok(())) => Ok((name, email.to_lowercase())),
        (name, email, password) => {
            let problems: Vec<Problem> = [name.err(), email.err(), password.err()].into_iter().flatten().collect();
            Err(AppError::Invalid { problems })
        }
    }
}
