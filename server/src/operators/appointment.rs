//! Who is an operator: decided by the command line alone.

use crate::{
    context::AppContext,
    db::ReadFrom,
    error::ServerError,
    queries::{
        operators::{self, Person},
        staff,
    },
};

/// Makes the person of an account an operator, and returns their name.
pub async fn add(context: &AppContext, email: &str) -> Result<String, ServerError> {
    let person = person(context, email).await?;
    operators::appoint(&context.store, &person, context.clock.now()).await?;
    tracing::info!(operator = %person.id, "operator added");
    Ok(person.name)
}

/// Ends it, and returns their name.
pub async fn remove(context: &AppContext, email: &str) -> Result<String, ServerError> {
    let person = person(context, email).await?;
    if !operators::dismiss(&context.store, person.id).await? {
        return Err(ServerError::Broken(format!(
            "{} is not an operator; `toast operator list` shows who is",
            person.email
        )));
    }
    tracing::info!(operator = %person.id, "operator removed");
    Ok(person.name)
}

/// Addresses and names of all operators.
pub async fn all(context: &AppContext) -> Result<Vec<(String, String)>, ServerError> {
    let people = operators::all(&context.store).await?;
    Ok(people.into_iter().map(|person| (person.email, person.name)).collect())
}

async fn person(context: &AppContext, email: &str) -> Result<Person, ServerError> {
    let email = email.trim().to_lowercase();
    let account = staff::account(&context.store, ReadFrom::Leader, &email).await?;
    let account = account.ok_or_else(|| {
        ServerError::Broken(format!("no account has the address {email}; its person registers first"))
    })?;
    Ok(Person { id: account.id, email, name: account.name })
}
