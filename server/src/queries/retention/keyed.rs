//! SQL of deleting rows whose time is over from tables that are not distributed by restaurant: their keys are found over all
//! shards, which fails while one node is down, and the rows are deleted key by key, on one shard each.

use crate::{
    db::{DistributionKey, Store, instant},
    error::ServerError,
};
use app::domain::{id::VisitorId, time::Timestamp};
use futures::FutureExt as _;

/// The result of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deleted {
    pub(crate) rows: u64,
    /// Whether there may be more.
    pub(crate) is_full: bool,
}

macro_rules! deleting {
    ($(#[$doc:meta])* $name:ident, $key:ident => $route:expr, $find:literal, $delete:literal) => {
        $(#[$doc])*
        pub(crate) async fn $name(store: &Store, before: Timestamp, most: i64) -> Result<Deleted, ServerError> {
            let found = sqlx::query_scalar!($find, instant(before), most);
            let keys = store.everywhere().read(|db| found.fetch_all(db).boxed()).await?;
            let is_full = i64::try_from(keys.len()).is_ok_and(|count| count == most);
            let mut rows = 0;
            for $key in &keys {
                let statement = sqlx::query!($delete, $key, instant(before));
                rows += store.of($route).write(|db| statement.execute(db).boxed()).await?.rows_affected();
            }
            Ok(Deleted { rows, is_full })
        }
    };
}

deleting!(
    /// Entries of visitors' lists.
    visitor_orders,
    visitor => DistributionKey::Visitor(VisitorId::from_uuid(*visitor)),
    "SELECT DISTINCT visitor_id FROM visitor_orders WHERE placed_at < $1 LIMIT $2",
    "DELETE FROM visitor_orders WHERE visitor_id = $1 AND placed_at < $2"
);
deleting!(
    /// Mails that were sent.
    mails,
    email => DistributionKey::Email(email),
    "SELECT DISTINCT email FROM mails WHERE sent_at < $1 LIMIT $2",
    "DELETE FROM mails WHERE email = $1 AND sent_at < $2"
);
