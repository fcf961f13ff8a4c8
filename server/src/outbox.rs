//! Delivers outbox messages at least once: right after the commit, with retries.

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
use serde::Deserialize;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Interval of the scan over all restaurants for undelivered messages.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// Wait after a commit, so that messages of a busy restaurant are delivered together.
const BATCH_WINDOW: Duration = Duration::from_millis(100);
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
        let restaurants = tokio::select! {
            restaurants = context.hub.next_pending_outbox() => {
                tokio::time::sleep(BATCH_WINDOW).await;
                restaurants
            }
            _ = poll.tick() => due_restaurants(context).await,
        };
        let deliveries = restaurants.into_iter().map(|restaurant| deliver_or_retry(context, restaurant));
        futures::stream::iter(deliveries).buffer_unordered(CONCURRENCY).collect::<()>().await;
    }
}

/// While a node is down the scan over all shards fails; the next one repeats it.
async fn due_restaurants(context: &AppContext) -> Vec<RestaurantId> {
    outbox::restaurants_with_due(&context.store, context.clock.now(), RESTAURANTS_PER_POLL).await.unwrap_or_else(
        |error| {
            tracing::warn!(%error, "outbox scan failed, will retry");
            Vec::new()
        },
    )
}

async fn deliver_or_retry(context: &AppContext, restaurant: RestaurantId) {
    if let Err(error) = deliver(context, restaurant).await {
        tracing::warn!(%restaurant, %error, "outbox delivery failed, will retry");
    }
}

/// Delivers the due messages of a restaurant and returns their number.
pub async fn deliver(context: &AppContext, restaurant: RestaurantId) -> Result<usize, ServerError> {
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
                let until = context.clock.now().millis().saturating_add(backoff_millis(message.attempts));
                let until = Timestamp::from_millis(until);
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

/// Doubles with each attempt.
fn backoff_millis(attempts: i32) -> i64 {
    let seconds = 1i64 << attempts.clamp(0, 12);
    let longest = i64::try_from(MAX_BACKOFF.as_secs()).unwrap_or(i64::MAX);
    seconds.min(longest) * 1_000
}

async fn dispatch(context: &AppContext, restaurant: RestaurantId, message: &Message) -> Result<(), ServerError> {
    match message.topic.as_str() {
        "order.placed" => record_for_visitor(context, restaurant, message).await,
        // Live streams inform guests and staff; there is no other receiver.
        "order.moved" => Ok(()),
        topic => Err(ServerError::Unreadable { what: "outbox topic", why: topic.to_owned() }),
    }
}

/// The payload that `place_order` writes.
#[derive(Debug, Deserialize)]
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
