//! The account of a person whose address an invitation proved.

use crate::{
    accounts::{opening, password_rules},
    context::AppContext,
    error::ServerError,
    queries::{
        people::{self, Person},
        staff::{self as stored, NewAccount},
    },
};
use app::{
    domain::{error::AppError, id::StaffId, text},
    forms::fields,
    services::{Client, Staff},
};
use uuid::Uuid;

/// Creates an account and opens a session; returns its secret. `email` is in lower case.
pub async fn invited(
    context: &AppContext,
    email: &str,
    name: &str,
    password: &str,
    from: &Client,
) -> Result<(Staff, String), ServerError> {
    let checked_name = text::person_name(fields::NAME, name);
    let typed_name = checked_name.as_deref().unwrap_or_default();
    let checked_password = password_rules::check(fields::PASSWORD, password, typed_name, email);
    let name = match (checked_name, checked_password) {
        (Ok(name), Ok(())) => name,
        (name, password) => {
            let problems = [name.err(), password.err()].into_iter().flatten().collect();
            return Err(AppError::Invalid { problems }.into());
        }
    };
    let hash = context.sessions.passwords.hash(password).await?;
    let account = NewAccount { email: email.to_owned(), id: Uuid::now_v7(), name };
    if !stored::add(&context.store, &account, &hash).await? {
        let words = "This address has an account already. Sign in with it to accept the invitation.";
        return Err(AppError::conflict("has_account", words).into());
    }
    let (id, now, name) = (StaffId::from_uuid(account.id), context.clock.now(), account.name);
    let person = Person { email: account.email, name: name.clone(), sessions_from: now };
    people::add(&context.store, id, &person, now).await?;
    let session = opening::open(context, id, &name, None, &from.device, now).await?;
    Ok((Staff { id, name, restaurants: Vec::new() }, session))
}
