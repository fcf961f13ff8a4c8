//! SQL of memberships, which decide what a person may do where; on the shard of the person.

use crate::{
    db::{DistributionKey, Store},
    error::ServerError,
};
use app::{
    domain::{
        id::{RestaurantId, StaffId},
        role::Role,
    },
    services::Workplace,
};
use futures::{FutureExt as _, TryFutureExt as _};
use uuid::Uuid;

/// The role of a person at a restaurant, which decides what they may do.
pub(crate) async fn role_at(
    store: &Store,
    staff: StaffId,
    restaurant: RestaurantId,
) -> Result<Option<Role>, ServerError> {
    let statement = sqlx::query_scalar!(
        "SELECT role FROM staff_memberships WHERE staff_id = $1 AND restaurant_id = $2",
        staff.uuid(),
        restaurant.uuid(),
    );
    let role = store.of(DistributionKey::Staff(staff)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(role.map(|role| Role::from_code(&role).unwrap_or(Role::Kitchen)))
}

/// A person as the team of a restaurant lists them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub(crate) role: Option<Role>,
    /// Address and name; none for an account of the version before.
    pub(crate) account: Option<(String, String)>,
}

/// The role of a person at a restaurant, with the address and the name of their account.
pub(crate) async fn listed_at(store: &Store, staff: StaffId, restaurant: RestaurantId) -> Result<Listed, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT role AS "role?", '' AS "email!", '' AS "name!"
           FROM staff_memberships WHERE staff_id = $1 AND restaurant_id = $2
           UNION ALL
           SELECT NULL::text, email, name FROM staff_people WHERE staff_id = $1"#,
        staff.uuid(),
        restaurant.uuid(),
    );
    let rows = store.of(DistributionKey::Staff(staff)).read(|db| statement.fetch_all(db).boxed()).await?;
    let mut listed = Listed::default();
    for row in rows {
        match row.role {
            Some(role) => listed.role = Some(Role::from_code(&role).unwrap_or(Role::Kitchen)),
            None => listed.account = Some((row.email, row.name)),
        }
    }
    Ok(listed)
}

/// Gives a person a role at a restaurant, instead of another one they have there.
pub(crate) async fn grant(store: &Store, staff: StaffId, place: &Workplace) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_memberships (staff_id, restaurant_id, slug, restaurant_name, role)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (staff_id, restaurant_id) DO UPDATE
         SET slug = excluded.slug, restaurant_name = excluded.restaurant_name, role = excluded.role",
        staff.uuid(),
        place.restaurant.uuid(),
        place.slug,
        place.name,
        place.role.code(),
    );
    store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
}

/// Ends a person's access to a restaurant.
pub(crate) async fn revoke(store: &Store, staff: StaffId, restaurant: RestaurantId) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "DELETE FROM staff_memberships WHERE staff_id = $1 AND restaurant_id = $2",
        staff.uuid(),
        restaurant.uuid(),
    );
    store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).map_ok(drop).boxed()).await
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
