//! Carries the messages of the outbox on: at least once each, right after the commit, and again until it worked.

use crate::{
    context::Toast,
    db::unreadable::Unreadable,
    error::Fault,
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
pub fn start(toast: Toast, shutdown: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = deliver_for_ever(&toast) => {}
        }
    })
}

async fn deliver_for_ever(toast: &Toast) {
    let mut sweep = tokio::time::interval(SWEEP);
    sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let restaurants = tokio::select! {
            restaurants = toast.hub.next_errands() => {
                tokio::time::sleep(GATHERING).await;
                restaurants
            }
            _ = sweep.tick() => left_behind(toast).await,
        };
        let errands = restaurants.into_iter().map(|restaurant| deliver_or_leave(toast, restaurant));
        futures::stream::iter(errands).buffer_unordered(SIDE_BY_SIDE).collect::<()>().await;
    }
}

/// While a node is away its restaurants cannot be looked at, and the look over all of them fails: the next one will do.
async fn left_behind(toast: &Toast) -> Vec<RestaurantId> {
    outbox::restaurants_with_due(&toast.store, toast.clock.now(), SWEPT).await.unwrap_or_else(|fault| {
        tracing::warn!(%fault, "could not look for undelivered messages");
        Vec::new()
    })
}

async fn deliver_or_leave(toast: &Toast, restaurant: RestaurantId) {
    if let Err(fault) = deliver(toast, restaurant).await {
        tracing::warn!(%restaurant, %fault, "messages stay for later");
    }
}

/// Delivers what is due at a restaurant; answers how many messages were.
pub async fn deliver(toast: &Toast, restaurant: RestaurantId) -> Result<usize, Fault> {
    let mut delivered = 0;
    loop {
        let now = toast.clock.now();
        let lease = now.plus_minutes(LEASE_MINUTES);
        let messages = outbox::claim(&toast.store, restaurant, now, lease, BATCH).await?;
        let full = i64::try_from(messages.len()).is_ok_and(|count| count == BATCH);
        delivered += deliver_batch(toast, restaurant, &messages).await?;
        if !full {
            return Ok(delivered);
        }
    }
}

/// A message that cannot be delivered is put off and the rest goes on. Only a database that does not answer ends the batch:
/// what comes after it would wait as long, and its lease brings it back.
async fn deliver_batch(toast: &Toast, restaurant: RestaurantId, messages: &[Message]) -> Result<usize, Fault> {
    let mut done = Vec::with_capacity(messages.len());
    let mut silent = Ok(());
    for message in messages {
        match hand_over(toast, restaurant, message).await {
            Ok(()) => done.push(message.id),
            Err(fault) => {
                let until = toast.clock.now().millis().saturating_add(pause(message.attempts));
                let until = Timestamp::from_millis(until);
                outbox::put_off(&toast.store, restaurant, message.id, until).await?;
                if ends_batch(&fault) {
                    silent = Err(fault);
                    break;
                }
                note(toast, restaurant, message, &fault);
            }
        }
    }
    if !done.is_empty() {
        outbox::settle(&toast.store, restaurant, &done).await?;
    }
    silent.map(|()| done.len())
}

/// A node that is known to be away says so at once, and the next message may be for another one.
fn ends_batch(fault: &Fault) -> bool {
    fault.is_absence() && !matches!(fault, Fault::Away { .. })
}

fn note(toast: &Toast, restaurant: RestaurantId, message: &Message, fault: &Fault) {
    match fault {
        Fault::Unreadable { what, why } => {
            let unreadable = Unreadable { what, why: why.clone() };
            toast.store.unreadable().tell(restaurant, message.id, &unreadable);
        }
        Fault::Away { .. } => tracing::debug!(%restaurant, message = %message.id, %fault, "a message stays for later"),
        fault => tracing::warn!(%restaurant, message = %message.id, %fault, "a message stays for later"),
    }
}

/// Twice as long after each attempt, in milliseconds.
fn pause(attempts: i32) -> i64 {
    let seconds = 1i64 << attempts.clamp(0, 12);
    let longest = i64::try_from(LONGEST_PAUSE.as_secs()).unwrap_or(i64::MAX);
    seconds.min(longest) * 1_000
}

async fn hand_over(toast: &Toast, restaurant: RestaurantId, message: &Message) -> Result<(), Fault> {
    match message.topic.as_str() {
        "order.placed" => remember_for_visitor(toast, restaurant, message).await,
        // Told to guests and staff by the live streams; there is nobody else to tell.
        "order.moved" => Ok(()),
        topic => Err(Fault::Unreadable { what: "outbox topic", why: topic.to_owned() }),
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

async fn remember_for_visitor(toast: &Toast, restaurant: RestaurantId, message: &Message) -> Result<(), Fault> {
    let placed: OrderPlaced = serde_json::from_value(message.payload.clone())
        .map_err(|error| Fault::Unreadable { what: "outbox message", why: error.to_string() })?;
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
    visitor_orders::record(&toast.store, &entry).await
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
