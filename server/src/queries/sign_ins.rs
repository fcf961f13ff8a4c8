//! SQL of tries to sign in, counted for each account and origin; all of an account lie in one shard.

use crate::{
    db::{Store, instant, nodes::Key, timestamp},
    error::ServerError,
};
use app::domain::time::Timestamp;
use futures::{FutureExt as _, TryFutureExt as _};

/// Whose tries from where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried<'a> {
    /// The account, in lower case.
    pub(crate) email: &'a str,
    /// The fingerprint of where they come from.
    pub(crate) origin: &'a str,
}

/// The tries of one account and origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tries {
    /// How many were counted.
    pub(crate) failures: i32,
    /// The latest that was counted.
    pub(crate) at: Timestamp,
}

/// Counts a try before its password is looked at, and answers how many there are now; none while earlier ones lock. One
/// statement, so that of parallel tries no more are let through than of those in a row.
///
/// `over` holds for 0, 1, 2 … failures the instant at or before which the last must lie for the next to be let through; its
/// last entry counts for all greater numbers. What was last tried at or before `forgotten` counts no more.
pub(crate) async fn count(
    store: &Store,
    tried: Tried<'_>,
    now: Timestamp,
    over: &[Timestamp],
    forgotten: Timestamp,
) -> Result<Option<i32>, ServerError> {
    let over: Vec<_> = over.iter().copied().map(instant).collect();
    let last = i32::try_from(over.len()).unwrap_or(i32::MAX);
    // A subscript and LEAST are no function calls: Citus computes neither on the coordinator.
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
    store.of(Key::Email(tried.email)).write(|db| statement.fetch_optional(db).boxed()).await
}

/// What was counted so far.
pub(crate) async fn find(store: &Store, tried: Tried<'_>) -> Result<Option<Tries>, ServerError> {
    let statement = sqlx::query!(
        "SELECT failures, tried_at FROM sign_in_tries WHERE email = $1 AND origin = $2",
        tried.email,
        tried.origin,
    );
    let row = store.of(Key::Email(tried.email)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Tries { failures: row.failures, at: timestamp(row.tried_at) }))
}

/// Gives back a try whose password was not looked at.
pub(crate) async fn give_back(store: &Store, tried: Tried<'_>) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE sign_in_tries SET failures = failures - 1 WHERE email = $1 AND origin = $2 AND failures > 0",
        tried.email,
        tried.origin,
    );
    store.of(Key::Email(tried.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Forgets the tries of an account from one origin.
pub(crate) async fn forgive(store: &Store, tried: Tried<'_>) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("DELETE FROM sign_in_tries WHERE email = $1 AND origin = $2", tried.email, tried.origin);
    store.of(Key::Email(tried.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Forgets the tries of an account, from everywhere, that were last counted at or before an instant.
pub(crate) async fn sweep(store: &Store, email: &str, forgotten: Timestamp) -> Result<(), ServerError> {
    let statement =
        sqlx::query!("DELETE FROM sign_in_tries WHERE email = $1 AND tried_at <= $2", email, instant(forgotten));
    store.of(Key::Email(email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
