//! SQL of staff and sessions. Each table is distributed by its lookup column, so each statement is executed by one
//! shard.

use crate::{
    db::{DistributionKey, ReadFrom, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, StaffId},
    role::Role,
    time::Timestamp,
};
use app::services::Workplace;
use futures::{FutureExt as _, TryFutureExt as _};
use uuid::Uuid;

/// An account as sign-in needs it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) id: StaffId,
    pub(crate) name: String,
    /// An argon2id hash in PHC format.
    pub(crate) password_hash: String,
}

/// An open session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) staff: StaffId,
    pub(crate) name: String,
    /// The last use, to within some minutes.
    pub(crate) seen_at: Timestamp,
    pub(crate) expires_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct NewAccount {
    /// In lower case.
    pub(crate) email: String,
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// The account of an e-mail address in lower case.
pub(crate) async fn account(store: &Store, source: ReadFrom, email: &str) -> Result<Option<Account>, ServerError> {
    let statement = sqlx::query!("SELECT staff_id, name, password_hash FROM staff_accounts WHERE email = $1", email,);
    let row =
        store.of(DistributionKey::Email(email)).from(source).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Account {
        id: StaffId::from_uuid(row.staff_id),
        name: row.name,
        password_hash: row.password_hash,
    }))
}

pub(crate) async fn open(
    store: &Store,
    fingerprint: &str,
    staff: StaffId,
    name: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO sessions (fingerprint, staff_id, staff_name, created_at, seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $4, $5)",
        fingerprint,
        staff.uuid(),
        name,
        instant(now),
        instant(expires_at),
    );
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The session of a fingerprint, also an expired one.
pub(crate) async fn session(store: &Store, fingerprint: &str) -> Result<Option<Session>, ServerError> {
    let statement = sqlx::query!(
        "SELECT staff_id, staff_name, seen_at, expires_at FROM sessions WHERE fingerprint = $1",
        fingerprint,
    );
    let row = store.of(DistributionKey::Session(fingerprint)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Session {
        staff: StaffId::from_uuid(row.staff_id),
        name: row.staff_name,
        seen_at: timestamp(row.seen_at),
        expires_at: timestamp(row.expires_at),
    }))
}

/// Stores the use of a session.
pub(crate) async fn seen(store: &Store, fingerprint: &str, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!("UPDATE sessions SET seen_at = $2 WHERE fingerprint = $1", fingerprint, instant(now));
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Ends a session.
pub(crate) async fn end(store: &Store, fingerprint: &str) -> Result<(), ServerError> {
    let statement = sqlx::query!("DELETE FROM sessions WHERE fingerprint = $1", fingerprint);
    store.of(DistributionKey::Session(fingerprint)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// The restaurants of a person, by name.
pub(crate) async fn workplaces(store: &Store, source: ReadFrom, staff: StaffId) -> Result<Vec<Workplace>, ServerError> {
    let statement = sqlx::query!(
        "SELECT restaurant_id, slug, restaurant_name, role FROM staff_memberships
         WHERE staff_id = $1 ORDER BY restaurant_name, slug",
        staff.uuid(),
    );
    let rows = store.of(DistributionKey::Staff(staff)).from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    let places = rows.into_iter().map(|row| Workplace {
        restaurant: RestaurantId::from_uuid(row.restaurant_id),
        slug: row.slug,
        name: row.restaurant_name,
        // An unknown role of a later version gets the least rights.
        role: Role::from_code(&row.role).unwrap_or(Role::Kitchen),
    });
    Ok(places.collect())
}

/// Creates an account if there is none; with `reset`, an existing one gets the name and the password.
pub(crate) async fn employ(
    store: &Store,
    account: &NewAccount,
    password_hash: &str,
    reset: bool,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_accounts AS a (email, staff_id, name, password_hash, failures, locked_until)
         VALUES ($1, $2, $3, $4, 0, NULL)
         ON CONFLICT (email) DO UPDATE
         SET name = excluded.name, password_hash = excluded.password_hash, failures = 0, locked_until = NULL
         WHERE $5",
        account.email,
        account.id,
        account.name,
        password_hash,
        reset,
    );
    store.of(DistributionKey::Email(&account.email)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

pub(crate) async fn assign(store: &Store, staff: Uuid, place: &Workplace) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_memberships (staff_id, restaurant_id, slug, restaurant_name, role)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (staff_id, restaurant_id) DO UPDATE
         SET slug = excluded.slug, restaurant_name = excluded.restaurant_name",
        staff,
        place.restaurant.uuid(),
        place.slug,
        place.name,
        place.role.code(),
    );
    store
        .of(DistributionKey::Staff(StaffId::from_uuid(staff)))
        .write(|db| statement.execute(db).map_ok(drop).boxed())
        .await
}
