//! SQL of operators: who they are, and the listing of restaurants.

use crate::{
    db::{DistributionKey, Store, Tx, instant, on},
    error::ServerError,
};
use app::domain::{
    id::{RestaurantId, StaffId},
    time::Timestamp,
};
use futures::FutureExt as _;

/// The columns of a restaurant that operators see.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) contact_email: String,
    pub(crate) listing: String,
}

/// A person with an account.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: StaffId,
    /// In lower case.
    pub(crate) email: String,
    pub(crate) name: String,
}

pub(crate) async fn is_operator(store: &Store, staff: StaffId) -> Result<bool, ServerError> {
    let statement = sqlx::query_scalar!("SELECT operator FROM staff_people WHERE staff_id = $1", staff.uuid());
    let operator = store.of(DistributionKey::Staff(staff)).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(operator.unwrap_or(false))
}

/// Makes a person an operator. One without a row gets it; their sessions stay open.
pub(crate) async fn appoint(store: &Store, person: &Person, now: Timestamp) -> Result<(), ServerError> {
    let statement = sqlx::query!(
        "INSERT INTO staff_people (staff_id, email, name, operator, sessions_from, created_at)
         VALUES ($1, $2, $3, true, $4, $5) ON CONFLICT (staff_id) DO UPDATE SET operator = true",
        person.id.uuid(),
        person.email,
        person.name,
        instant(Timestamp::from_millis(0)),
        instant(now),
    );
    store.of(DistributionKey::Staff(person.id)).write(|db| statement.execute(db).boxed()).await?;
    Ok(())
}

/// Whether the person was an operator until now.
pub(crate) async fn dismiss(store: &Store, staff: StaffId) -> Result<bool, ServerError> {
    let statement =
        sqlx::query!("UPDATE staff_people SET operator = false WHERE staff_id = $1 AND operator", staff.uuid());
    let done = store.of(DistributionKey::Staff(staff)).write(|db| statement.execute(db).boxed()).await?;
    Ok(done.rows_affected() > 0)
}

/// All operators, by address. Over all shards.
pub(crate) async fn all(store: &Store) -> Result<Vec<Person>, ServerError> {
    let statement = sqlx::query!("SELECT staff_id, email, name FROM staff_people WHERE operator ORDER BY email");
    let rows = store.everywhere().read(|db| statement.fetch_all(db).boxed()).await?;
    let people =
        rows.into_iter().map(|row| Person { id: StaffId::from_uuid(row.staff_id), email: row.email, name: row.name });
    Ok(people.collect())
}

pub(crate) async fn card(store: &Store, restaurant: RestaurantId) -> Result<Option<Card>, ServerError> {
    let statement = sqlx::query_as!(
        Card,
        "SELECT slug, name, address, phone, contact_email, listing FROM restaurants WHERE restaurant_id = $1",
        restaurant.uuid(),
    );
    store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await
}

/// Restaurants whose search text contains a text without case and accents, by name. Over all shards.
pub(crate) async fn named_like(store: &Store, folded: &str, most: i64) -> Result<Vec<Card>, ServerError> {
    let statement = sqlx::query_as!(
        Card,
        "SELECT slug, name, address, phone, contact_email, listing FROM restaurants
         WHERE strpos(search_text, $1) > 0 ORDER BY name, slug LIMIT $2",
        folded,
        most,
    );
    store.everywhere().read(|db| statement.fetch_all(db).boxed()).await
}

/// Restaurants with a listing, by name. Over all shards.
pub(crate) async fn listed_as(store: &Store, listing: &str, most: i64) -> Result<Vec<Card>, ServerError> {
    let statement = sqlx::query_as!(
        Card,
        "SELECT slug, name, address, phone, contact_email, listing FROM restaurants
         WHERE listing = $1 ORDER BY name, slug LIMIT $2",
        listing,
        most,
    );
    store.everywhere().read(|db| statement.fetch_all(db).boxed()).await
}

/// Names and e-mail addresses of a restaurant's owners.
pub(crate) async fn owners(store: &Store, restaurant: RestaurantId) -> Result<Vec<(String, String)>, ServerError> {
    let statement = sqlx::query!(
        "SELECT name, email FROM team_members WHERE restaurant_id = $1 AND role = 'owner' ORDER BY email",
        restaurant.uuid(),
    );
    let rows = store.of(restaurant).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.email)).collect())
}

/// The listing, locked until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx, restaurant: RestaurantId) -> Result<Option<String>, ServerError> {
    let statement =
        sqlx::query_scalar!("SELECT listing FROM restaurants WHERE restaurant_id = $1 FOR UPDATE", restaurant.uuid(),);
    Ok(statement.fetch_optional(on(tx)).await?)
}

/// The listing before the latest suspension, and its reason.
pub(crate) async fn suspension(
    store: &Store,
    restaurant: RestaurantId,
) -> Result<Option<(String, String)>, ServerError> {
    let statement = sqlx::query!(
        r#"SELECT coalesce(before ->> 'listing', '') AS "listing!", coalesce(after ->> 'reason', '') AS "reason!"
           FROM audit_log WHERE restaurant_id = $1 AND action = 'operator.suspend'
           ORDER BY at DESC, entry_id DESC LIMIT 1"#,
        restaurant.uuid(),
    );
    let row = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    Ok(row.map(|row| (row.listing, row.reason)))
}
