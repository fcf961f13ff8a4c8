//! Removes personal data of guests whose time is over, in the background: from a restaurant's orders after its own number of
//! days, from all else after fixed times. Expired sessions, links and attempts are removed by `accounts::sweeper`. Several servers that do so at once, or one that stops in between, do no harm.

mod setting;

pub use setting::{keep_for, privacy};

use crate::{
    context::AppContext,
    error::ServerError,
    queries::retention::{self, Due},
};
use app::domain::time::Timestamp;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Interval of the search. Servers of one installation share the work by what is due, not by an order among them.
const POLL_INTERVAL: Duration = Duration::from_mins(10);
/// A restaurant is searched twice a day.
const CHECK_MINUTES: i64 = 12 * 60;
/// Restaurants of one search; the next one takes the rest.
const RESTAURANTS_PER_POLL: i64 = 1_000;
/// Rows of one transaction.
const BATCH: i64 = 200;
/// Keys of one search of a table that is not a restaurant's.
const KEYS: i64 = 500;
/// Such searches one after another.
const MOST_SEARCHES: usize = 20;

const DAY: i64 = 24 * 60;
/// As long as a visitor's cookie, in days.
const VISITOR_DAYS: i64 = 90;
/// Days after which sent mails are deleted.
const MAIL_DAYS: i64 = 30;

/// Searches until the server drains.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = search_loop(&context) => {}
        }
    })
}

async fn search_loop(context: &AppContext) {
    // Servers that start together do not search together.
    tokio::time::sleep(POLL_INTERVAL.mul_f64(rand::random_range(0.05..1.0))).await;
    let mut poll = tokio::time::interval(POLL_INTERVAL);
    poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        poll.tick().await;
        sweep(context).await;
    }
}

/// Numbers of rows from which data was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    pub orders: u64,
    pub carts: u64,
    pub messages: u64,
    pub visitor_orders: u64,
    pub mails: u64,
}

/// Removes what is due now. What fails is logged, and due again with the next search.
pub async fn sweep(context: &AppContext) -> Removed {
    let mut removed = Removed::default();
    if let Err(error) = sweep_restaurants(context, &mut removed).await {
        tracing::warn!(%error, "retention search failed, will retry");
    }
    sweep_others(context, &mut removed).await;
    publish(&removed);
    removed
}

async fn sweep_restaurants(context: &AppContext, removed: &mut Removed) -> Result<(), ServerError> {
    let checked_before = context.clock.now().plus_minutes(-CHECK_MINUTES);
    for due in retention::due(&context.store, checked_before, RESTAURANTS_PER_POLL).await? {
        if let Err(error) = sweep_restaurant(context, due, removed).await {
            tracing::warn!(restaurant = %due.restaurant, %error, "retention of a restaurant failed, will retry");
        }
    }
    Ok(())
}

async fn sweep_restaurant(context: &AppContext, due: Due, removed: &mut Removed) -> Result<(), ServerError> {
    let (store, now, restaurant) = (&context.store, context.clock.now(), due.restaurant);
    let end = now.plus_minutes(-i64::from(due.days) * DAY);
    let ended = retention::position(store, restaurant).await?..end;
    loop {
        let mut tx = store.of(restaurant).begin().await?;
        let node = tx.node();
        let batch = retention::remove_from_orders(&mut tx, restaurant, &ended, due.days, BATCH);
        let count = store.bounded(node, batch).await?;
        store.commit(tx).await?;
        removed.orders += count;
        if !is_full(count) {
            break;
        }
    }
    loop {
        let count = retention::carts(store, restaurant, end, BATCH).await?;
        removed.carts += count;
        if !is_full(count) {
            break;
        }
    }
    loop {
        let count = retention::messages(store, restaurant, end, BATCH).await?;
        removed.messages += count;
        if !is_full(count) {
            break;
        }
    }
    if retention::are_removed(store, restaurant, &ended).await? {
        retention::finish(store, restaurant, end, now).await?;
    }
    Ok(())
}

/// Whether there may be more.
fn is_full(count: u64) -> bool {
    i64::try_from(count).is_ok_and(|count| count >= BATCH)
}

async fn sweep_others(context: &AppContext, removed: &mut Removed) {
    let (store, now) = (&context.store, context.clock.now());
    macro_rules! search {
        ($what:ident, $before:expr, $count:ident) => {
            for _ in 0..MOST_SEARCHES {
                match retention::$what(store, $before, KEYS).await {
                    Ok(deleted) => {
                        removed.$count += deleted.rows;
                        if !deleted.is_full {
                            break;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(table = stringify!($what), %error, "retention search failed, will retry");
                        break;
                    }
                }
            }
        };
    }
    let days_ago = |days: i64| -> Timestamp { now.plus_minutes(-days * DAY) };
    search!(visitor_orders, days_ago(VISITOR_DAYS), visitor_orders);
    search!(mails, days_ago(MAIL_DAYS), mails);
}

fn publish(removed: &Removed) {
    let Removed { orders, carts, messages, visitor_orders, mails } = *removed;
    let counts = [
        ("orders", orders),
        ("carts", carts),
        ("outbox_messages", messages),
        ("visitor_orders", visitor_orders),
        ("mails", mails),
    ];
    for (what, count) in counts {
        metrics::counter!("toast_retention_removed_total", "what" => what).increment(count);
    }
    if *removed != Removed::default() {
        tracing::info!(orders, carts, messages, visitor_orders, mails, "personal data removed after its retention");
    }
}
