//! SQL of sign-in attempts, counted by account and origin; those of an account are on one shard.

use crate::{
    db::{DistributionKey, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::time::Timestamp;
use futures::{FutureExt as _, TryFutureExt as _};

/// An account and an origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried<'a> {
    /// In lower case.
    pub(crate) email: &'a str,
    /// The fingerprint of the client's network.
    pub(crate) origin: &'a str,
}

/// The attempts of one account and origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    pub(crate) failures: i32,
    /// The time of the latest one.
    pub(crate) at: Timestamp,
}

/// Counts an attempt before its password is checked, and returns the new number; none while earlier ones lock. One
/// statement, so that parallel attempts count like sequential ones.
///
/// `over` contains for 0, 1, 2 … failures the latest instant of the last one at which another attempt is allowed; its
/// last entry applies to all greater numbers. Attempts at or before `forgotten` do not count.
pub(crate) async fn count(
    store: &Store,
    tried: Tried<'_>,
    now: Timestamp,
    over: &[Timestamp],
    forgotten: Timestamp,
) -> Result<Option<i32>, ServerError> {
    let over: Vec<_> = over.iter().copied().map(instant).collect();
    let last = i32::try_from(over.len()).unwrap_or(i32::MAX);
    // Citus computes neither a subscript nor LEAST on the coordinator, unlike function calls.
    let statement = sqlx::query_scalar!(
        "INSERT INTO sign_in_tries AS t (email, origin, failures, tried_at)
         VALUES ($1, $2, 1, $3)
         ON CONFLICT (email, origin) DO UPDATE
         SET failures = CASE WHEN t.tried_at <= $6 THEN 1 ELSE t.failures + 1 END, tried_at = $3
         WHERE t.tried_at <= ($4::timestamptz[])[LEAST(t.failures + 1, $5)]
         RETURNING failures",
        tried.email,
        tried.origin,
        instant(now),
        &over,
        last,
        instant(forgotten),
    );
    store.of(DistributionKey::Email(tried.email)).write(|db| statement.fetch_optional(db).boxed()).await
}

/// The current count.
pub(crate) async fn find(store: &Store, tried: Tried<'_>) -> Result<Option<Tries>, ServerError> {
    let statement = sqlx::query!(
        "SELECT failures, tried_at FROM sign_in_tries WHERE email = $1 AND origin = $2",
        tried.email,
        tried.origin,
    );
    let row = store.of(DistributionKey::Email(tried.email)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Tries { failures: row.failures, at: timestamp(row.tried_at) }))
}

pub(crate) async fn uncount_attempt(store: &Store, tried: Tried<'_>) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE sign_in_tries SET failures = failures - 1 WHERE email = $1 AND origin = $2 AND failures > 0",
        tried.email,
        tried.origin,
    );
    store.of(DistributionKey::Email(tried.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

pub(crate) async fn reset_failures(store: &Store, tried: Tried<'_>) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("DELETE FROM sign_in_tries WHERE email = $1 AND origin = $2", tried.email, tried.origin);
    store.of(DistributionKey::Email(tried.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Deletes the attempts of an account, from all origins, whose latest one was at or before an instant.
pub(crate) async fn sweep(store: &Store, email: &str, forgotten: Timestamp) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("DELETE FROM sign_in_tries WHERE email = $1 AND tried_at <= $2", email, instant(forgotten));
    store.of(DistributionKey::Email(email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
