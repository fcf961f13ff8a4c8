//! Subscriptions to live updates of a restaurant.
//!
//! A hint carries no data, may come twice and may be lost. A subscriber that gets one, or waited its poll interval,
//! reads the events after the last position it knows.

pub mod coalescing;
pub mod listener;
pub mod notifier;
mod subscription;

pub use subscription::{Subscription, WakeReason};

use app::domain::id::RestaurantId;
use coalescing::CoalescingQueue;
use parking_lot::{Mutex, MutexGuard};
use std::{collections::HashMap, sync::Arc};
use subscription::Generations;
use tokio::sync::watch;
use uuid::Uuid;

/// Kind of news about a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// An order was placed or changed its status.
    Orders,
    /// The menu, the hours or the pause changed.
    Menu,
}

/// Publishes hints to subscribers, directly in this process and through [`notifier`] in others.
#[derive(Debug, Clone)]
pub struct Hub {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Distinguishes this process's own notifications from those of others.
    instance: Uuid,
    generations: Mutex<HashMap<RestaurantId, watch::Sender<Generations>>>,
    closing: watch::Sender<bool>,
    /// Hints to publish to other processes.
    outgoing: CoalescingQueue<(RestaurantId, Hint)>,
    /// Restaurants with new outbox messages.
    pending_outbox: CoalescingQueue<RestaurantId>,
    /// Addresses with new mail.
    mail_receivers: CoalescingQueue<String>,
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

impl Hub {
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Inner {
                instance: Uuid::new_v4(),
                generations: Mutex::default(),
                closing: watch::Sender::new(false),
                outgoing: CoalescingQueue::default(),
                pending_outbox: CoalescingQueue::default(),
                mail_receivers: CoalescingQueue::default(),
            }),
        }
    }

    /// Publishes a hint to all subscribers of a restaurant, here and in other processes. Call it after the commit.
    pub fn announce(&self, restaurant: RestaurantId, hint: Hint) {
        self.notify_local(restaurant, hint);
        self.inner.outgoing.add((restaurant, hint));
    }

    /// Queues the restaurant's outbox for delivery. Call it after the commit.
    pub fn deliver_soon(&self, restaurant: RestaurantId) {
        self.inner.pending_outbox.add(restaurant);
    }

    /// Queues the mail to an address for delivery. Call it after the commit.
    pub fn send_mail_soon(&self, receiver: &str) {
        self.inner.mail_receivers.add(receiver.to_owned());
    }

    /// Subscribes to a restaurant. Subscribe first and read then, so that no change is missed in between.
    pub fn subscribe(&self, restaurant: RestaurantId) -> Subscription {
        let news = self.generations().entry(restaurant).or_default().subscribe();
        Subscription::new(self.clone(), restaurant, news, self.inner.closing.subscribe())
    }

    /// Ends every wait, present and future.
    pub fn close(&self) {
        self.inner.closing.send_replace(true);
    }

    /// The number of restaurants with subscribers.
    pub fn watched_restaurants(&self) -> usize {
        self.generations().len()
    }

    /// Publishes a hint in this process only.
    pub(crate) fn notify_local(&self, restaurant: RestaurantId, hint: Hint) {
        if let Some(news) = self.generations().get(&restaurant) {
            news.send_modify(|generations| match hint {
                Hint::Orders => generations.orders += 1,
                Hint::Menu => generations.menu += 1,
            });
        }
    }

    /// Tells all subscribers in this process that hints may have been lost.
    pub(crate) fn request_resync(&self) {
        for news in self.generations().values() {
            news.send_modify(|generations| generations.resync += 1);
        }
    }

    pub(crate) fn instance(&self) -> Uuid {
        self.inner.instance
    }

    pub(crate) async fn next_outgoing(&self) -> Vec<(RestaurantId, Hint)> {
        self.inner.outgoing.next().await
    }

    pub(crate) async fn next_pending_outbox(&self) -> Vec<RestaurantId> {
        self.inner.pending_outbox.next().await
    }

    pub(crate) async fn next_mail_receivers(&self) -> Vec<String> {
        self.inner.mail_receivers.next().await
    }

    /// Removes a restaurant with its last subscriber, which is still counted here.
    fn unsubscribe(&self, restaurant: RestaurantId) {
        let mut generations = self.generations();
        if generations.get(&restaurant).is_some_and(|news| news.receiver_count() <= 1) {
            generations.remove(&restaurant);
        }
    }

    fn generations(&self) -> MutexGuard<'_, HashMap<RestaurantId, watch::Sender<Generations>>> {
        self.inner.generations.lock()
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
    async fn notifies_each_subscriber_once_per_kind_of_news() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut first = hub.subscribe(restaurant);
        let mut second = hub.subscribe(restaurant);
        hub.announce(restaurant, Hint::Menu);
        hub.announce(restaurant, Hint::Orders);
        hub.announce(restaurant, Hint::Orders);
        for waiter in [&mut first, &mut second] {
            assert_eq!(waiter.wait(SOON).await, WakeReason::Orders);
            assert_eq!(waiter.wait(SOON).await, WakeReason::Menu);
            assert_eq!(waiter.wait(SOON).await, WakeReason::Timeout);
        }
    }

    #[tokio::test]
    async fn removes_restaurants_without_subscribers() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let first = hub.subscribe(restaurant);
        let second = hub.subscribe(restaurant);
        drop(first);
        assert_eq!(hub.watched_restaurants(), 1);
        drop(second);
        assert_eq!(hub.watched_restaurants(), 0);
    }

    #[tokio::test]
    async fn ends_every_wait_when_closed() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut waiter = hub.subscribe(restaurant);
        let waiting = tokio::spawn(async move { waiter.wait(Duration::from_mins(1)).await });
        tokio::task::yield_now().await;
        hub.close();
        assert_eq!(waiting.await.unwrap(), WakeReason::Closed);
        assert_eq!(hub.subscribe(restaurant).wait(SOON).await, WakeReason::Closed);
    }

    #[tokio::test]
    async fn resync_covers_earlier_hints() {
        let (hub, restaurant) = (Hub::new(), restaurant());
        let mut waiter = hub.subscribe(restaurant);
        hub.notify_local(restaurant, Hint::Orders);
        hub.request_resync();
        assert_eq!(waiter.wait(SOON).await, WakeReason::Resync);
        assert_eq!(waiter.wait(SOON).await, WakeReason::Timeout);
    }
}
