//! SQL of the team of a restaurant.

use crate::{
    db::{Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, StaffId},
    role::Role,
    time::Timestamp,
};
use futures::{FutureExt as _, TryFutureExt as _};

/// A person of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRow {
    pub(crate) staff: StaffId,
    /// In lower case.
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) role: Role,
    /// Whether the membership is yet to be written.
    pub(crate) pending: bool,
}

macro_rules! member {
    ($row:expr) => {
        MemberRow {
            staff: StaffId::from_uuid($row.staff_id),
            email: $row.email,
            name: $row.name,
            // An unknown role of a later version gets the least rights.
            role: Role::from_code(&$row.role).unwrap_or(Role::Kitchen),
            pending: $row.pending,
        }
    };
}

/// The team, by name.
pub(crate) async fn members(store: &Store, restaurant: RestaurantId) -> Result<Vec<MemberRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT staff_id, email, name, role, pending FROM team_members WHERE restaurant_id = $1 ORDER BY name, staff_id",
        restaurant.uuid(),
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(|row| member!(row)).collect())
}

/// The team, locked until the end of the transaction: changes of it happen one after another.
pub(crate) async fn lock(tx: &mut Tx, restaurant: RestaurantId) -> Result<Vec<MemberRow>, ServerError> {
    let statement = sqlx::query!(
        "SELECT staff_id, email, name, role, pending FROM team_members WHERE restaurant_id = $1
         ORDER BY staff_id FOR UPDATE",
        restaurant.uuid(),
    );
    let rows = statement.fetch_all(on(tx)).await?;
    Ok(rows.into_iter().map(|row| member!(row)).collect())
}

/// Adds a person, unless they are in the team already.
pub(crate) async fn add(
    tx: &mut Tx,
    restaurant: RestaurantId,
    member: &MemberRow,
    now: Timestamp,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO team_members (restaurant_id, staff_id, email, name, role, joined_at, pending)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (restaurant_id, staff_id) DO NOTHING",
        restaurant.uuid(),
        member.staff.uuid(),
        member.email,
        member.name,
        member.role.code(),
        instant(now),
        member.pending,
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

pub(crate) async fn set_role(
    tx: &mut Tx,
    restaurant: RestaurantId,
    staff: StaffId,
    role: Role,
    pending: bool,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE team_members SET role = $3, pending = $4 WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
        role.code(),
        pending,
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Stores a person's address and name as their account has them.
pub(crate) async fn follow_account(
    store: &Store,
    restaurant: RestaurantId,
    staff: StaffId,
    email: &str,
    name: &str,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE team_members SET email = $3, name = $4 WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
        email,
        name,
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

pub(crate) async fn remove(tx: &mut Tx, restaurant: RestaurantId, staff: StaffId) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM team_members WHERE restaurant_id = $1 AND staff_id = $2",
        restaurant.uuid(),
        staff.uuid(),
    );
    statement.execute(on(tx)).await?;
    Ok(())
}

/// Stores that the membership was written with this role.
pub(crate) async fn settle(
    store: &Store,
    restaurant: RestaurantId,
    staff: StaffId,
    role: Role,
) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "UPDATE team_members SET pending = false WHERE restaurant_id = $1 AND staff_id = $2 AND role = $3 AND pending",
        restaurant.uuid(),
        staff.uuid(),
        role.code(),
    );
    store.of(restaurant).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}
