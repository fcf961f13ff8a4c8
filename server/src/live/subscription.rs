//! One who waits for news of a restaurant, and why the wait ends.

use super::Hub;
use app::domain::id::RestaurantId;
use std::time::Duration;
use tokio::sync::watch;

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// There may be events after the known position.
    Orders,
    /// The menu may be another.
    Menu,
    /// Hints may have been lost: read everything anew.
    Resync,
    /// Nothing was heard for as long as the caller wanted to wait; reading is still right, hints can be lost.
    Quiet,
    /// The server drains: end the stream.
    Closed,
}

/// How often each kind of news came; a waiter compares it with what it saw last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Beat {
    pub(super) orders: u64,
    pub(super) menu: u64,
    pub(super) resync: u64,
}

/// One who waits for news of a restaurant.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    restaurant: RestaurantId,
    seen: Beat,
    news: watch::Receiver<Beat>,
    closing: watch::Receiver<bool>,
}

impl Subscription {
    pub(super) fn new(
        hub: Hub,
        restaurant: RestaurantId,
        news: watch::Receiver<Beat>,
        closing: watch::Receiver<bool>,
    ) -> Self {
        let seen = *news.borrow();
        Self { hub, restaurant, seen, news, closing }
    }

    /// Waits for news, but not for longer than `at_most`.
    pub async fn wait(&mut self, at_most: Duration) -> Woken {
        if *self.closing.borrow() {
            return Woken::Closed;
        }
        if let Some(woken) = self.unseen() {
            return woken;
        }
        tokio::select! {
            biased;
            _ = self.closing.changed() => Woken::Closed,
            _ = self.news.changed() => self.unseen().unwrap_or(Woken::Quiet),
            () = tokio::time::sleep(at_most) => Woken::Quiet,
        }
    }

    fn unseen(&mut self) -> Option<Woken> {
        let now = *self.news.borrow_and_update();
        if now.resync != self.seen.resync {
            self.seen = now;
            return Some(Woken::Resync);
        }
        if now.orders != self.seen.orders {
            self.seen.orders = now.orders;
            return Some(Woken::Orders);
        }
        if now.menu != self.seen.menu {
            self.seen.menu = now.menu;
            return Some(Woken::Menu);
        }
        None
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.leave(self.restaurant);
    }
}
