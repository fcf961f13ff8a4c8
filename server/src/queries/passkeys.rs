//! SQL of passkeys, on the shard of their person.

use crate::{
    db::{DistributionKey, Store, Tx, instant, on, timestamp},
    error::ServerError,
};
use app::domain::{id::StaffId, time::Timestamp};
use futures::{FutureExt as _, TryFutureExt as _};
use serde_json::Value;

/// A stored passkey.
#[derive(Debug, Clone)]
pub(crate) struct PasskeyRow {
    /// The credential id in base64url.
    pub(crate) id: String,
    pub(crate) name: String,
    /// Public key, signature counter and flags, as the library of WebAuthn writes them.
    pub(crate) credential: Value,
    pub(crate) created_at: Timestamp,
    pub(crate) used_at: Option<Timestamp>,
}

/// The passkeys of a person, the oldest first.
pub(crate) async fn list(store: &Store, staff: StaffId) -> Result<Vec<PasskeyRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT credential_id, name, credential, created_at, used_at FROM passkeys
         WHERE staff_id = $1 ORDER BY created_at, credential_id",
        staff.uuid(),
    );
    let rows = store.of(DistributionKey::Staff(staff)).read(|db| statement.fetch_all(db).boxed()).await?;
    let passkeys = rows.into_iter().map(|row| PasskeyRow {
        id: row.credential_id,
        name: row.name,
        credential: row.credential,
        created_at: timestamp(row.created_at),
        used_at: row.used_at.map(timestamp),
    });
    Ok(passkeys.collect())
}

/// Stores a passkey, unless the person has it already; returns whether it was stored.
///
/// Another person may have one with the same id: a passkey is looked up by both, and its signature checked with its own key.
pub(crate) async fn add(store: &Store, staff: StaffId, passkey: &PasskeyRow) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO passkeys (staff_id, credential_id, name, credential, created_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (staff_id, credential_id) DO NOTHING",
        staff.uuid(),
        passkey.id,
        passkey.name,
        passkey.credential,
        instant(passkey.created_at),
        passkey.used_at.map(instant),
    );
    let done = store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// Stores a use with the credential after it; false when the passkey was removed or used since it was read.
pub(crate) async fn update_use(
    store: &Store,
    staff: StaffId,
    before: &PasskeyRow,
    credential: &Value,
    now: Timestamp,
) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "UPDATE passkeys SET credential = $4, used_at = $5
         WHERE staff_id = $1 AND credential_id = $2 AND credential = $3",
        staff.uuid(),
        before.id,
        before.credential,
        credential,
        instant(now),
    );
    let done = store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// False when the person has no such passkey.
pub(crate) async fn rename(store: &Store, staff: StaffId, id: &str, name: &str) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "UPDATE passkeys SET name = $3 WHERE staff_id = $1 AND credential_id = $2",
        staff.uuid(),
        id,
        name,
    );
    let done = store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// Locks the row of a person until the end of the transaction, so that removals follow each other.
pub(crate) async fn lock_person(tx: &mut Tx, staff: StaffId) -> Result<(), ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT staff_id FROM staff_people WHERE staff_id = $1 FOR UPDATE", staff.uuid());
    statement.fetch_optional(on(tx)).map_ok(drop).await?;
    Ok(())
}

/// The number of a person's passkeys, as a transaction sees it.
pub(crate) async fn count(tx: &mut Tx, staff: StaffId) -> Result<i64, ServerError> {
    let statement =
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM passkeys WHERE staff_id = $1"#, staff.uuid());
    Ok(statement.fetch_one(on(tx)).await?)
}

/// False when the person has no such passkey.
pub(crate) async fn remove(tx: &mut Tx, staff: StaffId, id: &str) -> Result<bool, ServerError> {
    let statement = sqlx::query!("DELETE FROM passkeys WHERE staff_id = $1 AND credential_id = $2", staff.uuid(), id);
    Ok(statement.execute(on(tx)).await?.rows_affected() == 1)
}
