//! SQL of the secrets of links in mails, found by their fingerprint.

use crate::{
    db::{DistributionKey, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::time::Timestamp;
use futures::{FutureExt as _, TryFutureExt as _};
use serde_json::Value;

/// A stored token.
#[derive(Debug, Clone)]
pub(crate) struct TokenRow {
    /// In lower case.
    pub(crate) email: String,
    pub(crate) payload: Value,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// A token to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewToken<'a> {
    pub(crate) fingerprint: &'a str,
    pub(crate) purpose: &'a str,
    /// In lower case.
    pub(crate) email: &'a str,
    pub(crate) payload: &'a Value,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn insert(store: &Store, token: NewToken<'_>, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO account_tokens (fingerprint, purpose, email, payload, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        token.fingerprint,
        token.purpose,
        token.email,
        token.payload,
        instant(now),
        instant(token.expires_at),
    );
    store.of(DistributionKey::Session(token.fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The token of a fingerprint for a purpose, also one that was used or is expired.
pub(crate) async fn find(store: &Store, fingerprint: &str, purpose: &str) -> Result<Option<TokenRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT email, payload, expires_at, used_at FROM account_tokens WHERE fingerprint = $1 AND purpose = $2",
        fingerprint,
        purpose,
    );
    let row = store.of(DistributionKey::Session(fingerprint)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| TokenRow {
        email: row.email,
        payload: row.payload,
        expires_at: timestamp(row.expires_at),
        used_at: row.used_at.map(timestamp),
    }))
}

/// Marks a valid token as used; false when it was used already, is expired or does not exist. One statement, so that of
/// two requests at the same time one succeeds.
pub(crate) async fn claim(
    store: &Store,
    fingerprint: &str,
    purpose: &str,
    now: Timestamp,
) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "UPDATE account_tokens SET used_at = $3
         WHERE fingerprint = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3",
        fingerprint,
        purpose,
        instant(now),
    );
    let done = store
        .of(DistributionKey::Session(fingerprint))
        .write(|db| statement.execute(db).boxed())
        .await?
        .rows_affected();
    Ok(done == 1)
}

/// Makes a token usable again whose work failed.
pub(crate) async fn release(store: &Store, fingerprint: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("UPDATE account_tokens SET used_at = NULL WHERE fingerprint = $1", fingerprint);
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
