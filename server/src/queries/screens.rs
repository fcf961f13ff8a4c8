//! SQL of shared screens, with who works at each.

use crate::{
    db::{Store, Tx, instant, on, timestamp},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, ScreenId, StaffId},
    role::Role,
    time::Timestamp,
};
use futures::{FutureExt as _, TryFutureExt as _};

/// A shared screen.
#[derive(Debug, Clone)]
pub(crate) struct ScreenRow {
    pub(crate) id: ScreenId,
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) idle_minutes: i32,
    pub(crate) device: String,
    pub(crate) started_by: String,
    /// The last request, to within some minutes.
    pub(crate) seen_at: Timestamp,
    pub(crate) on_duty: Option<OnDutyRow>,
}

/// The member of the team who works at a screen, unless their time there is over.
#[derive(Debug, Clone)]
pub(crate) struct OnDutyRow {
    pub(crate) staff: StaffId,
    pub(crate) name: String,
    pub(crate) since: Timestamp,
    pub(crate) acted_at: Timestamp,
}

macro_rules! screen {
    ($row:expr) => {
        ScreenRow {
            id: ScreenId::from_uuid($row.screen_id),
            name: $row.name,
            // An unknown role of a later version gets the least rights.
            role: Role::from_code(&$row.role).unwrap_or(Role::Kitchen),
            idle_minutes: $row.idle_minutes,
            device: $row.device,
            started_by: $row.started_by,
            seen_at: timestamp($row.seen_at),
            on_duty: match ($row.staff_id, $row.member, $row.staff_since, $row.acted_at) {
                (Some(staff), Some(name), Some(since), Some(acted_at)) => Some(OnDutyRow {
                    staff: StaffId::from_uuid(staff),
                    name,
                    since: timestamp(since),
                    acted_at: timestamp(acted_at),
                }),
                _ => None,
            },
        }
    };
}

/// The screen of a device with this fingerprint.
pub(crate) async fn find(
    store: &Store,
    restaurant: RestaurantId,
    screen: ScreenId,
    fingerprint: &str,
) -> Result<Option<ScreenRow>, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT s.screen_id, s.name, s.role, s.idle_minutes, s.device, s.started_by, s.seen_at, s.staff_id,
               s.staff_since, s.acted_at,
               (SELECT m.name FROM team_members m
                WHERE m.restaurant_id = $1 AND m.staff_id = s.staff_id AND NOT m.pending) AS member
           FROM shared_screens s WHERE s.restaurant_id = $1 AND s.screen_id = $2 AND s.fingerprint = $3"#,
        restaurant.uuid(),
        screen.uuid(),
        fingerprint,
    );
    let row = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| screen!(row)))
}

/// The screens of a restaurant, by name.
pub(crate) async fn list(store: &Store, restaurant: RestaurantId) -> Result<Vec<ScreenRow>, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT s.screen_id, s.name, s.role, s.idle_minutes, s.device, s.started_by, s.seen_at, s.staff_id,
               s.staff_since, s.acted_at,
               (SELECT m.name FROM team_members m
                WHERE m.restaurant_id = $1 AND m.staff_id = s.staff_id AND NOT m.pending) AS member
           FROM shared_screens s WHERE s.restaurant_id = $1 ORDER BY s.name, s.screen_id"#,
        restaurant.uuid(),
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(|row| screen!(row)).collect())
}

/// A new screen.
#[derive(Debug, Clone)]
pub(crate) struct NewRow<'a> {
    pub(crate) id: ScreenId,
    pub(crate) name: &'a str,
    pub(crate) role: Role,
    pub(crate) idle_minutes: i32,
    /// SHA-256 of the device's secret.
    pub(crate) fingerprint: &'a str,
    /// In plain words, such as `Safari on iPad`.
    pub(crate) device: &'a str,
    pub(crate) started_by: &'a str,
}

pub(crate) async fn add(
    tx: &mut Tx,
    restaurant: RestaurantId,
    new: &NewRow<'_>,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO shared_screens (
             restaurant_id, screen_id, name, role, idle_minutes, fingerprint, device, started_by, started_at, seen_at
         ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        restaurant.uuid(),
        new.id.uuid(),
        new.name,
        new.role.code(),
        new.idle_minutes,
        new.fingerprint,
        new.device,
        new.started_by,
        instant(now),
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// The names of a restaurant's screens.
pub(crate) async fn names(tx: &mut Tx, restaurant: RestaurantId) -> Result<Vec<String>, ServerError> {
    let statement = sqlx::query_scalar!("SELECT name FROM shared_screens WHERE restaurant_id = $1", restaurant.uuid());
    Ok(statement.fetch_all(on(tx)).await?)
}

/// Ends a screen, and returns its name; none when it was ended before.
pub(crate) async fn end(
    tx: &mut Tx,
    restaurant: RestaurantId,
    screen: ScreenId,
) -> Result<Option<String>, ServerError> {
    let statement = sqlx::query_scalar!(
        "DELETE FROM shared_screens WHERE restaurant_id = $1 AND screen_id = $2 RETURNING name",
        restaurant.uuid(),
        screen.uuid(),
    );
    let name = statement.fetch_optional(on(tx)).await?;
    let tries = sqlx::query!(
        "DELETE FROM pin_tries WHERE restaurant_id = $1 AND screen_id = $2",
        restaurant.uuid(),
        screen.uuid(),
    );
    tries.execute(on(tx)).await?;
    Ok(name)
}

/// Stores a request of a screen.
pub(crate) async fn seen(
    store: &Store,
    restaurant: RestaurantId,
    screen: ScreenId,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE shared_screens SET seen_at = $3 WHERE restaurant_id = $1 AND screen_id = $2",
        restaurant.uuid(),
        screen.uuid(),
        instant(now),
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Stores an action of the person who works at a screen.
pub(crate) async fn acted(
    store: &Store,
    restaurant: RestaurantId,
    screen: ScreenId,
    staff: StaffId,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE shared_screens SET acted_at = $4 WHERE restaurant_id = $1 AND screen_id = $2 AND staff_id = $3",
        restaurant.uuid(),
        screen.uuid(),
        staff.uuid(),
        instant(now),
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// A person begins to work at a screen, if their PIN is still this one; whether they do.
pub(crate) async fn begin_work(
    store: &Store,
    restaurant: RestaurantId,
    screen: ScreenId,
    (staff, hash): (StaffId, &str),
    now: Timestamp,
) -> Result<bool, ServerError> {
    let statement = sqlx::query!(
        "UPDATE shared_screens SET staff_id = $3, staff_since = $5, acted_at = $5, seen_at = $5
         WHERE restaurant_id = $1 AND screen_id = $2 AND EXISTS (
             SELECT 1 FROM pins WHERE restaurant_id = $1 AND staff_id = $3 AND hash = $4
         )",
        restaurant.uuid(),
        screen.uuid(),
        staff.uuid(),
        hash,
        instant(now),
    );
    let done = store.of(restaurant).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() == 1)
}

/// No one works at a screen any more.
pub(crate) async fn end_work(store: &Store, restaurant: RestaurantId, screen: ScreenId) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE shared_screens SET staff_id = NULL, staff_since = NULL, acted_at = NULL
         WHERE restaurant_id = $1 AND screen_id = $2",
        restaurant.uuid(),
        screen.uuid(),
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
