//! SQL that removes what is expired, over all shards.

use crate::{
    db::{Store, instant},
    error::ServerError,
};
use app::domain::time::Timestamp;
use futures::FutureExt as _;

/// Tokens of links, with the names and password hashes of registrations that were not confirmed.
pub(crate) async fn sweep_tokens(store: &Store, now: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM account_tokens WHERE expires_at <= $1", instant(now));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Sessions that no browser showed again after they expired.
pub(crate) async fn sweep_sessions(store: &Store, now: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM sessions WHERE expires_at <= $1", instant(now));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// The same in the lists of their people.
pub(crate) async fn sweep_lists(store: &Store, now: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM staff_sessions WHERE expires_at <= $1", instant(now));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Counted attempts whose latest one was at or before an instant.
pub(crate) async fn sweep_tries(store: &Store, forgotten: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM sign_in_tries WHERE tried_at <= $1", instant(forgotten));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Shared screens that no device showed since an instant, which its secret does not survive.
pub(crate) async fn sweep_screens(store: &Store, unseen_since: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM shared_screens WHERE seen_at <= $1", instant(unseen_since));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}

/// Counted attempts at PINs whose latest one was at or before an instant.
pub(crate) async fn sweep_pin_tries(store: &Store, forgotten: Timestamp) -> Result<u64, ServerError> {
    let statement = sqlx::query!("DELETE FROM pin_tries WHERE tried_at <= $1", instant(forgotten));
    let done = store.everywhere().write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected())
}
