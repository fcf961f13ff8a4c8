//! Secrets of links in mails: for one purpose, until a time, once.

use crate::{
    accounts::secrets,
    context::AppContext,
    error::ServerError,
    queries::account_tokens::{self as stored, NewToken, TokenRow},
};
use app::{
    domain::{error::AppError, time::Timestamp},
    services::LinkPurpose,
};
use serde::{Serialize, de::DeserializeOwned};

/// A valid token, or one that was claimed.
#[derive(Debug, Clone)]
pub(super) struct Token<T> {
    /// In lower case.
    pub(super) email: String,
    pub(super) payload: T,
    fingerprint: String,
}

/// Code in the database, and lifetime in minutes.
const fn terms(purpose: LinkPurpose) -> (&'static str, i64) {
    match purpose {
        LinkPurpose::Register => ("register", 24 * 60),
        LinkPurpose::ChangeEmail => ("change_email", 24 * 60),
        LinkPurpose::Reset => ("reset", 60),
    }
}

/// Stores a new token and returns its secret.
pub(super) async fn issue<T: Serialize>(
    context: &AppContext,
    purpose: LinkPurpose,
    email: &str,
    payload: &T,
) -> Result<String, ServerError> {
    let payload = serde_json::to_value(payload).map_err(|error| ServerError::Broken(error.to_string()))?;
    let ((code, minutes), now) = (terms(purpose), context.clock.now());
    let stored = |fingerprint: String| {
        let (store, payload) = (&context.store, &payload);
        async move {
            let token = NewToken {
                fingerprint: &fingerprint,
                purpose: code,
                email,
                payload,
                expires_at: now.plus_minutes(minutes),
            };
            stored::insert(store, token, now).await
        }
    };
    secrets::minted(stored).await.map(|(secret, _)| secret)
}

/// The token of a secret; an error when it was used, is expired, or is none of this purpose.
pub(super) async fn find<T: DeserializeOwned>(
    context: &AppContext,
    purpose: LinkPurpose,
    secret: &str,
) -> Result<Token<T>, ServerError> {
    let unknown = || AppError::not_found("link");
    let fingerprint = secrets::fingerprint(secret).ok_or_else(unknown)?;
    let row = stored::find(&context.store, &fingerprint, terms(purpose).0).await?.ok_or_else(unknown)?;
    refuse(&row, purpose, context.clock.now())?;
    let payload = serde_json::from_value(row.payload)
        .map_err(|error| ServerError::Unreadable { what: "token of a link", why: error.to_string() })?;
    Ok(Token { email: row.email, payload, fingerprint })
}

/// Marks a token as used, for the one request that may act on it.
pub(super) async fn claim<T>(context: &AppContext, purpose: LinkPurpose, token: &Token<T>) -> Result<(), ServerError> {
    let claimed = stored::claim(&context.store, &token.fingerprint, terms(purpose).0, context.clock.now()).await?;
    if claimed { Ok(()) } else { Err(used(purpose).into()) }
}

/// The result of the work that a claimed token allows. When it failed on our side, the link works again.
pub(super) async fn settle<T, R>(
    context: &AppContext,
    token: &Token<T>,
    result: Result<R, ServerError>,
) -> Result<R, ServerError> {
    if let Err(error) = &result
        && !matches!(error, ServerError::Refused(_))
        && let Err(error) = stored::release(&context.store, &token.fingerprint).await
    {
        tracing::warn!(%error, "token of a link stays used after a failure");
    }
    result
}

fn refuse(row: &TokenRow, purpose: LinkPurpose, now: Timestamp) -> Result<(), AppError> {
    if row.used_at.is_some() {
        return Err(used(purpose));
    }
    if row.expires_at <= now {
        let lifetime = if purpose == LinkPurpose::Reset { "one hour" } else { "24 hours" };
        return Err(AppError::conflict("link_expired", format!("This link is too old: it worked for {lifetime}.")));
    }
    Ok(())
}

fn used(purpose: LinkPurpose) -> AppError {
    let done = match purpose {
        LinkPurpose::Register => "your address is confirmed, and you can sign in",
        LinkPurpose::ChangeEmail => "you sign in with your new address now",
        LinkPurpose::Reset => "a new password was set with it",
    };
    AppError::conflict("link_used", format!("This link was used already: {done}."))
}
