//! Adds placed orders to their visitors' lists, at least once: right after the commit by following the events, with retries
//! from the outbox.

use crate::{
    context::AppContext,
    db::unreadable::Unreadable,
    error::ServerError,
    queries::{
        outbox::{self, Message},
        visitor_orders::{self, VisitorOrder},
    },
};
use app::domain::{
    id::{OrderId, RestaurantId, VisitorId},
    time::Timestamp,
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Interval of the scan over all restaurants for undelivered messages.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Wait after a commit, so that orders which follow one another are delivered together: the list is looked at later.
const BATCH_WINDOW: Duration = Duration::from_millis(500);
/// Restaurants delivered concurrently.
const CONCURRENCY: usize = 4;
/// Messages claimed at a time.
const BATCH: i64 = 50;
/// Restaurants per scan; the next one takes the rest.
const RESTAURANTS_PER_POLL: i64 = 500;
/// A claim that is not completed in this time expires, and its messages are due again.
const LEASE_MINUTES: i64 = 1;
/// Longest delay between two attempts.
const MAX_BACKOFF: Duration = Duration::from_hours(1);

/// Delivers until the server drains.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = delivery_loop(&context) => {}
        }
    })
}

async fn delivery_loop(context: &AppContext) {
    let mut poll = tokio::time::interval(POLL_INTERVAL);
    poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let (behind, due) = tokio::select! {
            restaurants = context.hub.next_pending_outbox() => {
                tokio::time::sleep(BATCH_WINDOW).await;
                (restaurants, Vec::new())
            }
            _ = poll.tick() => scan(context).await,
        };
        let placed = behind.into_iter().map(|restaurant| (restaurant, true));
        let deliveries = placed.chain(due.into_iter().map(|restaurant| (restaurant, false)));
        let deliveries = deliveries.map(|(restaurant, is_behind)| async move {
            let outcome = if is_behind { follow(context, restaurant).await } else { retry(context, restaurant).await };
            if let Err(error) = outcome {
                tracing::warn!(%restaurant, %error, "outbox delivery failed, will retry");
            }
        });
        futures::stream::iter(deliveries).buffer_unordered(CONCURRENCY).collect::<()>().await;
    }
}

/// Restaurants with undelivered orders, and those with due messages. While a node is down the scan over all shards fails;
/// the next one repeats it.
async fn scan(context: &AppContext) -> (Vec<RestaurantId>, Vec<RestaurantId>) {
    let (store, now) = (&context.store, context.clock.now());
    let behind = outbox::restaurants_behind(store, RESTAURANTS_PER_POLL);
    let due = outbox::restaurants_with_due(store, now, RESTAURANTS_PER_POLL);
    tokio::try_join!(behind, due).unwrap_or_else(|error| {
        tracing::warn!(%error, "outbox scan failed, will retry");
        (Vec::new(), Vec::new())
    })
}

/// Delivers the orders and the due messages of a restaurant, and returns their number.
pub async fn deliver(context: &AppContext, restaurant: RestaurantId) -> Result<usize, ServerError> {
    Ok(follow(context, restaurant).await? + retry(context, restaurant).await?)
}

/// Delivers the orders after the restaurant's position. One that fails becomes a message and the next ones continue, as in
/// [`deliver_batch`]. Servers that do so at the same time deliver the same orders twice.
async fn follow(context: &AppContext, restaurant: RestaurantId) -> Result<usize, ServerError> {
    let mut delivered = 0;
    while let Some(undelivered) = outbox::undelivered(&context.store, restaurant, BATCH).await? {
        let name = match undelivered.orders.first() {
            Some(_) => context.catalogue.by_id(restaurant).await?.restaurant.name.clone(),
            None => String::new(),
        };
        for order in undelivered.orders {
            let entry = VisitorOrder {
                visitor: order.visitor,
                order: order.order,
                restaurant,
                restaurant_name: name.clone(),
                token: order.token,
                number: order.number,
                placed_at: order.placed_at,
            };
            match visitor_orders::record(&context.store, &entry).await {
                Ok(()) => delivered += 1,
                Err(error) if ends_batch(&error) => return Err(error),
                Err(error) => put_off(context, &entry, &error).await?,
            }
        }
        outbox::advance(&context.store, restaurant, undelivered.seq).await?;
        if !undelivered.is_full {
            break;
        }
    }
    Ok(delivered)
}

/// Stores an order that could not be delivered as a message.
async fn put_off(context: &AppContext, entry: &VisitorOrder, error: &ServerError) -> Result<(), ServerError> {
    let placed = OrderPlaced {
        order: entry.order,
        visitor: Some(entry.visitor),
        token: entry.token.clone(),
        number: entry.number,
        restaurant_name: entry.restaurant_name.clone(),
        placed_at: entry.placed_at,
    };
    let payload = serde_json::to_value(placed).map_err(|error| ServerError::Broken(error.to_string()))?;
    let message = Message { id: entry.order.uuid(), topic: "order.placed".to_owned(), payload, attempts: 1 };
    let now = context.clock.now();
    outbox::append(&context.store, entry.restaurant, &message, now, after(now, message.attempts)).await?;
    log_failure(context, entry.restaurant, &message, error);
    Ok(())
}

/// Delivers the due messages of a restaurant.
async fn retry(context: &AppContext, restaurant: RestaurantId) -> Result<usize, ServerError> {
    let mut delivered = 0;
    loop {
        let now = context.clock.now();
        let lease = now.plus_minutes(LEASE_MINUTES);
        let messages = outbox::claim(&context.store, restaurant, now, lease, BATCH).await?;
        let full = i64::try_from(messages.len()).is_ok_and(|count| count == BATCH);
        delivered += deliver_batch(context, restaurant, &messages).await?;
        if !full {
            return Ok(delivered);
        }
    }
}

/// A failed message is rescheduled and the batch continues. Only a database that does not respond ends the batch: the
/// next messages would wait as long, and the lease makes them due again.
async fn deliver_batch(
    context: &AppContext,
    restaurant: RestaurantId,
    messages: &[Message],
) -> Result<usize, ServerError> {
    let mut done = Vec::with_capacity(messages.len());
    let mut unavailable = Ok(());
    for message in messages {
        match dispatch(context, restaurant, message).await {
            Ok(()) => done.push(message.id),
            Err(error) => {
                let until = after(context.clock.now(), message.attempts);
                outbox::reschedule(&context.store, restaurant, message.id, until).await?;
                if ends_batch(&error) {
                    unavailable = Err(error);
                    break;
                }
                log_failure(context, restaurant, message, &error);
            }
        }
    }
    if !done.is_empty() {
        outbox::mark_delivered(&context.store, restaurant, &done).await?;
    }
    unavailable.map(|()| done.len())
}

/// A node with an open circuit breaker fails at once, and the next message may be for another node.
fn ends_batch(error: &ServerError) -> bool {
    error.is_unavailable() && !matches!(error, ServerError::Away { .. })
}

fn log_failure(context: &AppContext, restaurant: RestaurantId, message: &Message, error: &ServerError) {
    match error {
        ServerError::Unreadable { what, why } => {
            let unreadable = Unreadable { what, why: why.clone() };
            context.store.unreadable().tell(restaurant, message.id, &unreadable);
        }
        ServerError::Away { .. } => {
            tracing::debug!(%restaurant, message = %message.id, %error, "outbox message delivery failed, will retry");
        }
        error => {
            tracing::warn!(%restaurant, message = %message.id, %error, "outbox message delivery failed, will retry");
        }
    }
}

/// The time of the next attempt.
fn after(now: Timestamp, attempts: i32) -> Timestamp {
    Timestamp::from_millis(now.millis().saturating_add(backoff_millis(attempts)))
}

/// Doubles with each attempt.
fn backoff_millis(attempts: i32) -> i64 {
    let seconds = 1i64 << attempts.clamp(0, 12);
    let longest = i64::try_from(MAX_BACKOFF.as_secs()).unwrap_or(i64::MAX);
    seconds.min(longest) * 1_000
}

async fn dispatch(context: &AppContext, restaurant: RestaurantId, message: &Message) -> Result<(), ServerError> {
    match message.topic.as_str() {
        "order.placed" => record_for_visitor(context, restaurant, message).await,
        // Written by the version before, and without a receiver: live streams inform guests and staff.
        "order.moved" => Ok(()),
        topic => Err(ServerError::Unreadable { what: "outbox topic", why: topic.to_owned() }),
    }
}

/// The payload of `order.placed`, as the version before wrote it as well.
#[derive(Debug, Serialize, Deserialize)]
struct OrderPlaced {
    order: OrderId,
    visitor: Option<VisitorId>,
    token: String,
    number: i64,
    restaurant_name: String,
    placed_at: Timestamp,
}

async fn record_for_visitor(
    context: &AppContext,
    restaurant: RestaurantId,
    message: &Message,
) -> Result<(), ServerError> {
    let placed: OrderPlaced = serde_json::from_value(message.payload.clone())
        .map_err(|error| ServerError::Unreadable { what: "outbox message", why: error.to_string() })?;
    let Some(visitor) = placed.visitor else { return Ok(()) };
    let entry = VisitorOrder {
        visitor,
        order: placed.order,
        restaurant,
        restaurant_name: placed.restaurant_name,
        token: placed.token,
        number: placed.number,
        placed_at: placed.placed_at,
    };
    visitor_orders::record(&context.store, &entry).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour() {
        assert_eq!(backoff_millis(1), 2_000);
        assert_eq!(backoff_millis(2), 4_000);
        assert_eq!(backoff_millis(40), 3_600_000);
        assert_eq!(backoff_millis(-1), 1_000);
    }
}
