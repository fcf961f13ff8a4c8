//! Who waits for news of a restaurant, and how they are woken.
//!
//! A wake-up is a hint: it carries nothing, may come twice and may be lost. Whoever is woken, or waited long enough,
//! reads what happened after the position in the event log that it knows.

pub mod coalescing;
pub mod listener;
pub mod notifier;
mod subscription;

pub use subscription::{Subscription, Woken};

use app::domain::id::RestaurantId;
use coalescing::Gathering;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subscription::Beat;
use tokio::sync::watch;
use uuid::Uuid;

/// What there is news of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// An order was placed or moved.
    Orders,
    /// The menu, the hours or the pause changed.
    Menu,
}

/// Wakes those who wait, in this process at once and in others through [`notifier`].
#[derive(Debug, Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Tells this process's own messages from those of others.
    instance: Uuid,
    beats: Mutex<HashMap<RestaurantId, watch::Sender<Beat>>>,
    closing: watch::Sender<bool>,
    /// What other processes must hear.
    outgoing: Gathering<(RestaurantId, Hint)>,
    /// Restaurants that have fresh messages in their outbox.
    errands: Gathering<RestaurantId>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    /// A hub that nobody waits at.
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                instance: Uuid::new_v4(),
                beats: Mutex::default(),
                closing: watch::Sender::new(false),
                outgoing: Gathering::default(),
                errands: Gathering::default(),
            }),
        }
    }

    /// Tells everyone who waits for this restaurant, here and in other processes. Call it after the commit.
    pub fn announce(&self, restaurant: RestaurantId, hint: Hint) {
        self.wake(restaurant, hint);
        self.inner.outgoing.add((restaurant, hint));
    }

    /// Has the restaurant's outbox looked after soon. Call it after the commit.
    pub fn deliver_soon(&self, restaurant: RestaurantId) {
        self.inner.errands.add(restaurant);
    }

    /// Joins those who wait for news of a restaurant. Subscribe first and read then: nothing falls between.
    pub fn subscribe(&self, restaurant: RestaurantId) -> Subscription {
        let news = self.beats().entry(restaurant).or_default().subscribe();
        Subscription::new(self.clone(), restaurant, news, self.inner.closing.subscribe())
    }

    /// Ends every wait, now and from now on.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// How many restaurants somebody waits for.
    pub fn watched(&self) -> usize {
        self.beats().len()
    }

    /// Tells those who wait in this process only.
    pub(crate) fn wake(&self, restaurant: RestaurantId, hint: Hint) {
        if let Some(news) = self.beats().get(&restaurant) {
            news.send_modify(|beat| match hint {
                Hint::Orders => beat.orders += 1,
                Hint::Menu => beat.menu += 1,
            });
        }
    }

    /// Tells everyone in this process that hints may have been lost.
    pub(crate) fn wake_all(&self) {
        for news in self.beats().values() {
            news.send_modify(|beat| beat.resync += 1);
        }
    }

    pub(crate) fn instance(&self) -> Uuid {
        self.inner.instance
    }

    pub(crate) async fn next_outgoing(&self) -> Vec<(RestaurantId, Hint)> {
        self.inner.outgoing.next().await
    }

    pub(crate) async fn next_errands(&self) -> Vec<RestaurantId> {
        self.inner.errands.next().await
    }

    /// Forgets a restaurant when its last waiter, who still counts, is about to leave.
    fn leave(&self, restaurant: RestaurantId) {
        let mut beats = self.beats();
        if beats.get(&restaurant).is_some_and(|news| news.receiver_count() <= 1) {
            beats.remove(&restaurant);
        }
    }

    fn beats(&self) -> MutexGuard<'_, HashMap<RestaurantId, watch::Sender<Beat>>> {
        self.inner.beats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const SOON: Duration = Duration::from_millis(20);

    fn restaurant() -> RestaurantId {
        RestaurantId::from_uuid(Uuid::new_v4())
    }

    #[tokio::test]
    async fn wakes_each_waiter_once_per_kind_of_news() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut first = hub.subscribe(restaurant);
        let mut second = hub.subscribe(restaurant);
        hub.announce(restaurant, Hint::Menu);
        hub.announce(restaurant, Hint::Orders);
        hub.announce(restaurant, Hint::Orders);
        for waiter in [&mut first, &mut second] {
            assert_eq!(waiter.wait(SOON).await, Woken::Orders);
            assert_eq!(waiter.wait(SOON).await, Woken::Menu);
            assert_eq!(waiter.wait(SOON).await, Woken::Quiet);
        }
    }

    #[tokio::test]
    async fn forgets_restaurants_nobody_waits_for() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let first = hub.subscribe(restaurant);
        let second = hub.subscribe(restaurant);
        drop(first);
        assert_eq!(hub.watched(), 1);
        drop(second);
        assert_eq!(hub.watched(), 0);
    }

    #[tokio::test]
    async fn ends_every_wait_when_closed() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut waiter = hub.subscribe(restaurant);
        let waiting = tokio::spawn(async move { waiter.wait(Duration::from_mins(1)).await });
        tokio::task::yield_now().await;
        hub.close();
        assert_eq!(waiting.await.unwrap(), Woken::Closed);
        assert_eq!(hub.subscribe(restaurant).wait(SOON).await, Woken::Closed);
    }

    #[tokio::test]
    async fn resync_swallows_what_it_covers() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut waiter = hub.subscribe(restaurant);
        hub.wake(restaurant, Hint::Orders);
        hub.wake_all();
        assert_eq!(waiter.wait(SOON).await, Woken::Resync);
        assert_eq!(waiter.wait(SOON).await, Woken::Quiet);
    }
}
