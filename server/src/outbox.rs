//! Carries the messages of the outbox on: at least once each, right after the commit, and again until it worked.

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

/// How often all restaurants are looked over for messages that were left behind.
const SWEEP: Duration = Duration::from_secs(5);
/// Commits gather for so long, so that a busy restaurant's messages go out together.
const GATHERING: Duration = Duration::from_millis(100);
/// How many restaurants are served at the same time.
const SIDE_BY_SIDE: usize = 4;
/// Messages taken on at a time.
const BATCH: i64 = 50;
/// Restaurants of one sweep; the next one takes the rest.
const SWEPT: i64 = 500;
/// A deliverer that is silent for so long is taken for dead, and its messages are due again.
const LEASE_MINUTES: i64 = 1;
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Delivers until the server drains.
pub fn start(context: AppContext, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = deliver_for_ever(&context) => {}
        }
    })
}

async fn deliver_for_ever(context: &AppContext) {
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let restaurants = tokio::select! {
            restaurants = context.hub.next_errands() => {
                tokio::time::sleep(GATHERING).await;
                restaurants
            }
            _ = sweep.tick() => left_behind(context).await,
        };
        let errands = restaurants.into_iter().map(|restaurant| deliver_or_leave(context, restaurant));
        futures::stream::iter(errands).buffer_unordered(SIDE_BY_SIDE).collect::<()>().await;
    }
}

/// While a node is away its restaurants cannot be looked at, and the look over all of them fails: the next one will do.
async fn left_behind(context: &AppContext) -> Vec<RestaurantId> {
    outbox::restaurants_with_due(&context.store, context.clock.now(), SWEPT).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "could not look for undelivered messages");
        Vec::new()
    })
}

async fn deliver_or_leave(context: &AppContext, restaurant: RestaurantId) {
    if let Err(error) = deliver(context, restaurant).await {
        tracing::warn!(%restaurant, %error, "messages stay for later");
    }
}

/// Delivers what is due at a restaurant; answers how many messages were.
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

/// A message that cannot be delivered is put off and the rest goes on. Only a database that does not answer ends the batch:
/// what comes after it would wait as long, and its lease brings it back.
async fn deliver_batch(
    context: &AppContext,
    restaurant: RestaurantId,
    messages: &[Message],
) -> Result<usize, ServerError> {
    let mut done = Vec::with_capacity(messages.len());
    let mut silent = Ok(());
    for message in messages {
        match hand_over(context, restaurant, message).await {
            Ok(()) => done.push(message.id),
            Err(error) => {
                let until = context.clock.now().millis().saturating_add(pause(message.attempts));
                let until = Timestamp::from_millis(until);
                outbox::put_off(&context.store, restaurant, message.id, until).await?;
                if ends_batch(&error) {
                    silent = Err(error);
                    break;
                }
                note(context, restaurant, message, &error);
            }
        }
    }
    if !done.is_empty() {
        outbox::settle(&context.store, restaurant, &done).await?;
    }
    silent.map(|()| done.len())
}

/// A node that is known to be away says so at once, and the next message may be for another one.
fn ends_batch(error: &ServerError) -> bool {
    error.is_unavailable() && !matches!(error, ServerError::Away { .. })
}

fn note(context: &AppContext, restaurant: RestaurantId, message: &Message, error: &ServerError) {
    match error {
        ServerError::Unreadable { what, why } => {
            let unreadable = Unreadable { what, why: why.clone() };
            context.store.unreadable().tell(restaurant, message.id, &unreadable);
        }
        ServerError::Away { .. } => {
            tracing::debug!(%restaurant, message = %message.id, %error, "a message stays for later")
        }
        error => tracing::warn!(%restaurant, message = %message.id, %error, "a message stays for later"),
    }
}

/// Twice as long after each attempt, in milliseconds.
fn pause(attempts: i32) -> i64 {
    let seconds = 1i64 << attempts.clamp(0, 12);
    let longest = i64::try_from(LONGEST_PAUSE.as_secs()).unwrap_or(i64::MAX);
    seconds.min(longest) * 1_000
}

async fn hand_over(context: &AppContext, restaurant: RestaurantId, message: &Message) -> Result<(), ServerError> {
    match message.topic.as_str() {
        "order.placed" => remember_for_visitor(context, restaurant, message).await,
        // Told to guests and staff by the live streams; there is nobody else to tell.
        "order.moved" => Ok(()),
        topic => Err(ServerError::Unreadable { what: "outbox topic", why: topic.to_owned() }),
    }
}

/// What `place_order` writes with an order.
#[derive(Debug, Deserialize)]
struct OrderPlaced {
    order: OrderId,
    visitor: Option<VisitorId>,
    token: String,
    number: i64,
    restaurant_name: String,
    placed_at: Timestamp,
}

async fn remember_for_visitor(
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
        assert_eq!(pause(1), 2_000);
        assert_eq!(pause(2), 4_000);
        assert_eq!(pause(40), 3_600_000);
        assert_eq!(pause(-1), 1_000);
    }
}
