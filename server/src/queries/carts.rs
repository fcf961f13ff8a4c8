//! SQL of carts and slot loads.

mod written;

pub(crate) use written::Unread;

use crate::{
    db::{ReadFrom, Store, instant, timestamp},
    error::ServerError,
};
use app::domain::{
    cart::CartLine,
    id::{RestaurantId, VisitorId},
    order::Due,
    terms::ServiceMode,
    time::Timestamp,
};
use futures::FutureExt as _;
use sqlx::types::Json;
use uuid::Uuid;

#[derive(Debug, Clone, Default)]
pub(crate) struct StoredCart {
    pub(crate) mode: String,
    pub(crate) lines: Vec<CartLine>,
    /// Lines that cannot be decoded; stored again unchanged.
    pub(crate) unread: Vec<Unread>,
    /// The ids of its latest changes, newest last.
    pub(crate) changes: Vec<Uuid>,
    /// Increases with each change; 0 is a cart that is not stored yet.
    pub(crate) revision: i64,
    /// The requested time; none for ASAP.
    pub(crate) due_at: Option<Timestamp>,
    /// The table whose code its guest opened, and when.
    pub(crate) table: Option<(String, Timestamp)>,
}

impl StoredCart {
    pub(crate) fn due(&self) -> Due {
        self.due_at.map_or(Due::Asap, Due::At)
    }
}

/// A visitor's cart at a restaurant.
pub(crate) async fn find(
    store: &Store,
    restaurant: RestaurantId,
    visitor: VisitorId,
) -> Result<Option<StoredCart>, ServerError> {
    let statement = sqlx::query!(
        "SELECT mode, lines, changes, revision, CASE WHEN due_revision = revision THEN due_at END AS due_at,
             table_name, table_at
         FROM carts WHERE restaurant_id = $1 AND visitor_id = $2",
        restaurant.uuid(),
        visitor.uuid(),
    );
    let row = store.of(restaurant).read(|db| statement.fetch_optional(db).boxed()).await?;
    let Some(row) = row else { return Ok(None) };
    let (lines, torn) = written::read(row.lines);
    // The visitor's id gives access to the cart, so the log contains the line's id.
    for (unread, why) in &torn {
        store.unreadable().tell(restaurant, unread.id.uuid(), why);
    }
    Ok(Some(StoredCart {
        mode: row.mode,
        lines,
        unread: torn.into_iter().map(|(unread, _)| unread).collect(),
        changes: row.changes.unwrap_or_default(),
        revision: row.revision,
        due_at: row.due_at.map(timestamp),
        table: row.table_name.zip(row.table_at.map(timestamp)),
    }))
}

/// Stores a cart in place of the revision it was made from; false when that is not current any more.
///
/// A cart that its order emptied in between is not restored.
pub(crate) async fn replace(
    store: &Store,
    restaurant: RestaurantId,
    visitor: VisitorId,
    cart: &StoredCart,
    now: Timestamp,
) -> Result<bool, ServerError> {
    let lines = Json(written::all(&cart.lines, &cart.unread));
    let (table, table_at) = cart.table.as_ref().map(|(table, at)| (table.as_str(), instant(*at))).unzip();
    let done = if cart.revision == 0 {
        let insert = sqlx::query!(
            "INSERT INTO carts
                 (restaurant_id, visitor_id, mode, lines, changes, revision, updated_at, due_at, due_revision,
                  table_name, table_at)
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7, 1, $8, $9)
             ON CONFLICT (restaurant_id, visitor_id) DO NOTHING",
            restaurant.uuid(),
            visitor.uuid(),
            cart.mode,
            lines as _,
            &cart.changes,
            instant(now),
            cart.due_at.map(instant),
            table,
            table_at,
        );
        store.of(restaurant).write(|db| insert.execute(db).boxed()).await?
    } else {
        let update = sqlx::query!(
            "UPDATE carts SET mode = $4, lines = $5, changes = $6, revision = revision + 1, updated_at = $7,
                 due_at = $8, due_revision = revision + 1, table_name = $9, table_at = $10
             WHERE restaurant_id = $1 AND visitor_id = $2 AND revision = $3",
            restaurant.uuid(),
            visitor.uuid(),
            cart.revision,
            cart.mode,
            lines as _,
            &cart.changes,
            instant(now),
            cart.due_at.map(instant),
            table,
            table_at,
        );
        store.of(restaurant).write(|db| update.execute(db).boxed()).await?
    };
    Ok(done.rows_affected() == 1)
}

/// The orders per slot, from an instant on.
pub(crate) async fn loads(
    store: &Store,
    source: ReadFrom,
    restaurant: RestaurantId,
    from: Timestamp,
) -> Result<Vec<(ServiceMode, Timestamp, u32)>, ServerError> {
    let statement = sqlx::query!(
        "SELECT mode, slot_at, taken FROM slot_loads WHERE restaurant_id = $1 AND slot_at >= $2",
        restaurant.uuid(),
        instant(from),
    );
    let rows = store.of(restaurant).from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    let loads = rows.into_iter().filter_map(|row| {
        Some((ServiceMode::from_code(&row.mode)?, timestamp(row.slot_at), u32::try_from(row.taken).ok()?))
    });
    Ok(loads.collect())
}
