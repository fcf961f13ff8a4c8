//! Registration: a mail with a link, and the account when its receiver confirms it.

use crate::{
    accounts::{mail_limits, mails, opening, password_rules, secrets, tokens, tries, tries::Ledger},
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    mail::queue,
    queries::{
        people::{self, Person},
        staff::{self as stored, NewAccount},
    },
};
use app::{
    domain::{
        error::AppError,
        id::StaffId,
        problem::Problem,
        text::{self, person_name},
        time::Timestamp,
    },
    forms::fields,
    services::{Client, LinkPurpose, LinkView, Origin},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form of the registration page.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    /// A new secret of [`super::mint`] whose cookie the browser gets.
    pub browser: &'a str,
}

/// Kept with the token until the address is confirmed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Pending {
    /// Decided before the confirmation, so that one that is repeated creates the same account.
    staff: Uuid,
    name: String,
    password_hash: String,
    /// The fingerprint of the browser that registered.
    browser: String,
}

/// Sends a mail to the address, and returns it in lower case. The work, and so the time, is the same whether the address
/// has an account or not: a hash, a token, a mail.
pub async fn register(
    context: &AppContext,
    form: Registration<'_>,
    from: &Client,
    origin: &Origin,
) -> Result<String, ServerError> {
    let (name, email) = checked(&form).map_err(|problems| AppError::Invalid { problems })?;
    mail_limits::count(context, &email, from.address, context.clock.now()).await?;
    let password_hash = context.sessions.passwords.hash(form.password).await?;
    let account = stored::account(&context.store, ReadFrom::Leader, &email).await?;
    if let Some(account) = account {
        let secret = super::reset::issue(context, &email, Some(&account)).await?;
        queue(context, mails::already_registered(&email, origin, &secret)).await?;
    } else {
        let browser = secrets::fingerprint(form.browser).unwrap_or_default();
        let pending = Pending { staff: Uuid::now_v7(), name, password_hash, browser };
        let secret = tokens::issue(context, LinkPurpose::Register, &email, &pending).await?;
        queue(context, mails::confirm(&email, origin, &secret)).await?;
    }
    Ok(email)
}

/// Name and address, or all problems at once.
fn checked(form: &Registration<'_>) -> Result<(String, String), Vec<Problem>> {
    let (name, email) = (person_name(fields::NAME, form.name), text::email(form.email));
    let (typed_name, typed_email) = (name.as_deref().unwrap_or_default(), email.as_deref().unwrap_or_default());
    let password = password_rules::check(fields::PASSWORD, form.password, typed_name, typed_email);
    match (name, email, password) {
        (Ok(name), Ok(email), Ok(())) => Ok((name, email.to_lowercase())),
        (name, email, password) => Err([name.err(), email.err(), password.err()].into_iter().flatten().collect()),
    }
}

pub(super) async fn link(
    context: &AppContext,
    secret: &str,
    registration: Option<&str>,
) -> Result<LinkView, ServerError> {
    let token = tokens::find::<Pending>(context, LinkPurpose::Register, secret).await?;
    let asks_password = !is_from(&token.payload, registration);
    Ok(LinkView { email: token.email, name: token.payload.name, asks_password })
}

/// Creates the account of a link, once, and opens a session.
pub async fn confirm(
    context: &AppContext,
    secret: &str,
    registration: Option<&str>,
    password: &str,
    from: &Client,
) -> Result<String, ServerError> {
    let (now, purpose) = (context.clock.now(), LinkPurpose::Register);
    let token = tokens::find::<Pending>(context, purpose, secret).await?;
    if !is_from(&token.payload, registration) {
        check_password(context, &token.email, &token.payload, password, from, now).await?;
    }
    tokens::claim(context, purpose, &token).await?;
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

async fn check_password(
    context: &AppContext,
    email: &str,
    pending: &Pending,
    password: &str,
    from: &Client,
    now: Timestamp,
) -> Result<(), ServerError> {
    let counted = tries::count(context, email, from.address, Ledger::Process, now).await?;
    if context.sessions.passwords.verify(password, Some(pending.password_hash.clone())).await? {
        return counted.reset_failures(context).await;
    }
    let message = "This is not the password that was chosen with this link. If you did not choose it, start again.";
    Err(AppError::invalid(fields::PASSWORD, "wrong_password", message).into())
}

/// The account first: without the person's row it is one of the version before, which works. While the node of that row is
/// down, the next sign-in adds it.
async fn create(context: &AppContext, email: &str, pending: &Pending, now: Timestamp) -> Result<(), ServerError> {
    let account = NewAccount { email: email.to_owned(), id: pending.staff, name: pending.name.clone() };
    let id = StaffId::from_uuid(pending.staff);
    if !stored::add(&context.store, &account, &pending.password_hash).await? {
        let existing = stored::account(&context.store, ReadFrom::Leader, email).await?;
        if existing.is_none_or(|existing| existing.id != id) {
            let message = "This address has an account already. Sign in with it.";
            return Err(AppError::conflict("link_used", message).into());
        }
    }
    let person = Person { email: email.to_owned(), name: pending.name.clone(), sessions_from: now };
    match people::add(&context.store, id, &person, now).await {
        Err(error) if error.is_unavailable() => {
            tracing::warn!(%error, "person of a new account is added at the next sign-in");
            Ok(())
        }
        added => added,
    }
}
