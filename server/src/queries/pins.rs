//! SQL of PINs, and of attempts with wrong ones, counted by screen and person.

use crate::{
    db::{Store, Tx, instant, on, timestamp},
    error::ServerError,
    queries::sign_ins::Tries,
};
use app::domain::{
    id::{RestaurantId, ScreenId, StaffId},
    role::Role,
    time::Timestamp,
};
use futures::{FutureExt as _, TryFutureExt as _};

/// A person with a PIN.
#[derive(Debug, Clone)]
pub(crate) struct OwnerRow {
    pub(crate) staff: StaffId,
    pub(crate) name: String,
    pub(crate) role: Role,
}

/// The members of a team who have a PIN, by name.
pub(crate) async fn owners(store: &Store, restaurant: RestaurantId) -> Result<Vec<OwnerRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT m.staff_id, m.name, m.role FROM team_members m
         JOIN pins p ON p.restaurant_id = m.restaurant_id AND p.staff_id = m.staff_id
         WHERE m.restaurant_id = $1 AND NOT m.pending ORDER BY m.name, m.staff_id",
        restaurant.uuid(),
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    let owners = rows.into_iter().map(|row| OwnerRow {
        staff: StaffId::from_uuid(row.staff_id),
        name: row.name,
        role: Role::from_code(&row.role).unwrap_or(Role::Kitchen),
    });
    Ok(owners.collect())
}

/// The argon2id hash of a member's PIN.
pub(crate) async fn hash(
    store: &Store,
    restaurant: RestaurantId,
    staff: StaffId,
) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT hash FROM pins WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
    );
    store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await
}

/// When a member set their PIN; none without one.
pub(crate) async fn set_at(
    store: &Store,
    restaurant: RestaurantId,
    staff: StaffId,
) -> Result<Option<Timestamp>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT set_at FROM pins WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
    );
    let at = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(at.map(timestamp))
}

/// Sets the PIN of a person, or replaces it.
pub(crate) async fn set(
    tx: &mut Tx,
    restaurant: RestaurantId,
    staff: StaffId,
    hash: &str,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO pins (restaurant_id, staff_id, hash, set_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (restaurant_id, staff_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at",
        restaurant.uuid(),
        staff.uuid(),
        hash,
        instant(now),
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Removes the PIN of a person, their attempts, and them from every screen; whether there was a PIN.
pub(crate) async fn remove(tx: &mut Tx, restaurant: RestaurantId, staff: StaffId) -> Result<bool, ServerError> {
    let pin =
        sqlx::query!("DELETE FROM pins WHERE restaurant_id = $1 AND staff_id = $2", restaurant.uuid(), staff.uuid());
    let removed = pin.execute(on(tx)).await?.rows_affected() == 1;
    forget(tx, restaurant, staff).await?;
    Ok(removed)
}

/// Removes the attempts of a person, and them from every screen.
pub(crate) async fn forget(tx: &mut Tx, restaurant: RestaurantId, staff: StaffId) -> Result<(), ServerError> {
    let tries = sqlx::query!(
        "DELETE FROM pin_tries WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
    );
    tries.execute(on(tx)).await?;
    let screens = sqlx::query!(
        "UPDATE shared_screens SET staff_id = NULL, staff_since = NULL, acted_at = NULL
         WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
    );
    screens.execute(on(tx)).await?;
    Ok(())
}

/// A person at a screen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried {
    pub(crate) restaurant: RestaurantId,
    pub(crate) screen: ScreenId,
    pub(crate) staff: StaffId,
}

/// Counts an attempt before its PIN is checked; whether it is allowed. `over` and `forgotten` are those of
/// [`sign_ins::count`](crate::queries::sign_ins::count).
pub(crate) async fn count(
    store: &Store,
    tried: Tried,
    now: Timestamp,
    over: &[Timestamp],
    forgotten: Timestamp,
) -> Result<bool, ServerError> {
    let over: Vec<_> = over.iter().copied().map(instant).collect();
    let last = i32::try_from(over.len()).unwrap_or(i32::MAX);
    let statement = sqlx::query_scalar!(
        "INSERT INTO pin_tries AS t (restaurant_id, screen_id, staff_id, failures, tried_at)
         VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (restaurant_id, screen_id, staff_id) DO UPDATE
         SET failures = CASE WHEN t.tried_at <= $7 THEN 1 ELSE t.failures + 1 END, tried_at = $4
         WHERE t.tried_at <= ($5::timestamptz[])[LEAST(t.failures + 1, $6)]
         RETURNING failures",
        tried.restaurant.uuid(),
        tried.screen.uuid(),
        tried.staff.uuid(),
        instant(now),
        &over,
        last,
        instant(forgotten),
    );
    let counted = store.of(tried.restaurant).write(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(counted.is_some())
}

/// The current count.
pub(crate) async fn tries(store: &Store, tried: Tried) -> Result<Option<Tries>, ServerError> {
    let statement = sqlx::query!(
        "SELECT failures, tried_at FROM pin_tries WHERE restaurant_id = $1 AND screen_id = $2 AND staff_id = $3",
        tried.restaurant.uuid(),
        tried.screen.uuid(),
        tried.staff.uuid(),
    );
    let row = store.of(tried.restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| Tries { failures: row.failures, at: timestamp(row.tried_at) }))
}

/// After a correct PIN.
pub(crate) async fn reset_failures(store: &Store, tried: Tried) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM pin_tries WHERE restaurant_id = $1 AND screen_id = $2 AND staff_id = $3",
        tried.restaurant.uuid(),
        tried.screen.uuid(),
        tried.staff.uuid(),
    );
    store.of(tried.restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
